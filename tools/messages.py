"""The message catalogues: what the product says, area by area, and what it is called in other languages.

usage: python -m tools.messages [--check]      bring the catalogues up to date, or say which are not

Chinese stands in the source; each area keeps its translations in `locale/<language>/LC_MESSAGES/django.po`. What
stands in no source any more is dropped. In Python alone, as GNU gettext is not on every machine.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en",)
# Function → which of its arguments are text: a context ("c") or a message.
KEYWORDS: dict[str, tuple[object, ...]] = {
    "_": (1,), "gettext": (1,), "gettext_lazy": (1,), "gettext_noop": (1,),
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
# A module may give a function another name: `gettext_noop as n`.
ALIAS = re.compile(r"\b(n?p?gettext(?:_lazy|_noop)?) as (\w+)")
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
# What a file of the service catalogue shows of a category, an item or a question.
SAID = ("name", "summary", "description", "tools", "label", "help", "unit")
Message = tuple[str | None, str | tuple[str, ...]]


def of_python(path: Path) -> Iterator[Message]:
    """(context, message) of each call in a module; a message with a plural is a pair."""
    source = path.read_bytes()
    known_as = {alias: name for name, alias in ALIAS.findall(source.decode())}
    for _line, function, texts, _comments in extract_python(BytesIO(source), [*KEYWORDS, *known_as], [], {}):
        given = list(texts) if isinstance(texts, tuple) else [texts]
        yield from _message(known_as.get(function, function), [text for text in given if text])


def of_template(path: Path) -> Iterator[Message]:
    """The same of a template."""
    for function, texts in CALL.findall(templatize(path.read_text())):
        yield from _message(function, [ast.literal_eval(text) for text in re.findall(STRING, texts)])


def of_data(path: Path) -> Iterator[Message]:
    """The same of a file of the service catalogue: names, summaries, and what its forms ask."""
    yield from ((None, text) for text in _said(tomllib.loads(path.read_text())) if text)


def _said(value: dict[str, Any]) -> Iterator[str]:
    yield from (value[key] for key in SAID if key in value)
    yield from (str(choice).partition("=")[2] for choice in value.get("choices", ()))
    yield from [*value.get("included", ()), *value.get("excluded", ()), *value.get("certificates", ())]
    for title, standard, *_photo in value.get("steps", ()):
        yield from (title, standard)
    for inner in [*value.get("items", ()), *value.get("questions", ())]:
        yield from _said(inner)


def _message(function: str, texts: list[str]) -> Iterator[Message]:
    parts = KEYWORDS[function]
    if len(texts) < len(parts):
        return  # not a literal: its text is marked where it is written
    context = texts.pop(0) if isinstance(parts[0], tuple) else None
    plural = function.lstrip("p").startswith("n")
    yield context, (texts[0], texts[1]) if plural else texts[0]


READERS = {".py": of_python, ".toml": of_data}


def areas(root: Path) -> list[Path]:
    """Every folder that has a catalogue of its own: the areas, kit and config."""
    return sorted(path for path in (root / "src" / "anxin").iterdir() if (path / "__init__.py").exists())


def extract(area: Path) -> dict[Message, list[str]]:
    """Message → the files of an area that say it."""
    found: dict[Message, list[str]] = {}
    kinds = ("*.py", "templates/**/*.html", "templates/**/*.txt", "data/**/*.toml")
    for path in sorted(path for kind in kinds for path in area.rglob(kind)):
        if "migrations" in path.parts:
            continue
        for message in READERS.get(path.suffix, of_template)(path):
            places = found.setdefault(message, [])
            name = str(path.relative_to(area.parents[1]))
            if name not in places:
                places.append(name)
    return found


def catalogue_of(area: Path, language: str) -> Path:
    return area / "locale" / language / "LC_MESSAGES" / "django.po"


def known(path: Path, language: str) -> Catalog:
    """A catalogue as committed; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def outdated(root: Path) -> list[str]:
    """One line for each area whose catalogue lacks what its source says, or holds what it says no more."""
    found = []
    for area in areas(root):
        said = {(context, text if isinstance(text, str) else text[0]) for context, text in extract(area)}
        for language in LANGUAGES:
            path = catalogue_of(area, language)
            kept = {
                (entry.context, entry.id if isinstance(entry.id, str) else entry.id[0])
                for entry in known(path, language)
                if entry.id
            }
            name = path.relative_to(root)
            found += [f"{name} lacks {text!r}: `make docs`" for _, text in sorted(said - kept, key=str)]
            gone = sorted(kept - said, key=str)
            found += [f"{name} holds {text!r}, which no source says: `make docs`" for _, text in gone]
    return found


def update(root: Path) -> None:
    """Write every catalogue anew, with the translations that there are."""
    for area in areas(root):
        said = extract(area)
        for language in LANGUAGES:
            path = catalogue_of(area, language)
            old, new = known(path, language), Catalog(locale=language, fuzzy=False)
            for (context, text), places in said.items():
                before = old.get(text if isinstance(text, str) else text[0], context=context)
                new.add(
                    text,
                    before.string if before else "",
                    [(place, None) for place in places],
                    context=context,
                )
            if not said:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, new, width=110, omit_header=False, include_lineno=False)
            _drop_dates(path)


def _drop_dates(path: Path) -> None:
    """The header tells the language, the encoding and the plural; a date would change with every run."""
    keep = ("Language:", "MIME-Version", "Content-", "Plural-Forms")
    lines = path.read_text().splitlines(keepends=True)
    body = next(number for number, line in enumerate(lines) if line == "\n")
    head = [line for line in lines[:body] if line.startswith("msg") or line[1:].startswith(keep)]
    path.write_text("".join([*head, *lines[body:]]))


if __name__ == "__main__":
    if "--check" in sys.argv:
        problems = outdated(ROOT)
        sys.exit("\n".join(problems))
    update(ROOT)
