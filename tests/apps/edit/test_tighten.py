import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from frameloom.apps.edit.automatic.spans import Span, merged, total, touches
from frameloom.apps.edit.tighten import CutConfig, TightenConfig, cut, keep, tighten, tightened
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.files.sink import write_media
from frameloom.media.image import from_rgb

RATE = 48_000


def talk(bursts, seconds, seed=0):
    """Return words (tone bursts) over room noise at -60 dB, (N, 2)."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 10 ** (-60 / 20), (int(seconds * RATE), 2))
    time = np.arange(len(sound)) / RATE
    for begin, end in bursts:
        inside = slice(round(begin * RATE), round(end * RATE))
        sound[inside] += 0.3 * np.sin(2 * np.pi * 220 * time[inside])[:, None]
    return sound.astype(np.float32)


def recording(path, bursts, seconds, moving=None):
    """Write a file with words, and with pictures where `moving` says when they move."""
    sound = iter([talk(bursts, seconds)])
    if moving is None:
        write_media(path, None, sound)
        return path
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, (12, 40, 3)).repeat(8, axis=0).repeat(8, axis=1).astype(np.uint8)
    shown, at = [], 0
    for number in range(seconds * 25):
        at += 4 * any(begin <= number / 25 < end for begin, end in moving)
        shown.append(from_rgb(np.ascontiguousarray(np.roll(noise, at, axis=1)[:96, :128])))
    write_media(path, iter(shown), sound, rate=Fraction(25), width=128, height=96)
    return path


def spans_of(timeline):
    return [Span(clip.start, clip.start + clip.duration) for clip in timeline.tracks[0].items]


def test_silence_is_dropped_with_margins(tmp_path):
    path = recording(tmp_path / "talk.wav", [(1, 2), (4, 4.5), (4.7, 5)], 8)
    found = tightened(TightenConfig(input=path))
    expected = [(0.85, 2.2), (3.85, 5.2)]
    kept = [(float(span.begin), float(span.end)) for span in found.kept]
    assert np.allclose(kept, expected, atol=0.021)
    assert spans_of(found.timeline) == list(found.kept)
    assert found.new_duration == total(found.kept)
    assert found.loudness.noise == pytest.approx(-60, abs=1)
    assert -55 < found.loudness.threshold < -20
    assert found.timeline.tracks[0].items[1].reason == f"after {float(found.dull[1].duration):.2f} s of silence"
    first, why, *cuts = found.text().splitlines()
    assert re.fullmatch(r"0:08\.00 -> 0:02\.7\d: 0:05\.\d\d \(66%\) saved, 3 dull parts", first)
    assert re.fullmatch(r"  what is below -\d\d dB is silence \(noise at -60 dB, voice at -13 dB\)", why)
    assert len(cuts) == 3


def test_dull_parts_can_be_sped_up_instead(tmp_path):
    path = recording(tmp_path / "talk.wav", [(1, 2), (4, 5)], 8)
    found = tightened(TightenConfig(input=path, silent_speed=4))
    clips = found.timeline.tracks[0].items
    assert [clip.speed for clip in clips] == [4, 1, 4, 1, 4]
    assert sum(clip.duration * Fraction(clip.speed) for clip in clips) == 8
    assert found.new_duration == total(found.kept) + total(found.dull) / 4


def test_motion_keeps_what_sound_would_drop(tmp_path):
    path = recording(tmp_path / "both.mp4", [(0.5, 1.5)], 6, moving=[(4, 5)])

    def kept(by):
        return [(round(float(a), 1), round(float(b), 1)) for a, b in tightened(TightenConfig(input=path, by=by)).kept]

    (sound,), (motion,) = kept("sound"), kept("motion")
    assert sound == pytest.approx((0.3, 1.7), abs=0.11)
    assert motion == pytest.approx((3.8, 5.4), abs=0.21)
    assert kept("either") == [sound, motion]
    with pytest.raises(MediaError, match="nothing but silence or stillness"):
        kept("both")


def test_cuts_lie_on_whole_pictures(tmp_path):
    path = recording(tmp_path / "both.mp4", [(1.01, 1.5), (3.33, 4.1)], 6, moving=[])
    for span in tightened(TightenConfig(input=path)).kept:
        assert (span.begin * 25).denominator == (span.end * 25).denominator == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.integers(8, 150)), min_size=1, max_size=6), st.integers(0, 9))
def test_no_burst_is_ever_cut(tmp_path_factory, steps, seed):
    bursts, at = [], 0.0
    for pause, length in steps:
        begin = at + pause / 100
        at = begin + length / 100
        bursts.append((begin, at))
    seconds = at + 1
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    write_media(path, None, iter([talk(bursts, seconds, seed)]))
    kept = merged(spans_of(tighten(TightenConfig(input=path))))
    for begin, end in bursts:
        inside = [span for span in kept if span.begin <= begin and end <= span.end]
        assert inside, (begin, end, kept)
    for before, after in pairwise(kept):
        assert not touches([Span(*map(Fraction, burst)) for burst in bursts], before.end, after.begin)


def test_the_rule_by_hand():
    def kept(*lively, rate=None, **settings):
        config = TightenConfig(input="talk.wav", **settings)
        spans = keep([Span(Fraction(a), Fraction(b)) for a, b in lively], config, rate, Fraction(10))
        return [(float(span.begin), float(span.end)) for span in spans]

    assert kept((1, 2)) == [(0.85, 2.2)]
    assert kept((1, 2), ("2.4", 3)) == [(0.85, 3.2)]  # a pause below half a second
    assert kept((1, 2), ("2.6", 3)) == [(0.85, 2.2), (2.45, 3.2)]
    assert kept((1, 2), ("2.9", 3), min_silence=1) == [(0.85, 3.2)]
    assert kept((1, 2), (5, "5.04")) == [(0.85, 2.2)]  # a click
    assert kept(("0.34", 9)) == [(0, 9.2)]  # 0.19 s at the head are not worth a cut
    assert kept(("0.35", "9.61")) == [(0.2, 10)]
    assert kept((1, 2), ("2.54", 3)) == [(0.85, 3.2)]  # nor are they between
    assert kept((1, 2), rate=Fraction(10)) == [(0.8, 2.2)]
    assert kept() == []


def test_pure_silence_and_missing_streams(tmp_path):
    silent = tmp_path / "silent.wav"
    write_media(silent, None, iter([np.zeros((RATE, 2), np.float32)]))
    with pytest.raises(MediaError, match="nothing but silence"):
        tighten(TightenConfig(input=silent))
    with pytest.raises(MediaError, match="no video stream to find motion in"):
        tighten(TightenConfig(input=silent, by="motion"))
    mute = tmp_path / "mute.mp4"
    picture = from_rgb(np.zeros((48, 64, 3), np.uint8))
    write_media(mute, iter([picture] * 10), None, width=64, height=48)
    with pytest.raises(MediaError, match="no sound to find silence in"):
        tighten(TightenConfig(input=mute))


def test_cut_keeps_what_is_asked_for_exactly(tmp_path):
    path = recording(tmp_path / "talk.wav", [(1, 2)], 8)
    timeline = cut(CutConfig(input=path, start="0:01.5", stop=7, remove=["2-2.25", (5, 6)]))
    assert spans_of(timeline) == [(Fraction("1.5"), 2), (Fraction("2.25"), 5), (6, 7)]
    assert timeline.reason == "0:04.25 of 0:08.00 kept"
    kept = cut(CutConfig(input=path, keep=["0:01-0:02", "0:07-0:20"]))
    assert spans_of(kept) == [(1, 2), (7, 8)]
    with pytest.raises(ConfigError, match="nothing is left"):
        cut(CutConfig(input=path, remove=["0-9"]))
    with pytest.raises(ConfigError, match="begin earlier"):
        cut(CutConfig(input=path, start=9))


def test_ranges_are_checked_and_written_as_they_are_read():
    config = CutConfig(input="a.mp4", remove=["1:02-1:03.5"])
    assert config.model_dump(mode="json")["remove"] == ["62-63.5"]
    assert CutConfig.model_validate(config.model_dump(mode="json")) == config
    for wrong, text in (("5", "write it as BEGIN-END"), ("5-4", "end after it begins"), ("a-b", "not a time")):
        with pytest.raises(ValidationError, match=text):
            CutConfig(input="a.mp4", remove=[wrong])
    with pytest.raises(ValidationError, match="is not after start"):
        CutConfig(input="a.mp4", start=3, stop=2)


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("sound", r"nothing but silence by these settings; lower threshold \(-3\d\) with --choose"),
        ("motion", r"nothing but stillness by these settings; lower motion \(0.01\) with --choose"),
        ("both", r"nothing but silence or stillness .*; lower threshold \(-3\d\) or motion \(0.01\) with --choose"),
    ],
)
def test_what_keeps_nothing_names_the_setting_to_lower(tmp_path, by, message):
    path = recording(tmp_path / "still.mp4", [], 3, moving=[])
    with pytest.raises(MediaError, match=message):
        tightened(TightenConfig(input=path, by=by, threshold=-35 if by != "motion" else None))
