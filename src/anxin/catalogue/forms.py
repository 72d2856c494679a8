"""Forms of the catalogue."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PublishForm(forms.Form):
    """Publish an edition of the catalogue from a moment on."""

    label = forms.CharField(label=_("版本号"), max_length=20)
    valid_from = forms.DateTimeField(
        label=_("从何时起使用"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
