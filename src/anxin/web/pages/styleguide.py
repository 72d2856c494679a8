"""Every component in every state, in every layout: what builders copy from and what the browser tests look at."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from anxin.kit import clock
from anxin.kit.access import DEMO_ONLY, Request, page
from anxin.kit.errors import NotFound

LAYOUTS = ("phone", "worker", "desk", "operator", "public", "print", "error")


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="联系人", max_length=20)
    phone = forms.CharField(label="手机号", help_text="服务人员出发前会用它联系您。")
    service = forms.ChoiceField(label="服务项目", choices=[("", "请选择"), ("a", "日常保洁"), ("b", "月嫂")])
    mode = forms.ChoiceField(
        label="服务方式",
        widget=forms.RadioSelect,
        choices=[("once", "单次上门\n约定一个时间，做完结束"), ("term", "长期服务\n每周固定时间")],
    )
    slot = forms.ChoiceField(
        label="上门时段", widget=forms.RadioSelect, choices=[("am", "上午"), ("pm", "下午"), ("ev", "晚上")]
    )
    skills = forms.MultipleChoiceField(
        label="希望具备", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("cook", "会做临安家常菜"), ("pet", "家有宠物也可以"), ("car", "会开车")],
    )  # fmt: skip
    day = forms.DateField(label="日期", widget=forms.DateInput)
    hour = forms.TimeField(label="开始时间", widget=forms.TimeInput)
    budget = forms.CharField(label="预算", required=False)
    code = forms.CharField(label="短信验证码")
    wishes = forms.CharField(label="其他要求", required=False, widget=forms.Textarea)
    photo = forms.FileField(label="现场照片", required=False, help_text="最多 5 MB，支持 JPG、PNG。")
    stars = forms.ChoiceField(
        label="总体满意度", widget=forms.RadioSelect, choices=[(n, f"{n} 星") for n in range(1, 6)]
    )
    number = forms.CharField(label="也可以填写证件下方的号码", required=False)
    agree = forms.BooleanField(label="我已阅读并同意服务说明")


@page(DEMO_ONLY)
def styleguide(request: Request, layout: str = "phone") -> HttpResponse:
    """Show the components in one layout."""
    if layout not in LAYOUTS:
        raise NotFound
    if layout == "error":
        return render(request, "web/404.html")
    base = {"worker": "phone", "operator": "desk"}.get(layout, layout)
    shown = {"phone": "customer", "desk": "agency", "print": "visitor", "public": "visitor"}.get(
        layout, layout
    )
    context = {
        "base": f"web/{base}.html",
        "layout": layout,
        "layouts": LAYOUTS,
        "shown_as": shown,
    } | _samples()
    return render(request, f"web/styleguide/{base}.html", context)


@page(DEMO_ONLY)
def fragment(request: Request) -> HttpResponse:
    """The inside of the live sample: the time at which it was fetched."""
    return render(request, "web/styleguide/fragment.html", {"now": clock.now()})


def _samples() -> dict[str, Any]:
    now = clock.now()
    bad = Sample({"phone": "1380000", "name": "", "mode": "once"})
    bad.is_valid()
    bad.add_error("phone", ("手机号应为 11 位，请检查是否少输了数字。"))
    return {
        "form": Sample(auto_id="ok_%s", initial={"name": "王小芳", "mode": "once", "slot": "pm", "stars": "4"}),
        "bad": bad,
        "now": now,
        "today": clock.local_date(now),
        "start": clock.at_local(clock.local_date(now), 14),
        "end": clock.at_local(clock.local_date(now), 16),
        "tomorrow": clock.at_local(clock.local_date(now) + timedelta(days=1), 9, 30),
        "overnight": clock.at_local(clock.local_date(now) + timedelta(days=1), 22),
        "dawn": clock.at_local(clock.local_date(now) + timedelta(days=2), 6),
        "due": now + timedelta(minutes=14, seconds=30),
        "steps": ["说需求", "选时间", "看价格"],
        "many_steps": ["下单", "接单", "匹配", "签约", "服务", "付款"],
        "entries": _entries(now),
        "lines": [
            SimpleNamespace(label="日常保洁 3 小时", note="¥45.00/小时 × 3", amount_fen=13500),
            SimpleNamespace(label="擦窗加项", note="6 平方米", amount_fen=3000),
            SimpleNamespace(label="新客优惠", note="", amount_fen=-1500),
        ],
        "scores": [
            {"label": "距离", "value": 92, "words": "离您家 1.2 公里，骑车约 6 分钟", "weight": 30},
            {"label": "评分", "value": 88, "words": "126 条评价，平均 4.8 分", "weight": 35},
            {"label": "经验", "value": 64, "words": "从业 5 年，完成 312 单", "weight": 20},
            {"label": "信用", "value": 100, "words": "近一年没有失约和投诉", "weight": 15},
        ],
        "people": _people(),
        "orders": _orders(now),
        "sample_posts": {
            "now": {"organisation": "锦城安心家政服务部", "post": "店长"},
            "all": [
                {"id": "1", "organisation": "锦城安心家政服务部", "post": "店长", "current": True},
                {"id": "2", "organisation": "於潜好帮手家政", "post": "派单员", "current": False},
            ],
        },
        "stats": [("待接单", 6), ("今日上门", 23), ("待签合同", 4), ("本周金额", "¥18,640.00")],
        "page": Paginator(range(1, 500), 20).page(7),
        "rows": [("订单号", "O260322-7KQ4M2XR"), ("服务地址", "锦城街道 ****"), ("联系人", "王*芳"), ("备注", None)],
        "services": [
            ("日常保洁", "spray"), ("月嫂", "baby-bottle"), ("育儿嫂", "baby-carriage"), ("养老护理", "old"),
            ("家庭做饭", "chef-hat"), ("家电清洗", "wash-machine"), ("收纳整理", "archive"), ("擦窗", "window"),
            ("陪诊", "stethoscope"), ("全部服务", "apps"),
        ],
    }  # fmt: skip


def _people() -> list[SimpleNamespace]:
    names = ["name", "key", "colour", "rating", "count", "metres", "years", "match"]
    rows = [
        ("王小芳", "1", "green", 4.8, 126, 1230, 5, 91),
        ("李桂英", "2", "green", 4.6, 58, 2840, 8, 84),
        ("陈於潜", "3", "amber", None, 0, 640, 1, 72),
    ]
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


def _entries(now: Any) -> list[SimpleNamespace]:
    def entry(title: str, hours: float | None, **more: Any) -> SimpleNamespace:
        at = now - timedelta(hours=hours) if hours is not None else None
        return SimpleNamespace(title=title, at=at, **more)

    return [
        entry("您提交了需求", 30, note="日常保洁 3 小时"),
        entry("锦城安心家政接单", 29.5, by="店长 赵敏", tone="good"),
        entry("合同双方已签", 26, tone="good"),
        entry("家政员迟到提醒", 1.2, note="原定 14:00 到达，系统已通知机构", tone="wait"),
        entry("家政员正在服务", 0.5, note="清单已完成 6/11 项", now=True),
        entry("确认完工", None, next=True),
        entry("付款与评价", None, next=True),
    ]


def _orders(now: Any) -> list[SimpleNamespace]:
    names = ["日常保洁", "月嫂", "家电清洗", "养老护理", "擦窗", "家庭做饭", "育儿嫂", "收纳整理"]
    states = ["submitted", "accepted", "in_service", "done", "unanswered", "paid", "overdue", "closed"]
    words = ["待接单", "匹配中", "服务中", "待确认", "无人应答", "已付款", "已超时", "已完结"]
    return [
        SimpleNamespace(
            no=f"O2603{20 + i}-7KQ4M{i}XR", service=names[i], state=states[i], words=words[i],
            customer="王*芳", town="锦城街道" if i % 2 else "於潜镇",
            start=now + timedelta(hours=5 * i - 6), end=now + timedelta(hours=5 * i - 3), fen=13500 + 4200 * i,
        )
        for i in range(8)
    ]  # fmt: skip
