"""The text of a contract template: a plain-text form with markers, read, checked and filled.

    title: 家政服务合同（单次服务）
    [要点]
    谁来服务: {worker.name}，{agency.name}的家政服务员
    [正文]
    # 第一条 当事人 <parties>
    @customer
    甲方应当……
    ! 限制责任的条款，醒目显示
    - 列举

A heading's <tag> says which mandatory subject the clause covers. `{marker}` takes a fact of the contract,
`@name` a table the program builds. What people typed enters as values only: a value is never read for
markers or markup again, neither here nor by the typesetter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MARKER = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
HEADING = re.compile(r"^#\s*(?P<heading>.+?)(?:\s*<(?P<tag>[a-z]+)>)?$")
BLANK = "（待补充）"

Run = tuple[str, str]
"""("t", words of the template) or ("v", a filled-in value) or ("b", a blank that waits for its value)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a clause. kind: para, limit (must be highlighted), item, table (text = its name)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    heading: str
    tag: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    summary: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]

    @property
    def tags(self) -> frozenset[str]:
        """Subjects covered by a clause that says something."""
        return frozenset(c.tag for c in self.clauses if c.tag and c.parts)

    @property
    def markers(self) -> frozenset[str]:
        lines = [t for _, t in self.summary] + [
            p.text for c in self.clauses for p in c.parts if p.kind != "table"
        ]
        return frozenset(m for line in lines for m in MARKER.findall(line))

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(p.text for c in self.clauses for p in c.parts if p.kind == "table")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the filled document, the same for paper and screen.

    kind: heading, para, limit, item (all with `runs`), pairs (rows of label and value), grid (head and rows).
    """

    kind: str
    runs: tuple[Run, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What stands behind `@name`: with `head` a grid, without it pairs of label and value."""

    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Filled:
    title: str
    summary: tuple[tuple[str, tuple[Run, ...]], ...]
    blocks: tuple[Block, ...]


class TextError(ValueError):
    """The template text cannot be used; `line` (from 1, 0 = the whole) and `reason` in Chinese."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"{line}: {reason}")
        self.line = line
        self.reason = reason


def read(source: str) -> Text:
    """Read the plain-text form; raises TextError with the line."""
    title, section = "", ""
    summary: list[tuple[str, str]] = []
    clauses: list[tuple[str, str, list[Part]]] = []
    for number, raw in enumerate(source.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("//"):
            continue
        if line in ("[要点]", "[正文]"):
            section = line
        elif not section:
            if not line.startswith("title:"):
                raise TextError(number, "第一行应为 title: 合同标题")
            title = line.removeprefix("title:").strip()
        elif section == "[要点]":
            label, colon, words = line.partition(":")
            if not colon or not label.strip() or not words.strip():
                raise TextError(number, "要点应写成“名称: 内容”")
            summary.append((label.strip(), words.strip()))
        elif line.startswith("#"):
            found = HEADING.match(line)
            if found is None:
                raise TextError(number, "条款标题为空")
            clauses.append((found["heading"], found["tag"] or "", []))
        elif not clauses:
            raise TextError(number, "正文应以 # 条款标题开始")
        else:
            clauses[-1][2].append(_part(line))
    if not (title and summary and clauses):
        raise TextError(0, "缺少标题、要点或正文")
    return Text(title, tuple(summary), tuple(Clause(h, t, tuple(parts)) for h, t, parts in clauses))


def _part(line: str) -> Part:
    for sign, kind in (("!", "limit"), ("-", "item"), ("@", "table")):
        if line.startswith(sign):
            return Part(kind, line[1:].strip())
    return Part("para", line)


def check(text: Text, *, markers: frozenset[str], tables: frozenset[str], tags: frozenset[str]) -> list[str]:
    """What is wrong with a template, in Chinese: unknown markers or tables, mandatory subjects without a clause."""
    wrong = [f"不认识的标记 {{{m}}}" for m in sorted(text.markers - markers)]
    wrong += [f"不认识的表格 @{t}" for t in sorted(text.tables - tables)]
    wrong += [f"缺少必备条款 <{t}>" for t in sorted(tags - text.tags)]
    return wrong


def runs(line: str, values: Mapping[str, str]) -> tuple[Run, ...]:
    """Split one line into template words and values; a missing value is a visible blank."""
    found: list[Run] = []
    end = 0
    for match in MARKER.finditer(line):
        if match.start() > end:
            found.append(("t", line[end : match.start()]))
        value = values.get(match[1], "")
        found.append(("v", value) if value else ("b", BLANK))
        end = match.end()
    if end < len(line):
        found.append(("t", line[end:]))
    return tuple(found)


def fill(text: Text, values: Mapping[str, str], tables: Mapping[str, Table]) -> Filled:
    """Put the facts of one contract into the text. Unknown tables are left out, unknown markers are blanks."""
    blocks: list[Block] = []
    for clause in text.clauses:
        blocks.append(Block("heading", (("t", clause.heading),)))
        for part in clause.parts:
            if part.kind != "table":
                blocks.append(Block(part.kind, runs(part.text, values)))
            elif part.text in tables:
                blocks.append(_table(tables[part.text]))
    summary = tuple((label, runs(words, values)) for label, words in text.summary)
    return Filled(text.title, summary, tuple(blocks))


def _table(table: Table) -> Block:
    if table.head:
        return Block("grid", head=table.head, rows=table.rows)
    return Block("pairs", rows=tuple(tuple(cell or BLANK for cell in row) for row in table.rows))


def plain(found: Sequence[Run]) -> str:
    return "".join(words for _, words in found)
