"""docs/personal-data.md: every column that holds a person, from the register that the product runs by.

usage: python -m tools.personal_data      write it anew
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from anxin.governance.values import (  # noqa: E402
    BASIS_LABELS,
    FATE_LABELS,
    GROUPS,
    KEEPS,
    KIND_LABELS,
    NOT_PERSONAL,
    SENSITIVE,
)

HEAD = """# Personal data

Every column that holds a person, written from `src/anxin/governance/values` by `make docs`; the public reads the same
register at `/privacy/`. A test compares it with the models, so that a new column of a person's without an entry fails.

## How long

| class | what | from when | days | law |
| --- | --- | --- | --- | --- |
"""


def page(root: Path) -> str:
    """The text of docs/personal-data.md."""
    told = [HEAD]
    for keep in KEEPS.values():
        days = (
            f"{keep.days.default} (`{keep.days.key}`)"
            if keep.days
            else f"job `{keep.own_job}`" * bool(keep.own_job)
        )
        told.append(f"| {keep.code} | {keep.label} | {keep.since} | {days or '—'} | {keep.law} |\n")
    for heading, group in GROUPS:
        told.append(f"\n## {heading}\n\n| column | kind | purpose | basis | class")
        told.append(" | masked for | whole for | on closing |\n")
        told.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n")
        for one in group:
            for field in one.fields:
                kind = KIND_LABELS[field.kind] + ("（敏感）" if field.kind in SENSITIVE else "")
                fate = "整行删除" if one.row_goes else FATE_LABELS[field.fate]
                cells = (
                    f"`{one.model}.{field.name}`", kind, one.purpose, BASIS_LABELS[one.basis].split("（")[0], one.keep,
                    "、".join(one.masked) or "—", "、".join(one.whole), fate,
                )  # fmt: skip
                told.append(f"| {' | '.join(cells)} |\n")
    told.append("\n## Looks personal and is not\n\n| column | why |\n| --- | --- |\n")
    told += [f"| `{name}` | {why} |\n" for name, why in NOT_PERSONAL.items()]
    return "".join(told)


def problems(root: Path) -> list[str]:
    """One line if the page does not show the register as it is."""
    path = root / "docs" / "personal-data.md"
    current = path.exists() and path.read_text() == page(root)
    return [] if current else ["docs/personal-data.md is out of date: `make docs` writes it anew"]


if __name__ == "__main__":
    (ROOT / "docs" / "personal-data.md").write_text(page(ROOT))
