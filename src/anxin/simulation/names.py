"""Synthetic names and numbers. County code 330199 belongs to nobody; no number here can be anybody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from anxin.accounts.public import check_uscc, clean_id_number
from anxin.kit import clock
from anxin.kit.errors import Refusal

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余於叶程魏苏吕丁沈任姚卢钟姜崔谭陆汪范金石廖贾夏韦傅方白邹孟熊"
    "秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN_FEMALE = (
    "秀英桂芳玉兰凤珍春梅丽华美娟爱琴淑敏红霞小燕雪莲月娥彩云翠萍金花惠珍巧玲素贞菊香水仙银娣阿娟雅琴"
)
GIVEN_MALE = "建国志强国平永明海波文军伟东德胜新民春生卫东小明金根水根阿兴立新家乐"
RARE_GIVEN = ("䶮", "㛃", "𬱖")
AGENCY_HEADS = (
    "安心", "阳光", "锦城", "苕溪", "天目", "钱王", "青山湖", "玲珑", "好帮手", "暖阳", "家和", "福满",
    "乐居", "康宁", "惠民", "吴越", "爱家", "洁雅", "舒心", "邻里", "春晖", "喜洋洋", "万家", "益康",
    "金管家", "竹海", "双溪", "百顺", "德馨", "瑞安", "恒洁", "美邻", "如意", "昌西", "於潜", "河桥",
    "龙岗", "湍口", "清凉", "太湖源", "高虹", "板桥",
)  # fmt: skip
AGENCY_TAILS = ("家政服务有限公司", "家庭服务有限公司", "家政服务部", "保洁服务有限公司", "养老服务有限公司")
ESTATES = (
    "翡翠花园",
    "锦桥苑",
    "青山人家",
    "万马花城",
    "天目嘉苑",
    "衣锦人家",
    "滨湖小区",
    "吴越公寓",
    "竹林新村",
    "溪畔雅居",
    "钱王府",
    "春天花园",
)


def person_name(rng: Random, *, female: bool) -> str:
    """A common-looking name; one in two hundred holds a rare character, as real lists do."""
    surname = rng.choice(SURNAMES)
    if rng.random() < 0.005:
        return surname + rng.choice(RARE_GIVEN)
    pool = GIVEN_FEMALE if female else GIVEN_MALE
    start = rng.randrange(0, len(pool) - 1, 2)
    return surname + (pool[start : start + 2] if rng.random() < 0.8 else pool[start])


def phone(serial: int) -> str:
    """A mobile number of the synthetic block 199 0000 0000 and up."""
    return f"1990{serial:07d}"


def id_number(rng: Random, serial: int, *, female: bool, youngest: int = 24, oldest: int = 58) -> str:
    """A valid identity number that is nobody's: the rule itself is asked which check character fits."""
    today = clock.local_date(clock.now())
    # Who shares a sequence number was born in another month: no two people draw the same number.
    month = (serial + serial // 450) % 12 + 1
    born = date(today.year - rng.randint(youngest, oldest), month, rng.randint(1, 28))
    sequence = serial % 450 * 2 + (2 if female else 1)
    return _with_check(f"330199{born:%Y%m%d}{sequence:03d}", "0123456789X", _known_number)


def uscc(serial: int, *, sole_trader: bool) -> str:
    """A valid unified social credit code that is nobody's."""
    prefix = f"{'92' if sole_trader else '91'}330199MATE{serial:04d}"
    for inner in "0123456789X":
        code = _with_check(prefix + inner, "0123456789ABCDEFGHJKLMNPQRTUWXY", check_uscc)
        if check_uscc(code).organisation_ok:
            return code
    raise AssertionError("some inner check character always fits")


def _with_check(body: str, alphabet: str, ask: Callable[[str], object]) -> str:
    for last in alphabet:
        try:
            ask(body + last)
        except Refusal:
            continue
        return body + last
    raise AssertionError("some check character always fits")


def _known_number(number: str) -> str:
    return clean_id_number(number, clock.now())
