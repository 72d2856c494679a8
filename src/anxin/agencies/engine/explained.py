"""Why a line of a quote is what it is: written in Chinese where it is reckoned, read again where it is shown.

A quote is frozen with its words, so that contract and bill say what the customer saw. The templates below write
those words, and take them apart again for a reader of another language.
"""

from __future__ import annotations

import re
from typing import Final

from anxin.kit.text import gettext_noop

SEPARATOR: Final = "；"
RECKONED: Final = gettext_noop("%(quantity)s %(unit)s × ¥%(price)s")
ROUNDED: Final = gettext_noop("用量 %(used)s %(unit)s，按 %(billed)s %(unit)s计")
WORKERS: Final = gettext_noop("%(heads)s 人 × %(billed)s %(unit)s")
SURCHARGE: Final = gettext_noop("%(window)s，每%(unit)s加 %(percent)s")
LIMITED: Final = gettext_noop("应减 ¥%(amount)s，以合计为限")
# Words of the language itself among the places; figures and hours stand in every language.
WORDS: Final = frozenset({"unit", "window"})


def parts(note: str) -> list[tuple[str, dict[str, str]]]:
    """(template, places) of each part of a note; a part that no template wrote is its own template, without places."""
    return [_part(part) for part in note.split(SEPARATOR) if part]


def _part(part: str) -> tuple[str, dict[str, str]]:
    for template, pattern in _PATTERNS:
        if found := pattern.fullmatch(part):
            return template, found.groupdict()
    return part, {}


def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>[^，× ]+)"

    escaped = re.escape(template).replace(r"%\(", "%(").replace(r"\)s", ")s")
    return re.compile(re.sub(r"%\((\w+)\)s", place, escaped))


_PATTERNS: Final = tuple((one, _pattern(one)) for one in (RECKONED, ROUNDED, WORKERS, SURCHARGE, LIMITED))
