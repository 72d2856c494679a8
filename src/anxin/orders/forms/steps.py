"""What is typed on the way of an order: reasons, other times, the steps of a visit."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.clock import SHANGHAI, local
from anxin.kit.errors import Invalid
from anxin.kit.forms import UploadField
from anxin.kit.masks import mask_name
from anxin.orders.forms.fields import HALF_HOURS, MoneyField
from anxin.safetycode import public as safetycode
from anxin.workers.public import Worker


class ReasonForm(forms.Form):
    """A reason the other side reads."""

    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ApartForm(forms.Form):
    """Which worker of the order is not brought together with its household again."""

    worker = forms.ChoiceField(label=_("哪一位服务员"))
    reason = forms.CharField(
        label=_("原因"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("可以不填。只有您自己看得到。"),
    )  # fmt: skip
    wished = forms.BooleanField(label=_("是服务员本人提出的"), required=False)

    def __init__(self, *args: Any, workers: list[Worker], of_agency: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._only = workers[0].pk
        field = self.fields["worker"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), mask_name(one.person.name)) for one in workers]
        if len(workers) == 1:
            del self.fields["worker"]
        if not of_agency:
            del self.fields["wished"]

    @property
    def asked(self) -> dict[str, Any]:
        """As `actions.apart.keep_apart` takes it."""
        data = self.cleaned_data
        worker = UUID(data["worker"]) if "worker" in data else self._only
        return {"worker_id": worker, "reason": data["reason"], "wished": data.get("wished", False)}


class CancelForm(ReasonForm):
    """The reason, and what the page said that either side would owe."""

    seen_fee_fen = forms.IntegerField(widget=forms.HiddenInput)
    seen_compensation_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AgainForm(forms.Form):
    """A day and an hour; the length stays."""

    day = forms.DateField(label=_("改到哪一天"))
    start = forms.ChoiceField(label=_("几点开始"), choices=HALF_HOURS)

    @staticmethod
    def initial_of(starts_at: datetime) -> dict[str, Any]:
        here = local(starts_at)
        return {"day": here.date(), "start": f"{here:%H}:{'30' if here.minute >= 30 else '00'}"}

    def starts_at(self) -> datetime:
        hour, minute = map(int, self.cleaned_data["start"].split(":"))
        return datetime.combine(self.cleaned_data["day"], time(hour, minute), tzinfo=SHANGHAI)


class ChangeForm(AgainForm, ReasonForm):
    """Another time, and why; the price of the new day once it was shown."""

    seen_total_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("day", "start", "reason")


class EntryForm(forms.Form):
    """The code, scanned or typed, and where the customer stands if the phone tells."""

    scanned = forms.CharField(required=False, max_length=400)
    token = forms.CharField(label=_("安心码内容"), max_length=400, required=False)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-90, max_value=90)
    lng = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-180, max_value=180)

    def clean_token(self) -> str:
        """The token, scanned or typed; a slip of the finger is told as one and alarms nobody."""
        scan, text = str(self.cleaned_data.get("scanned", "")), str(self.cleaned_data["token"])
        if not scan.strip() and not text.strip():
            raise forms.ValidationError(gettext("请扫描安心码，或输入下方的校验串。"))
        try:
            return safetycode.scanned(scan) if scan.strip() else safetycode.typed(text)
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class PlaceForm(forms.Form):
    """Where somebody stands, if the phone tells."""

    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lng = forms.FloatField(required=False, min_value=-180, max_value=180)


class ContactForm(forms.Form):
    how = forms.ChoiceField(
        label=_("怎么联系的"), choices=[("phone", _("打了电话")), ("message", _("发了消息"))]
    )
    note = forms.CharField(label=_("说好了什么"), max_length=200, required=False)


class StepForm(forms.Form):
    done = forms.BooleanField(required=False)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)


class PhotoForm(forms.Form):
    photo = UploadField(
        kind="service_photo", label=_("照片"), error_messages={"required": _("请选择一张照片。")}
    )


class ExtraForm(forms.Form):
    """Extra work on the spot; the price is for one unit."""

    label = forms.CharField(label=_("加做什么"), max_length=80)
    quantity = forms.DecimalField(
        label=_("数量"), min_value=Decimal("0.1"), max_value=Decimal(1000), decimal_places=2
    )
    unit = forms.CharField(label=_("单位"), max_length=16, initial=_("次"))
    price = MoneyField(label=_("单价"))


class FinishForm(forms.Form):
    note = forms.CharField(
        label=_("交代一句"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
