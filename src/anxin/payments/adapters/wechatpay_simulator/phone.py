"""The page on the payer's simulated phone. It says on every screen that no money moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from .words import CHINA, yuan

__all__ = ["CHINA", "WAYS", "page", "unknown"]

WAYS = {
    "pay": ("支付", "立即扣款，并通知商户"),
    "later": ("晚一点支付", "十五秒后才扣款"),
    "late_notice": ("付了，晚点通知", "立即扣款，十五秒后才通知商户"),
    "twice": ("重复通知", "付一次，通知三次"),
    "silent": ("不通知", "扣款成功，但通知永远不到"),
    "forge": ("伪造签名", "没有扣款，有人冒充微信通知商户"),
    "cancel": ("取消", "不付款，返回商户"),
}
REFUNDS = {
    "ok": "正常",
    "slow": "较慢",
    "silent": "不通知",
    "abnormal": "异常",
    "closed": "关闭",
    "not_enough": "余额不足",
}
STATES = {
    "NOTPAY": "等待支付",
    "SUCCESS": "支付成功",
    "REFUND": "已有退款",
    "CLOSED": "订单已关闭",
}
FRAME = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>
:root{{color-scheme:light dark}}*{{box-sizing:border-box}}
body{{margin:0;font:16px/1.6 "PingFang SC","HarmonyOS Sans","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
background:#ededed;color:#191919}}
main{{max-width:420px;margin:0 auto;min-height:100vh;background:#fff;padding:0 20px 32px}}
.note{{margin:0 -20px;padding:8px 20px;background:#fff7e0;color:#7a4b00;font-size:14px}}
h1{{font-size:16px;font-weight:500;text-align:center;margin:28px 0 4px}}
.sum{{font-size:44px;font-weight:600;text-align:center;font-variant-numeric:tabular-nums;margin:0 0 20px}}
dl{{display:grid;grid-template-columns:auto 1fr;gap:6px 16px;margin:0 0 20px;font-size:14px;
border-top:1px solid #e5e5e5;padding-top:16px}}dt{{color:#5c5c5c}}dd{{margin:0;text-align:right;overflow-wrap:anywhere}}
button,.back{{display:block;width:100%;min-height:48px;margin:10px 0 0;border:1px solid #c9c9c9;border-radius:8px;
background:#fff;color:#191919;font:inherit;text-align:left;padding:8px 16px;cursor:pointer;text-decoration:none}}
button small{{display:block;color:#5c5c5c;font-size:13px}}
button.first{{background:#067a3f;border-color:#067a3f;color:#fff;text-align:center;font-weight:600}}
button.first small{{color:#fff}}.back{{text-align:center;padding-top:12px}}
.row{{display:flex;flex-wrap:wrap;gap:8px}}.row button{{width:auto;flex:1 0 28%;text-align:center;margin:0}}
button[aria-pressed=true]{{border:2px solid #067a3f;font-weight:600}}
h2{{font-size:15px;margin:24px 0 8px}}.error{{color:#a3120b}}
button:focus-visible,a:focus-visible{{outline:3px solid #1668dc}}
@media (prefers-color-scheme:dark){{body{{background:#111;color:#eee}}main{{background:#1b1b1b}}
button,.back{{background:#262626;color:#eee;border-color:#444}}dt,button small{{color:#b5b5b5}}
.note{{background:#3a2f10;color:#ffdf8a}}}}
</style><main><p class="note">模拟的微信支付：仅在本机运行，不会动用真实资金。</p>{body}</main></html>"""


def page(row: Mapping[str, Any], *, expires: datetime, back: str, error: str) -> str:
    """The cashier for one order: what it costs, what can be tapped, and where it stands."""
    facts = {
        "收款方": "安心家政（模拟商户）",
        "商品": row["description"],
        "商户单号": row["out_trade_no"],
        "有效期至": expires.strftime("%m月%d日 %H:%M"),
    }
    if row["transaction_id"]:
        facts["微信单号"] = row["transaction_id"]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in facts.items())
    head = STATES[row["state"]]
    waiting = row["state"] == "NOTPAY" and row["pay_at"] is not None
    if waiting:
        head = "稍后自动支付"
    parts = [f"<h1>{head}</h1><p class='sum'>¥{yuan(row['total'])}</p><dl>{listed}</dl>"]
    if error:
        parts.append(f"<p class='error' role='alert'>{escape(error)}</p>")
    if row["state"] == "NOTPAY" and not waiting:
        parts.append("<form method='post'>")
        for how, (label, what) in WAYS.items():
            first = " class='first'" if how == "pay" else ""
            parts.append(f"<button{first} name='how' value='{how}'>{label}<small>{what}</small></button>")
        parts.append("</form>")
    if row["state"] in ("SUCCESS", "REFUND"):
        parts.append("<h2>以后退款时</h2><form method='post' class='row'>")
        for how, label in REFUNDS.items():
            pressed = str(how == row["refund_how"]).lower()
            parts.append(f"<button name='how' value='refund:{how}' aria-pressed='{pressed}'>{label}</button>")
        parts.append("</form>")
    if back:
        parts.append(f"<a class='back' href='{escape(back)}'>返回商户</a>")
    return FRAME.format(title="微信支付（模拟）", body="".join(parts))


def unknown() -> str:
    """No such order."""
    return FRAME.format(
        title="微信支付（模拟）", body="<h1>没有这笔订单</h1><p>二维码已失效，请回到账单重新发起支付。</p>"
    )
