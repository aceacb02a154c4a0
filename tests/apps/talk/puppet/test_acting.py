from fractions import Fraction

import numpy as np
import pytest

from frameloom.apps.talk.puppet.acting import MOUTHS, act
from frameloom.media.visemes import VISEMES, VisemeTrack


def track_of(*spans: tuple[str, int]) -> VisemeTrack:
    rows = [VISEMES.index(name) for name, count in spans for _ in range(count)]
    weights = np.eye(15, dtype=np.float32)[rows]
    return VisemeTrack(weights, np.where(np.array(rows) == 0, 0, 0.7).astype(np.float32))


def test_each_viseme_has_a_mouth() -> None:
    assert tuple(MOUTHS) == VISEMES


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_there_is_an_expression_for_each_picture(rate: Fraction) -> None:
    track = track_of(("sil", 33), ("aa", 70))
    assert len(list(act(track, rate, 0))) == -(-Fraction(103, 100) * rate // 1)


def test_silence_keeps_the_mouth_of_the_portrait() -> None:
    for one in act(track_of(("sil", 200)), Fraction(25), 3):
        assert one.speech == one.jaw == one.press == 0


def test_a_short_p_between_vowels_shuts_the_lips() -> None:
    track = track_of(("sil", 20), ("aa", 30), ("PP", 8), ("aa", 30), ("sil", 20))
    expressions = list(act(track, Fraction(100), 0))
    jaws = np.array([one.jaw for one in expressions])
    closing = 54 - 4  # the middle of the p, a lead earlier
    assert jaws[30:46].max() > 0.6
    assert jaws[closing - 2 : closing + 3].min() < 0.12
    assert max(one.press for one in expressions[closing - 3 : closing + 4]) > 0.4
    assert all(one.speech > 0.95 for one in expressions[30:75])


def test_louder_speech_opens_further() -> None:
    quiet, loud = track_of(("aa", 100)), track_of(("aa", 100))
    quiet.intensity[:], loud.intensity[:] = 0.1, 0.9
    assert list(act(loud, Fraction(25), 0))[12].jaw > 1.5 * list(act(quiet, Fraction(25), 0))[12].jaw


def test_a_seed_fixes_everything_and_another_changes_it() -> None:
    track = track_of(("aa", 600))
    one, same, other = (list(act(track, Fraction(25), seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    lids = np.array([expression.lid_left for expression in one])
    assert lids.min() == 0
    assert lids.max() > 0.9  # it blinks within six seconds
    assert max(abs(expression.yaw) for expression in one) < 0.6
