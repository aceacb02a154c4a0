"""Flite, where the system has it: phonemes in time; one line where it has not."""

import shutil

import numpy as np
import pytest

from frameloom.core.errors import MediaError
from frameloom.media.speech.flite import SPEAKERS, Flite, is_installed
from frameloom.media.speech.phones import mouths
from frameloom.media.visemes import VISEMES

has_it = pytest.mark.skipif(not is_installed(), reason="flite is not installed")


@has_it
@pytest.mark.parametrize("speaker", SPEAKERS)
def test_each_says_what_is_given(speaker: str) -> None:
    spoken = Flite().utter("A happy puppy.", speaker)
    assert [VISEMES[mouth] for one in spoken.phonemes for mouth in mouths(one.ipa)].count("PP") == 3
    times = [time for one in spoken.phonemes for time in (one.start, one.stop)]
    assert times == sorted(times)
    assert times[-1] <= spoken.duration
    assert 0.1 < np.abs(spoken.sound).max() <= 1


@has_it
def test_pace_and_phonemes() -> None:
    slow, quick = (Flite().utter("A happy puppy.", pace=pace) for pace in (0.7, 1.4))
    assert slow.duration > 1.6 * quick.duration
    assert [one.ipa for one in Flite().utter("pau m aa1 p pau", phonemes=True).phonemes] == ["m", "ɑ", "p"]


@has_it
def test_what_it_cannot_say_is_one_line() -> None:
    with pytest.raises(MediaError, match=r"flite: (fails at|says nothing of) .*; give words"):
        Flite().utter("pau", phonemes=True)


def test_where_it_is_missing_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not is_installed()
    with pytest.raises(MediaError, match="flite: not installed; apt-get install flite"):
        Flite().utter("Hello.")
