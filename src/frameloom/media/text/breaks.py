"""Where text may be parted: into clusters that a reader sees as one character, and into lines.

    clusters   👩‍👩‍👧 | e + acute | क् + ष | 🇨🇳
    lines      may break:  "long | time-| out", 中|文, ไทย|เมือง    may not: 中。 「文 10 % e.g. no-break space

Sources: Unicode Standard Annex 29 (clusters) and 14 (lines), revision 42 and 51. Differs from them: white space and
punctuation are judged by their general category and short lists, since Python carries no tables of the properties;
Korean keeps its words whole; Thai, Lao, Khmer and Burmese, which want a dictionary, break before vowels that begin a
syllable, else between clusters.
"""

# ruff: noqa: RUF001 (signs of many scripts are meant as they are)

import unicodedata
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from frameloom.media.text.words import is_han, words_in

Break = Literal["must", "may", "no"]

_ZWJ, _ZWNJ = "\u200d", "\u200c"
SOFT_HYPHEN = "\u00ad"
_NO_START = frozenset(
    "!%,.:;?)]}…‥‰′″℃·、。〃々〆〇〕〗〙〟〻゛゜ゝゞ・ーヽヾァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
    "〉》」』】！％），．：；？］｝～｠｡｣､･ｰﾞﾟ’”»›।॥؟،؛۔፡።፣፤፥፦៖។៕་༌༎"
)
"""What never begins a line (kinsoku shori, JIS X 4051; GB/T 15834)."""
_NO_END = frozenset("([{«‹‘“„‚〈《「『【〔〖〘〚〝（［｛｟｢$£¥€￥¿¡#＄￡")
"""What never ends a line."""
_BREAK_AFTER = frozenset("-\u2010\u2012\u2013\u00ad\u058a\u05be\u0f0b\u1361|/")
_GLUE = frozenset("\u00a0\u202f\u2007\u2011\u2060\ufeff\u034f")
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
"""Written before the consonant that they follow in speech: a syllable begins with them."""
_VISIBLE_SPACES = frozenset(" \t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000\u200b")
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs that go with what follows, such as the Arabic sign of a number."""
_MUST = frozenset("\n\r\v\f\u0085\u2028\u2029")


def clusters_of(text: str) -> list[str]:
    r"""Return the text in parts that a reader takes for one character.

    >>> clusters_of("e\u0301x🇨🇳🇯🇵👩\u200d👧") == ["e\u0301", "x", "🇨🇳", "🇯🇵", "👩\u200d👧"]
    True
    """
    parts: list[str] = []
    flags = 0
    for letter in text:
        is_flag = "\U0001f1e6" <= letter <= "\U0001f1ff"
        joins_flag = is_flag and flags % 2 == 1
        flags = flags + 1 if is_flag else 0
        if parts and (joins_flag or _joins(parts[-1], letter)):
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _joins(before: str, letter: str) -> bool:
    """Return whether a character belongs to the cluster before it (GB3 to GB11)."""
    last = before[-1]
    if last == "\r":
        return letter == "\n"
    if _is_control(last) or _is_control(letter):
        return False
    if _extends(letter):
        return True
    if last == _ZWJ and _is_pictograph(letter):
        return _is_pictograph(before[0])
    if last in _PREPENDED:
        return True
    if _is_virama(last) and unicodedata.category(letter) == "Lo":
        return unicodedata.name(last, "").split(" ")[0] == unicodedata.name(letter, "").split(" ")[0]
    return _joins_hangul(last, letter)


def _joins_hangul(last: str, letter: str) -> bool:
    """Return whether two parts of a Korean syllable go together (GB6 to GB8)."""
    left, right = _hangul(last), _hangul(letter)
    return right in {"L": {"L", "V", "LV", "LVT"}, "LV": {"V", "T"}, "V": {"V", "T"}, "LVT": {"T"}, "T": {"T"}}.get(
        left, ()
    )


def _hangul(letter: str) -> str:
    """Return which parts of a Korean syllable a character holds: leading consonant, vowel, trailing consonant."""
    if "\uac00" <= letter <= "\ud7a3":
        return "LV" if (ord(letter) - 0xAC00) % 28 == 0 else "LVT"
    ranges = (("L", "\u1100", "\u115f"), ("V", "\u1160", "\u11a7"), ("T", "\u11a8", "\u11ff"))
    return next((name for name, first, last in ranges if first <= letter <= last), "")


@lru_cache(maxsize=4096)
def _extends(letter: str) -> bool:
    return (
        unicodedata.category(letter) in {"Mn", "Me", "Mc"}
        or letter in {_ZWJ, _ZWNJ, "\u0e33", "\u0eb3", "\uff9e", "\uff9f"}
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
        or "\U000e0020" <= letter <= "\U000e007f"
    )


@lru_cache(maxsize=4096)
def _is_virama(letter: str) -> bool:
    """Return whether a mark ties the consonants on both its sides together."""
    return unicodedata.combining(letter) == 9 and letter not in "\u0e3a\u0eba\u0bcd\u0f84\u103a"


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Zl", "Zp"} or letter == "\u200b"


def _is_pictograph(letter: str) -> bool:
    if "\U0001f1e6" <= letter <= "\U0001f1ff":
        return False
    return letter >= "\U0001f000" or unicodedata.category(letter) == "So" or letter in {"\u2194", "\u27a1"}


def breaks_of(clusters: list[str]) -> list[Break]:
    """Return for each cluster whether a line may end after it; the last one's end is the text's: "must".

    >>> breaks_of(clusters_of("a b中。")) == ["no", "may", "may", "no", "must"]
    True
    """
    found: list[Break] = []
    for index, before in enumerate(clusters):
        if index + 1 == len(clusters) or before[-1] in _MUST:
            found.append("must")
        else:
            after = clusters[index + 1]
            found.append("may" if _may_break(clusters, index, before, after) else "no")
    return found


def _may_break(clusters: list[str], index: int, before: str, after: str) -> bool:
    if after[0] in _MUST or is_space(after) or before[-1] in _GLUE or after[0] in _GLUE or after[0] == _ZWJ:
        return False
    if after[0] in _NO_START or unicodedata.category(after[0]) in {"Pe", "Pf"}:
        return is_space(before) and after[0] not in ".,:;!?)]}" and after[0] in "“‘«…"
    if is_space(before):
        return not _opens(clusters, index)
    if before[0] in _NO_END or unicodedata.category(before[0]) in {"Ps", "Pi"}:
        return False
    if before[0] in _BREAK_AFTER:
        is_sign = index == 0 or is_space(clusters[index - 1]) or after[0].isdigit()
        return not is_sign
    if _is_east_asian(before) or _is_east_asian(after):
        return not (_is_quote(before) or _is_quote(after) or before[0] == after[0] == "—")
    return after[0] in _LEADING_VOWELS and before[-1] not in _LEADING_VOWELS


def phrase_ends(clusters: list[str], breaks: list[Break]) -> list[Break]:
    """Return the breaks of a text again; in Chinese and Japanese, only those that part no word.

    In Japanese as far as its signs tell: a phrase mostly ends with hiragana, and the next begins with an ideograph or
    katakana: 自転車が|川を|渡る.

    >>> phrase_ends(clusters_of("川を渡る"), breaks_of(clusters_of("川を渡る"))) == ["no", "may", "no", "must"]
    True
    >>> phrase_ends(clusters_of("首日客流"), breaks_of(clusters_of("首日客流"))) == ["no", "may", "no", "must"]
    True
    """
    if is_han(text := "".join(clusters)):
        ends = set(accumulate(map(len, words_in(text))))
        places = accumulate(map(len, clusters))
        return ["no" if may == "may" and place not in ends else may for may, place in zip(breaks, places, strict=True)]
    if not any(_is_hiragana(cluster) for cluster in clusters):
        return breaks
    return [
        "no" if may == "may" and not _ends_phrase(clusters[index], clusters[index + 1]) else may
        for index, may in enumerate(breaks)
    ]


def _ends_phrase(before: str, after: str) -> bool:
    if is_space(before) or unicodedata.category(before[0])[0] in "PS" or unicodedata.category(after[0])[0] in "PS":
        return True
    return _is_hiragana(before) and not _is_hiragana(after)


def _is_hiragana(cluster: str) -> bool:
    return "\u3041" <= cluster[0] <= "\u309f"


_HYPHENATED = frozenset({"LATIN", "CYRILLIC", "GREEK"})
_VOWELS = frozenset("aeiouyаеиоуыэюяαεηιουω")
_LOOKING_BACK = 6
"""Clusters among which a good place to part a word is looked for."""


def takes_hyphen(before: str, after: str) -> bool:
    """Return whether a word that is parted between two clusters shows it by a hyphen.

    >>> takes_hyphen("n", "a"), takes_hyphen("n", "1"), takes_hyphen("中", "文"), takes_hyphen("\u00ad", "a")
    (True, False, False, True)
    """
    if before == SOFT_HYPHEN:
        return True
    return all(one[0].isalpha() and _alphabet(one[0]) in _HYPHENATED for one in (before, after))


@lru_cache(maxsize=4096)
def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def part_word(clusters: list[str], first: int, last: int) -> int:
    """Return where to part a word that is too long: at most `last` clusters in, and nearly so.

    Where a hyphen is written, a consonant before a vowel begins the next line if one is near, as in Do-nau, and two
    letters stay on either side.
    """
    for place in range(last, max(first + 1, last - _LOOKING_BACK), -1):
        near = clusters[place - 1 : place + 2]
        if len(near) == 3 and takes_hyphen(near[0], near[1]) and not _is_vowel(near[1]) and _is_vowel(near[2]):
            return place
    return last


def _is_vowel(cluster: str) -> bool:
    return unicodedata.normalize("NFD", cluster)[0].lower() in _VOWELS


def _opens(clusters: list[str], index: int) -> bool:
    """Return whether the spaces that end here follow an opening bracket, which keeps what it opens."""
    while index >= 0 and is_space(clusters[index]):
        index -= 1
    return index >= 0 and clusters[index][0] in "([{（「『《〈【"


def _is_quote(cluster: str) -> bool:
    return cluster[0] in "\"'“”‘’"


def is_space(cluster: str) -> bool:
    """Return whether a cluster takes room and shows nothing, so that it is dropped at the end of a line."""
    return cluster[0] in _VISIBLE_SPACES or cluster[0] in _MUST


@lru_cache(maxsize=4096)
def _is_east_asian(cluster: str) -> bool:
    """Return whether lines may break on both sides: ideographs, kana, wide signs and emoji."""
    first = cluster[0]
    if "\uac00" <= first <= "\ud7a3" or "\u1100" <= first <= "\u11ff":
        return False
    return unicodedata.east_asian_width(first) in {"W", "F"} or first in "—⸺" or "\U0001f1e6" <= first <= "\U0001f1ff"
