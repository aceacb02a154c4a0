"""English as it is spoken: numbers, per cent and money in words, so that a voice tells each word's own time.

>>> aloud("By 2026, 42% of 1,250 roads — for $3.")
'By twenty twenty six, forty two percent of one thousand two hundred and fifty roads, for three dollars.'
"""

import re

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ("", " thousand", " million", " billion", " trillion")
_MONEY = {"$": "dollar", "€": "euro", "£": "pound"}
_SUMS = r"thousand|million|billion|trillion"
_NUMBER = re.compile(
    rf"(?<![\w.,:])(?P<sign>[-\u2212])?(?P<money>[$€£])?(?P<whole>\d{{1,3}}(?:,\d{{3}})+|\d{{1,15}})"
    rf"(?:\.(?P<part>\d{{1,9}}))?(?:(?P<percent>\s?%)|(?P<sum>\s(?:{_SUMS}))|(?P<end>st|nd|rd|th))?(?!\w|[.,:]\d)"
)
_DASH = re.compile(r"\s+[\u2013\u2014-]{1,3}\s+")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip


def aloud(text: str) -> str:
    """Return a text without digits and lone dashes."""
    return _NUMBER.sub(_said, _DASH.sub(", ", text))


def _said(found: re.Match[str]) -> str:
    whole, part = found["whole"], found["part"]
    is_year = len(whole) == 4 and "1100" <= whole < "2100" and not (part or found["money"] or found["percent"])
    words = year_of(whole) if is_year and not found["end"] else amount(int(whole.replace(",", "")))
    if found["end"]:
        words = ordinal(words)
    if part:
        words += f" point {digit_by_digit(part)}"
    words = f"minus {words}" if found["sign"] else words
    words += (found["sum"] or "") + (" percent" if found["percent"] else "")
    if found["money"]:
        words += f" {_MONEY[found['money']]}" + ("" if words == "one" else "s")
    return words


def year_of(digits: str) -> str:
    """Return a year of four digits as it is said."""
    first, last = int(digits[:2]), int(digits[2:])
    if first == 20 and last < 10:
        return amount(int(digits))
    tail = "hundred" if last == 0 else f"oh {_SMALL[last]}" if last < 10 else amount(last)
    return f"{amount(first)} {tail}"


def amount(number: int) -> str:
    """Return a number in words.

    >>> amount(1_000_412)
    'one million four hundred and twelve'
    """
    if number == 0:
        return _SMALL[0]
    groups: list[str] = []
    for place in range(len(_GROUPS) - 1, -1, -1):
        group = number // 1000**place % 1000
        if group:
            glue = "and " if place == 0 and groups and group < 100 else ""
            groups.append(f"{glue}{_hundreds(group)}{_GROUPS[place]}")
    return " ".join(groups)


def digit_by_digit(digits: str) -> str:
    """Return digits as words, one by one."""
    return " ".join(_SMALL[int(digit)] for digit in digits)


def _hundreds(number: int) -> str:
    head = f"{_SMALL[number // 100]} hundred" if number >= 100 else ""
    rest = number % 100
    tail = _SMALL[rest] if rest < 20 else (_TENS[rest // 10] + (f" {_SMALL[rest % 10]}" if rest % 10 else ""))
    return head if head and not rest else f"{head} and {tail}" if head else tail


def ordinal(words: str) -> str:
    """Return a number in words as one that counts: twenty first."""
    *most, last = words.split()
    last = _ORDINALS.get(last, last[:-1] + "ieth" if last.endswith("y") else f"{last}th")
    return " ".join([*most, last])
