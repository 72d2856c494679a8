"""Words of reviews. Plain."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.reviews.states import ReviewState


class Target(StrEnum):
    AGENCY = "agency"
    WORKER = "worker"


class Dimension(StrEnum):
    """What is rated (B-7.7.1)."""

    CONTENT = "content"
    SCOPE = "scope"
    QUALITY = "quality"
    FEE = "fee"


DIMENSION_LABELS = {
    Dimension.CONTENT: gettext_noop("服务内容"),
    Dimension.SCOPE: gettext_noop("服务范围"),
    Dimension.QUALITY: gettext_noop("服务质量"),
    Dimension.FEE: gettext_noop("费用合理"),
}
TARGET_LABELS = {Target.AGENCY: gettext_noop("家政机构"), Target.WORKER: gettext_noop("服务员")}
STATE_LABELS = {ReviewState.SHOWN: gettext_noop("公开"), ReviewState.HIDDEN: gettext_noop("依法隐藏")}


class HideGround(StrEnum):
    """Grounds of law on which a review may be hidden; an unkind word is none (电子商务法 art. 39)."""

    ILLEGAL = "illegal"
    PRIVACY = "privacy"
    INSULT = "insult"
    UNRELATED_AD = "unrelated_ad"


HIDE_GROUND_LABELS = {
    HideGround.ILLEGAL: gettext_noop("含法律禁止的内容"),
    HideGround.PRIVACY: gettext_noop("泄露他人个人信息"),
    HideGround.INSULT: gettext_noop("侮辱、诽谤他人"),
    HideGround.UNRELATED_AD: gettext_noop("与服务无关的广告"),
}
MOST_PHOTOS = 6
MOST_WORDS = 500
