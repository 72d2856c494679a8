"""Tables that people upload: whatever the bytes are, they are read as bounded rows of text or refused in words."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.kit import sheets
from tests.fuzz.register import examples, fuzzes
from tests.fuzz.test_files import broken

COLUMNS = ("姓名", "日期")
REFUSED = (sheets.SheetUnreadable, sheets.SheetTooBig, sheets.ColumnsMissing)


@cache
def books() -> tuple[bytes, ...]:
    rows = [("王芳", "2026-03-18"), ("李梅", "46099"), ("", "")]
    text = "\n".join(",".join(row) for row in [COLUMNS, *rows])
    return sheets.write_xlsx(COLUMNS, rows), text.encode(), text.encode("gb18030"), text.encode("utf-8-sig")


@cache
def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(books()[0])) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    """What is made once is made before any example is timed."""
    parts()


def rebuilt(name: str, content: bytes) -> bytes:
    """A sound package with one part of it replaced."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        for one, body in parts().items():
            book.writestr(one, content if one == name else body)
    return data.getvalue()


def is_read_or_refused(content: bytes) -> None:
    try:
        lines = sheets.read(content, columns=COLUMNS)
    except REFUSED:
        return
    assert len(lines) <= sheets.MOST_ROWS
    for line in lines:
        assert set(line.cells) == set(COLUMNS)
        assert all(len(cell) <= sheets.MOST_CHARACTERS and "\n" not in cell for cell in line.cells.values())
        sheets.day(line["日期"])


@fuzzes("kit.sheets._csv")
@examples
@given(st.data())
def test_a_table(data: st.DataObject) -> None:
    is_read_or_refused(data.draw(broken(*books())))


@fuzzes("kit.sheets._xlsx")
@examples
@given(st.data())
def test_a_part_of_a_workbook(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([one for one in parts() if one.endswith((".xml", ".rels"))]))
    is_read_or_refused(rebuilt(name, data.draw(broken(parts()[name]))))


@examples
@given(st.text(max_size=40))
def test_a_cell_that_should_be_a_day(text: str) -> None:
    assert sheets.day(text) is None or len(text) >= 5
