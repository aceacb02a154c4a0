"""A text found in a recording of it: when each word is said, and each sound of it.

    recording --network--> what a mouth is heard to do --+--> sounds in their times, and words in theirs
    text --a voice that speaks the language--> sounds ---+
                                                no voice, no network, or another text: words alone, by Whisper, or by
                                                their pauses and syllables, and a note

Where a recogniser is installed for the language, no word is looked for far from where it was heard.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise

from frameloom.apps.recorded import Mono, recogniser_of, word_times
from frameloom.core.errors import FrameloomError
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.alignment import ENOUGH, LONGEST_S, Found, Near, found_in
from frameloom.media.speech.spoken import Spoken, Word
from frameloom.media.speech.tokens import Token, matched
from frameloom.media.visemes import VisemeTrack

_BEFORE_S, _AFTER_S = Fraction(2, 5), Fraction(1, 5)
"""How far from where it was heard a word may stand; recognisers tell them a tenth of a second late."""
_ASTRAY = 0.1
"""By how much less a text fits where its words were heard, if they are taken for their like elsewhere."""
_ALIKE = 0.5
"""Share of the words of a text that a voice must call by what is written for its times to be taken."""


@dataclass(frozen=True)
class Aligned:
    """A text and its times in a recording."""

    tokens: tuple[Token, ...]
    """All pieces of the text."""
    found: Found | None
    """Its sounds, and the words as a voice says them; None where they are not found."""
    note: str
    """What a person should be told."""


def aligned(
    name: str,
    text: str,
    sound: Mono,
    language: str,
    hear: Callable[[], VisemeTrack],
    say: Callable[[], Spoken],
) -> Aligned:
    """Return when a text is said in a recording.

    Args:
        name: of the recording, for people.
        text: what is said in it.
        sound: of it.
        language: that is spoken.
        hear: tells what a mouth is heard to do in it.
        say: lets a voice say the text.
    """
    recogniser = recogniser_of(language)
    tokens, doubt = word_times(name, text, sound[:, None], recogniser)
    near = tokens if recogniser is not None and not doubt else ()
    found = _found(text, sound, hear, say, near)
    if found is None or found.fit < ENOUGH:
        if found is not None and not near:
            doubt = doubt or f"{name}: little of {text[:40]!r} is heard in it; are these its words?"
        return Aligned(tokens, None, doubt)
    share, told = matched(text, _times(found.words), Fraction(len(sound), SAMPLE_RATE))
    return Aligned(_within(told, found.words) if share >= _ALIKE else tokens, found, "")


def _found(
    text: str, sound: Mono, hear: Callable[[], VisemeTrack], say: Callable[[], Spoken], near: Sequence[Token]
) -> Found | None:
    """Return what of a text is found in a recording; None where no voice says it, or nothing hears it."""
    if len(sound) > LONGEST_S * SAMPLE_RATE:
        return None
    try:
        said, heard = say(), hear()
    except FrameloomError:
        return None
    free = found_in(heard, said)
    if not near:
        return free
    held = found_in(heard, said, _places(said.words, text, near))
    return held if held.fit > free.fit - _ASTRAY else free


def _places(words: Sequence[Word], text: str, near: Sequence[Token]) -> list[Near]:
    """Return from when to when each word of a voice may be said, by the times of the pieces of a text."""
    said = " ".join(word.text for word in words)
    edges = list(accumulate((len(word.text) + 1 for word in words), initial=0))
    _, told = matched(said, [(text[one.first : one.stop], one.start, one.end) for one in near], near[-1].end)
    places = []
    for first, stop in pairwise(edges):
        own = [one for one in told if one.first < stop and one.stop > first] or list(near)
        places.append((own[0].start - _BEFORE_S, own[-1].end + _AFTER_S))
    return places


def _within(tokens: Sequence[Token], words: Sequence[Word]) -> tuple[Token, ...]:
    """Return pieces of a text, none of them before the first word of a voice, nor behind its last."""
    first, last = words[0].start, words[-1].stop
    return tuple(
        replace(one, start=min(max(one.start, first), last), end=min(max(one.end, first), last)) for one in tokens
    )


def _times(words: Sequence[Word]) -> list[tuple[str, Fraction, Fraction]]:
    return [(word.text, word.start, word.stop) for word in words]
