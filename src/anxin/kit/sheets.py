"""Tables that people upload: XLSX and CSV, read as rows of text, within limits that a hostile file cannot pass.

Only values are read: no formula is run, no link followed, no other sheet than the first looked at.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Invalid
from anxin.kit.inputs import day as iso_day

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 2_000, 60, 500
# Day 0 of a spreadsheet's calendar, as far as days after February 1900 are concerned.
EPOCH = date(1899, 12, 30)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CELL = re.compile(r"([A-Z]{1,3})\d{1,7}")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")


class SheetUnreadable(Invalid):
    code = "sheet_unreadable"
    message = _("读不出这个文件。请用模板填写，保存为 XLSX 或 CSV（UTF-8）后再上传。")


class SheetTooBig(Invalid):
    code = "sheet_too_big"
    message = _("文件太大：最多 2 MB、%(rows)s 行。请分成几个文件上传。")


class ColumnsMissing(Invalid):
    code = "columns_missing"
    message = _("第一行缺少这些列：%(names)s。请用模板的表头。")


@dataclass(frozen=True)
class Line:
    """One row below the heading: its number in the file (the heading is 1) and its cells by heading."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def read(content: bytes, *, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The rows of an uploaded table whose first row names `columns`; empty rows are left out.

    Columns that nobody asked for are dropped unread. Refuses SheetUnreadable, SheetTooBig, ColumnsMissing.
    """
    if len(content) > MOST_BYTES:
        raise SheetTooBig(field="file", rows=MOST_ROWS)
    found = _xlsx(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    rows = ((number, [" ".join(cell.split()) for cell in cells]) for number, cells in found)
    heading = next((cells for _number, cells in rows if any(cells)), [])
    missing = [name for name in columns if name not in heading]
    if missing:
        raise ColumnsMissing(field="file", names="、".join(missing))
    wanted = [(heading.index(name), name) for name in (*columns, *optional) if name in heading]
    lines = []
    for number, cells in rows:
        if not any(cells):
            continue
        if len(lines) >= MOST_ROWS:
            raise SheetTooBig(field="file", rows=MOST_ROWS)
        told = {name: cells[at][:MOST_CHARACTERS] if at < len(cells) else "" for at, name in wanted}
        lines.append(Line(number, told))
    return lines


def day(text: str) -> date | None:
    """The day a cell spells (2026-03-18, 2026/3/18, 2026年3月18日) or counts as spreadsheets do; None for neither."""
    if found := DAY.fullmatch(text.strip()):
        return iso_day(f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}")
    if re.fullmatch(r"[1-9]\d{4}(\.0+)?", text.strip(), re.ASCII):
        return EPOCH + timedelta(days=int(float(text)))
    return None


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            # What spreadsheets here save when nobody tells them otherwise.
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise SheetUnreadable(field="file") from error
    if "\x00" in text:
        raise SheetUnreadable(field="file")
    try:
        yield from _cut(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise SheetUnreadable(field="file") from error


def _cut(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(rows, start=1):
        yield number, list(cells[:MOST_COLUMNS])


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if sum(one.file_size for one in book.infolist()) > MOST_UNPACKED:
                raise SheetTooBig(field="file", rows=MOST_ROWS)
            shared = _shared(book)
            sheet = _tree(book, _first(book))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError,
            ValueError, OSError) as error:  # fmt: skip
        raise SheetUnreadable(field="file") from error
    for number, row in enumerate(sheet.iter(f"{MAIN}row"), start=1):
        given = row.get("r", "")
        yield (int(given) if re.fullmatch(r"\d{1,7}", given, re.ASCII) else number), _cells(row, shared)


def _tree(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with book.open(name) as part:
        data = part.read(MOST_UNPACKED + 1)
    # A table needs no declarations of its own; who brings them wants entities to be unfolded.
    if len(data) > MOST_UNPACKED or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise SheetUnreadable(field="file")
    return ElementTree.fromstring(data)


def _first(book: zipfile.ZipFile) -> str:
    """The path of the first sheet."""
    listed = _tree(book, "xl/workbook.xml").find(f"{MAIN}sheets/{MAIN}sheet")
    if listed is None:
        raise KeyError("no sheet")
    wanted = listed.get(f"{RELATED}id", "")
    for one in _tree(book, "xl/_rels/workbook.xml.rels"):
        if one.get("Id") == wanted:
            target = one.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(wanted)


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    return [_text(one) for one in _tree(book, "xl/sharedStrings.xml").iter(f"{MAIN}si")]


def _text(node: ElementTree.Element) -> str:
    # Phonetic readings (rPh) are no part of what was typed.
    runs = [*node.findall(f"{MAIN}t"), *node.findall(f"{MAIN}r/{MAIN}t")]
    return "".join(run.text or "" for run in runs)


def _cells(row: ElementTree.Element, shared: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{MAIN}c"):
        place = CELL.fullmatch(cell.get("r", ""))
        at = _column(place[1]) if place else len(cells)
        if at >= MOST_COLUMNS:
            continue
        cells += [""] * (at + 1 - len(cells))
        cells[at] = _value(cell, shared)
    return cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: ElementTree.Element, shared: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inside = cell.find(f"{MAIN}is")
        return "" if inside is None else _text(inside)
    value = cell.findtext(f"{MAIN}v", "")
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    # Numbers that people mean as text (a telephone number) come as 1.9900000001E10.
    if kind == "n" and re.fullmatch(r"-?\d+(\.\d+)?E\+?\d{1,2}", value, re.ASCII):
        return f"{float(value):.0f}"
    return "" if kind == "e" else value


def write_xlsx(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet, every cell as text: templates to fill in, and rows with what is wrong with them."""
    lines = "".join(
        f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{_escaped(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for number, row in enumerate([heading, *rows], start=1)
    )  # fmt: skip
    parts = {
        "[Content_Types].xml": f"{_XML}<Types xmlns='{_PACKAGE}/content-types'><Default Extension='rels' "
        "ContentType='application/vnd.openxmlformats-package.relationships+xml'/><Default Extension='xml' "
        "ContentType='application/xml'/><Override PartName='/xl/workbook.xml' ContentType='application/vnd."
        "openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/><Override PartName='/xl/worksheets/sheet1."
        "xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml'/></Types>",
        "_rels/.rels": f"{_XML}<Relationships xmlns='{_PACKAGE}/relationships'><Relationship Id='r1' "
        f"Type='{RELATED[1:-1]}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"{_XML}<workbook xmlns='{MAIN[1:-1]}' xmlns:r='{RELATED[1:-1]}'><sheets><sheet "
        "name='1' sheetId='1' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"{_XML}<Relationships xmlns='{_PACKAGE}/relationships'><Relationship "
        f"Id='r1' Type='{RELATED[1:-1]}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": f"{_XML}<worksheet xmlns='{MAIN[1:-1]}'><sheetData>{lines}</sheetData>"
        "</worksheet>",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return data.getvalue()


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _escaped(text: str) -> str:
    clean = "".join(one for one in text if one >= " ")
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
