"""Every catalogue is current, compiles, keeps its placeholders, and holds nothing that a machine guessed."""

import re
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from tools import messages

# Chinese faces draw these as wide as a character: "worker’ s".
WIDE = "‘’"
# What a line left behind by an edit makes of a message.
REPEATED = re.compile(r"(.{20,}?)\1+", re.DOTALL)


def problems(root: Path) -> list[str]:
    """One line for each message that would be wrong on screen. Untranslated ones show their Chinese source."""
    found = messages.outdated(root)
    said: dict[tuple[str, str | None, str], tuple[str, Path]] = {}
    for path in sorted((root / "src").rglob("*.po")):
        name = path.relative_to(root)
        try:
            with path.open("rb") as file:
                catalogue = read_po(file, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            found.append(f"{name}: {error}")
            continue
        for message in catalogue:
            where = f"{name}:{message.lineno}"
            if message.id and message.fuzzy:
                found.append(f"{where}: fuzzy, so nobody has read it: {message.id}")
            forms = [message.string] if isinstance(message.string, str) else message.string or ()
            if catalogue.locale_identifier == "en" and any(mark in form for form in forms for mark in WIDE):
                found.append(f"{where}: write ' as an apostrophe: {message.string}")
            if any(REPEATED.fullmatch(form) for form in forms):
                found.append(f"{where}: says the same over and over: {message.string}")
            if message.id and isinstance(message.id, str) and message.string:
                # The areas' catalogues are read as one: of two translations, chance would choose.
                key = (str(catalogue.locale_identifier), message.context, message.id)
                first, whose = said.setdefault(key, (str(message.string), name))
                if first != message.string:
                    found.append(f"{where}: {message.id} is {message.string} here and {first} in {whose}")
            if message.string:
                found += [f"{where}: {error}" for error in message.check(catalogue)]
    return found
