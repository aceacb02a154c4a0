"""The voices of a live talk: each character has its own where the page leaves it to them."""

from collections.abc import Iterator

from tests.service.talk.babbling import Babbler

from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.voice import voice_of
from frameloom.media.speech.spoken import Manner, Spoken
from frameloom.service.talk.voices import Voices


def test_auto_is_the_characters_own_voice_pitch_and_pace() -> None:
    asked: list[str | None] = []
    manners: list[Manner] = []

    class Noting(Babbler):
        def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
            manners.append(manner)
            yield from super().speak(text, manner)

    def opened(name: str | None, language: str) -> Babbler:
        asked.append(name)
        return Noting()

    looks = load_character("bruno").looks
    own = voice_of(looks)
    Voices(opened).speak("Good evening.", "auto", "en", looks)
    assert asked == [None if own.name == "auto" else own.name]
    assert manners == [Manner(), own.manner]  # to learn how loud it is, and to speak
