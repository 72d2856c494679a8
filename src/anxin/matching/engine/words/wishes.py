"""Wishes that may count, and traits of a person that must not (standards: no choosing by sex, age, origin)."""

from __future__ import annotations

import re

from anxin.matching.engine.words.numbers import WHOLE
from anxin.matching.engine.words.pieces import Draft, Field

_N = r"[^,。;!?]"
_JOB = "(?:阿姨|护工|护理员|护士|保姆|师傅|司机|服务员|看护|保洁员?|管家|育儿嫂|陪诊员?|家政员?|钟点工|人)"
# Care of the body: of whose sex the carer is, the one who is cared for may wish.
INTIMATE = {"0401", "0403", "0405", "0501", "0502"}
_SEX = re.compile(
    rf"(?:女性?|男性?)(?:的)?{_JOB}|(?:要|找|是|最好|希望|只要){_N}{{0,3}}(?:女的|男的|女性|男性|女士|女生)"
)
_ASIDE = {
    "age": rf"(?:{WHOLE}(?:到|-|~))?(?:{WHOLE})岁(?:以下|以内|以上|左右)(?!的?(?:孩子|宝宝|老人))|(?:不要|不|别)?(?:超过|大于|高于){WHOLE}岁"
           rf"|{WHOLE}(?:到|-|~){WHOLE}岁|年轻一?点?的?|年纪{_N}{{0,3}}[轻小大]{_N}?(?:,?{WHOLE}岁?以[内下])?|不要太老",
    "origin": r"(?:不要|别要|拒绝)?(?:外地|本地|外省)(?:人|的|阿姨|保姆|师傅)|(?:河南|安徽|江西|东北|四川|贵州|湖南|湖北|山东|江苏|河北|云南|新疆)人|(?:不要|别找|不找)(?:河南|安徽|江西|东北|四川|贵州|湖南|湖北|山东|江苏|河北|云南|新疆)的|老乡",
    "marriage": "结过婚|结婚了的|已婚|未婚|离异|单身|生过孩子|有孩子的阿姨",
    "looks": rf"长得{_N}{{0,5}}|漂亮|好看|颜值|身材{_N}{{0,2}}|形象{_N}{{0,2}}好|胖|苗条|个子{_N}{{0,2}}",
    "zodiac": rf"属相{_N}{{0,6}}|生肖{_N}{{0,4}}|属[鼠牛虎兔龙蛇马羊猴鸡狗猪](?!于)的?|星座",
    "ethnicity": "(?:汉|回|满|藏|苗|壮|彝|维吾尔|蒙古|朝鲜|少数民)族",
    "religion": "信佛|信教|信基督|基督徒|佛教|天主教|伊斯兰|无神论",
}  # fmt: skip
_WISHES = {
    "cheap": "便宜(?:一?点)?|实惠|划算|性价比",
    "experience": rf"(?:{WHOLE}年(?:以上)?(?:的)?(?:工作)?经验)|有(?:过)?(?:相关)?经验|经验{_N}{{0,1}}(?:丰富|足|多)|干过{WHOLE}年|老手|熟练",
    "cert": rf"持证|有证书?|有(?!健康){_N}{{0,3}}证(?!明)|证书|有资格证|资质",
    "tools": rf"(?:自带|带上?|自备){_N}{{0,3}}(?:工具|清洁剂|用品|设备|梯子)|工具{_N}{{0,2}}自[带备]|包工具",
    "pets_ok": "不怕[猫狗](?:毛)?|不怕宠物|喜欢(?:小)?(?:动物|[猫狗])|对(?:猫|狗|宠物)毛?不过敏|能接受(?:宠物|[猫狗])",
    "taste": rf"(?:川|湘|粤|浙|鲁|徽|杭帮|本帮|东北|家常|淮扬|江浙)菜|面食|口味{_N}{{0,3}}|清淡|不吃辣|不要辣|不放辣|少放?油|少放?盐|[喜爱]欢?吃辣|低盐|控糖|无糖|忌口|吃素|素食",
    "dialect": rf"(?:会说|会讲|能听懂|听得懂|能说|说|讲|懂){_N}{{0,1}}(?:本地话|临安话|杭州话|方言|土话)|普通话",
    "same": rf"固定{_N}{{0,4}}(?:同?一个(?:人|阿姨)?|人|阿姨)|(?:一直|都)?{_N}{{0,1}}同一个?(?:人|阿姨|位)?|同一位|不要换人|别换人|长期固定",
    "punctual": "准时|守时|不迟到|按时",
    "careful": "细心|仔细|认真|爱干净|(?<![擦洗扫弄拖])干净(?!衣)|讲卫生|靠谱|负责",
    "quick": "利索|利落|麻利|手脚快|勤快|能干",
    "patient": rf"有?耐心|脾气{_N}{{0,3}}好|温柔|性格{_N}{{0,2}}好|和气",
    "drive": "会开车|能开车|有驾照|开车接",
    "rating": "(?:评价|口碑|评分|好评)[^,。;]{0,2}(?:好|高|多)|五星|好评",
    "near": "离(?:我家?)?(?:得)?近|住得?近|就近|近一点",
    "smoke_free": "不抽烟|不吸烟|没有烟味|无烟",
    "call_first": rf"(?:上门|来|到)(?:之|以)?前{_N}{{0,3}}(?:打|通|联系){_N}{{0,2}}(?:电话)?|提前(?:打电话|联系|电话|通知)|先{_N}{{0,1}}电话{_N}{{0,2}}",
    "invoice": "发票",
}  # fmt: skip
_ASIDES = [(code, re.compile(pattern)) for code, pattern in _ASIDE.items()]
_COMPILED = [(code, re.compile(pattern)) for code, pattern in _WISHES.items()]


def read_aside(draft: Draft) -> None:
    """Traits first: 四十岁以下 is not the age of anybody at home."""
    intimate = bool(draft.services() & INTIMATE)
    for match in _SEX.finditer(draft.left):
        draft.take(
            Field.WISH if intimate else Field.ASIDE, match.start(), match.end(),
            "care_sex" if intimate else "sex", 0.9,
        )  # fmt: skip
    for code, pattern in _ASIDES:
        for match in pattern.finditer(draft.left):
            draft.take(Field.ASIDE, match.start(), match.end(), code, 0.9)


def read(draft: Draft) -> None:
    """Wishes about the work and how it is done."""
    for code, pattern in _COMPILED:
        for match in pattern.finditer(draft.left):
            draft.take(Field.WISH, match.start(), match.end(), code, 0.9)
