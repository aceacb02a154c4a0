"""What characters do by themselves: the same at the same time, alive in silence, on the beat of the speech."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.talk.tracks import SENTENCE, track_of

from frameloom.apps.talk.behaviour import MOODS, Behaviour, Listening, MoodChange, still_pose
from frameloom.apps.talk.characterfile import CharacterConfig, MannerConfig, Mood
from frameloom.apps.talk.gestures import GESTURES, Gesture, chance
from frameloom.apps.talk.speaking import Phrase, Stress, phrases_of

LOOKS = CharacterConfig(name="Somebody")
TRACK = track_of(SENTENCE, 3)


@given(st.floats(0, 3600), st.integers(0, 9))
def test_a_pose_depends_on_seed_and_time_only(time: float, seed: int) -> None:
    fresh, used = Behaviour(LOOKS, TRACK, seed=seed), Behaviour(LOOKS, TRACK, seed=seed)
    for earlier in (5.0, 0.1, 700.0):
        used.at(earlier)
    assert fresh.at(time) == used.at(time)


def test_another_seed_is_another_behaviour() -> None:
    assert Behaviour(LOOKS, seed=1).at(4.0) != Behaviour(LOOKS, seed=2).at(4.0)


def test_chance_is_even() -> None:
    drawn = np.array([chance(3, "matter", number) for number in range(4000)])
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert drawn.mean() == pytest.approx(0.5, abs=0.03)
    assert np.abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.06


@pytest.mark.parametrize("rate", [0, 6, 16, 40])
def test_eyes_blink_as_often_as_the_manner_says(rate: int) -> None:
    looks = LOOKS.model_copy(update={"manner": MannerConfig(blinks_per_minute=rate)})
    still = Behaviour(looks, seed=4)
    shut = np.array([still.at(number / 25).blink > 0.5 for number in range(25 * 60)])
    blinks = int((np.diff(shut.astype(int)) == 1).sum())
    assert 0.9 * rate <= blinks <= rate * 1.5 + 1
    if rate:
        assert 0.03 < shut.mean() / (blinks / 60) < 0.4  # seconds that one takes


def test_nothing_jumps_from_picture_to_picture() -> None:
    lively = LOOKS.model_copy(update={"manner": MannerConfig(energy=1, gestures=1)})
    behaviour = Behaviour(lively, TRACK, seed=2, moods=(MoodChange(1.0, "happy"), MoodChange(1.2, "sad")))
    poses = [behaviour.at(number / 100) for number in range(300)]
    turns = np.array([[one.yaw, one.pitch, one.roll, one.lean] for one in poses])
    hands = np.array([[one.left.x, one.left.y, one.right.x, one.right.y] for one in poses])
    assert np.abs(np.diff(turns, axis=0)).max() < 0.06
    assert np.abs(np.diff(hands, axis=0)).max() < 30
    assert np.abs(turns).max() < 0.5


def test_a_mood_comes_gently_and_stays() -> None:
    behaviour = Behaviour(LOOKS, moods=(MoodChange(2.0, "angry"),))
    before, middle, after, late = (behaviour.at(time).face.frown for time in (1.99, 2.25, 2.6, 60.0))
    assert before == pytest.approx(0, abs=0.01)
    assert before < middle < after
    assert after == pytest.approx(late) == pytest.approx(MOODS["angry"].frown * LOOKS.manner.expression)


@pytest.mark.parametrize("mood", list(MOODS))
def test_every_mood_has_a_face_of_its_own(mood: Mood) -> None:
    others = [still_pose(LOOKS, other).face for other in MOODS if other != mood]
    assert still_pose(LOOKS, mood).face not in others


def test_phrases_and_stresses_are_found_where_they_are() -> None:
    track = track_of([("aa", 0.5, 1.0), ("O", 2.0, 2.4)], 3)
    track.intensity[60:75] = 1.0
    first, second = phrases_of(track)
    assert (first.start, first.stop, second.start, second.stop) == (0.5, 1.0, 2.0, 2.4)
    assert len(first.stresses) == 1
    assert first.stresses[0].time == pytest.approx(0.675, abs=0.03)
    assert phrases_of(track_of([], 2)) == ()


def test_hands_come_up_in_speech_and_hang_in_silence() -> None:
    looks = LOOKS.model_copy(update={"manner": MannerConfig(gestures=1)})
    behaviour = Behaviour(looks, TRACK, seed=1)
    assert behaviour.gestures
    highest = min(min(behaviour.at(t).left.y, behaviour.at(t).right.y) for t in np.arange(0.4, 2.4, 0.1))
    assert highest < 340
    assert behaviour.at(60).left == behaviour.at(60).right == Behaviour(looks).at(0).left


@pytest.mark.parametrize("kind", GESTURES)
def test_every_gesture_lifts_a_hand_and_lets_it_go(kind: str) -> None:
    behaviour = Behaviour(LOOKS, gestures=[Gesture(1.0, 3.0, kind)])  # type: ignore[arg-type]
    during, after = behaviour.at(2.0), behaviour.at(3.5)
    assert min(during.left.y, during.right.y) < 320
    assert after.left.y == after.right.y == 640
    mirrored = Behaviour(LOOKS, gestures=[Gesture(1.0, 3.0, kind, left=True)]).at(2.0)  # type: ignore[arg-type]
    assert mirrored.left.y < 330


def test_who_listens_looks_at_who_speaks_and_nods() -> None:
    behaviour = Behaviour(LOOKS, seed=5, listening=(Listening(1.0, 9.0, side=1.0),))
    poses = [behaviour.at(time) for time in np.arange(2.0, 8.5, 0.1)]
    assert min(one.gaze_x for one in poses) > 0.6
    still = [Behaviour(LOOKS, seed=5).at(time).pitch for time in np.arange(2.0, 8.5, 0.1)]
    assert max(one.pitch - other for one, other in zip(poses, still, strict=True)) > 0.05


def test_what_was_said_long_before_is_not_felt() -> None:
    phrases = tuple(
        Phrase(2.0 * n, 2.0 * n + 1.5, (Stress(2.0 * n + 0.3, 0.8), Stress(2.0 * n + 1.2, 0.5))) for n in range(40)
    )
    whole = Behaviour(LOOKS, phrases=phrases, gestures=())
    for time in np.arange(30, 36, 0.05):
        near = [one for one in phrases if one.start - 3 < time < one.stop + 3]
        assert whole.at(float(time)) == Behaviour(LOOKS, phrases=near, gestures=()).at(float(time))
