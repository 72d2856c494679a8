"""The catalogue: sound, versioned, frozen once published, and found by everyday words."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from anxin.catalogue import actions, public, rules
from anxin.catalogue.adapters import edition
from anxin.catalogue.models import CatalogueVersion, Item
from anxin.catalogue.values import (
    AnswerKind,
    CategoryFacts,
    Channel,
    CredentialKind,
    HealthTier,
    Mode,
    Question,
    Unit,
)
from anxin.kit.actor import SYSTEM
from tests.cast import NOON

# Clause C-6.2 of T/ZTAC 002: what an outlet's catalogue covers, by our codes.
CLAUSE = {
    "daily, deep and first cleaning": {"0101", "0102", "0103"},
    "repair, pipes, installation": {"0601", "0602", "0603", "0604"},
    "appliance and floor care": {"0105", "0106"},
    "moving": {"0701"},
    "nanny, butler": {"0201", "0202", "0205"},
    "tidying": {"0107"},
    "guest houses": {"0801"},
    "elder care, meals, companionship, errands": {"0401", "0402", "0404", "0406"},
    "dementia, emergency aid": {"0405", "0407"},
    "maternity and infants": {"0301", "0302", "0303", "0304", "0306"},
    "patient care": {"0501", "0502"},
    "training, job referral, mediation": {"1001", "1002", "1003"},
    "own wishes": {"0901"},
}


@pytest.fixture
def shipped() -> list[CategoryFacts]:
    return [actions.parsed(raw) for raw in edition.read("2026.1").categories]


@pytest.mark.requirement("C-6.2")
@pytest.mark.django_db
def test_every_service_of_the_clause_is_there_with_credentials_units_and_defaults(django_assert_num_queries):
    with django_assert_num_queries(1):
        categories = public.categories(NOON)
    items = {item.code: item for category in categories for item in category.items}
    assert {code for codes in CLAUSE.values() for code in codes} <= items.keys()
    for item in items.values():
        assert item.units
        assert item.modes
        assert item.default_minutes > 0
        if item.channel is Channel.ORDER:
            assert CredentialKind.HEALTH_CHECK in item.credentials
            assert item.price_in(item.unit) is not None


def test_the_edition_we_ship_has_no_mistakes(shipped):
    assert rules.mistakes(shipped) == []


def test_specifications_are_concrete(shipped):
    for item in (item for category in shipped for item in category.items if item.channel is Channel.ORDER):
        assert all(len(step.standard) >= 12 for step in item.steps), item.code
        assert len({step.title for step in item.steps}) == len(item.steps), item.code


def test_demands_follow_the_tiers_of_the_standard(shipped):
    items = {item.code: item for category in shipped for item in category.items}
    assert items["0101"].health_tier is HealthTier.GENERAL
    assert items["0201"].health_tier is HealthTier.HOME
    assert items["0301"].health_tier is HealthTier.MATERNAL
    assert items["0401"].health_tier is HealthTier.ELDER
    assert HealthTier.MATERNAL > HealthTier.ELDER > HealthTier.HOME > HealthTier.GENERAL
    assert items["0405"].min_level == 4
    assert items["0602"].insurance_class == 4
    assert items["0301"].units[0] is Unit.TERM26
    assert Mode.LIVE_IN in items["0201"].modes


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("月嫂", "0301"),
        ("坐月子", "0301"),
        ("马桶堵了", "0603"),
        ("我家马桶堵了怎么办", "0603"),
        ("打扫卫生", "0101"),
        ("老年痴呆", "0405"),
        ("rcbj", "0101"),
        ("banjia", "0701"),
        ("0401", "0401"),
        ("洗空调", "0105"),
        ("找工作", "1002"),
    ],
)
def test_everyday_words_find_the_service(said, code, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = public.search(said, NOON)
    assert found[0].code == code


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "   ", "火箭发射", "'; DROP TABLE", "%", "\x00"])
def test_what_means_nothing_finds_nothing(said):
    assert public.search(said, NOON) == []


@pytest.mark.django_db
def test_unknown_item_is_not_found():
    for code in ("9999", "", "0301" * 20, "03'"):
        with pytest.raises(public.UnknownItem):
            public.item(code, NOON)


@pytest.mark.django_db
def test_before_the_first_edition_there_is_nothing():
    assert public.categories(datetime(2020, 1, 1, tzinfo=UTC)) == []


@pytest.mark.django_db
def test_published_rows_cannot_be_changed_even_by_sql():
    for statement in (
        "UPDATE catalogue_item SET name = 'x'",
        "DELETE FROM catalogue_item",
        "UPDATE catalogue_catalogueversion SET valid_from = now()",
        "DELETE FROM catalogue_category",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Item.objects.count() == 38


@pytest.mark.django_db
def test_publishing_the_same_edition_again_changes_nothing():
    before = CatalogueVersion.objects.get()
    assert actions.publish(label="2026.1", valid_from=NOON, by=SYSTEM, at=NOON) == before
    assert CatalogueVersion.objects.get().valid_from == before.valid_from


@pytest.fixture
def next_edition(monkeypatch):
    """An edition 2027.1 in which 日常保洁 is called 日常清洁."""
    honest = edition.read

    def read(label: str) -> edition.Edition:
        found = honest("2026.1")
        found.categories[0]["items"][0]["name"] = "日常清洁"
        return edition.Edition(label, found.note, "other" if label == "2026.1" else label, found.categories)

    monkeypatch.setattr(edition, "read", read)
    monkeypatch.setattr(edition, "labels", lambda: ["2026.1", "2027.1"])


@pytest.mark.django_db
def test_new_edition_holds_from_its_day_and_the_old_one_stays(next_edition):
    old = public.item("0101", NOON)
    actions.publish(label="2027.1", valid_from=NOON + timedelta(days=1), by=SYSTEM, at=NOON)
    assert public.item("0101", NOON).name == "日常保洁"
    assert public.item("0101", NOON + timedelta(days=1)).name == "日常清洁"
    assert old.id is not None
    assert public.item_by_id(old.id).name == "日常保洁"


@pytest.mark.django_db
def test_other_content_under_a_published_label_is_refused(next_edition):
    with pytest.raises(actions.EditionPublished):
        actions.publish(label="2026.1", valid_from=NOON, by=SYSTEM, at=NOON)
    assert CatalogueVersion.objects.count() == 1


@pytest.mark.django_db
def test_edition_from_the_past_or_nowhere_is_refused(next_edition):
    with pytest.raises(actions.FromThePast):
        actions.publish(label="2027.1", valid_from=NOON - timedelta(days=1), by=SYSTEM, at=NOON)
    with pytest.raises(actions.NoSuchEdition):
        actions.publish(label="../../etc", valid_from=NOON, by=SYSTEM, at=NOON)
    assert CatalogueVersion.objects.count() == 1


@pytest.mark.django_db
def test_item_is_once_in_an_edition():
    row = Item.objects.first()
    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(
            version=row.version, category=row.category, code=row.code, name="x", position=9, spec={}
        )


AREA = Question("area", "面积", AnswerKind.NUMBER, required=True, low=10, high=100, unit="平方米")
WINDOW = Question("w", "窗", AnswerKind.CHOICE, choices=(("in", "内开"), ("out", "外开")))
MANY = Question("m", "家电", AnswerKind.CHOICES, choices=(("ac", "空调"), ("tv", "电视")))
PET = Question("pet", "宠物", AnswerKind.YES_NO)
NOTE = Question("note", "备注", AnswerKind.TEXT, high=5)


def test_answers_become_typed():
    given = {"area": " 80 ", "w": "in", "m": ["ac", "tv", "ac"], "pet": "on", "note": " 好 ", "other": "x"}
    good, bad = rules.check_answers([AREA, WINDOW, MANY, PET, NOTE], given)
    assert bad == []
    assert good == {"area": 80, "w": "in", "m": ("ac", "tv"), "pet": True, "note": "好"}
    assert rules.tell_answers([AREA, WINDOW, MANY, PET, NOTE], good) == [
        ("面积", "80平方米"), ("窗", "内开"), ("家电", "空调、电视"), ("宠物", "是"), ("备注", "好"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"area": ""},
        {"area": "eighty"},
        {"area": "9"},
        {"area": "101"},
        {"area": "1e3"},
        {"area": 50, "w": "sideways"},
        {"area": 50, "m": ["ac", "bomb"]},
        {"area": 50, "pet": "maybe"},
        {"area": 50, "note": "六个字太长了"},
    ],
)
def test_answers_that_do_not_fit_are_told(given):
    _good, bad = rules.check_answers([AREA, WINDOW, MANY, PET, NOTE], given)
    assert len(bad) == 1
    assert bad[0].message % bad[0].params


@pytest.mark.django_db
def test_unfit_answer_names_its_field():
    with pytest.raises(public.AnswersUnfit) as refused:
        public.clean_answers(public.item("0101", NOON), {"area": "2"})
    assert refused.value.field == "answers.area"
    assert "10 到 1000" in str(refused.value)
