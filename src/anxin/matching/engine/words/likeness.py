"""A guess where no rule speaks: whose own texts in the catalogue share most pairs of signs with the words."""

from __future__ import annotations

import math
import re
from collections import Counter

from anxin.matching.engine.words.pieces import Vocabulary

# Pairs that say nothing about a service, though some text of the catalogue has them.
_IDLE = frozenset(
    ["一个", "我家", "家里", "服务", "客户", "人员", "需要", "上门", "一次", "可以", "时间", "现在", "这个", "那个", "怎么", "什么", "多少", "有没",
     "没有", "我们", "你们", "他们", "自己", "起来", "不能", "不会", "的时", "的人", "每天", "每周", "小时", "分钟", "上午", "下午", "晚上", "中午",
     "几个", "两个", "一下", "一天", "一人", "要求", "或者", "以及", "由客", "协助", "包括", "日常", "专业", "联系", "电话", "问题", "情况", "提供",
     "完成", "约定", "街道", "社区", "平台", "机构", "全部", "不用", "不要", "是不", "能不", "请问", "想请", "请人", "找人", "帮忙", "师傅", "阿姨",
     "开始", "结束", "价格", "报价", "费用", "合同", "双方", "取消", "订单"]
)  # fmt: skip
_SIGNS = re.compile(r"[\u4e00-\u9fff]+")
_LEAST, _MARGIN, _FEWEST, _COMMON = 4.2, 1.5, 3, 4


def _pairs(text: str) -> set[str]:
    return {run[n : n + 2] for run in _SIGNS.findall(text) for n in range(len(run) - 1)} - _IDLE


def guess(said: str, known: Vocabulary) -> tuple[str, tuple[str, ...]] | None:
    """The likeliest item and the next ones; None where too little is shared, or two items share as much."""
    weights: dict[str, dict[str, float]] = known.once("likeness", _weights)
    found: dict[str, float] = {}
    shared: Counter[str] = Counter()
    for pair in _pairs(said):
        for code, weight in weights.get(pair, {}).items():
            found[code] = found.get(code, 0.0) + weight
            shared[code] += 1
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    if not ranked or ranked[0][1] < _LEAST or shared[ranked[0][0]] < _FEWEST:
        return None
    if len(ranked) > 1 and ranked[0][1] < _MARGIN * ranked[1][1]:
        return None
    return ranked[0][0], tuple(code for code, _weight in ranked[1:4])


def _weights(known: Vocabulary) -> dict[str, dict[str, float]]:
    """What a pair speaks for: names and everyday words most, rare pairs more than common ones."""
    counted: dict[str, dict[str, float]] = {}
    for one in known.services:
        for text, worth in (
            (one.name, 2.0),
            *((word, 2.0) for word in one.synonyms),
            *((text, 1.0) for text in one.texts),
        ):
            for pair in _pairs(text):
                row = counted.setdefault(pair, {})
                row[one.code] = max(row.get(one.code, 0.0), worth)
    many = len(known.services)
    return {
        pair: {code: worth * math.log(many / len(row)) for code, worth in row.items()}
        for pair, row in counted.items()
        if len(row) <= _COMMON
    }
