"""Forms of the safety code."""

from anxin.safetycode.forms.codes import CheckForm, ChooseForm, IssueForm, MomentForm, WhyForm

__all__ = ["CheckForm", "ChooseForm", "IssueForm", "MomentForm", "WhyForm"]
