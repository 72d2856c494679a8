"""Words of home-visit cards and of asking to see one whole. Plain."""

from enum import StrEnum

from anxin.kit.text import gettext_noop


class CardReason(StrEnum):
    """Why a card was made."""

    ISSUE = "issue"
    LOST = "lost"
    DAMAGED = "damaged"
    CHANGED = "changed"


CARD_REASON_LABELS = {
    CardReason.ISSUE: gettext_noop("随安心码发放"),
    CardReason.LOST: gettext_noop("遗失补办"),
    CardReason.DAMAGED: gettext_noop("损坏换发"),
    CardReason.CHANGED: gettext_noop("资料变更换发"),
}
# What may be asked for at the desk; the first one comes with the code.
REPRINTS = (CardReason.LOST, CardReason.DAMAGED, CardReason.CHANGED)


class StockReason(StrEnum):
    """Why the number of blank cards changed."""

    RECEIVED = "received"
    PRINTED = "printed"
    SPOILED = "spoiled"
    COUNTED = "counted"


STOCK_REASON_LABELS = {
    StockReason.RECEIVED: gettext_noop("入库"),
    StockReason.PRINTED: gettext_noop("印证"),
    StockReason.SPOILED: gettext_noop("报损"),
    StockReason.COUNTED: gettext_noop("盘点调整"),
}


class CardForm(StrEnum):
    """How cards lie on paper."""

    SHEET = "sheet"
    SINGLE = "single"


class BatchState(StrEnum):
    """How far a batch of cards is."""

    SETTING = "setting"
    BINDING = "binding"
    READY = "ready"
    DELETED = "deleted"


BATCH_STATE_LABELS = {
    BatchState.SETTING: gettext_noop("排版中"),
    BatchState.BINDING: gettext_noop("正在合成一个文件"),
    BatchState.READY: gettext_noop("已生成"),
    BatchState.DELETED: gettext_noop("文件已过期删除"),
}


class AskState(StrEnum):
    """How an ask to see a card whole stands; over: seen, or left for too long."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    OVER = "over"
