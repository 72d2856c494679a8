"""What the product says is found in its sources, and every catalogue keeps up with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import messages, translations

ROOT = Path(__file__).resolve().parents[2]
MODULE = """
from django.utils.translation import gettext as _, ngettext, pgettext
a = _("甲" "乙")
b = ngettext("一单", "%(count)s 单", 2)
c = pgettext("verb", "接单")
d = _(a)
"""
TEMPLATE = """{% translate "丙" %} {{ x|default:_("丁") }} {% translate "订" context "money" %}
{% blocktranslate trimmed count n=total %}
  一位 {{ name }}
{% plural %}{{ n }} 位{% endblocktranslate %} <p title='it''s'>don't</p>"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A product of one area with one module and one page."""
    area = tmp_path / "src" / "anxin" / "some"
    (area / "templates").mkdir(parents=True)
    (area / "__init__.py").touch()
    (area / "pages.py").write_text(MODULE)
    (area / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def test_modules_and_templates_are_read(tree: Path) -> None:
    assert set(messages.extract(tree / "src" / "anxin" / "some")) == {
        (None, "甲乙"), (None, ("一单", "%(count)s 单")), ("verb", "接单"), (None, "丙"), (None, "丁"),
        ("money", "订"), (None, ("一位 %(name)s", "%(n)s 位")),
    }  # fmt: skip


def test_a_catalogue_that_lacks_or_keeps_too_much_is_told(tree: Path) -> None:
    assert len(messages.outdated(tree)) == 7
    messages.update(tree)
    assert messages.outdated(tree) == translations.problems(tree) == []

    (tree / "src/anxin/some/pages.py").write_text(MODULE.replace("甲", "新"))
    lacks, holds = messages.outdated(tree)
    assert "lacks '新乙'" in lacks
    assert "holds '甲乙'" in holds


def test_translations_stay_when_a_catalogue_is_written_anew(tree: Path) -> None:
    messages.update(tree)
    path = messages.catalogue_of(tree / "src" / "anxin" / "some", "en")
    path.write_text(path.read_text().replace('msgid "丙"\nmsgstr ""', 'msgid "丙"\nmsgstr "Third"'))
    written = path.read_text()
    assert '"Third"' in written

    messages.update(tree)
    assert path.read_text() == written


def test_an_apostrophe_that_is_drawn_wide_is_told(tree: Path) -> None:
    messages.update(tree)
    path = messages.catalogue_of(tree / "src" / "anxin" / "some", "en")
    plain = path.read_text()
    path.write_text(plain.replace('msgid "丙"\nmsgstr ""', 'msgid "丙"\nmsgstr "The worker’s"'))
    [told] = translations.problems(tree)
    assert "The worker’s" in told

    path.write_text(plain.replace('msgid "丙"\nmsgstr ""', 'msgid "丙"\nmsgstr "The worker\'s"'))
    assert translations.problems(tree) == []


def test_a_message_that_says_itself_twice_is_told(tree: Path) -> None:
    messages.update(tree)
    path = messages.catalogue_of(tree / "src" / "anxin" / "some", "en")
    said = "Both orders move to this time."
    path.write_text(
        path.read_text().replace('msgid "丙"\nmsgstr ""', f'msgid "丙"\nmsgstr "{said}"\n"{said}"')
    )
    [told] = translations.problems(tree)
    assert "over and over" in told


def test_one_message_with_two_translations_is_told(tree: Path) -> None:
    other = tree / "src" / "anxin" / "other"
    other.mkdir()
    (other / "__init__.py").touch()
    (other / "pages.py").write_text(MODULE)
    messages.update(tree)
    for area, word in (("some", "one"), ("other", "two")):
        path = messages.catalogue_of(tree / "src" / "anxin" / area, "en")
        path.write_text(path.read_text().replace('msgid "甲乙"\nmsgstr ""', f'msgid "甲乙"\nmsgstr "{word}"'))
    [told] = translations.problems(tree)
    assert "甲乙 is one here and two in" in told


def test_a_lost_placeholder_is_told(tree: Path) -> None:
    messages.update(tree)
    path = messages.catalogue_of(tree / "src" / "anxin" / "some", "en")
    path.write_text(
        path.read_text().replace(
            'msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "one"\nmsgstr[1] "%(coun)s orders"', 1
        )
    )
    assert translations.problems(tree)
