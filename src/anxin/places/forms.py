"""Forms in which the operator keeps the calendar and the points of towns."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anxin.places.values import DAY_KIND_LABELS, DayKind


class DayForm(forms.Form):
    """What a day is. An empty kind takes an exception back."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label=_("这一天是"),
        required=False,
        choices=[
            *((kind.value, label) for kind, label in DAY_KIND_LABELS.items()),
            ("", _("按星期（取消特殊安排）")),
        ],
    )
    festival = forms.CharField(label=_("节日或说明"), max_length=30, required=False)
    reason = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("例如：国务院办公厅 2027 年放假通知")
    )

    def clean_kind(self) -> DayKind | None:
        chosen = self.cleaned_data["kind"]
        return DayKind(chosen) if chosen else None


class PointForm(forms.Form):
    """The checked position of a town or village, WGS-84."""

    lat = forms.FloatField(label=_("纬度"), min_value=-90, max_value=90)
    lng = forms.FloatField(label=_("经度"), min_value=-180, max_value=180)
    reason = forms.CharField(label=_("核实方式"), max_length=200, help_text=_("例如：到镇政府门口用手机定位"))
