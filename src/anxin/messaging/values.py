"""Templates of text messages. A provider sends approved templates only, so every text is declared beforehand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_PLACE = re.compile(r"\$\{(\w+)\}")
_templates: dict[str, "SmsTemplate"] = {}


@dataclass(frozen=True)
class SmsTemplate:
    """A text with places `${name}`, as registered with the provider under `code`.

    `name` is ours. An area declares its own as module-level constants in its `values`.
    """

    name: str
    code: str
    text: str

    def __post_init__(self) -> None:
        if self.name in _templates:
            raise ValueError(f"two SMS templates are called {self.name}")
        _templates[self.name] = self

    @property
    def places(self) -> frozenset[str]:
        return frozenset(_PLACE.findall(self.text))

    def fill(self, params: Mapping[str, str]) -> str:
        """The text as it arrives."""
        return _PLACE.sub(lambda found: params.get(found.group(1), ""), self.text)


def templates() -> Mapping[str, SmsTemplate]:
    """Every template of the areas that are loaded, by name."""
    return MappingProxyType(_templates)


LOGIN_CODE = SmsTemplate(
    "login_code",
    "SMS_300100001",
    "您的登录验证码是${code}，${minutes}分钟内有效。请勿告诉任何人，包括自称客服的人。",
)
CONFIRM_CODE = SmsTemplate(
    "confirm_code",
    "SMS_300100002",
    "您正在${purpose}，验证码${code}，${minutes}分钟内有效。如非本人操作请忽略。",
)
NOTICE = SmsTemplate("notice", "SMS_300100003", "${title}。${body} 请登录安心平台查看详情。")
