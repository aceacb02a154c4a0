"""Rows of loudness: the right band, the right scale, and the same in pieces as at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.effects.sound.mel import BANDS, HOP, RATE, MelStream, mel_rows, of_another_throat


def tone(hertz: float, level: float = 0.5, seconds: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def band_of(hertz: float) -> int:
    """Return the band whose middle is nearest, by the formula of the mel."""
    mel = [2595 * np.log10(1 + each / 700) for each in (60.0, 7600.0, hertz)]
    return round((mel[2] - mel[0]) / ((mel[1] - mel[0]) / (BANDS + 1))) - 1


@pytest.mark.parametrize("hertz", [150, 440, 1000, 2500, 6000])
def test_a_tone_is_loudest_in_its_band(hertz: float) -> None:
    assert abs(int(mel_rows(tone(hertz))[25].argmax()) - band_of(hertz)) <= 1


def test_ten_times_the_amplitude_is_half_a_unit() -> None:
    loud, soft = (mel_rows(tone(1000, level))[25] for level in (0.5, 0.05))
    top = int(loud.argmax())
    assert loud[top] - soft[top] == pytest.approx(0.5, abs=0.01)  # 20 dB of the 80 between -1 and 1


def test_silence_is_minus_one_and_no_tone_passes_one() -> None:
    assert mel_rows(np.zeros(RATE, np.float32)) == pytest.approx(-1)
    assert mel_rows(tone(1000, 1.0)).max() < 1.01


@pytest.mark.parametrize(("samples", "rows"), [(0, 0), (1, 1), (160, 1), (161, 2), (16_000, 100)])
def test_every_begun_10_ms_has_a_row(samples: int, rows: int) -> None:
    assert mel_rows(np.ones(samples, np.float32)).shape == (rows, BANDS)


def test_a_row_stands_for_its_own_time() -> None:
    sound = np.zeros(RATE, np.float32)
    sound[50 * HOP + HOP // 2] = 1  # in the middle of row 50
    loudness = mel_rows(sound).mean(1)
    assert int(loudness.argmax()) == 50
    assert loudness[49] == pytest.approx(loudness[51], abs=1e-4)
    assert loudness[48] == pytest.approx(-1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3000), st.lists(st.integers(0, 3000), max_size=6))
def test_pieces_give_the_rows_of_the_whole(samples: int, cuts: list[int]) -> None:
    sound = np.random.default_rng(0).standard_normal(samples).astype(np.float32)
    stream = MelStream()
    rows = [stream.push(part) for part in np.split(sound, sorted(min(cut, samples) for cut in cuts))]
    rows.append(stream.finish())
    assert np.concatenate(rows) == pytest.approx(mel_rows(sound), abs=1e-5)


def test_a_longer_throat_lowers_resonances() -> None:
    rows = mel_rows(tone(1100))
    assert of_another_throat(rows, 1.0) == pytest.approx(rows)
    assert int(of_another_throat(rows, 1.1)[25].argmax()) == int(mel_rows(tone(1000))[25].argmax())
