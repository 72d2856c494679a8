"""What orders refuse, in words."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit import money
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from anxin.kit.text import gettext_noop


class NotVerified(Forbidden):
    code = "not_verified"
    message = _("下单前需要完成实名认证。认证只需一分钟，填写的内容会为您保留。")


class OrderUnknown(NotFound):
    code = "order_unknown"
    message = _("没有找到这张订单，或您无权查看。请核对订单编号。")


class ItemUnknown(Invalid):
    code = "item_unknown"
    message = _("没有这个服务项目，请从服务目录中选择。")


class ModeUnknown(Invalid):
    code = "mode_unknown"
    message = _("这项服务没有这种服务方式，请从列出的方式中选择。")


class UnitUnknown(Invalid):
    code = "unit_unknown"
    message = _("这项服务的这种服务方式不按%(unit)s计价，请从列出的方式中选择。")


class OtherUnit(Invalid):
    code = "other_unit"
    message = _("这家机构按%(theirs)s计价，您要的是按%(unit)s。请改选计价方式，或换一家机构。")


class TooSoon(Invalid):
    code = "too_soon"
    message = _("上门时间至少要在 %(minutes)s 分钟之后，请选择晚一些的时间。")


class TimeBackwards(Invalid):
    code = "time_backwards"
    message = _("结束时间应晚于开始时间。")


class TooFarAhead(Invalid):
    code = "too_far_ahead"
    message = _("最多可以预约 %(days)s 天以内的服务，请选择近一些的时间。")


class LongerThanPaid(Invalid):
    code = "longer_than_paid"
    message = _("上门时段比购买的时长还长，请把时长加够，或缩短时段。")


class AgencyDecides(Invalid):
    code = "agency_decides"
    message = _("这项服务按%(unit)s计价，来几位由机构安排，价格不变。请把人数改回一位。")


class TwoAtMost(Invalid):
    code = "two_at_most"
    message = _(
        "一次最多请两位服务员一起来。需要更多位时，请先请两位，并在说明里写上一共要几位，由机构安排。"
    )


class NeedsTwo(Conflict):
    code = "needs_two"
    message = _("这一单要两位服务员同时上门，由机构来接，个人不能抢。可以请您的机构接下后派您去。")


class AddressUnknown(Invalid):
    code = "address_unknown"
    message = _("没有找到这个服务地址，请重新选择或新增地址。")


class NotCovered(Invalid):
    code = "not_covered"
    message = _("这家机构不在您选择的地点或时间提供这项服务，请换个时间或机构。")


class VersionStale(Conflict):
    code = "version_stale"
    message = _("这家机构刚刚更新了服务和价格，请看过新的报价后再提交。")


class PriceChanged(Conflict):
    code = "price_changed"
    message = _("价格有变化：原来看到 ¥%(seen)s，现在是 ¥%(now)s。确认新价格后可再次提交。")


class QuantityWrong(Invalid):
    code = "quantity_wrong"
    message = _("请写明内容，数量应大于 0。")


class QuantityTooLow(QuantityWrong):
    message = _("数量至少是 %(least)s %(unit)s，请加够再提交。")


class AlreadyTaken(Conflict):
    code = "already_taken"
    message = _("手慢了一步，这张订单已经被别家接走。可以去看看其他订单。")


class NotOpenYet(Conflict):
    code = "not_open_yet"
    message = _("这张订单 %(opens)s 对您开放：按公开的规则，信用好的先抢。到时还在的话就可以抢。")


class OverBudget(Conflict):
    code = "over_budget"
    message = _("按贵机构的价格是 ¥%(total)s，超过了客户的预算 ¥%(budget)s。")


class NoService(Forbidden):
    code = "no_service"
    message = _("贵机构没有在这个地点、这个时间公布这项服务，不能接这张单。")


class OwnDemand(Conflict):
    code = "own_demand"
    message = _("这是您自己提交的需求，不能由您自己来接。")


class MayNotGrab(Forbidden):
    code = "may_not_grab"
    message = _("抢单需要有签约的家政机构，并由机构开通抢单。请联系您的机构。")


class NotEligible(Conflict):
    code = "not_eligible"
    message = _("这位服务员现在不能接这张单：%(reasons)s")


class BusyThen(Conflict):
    code = "busy_then"
    message = _("这个时间您已有安排，或与前后安排之间来不及赶路，不能接这张单。")


class CodeNotGreen(Conflict):
    code = "code_not_green"
    message = _("服务日您的安心码不是绿码，不能接单。请先处理到期的证件。")


class WishNeeded(Invalid):
    code = "wish_needed"
    message = _("只有服务员本人提出时，机构才能代为记下。请先向本人核实。")


class AlreadyProposed(Conflict):
    code = "already_proposed"
    message = _("这张订单已有一位待确认的服务员。请先撤回，再另派。")


class AlreadyAgreed(Conflict):
    code = "already_agreed"
    message = _("客户已经选定这位服务员，不能撤回。请另派一位，由客户确认更换。")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("请写明原因，对方会看到。")


class CannotCancel(Conflict):
    code = "cannot_cancel"
    message = _("现在不能取消：%(reason)s")


class TermsChanged(Conflict):
    code = "terms_changed"
    message = _("取消费用刚刚变化，现在是 ¥%(fee)s。请确认后再取消。")


class CompensationChanged(TermsChanged):
    message = _("机构要给客户的补偿刚刚变化，现在是 ¥%(compensation)s。请确认后再取消。")


class CannotChange(Conflict):
    code = "cannot_change"
    message = _("现在不能改期：%(reason)s")


class MoveBlocked(Conflict):
    """params: reasons in words; starts (aware) that are free instead, and the same in words."""

    code = "move_blocked"

    def __str__(self) -> str:
        if self.params["instead"]:
            return gettext("这个时间不行：%(reasons)s。可以改到 %(instead)s。") % self.params
        return (
            gettext("这个时间不行：%(reasons)s。那几天都没有空，请换个更远的日子，或请机构另派服务员。")
            % self.params
        )


class MoveRepriced(Conflict):
    """At the new time it costs something else, in fen, that the asker has not seen."""

    code = "move_repriced"
    message = _(
        "改到这一天，预计费用由 ¥%(before)s 变为 ¥%(now)s（%(way)s¥%(difference)s）。看过新价格，同意请再提交一次。"
    )

    def __init__(self, before_fen: int, after_fen: int) -> None:
        super().__init__(
            "seen_total_fen", before=money.yuan(before_fen), now=money.yuan(after_fen),
            difference=money.yuan(abs(after_fen - before_fen)), way="+" if after_fen > before_fen else "−",
        )  # fmt: skip
        self.before_fen, self.after_fen = before_fen, after_fen


class ChangeOpen(Conflict):
    code = "change_open"
    message = _("已有一个待答复的改期请求。")


class ChangeEnded(Conflict):
    code = "change_ended"
    message = _("这个改期请求已经有了答复，或者已经收回、不需要答复。请看订单上现在的时间。")


class NotYourAnswer(Forbidden):
    code = "not_your_answer"
    message = _("这个请求要由对方来答复。")


class NotYourRequest(Forbidden):
    code = "not_your_request"
    message = _("改期请求只能由提出的一方收回。您可以答复：同意，或者按原时间。")


class StepsMissing(Conflict):
    code = "steps_missing"
    message = _("还有 %(count)s 项没有完成或缺少照片：%(first)s")


class ExtrasOpen(Conflict):
    code = "extras_open"
    message = _("还有客户未答复的加项，请先请客户确认或撤回。")


class ExtraAnswered(Conflict):
    code = "extra_answered"
    message = _("这个加项已经答复过了。")


class NotRunning(Conflict):
    code = "not_running"
    message = _("服务还没有开始或已经完成，不能再登记。")


class WrongWorker(Conflict):
    code = "wrong_worker"
    message = _("这不是本单约定的服务员。请不要开门，并联系机构核实。")


class NotGreen(Conflict):
    code = "not_green"
    message = _(
        "服务员的安心码不是绿码，本次不能入户。正在为您找能马上来的替换服务员，找到就请您确认；您也可以改期，或取消且不收费。"
    )


class NotArrived(Conflict):
    code = "not_arrived"
    message = _("服务员还没有登记到达，请先让服务员点“我到了”。")


class NotAwaited(Conflict):
    code = "not_awaited"
    message = _("这次上门已经确认过入户，或已经结束，不用再扫码。")


class WrongPlace(Conflict):
    code = "wrong_place"
    message = _("您所在的位置离服务地址约 %(distance)s，太远，不能确认入户。请在家门口扫码。")


class TooEarly(Conflict):
    code = "too_early"
    message = _("离约定时间还早，现在不能出发登记。")


class NotSigned(Conflict):
    code = "not_signed"
    message = _("合同还没有签好，不能开始服务。")


class PlaceUnknown(Conflict):
    code = "place_unknown"
    message = _("没有取得您的位置，不能确认入户。请打开手机定位后再扫一次。")


_ENTRY = {
    "wrong_worker": WrongWorker,
    "not_awaited": NotAwaited,
    "not_green": NotGreen,
    "not_arrived": NotArrived,
    "wrong_place": WrongPlace,
    "place_unknown": PlaceUnknown,
}


# What the order's story says of a refusal at which the agency must act.
NOTED = {
    "wrong_worker": gettext_noop("入户核验未通过：出示的不是约定服务员的安心码"),
    "code_forged": gettext_noop("入户核验未通过：出示的不是本平台发出的安心码"),
}


def entry_refused(why: str, distance_m: int | None) -> Refusal:
    """The refusal of an entry, with how far from the door it was tried."""
    return _ENTRY[why](distance=told_distance(distance_m or 0))


def told_distance(metres: int) -> str:
    """A distance in words: 350 米, 1.2 公里."""
    if metres < 1000:
        return gettext("%(n)s 米") % {"n": metres}
    return gettext("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"}
