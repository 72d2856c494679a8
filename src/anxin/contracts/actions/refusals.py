"""What contracts say no to, in words that tell what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound


class ContractUnknown(NotFound):
    code = "contract_unknown"
    message = _("没有找到这份合同，或您无权查看。请核对合同编号。")


class ItemsMissing(Conflict):
    code = "items_missing"
    message = _("合同还缺少必备内容，不能签署：%(items)s。请补充后再签。")


class NotReady(Conflict):
    code = "not_ready"
    message = _("合同还在起草中，选定服务员后才能签署。")


class AlreadySigned(Conflict):
    code = "already_signed"
    message = _("这份合同已经签过名了，不需要再签。")


class AlreadySealed(Conflict):
    code = "already_sealed"
    message = _("这份合同已经盖过章了。")


class CustomerFirst(Conflict):
    code = "customer_first"
    message = _("客户还没有签名，现在不能盖章。")


class WorkerFirst(Conflict):
    code = "worker_first"
    message = _("这是三方合同，服务员还没有签名，现在不能盖章。")


class CustomerBefore(Conflict):
    code = "customer_before"
    message = _("客户还没有签名，请等客户签名后再签。")


class ContractVoid(Conflict):
    code = "contract_void"
    message = _("这份合同已经作废，不能再签署。")


class TextChanged(Conflict):
    code = "text_changed"
    message = _("合同内容刚刚有变化，请重新阅读后再签。")


class OnlyCustomer(Forbidden):
    code = "only_customer"
    message = _("只有客户本人可以做这一步。")


class OnlyAgency(Forbidden):
    code = "only_agency"
    message = _("只有本机构有用印权限的岗位可以盖章。请联系本机构负责人。")


class ConsentNeeded(Invalid):
    code = "consent_needed"
    message = _("请先勾选“我已阅读并同意”，再签名。")


class NotADrawing(Invalid):
    code = "not_a_drawing"
    message = _("签名没有写好：%(why)s")


class NameDiffers(Invalid):
    code = "name_differs"
    message = _("%(why)s")


class CodeOfAnother(Invalid):
    code = "code_of_another"
    message = _("这个验证码不是为这份合同发送的，请重新获取。")


class NotPrintable(Conflict):
    code = "not_printable"
    message = _("字库里没有这些字：%(characters)s。为了不让合同缺字，请联系客服处理后再签。")


class NothingCorrected(Invalid):
    code = "nothing_corrected"
    message = _("没有改动任何内容。")


class CorrectionTooLong(Invalid):
    code = "correction_too_long"
    message = _("“%(label)s”太长了，请控制在 %(most)s 个字以内。")


class PlaceNeeded(Invalid):
    code = "place_needed"
    message = _("请填写详细地址，例如楼号和门牌号。")


class SealInUse(Conflict):
    code = "seal_in_use"
    message = _("本机构已经有一枚电子印章。先注销现有印章，才能重新制作。")


class SealNotActive(Conflict):
    code = "seal_not_active"
    message = _("本机构的电子印章已停用或证书已到期，请先恢复或重新制作。")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("请写明原因。")


class TextUnfit(Invalid):
    code = "text_unfit"
    message = _("合同文本不能使用：%(why)s")


class VersionTaken(Conflict):
    code = "version_taken"
    message = _("这个编号和版本已经有了，请换一个版本号。")


class FileTooLarge(Invalid):
    code = "file_too_large"
    message = _("文件超过 10 MB，不是平台签署的合同。")
