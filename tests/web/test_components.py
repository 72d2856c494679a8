"""Components say the same thing to eyes and to screen readers, and never let text become markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.test import RequestFactory

from tests.web.conftest import Render


class Ask(forms.Form):
    phone = forms.CharField(label="手机号", help_text="出发前会用它联系您。")
    mode = forms.ChoiceField(
        label="方式", widget=forms.RadioSelect, choices=[("once", "单次\n约一个时间"), ("term", "长期")]
    )
    wants = forms.MultipleChoiceField(
        label="希望", required=False, widget=forms.CheckboxSelectMultiple, choices=[("a", "会做饭")]
    )
    day = forms.DateField(label="日期", widget=forms.DateInput)
    budget = forms.CharField(label="预算", required=False)
    photo = forms.FileField(label="照片", required=False)
    agree = forms.BooleanField(label="我同意")


def failed(**data: str) -> Ask:
    form = Ask(data)
    form.is_valid()
    return form


def test_a_field_ties_label_help_and_error_to_its_control(render: Render) -> None:
    html = render("{% field form.phone kind='phone' %}", form=failed())
    assert '<label class="ax-field-label" for="id_phone">手机号' in html
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'id="id_phone_helptext"' in html
    assert 'id="id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'type="tel"' in html
    assert 'autocomplete="tel-national"' in html


def test_an_empty_field_is_asked_for_by_name(render: Render) -> None:
    html = render("{% form_errors form %}", form=failed())
    assert "有 4 处需要修改" in html
    assert '<a href="#id_phone">请填写手机号</a>' in html
    assert "请选择方式" in html
    assert "请选择日期" in html
    assert "请先勾选：我同意" in html
    assert "请上传" not in html


def test_what_was_typed_is_kept_when_a_form_comes_back(render: Render) -> None:
    assert 'value="138"' in render("{% field form.phone %}", form=failed(phone="138"))


def test_a_form_without_faults_says_nothing(render: Render) -> None:
    assert render("{% form_errors form %}", form=Ask()) == ""


def test_choices_are_a_group_with_a_legend_and_notes(render: Render) -> None:
    html = render("{% field form.mode %}", form=Ask(initial={"mode": "once"}))
    assert "<fieldset" in html
    assert "方式" in re.search(r"<legend.*?</legend>", html, re.S)[0]  # type: ignore[index]
    assert "<small>约一个时间</small>" in html
    assert re.search(r'value="once"[^>]*checked', html)
    assert not re.search(r'value="term"[^>]*checked', html)


def test_optional_fields_are_marked_and_required_ones_are_not(render: Render) -> None:
    assert "选填" in render("{% field form.budget kind='money' %}", form=Ask())
    assert "选填" not in render("{% field form.phone %}", form=Ask())
    assert "required" not in render("{% field form.wants %}", form=Ask())


def test_dates_speak_iso_to_the_browser(render: Render) -> None:
    html = render("{% field form.day %}", form=Ask(initial={"day": datetime(2026, 3, 18, tzinfo=UTC).date()}))
    assert 'type="date"' in html
    assert 'value="2026-03-18"' in html


def test_attributes_pass_through_to_the_control(render: Render) -> None:
    html = render("{% field form.photo accept='image/png' data_max_bytes=5242880 %}", form=Ask())
    assert 'accept="image/png"' in html
    assert 'data-max-bytes="5242880"' in html


def test_each_form_gets_its_own_key_and_a_refused_one_keeps_it(render: Render, rf: RequestFactory) -> None:
    first, second = re.findall(r'value="([^"]+)"', render("{% idempotency %}{% idempotency %}"))
    assert first != second
    back = rf.post("/", {"idempotency_key": "11112222-3333-4444"})
    kept, other = re.findall(r'value="([^"]+)"', render("{% idempotency %}{% idempotency %}", request=back))
    assert kept == "11112222-3333-4444"
    assert other != kept


@pytest.mark.requirement("D-3a")
@pytest.mark.parametrize(
    ("colour", "word", "shape"),
    [("green", "绿码", "shield-check-filled"), ("amber", "黄码", "alert-triangle"), ("red", "红码", "alert-octagon"),
     ("", "无码", "shield-x")],
)  # fmt: skip
def test_a_code_is_told_by_word_and_shape_as_well_as_by_colour(
    render: Render, colour: str, word: str, shape: str
) -> None:
    html = render("{% code_badge colour %}", colour=colour)
    assert word in html
    assert f"#{shape}" in html


def test_a_state_carries_word_shape_and_tone(render: Render) -> None:
    html = render("{% state_badge state '待确认' %}", state="done")
    assert "ax-badge-good" in html
    assert "#circle-check" in html
    assert "待确认" in html
    assert "ax-badge-plain" in render("{% state_badge state %}", state="never heard of")


def test_text_of_people_never_becomes_markup(render: Render) -> None:
    evil = '<img src=x onerror="alert(1)">'
    entry = SimpleNamespace(title=evil, note=evil, by=evil, at=None, tone="", icon="", now=False, next=False)
    html = render(
        "{% badge evil %}{% avatar evil %}{% toast evil %}{% empty_state evil text=evil %}{% timeline entries %}"
        "{% data_list rows %}{% notice title=evil %}{{ evil }}{% endnotice %}{% card title=evil %}x{% endcard %}"
        "{% price_table lines 1 %}{% score_bars scores %}",
        evil=evil,
        entries=[entry],
        rows=[(evil, evil)],
        lines=[SimpleNamespace(label=evil, note=evil, amount_fen=1)],
        scores=[{"label": evil, "value": 5, "words": evil}],
    )
    assert "<img" not in html


def test_an_avatar_is_the_same_for_the_same_person_and_shows_no_more_than_one_character(
    render: Render,
) -> None:
    one, again, other = (render("{% avatar '王小芳' key %}", key=key) for key in (1, 1, 2))
    assert one == again != other
    assert "王</text>" in one
    assert "小芳" not in one
    assert 'aria-hidden="true"' in one


def test_a_rating_is_read_as_a_number(render: Render) -> None:
    html = render("{% stars 4.8 126 %}")
    assert "4.8" in html
    assert "126 条评价" in html
    assert html.count("#star-filled") == 5
    assert "暂无评价" in render("{% stars None %}")


def test_scores_are_told_in_words_with_their_weight(render: Render) -> None:
    html = render(
        "{% score_bars scores %}",
        scores=[{"label": "距离", "value": 92, "words": "离您家 1.2 公里", "weight": 30}],
    )
    assert "离您家 1.2 公里" in html
    assert "占 30%" in html
    assert 'width="92.0%"' in html
    assert "style=" not in html


def test_a_timeline_says_where_we_are(render: Render) -> None:
    html = render(
        "{% timeline entries %}",
        entries=[{"title": "下单"}, {"title": "服务中", "now": True}, {"title": "付款", "next": True}],
    )
    assert html.count('aria-current="step"') == 1


def test_steps_tell_which_are_done(render: Render) -> None:
    html = render("{% stepper steps 2 %}", steps=["说需求", "选时间", "看价格"])
    assert html.count("（已完成）") == 1
    assert html.count('aria-current="step"') == 1


def test_turning_a_page_keeps_the_filters(render: Render, rf: RequestFactory) -> None:
    html = render(
        "{% pagination page %}", request=rf.get("/?state=paid&page=2"), page=Paginator(range(100), 10).page(2)
    )
    assert 'href="?state=paid&amp;page=3"' in html
    assert "第 11–20 条，共 100 条" in html
    assert html.count('aria-current="page"') == 1


def test_prices_add_up_under_a_total(render: Render) -> None:
    html = render(
        "{% price_table lines 13500 %}", lines=[SimpleNamespace(label="保洁", note="", amount_fen=13500)]
    )
    assert html.count("¥135.00") == 2
    assert "合计" in html


def test_a_live_fragment_works_without_its_stream(render: Render) -> None:
    html = render("{% live 'order:1' '/orders/1/live/' %}<p>现在</p>{% endlive %}")
    assert "<p>现在</p>" in html
    assert 'data-live-refresh="/orders/1/live/"' in html
    assert "data-live-url=" in html
    assert '<noscript><p class="ax-help">本页不会自动更新。 <a href="">' in html


def test_an_icon_with_a_title_is_read_aloud_and_one_without_is_not(render: Render) -> None:
    assert 'aria-hidden="true"' in render("{% icon 'home' %}")
    assert 'aria-label="首页"' in render("{% icon 'home' title='首页' %}")


def test_a_countdown_says_the_moment_without_script(render: Render) -> None:
    html = render("{% countdown at %}", at=datetime(2026, 3, 18, 6, tzinfo=UTC))
    assert 'data-until="2026-03-18T06:00:00+00:00"' in html
    assert 'data-left="剩余"' in html
    assert "截止 " in html
    assert "14:00" in html
    assert "—" in render("{% countdown None %}")
