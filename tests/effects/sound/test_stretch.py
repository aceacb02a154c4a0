"""Pitch stays, onsets stand where the map puts them, length is exact, cuts change nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.effects.sound.stretch import stretch
from frameloom.effects.sound.timemap import SpeedKey, TimeMap, ramp, steady
from frameloom.media.sound import Sound, silence

RATE = 48_000
SPEEDS = [0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0]


def stretched(sound: Sound, time_map: TimeMap, samples: int, cuts: list[int] | None = None) -> Sound:
    blocks = list(stretch(np.split(sound, sorted(cuts or [])), time_map, samples))
    return np.concatenate(blocks) if blocks else silence(0)


def sine(frequency: float, samples: int) -> Sound:
    wave = 0.5 * np.sin(2 * np.pi * frequency * np.arange(samples) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def clicks(places: list[int], samples: int, noise: float = 0.0) -> Sound:
    """Return short bursts, each decaying within 3 ms."""
    rng = np.random.default_rng(0)
    sound = rng.standard_normal((samples, 2)) * noise
    for place in places:
        sound[place : place + 400] += rng.standard_normal((400, 1)) * np.exp(-np.arange(400) / 40)[:, None] * 0.5
    return sound.astype(np.float32)


def bursts_in(sound: Sound) -> list[int]:
    """Return where it gets loud after 8 ms below."""
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 0.12)
    return loud[np.diff(loud, prepend=-(10**6)) > 384].tolist()


def frequency_of(sound: Sound) -> float:
    """Return the highest peak of the spectrum in Hz, to 0.02 Hz."""
    wave = sound[4800:-4800, 0]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 21))
    return float(np.argmax(spectrum)) * RATE / (1 << 21)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("frequency", [110, 440.3, 3001])
def test_a_sine_keeps_its_frequency_and_level(frequency: float, speed: float) -> None:
    samples = int(RATE / speed) + 20_000
    out = stretched(sine(frequency, int(RATE + 25_000 * speed)), steady(speed), samples)
    assert len(out) == samples
    assert frequency_of(out) == pytest.approx(frequency, rel=0.005)
    steady_part = out[4800:-4800, 0].astype(np.float64)
    spectrum = np.fft.fft(steady_part)
    spectrum[len(spectrum) // 2 :] = 0
    envelope = np.abs(np.fft.ifft(2 * spectrum))[1000:-1000]
    assert envelope.min() > 0.5 * 10 ** (-1 / 20)  # no warble: within 1 dB


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("speed", SPEEDS)
def test_a_click_is_heard_once_and_in_its_place(speed: float, noise: float) -> None:
    places = list(range(10_000, 190_000, 17_001))
    found = bursts_in(stretched(clicks(places, 200_000, noise), steady(speed), int(200_000 / speed)))
    assert len(found) == len(places)
    assert np.abs(np.array(found) - np.array(places) / speed).max() < 0.002 * RATE


def test_clicks_follow_a_ramp() -> None:
    """From half to triple speed: found through the map, each click is where it was."""
    time_map = ramp([SpeedKey(0, 0.5), SpeedKey(96_000, 3)])
    places = list(range(5000, 160_000, 15_500))
    found = np.array(bursts_in(stretched(clicks(places, 168_000), time_map, 96_000)))
    assert np.abs(time_map(found.astype(np.float64)) - places).max() < 0.005 * RATE


def test_a_voice_keeps_its_spectrum() -> None:
    """Pulses of a glottis through two formants, in syllables: bands of the long spectrum stay within 1.5 dB."""
    seconds = 3
    time_s = np.arange(RATE * seconds) / RATE
    phase = np.cumsum(120 + 15 * np.sin(2 * np.pi * 0.7 * time_s)) / RATE
    spectrum = np.fft.rfft(np.diff(np.floor(phase), prepend=0))
    frequency = np.fft.rfftfreq(len(time_s), 1 / RATE)
    for formant, width in ((600, 120), (1500, 180)):
        spectrum = spectrum / (1 + ((frequency - formant) / width) ** 2) ** 0.5
    wave = np.fft.irfft(spectrum) * (0.55 + 0.45 * np.sin(2 * np.pi * 3 * time_s))
    voice = np.stack([wave, wave], axis=1).astype(np.float32) * 10

    def bands_db(sound: Sound) -> np.ndarray:
        frames = np.lib.stride_tricks.sliding_window_view(sound[:, 0], 2048)[::512] * np.hanning(2048)
        power = (np.abs(np.fft.rfft(frames, axis=1)) ** 2).mean(axis=0)
        return 10 * np.log10([power[low : low + 12].mean() for low in range(4, 100, 12)])

    for speed in (0.6, 1.5):
        out = stretched(voice, steady(speed), int(len(voice) / speed))
        assert np.abs(bands_db(out) - bands_db(voice)).max() < 1.5


@pytest.mark.parametrize("speed", [0.5, 1.7])
def test_soft_passages_are_not_passed_over_for_loud_ones(speed: float) -> None:
    """Noise that swells 12 times a second keeps its power within 1 dB."""
    noise = np.random.default_rng(5).standard_normal((3 * RATE, 1)) * 0.1
    swell = (0.5 - 0.5 * np.cos(2 * np.pi * 12 * np.arange(3 * RATE) / RATE)) ** 2
    sound = (noise * swell[:, None]).astype(np.float32)
    out = stretched(sound, steady(speed), int(3 * RATE / speed))
    assert abs(10 * np.log10((out**2).mean() / (sound**2).mean())) < 1


@pytest.mark.parametrize("growth_db", [60, -60])
def test_a_swelling_tone_is_not_read_ahead(growth_db: float) -> None:
    """At 60 dB a second, 6 ms are 0.36 dB: what is louder must not count as more alike."""
    time_s = np.arange(RATE) / RATE
    level_db = growth_db * (time_s - (growth_db > 0))
    tone = np.sin(2 * np.pi * 400 * time_s) * 10 ** (level_db / 20)
    out = stretched(tone[:, None].astype(np.float32), steady(0.5), 2 * RATE)[:, 0]
    found_db = 10 * np.log10((out.reshape(-1, 480) ** 2).mean(axis=1) + 1e-20)
    expected_db = 10 * np.log10((tone.reshape(-1, 240) ** 2).mean(axis=1) + 1e-20)
    assert abs(float(np.median((found_db - expected_db)[20:-20]))) < 0.36


def test_normal_speed_changes_nothing() -> None:
    sound = clicks([5000, 9000], 20_000, noise=0.1)
    assert np.allclose(stretched(sound, steady(1), 20_000), sound, atol=1e-6)


@given(st.lists(st.integers(0, 20_000), max_size=6), st.floats(0.3, 3.5))
@settings(max_examples=15, deadline=None)
def test_cutting_changes_no_bit(cuts: list[int], speed: float) -> None:
    sound = clicks([3000, 11_000], 20_000, noise=0.1)
    samples = int(20_000 / speed)
    assert np.array_equal(stretched(sound, steady(speed), samples, cuts), stretched(sound, steady(speed), samples))


@given(st.integers(0, 3000), st.floats(0.25, 4))
@settings(max_examples=15, deadline=None)
def test_the_length_is_exact(samples: int, speed: float) -> None:
    assert len(stretched(sine(440, 5000), steady(speed), samples)) == samples


def test_after_the_end_of_the_source_comes_silence() -> None:
    out = stretched(sine(440, 10_000), steady(2), 20_000)
    assert not out[6500:].any()


@pytest.mark.parametrize("speed", [0.0, 0.1, 8.5, 100.0])
def test_beyond_its_range_it_is_silent(speed: float) -> None:
    assert not stretched(sine(440, 60_000), steady(speed), 5000)[700:].any()


def test_a_stand_still_between_two_passages() -> None:
    keys = [(0, 1), (9600, 1), (9601, 0), (19_200, 0), (19_201, 1)]
    out = stretched(sine(440, 40_000), ramp([SpeedKey(*key) for key in keys]), 28_800)
    level = np.sqrt((out.reshape(-1, 480, 2) ** 2).mean(axis=(1, 2)))
    assert level[[5, 15, 45, 55]].tolist() == pytest.approx([0.3535] * 4, rel=0.02)
    assert not level[23:37].any()


def test_opposite_channels_are_not_taken_for_silence() -> None:
    sound = sine(440, 60_000) * np.array([1, -1], np.float32)
    out = stretched(sound, steady(1.5), 40_000)
    assert np.array_equal(out[:, 0], -out[:, 1])
    assert np.sqrt((out[5000:35_000] ** 2).mean()) == pytest.approx(0.3535, rel=0.02)


def test_no_sound_gives_none() -> None:
    assert len(stretched(silence(0), steady(1), 0)) == 0
    assert list(stretch([], steady(1), 100)) == []


def test_memory_does_not_grow() -> None:
    """The source is asked for no further than the result needs it."""
    taken = 0

    def blocks():  # type: ignore[no-untyped-def]
        nonlocal taken
        while True:
            taken += 4800
            yield clicks([100], 4800)

    stream = stretch(blocks(), steady(2), RATE * 60)
    given_samples = sum(len(next(stream)) for _ in range(40))
    assert taken < 2 * given_samples + RATE
    stream.close()
