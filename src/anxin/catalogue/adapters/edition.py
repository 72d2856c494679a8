"""Reads the editions of the catalogue that the package carries (one folder of TOML files each)."""

import hashlib
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Edition:
    """An edition as written: `categories` as the files have them, `checksum` over their bytes."""

    label: str
    note: str
    checksum: str
    categories: list[dict[str, Any]]


def labels() -> list[str]:
    """The editions carried, oldest first."""
    return sorted(found.name for found in (files("anxin.catalogue") / "data").iterdir() if found.is_dir())


def read(label: str) -> Edition:
    """One edition; each file is a category with its items, in the order of the file names."""
    folder = files("anxin.catalogue") / "data" / label
    found = sorted(
        (part for part in folder.iterdir() if part.name.endswith(".toml")), key=lambda part: part.name
    )
    digest = hashlib.sha256()
    categories, note = [], ""
    for part in found:
        content = part.read_bytes()
        digest.update(content)
        parsed = tomllib.loads(content.decode())
        if part.name == "edition.toml":
            note = parsed["note"]
        else:
            categories.append(parsed)
    return Edition(label, note, digest.hexdigest(), categories)
