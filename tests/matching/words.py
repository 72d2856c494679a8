"""A small vocabulary for tests of the words: some services, towns and festivals, at NOON of the cast."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from anxin.kit.clock import local
from anxin.matching.engine import words
from anxin.matching.engine.words import Field
from tests.cast import NOON

NOW: datetime = local(NOON)  # Wednesday 2026-03-18, 10:00
KNOWN = words.Vocabulary(
    services=(
        words.Service("0101", "日常保洁", ("打扫", "阿姨", "保洁")),
        words.Service("0102", "深度保洁", ("大扫除", "年底打扫")),
        words.Service("0104", "擦窗", ("擦玻璃",)),
        words.Service("0105", "家电清洗", ("洗空调",)),
        words.Service("0201", "住家保姆", ("保姆", "24小时保姆")),
        words.Service("0203", "钟点工", ("小时工",)),
        words.Service("0204", "家庭餐制作", ("做饭",)),
        words.Service("0301", "月嫂", ("坐月子",)),
        words.Service("0302", "育儿嫂", ("带孩子",)),
        words.Service("0304", "孕产妇营养餐", ("月子餐",)),
        words.Service("0401", "老年照护", ("护工",)),
        words.Service("0403", "助浴", ("洗澡",)),
    ),
    spots=(
        words.Spot("330112", "临安区"), words.Spot("330112006", "锦城街道"), words.Spot("330112106", "太阳镇"),
        words.Spot("330112104", "於潜镇"), words.Spot("330112006008", "万马社区"),
        words.Spot("330112108230", "白牛村委会"), words.Spot("330112108999", "同名村委会"),
        words.Spot("330112106999", "同名村委会"),
    ),
    festivals=(
        ("清明节", (date(2026, 4, 4), date(2026, 4, 5), date(2026, 4, 6))),
        ("国庆节", tuple(date(2026, 10, day) for day in range(1, 8))),
    ),
)  # fmt: skip


def read(text: str, now: datetime = NOW) -> words.Understood:
    return words.understand(text, KNOWN, now)


def first(text: str, field: Field) -> Any:
    """The value as the sentences of the benchmark write it; None if nothing was understood."""
    found = read(text).first(field)
    return None if found is None else str(found)
