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
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Invalid
from anxin.kit.inputs import day as iso_day

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 2_000, 60, 500
# Rows that a file may count, most of them empty: people leave gaps, but not for ever.
MOST_LINES = 10 * MOST_ROWS
# Day 0 of a spreadsheet's calendar, as far as days after February 1900 are concerned.
EPOCH = date(1899, 12, 30)
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
    lines: list[Line] = []
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


def _cut(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(rows, start=1):
        if number > MOST_LINES:
            raise SheetTooBig(field="file", rows=MOST_ROWS)
        yield number, [_text(cell) for cell in cells[:MOST_COLUMNS]]


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # brings in numpy: a tenth of every start

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(one.file_size for one in packed.infolist())
        if unpacked > MOST_UNPACKED:
            raise SheetTooBig(field="file", rows=MOST_ROWS)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        yield from _cut(book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except SheetTooBig:
        raise
    except Exception as error:
        # The library ends in whatever error a broken part leads it to.
        raise SheetUnreadable(field="file") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(value).removesuffix(" 00:00:00")
    # Numbers that people mean as text (a telephone number) must not come as 1.99E10.
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value)


def write_xlsx(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet, every cell as text: templates to fill in, and rows with what is wrong with them."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (heading, *rows):
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cell)) for cell in row]
        for cell in cells:
            # Else what begins with "=" is a formula, run by whoever opens the file.
            cell.data_type = "s"
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
