"""Placing, joining and adding, to the sample and to the bit."""

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import ConfigError, MediaError
from frameloom.effects.sound.ducking import Ducking
from frameloom.effects.sound.fades import Fade, GainKey, gain_curve
from frameloom.effects.sound.mixing import Part, Track, jumps, mix, mix_tracks
from frameloom.media.sound import Sound, silence

RATE = 48_000
EDGE = 240


def constant(samples: int, value: float = 1.0, channels: int = 2) -> Sound:
    return np.full((samples, channels), value, np.float32)


def sine(samples: int, frequency: float = 440.0, level: float = 0.5, phase: float = 0.0) -> Sound:
    wave = level * np.sin(2 * np.pi * frequency * np.arange(samples) / RATE + phase)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def source(*blocks: Sound) -> Callable[[], Iterable[Sound]]:
    return lambda: blocks


def mixed(parts: list[Part], total: int, channels: int = 2) -> Sound:
    return np.concatenate(list(mix(parts, total, channels=channels)))


def hard(start: int, sound: Sound, **settings: object) -> Part:
    """Return a part whose edges are left alone."""
    return Part(start, len(sound), source(sound), soften=False, **settings)  # type: ignore[arg-type]


def test_parts_stand_on_their_sample_and_add_up() -> None:
    out = mixed([hard(5000, constant(3, 0.5)), hard(5002, constant(4000, 0.25))], 10_000)
    expected = silence(10_000)
    expected[5000:5003] += 0.5
    expected[5002:9002] += 0.25
    assert np.array_equal(out, expected)


def test_what_lies_outside_the_mix_is_left_out() -> None:
    ramp = np.arange(100, dtype=np.float32)[:, None].repeat(2, axis=1)
    out = mixed([hard(-30, ramp), hard(90, ramp), hard(-200, ramp), hard(300, ramp)], 100)
    assert out[:70, 0].tolist() == list(range(30, 100))
    assert out[90:, 0].tolist() == list(range(10))


def test_no_parts_are_silence_of_the_right_length() -> None:
    assert mixed([], 10_001).shape == (10_001, 2)
    assert [len(block) for block in mix([], 10, block=4)] == [4, 4, 2]
    assert list(mix_tracks([], 0)) == []
    assert np.concatenate(list(mix_tracks([], 5000))).shape == (5000, 2)


def test_a_long_source_is_cut_and_a_short_one_ends_softly() -> None:
    out = mixed([Part(0, 600, source(constant(5000)), soften=False)], 1000)
    assert out[:, 0].tolist() == [1] * 600 + [0] * 400
    out = mixed([Part(0, 5000, source(constant(2000)))], 6000)
    assert (out[240:1760] == 1).all()
    assert not out[2000:].any()
    assert 0 < out[1999, 0] < 0.01


def test_gain_curve_pan_and_mute() -> None:
    curve = gain_curve([GainKey(0, -20), GainKey(100, -20)])
    out = mixed([hard(10, constant(50), gain=curve, gain_db=20, pan=-1), hard(10, constant(50), muted=True)], 100)
    assert out[10:60].tolist() == pytest.approx(np.tile([1, 0], (50, 1)))
    assert not out[60:].any()


def test_a_track_shares_gain_by_the_mix_s_samples() -> None:
    track = Track([hard(100, constant(200))], gain=gain_curve([GainKey(0, 0, "hold"), GainKey(150, -20)]), pan=1)
    out = np.concatenate(list(mix_tracks([track, Track([hard(0, constant(400))], muted=True)], 400)))
    assert out[100:150].tolist() == np.tile([0, 1], (50, 1)).tolist()
    assert out[150:300, 1].tolist() == pytest.approx([0.1] * 150)
    track = Track([hard(0, constant(10))], gain_db=-20)
    assert np.concatenate(list(mix_tracks([track], 10)))[:, 0].tolist() == pytest.approx([0.1] * 10)


def test_a_fade_between_different_sounds_keeps_power() -> None:
    """Left and right stand for sounds that have nothing in common: their squares add up to one."""
    left, right = constant(2000), constant(2000)
    left[:, 1], right[:, 0] = 0, 0
    out = mixed([hard(0, left, fade_out=Fade(1000)), hard(1000, right, fade_in=Fade(1000))], 3000)
    assert (out[:3000] ** 2).sum(axis=1).tolist() == pytest.approx([1] * 3000, abs=1e-5)


def test_one_channel_sounds_on_both() -> None:
    assert mixed([hard(0, constant(10, 0.5, channels=1))], 10).tolist() == pytest.approx(np.full((10, 2), 0.5))


def test_a_cut_that_goes_on_is_not_touched() -> None:
    whole = sine(9000)
    parts = [Part(0, 4801, source(whole[:4801]), handle=0), Part(4801, 4199, source(whole[4801:]))]
    assert np.array_equal(mixed(parts, 9000)[300:-300], whole[300:-300])


def loudest_above(sound: Sound, frequency: float) -> float:
    """Return the loudest step of 2 ms, in dB, of what lies above a frequency: what a click shows."""
    spectrum = np.fft.rfft(sound[:, 0])
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) < frequency] = 0
    steps = np.fft.irfft(spectrum, len(sound))[: len(sound) // 96 * 96].reshape(-1, 96)
    return 10 * math.log10(float((steps**2).mean(axis=1).max()))


@pytest.mark.parametrize("handle", [0, EDGE])
def test_a_jump_at_a_join_makes_no_click(handle: int) -> None:
    one, other = sine(4800 + handle, 200), sine(4800, 310, phase=2)
    faded = {"fade_in": Fade(1000), "fade_out": Fade(1000)}
    smooth = [Part(0, 4800, source(one), handle=handle, fade_in=faded["fade_in"])]
    smooth += [Part(4800, 4800, source(other), fade_out=faded["fade_out"])]
    rough = [hard(0, one[:4800], fade_in=faded["fade_in"]), hard(4800, other, fade_out=faded["fade_out"])]
    assert loudest_above(mixed(smooth, 9600), 3000) < loudest_above(mixed(rough, 9600), 3000) - 20


def test_with_a_handle_the_join_keeps_its_loudness() -> None:
    one, other = sine(4800 + EDGE, 2000), sine(4800, 3100, phase=2)
    parts = [Part(0, 4800, source(one), handle=EDGE), Part(4800, 4800, source(other))]
    around = mixed(parts, 9600)[4800:5040]
    assert float((around**2).mean()) == pytest.approx(0.125, rel=0.15)
    assert np.array_equal(mixed(parts, 9600)[300:4800], one[300:4800])


def test_a_cross_fade_is_no_longer_than_half_of_what_follows() -> None:
    parts = [Part(0, 4800, source(constant(4800 + EDGE)), handle=EDGE), Part(4800, 100, source(-constant(100)))]
    out = mixed(parts, 6000)
    assert np.abs(out).max() <= 1
    assert not out[4900:].any()


def test_a_sound_that_begins_in_its_middle_is_faded_in_and_out() -> None:
    out = mixed([Part(100, 5000, source(constant(5000)))], 6000)
    assert out[100, 0] == pytest.approx(math.sin(0.5 / EDGE * math.pi / 2), rel=1e-4)
    assert out[5099, 0] == pytest.approx(out[100, 0], rel=1e-4)
    assert (out[340:4860] == 1).all()


def test_a_sharp_attack_from_nothing_keeps_its_edge() -> None:
    burst = (
        np.random.default_rng(1).standard_normal((2000, 2)).astype(np.float32) * np.exp(-np.arange(2000) / 300)[:, None]
    )
    burst = burst.astype(np.float32) * 0.1
    out = mixed([Part(100, 2000, source(burst))], 3000)
    assert np.array_equal(out[100:1800], burst[:1700])


def test_what_counts_as_a_jump() -> None:
    wave = sine(200, 300)
    assert not jumps(wave[:64], wave[64:128])
    assert jumps(wave[:64], wave[100:164])
    assert jumps(wave[:64], -wave[64:128])
    assert not jumps(silence(64), silence(64))
    assert not jumps(silence(64), constant(64, 4e-4))
    assert jumps(silence(64), constant(64, 0.01))
    assert jumps(wave[:64], wave[64:128][::-1] - wave[127] + wave[64])  # goes on at the same height, but bends


@given(
    st.lists(st.integers(0, 9000), max_size=8),
    st.integers(1, 10_000),
    st.integers(-500, 4500),
    st.integers(200, 4000),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_cutting_changes_no_bit(cuts: list[int], block: int, start: int, length: int, handle: bool) -> None:
    """However sources are cut and blocks are taken, and whatever else is in the mix."""
    one, other = sine(9000, 333), sine(9000, 211, phase=1)

    def tracks(pieces: Callable[[Sound], list[Sound]]) -> list[Track]:
        curve = gain_curve([GainKey(0, -20, "sine"), GainKey(3000, 3)])
        parts = [
            Part(start, length, source(*pieces(one)), gain=curve, pan=0.3, fade_in=Fade(700), handle=EDGE * handle),
            Part(start + length, 2500, source(*pieces(other)), gain_db=-3, fade_out=Fade(900, "exponential")),
        ]
        voice = Part(2000, 3000, source(*pieces(other * np.float32(0.9))))
        return [Track(parts, ducking=Ducking(hold_s=0.01), under=(1,)), Track([voice])]

    whole = np.concatenate(list(mix_tracks(tracks(lambda sound: [sound]), 9000)))
    pieces = list(mix_tracks(tracks(lambda sound: np.split(sound, sorted(cuts))), 9000, block=block))
    assert [len(piece) for piece in pieces[:-1]] == [block] * (len(pieces) - 1)
    assert np.array_equal(np.concatenate(pieces), whole)


def test_parts_are_open_only_while_they_sound() -> None:
    open_now: set[int] = set()
    most = 0

    def opener(number: int) -> Callable[[], Iterator[Sound]]:
        def blocks() -> Iterator[Sound]:
            nonlocal most
            open_now.add(number)
            most = max(most, len(open_now))
            try:
                while True:
                    yield constant(1000)
            finally:
                open_now.discard(number)

        return blocks

    stream = mix([Part(number * 20_000, 20_000, opener(number)) for number in range(20)], 400_000)
    for _ in stream:
        pass
    assert most == 2
    assert not open_now
    stream = mix([Part(0, 20_000, opener(0))], 400_000)
    next(stream)
    assert open_now
    stream.close()  # type: ignore[attr-defined]
    assert not open_now


def test_music_falls_under_a_voice_before_it_begins_and_comes_back() -> None:
    """Down by 20 dB within 0.1 s, 0.1 s ahead; held 0.2 s after; back within 0.4 s."""
    ducking = Ducking(amount_db=20, attack_s=0.1, hold_s=0.2, release_s=0.4, lookahead_s=0.1)
    voice = hard(RATE, sine(RATE, 200))
    music = hard(0, constant(4 * RATE, 0.5))
    tracks = [Track([music], ducking=ducking, under=(1,)), Track([voice], pan=1)]
    left = np.concatenate(list(mix_tracks(tracks, 4 * RATE)))[:, 0] / 0.5
    assert (left[: int(0.89 * RATE)] == 1).all()
    assert left[int(0.95 * RATE)] == pytest.approx(10**-0.5, rel=0.02)
    assert left[RATE : int(2.2 * RATE)].tolist() == pytest.approx([0.1] * int(1.2 * RATE), rel=1e-4)
    assert left[int(2.4 * RATE)] == pytest.approx(10**-0.5, rel=0.06)
    assert (left[int(2.63 * RATE) :] == 1).all()
    assert np.abs(np.diff(left)).max() < 0.001


@pytest.mark.parametrize(
    ("tracks", "message"),
    [
        ([Track([Part(0, -1, source())])], r"mix: track 0: part at sample 0: a negative length"),
        ([Track([Part(0, 1, source(), pan=1.5)])], r"mix: track 0: pan 1.5; give -1"),
        ([Track([], under=(0,))], r"mix: track 0: under track 0; give others"),
        ([Track([]), Track([], under=(2,))], r"mix: track 1: under track 2; give others, 0 to 1"),
    ],
)
def test_what_cannot_be_mixed_is_refused(tracks: list[Track], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        mix_tracks(tracks, 10)


def test_a_part_of_other_channels_is_refused() -> None:
    with pytest.raises(MediaError, match=r"mix: a part of 6 channels in a mix of 2; give it as many, or 1"):
        mixed([Part(0, 10, source(silence(10, channels=6)))], 10)
