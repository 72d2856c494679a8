"""What is printed: rare characters, hostile input, the seal, the drawn signature."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from anxin.contracts.engine import typeset
from anxin.contracts.engine.seal import seal_picture
from anxin.kit.ink import NotInk, clean
from anxin.kit.typesetting import Unprintable, printable, unprintable
from tests.cast import NOON
from tests.contracts.material import AGENCY, RARE, data_url, drawn, pdf

poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def words_of(tmp_path: Path, made: bytes) -> str:
    file = tmp_path / "c.pdf"
    file.write_bytes(made)
    out = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    return "".join(out.stdout.decode().split())


@poppler
@pytest.mark.requirement("B-7.3.2")
def test_rare_characters_in_names_can_be_read_back_from_the_paper(tmp_path: Path) -> None:
    assert unprintable(RARE) == ""
    assert words_of(tmp_path, pdf(NOON, worker__name=f"王{RARE}")).count(f"王{RARE}") >= 2


def test_rare_characters_have_ink_of_their_own() -> None:
    """Each is drawn with a shape of its own: no empty boxes, no question marks."""
    shapes = {seal_picture(character, "1", form="png") for character in RARE}
    assert len(shapes) == len(RARE)


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("家里有一只猫，请随手关门", "家里有一只猫，请随手关门"),
        ("谢谢阿姨🙏🏻❤️ 家里👨‍👩‍👧‍👦四口", "谢谢阿姨 家里四口"),
        ("1️⃣厨房 2️⃣卫生间", "1厨房 2卫生间"),
        ("门口写着\U00031350宅", "门口写着〓宅"),
    ],
)
def test_what_people_write_on_phones_can_be_set(written: str, set_as: str) -> None:
    assert printable(written) == set_as
    assert unprintable(printable(written)) == ""


def test_a_character_without_a_glyph_is_refused_by_name_instead_of_leaving_a_hole() -> None:
    with pytest.raises(Unprintable) as refused:
        pdf(NOON, worker__name="王\U00031350")
    assert refused.value.characters == "\U00031350"


HOSTILE = ["#panic(1)", "$x$", "\\", "]", "#[", "*粗*_斜_", '"}', '#read("/etc/passwd")', "@customer", "`#x`"]


@poppler
@pytest.mark.parametrize("typed", [*HOSTILE, "{fee.amount}"])
def test_what_people_type_is_printed_as_typed(tmp_path: Path, typed: str) -> None:
    words = words_of(tmp_path, pdf(NOON, service__remarks=f"备{typed}注"))
    assert "".join(f"备{typed}注".split()) in words


def test_control_and_direction_characters_do_not_reach_the_paper() -> None:
    assert typeset.clean("a\u202eb\u0000c\u200bd\ne") == "abcd\ne"


def test_the_same_facts_at_the_same_time_make_the_same_bytes() -> None:
    assert pdf(NOON) == pdf(NOON)


@pytest.mark.requirement("A-6.3.2e")
@pytest.mark.parametrize("name", [AGENCY, "於潜家政", "杭州市临安区锦城街道好邻居家政服务部（个体工商户）"])
def test_a_seal_is_round_red_and_40_mm_at_300_dpi_on_nothing(name: str) -> None:
    picture = Image.open(io.BytesIO(seal_picture(name, "3301990001234")))
    assert picture.mode == "RGBA"
    assert abs(picture.width - 40 / 25.4 * 300) <= 1
    assert picture.width == picture.height
    assert picture.getpixel((2, 2))[3] == 0
    left = [picture.getpixel((x, picture.height // 2)) for x in range(25)]
    assert any(p[3] == 255 and p[0] > 180 and p[1] < 60 for p in left)
    centre = picture.getpixel((picture.width // 2, picture.height // 2))
    assert centre[0] > 180
    assert centre[3] == 255


def test_a_drawn_signature_keeps_its_ink_and_nothing_else() -> None:
    picture = Image.open(io.BytesIO(clean(drawn())))
    assert picture.size[0] <= 720
    assert picture.mode == "RGBA"
    lightest, darkest = picture.getextrema()[3]
    assert lightest == 0
    assert darkest > 200
    assert picture.info == {}


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "data:text/html;base64,AAAA",
        "data:image/png;base64,@@@",
        "data:image/png;base64," + base64.b64encode(b"<svg onload=x>").decode(),
        data_url(Image.new("RGBA", (400, 200), (0, 0, 0, 0))),
        data_url(Image.new("RGBA", (400, 200), (0, 0, 0, 255))),
        data_url(Image.new("L", (5000, 5000), 255)),
        drawn(strokes=0),
        "data:image/png;base64," + "A" * 600_000,
    ],
)
def test_what_is_no_signature_is_refused_in_words(sent: str) -> None:
    with pytest.raises(NotInk, match="签名"):
        clean(sent)
