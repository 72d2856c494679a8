"""What people are asked to agree to: each purpose by itself, in versions; what is published is never changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from anxin.kit.text import gettext_noop

# A form's field for a purpose is this and its name; its value is the version that was read.
CONSENT_FIELD = "consent_"


class Purpose(StrEnum):
    NOTICE = "notice"
    HEALTH = "health_check"
    BACKGROUND = "background_check"
    LOCATION = "location"
    ARRIVAL = "arrival"
    HANDWRITING = "handwriting"
    SHARING = "credit_sharing"
    FACE = "face"
    LISTING = "public_listing"


@dataclass(frozen=True)
class ConsentText:
    """One version of one text."""

    version: int
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the Chinese text, which is the one that counts."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Asked:
    """A purpose: its versions, oldest first; what taking it back does, told before. `worker`: asked of workers only."""

    purpose: Purpose
    title: str
    sensitive: bool
    worker: bool
    versions: tuple[ConsentText, ...]
    effect: str

    @property
    def now(self) -> ConsentText:
        return self.versions[-1]


_asked = [
    Asked(
        Purpose.NOTICE, gettext_noop("隐私说明"), False, False,
        (ConsentText(1, gettext_noop("我已阅读隐私说明，同意平台按说明处理我的个人信息。")),),
        gettext_noop("撤回会记录在案，已有的订单照常办完；要停止处理并销毁信息，请注销账号。"),
    ),
    Asked(
        Purpose.HEALTH, gettext_noop("健康检查信息"), True, True,
        (ConsentText(1, gettext_noop(
            "我单独同意平台收集我的健康证明，向客户和所属机构展示检查结论和有效期，用于生成安心码。不展示具体检查数值。"
        )),),
        gettext_noop("撤回后安心码立即暂停，不能再接单上门；已经上传的证明封存到期后销毁。"),
    ),
    Asked(
        Purpose.BACKGROUND, gettext_noop("背景核查信息"), True, True,
        (ConsentText(1, gettext_noop(
            "我单独同意平台委托核查我的背景，只保存核查结论和日期，向客户和所属机构展示结论，用于生成安心码。"
        )),),
        gettext_noop("撤回后安心码立即暂停，不能再接单上门；已有结论封存到期后销毁。"),
    ),
    Asked(
        Purpose.LOCATION, gettext_noop("位置信息"), True, False,
        (ConsentText(1, gettext_noop("我单独同意在扫码入户时记录当时的位置，作为上门的证据，183 天后销毁。")),),
        gettext_noop("撤回后已保存的扫码位置立即销毁，以后扫码也不再保存位置；扫码本身照常。"),
    ),
    Asked(
        Purpose.ARRIVAL, gettext_noop("到达位置"), True, True,
        (ConsentText(1, gettext_noop("我单独同意在登记到达时记录我当时的位置，作为上门的证据，183 天后销毁。")),),
        gettext_noop("撤回后已保存的到达位置立即销毁，以后也不再保存位置；登记到达照常。"),
    ),
    Asked(
        Purpose.HANDWRITING, gettext_noop("签名笔迹"), True, False,
        (ConsentText(1, gettext_noop("我单独同意平台采集我的手写签名图形，仅用于我签署的合同。")),
         ConsentText(2, gettext_noop("我单独同意平台采集我的手写签名图形，仅用于我签署的合同和信息授权书。"))),
        gettext_noop("撤回后不能再手写签名，可以改为输入姓名签名；已签的合同不受影响。"),
    ),
    Asked(
        Purpose.SHARING, gettext_noop("向协会和主管部门提供"), True, True,
        (ConsentText(1, gettext_noop(
            "我单独同意平台把我在信用信息授权书中勾选的事项，提供给受委托的家政行业协会和商务主管部门，"
            "用于申领和管理安心码。"
        )),),
        gettext_noop("撤回后信用信息授权书随之失效，协会和主管部门不能再查看，安心码立即暂停。"),
    ),
    Asked(
        Purpose.FACE, gettext_noop("人脸比对"), True, True,
        (ConsentText(1, gettext_noop(
            "我单独同意把我当场拍的一张照片交给身份核验服务，与身份证上的照片比对一次。"
            "照片比完即弃，平台不保存，只记下结果、分数、时间、核验方和受理号。"
        )),),
        gettext_noop("撤回后不再做人脸比对，可以请机构当面核对本人；已有的比对结果里没有照片，照规定保存。"),
    ),
    Asked(
        Purpose.LISTING, gettext_noop("在找人页面展示名片"), False, True,
        (ConsentText(1, gettext_noop(
            "我单独同意平台在“按服务员找”的页面向任何人展示我的名片：隐去中间字的姓名、所属机构、会做什么、"
            "从业年数、评价、完成单数和安心码颜色。不展示电话、住址和证件。"
        )),),
        gettext_noop("撤回后找人的页面立即不再列出您；机构派单和您自己接单照常。"),
    ),
]  # fmt: skip
ASKED: dict[Purpose, Asked] = {one.purpose: one for one in _asked}
# Without both the archive is not shown (个人信息保护法 art. 29).
FOR_THE_CODE = frozenset({Purpose.HEALTH, Purpose.BACKGROUND})
