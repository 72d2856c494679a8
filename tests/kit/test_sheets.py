"""Uploaded tables: what spreadsheets save is read as text, and what is no table is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from anxin.kit import sheets

COLUMNS = ("姓名", "日期")


def rows(content, **options):
    return [
        (line.number, line["姓名"], line["日期"]) for line in sheets.read(content, columns=COLUMNS, **options)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_spreadsheets_save(encoding):
    content = "姓名,日期,别的\n王芳,2026-03-18,x\n\n 李 梅 ,2026/3/9,\n".encode(encoding)
    assert rows(content) == [(2, "王芳", "2026-03-18"), (4, "李 梅", "2026/3/9")]


def test_a_workbook_comes_back_as_it_was_written():
    content = sheets.write_xlsx(COLUMNS, [("王芳", "2026-03-18"), ("<李&梅>", "46099")])
    assert rows(content) == [(2, "王芳", "2026-03-18"), (3, "<李&梅>", "46099")]


def test_a_workbook_as_spreadsheets_save_it_is_read_as_people_see_it():
    book = Workbook()
    book.active.append(["姓名", None, "日期", "电话"])
    for _gap in range(5):
        book.active.append([])
    book.active.append(["王芳", None, datetime(2026, 3, 18), 19900000001])
    book.create_sheet("另一张").append(["x"])
    made = io.BytesIO()
    book.save(made)
    assert rows(made.getvalue(), optional=("电话",)) == [(7, "王芳", "2026-03-18")]
    assert sheets.read(made.getvalue(), columns=("电话",))[0]["电话"] == "19900000001"


def test_no_cell_that_is_written_is_a_formula():
    made = load_workbook(io.BytesIO(sheets.write_xlsx(("=1+1",), [('=HYPERLINK("x")',), ("a\x0bb",)])))
    assert [cell.data_type for (cell,) in made.active.iter_rows()] == ["s", "s", "s"]
    assert made.active["A3"].value == "ab"


@pytest.mark.parametrize(
    ("text", "found"),
    [("2026-03-18", date(2026, 3, 18)), ("2026/3/8", date(2026, 3, 8)), ("2026年3月8日", date(2026, 3, 8)),
     ("46099", date(2026, 3, 18)), ("2026-13-01", None), ("明天", None), ("", None), ("1e9", None)],
)  # fmt: skip
def test_days_are_read_as_people_and_spreadsheets_write_them(text, found):
    assert sheets.day(text) == found


@pytest.mark.parametrize("content", [b"PK\x03\x04nonsense", b"\xff\xfe\x00\x81", b"\x00\x01,"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises((sheets.SheetUnreadable, sheets.ColumnsMissing)):
        sheets.read(content, columns=COLUMNS)


def test_missing_columns_are_named():
    with pytest.raises(sheets.ColumnsMissing, match="日期"):
        sheets.read("姓名\n王芳\n".encode(), columns=COLUMNS)


def test_too_many_rows_are_refused():
    content = ("姓名,日期\n" + "王芳,2026-01-01\n" * (sheets.MOST_ROWS + 1)).encode()
    with pytest.raises(sheets.SheetTooBig):
        sheets.read(content, columns=COLUMNS)


def test_a_workbook_that_unpacks_to_a_flood_is_refused():
    flood = io.BytesIO()
    with zipfile.ZipFile(flood, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b" " * (sheets.MOST_UNPACKED + 1))
    assert len(flood.getvalue()) < sheets.MOST_BYTES
    with pytest.raises(sheets.SheetTooBig):
        sheets.read(flood.getvalue(), columns=COLUMNS)


def test_entities_are_not_unfolded():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
    with pytest.raises(sheets.SheetUnreadable):
        sheets.read(made.getvalue(), columns=COLUMNS)
