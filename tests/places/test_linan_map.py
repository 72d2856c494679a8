"""The schematic of Lin'an as a tag."""

import pytest
from django.template import Context, Template

pytestmark = pytest.mark.django_db


def draw(text: str, **context: object) -> str:
    return Template("{% load linan_map %}" + text).render(Context(context))


def test_picture_names_all_towns_and_says_that_it_is_a_schematic(django_assert_num_queries):
    with django_assert_num_queries(1):
        drawn = draw("{% linan_map %}")
    assert drawn.count("<text") == 18
    assert 'role="img"' in drawn
    assert "示意图" in drawn
    assert "GeoNames" in drawn
    assert "style=" not in drawn


def test_selected_towns_are_told_in_words_too():
    drawn = draw("{% linan_map selected=codes link='/agencies/?town={code}' %}", codes=["330112006"])
    assert drawn.count("<a href=") == 18
    assert 'href="/agencies/?town=330112006" aria-label="锦城街道（已选）"' in " ".join(drawn.split())
    assert drawn.count("is-on") == 1


def test_caption_is_escaped():
    assert "<b>" not in draw("{% linan_map caption=words %}", words="<b>覆盖")
