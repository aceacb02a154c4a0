"""Festival, where the system has it: phonemes in time, in IPA; one line where it, or a voice of it, is missing."""

import shutil

import numpy as np
import pytest

from frameloom.core.errors import MediaError
from frameloom.media.speech import festival
from frameloom.media.speech.phones import is_formless, mouths
from frameloom.media.visemes import VISEMES

has_it = pytest.mark.skipif(not festival.is_installed(), reason="festival is not installed")


@has_it
@pytest.mark.parametrize("speaker", ["kdlpc16k", "itapc16k", "ru", "suopuhe-mv"])
def test_each_says_what_is_given(speaker: str) -> None:
    try:
        text = "mama papa bomba." if festival.SPEAKERS[speaker].language != "ru" else "мама папа бомба."
        spoken, *others = festival.utter([text, text], speaker)
    except MediaError as error:
        pytest.skip(str(error))
    assert len(others) == 1
    through = [mouth for one in spoken.phonemes for mouth in mouths(one.ipa)]
    assert [VISEMES[mouth] for mouth in through].count("PP") >= 2
    assert all(mouths(one.ipa) or is_formless(one.ipa) for one in spoken.phonemes)
    times = [time for one in spoken.phonemes for time in (one.start, one.stop)]
    assert times == sorted(times)
    assert times[-1] <= spoken.duration
    assert 0.05 < np.abs(spoken.sound).max() <= 1


@pytest.mark.parametrize(
    ("speaker", "sign", "ipa"),
    [
        ("kdlpc16k", "axr", "ɚ"), ("kdlpc16k", "pau", ""), ("italp16k", "E1", "ɛ"), ("italp16k", "a1", "a"),
        ("czech-ph", "r~*", "ʃ"), ("czech-ph", "a:", "a"), ("suopuhe-lj", "@:", "æ"), ("ru", "pp", "p"),
    ],
)  # fmt: skip
def test_signs_stand_for_sounds(speaker: str, sign: str, ipa: str) -> None:
    assert festival.SPEAKERS[speaker].ipa(sign) == ipa


@has_it
def test_a_voice_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    strange = festival.Speaker("nobody_at_all", "en-us", package="festvox-nobody")
    monkeypatch.setitem(festival.SPEAKERS, "nobody", strange)
    with pytest.raises(MediaError, match="festival: nobody is not installed; apt-get install festvox-nobody"):
        festival.utter(["Hello."], "nobody")


def test_where_it_is_missing_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not festival.is_installed()
    with pytest.raises(MediaError, match="festival: not installed; apt-get install festival"):
        festival.utter(["Hello."], "kdlpc16k")
