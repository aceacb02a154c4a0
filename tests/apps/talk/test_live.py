"""A character that lives on: it speaks on its sample, hands over smoothly, ends where it is cut, and forgets."""

from fractions import Fraction

import numpy as np
import pytest

from frameloom.apps.talk.live import STEP, Live
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.utterance import BREATH, RATE, ROW, STOP, Utterance, gain_of, utterance_of
from frameloom.media.speech.spoken import Phoneme, Spoken, Word

LOOKS = load_character("kip").looks


def said(count: int = 5, rate: int = 22_050, text: str = "pa.") -> Spoken:
    """ "pa" so many times, 0.1 s each sound, loud throughout."""
    tenth = Fraction(1, 10)
    phonemes = [Phoneme("pa"[n % 2], n * tenth, (n + 1) * tenth) for n in range(2 * count)]
    words = [Word("pa", 2 * n * tenth, (2 * n + 2) * tenth) for n in range(count)]
    times = np.arange(int(2 * count * tenth * rate)) / rate
    sound = (0.3 * np.sin(2 * np.pi * 200 * times)).astype(np.float32)[:, None]
    return Spoken(sound, rate, tuple(phonemes), tuple(words))


def utterance(count: int = 5) -> Utterance:
    return utterance_of(said(count), "pa " * (count - 1) + "pa.")


@pytest.mark.parametrize(
    ("text", "pause"), [("pa pa pa pa pa.", STOP), ("pa pa pa pa pa,", BREATH), ('"pa pa pa pa pa!"', STOP)]
)
@pytest.mark.parametrize("rate", [22_050, 24_000, 16_000])
def test_an_utterance_lasts_until_the_pause_after_it_on_whole_rows(text: str, pause: Fraction, rate: int) -> None:
    made = utterance_of(said(rate=rate), text)
    assert len(made.samples) == (1 + pause) * RATE
    assert len(made.track.weights) * ROW == len(made.samples)
    assert [(word.start, word.stop) for word in made.words] == [(n * 4800, n * 4800 + 4800) for n in range(5)]
    assert "".join(word.text for word in made.words) == text
    assert np.abs(made.samples[: RATE * 9 // 10]).max() == pytest.approx(0.3 * 32767, rel=0.01)
    assert not made.samples[RATE * 101 // 100 :].any()


def test_a_gain_brings_voices_to_one_loudness_and_clips_nothing() -> None:
    loud, soft = said(20), said(20)
    soft = Spoken(soft.sound / 4, soft.rate, soft.phonemes, soft.words)
    assert gain_of(soft) / gain_of(loud) == pytest.approx(4, rel=0.02)
    peaky = soft.sound.copy()
    peaky[100] = 0.9
    assert gain_of(Spoken(peaky, soft.rate, soft.phonemes, soft.words)) * 0.9 <= 1


def test_lips_are_shut_at_each_p_and_open_at_each_a() -> None:
    live, start = Live(LOOKS), 100 * ROW
    live.say(utterance(), start)
    for number in range(5):
        shut = live.at(start + number * 4800 + 1200).mouth
        wide = live.at(start + number * 4800 + 3600).mouth
        assert (shut.press, shut.open) == (1, 0)
        assert wide.open > 0.5
    assert max(live.at(start + away).mouth.open for away in (-RATE, 2 * RATE)) < 1e-4


def test_one_track_is_the_same_in_one_piece_or_two() -> None:
    whole, parts = Live(LOOKS), Live(LOOKS)
    first, second = utterance(3), utterance(4)
    parts.say(first, 0)
    parts.say(second, len(first.samples))
    whole.say(first, 0)
    before = [whole.at(sample) for sample in range(0, RATE // 2, STEP)]
    whole.say(second, len(first.samples))
    assert [whole.at(sample) for sample in range(0, RATE // 2, STEP)] == before
    assert [whole.at(n) for n in range(0, 3 * RATE, STEP)] == [parts.at(n) for n in range(0, 3 * RATE, STEP)]


def test_nothing_moves_by_a_jump() -> None:
    live = Live(LOOKS)
    live.say(utterance(12), 0)
    live.cut(RATE)
    live.say(utterance(5), 27_120)
    fine = STEP // 8
    poses = [live.at(sample) for sample in range(0, 3 * RATE, fine)]
    for name in ("yaw", "pitch", "roll", "lean", "shrug"):
        assert max(np.abs(np.diff([getattr(pose, name) for pose in poses]))) < 0.02, name
    assert max(np.abs(np.diff([pose.right.x for pose in poses]))) < 8


def test_after_a_cut_the_mouth_is_shut_and_nothing_more_is_said() -> None:
    live = Live(LOOKS)
    live.say(utterance(10), 0)
    live.cut(9600)
    assert live.at(9600 + RATE // 10).mouth.open < 0.05
    assert all(live.at(sample).mouth.open < 0.05 for sample in range(9600 + RATE // 10, 3 * RATE, STEP))
    live.say(utterance(2), 12_000)
    assert live.at(12_000 + 3600).mouth.open > 0.5


def test_what_is_said_in_advance_is_kept_and_can_be_cut() -> None:
    live, piece = Live(LOOKS), utterance(10)
    for number in range(8):
        live.say(piece, number * len(piece.samples), now=0)
    assert live.at(1200).mouth.press == 1
    assert live.at(6 * len(piece.samples) + 3600).mouth.open > 0.5
    live.cut(9600)
    assert live.at(3600).mouth.open > 0.5
    assert live.at(14_400 + 3600).mouth.open < 0.05
    live.say(piece, 12_000, now=9600)
    assert live.at(12_000 + 3600).mouth.open > 0.5


def test_what_comes_before_the_end_or_off_the_rows_is_refused() -> None:
    live = Live(LOOKS)
    live.say(utterance(3), 0)
    with pytest.raises(ValueError, match="sample 4800: begins no row, or comes before the end"):
        live.say(utterance(3), 4800)
    with pytest.raises(ValueError, match="sample 48001: begins no row"):
        live.say(utterance(3), 48_001)


def test_ten_minutes_of_talking_take_no_more_memory_than_one() -> None:
    live, start = Live(LOOKS), 0
    piece = utterance(10)
    sizes = []
    while start < 600 * RATE:
        live.say(piece, start)
        shut = live.at(start + 4800 * 3 + 1200).mouth
        assert shut.press == 1, start
        start += len(piece.samples)
        assert live.behaviour.curves is not None
        sizes.append(len(live.behaviour.curves.values))
    assert max(sizes) < 100 * 10
    assert len(live.behaviour.phrases) < 12


def test_who_types_is_looked_at_and_a_mood_comes_gently() -> None:
    live = Live(load_character("ada").looks, seed=1)
    aside = [live.at(sample).gaze_x for sample in range(0, 20 * RATE, STEP)]
    for second in range(20):
        live.attend(second * RATE)
    looking = [live.at(sample).gaze_x for sample in range(RATE, 20 * RATE, STEP)]
    assert max(map(abs, aside)) > 0.2
    assert max(map(abs, looking)) < 0.01
    assert len(live.behaviour.listening) == 1
    live.feel("sad", 30 * RATE)
    before, after = live.at(30 * RATE).face.smile, live.at(31 * RATE).face.smile
    assert before > 0.2 > 0 > after
    live.feel(None, 32 * RATE)
    assert live.at(33 * RATE).face.smile == pytest.approx(before, abs=1e-6)


def test_a_gesture_on_cue_takes_the_place_of_others_and_a_mood_may_be_meant_for_later() -> None:
    live = Live(LOOKS, mood="neutral")
    calm = live.at(RATE)
    live.act("both", RATE)
    assert live.at(2 * RATE).left != calm.left
    live.feel("happy", 4 * RATE)
    assert live.at(3 * RATE).face.smile == pytest.approx(calm.face.smile, abs=0.05)
    assert live.at(6 * RATE).face.smile > calm.face.smile + 0.2
    live.cut(3 * RATE)
    assert live.at(6 * RATE).face.smile == pytest.approx(calm.face.smile, abs=0.05)
    live.feel("happy", 5 * RATE)
    live.feel(None, 4 * RATE)
    assert [change.mood for change in live.behaviour.moods] == ["neutral"] + [live.looks.manner.mood] * (
        live.looks.manner.mood != "neutral"
    )
