"""What customers type about their home. The actions decide; forms only carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.customers.values import HOUSEMATE_LABELS, AddressFacts
from anxin.places.public import all_villages_grouped, towns, villages


class AddressForm(forms.Form):
    """An address. The village list follows the town; without script all villages are there, grouped by town."""

    town_code = forms.ChoiceField(label=_("镇街"))
    village_code = forms.ChoiceField(
        label=_("村社"), required=False,
        error_messages={"invalid_choice": _("这个村社不在所选的镇街，请重新选一个，不清楚就选“不确定”。")},
    )  # fmt: skip
    detail = forms.CharField(
        label=_("详细地址"), max_length=100, help_text=_("小区或门牌、楼栋、单元、房号；只给上门的人看")
    )
    contact_name = forms.CharField(label=_("联系人"), max_length=30)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=24)
    label = forms.CharField(label=_("备注名"), max_length=20, required=False, help_text=_("比如：家、爸妈家"))
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    lng = forms.FloatField(required=False, widget=forms.HiddenInput)
    is_default = forms.BooleanField(label=_("设为默认地址"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        county = settings.ANXIN_COUNTY_CODE
        self.fields["town_code"].choices = [  # type: ignore[attr-defined]
            ("", gettext("请选择")),
            *((town.code, town.name) for town in towns(county)),
        ]
        self.fields["village_code"].choices = village_choices(  # type: ignore[attr-defined]
            str(self["town_code"].value() or "")
        )

    @staticmethod
    def initial_of(address: AddressFacts, *, is_default: bool) -> dict[str, Any]:
        """What the form shows of an address that is there already; a point of the map only, not a borrowed one."""
        names = ("town_code", "village_code", "detail", "contact_name", "contact_phone", "label")
        point = {"lat": address.lat, "lng": address.lng} if address.point_source == "map" else {}
        return {name: getattr(address, name) for name in names} | point | {"is_default": is_default}


def village_choices(town_code: str) -> list[Any]:
    """The villages of a town, or all of the county grouped by town while none is chosen."""
    none = ("", gettext("不确定"))
    if town_code:
        return [none, *((row.code, row.short_name) for row in villages(town_code))]
    grouped = all_villages_grouped(settings.ANXIN_COUNTY_CODE)
    return [none, *((town.name, [(row.code, row.short_name) for row in rows]) for town, rows in grouped)]


class HousemateForm(forms.Form):
    kind = forms.ChoiceField(label=_("是谁"))
    birth_year = forms.IntegerField(
        label=_("出生年份"), required=False, help_text=_("选填，人需要照护时有用")
    )
    note = forms.CharField(
        label=_("要注意什么"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("比如：行动不便、对花粉过敏、狗会扑人"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, gettext(words)) for kind, words in HOUSEMATE_LABELS.items()
        ]


class WishesForm(forms.Form):
    wishes = forms.CharField(
        label=_("给上门服务人员的话"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("比如：进门请换鞋；老人午睡 12:30–14:00，请轻一些"),
    )
