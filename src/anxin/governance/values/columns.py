"""What the columns of a person's copy are called. A column without a name here stands in the JSON only."""

from anxin.governance.values.kinds import KIND_LABELS
from anxin.governance.values.register import Holding
from anxin.kit.text import gettext_noop

COLUMNS: dict[str, str] = {
    "name": gettext_noop("姓名或名称"), "phone": gettext_noop("手机号"), "id_number": gettext_noop("身份证号码"),
    "verified_at": gettext_noop("核验时间"), "verified_how": gettext_noop("核验方式"),
    "created_at": gettext_noop("记录时间"), "at": gettext_noop("时间"), "state": gettext_noop("状态"),
    "state_at": gettext_noop("状态时间"), "number": gettext_noop("编号"), "post": gettext_noop("岗位"),
    "period": gettext_noop("期间"), "address": gettext_noop("网络地址"), "device": gettext_noop("设备"),
    "signed_in_at": gettext_noop("登录时间"), "ended_at": gettext_noop("退出时间"), "how": gettext_noop("方式"),
    "wishes": gettext_noop("嘱咐"), "label": gettext_noop("称呼"), "contact_name": gettext_noop("联系人"),
    "contact_phone": gettext_noop("联系电话"), "town_code": gettext_noop("镇街代码"), "detail": gettext_noop("门牌"),
    "village_code": gettext_noop("村社代码"), "lat": gettext_noop("纬度"), "lng": gettext_noop("经度"),
    "kind": gettext_noop("类别"), "birth_year": gettext_noop("出生年"), "note": gettext_noop("备注"),
    "home_town": gettext_noop("居住镇街代码"), "home_point": gettext_noop("居住位置"),
    "intro": gettext_noop("自我介绍"),
    "practising_since": gettext_noop("从业起始"), "rating_hundredths": gettext_noop("评分合计（百分之一星）"),
    "completed": gettext_noop("完成单数"), "late": gettext_noop("迟到次数"), "credit_score": gettext_noop("信用分"),
    "item_code": gettext_noop("服务代码"), "item_name": gettext_noop("服务"), "level": gettext_noop("等级"),
    "title": gettext_noop("标题"), "issuer": gettext_noop("发证单位"), "valid_from": gettext_noop("有效期起"),
    "valid_to": gettext_noop("有效期至"), "health_tier": gettext_noop("健康检查类别"),
    "conclusion": gettext_noop("结论"), "weekday": gettext_noop("星期"), "from_minute": gettext_noop("起（分钟）"),
    "to_minute": gettext_noop("止（分钟）"), "span": gettext_noop("时段"), "colour": gettext_noop("颜色"),
    "place": gettext_noop("地点"), "params": gettext_noop("内容"), "starts_at": gettext_noop("开始"),
    "ends_at": gettext_noop("结束"), "budget_fen": gettext_noop("预算（分）"), "quantity": gettext_noop("数量"),
    "arrived_at": gettext_noop("到达时间"), "arrived_lat": gettext_noop("到达纬度"),
    "arrived_lng": gettext_noop("到达经度"), "contact_note": gettext_noop("联系备注"),
    "done_note": gettext_noop("完工备注"), "text": gettext_noop("内容"), "reason": gettext_noop("理由"),
    "facts": gettext_noop("合同要素"), "signed_at": gettext_noop("签署时间"), "consent": gettext_noop("签署声明"),
    "total_fen": gettext_noop("金额（分）"), "paid_fen": gettext_noop("已付（分）"),
    "amount_fen": gettext_noop("金额（分）"),
    "channel": gettext_noop("渠道"), "content": gettext_noop("内容"), "details": gettext_noop("详情"),
    "tax_number": gettext_noop("税号"), "words": gettext_noop("文字"), "quality": gettext_noop("质量"),
    "scope": gettext_noop("范围"), "fee": gettext_noop("费用"), "anonymous": gettext_noop("匿名"),
    "answer": gettext_noop("答复"), "purpose": gettext_noop("用途"), "version": gettext_noop("版本"),
    "given_at": gettext_noop("同意时间"), "withdrawn_at": gettext_noop("撤回时间"), "until": gettext_noop("截止"),
    "by_post": gettext_noop("岗位"), "what": gettext_noop("事项"), "wanted": gettext_noop("申请改为"),
    "before": gettext_noop("原来的内容"), "why": gettext_noop("原因"), "body": gettext_noop("正文"),
}  # fmt: skip


def kinds_of(one: Holding) -> list[str]:
    """The kinds of data of a holding, in words, untranslated."""
    return list(dict.fromkeys(KIND_LABELS[field.kind] for field in one.fields if field.kind != "key"))
