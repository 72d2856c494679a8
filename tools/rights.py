"""docs/permissions.md: operation × post, from the rules on the pages and operations themselves.

usage: python -m tools.rights [--check]      write it anew, or say whether it is out of date or has a gap
"""

import os
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")

import django  # noqa: E402

django.setup()

from anxin.accounts.values import ADMINISTRATORS, KIND_LABELS, POSTS  # noqa: E402
from anxin.config import rights  # noqa: E402
from anxin.config.rights import Cell  # noqa: E402

PAGE = ROOT / "docs" / "permissions.md"
MARKS = {Cell.POST: "●", Cell.OWN: "○", Cell.OPEN: "◌", Cell.NO: ""}
HEAD = """# Permissions

Written by `make docs` from the rule on every page, API operation and stream; `make check` fails when it is out of date,
and when an address has no rule. The same table stands at `/desk/rights/` for the security and the audit administrator.

● by the post, within its organisation and region · ○ only what is one's own · ◌ open to everybody · blank: refused.
◆ asks for a proof of the last five minutes who acts: a second factor by who has one, else a code or the password.
A test drives every address as every post, of the organisation concerned and of another, and holds the answers to it.
"""


def page() -> str:
    """The text of docs/permissions.md."""
    numbers = {key: str(n) for n, key in enumerate(POSTS, 1)}
    table, gaps = rights.matrix(), rights.unruled()
    told = [HEAD, f"\n{len(table)} operations, {len(POSTS)} posts, {len(gaps)} operations without a rule.\n"]
    told.append("\n## Posts\n\n| no. | post | 岗位 | kind | permissions |\n| --- | --- | --- | --- | --- |\n")
    for key, post in POSTS.items():
        held = " ".join(f"`{one}`" for one in sorted(post.permissions))
        told.append(f"| {numbers[key]} | `{key}` | {post.label} | {KIND_LABELS[post.kind]} | {held} |\n")
    told.append(f"\nNobody holds two of {', '.join(f'`{one}`' for one in ADMINISTRATORS)} at a time.\n")
    columns = ["visitor", "signed in", "verified", *POSTS]
    heads = ["V", "S", "R", *numbers.values()]
    told.append(
        "\n## Operations\n\nV visitor · S signed in · R real name verified · numbers: the posts above.\n"
    )
    for area, rows in groupby(sorted(table, key=lambda row: row[0].area), key=lambda row: row[0].area):
        told.append(f"\n### {area}\n\n| operation | rule | {' | '.join(heads)} |\n")
        told.append("| --- " * (len(columns) + 2) + "|\n")
        for one, cells in rows:
            marks = " | ".join(MARKS[cells[key]] for key in columns) if cells else ""
            rule = one.rule.name.replace("|", "or") if one.rule else "**none**"
            proof = " ◆" if one.rule and one.rule.base else ""
            told.append(f"| `{one}` | {rule}{proof} | {marks} |\n")
    return "".join(told)


def main(check: bool) -> int:
    text = page()
    if gaps := rights.unruled():
        print("\n".join(f"no rule: {one}" for one in gaps))
        return 1
    if not check:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print("docs/permissions.md is out of date: `make docs` writes it anew")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
