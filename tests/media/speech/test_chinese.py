"""Chinese as it is read aloud: figures in numerals, and nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.media.speech.chinese import read_aloud


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "零"), ("7", "七"), ("10", "十"), ("12", "十二"), ("20", "二十"), ("101", "一百零一"),
        ("110", "一百一十"), ("1001", "一千零一"), ("1010", "一千零一十"), ("10000", "一万"),
        ("10086", "一万零八十六"), ("100000", "十万"), ("1050000", "一百零五万"), ("100000001", "一亿零一"),
        ("1,234", "一千二百三十四"), ("007", "零零七"), ("3.14", "三点一四"), ("2026年", "二零二六年"),
        ("20年", "二十年"), ("3.5%", "百分之三点五"), ("¥59", "五十九元"), ("￥1.2万", "一点二万元"),
        ("98℃", "九十八摄氏度"), ("30km", "三十公里"), ("12:30", "十二点三十分"), ("9:05", "九点零五分"),
        ("12:00", "十二点整"), ("3:2", "三比二"), ("1/3", "三分之一"), ("2026-11-30", "二零二六年十一月三十日"),
        ("13800138000", "幺三八零零幺三八零零零"), ("010-62751234", "零幺零，六二七五幺二三四"),
        ("2个", "两个"), ("2小时", "两小时"), ("12个", "十二个"), ("2年级", "两年级"), ("3-5天", "三到五天"),
        ("-7", "负七"), ("3+5=8", "三加五等于八"), ("GPT-4", "GPT-四"), ("第2", "第二"),
        ("120km/h", "一百二十公里每小时"), ("50 %", "百分之五十"),
        ("12345678901234567", "一二三四五六七八九零一二三四五六七"),
    ],
)  # fmt: skip
def test_chinese_numbers(number: str, said: str) -> None:
    assert "".join(piece.spoken for piece in read_aloud(number)) == said


@given(st.text(alphabet="零一年月0123456789.,:/-%¥℃km +=，。个2", max_size=30))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(piece.written for piece in read_aloud(text)) == text
