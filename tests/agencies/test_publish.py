"""Services are opened from the catalogue, drafted, published as versions, and withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from anxin.agencies import actions, queries
from anxin.agencies import public as agencies
from anxin.agencies.models import Agency, ServiceVersion
from anxin.agencies.rules import content_problems, price_list_problems, takes
from anxin.agencies.states import ItemState
from anxin.agencies.values import DayFactor, DayFactorKind, ExtraItem, Hours, Night, PriceList, Travel, Unit
from anxin.catalogue import public as catalogue
from anxin.catalogue.public import UnknownItem
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import at_local
from anxin.kit.errors import Forbidden, NotFound
from tests.agencies import made
from tests.agencies.prices import EVERY_DAY, HOURLY, PLAIN, content
from tests.cast import BEGIN, NOON

pytestmark = pytest.mark.django_db
TOWNS = frozenset({"330112006", "330112005", "330112102"})


def revision(service_id) -> str:
    newest = queries.newest(service_id)
    assert newest is not None
    return queries.revision_of(newest)


def publish(service_id, told, by, at=NOON, seen=None):
    return actions.publish_version(
        service_id=service_id, content=told, revision=seen or revision(service_id), by=by, at=at
    )


@pytest.mark.requirement("B-7.1.2")
def test_a_service_starts_with_the_catalogues_specification(jia_agency, jia_head):
    row = actions.open_service(agency_id=jia_agency.pk, item_code="0101", by=jia_head.actor, at=NOON)
    draft = ServiceVersion.objects.get(service=row)
    assert (draft.number, draft.published_at, row.state) == (1, None, ItemState.DRAFT)
    assert len(draft.specification) >= 5
    assert draft.unit == "hour"
    with pytest.raises(actions.AlreadyOffered):
        actions.open_service(agency_id=jia_agency.pk, item_code="0101", by=jia_head.actor, at=NOON)
    with pytest.raises(UnknownItem):
        actions.open_service(agency_id=jia_agency.pk, item_code="9999", by=jia_head.actor, at=NOON)


@pytest.mark.requirement("B-7.1.2")
def test_a_change_makes_a_new_version_and_the_old_one_stays_as_it_was(cleaning, jia_head):
    dearer = content(replace(PLAIN, unit_price_fen=4800))
    second = publish(cleaning.service_id, dearer, jia_head.actor)
    assert second.number == 2
    old, new = agencies.version(cleaning.id), agencies.version(second.pk)
    assert (old.price_list.unit_price_fen, old.is_current) == (4000, False)
    assert (new.price_list.unit_price_fen, new.is_current) == (4800, True)
    assert agencies.current_version(old.agency_id, "0101") == new
    assert agencies.quote_for(old.id, quantity=Decimal(2)).total_fen == 8000


def test_the_database_itself_refuses_to_change_a_published_version(cleaning):
    for change in (
        lambda rows: rows.update(unit_price_fen=1),
        lambda rows: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(ServiceVersion.objects.filter(pk=cleaning.id))
    assert agencies.version(cleaning.id) == cleaning


def test_publishing_the_same_again_is_refused(cleaning, jia_head):
    with pytest.raises(actions.NothingChanged):
        publish(cleaning.service_id, cleaning.content, jia_head.actor)
    assert ServiceVersion.objects.filter(service=cleaning.service_id).count() == 1


def test_a_draft_is_kept_apart_and_can_be_dropped(cleaning, jia_head):
    half = content(name="", towns=())
    actions.save_draft(
        service_id=cleaning.service_id, content=half, revision=revision(cleaning.service_id),
        by=jia_head.actor, at=NOON,
    )  # fmt: skip
    assert agencies.current_version(cleaning.agency_id, "0101") == cleaning
    with pytest.raises(NotFound):
        agencies.version(ServiceVersion.objects.get(published_at=None).pk)
    actions.discard_draft(service_id=cleaning.service_id, by=jia_head.actor, at=NOON)
    assert queries.newest(cleaning.service_id).pk == cleaning.id


def test_who_wrote_on_an_old_basis_is_told_and_nothing_is_lost(cleaning, jia_head):
    seen = revision(cleaning.service_id)
    publish(cleaning.service_id, content(replace(PLAIN, unit_price_fen=4800)), jia_head.actor, seen=seen)
    with pytest.raises(actions.Stale) as refusal:
        publish(cleaning.service_id, content(replace(PLAIN, unit_price_fen=100)), jia_head.actor, seen=seen)
    assert "钱丽" in str(refusal.value)
    with pytest.raises(actions.Stale):
        actions.save_draft(
            service_id=cleaning.service_id, content=content(), revision=seen, by=jia_head.actor, at=NOON
        )
    assert agencies.current_version(cleaning.agency_id, "0101").price_list.unit_price_fen == 4800


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_who_publish_at_once_one_wins(jia_head):
    row = made.live(jia_head, BEGIN)
    first = made.offering(row, jia_head, BEGIN)
    actor, seen = jia_head.actor, revision(first.service_id)
    start, results = Barrier(2), []

    def go(fen: int) -> None:
        start.wait()
        try:
            results.append(
                publish(first.service_id, content(replace(PLAIN, unit_price_fen=fen)), actor, seen=seen)
            )
        except actions.Stale as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=go, args=(fen,)) for fen in (5000, 6000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["ServiceVersion", "Stale"]
    assert ServiceVersion.objects.filter(service=first.service_id).count() == 2


def test_only_a_live_agency_publishes(jia_head):
    row = made.applied(jia_head, NOON)
    service = actions.open_service(agency_id=row.pk, item_code="0101", by=jia_head.actor, at=NOON)
    with pytest.raises(actions.NotLive):
        publish(service.pk, content(), jia_head.actor)
    assert not ServiceVersion.objects.exclude(published_at=None).exists()


def test_a_withdrawn_service_is_not_offered_and_can_come_back(cleaning, jia_head):
    actions.withdraw_service(service_id=cleaning.service_id, by=jia_head.actor, at=NOON)
    assert agencies.offers("0101", at=NOON) == ([], 0)
    assert agencies.current_version(cleaning.agency_id, "0101") is None
    again = publish(cleaning.service_id, cleaning.content, jia_head.actor)
    assert again.pk == cleaning.id
    assert agencies.offers("0101", at=NOON)[1] == 1


def test_other_agencies_services_are_not_there(cleaning, yi_head, stranger, jia_dispatcher):
    for actor, refusal in (
        (yi_head.actor, NotFound),
        (stranger.actor, Forbidden),
        (jia_dispatcher.actor, Forbidden),
    ):
        with pytest.raises(refusal):
            publish(cleaning.service_id, content(HOURLY), actor)
        with pytest.raises(refusal):
            actions.withdraw_service(service_id=cleaning.service_id, by=actor, at=NOON)
    assert agencies.current_version(cleaning.agency_id, "0101") == cleaning


# ── absurd price lists ──────────────────────────────────────────────────────────────────────────────
def with_surcharges(*surcharges, unit=Unit.HOUR) -> PriceList:
    return PriceList(unit, 4000, surcharges=surcharges)


@pytest.mark.parametrize(
    ("prices", "field"),
    [
        (replace(PLAIN, unit_price_fen=0), "unit_price"),
        (replace(PLAIN, unit_price_fen=-100), "unit_price"),
        (replace(PLAIN, unit_price_fen=10_000_001), "unit_price"),
        (replace(PLAIN, base_fee_fen=-1), "base_fee"),
        (replace(PLAIN, deposit_fen=-1), "deposit"),
        (replace(PLAIN, step=Decimal(0)), "step"),
        (replace(PLAIN, minimum=Decimal(0)), "minimum"),
        (replace(PLAIN, minimum=Decimal("1.3")), "minimum"),
        (with_surcharges(Night(1320, 360, 10_000)), "night"),
        (with_surcharges(Night(1320, 360, 20_001)), "night"),
        (with_surcharges(Night(1320, 1320, 12_000)), "night"),
        (with_surcharges(Night(1320, 360, 12_000), Night(300, 420, 11_000)), "night"),
        (with_surcharges(Night(1320, 360, 12_000), Night(1380, 1430, 11_000)), "night"),
        (with_surcharges(Night(1320, 360, 12_000), unit=Unit.MONTH), "night"),
        (with_surcharges(DayFactor(DayFactorKind.WEEKEND, 20_001)), "weekend"),
        (with_surcharges(DayFactor(DayFactorKind.STATUTORY, 30_001)), "statutory"),
        (with_surcharges(DayFactor(DayFactorKind.STATUTORY, 9_000)), "statutory"),
        (with_surcharges(DayFactor(DayFactorKind.WEEKEND, 11_000), unit=Unit.MONTH), "weekend"),
        (
            with_surcharges(
                DayFactor(DayFactorKind.WEEKEND, 11_000), DayFactor(DayFactorKind.WEEKEND, 12_000)
            ),
            "surcharges",
        ),
        (with_surcharges(Travel("330112102", 100), Travel("330112102", 200)), "travel"),
        (with_surcharges(Travel("330112102", -1)), "travel"),
        (with_surcharges(ExtraItem("a", "", "次", 100)), "extras"),
        (with_surcharges(ExtraItem("a", "加项", "次", 0)), "extras"),
        (with_surcharges(ExtraItem("a", "甲", "次", 1), ExtraItem("a", "乙", "次", 1)), "extras"),
    ],
)
def test_an_absurd_price_list_is_refused_by_its_field(prices, field):
    assert field in {problem.field for problem in price_list_problems(prices)}


def test_sensible_price_lists_pass():
    assert price_list_problems(HOURLY) == []
    assert price_list_problems(with_surcharges(Night(1320, 360, 12_000), Night(360, 480, 11_000))) == []
    assert price_list_problems(with_surcharges(DayFactor(DayFactorKind.STATUTORY, 30_000))) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"specification": ()}, "specification"),
        ({"towns": ()}, "towns"),
        ({"towns": ("330112999",)}, "towns"),
        ({"hours": ()}, "hours"),
        ({"hours": (Hours(0, 600, 600),)}, "hours"),
        ({"hours": (Hours(7, 0, 600),)}, "hours"),
        ({"hours": (Hours(0, 480, 720), Hours(0, 700, 900))}, "hours"),
        ({"notice_minutes": -1}, "notice_minutes"),
        ({"price_list": replace(PLAIN, unit=Unit.MONTH)}, "unit"),
    ],
)
def test_incomplete_content_is_refused_by_its_field(changes, field):
    cleaned = catalogue.item("0101", NOON)
    assert field in {problem.field for problem in content_problems(content(**changes), TOWNS, cleaned)}


def test_a_refused_publication_changes_nothing(cleaning, jia_head):
    with pytest.raises(actions.Unfit) as refusal:
        publish(cleaning.service_id, content(replace(PLAIN, unit_price_fen=-1), towns=()), jia_head.actor)
    assert len(refusal.value.problems) == 2
    assert queries.newest(cleaning.service_id).pk == cleaning.id


# ── where and when ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("B-7.1.3")
def test_work_lies_within_the_hours_also_over_midnight():
    day = at_local(NOON.date(), 9)
    assert takes(EVERY_DAY, day, day + timedelta(hours=3))
    assert not takes(EVERY_DAY, day.replace(hour=23), day + timedelta(hours=16))
    assert not takes(EVERY_DAY, at_local(NOON.date(), 19), at_local(NOON.date(), 21))
    always = tuple(Hours(weekday, 0, 1440) for weekday in range(7))
    assert takes(always, at_local(NOON.date(), 22), at_local(NOON.date(), 22) + timedelta(hours=8))
    # A month's work: its start counts.
    assert takes(EVERY_DAY, day, day + timedelta(days=30))


@pytest.mark.requirement("B-7.1.3")
def test_offers_obey_towns_hours_and_lead_time(cleaning, yi_agency, yi_head):
    made.offering(yi_agency, yi_head, BEGIN, told=content(towns=("330112102",), hours=(Hours(5, 480, 1200),)))

    def names(**where):
        return [offer.agency.id for offer in agencies.offers("0101", at=NOON, **where)[0]]

    assert names(town_code="330112006") == [cleaning.agency_id]
    assert names(town_code="330112102") == [yi_agency.pk]
    assert names(town_code="330112001") == []
    saturday = at_local(NOON.date() + timedelta(days=3), 9)
    friday = saturday - timedelta(days=1)
    assert names(span=(friday, friday + timedelta(hours=2))) == [cleaning.agency_id]
    assert set(names(span=(saturday, saturday + timedelta(hours=2)))) == {cleaning.agency_id, yi_agency.pk}
    soon = NOON + timedelta(minutes=119)
    assert names(span=(soon, soon + timedelta(hours=1))) == []
    assert agencies.covers(cleaning, "330112006001", (friday, friday + timedelta(hours=2)))
    assert not agencies.covers(cleaning, "330112102")


def test_offers_of_agencies_that_are_not_live_disappear(cleaning, operations):
    agencies.suspend(agency_id=cleaning.agency_id, why="投诉未处理", by=operations.actor, at=NOON)
    assert agencies.offers("0101", at=NOON) == ([], 0)
    assert agencies.version(cleaning.id) == cleaning


def test_offers_are_sorted_as_asked(jia_agency, jia_head, yi_agency, yi_head):
    from anxin.kit.geo import Point

    made.offering(jia_agency, jia_head, BEGIN, told=content(replace(PLAIN, unit_price_fen=5000)))
    made.offering(yi_agency, yi_head, BEGIN)
    Agency.objects.filter(pk=yi_agency.pk).update(lat=30.0, lng=119.0)
    for _ in range(20):
        agencies.record_rating(
            jia_agency.pk, {"content": 5, "scope": 5, "quality": 5, "fee": 5}, by=SYSTEM, at=NOON
        )

    def first(sort, **more):
        return agencies.offers("0101", at=NOON, sort=sort, **more)[0][0].agency.id

    assert first(agencies.Sort.PRICE) == yi_agency.pk
    assert first(agencies.Sort.RATING) == jia_agency.pk
    assert first(agencies.Sort.DISTANCE, near=Point(30.0, 119.0)) == yi_agency.pk
    firsts = {agencies.offers("0101", at=NOON + timedelta(days=d))[0][0].agency.id for d in range(12)}
    assert len(firsts) == 2


@pytest.mark.requirement("A-6.3.2a")
def test_a_page_of_offers_takes_two_queries_however_many_there_are(
    jia_agency, jia_head, yi_agency, yi_head, django_assert_num_queries
):
    made.offering(jia_agency, jia_head, BEGIN)
    made.offering(yi_agency, yi_head, BEGIN)
    with django_assert_num_queries(2):
        found, total = agencies.offers("0101", at=NOON, town_code="330112006")
        assert [offer.version.name for offer in found] == ["日常保洁", "日常保洁"]
        assert total == 2


def test_ratings_add_up_and_can_be_taken_out(jia_agency):
    scores = {"content": 5, "scope": 4, "quality": 5, "fee": 4}
    agencies.record_rating(jia_agency.pk, scores, by=SYSTEM, at=NOON)
    agencies.record_rating(jia_agency.pk, scores, by=SYSTEM, at=NOON)
    assert agencies.agency(jia_agency.pk).rating.mean == 4.5
    agencies.record_rating(jia_agency.pk, scores, by=SYSTEM, at=NOON, undo=True)
    assert agencies.agency(jia_agency.pk).rating.count == 1
    for bad in ({"content": 5}, {**scores, "fee": 6}, {**scores, "fee": True}):
        with pytest.raises(agencies.ScoreUnfit):
            agencies.record_rating(jia_agency.pk, bad, by=SYSTEM, at=NOON)


def test_few_good_reviews_do_not_beat_many():
    from anxin.agencies.values import Rating

    few, many = Rating(1, {"content": 5}), Rating(200, {"content": 960})
    assert few.mean > many.mean
    assert few.score() < many.score()
