"""What is typed about a review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.forms import UploadsField
from anxin.reviews.values import DIMENSION_LABELS, HIDE_GROUND_LABELS, MOST_WORDS, Dimension, Target


def _stars() -> list[tuple[str, str]]:
    """From the first star to the last: the page fills a row of stars up to the one that is chosen."""
    return [(str(n), ngettext("%(n)s 星", "%(n)s 星", n) % {"n": n}) for n in range(1, 6)]


class ReviewForm(forms.Form):
    """Four dimensions of 1–5 stars, words, photos, under one's name or not."""

    words = forms.CharField(
        label=_("说几句"), required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )
    photos = UploadsField(
        kind="review_photo", label=_("照片"), required=False, help_text=_("最多 6 张，位置信息会自动去掉")
    )
    anonymous = forms.BooleanField(
        label=_("匿名评价"),
        required=False,
        help_text=_("对公众和被评价的人匿名；只有评价管理岗在有理由时可以查看，并留痕"),
    )

    target = forms.ChoiceField(
        required=False, choices=[(str(t), str(t)) for t in Target], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for dimension in Dimension:
            self.fields[str(dimension)] = forms.TypedChoiceField(
                label=gettext(DIMENSION_LABELS[dimension]),
                choices=_stars(),
                coerce=int,
                widget=forms.RadioSelect,
            )
        self.order_fields([str(d) for d in Dimension])

    @property
    def stars(self) -> list[forms.BoundField]:
        return [self[str(d)] for d in Dimension]

    def scores(self) -> dict[str, int]:
        return {str(d): self.cleaned_data[str(d)] for d in Dimension}


class WordsForm(forms.Form):
    words = forms.CharField(label=_("回复"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3}))


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class HideForm(WhyForm):
    ground = forms.ChoiceField(
        label=_("法律依据"), choices=[(str(code), words) for code, words in HIDE_GROUND_LABELS.items()]
    )
    field_order = ("ground", "reason")
