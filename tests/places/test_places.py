"""Geography and calendar: what is loaded, what is borrowed, what the operator may change."""

from datetime import date

import pytest

from anxin.audit import public as audit
from anxin.kit.actor import SYSTEM
from anxin.kit.geo import Point, distance_m
from anxin.places import actions, public, rules
from anxin.places.models import Day, Division
from anxin.places.values import LINAN, DayKind, Level, PointSource, ancestors, level_of
from tests.cast import NOON, signed_in

JINCHENG = "330112006"
YUQIAN = "330112104"


# ── divisions ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_lin_an_has_18_towns_and_319_villages(django_assert_num_queries):
    with django_assert_num_queries(1):
        towns = public.towns()
    assert len(towns) == 18
    assert Division.objects.filter(level=Level.VILLAGE).count() == 319
    assert len(public.towns("3301")) == 196
    assert len(public.counties("3301")) == 13
    with django_assert_num_queries(1):
        assert len(public.villages(YUQIAN)) == 31


@pytest.mark.django_db
def test_villages_stand_in_pinyin_order():
    found = [village.pinyin for village in public.villages(JINCHENG)]
    assert found == sorted(found)


@pytest.mark.django_db
def test_names_are_said_as_people_say_them(django_assert_num_queries):
    village = public.villages(YUQIAN)[0]
    assert village.name.endswith("村委会")
    assert not village.short_name.endswith("委会")
    with django_assert_num_queries(1):
        assert public.full_name(village.code) == f"杭州市临安区於潜镇{village.short_name}"
    assert public.full_name(JINCHENG, start=6) == "临安区锦城街道"
    with django_assert_num_queries(1):
        assert public.named([JINCHENG, YUQIAN, "999"]) == {JINCHENG: "锦城街道", YUQIAN: "於潜镇"}


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "x", "330112999", "33011200600", "١٢", "330112006'", "9" * 30, "\x00"])
def test_unknown_division_is_not_found(code):
    with pytest.raises(public.UnknownDivision):
        public.division(code)


def test_codes_tell_level_and_ancestors():
    assert level_of("330112006001") is Level.VILLAGE
    assert level_of("33011") is None
    assert ancestors("330112006001") == ["330112006", "330112", "3301", "33"]


@pytest.mark.django_db
def test_every_division_lies_in_its_parent():
    for code, parent in Division.objects.exclude(parent=None).values_list("code", "parent_id"):
        assert ancestors(code)[0] == parent


@pytest.mark.django_db
def test_village_borrows_the_point_of_its_town_and_says_so(django_assert_num_queries):
    village = public.villages(YUQIAN)[0]
    with django_assert_num_queries(1):
        found = public.point(village.code)
    assert found is not None
    assert (found.of_code, found.exact, found.source) == (YUQIAN, False, PointSource.GEONAMES)
    own = public.point(YUQIAN)
    assert own is not None
    assert own.exact
    county = public.point("330102001")
    assert county is not None
    assert (county.of_code, county.source) == ("330102", PointSource.ESTIMATE)
    assert public.town_point(village.code) == own
    with django_assert_num_queries(1):
        many = public.points([village.code, YUQIAN, "999"])
    assert many == {village.code: found, YUQIAN: own}


@pytest.mark.django_db
def test_all_points_of_towns_lie_in_lin_an():
    centre = public.point(LINAN)
    assert centre is not None
    for town in public.towns():
        assert town.lat is not None
        assert town.lng is not None
        assert distance_m(Point(centre.lat, centre.lng), Point(town.lat, town.lng)) < 90_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "code"), [("锦城", JINCHENG), ("yuqian", YUQIAN), ("yqz", YUQIAN), ("LLJD", "330112002")]
)
def test_search_by_name_pinyin_and_initials(typed, code):
    assert public.search(typed)[0].code == code


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_keeps_what_was_verified():
    actions.verify_point(code=JINCHENG, lat=30.2371, lng=119.7192, reason="现场定位", by=SYSTEM, at=NOON)
    actions.set_day(day=date(2026, 3, 18), kind=DayKind.WEEKEND, reason="试", by=SYSTEM, at=NOON)
    before = (Division.objects.count(), Day.objects.count())
    assert public.load(by=SYSTEM, at=NOON) == before[0]
    assert (Division.objects.count(), Day.objects.count()) == before
    assert public.division(JINCHENG).lat == 30.2371
    assert public.division(YUQIAN).point_source is PointSource.GEONAMES
    assert not public.is_workday(date(2026, 3, 18))


# ── schematic ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_schematic_fits_its_box_with_all_towns(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = public.linan_schematic(720, 380)
    assert found.path.startswith("M")
    assert found.path.endswith("Z")
    numbers = [float(n) for n in found.path.replace("M", " ").replace("L", " ").replace("Z", " ").split()]
    assert all(8 <= x <= 712 for x in numbers[::2])
    assert all(8 <= y <= 372 for y in numbers[1::2])
    assert len(found.towns) == 18
    assert sum(town.estimated for town in found.towns) == 3
    west = next(town for town in found.towns if town.name == "岛石镇")
    east = next(town for town in found.towns if town.name == "青山湖街道")
    assert west.x < east.x


# ── calendar ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 3, 18), DayKind.WORKDAY),
        (date(2026, 3, 21), DayKind.WEEKEND),
        (date(2026, 2, 14), DayKind.WORKDAY),
        (date(2026, 2, 16), DayKind.STATUTORY),
        (date(2026, 2, 20), DayKind.WEEKEND),
        (date(2025, 10, 6), DayKind.STATUTORY),
        (date(2025, 10, 8), DayKind.WEEKEND),
        (date(2024, 5, 2), DayKind.WEEKEND),
        (date(2027, 2, 5), DayKind.STATUTORY),
        (date(2027, 6, 9), DayKind.STATUTORY),
        (date(2027, 6, 10), DayKind.WORKDAY),
        (date(2031, 10, 3), DayKind.STATUTORY),
        (date(2021, 2, 20), DayKind.WORKDAY),
    ],
)
def test_kinds_of_days(day, kind):
    assert public.day_kind(day) is kind
    assert public.is_workday(day) is (kind is DayKind.WORKDAY)
    assert public.is_statutory_holiday(day) is (kind is DayKind.STATUTORY)


@pytest.mark.django_db
@pytest.mark.parametrize("year", [2025, 2026])
def test_there_are_13_statutory_days_since_2025(year):
    days = [
        date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    kinds = public.day_kinds(days)
    assert sum(kind is DayKind.STATUTORY for kind in kinds.values()) == 13


@pytest.mark.django_db
def test_the_table_agrees_with_the_published_calendar():
    import chinese_calendar

    for year in (2024, 2025, 2026):
        days = [
            date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        ]
        for day, kind in public.day_kinds(days).items():
            assert chinese_calendar.is_workday(day) is (kind is DayKind.WORKDAY), day


@pytest.mark.django_db
def test_many_days_cost_one_query(django_assert_num_queries):
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(300)]
    with django_assert_num_queries(1):
        assert len(public.day_kinds(days)) == 300
    with django_assert_num_queries(0):
        assert public.day_kinds([]) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 3, 18), 1, date(2026, 3, 19)),
        (date(2026, 3, 20), 1, date(2026, 3, 23)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 2, 12), 10, date(2026, 3, 4)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 2, 24), -1, date(2026, 2, 14)),
        (date(2026, 3, 18), 0, date(2026, 3, 18)),
    ],
)
def test_working_days_are_counted_from_the_next_one(start, n, end, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert public.add_workdays(start, n) == end


@pytest.mark.django_db
@pytest.mark.parametrize("n", [5, 45, 150])
def test_long_limits_agree_with_the_published_calendar(n):
    import chinese_calendar

    end = public.add_workdays(date(2026, 1, 5), n)
    assert len(chinese_calendar.get_workdays(date(2026, 1, 6), end)) == n
    assert public.is_workday(end)


def test_missing_years_are_told_from_november_on():
    assert rules.missing_years([2026], date(2026, 10, 31)) == []
    assert rules.missing_years([2026], date(2026, 11, 1)) == [2027]
    assert rules.missing_years([2026, 2027], date(2026, 11, 1)) == []
    assert rules.missing_years([], date(2026, 3, 1)) == [2026]


# ── the operator's pages ─────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def desk(operations):
    return signed_in(operations.person, operations.appointment)


@pytest.mark.django_db
def test_operator_sees_and_changes_the_calendar(desk):
    assert "法" in desk.get("/desk/calendar/?year=2026").text
    form = {"day": "2027-02-13", "kind": "workday", "festival": "春节", "reason": "国务院通知"}
    assert desk.post("/desk/calendar/days/", form).status_code == 303
    assert public.is_workday(date(2027, 2, 13))
    assert audit.of_subject("places.day", "2027-02-13")[0].detail["reason"] == "国务院通知"
    assert desk.post("/desk/calendar/days/", {**form, "kind": ""}).status_code == 303
    assert not public.is_workday(date(2027, 2, 13))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"day": "2027-02-13", "kind": "workday"}, "请填写依据"),
        ({"day": "2027-02-30", "kind": "workday", "reason": "x"}, "日期"),
        ({"day": "2027-02-13", "kind": "holiday", "reason": "x"}, "holiday"),
    ],
)
def test_bad_day_is_told_and_nothing_changes(desk, form, told):
    before = Day.objects.count()
    answer = desk.post("/desk/calendar/days/", form)
    assert answer.status_code == 422
    assert told in answer.text
    assert Day.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["1", "99999", "x", "-2026", "２０２６"])
def test_nonsense_year_shows_this_one(desk, year):
    assert desk.get("/desk/calendar/", {"year": year}).status_code == 200


@pytest.mark.django_db
def test_operator_verifies_a_point(desk):
    assert "估计位置" in desk.get("/desk/points/").text
    form = {"lat": "30.2059", "lng": "119.7161", "reason": "现场定位"}
    assert desk.post("/desk/points/330112005/", form).status_code == 303
    assert public.division("330112005").point_source is PointSource.VERIFIED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form",
    [
        {"lat": "119.7", "lng": "30.2", "reason": "换反了"},
        {"lat": "39.9", "lng": "116.4", "reason": "北京"},
        {"lat": "30.2", "lng": "119.7", "reason": ""},
        {"lat": "nan", "lng": "119.7", "reason": "x"},
        {"lat": "", "lng": "", "reason": "x"},
    ],
)
def test_point_far_away_or_without_reason_is_refused(desk, form):
    assert desk.post("/desk/points/330112005/", form).status_code == 422
    assert public.division("330112005").point_source is PointSource.ESTIMATE


@pytest.mark.django_db
def test_others_may_not_touch_calendar_and_points(client, stranger, jia_head):
    for member in (stranger, jia_head):
        browser = signed_in(member.person, member.appointment)
        for path in ("/desk/calendar/", "/desk/points/", "/desk/points/330112005/"):
            assert browser.get(path).status_code == 403
        assert (
            browser.post(
                "/desk/calendar/days/", {"day": "2027-01-04", "kind": "weekend", "reason": "x"}
            ).status_code
            == 403
        )
    assert client.get("/desk/calendar/").status_code == 302


# ── for everybody ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_villages_as_options(client):
    assert client.get("/places/villages/", {"town_code": YUQIAN}).text.count("<option") == 32
    assert client.get("/places/villages/", {"town_code": "x'"}).text.count("<option") == 1


@pytest.mark.django_db
def test_programs_read_divisions_and_days(client):
    assert len(client.get("/api/v1/places/divisions", {"parent": LINAN}).json()) == 18
    found = client.get(f"/api/v1/places/divisions/{JINCHENG}").json()
    assert (found["name"], found["point_source"]) == ("锦城街道", "geonames")
    assert client.get("/api/v1/places/divisions/999").status_code == 404
    days = client.get("/api/v1/places/days", {"first": "2026-02-14", "last": "2026-02-16"}).json()
    assert [day["kind"] for day in days] == ["workday", "weekend", "statutory"]
    assert client.get("/api/v1/places/days", {"first": "2026-02-14", "last": "2026-02-13"}).status_code == 422
    assert client.get("/api/v1/places/days", {"first": "2000-01-01", "last": "2026-01-01"}).status_code == 422
