"""A turn that somebody recorded: what the mouth does, and when each of its words is said.

recording, words --aligned--> sounds in their times --> a closer track than what is heard, and words
                              not found             --> the network's track, words as near as can be, and a note
"""

from collections.abc import Callable

from frameloom.apps.aligned import aligned
from frameloom.apps.recorded import Mono
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Manner, Spoken, Voice, Word, joined
from frameloom.media.speech.track import track_of
from frameloom.media.visemes import VisemeTrack


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

    def say() -> Spoken:
        return joined(voice().speak(text, Manner(language=language)))

    at = aligned(name, text, sound, language, lambda: heard, say)
    if at.found is not None:
        said = Spoken(sound[:, None], SAMPLE_RATE, at.found.phonemes, at.found.words)
        return said, track_of(said), at.note
    words = tuple(Word(text[one.first : one.stop], one.start, one.end) for one in at.tokens)
    return Spoken(sound[:, None], SAMPLE_RATE, (), words), heard, at.note
