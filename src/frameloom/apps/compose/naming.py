"""Which words name which part of a picture, so that it appears when they are said.

parts ("Road to the north") + narration ("... all roads to the north") --beginnings of words--> cues in s
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from frameloom.apps.compose.scenes import SceneConfig, parts
from frameloom.apps.compose.scenes.code import Code
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.speaking import Narration
from frameloom.apps.compose.storyboard import Beat
from frameloom.media.speech.tokens import ends_clause, ends_sentence, is_sign, tokens_of
from frameloom.media.text.words import is_han, words_in

_STEM, _LEAST_STEM = 6, 3
"""Letters by which words count as the same, without these endings."""
_ENDINGS = ("ings", "ing", "ed", "es", "s", "e")


def cues_of(beat: Beat, scene: SceneConfig, narration: Narration | None, lead: Fraction) -> tuple[Fraction, ...]:
    """Return when each part of a scene appears, in s from the begin of its beat; nothing where no words name any."""
    if narration is None:
        return tuple(cue for cue in beat.cues if isinstance(cue, Fraction))
    names = parts(scene)
    given: list[Fraction | None] = [
        cue if isinstance(cue, Fraction) else _named(cue, narration, 0)[0] for cue in beat.cues
    ]
    found: list[Fraction | None] = list(given)
    cursor = 0
    for part in names[len(given) :]:
        time, cursor = _named(part, narration, cursor)
        found.append(time)
    if isinstance(scene, Series):
        found[len(given) :] = _from_their_clauses(found[len(given) :], narration)
    if all(time is None for time in found):
        return ()
    times = [_from_begin(time, at, beat, lead) for at, time in enumerate(found)]
    first = min([lead, *(time for time in times if time is not None)])
    filled = _filled(times, first, lead + narration.duration)
    waits = bool(beat.cues) or _has_heading(scene, names)
    return filled if waits else (Fraction(0), *filled[1:])


def _from_their_clauses(times: Sequence[Fraction | None], narration: Narration) -> list[Fraction | None]:
    """Return, of words' times, when their parts of sentences begin, but for a second picture in the same part."""
    tokens = narration.tokens
    ends = [ends_clause(narration.text[one.first : one.stop]) for one in tokens]
    begins = [one.start for one, is_first in zip(tokens, [True, *ends], strict=False) if is_first]
    result: list[Fraction | None] = []
    last = Fraction(-1)
    for time in times:
        begin = None if time is None else max((one for one in begins if one <= time), default=time)
        result.append(begin if begin is not None and begin > last else time)
        last = result[-1] or last
    return result


def _from_begin(time: Fraction | None, at: int, beat: Beat, lead: Fraction) -> Fraction | None:
    """Return a time of the narration, or one that was given, in s from the begin of the beat."""
    is_given = at < len(beat.cues) and isinstance(beat.cues[at], Fraction)
    return time if time is None or is_given else time + lead


def _has_heading(scene: SceneConfig, names: Sequence[str]) -> bool:
    """Return whether something is seen before the first part: else that does not wait for its words.

    The panel of a listing is nothing to look at without the first lines.
    """
    heading = getattr(scene, "title", "")
    return bool(heading) and heading not in names[:1] and not isinstance(scene, Code)


def _named(part: str, narration: Narration, cursor: int) -> tuple[Fraction | None, int]:
    """Return when a part is named at or after the cursor's word, and the place behind its words."""
    wanted = stems_of(part)
    if not wanted:
        return None, cursor
    if (at := _said_whole(part, narration, cursor)) is not None:
        return narration.tokens[at].start, at + len(tokens_of(part))
    heard = [_stem(narration.text[one.first : one.stop]) for one in narration.tokens]
    best, at, stop = 0.0, -1, cursor
    named: set[str] = set()
    reach = max(3, 2 * len(wanted))
    for place in range(cursor, len(heard)):
        if heard[place] not in wanted:
            continue
        said: dict[str, int] = {}
        for each in range(place, min(place + reach, len(heard))):
            if heard[each] in wanted:
                said.setdefault(heard[each], each)
        weight = sum(len(word) for word in said) / sum(len(word) for word in wanted)
        is_closer = set(said) == named and max(said.values()) + 1 == stop
        if weight > best * 1.25 or is_closer:
            best, at, stop, named = weight, place, max(said.values()) + 1, set(said)
    if at < 0 or best < _ENOUGH:
        return None, cursor
    return narration.tokens[at].start, stop


def _said_whole(part: str, narration: Narration, cursor: int) -> int | None:
    """Return the number of a sentence's first word, where it is said just so at or after the cursor's word."""
    if not ends_sentence(part):
        return None
    starts = {one.first: at for at, one in enumerate(narration.tokens) if at >= cursor}
    found = (starts.get(match.start()) for match in re.finditer(re.escape(part), narration.text))
    return next((at for at in found if at is not None), None)


_ENOUGH = 0.2
"""Share of a part's letters that must be said for it to count as named."""
_COMMON = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "had", "has", "have", "in", "is", "it", "its",
        "of", "on", "or", "our", "that", "the", "their", "this", "to", "was", "we", "were", "with", "you", "your",
        "das", "de", "der", "des", "die", "ein", "eine", "el", "et", "il", "ist", "la", "las", "le", "les", "los",
        "un", "una", "und", "une", "y",
    )
)  # fmt: skip
_COMMON_CHINESE = frozenset(
    (
         "的", "了", "着", "过", "在", "是", "有", "和", "与", "或", "我", "我们", "你", "你们",
         "他", "她", "它", "他们", "这", "这个", "那", "那个", "一", "一个", "个", "不", "没",
         "没有", "就", "都", "也", "还", "很", "最", "更", "到", "说", "要", "去", "来", "会", "能",
         "可以", "把", "被", "从", "对", "为", "让", "给", "上", "下", "里", "中", "大", "小", "多",
         "少", "什么", "怎么",
    )
)  # fmt: skip
"""Words that every text has."""


def stems_of(text: str, *, is_exact: bool = False) -> set[str]:
    """Return what matters of the words of a text: their beginnings, without those that every text has.

    Chinese and Japanese come in single signs, so that differently parted words still meet; Chinese in words if exact.

    >>> sorted(stems_of("老桥在重庆")), sorted(stems_of("老桥在重庆", is_exact=True))
    (['在', '庆', '桥', '老', '重'], ['老桥', '重庆'])
    """
    words = re.findall(r"\w+(?:[.,]\d+)*", text.casefold())
    stems: set[str] = set()
    for word in words:
        if word in _COMMON:
            continue
        if is_exact and is_han(word):
            stems |= {part for part in words_in(word) if part not in _COMMON_CHINESE}
        else:
            stems |= set(word) if is_sign(word) else {_shortened(word)}
    return stems


def _stem(word: str) -> str:
    bare = "".join(re.findall(r"\w+(?:[.,]\d+)*", word.casefold())[:1])
    return bare if is_sign(bare) or bare in _COMMON else _shortened(bare)


def _shortened(word: str) -> str:
    """Return a word without its ending, and no longer than counts.

    >>> {_shortened(word) for word in ("rain", "rains", "rained", "raining")}, _shortened("roads")
    ({'rain'}, 'road')
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)[:_STEM]
    return word[:_STEM]


def _filled(times: Sequence[Fraction | None], begin: Fraction, end: Fraction) -> tuple[Fraction, ...]:
    """Return times that never fall, with those that are missing spread between their neighbours."""
    known = [(-1, begin), *((at, time) for at, time in enumerate(times) if time is not None), (len(times), end)]
    result = [Fraction(0)] * len(times)
    for (one, early), (other, late) in pairwise(known):
        late = max(early, late)
        for at in range(one + 1, min(other, len(times))):
            result[at] = early + (late - early) * Fraction(at - one, other - one)
        if other < len(times):
            result[other] = late
    return tuple(result)
