"""A turn that somebody recorded: what the mouth does, and when each of its words is said.

    recording --network--> track ----------------------------+--> sounds in their times --> a closer track, words
    words --a voice that speaks the language--> sounds ------+
                                                no voice, or another text: the network's track, words by their
                                                pauses and syllables, and a note

Where a recogniser is installed for the language, no word is looked for far from where it was heard.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from frameloom.apps.recorded import Mono, recogniser_of, word_times
from frameloom.core.errors import FrameloomError
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.alignment import ENOUGH, LONGEST_S, Found, Near, found_in
from frameloom.media.speech.spoken import Manner, Spoken, Voice, Word, joined
from frameloom.media.speech.tokens import Token
from frameloom.media.speech.track import track_of
from frameloom.media.speech.written import spans_of
from frameloom.media.visemes import VisemeTrack

_BEFORE_S, _AFTER_S = Fraction(2, 5), Fraction(1, 5)
"""How far from where it was heard a word may stand; recognisers tell them a tenth of a second late."""


def placed(
    name: str, text: str, sound: Mono, heard: VisemeTrack, language: str, voice: Callable[[], Voice]
) -> tuple[Spoken, VisemeTrack, str]:
    """Return a recording with its words, what the mouth does in it, and what a person should be told.

    Args:
        name: of the recording, for people.
        text: what is said in it.
        sound: of it.
        heard: what the mouth is heard to do.
        language: that is spoken.
        voice: opens a voice that speaks it.
    """
    whole = sound[:, None]
    recogniser = recogniser_of(language)
    tokens, doubt = word_times(name, text, whole, recogniser)
    near = tokens if recogniser is not None and not doubt else ()
    found = _found(text, sound, heard, language, voice, near)
    if found is not None and found.fit >= ENOUGH:
        said = Spoken(whole, SAMPLE_RATE, found.phonemes, found.words)
        return said, track_of(said), ""
    words = tuple(Word(text[one.first : one.stop], one.start, one.end) for one in tokens)
    if found is not None and not near:
        doubt = f"{name}: little of {text[:40]!r} is heard in it; are these its words?"
    return Spoken(whole, SAMPLE_RATE, (), words), heard, doubt


def _found(
    text: str, sound: Mono, heard: VisemeTrack, language: str, voice: Callable[[], Voice], near: Sequence[Token]
) -> Found | None:
    """Return what of a text is found in a recording; None where no voice says it, or it is too long."""
    if len(sound) > LONGEST_S * SAMPLE_RATE:
        return None
    try:
        said = joined(voice().speak(text, Manner(language=language)))
    except FrameloomError:
        return None
    return found_in(heard, said, [_place(span, near) for span in spans_of(text, said.words)] if near else ())


def _place(span: tuple[int, int], near: Sequence[Token]) -> Near:
    """Return from when to when a stretch of a text may be said."""
    own = [one for one in near if one.first < span[1] and one.stop > span[0]] or list(near)
    return own[0].start - _BEFORE_S, own[-1].end + _AFTER_S
