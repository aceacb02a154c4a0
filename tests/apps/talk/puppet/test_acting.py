from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.talk.behaviour import MOODS
from frameloom.apps.talk.curves import TARGETS
from frameloom.apps.talk.pose import Mouth, Pose
from frameloom.apps.talk.puppet.acting import behaviour_of, expression_at, expression_of
from frameloom.apps.talk.puppet.anatomy import LOWER_LIP, UPPER_LIP
from frameloom.apps.talk.puppet.config import PuppetConfig
from frameloom.apps.talk.puppet.expression import REST, Expression
from frameloom.apps.talk.puppet.puppet import Puppet
from frameloom.media.visemes import VISEMES, VisemeTrack

CONFIG = PuppetConfig(portrait=Path("p.jpg"), audio=Path("a.wav"))


def track_of(*spans: tuple[str, int]) -> VisemeTrack:
    rows = [VISEMES.index(name) for name, count in spans for _ in range(count)]
    weights = np.eye(15, dtype=np.float32)[rows]
    return VisemeTrack(weights, np.where(np.array(rows) == 0, 0, 0.7).astype(np.float32))


def film(track: VisemeTrack, **changed: object) -> list[Expression]:
    behaviour = behaviour_of(CONFIG.model_copy(update=changed), track)
    return [expression_at(behaviour, (number + 0.5) / 100) for number in range(len(track.weights))]


def gap(puppet: Puppet, expression: Expression) -> float:
    """How far the middle of the lips is apart, in units."""
    moved = puppet.frame.local(puppet.moved(expression))
    return float(moved[LOWER_LIP[3][5], 1] - moved[UPPER_LIP[3][5], 1])


def test_a_neutral_pose_is_the_portrait() -> None:
    still = expression_of(Pose(face=MOODS["neutral"]), voice=0.0)
    assert still == replace(REST)


def test_silence_keeps_the_mouth_of_the_portrait() -> None:
    for one in film(track_of(("sil", 200)), seed=3):
        assert one.speech == 0
        assert max(abs(one.jaw), abs(one.press), abs(one.upper), abs(one.smile)) < 1e-4


@pytest.mark.parametrize(("name", "mouth"), [(n, m) for n, m in TARGETS.items() if n != "FF"])
def test_lips_part_as_far_as_the_curves_say(puppet: Puppet, name: str, mouth: Mouth) -> None:
    shown = expression_of(Pose(mouth=mouth, face=MOODS["neutral"]))
    pressed = 0.052 * shown.press  # 0.022 and 0.030 units: lips on each other, flattened
    assert gap(puppet, shown) == pytest.approx(max(0.24 * mouth.open - pressed, 0), abs=0.012), name


@pytest.mark.parametrize("jaw", [0.0, 0.2, 0.35])
def test_lips_close_over_a_jaw_that_hangs(puppet: Puppet, jaw: float) -> None:
    shown = expression_of(Pose(mouth=Mouth(jaw=jaw), face=MOODS["neutral"]))
    assert gap(puppet, shown) == pytest.approx(0, abs=0.005)
    chin = puppet.frame.local(puppet.moved(shown))[152] - puppet.frame.local(puppet.moved(Expression(speech=1)))[152]
    assert chin[1] == pytest.approx(min(0.85 * jaw, 1.2 * 0.055 / 0.26375) * 0.235, abs=0.02)


def test_a_short_p_between_vowels_shuts_the_lips_and_the_jaw_takes_its_time(puppet: Puppet) -> None:
    track = track_of(("sil", 20), ("aa", 30), ("PP", 8), ("aa", 30), ("sil", 20))
    shown, behaviour = film(track), behaviour_of(CONFIG, track)
    gaps = np.array([gap(puppet, one) for one in shown])
    assert gaps[30:46].max() > 0.18
    assert gaps[51:57].max() < 0.01
    assert max(one.press for one in shown[51:57]) > 0.7
    assert all(one.speech > 0.95 for one in shown[30:75])
    jaws = np.array([[one.jaw, 0.85 * behaviour.mouth((row + 0.5) / 100).jaw] for row, one in enumerate(shown)])
    slow, quick = np.abs(jaws[4:] - jaws[:-4]).max(axis=0)  # from one picture to the next, at 25 a second
    assert slow < 0.8 * quick


def test_louder_speech_opens_further() -> None:
    quiet, loud = track_of(("aa", 100)), track_of(("aa", 100))
    quiet.intensity[:], loud.intensity[:] = 0.1, 0.9
    assert film(loud)[50].jaw > 1.5 * film(quiet)[50].jaw


def test_a_film_begins_with_the_portrait_and_stays_small() -> None:
    shown = film(track_of(("aa", 600)), energy=1.0)
    for name in ("yaw", "pitch", "roll", "breath", "gaze_x", "gaze_y"):
        amounts = np.array([getattr(one, name) for one in shown])
        assert abs(amounts[0]) < 0.001, name
        assert 0.05 < np.abs(amounts).max() <= 1.05, name


def test_a_seed_fixes_everything_and_another_changes_it() -> None:
    track = track_of(("aa", 600))
    one, same, other = (film(track, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    lids = np.array([expression.lid_left for expression in one])
    assert lids.min() == 0
    assert lids.max() > 0.9  # it blinks within six seconds


@pytest.mark.parametrize(
    ("mood", "name", "sign"),
    [
        ("happy", "smile", 1), ("sad", "smile", -1), ("sad", "frown", -1), ("angry", "frown", 1),
        ("surprised", "brow_left", 1), ("surprised", "lid_left", -1), ("surprised", "jaw", 1),
    ],
)  # fmt: skip
def test_a_mood_shows(mood: str, name: str, sign: int) -> None:
    shown = film(track_of(("sil", 100)), mood=mood)
    assert min(sign * getattr(one, name) for one in shown if one.lid_left < 0.1) > 0.02


def test_one_brow_goes_higher_than_the_other() -> None:
    shown = expression_of(Pose(face=MOODS["thoughtful"]))
    assert shown.brow_right - shown.brow_left == pytest.approx(0.8)
