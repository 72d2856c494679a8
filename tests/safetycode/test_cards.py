"""Home-visit cards: made with the code, printed alone and by the thousand, replaced for a reason, counted."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
import zxingcpp
from django.test import Client
from PIL import Image

from anxin.files import public as files
from anxin.files.models import StoredFile
from anxin.kit import jobs
from anxin.kit.actor import Actor
from anxin.safetycode import public as codes
from anxin.safetycode import queries
from anxin.safetycode.actions import cards
from anxin.safetycode.engine.cards import CardFace, cards_pdf, code_svg, photo_svg
from anxin.safetycode.models import Card, CardBatch, CardStock
from anxin.safetycode.values import CardForm, Colour
from anxin.workers.models import Worker
from tests import cast
from tests.safetycode.entrusting import entrusted
from tests.tape import taped
from tests.workers.world import NOW, World, make_worker

LABELS = {"number": "号码", "agency": "机构", "until": "有效期至"}
WORDS = {Colour.GREEN: "绿码", Colour.YELLOW: "黄码", Colour.RED: "红码"}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):  # type: ignore[no-untyped-def]
    settings.ANXIN_FILES = tmp_path / "files"


@taped
def issuer(db: None) -> cast.Member:
    """Who prints at the association that issues in the city."""
    return officer("3301", 1, "家政行业协会")


def officer(area: str, sequence: int, name: str) -> cast.Member:
    return cast.in_post(
        cast.new_person(sequence, "证管员", verified=False), entrusted(area, name=name), "association.codes"
    )


@pytest.fixture
def desk(issuer: cast.Member) -> Actor:
    return issuer.actor


def face(n: int, colour: Colour, **more: str) -> CardFace:
    return CardFace(
        name="王桂芳", number=f"ZJ-3301-2026-{n:06d}", agency="安心家政", issuer="临安家政协会", until="2027-03-18",
        colour=str(colour), word=WORDS[colour], judged="2026-03-18 印制时", code=code_svg(address(n), colour), **more,
    )  # fmt: skip


def address(n: int) -> str:
    return f"https://anxin.example.org/c/{n:035d}/"


def paper(faces: Sequence[CardFace], form: CardForm) -> bytes:
    return cards_pdf(faces, form=form, title="居家上门服务证", notice="以扫码结果为准", labels=LABELS, at=NOW)


def pages(pdf: bytes, folder: Path, dpi: int = 150) -> list[Image.Image]:
    (folder / "cards.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", "cards.pdf", "page"], cwd=folder, check=True)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob("page*.png"))]


def words_of(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


@pytest.mark.requirement("D-1", "A-6.3.2c")
@pytest.mark.parametrize("colour", list(Colour))
def test_the_printed_code_of_each_colour_is_read_in_its_ink_with_its_word(
    colour: Colour, tmp_path: Path
) -> None:
    pdf = paper([face(7, colour)], CardForm.SINGLE)
    [picture] = pages(pdf, tmp_path, dpi=300)
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == address(7)
    # 85.6 × 54 mm at 300 dots an inch.
    assert [side / 300 * 25.4 for side in picture.size] == pytest.approx([85.6, 54.0], abs=0.1)
    assert WORDS[colour] in words_of(pdf)
    x, y = found.position.top_left.x, found.position.top_left.y
    ink = picture.getpixel((x + 3, y + 3))
    red, green, _blue = ink  # type: ignore[misc]
    assert {Colour.GREEN: green > red, Colour.YELLOW: red > green > 90, Colour.RED: red > 2 * green}[colour]


@pytest.mark.requirement("D-1")
def test_eight_lie_on_a_sheet_and_every_one_is_read(tmp_path: Path) -> None:
    shades = list(Colour)
    pdf = paper([face(n, shades[n % 3]) for n in range(9)], CardForm.SHEET)
    first, second = pages(pdf, tmp_path)
    assert {one.text for one in zxingcpp.read_barcodes(first)} == {address(n) for n in range(8)}
    assert [one.text for one in zxingcpp.read_barcodes(second)] == [address(8)]
    assert [round(side / 150 * 25.4) for side in first.size] == [210, 297]


def test_a_rare_name_prints_and_a_photo_too(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "#336699").save(out, "JPEG")
    pdf = paper([face(1, Colour.GREEN, photo=photo_svg(out.getvalue(), "image/jpeg"))], CardForm.SINGLE)
    [picture] = pages(pdf, tmp_path, dpi=100)
    assert picture.getpixel((round(11 / 25.4 * 100), round(22 / 25.4 * 100))) == pytest.approx(
        (0x33, 0x66, 0x99), abs=6
    )


def code_for(worker: Worker) -> codes.SafetyCode:
    found = codes.code_of(worker.pk)
    assert found is not None
    return found


@pytest.mark.requirement("D-1")
def test_a_card_is_made_in_the_act_that_issues_the_code(world: World, desk: Actor) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=desk, at=NOW)
    card = Card.objects.get()
    assert (card.code_id, card.reason, card.at, card.printed_at) == (code.pk, "issue", NOW, None)


def test_a_batch_prints_each_waiting_card_once_and_takes_blanks(
    world: World, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "A_PART", 2)
    workers = [world.worker, *(make_worker(world.agency, name=name) for name in ("周一", "周二"))]
    for worker in workers:
        codes.issue(worker_id=worker.pk, by=desk, at=NOW)
    # Of before cards were kept.
    Card.objects.filter(code__worker=workers[2]).delete()
    batch = codes.print_waiting(form=CardForm.SHEET, by=desk, at=NOW)
    assert batch.total == 3
    assert not Card.objects.exclude(printed_at=None).exists()
    assert [row.done for row in queries.batches(desk)] == [0]
    jobs.drain(NOW)
    batch.refresh_from_db()
    assert batch.done_at == NOW and batch.file
    first, second = batch.parts.order_by("number")
    assert (first.count, second.count) == (2, 1)
    # Two parts, two sheets, one file.
    assert StoredFile.objects.filter(kind="cards").count() == 1
    told = words_of(files.content(batch.file))
    assert told.count("\f") == 2
    numbers = [code_for(worker).number for worker in workers]
    assert [told.index(number) for number in sorted(numbers)] == sorted(map(told.index, numbers))
    assert Card.objects.filter(printed_at=NOW).count() == 3
    with pytest.raises(cards.NothingToPrint):
        codes.print_waiting(form=CardForm.SHEET, by=desk, at=NOW)
    assert queries.stock(desk)[0] == -3
    # Twice is once.
    codes.make_part(part_id=first.pk, by=desk, at=NOW + timedelta(minutes=5))
    codes.bind_batch(batch_id=batch.pk, by=desk, at=NOW + timedelta(minutes=5))
    batch.refresh_from_db()
    assert batch.done_at == NOW
    assert Card.objects.filter(printed_at=NOW).count() == 3


def test_another_card_is_printed_only_for_a_reason_and_each_is_kept(world: World, desk: Actor) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=desk, at=NOW)
    codes.print_one(code=code, reason="", form=CardForm.SINGLE, by=desk, at=NOW)
    jobs.drain(NOW)
    for reason in ("", "issue", "nonsense"):
        with pytest.raises(cards.WhyAnother):
            codes.print_one(code=code, reason=reason, form=CardForm.SINGLE, by=desk, at=NOW)
    later = NOW + timedelta(days=3)
    codes.print_one(code=code, reason="lost", form=CardForm.SINGLE, by=desk, at=later)
    jobs.drain(later)
    rows = Card.objects.order_by("at").values_list("reason", "printed_at")
    assert list(rows) == [("issue", NOW), ("lost", later)]
    assert [card.reason for card in queries.cards_of(desk, code)] == ["lost", "issue"]


def test_who_does_not_issue_prints_nothing_and_sees_no_batch(world: World, desk: Actor) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=desk, at=NOW)
    for actor in (world.head, world.rival_head, world.stranger):
        with pytest.raises(cards.MayNotPrint):
            codes.print_waiting(form=CardForm.SHEET, by=actor, at=NOW)
        with pytest.raises(cards.MayNotPrint):
            codes.print_one(code=code, reason="", form=CardForm.SHEET, by=actor, at=NOW)
        with pytest.raises(cards.MayNotPrint):
            codes.record_stock(reason="received", change=100, note="", by=actor, at=NOW)
    assert not CardBatch.objects.exists()
    codes.print_waiting(form=CardForm.SHEET, by=desk, at=NOW)
    elsewhere = officer("3302", 2, "宁波家政协会").actor
    for actor in (world.head, world.rival_head, world.stranger, elsewhere):
        assert queries.batches(actor) == []
        assert not CardStock.objects.visible_to(actor).exists()


def test_a_code_out_of_force_gets_no_card(world: World, desk: Actor) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=desk, at=NOW)
    Card.objects.all().delete()
    type(code).objects.filter(pk=code.pk).update(state="suspended")
    code.refresh_from_db()
    with pytest.raises(cards.CodeNotInForce):
        codes.print_one(code=code, reason="", form=CardForm.SHEET, by=desk, at=NOW)
    with pytest.raises(cards.NothingToPrint):
        codes.print_waiting(form=CardForm.SHEET, by=desk, at=NOW)


def test_the_files_of_a_batch_are_deleted_after_a_month(world: World, desk: Actor) -> None:
    codes.issue(worker_id=world.worker.pk, by=desk, at=NOW)
    batch = codes.print_waiting(form=CardForm.SHEET, by=desk, at=NOW)
    jobs.drain(NOW)
    assert cards.forget_files(at=NOW + timedelta(days=29)) == 0
    assert cards.forget_files(at=NOW + timedelta(days=31)) == 1
    batch.refresh_from_db()
    assert (batch.file, batch.done_at) == (None, NOW)
    assert not StoredFile.objects.filter(kind="cards").exists()
    assert queries.batches(desk)[0].state == "deleted"
    assert Card.objects.get().printed_at == NOW


def test_the_card_says_the_colour_of_the_day_it_is_printed(world: World, desk: Actor) -> None:
    code = codes.issue(worker_id=world.worker.pk, by=desk, at=NOW, valid_to=date(2027, 3, 18))
    [shown] = queries.faces([code], NOW)
    assert (shown.name, shown.number, shown.until) == ("王桂芳", code.number, "2027-03-18")
    assert (shown.colour, shown.word, shown.judged) == ("green", "绿码", "2026-03-18 印制时")
    assert shown.agency == "安心家政"


def test_blank_cards_come_in_and_go_out(world: World, desk: Actor) -> None:
    codes.record_stock(reason="received", change=500, note="第一批", by=desk, at=NOW)
    for reason, change in (("received", -5), ("spoiled", 5), ("counted", 0), ("printed", -1)):
        with pytest.raises(cards.StockWrong):
            codes.record_stock(reason=reason, change=change, note="", by=desk, at=NOW)
    codes.record_stock(reason="spoiled", change=-2, note="卡纸", by=desk, at=NOW)
    assert queries.stock(desk)[0] == 498


def test_the_desk_prints_and_downloads_by_an_address_of_its_own(world: World, issuer: cast.Member) -> None:
    desk = issuer.actor
    code = codes.issue(worker_id=world.worker.pk, by=desk, at=NOW)
    with time_machine.travel(NOW, tick=False):
        client = cast.signed_in(issuer.person, issuer.appointment)
        assert "1 张证卡等待印制" in client.get("/desk/cards/").content.decode()
        made = client.post("/desk/cards/", {"form": "sheet"})
        where = made.headers["Location"]
        assert "排版中" in client.get(where).content.decode()
        jobs.drain(NOW)
        text = client.get(where + "progress/").content.decode()
        [address] = re.findall(r'href="(/files/[^"]+)"', text)
        assert client.get(address).content.startswith(b"%PDF")
        assert Client().get(address).status_code == 404
        page = client.get(f"/desk/codes/{world.worker.number}/card/").content.decode()
        assert code.number in page and "已印制" in page
        again = client.post(
            f"/desk/codes/{world.worker.number}/card/print/", {"form": "single", "reason": ""}
        )
        assert again.status_code == 422 and "请选择补办或换发的原因" in again.content.decode()
        lost = client.post(
            f"/desk/codes/{world.worker.number}/card/print/", {"form": "single", "reason": "lost"}
        )
        assert lost.headers["Location"].startswith("/desk/cards/")
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        assert client.get(address).status_code == 404
