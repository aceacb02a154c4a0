"""Chinese as it is read aloud: figures, units and signs in numerals.

    written   增长了 | 3.5%         | ，  气温 | 98℃
    spoken    增长了 | 百分之三点五 | ，  气温 | 九十八摄氏度

Sources: GB/T 15835-2011 for numerals, and common use.
"""

from frameloom.media.speech.reading import Piece, Reader, Rules

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "兆")
_CURRENCIES = {"¥": "元", "￥": "元", "$": "美元", "€": "欧元", "£": "英镑"}
_UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "km²": "平方公里", "m²": "平方米", "m³": "立方米",
    "㎡": "平方米", "℃": "摄氏度", "°C": "摄氏度", "°": "度", "km": "公里", "cm": "厘米",
    "mm": "毫米", "kg": "公斤", "mg": "毫克", "ml": "毫升", "mL": "毫升", "kWh": "千瓦时",
    "kW": "千瓦", "m": "米", "g": "克", "L": "升", "t": "吨", "h": "小时", "min": "分钟", "s": "秒",
}  # fmt: skip
_MEASURES = "个位次天年人件台只条张倍块名家座种本层步杯瓶支匹秒分点"
_SIGNS = {"+": "加", "-": "减", "−": "减", "×": "乘", "*": "乘", "÷": "除以", "=": "等于"}
_AMOUNT = r"\d[\d,]*(?:\.\d+)?"
_RULES: Rules = (
    (r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)", lambda m: _date(*m.groups())),
    (r"(?<!\d)(?:1\d{10}|0\d{2,3}-\d{7,8}|[48]00-\d{3}-\d{4})(?!\d)", lambda m: _telephone(m[0])),
    (r"(?<!\d)(\d{1,2})[:：]([0-5]\d)(?!\d)", lambda m: _clock(m[1], m[2])),
    (r"(?<!\d)(\d{1,3})[:：](\d{1,3})(?!\d)", lambda m: f"{_number(m[1])}比{_number(m[2])}"),
    (r"(?<!\d)(\d{1,4})/(\d{1,4})(?![\d/])", lambda m: f"{_number(m[2])}分之{_number(m[1])}"),
    (rf"([¥￥$€£])\s?({_AMOUNT})([万亿]?)", lambda m: _number(m[2]) + m[3] + _CURRENCIES[m[1]]),
    (rf"({_AMOUNT})\s?([%％‰])", lambda m: ("千" if m[2] == "‰" else "百") + "分之" + _number(m[1])),
    (rf"({_AMOUNT})\s?({'|'.join(_UNITS)})(?![A-Za-z])", lambda m: _number(m[1]) + _UNITS[m[2]]),
    (r"(\d{4})(?=年)", lambda m: _spelled(m[1])),
    (rf"(?<![\d.])2(?=[{_MEASURES}]|小时|公里|公斤)(?!年[\u5ea6代])", lambda m: "两"),
    (r"(?<=\d)\s?[-–~～](?=\s?\d+(?:\.\d+)?\s?[\u4e00-\u9fff])", lambda m: "到"),
    (r"(?<=\d)\s?[-+−×*÷=]\s?(?=\d)", lambda m: _SIGNS[m[0].strip()]),
    (r"(?<![\w.])[-−](?=\d)", lambda m: "负"),
    (_AMOUNT, lambda m: _number(m[0])),
)
"""What is written, and how it is read; the first that fits."""
_READER = Reader(_RULES)


def read_aloud(text: str) -> list[Piece]:
    """Return text in pieces, figures and signs apart.

    >>> "".join(piece.spoken for piece in read_aloud("2026年有105个，3.14，007，涨3.5%，¥59，12:30，1/3"))
    '二零二六年有一百零五个，三点一四，零零七，涨百分之三点五，五十九元，十二点三十分，三分之一'
    """
    return _READER.pieces(text)


def _date(year: str, month: str, day: str) -> str:
    return f"{_spelled(year)}年{_number(month.lstrip('0') or '0')}月{_number(day.lstrip('0') or '0')}日"


def _clock(hour: str, minute: str) -> str:
    said = f"{_number(str(int(hour)))}点"
    if minute == "00":
        return f"{said}整"
    return said + ("零" if minute[0] == "0" else "") + f"{_number(str(int(minute)))}分"


def _telephone(number: str) -> str:
    return "，".join(_spelled(part).replace("一", "幺") for part in number.split("-"))


def _number(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    said = _spelled(whole) if (whole[0] == "0" and len(whole) > 1) or len(whole) > 16 else _amount(whole)
    return said + ("点" + _spelled(part) if part else "")


def _spelled(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _amount(digits: str) -> str:
    if int(digits) == 0:
        return _DIGITS[0]
    groups = [digits[max(end - 4, 0) : end] for end in range(len(digits), 0, -4)]
    said = ""
    for number, group in reversed(list(enumerate(groups))):
        if int(group) == 0:
            continue
        gap = said and (group[0] == "0" or (number + 1 < len(groups) and int(groups[number + 1]) == 0))
        said += ("零" if gap else "") + _thousands(group.lstrip("0")) + _GROUPS[number]
    return said.removeprefix("一") if said.startswith("一十") else said


def _thousands(digits: str) -> str:
    """Return 1 to 9999 in numerals."""
    said, gap = "", False
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit == "0":
            gap = True
            continue
        said += ("零" if gap and said else "") + _DIGITS[int(digit)] + _PLACES[place]
        gap = False
    return said
