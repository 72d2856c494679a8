"""The privacy notice, version by version (个人信息保护法 art. 17). Published ones stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from anxin.kit.text import gettext_noop


@dataclass(frozen=True)
class Part:
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """One version: in force since a day; `changed` says what is new in it."""

    version: int
    since: date
    changed: str
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the Chinese text, which is the one that counts."""
        text = "\n".join(line for part in self.parts for line in (part.heading, *part.paragraphs))
        return sha256(text.encode()).hexdigest()


_FIRST = (
    Part(gettext_noop("一句话说清"), (
        gettext_noop("我们只收集把家政服务安全送到您家所必需的信息，只给办这件事的人看，办完并过了法定保存期就销毁。"),
        gettext_noop("我们不出卖您的信息，不用它投放广告，也不把它送到境外。"),
    )),
    Part(gettext_noop("谁在处理您的信息"), (
        gettext_noop("处理者是本平台的运营方。承接您订单的家政机构和上门的家政员，只在这张订单需要的范围内看到您的信息。"),
        gettext_noop("行使权利或投诉，请在“我的—我的个人信息”里直接办理；也可以通过平台客服联系个人信息保护负责人。"),
    )),
    Part(gettext_noop("我们怎样保护"), (
        gettext_noop("姓名、手机号、身份证号码、住址、健康与背景结论在数据库里加密保存，密钥与数据分开存放。"),
        gettext_noop("工作人员的页面上默认打码。要看全，必须说明理由，只看一份、只看几分钟，每次都留痕，您可以在“谁看过我的信息”里查到。"),
        gettext_noop("日志、页面链接、报错页面和二维码里都不写您的姓名、手机号和身份证号码。"),
    )),
    Part(gettext_noop("哪些需要您单独同意"), (
        gettext_noop("健康检查、背景核查、位置和签名笔迹属于敏感个人信息，您可以在“我的同意”里逐项单独决定，不与其他同意捆绑。"),
        gettext_noop("同意可以随时撤回，和给出同意一样简单；撤回前会先告诉您有什么影响，撤回后立即停止使用。撤回不影响此前已经完成的处理。"),
    )),
    Part(gettext_noop("您可以做什么"), (
        gettext_noop("查看和下载：拿到我们保存的您的全部信息的副本。"),
        gettext_noop("更正：信息不对可以申请更正，30 天内答复。"),
        gettext_noop(
            "注销：没有未了结的事就可以注销账号，15 个工作日内办完。"
            "注销后信息按下表销毁；依法必须保存的合同和账目只剩编号，不再显示您是谁。"
        ),
        gettext_noop("要求说明：对派单排序、评分这类自动计算的结果，可以查看依据，也可以要求人工处理。"),
    )),
    Part(gettext_noop("未成年人"), (
        gettext_noop("本平台的服务面向成年人。家里有孩子时，您可以只填出生年份，不必填写姓名。"),
    )),
    Part(gettext_noop("说明的修改"), (
        gettext_noop("修改会标明版本和生效日期，旧版本一直可以查看；影响您权利的修改会重新征求您的同意。"),
    )),
)  # fmt: skip

NOTICES: tuple[Notice, ...] = (
    Notice(1, date(2026, 1, 1), gettext_noop("第一版"), _FIRST),
)  # fmt: skip


def notice_of(day: date) -> Notice:
    """The version in force on a day; the first before any was."""
    return max((one for one in NOTICES if one.since <= day), key=lambda one: one.version, default=NOTICES[0])
