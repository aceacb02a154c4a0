"""The words that tell what a part of a film is about: phrases that are said in it and seldom elsewhere.

    "... the Webb Space Telescope in one of the largest clean rooms" --> Webb Space Telescope, largest clean rooms

    worth of a phrase = sum of its words' worths x how often it is said
    worth of a word   = log(1 + parts / parts that hold it); more if it is long

Source of the measure: Sparck Jones, "A statistical interpretation of term specificity", Journal of Documentation, 1972.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

LONGEST = 3
"""Words of a phrase, at most."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_BREAK = re.compile(r"[.,;:!?\u2026\"()\[\]\n]+")
_COMMON_TEXT = """
    a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing done down during each even ever few for from further get gets getting go
    goes going gone got had has have having he her here hers herself him himself his how i if in into is it its itself
    just know let like look made make many may me might mine more most much must my myself never no nor not now of off
    oh ok okay on once one only or other our ours out over own please put really right said same say says see seen she
    should so some something such take than that the their theirs them then there these they thing things think this
    those through to too under until up upon us use very want was way we well went were what when where which while
    who whom whose why will with would yeah yes yet you your yours yourself
    it's i'm i've i'll i'd you're you've you'll we're we've we'll they're they've he's she's that's there's what's
    let's don't doesn't didn't can't couldn't won't wouldn't isn't aren't wasn't weren't hasn't haven't hadn't
    gonna wanna kind lot bit
"""
COMMON = frozenset(_COMMON_TEXT.split())
"""English words that tell nothing."""


def stems(text: str) -> list[str]:
    """Return the words of a text without endings, so that those of one root are alike; common ones are left out.

    >>> stems("The red bicycles were leaning on walls"), stems("He leans a bicycle on the wall")
    (['red', 'bicycl', 'lean', 'wall'], ['lean', 'bicycl', 'wall'])
    """
    return [_stem(word) for word in _words(text) if not _tells_nothing(word)]


def _words(text: str) -> list[str]:
    return [match.group().replace("\u2019", "'") for match in _WORD.finditer(text.lower())]


def _tells_nothing(word: str) -> bool:
    return word in COMMON or (len(word) == 1 and word.isascii() and not word.isdigit())


def _stem(word: str) -> str:
    """Return an English word without its ending."""
    word = word.removesuffix("'s")
    for ending, least in (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3), ("ly", 4), ("e", 4), ("y", 4)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) >= 4 and word[-1] == word[-2] and word[-1] not in "lsz" else word


def telling(texts: Sequence[str], most: int = 2) -> list[list[str]]:
    """Return of each text up to so many phrases that tell what it is about, the most telling first.

    >>> telling(["He fed the small cat. The small cat slept.", "Rain fell on the harbour."], most=1)
    [['small cat'], ['Rain fell']]
    """
    seen = Counter(stem for text in texts for stem in set(stems(text)))
    rarity = {stem: math.log(1 + len(texts) / count) * min(len(stem), 8) / 8 for stem, count in seen.items()}
    return [_best(text, rarity, most) for text in texts]


def _best(text: str, rarity: dict[str, float], most: int) -> list[str]:
    """Return the phrases of a text that are worth most, none with a word of a better one."""
    worths: Counter[tuple[str, ...]] = Counter()
    shown: dict[tuple[str, ...], str] = {}
    for phrase in _phrases(text):
        key = tuple(stems(phrase))
        worths[key] += sum(rarity[stem] for stem in key)  # type: ignore[assignment]
        shown.setdefault(key, phrase)
    chosen: list[tuple[str, ...]] = []
    for key, _ in sorted(worths.items(), key=lambda pair: -pair[1]):
        if len(chosen) < most and not any(set(key) & set(other) for other in chosen):
            chosen.append(key)
    return [shown[key] for key in chosen]


def _phrases(text: str) -> Iterator[str]:
    """Yield every run of up to three telling words that stand side by side, as it is written."""
    for part in _BREAK.split(text):
        run: list[str] = []
        for match in [*_WORD.finditer(part), None]:
            word = match.group() if match else ""
            if word and not _tells_nothing(word.lower().replace("\u2019", "'")):
                run.append(word)
                continue
            for first in range(len(run)):
                for stop in range(first + 1, min(first + LONGEST, len(run)) + 1):
                    yield " ".join(run[first:stop])
            run = []
