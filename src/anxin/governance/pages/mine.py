"""The way to everything a person may do about their own data."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.governance.pages.edge import layout
from anxin.kit.access import SIGNED_IN, Request, page


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """What I can see, take along, correct, agree to and end."""
    ways = [
        ("governance:at_me", "eye", _("谁看过我的信息"), _("每一次查看的岗位、时间和理由")),
        ("governance:consents", "circle-check", _("我的同意"), _("同意过什么，随时可以撤回")),
        ("governance:copies", "download", _("下载我的信息"), _("全部信息和文件的副本")),
        ("governance:corrections", "pencil", _("更正我的信息"), _("哪里不对，申请核对修改")),
        ("governance:closing", "trash", _("注销账号"), _("没有未了结的事就可以注销")),
        ("governance:privacy", "shield-lock", _("隐私说明"), _("收集什么、为什么、保存多久、谁能看")),
    ]
    return render(request, "governance/mine.html", {"ways": ways, "layout": layout(request)})
