"""What is installed holds every file that the code reads beside itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
# What git leaves out as well: made by the interpreter, by the type checker, or by the message compiler.
MADE = {".pyc", ".nbi", ".nbc"}
# Tells two developers of two migrations with one number; nothing reads it where the product runs.
WRITTEN_ALONGSIDE = {"max_migration.txt"}


def _package_of(path: Path) -> Path:
    return next(folder for folder in path.parents if (folder / "__init__.py").exists())


def test_every_file_beside_the_code_is_installed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    beside = [
        one for one in (SOURCE / "anxin").rglob("*") if one.is_file() and one.suffix not in MADE | {".py"}
    ]
    found = [one for one in beside if one.name not in WRITTEN_ALONGSIDE]
    installed = {
        path for folder in {_package_of(one) for one in found} for p in patterns for path in folder.glob(p)
    }
    assert len(found) > 400
    assert sorted(str(one.relative_to(SOURCE)) for one in set(found) - installed) == []
