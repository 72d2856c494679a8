"""What matching does: one demand at a time, and a batch of them at once."""

from anxin.matching.actions.batch import accept_pairs, ask_batch, work_out
from anxin.matching.actions.choosing import offer_next, place_demand, propose, seek_substitute
from anxin.matching.actions.credit import enter_credit
from anxin.matching.actions.dayplan import ask_plan, drop_plan, plan_days, replan, search_again, stop_plan
from anxin.matching.actions.dayplan_change import Tried, change_visit
from anxin.matching.actions.dayplan_publish import PlanRefused, RefusedVisit, publish_plan
from anxin.matching.actions.rolling import end_rolling, keep_rolling, roll, tick
from anxin.matching.actions.weights import NothingNew, announce_rules, fitted_rules

__all__ = [
    "PlanRefused",
    "RefusedVisit",
    "Tried",
    "ask_plan",
    "change_visit",
    "drop_plan",
    "enter_credit",
    "plan_days",
    "publish_plan",
    "replan",
    "search_again",
    "stop_plan",
    "end_rolling",
    "keep_rolling",
    "roll",
    "tick",
    "NothingNew",
    "announce_rules",
    "fitted_rules",
    "accept_pairs",
    "ask_batch",
    "offer_next",
    "place_demand",
    "propose",
    "seek_substitute",
    "work_out",
]
