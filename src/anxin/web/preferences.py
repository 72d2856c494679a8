"""How a reader wants to see the pages: theme and print size, kept in a cookie, with no account needed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.translation import get_language

COOKIE = "anxin_view"
KEEP_SECONDS = 400 * 24 * 3600
THEMES = ("light", "dark", "auto")


@dataclass(frozen=True)
class Preferences:
    theme: str = "light"
    large: bool = False
    language: str = "zh-hans"

    def cookie(self) -> str:
        return f"{self.theme}.{'large' if self.large else 'normal'}"

    def with_theme(self, theme: str) -> Preferences:
        return replace(self, theme=theme) if theme in THEMES else self


def preferences_of(request: HttpRequest | None) -> Preferences:
    """What the cookie says; a cookie we do not know is as none."""
    value = request.COOKIES.get(COOKIE, "") if request is not None else ""
    theme, _, size = value.partition(".")
    return Preferences(
        theme=theme if theme in THEMES else "light",
        large=size == "large",
        language=get_language() or "zh-hans",
    )
