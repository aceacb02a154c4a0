"""Sound: every sample at its place on the file's clock, in any rate and any number of channels."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media.files.sound_source import mix_of, read_sound
from frameloom.media.sound import Sound

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def sweep(count: int, rate: int, channels: int) -> Sound:
    """Return tones that rise, another one in each channel, (N, channels)."""
    time = np.arange(count) / rate
    tones = [0.5 * np.sin(2 * np.pi * ((200 + 50 * channel) * time + 150 * time**2)) for channel in range(channels)]
    return np.stack(tones, axis=1).astype(np.float32)


def write(
    path: Path,
    samples: Sound,
    codec: str,
    rate: int = 48000,
    *,
    places: Sequence[tuple[int, int, int]] | None = None,
    form: str | None = None,
) -> Path:
    """Write samples; places say which parts, from and to, go where, all in samples."""
    channels = samples.shape[1]
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout=LAYOUTS[channels])
        packer = av.AudioResampler(stream.format.name, LAYOUTS[channels], rate)
        for begin, end, place in places or [(0, len(samples), 0)]:
            for at in range(begin, end, 1000):
                part = np.ascontiguousarray(samples[at : min(at + 1000, end)]).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(part, "flt", LAYOUTS[channels])
                frame.sample_rate, frame.pts, frame.time_base = rate, place + at - begin, Fraction(1, rate)
                for packed in packer.resample(frame):
                    packed.pts, packed.time_base = frame.pts, frame.time_base
                    container.mux(stream.encode(packed))
        container.mux(stream.encode(None))
    return path


def heard(path: Path, *args: Fraction | int, **options: int) -> Sound:
    return np.concatenate([np.zeros((0, options.get("channels", 2)), np.float32), *read_sound(path, *args, **options)])


EXACT = [
    ("x.wav", "pcm_s16le", 48000, 2),
    ("x.wav", "pcm_u8", 8000, 1),
    ("x.wav", "pcm_s24le", 44100, 2),
    ("x.wav", "pcm_f32le", 37_777, 1),
    ("x.flac", "flac", 44100, 2),
    ("x.flac", "flac", 11025, 1),
    ("x.mkv", "flac", 44100, 2),
    ("x.m4a", "alac", 44100, 2),
]


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), EXACT)
def test_exact_codecs_give_back_every_sample(tmp_path: Path, name: str, codec: str, rate: int, channels: int) -> None:
    samples = sweep(rate * 2 + 77, rate, channels)
    again = heard(write(tmp_path / name, samples, codec, rate), rate=rate, channels=channels)
    assert again.dtype == np.float32
    assert again.shape == samples.shape
    assert np.abs(again - samples).max() <= (1 / 127 if codec == "pcm_u8" else 1 / 32767)


CODED = [
    ("x.mp4", "aac", 48000, 2),
    ("x.mp4", "aac", 44100, 2),
    ("x.mkv", "aac", 44100, 1),
    ("x.mp3", "libmp3lame", 44100, 2),
    ("x.mkv", "libmp3lame", 44100, 2),
    ("x.webm", "libopus", 48000, 2),
    ("x.ogg", "libopus", 48000, 1),
]


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), CODED)
def test_what_primes_a_decoder_is_not_heard(tmp_path: Path, name: str, codec: str, rate: int, channels: int) -> None:
    """The decoded sweep lies on the written one, to the sample."""
    samples = sweep(rate * 2, rate, channels)
    again = heard(write(tmp_path / name, samples, codec, rate), rate=rate, channels=channels)
    part = samples[rate // 2 : rate, 0]
    fits = [float(np.dot(part, again[rate // 2 + shift : rate + shift, 0])) for shift in range(-30, 31)]
    assert int(np.argmax(fits)) - 30 == 0
    assert abs(len(again) - len(samples)) <= 1152


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), [*EXACT, *CODED, ("x.ts", "aac", 48000, 2)])
def test_from_the_middle_the_same_samples_are_read(
    tmp_path: Path, name: str, codec: str, rate: int, channels: int
) -> None:
    path = write(tmp_path / name, sweep(rate * 4, rate, channels), codec, rate)
    whole = heard(path)
    for start in (Fraction(1, 3), Fraction(3, 2), Fraction(123_457, 48_000), Fraction(39, 10)):
        part = heard(path, start, start + Fraction(1, 20))
        at = int(start * 48_000 + Fraction(1, 2))
        assert part.shape == (2400, 2)
        assert np.abs(part - whole[at : at + 2400]).max() < 1e-4


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound whose n-th sample is n / 32768, n below 30000, at 48 kHz."""
    samples = (np.arange(30_000, dtype=np.float32) / 32_768)[:, None]
    return write(tmp_path_factory.mktemp("ramp") / "ramp.wav", samples, "pcm_s16le")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=st.integers(-3000, 31_000), length=st.integers(0, 8000))
def test_any_stretch_is_exact(ramp: Path, begin: int, length: int) -> None:
    got = heard(ramp, Fraction(begin, 48_000), Fraction(begin + length, 48_000), channels=1)[:, 0] * 32_768
    expected = np.clip(np.arange(begin, min(begin + length, 30_000)), 0, None)
    assert len(got) == max(len(expected), 0)
    assert np.array_equal(np.rint(got), expected)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 29_999), min_size=1, max_size=4))
def test_joined_parts_are_the_whole(ramp: Path, cuts: list[int]) -> None:
    """Cut anywhere, at another rate: what is joined again is what was there."""
    times = [Fraction(0), *(Fraction(cut, 44_100) for cut in sorted(cuts)), Fraction(1)]
    parts = [heard(ramp, begin, end, rate=44_100) for begin, end in pairwise(times)]
    whole = heard(ramp, 0, 1, rate=44_100)
    joined = np.concatenate(parts)
    assert joined.shape == whole.shape
    assert np.abs(joined - whole).max() < 1e-6


def test_gaps_are_silent_and_overlaps_are_cut(tmp_path: Path) -> None:
    """Parts lie at 4800 to 9600, at 24000 to 33600 and, over the end of that one, at 33100 to 42700."""
    samples = np.concatenate([np.full(length, loud, np.float32) for length, loud in ((14_400, 0.5), (9600, 0.25))])
    places = [(0, 4800, 4800), (4800, 14_400, 24_000), (14_400, 24_000, 33_100)]
    path = write(tmp_path / "x.mkv", samples[:, None], "pcm_s16le", places=places)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].start_time == 100
    got = heard(path, channels=1)[:, 0]  # the file's clock begins with its first sound
    expected = np.zeros(37_900, np.float32)
    expected[:4800] = expected[19_200:28_800] = 0.5
    expected[28_800:] = 0.25
    assert abs(len(got) - len(expected)) <= 24  # Matroska counts milliseconds
    wrong = np.flatnonzero(np.abs(got[:37_800] - expected[:37_800]) > 1e-4)
    assert all(min(abs(at - edge) for edge in (4800, 19_200, 28_800)) <= 24 for at in wrong)
    assert (heard(path, Fraction(1, 5), Fraction(3, 10), channels=1) == 0).all()


def test_small_errors_of_the_clock_do_not_tear_the_sound(tmp_path: Path) -> None:
    samples = sweep(48_000, 48_000, 1)
    places = [(at, at + 1000, at + (30 if at // 1000 % 2 else 0)) for at in range(0, 48_000, 1000)]
    got = heard(write(tmp_path / "x.mkv", samples, "pcm_s16le", places=places), channels=1)
    assert np.abs(got - samples).max() < 1e-4


def test_a_clock_that_jumps_is_an_error(tmp_path: Path) -> None:
    samples = sweep(48_000 * 3, 48_000, 1)
    path = write(tmp_path / "x.mkv", samples, "pcm_s16le", places=[(0, 1000, 0), (1000, 2000, 48_000 * 90_000)])
    with pytest.raises(MediaError, match=r"x\.mkv: damaged at 0\.02 s of its sound: its clock jumps by 9e\+04 s; give"):
        heard(path)
    first, second = (write(tmp_path / name, samples, "mp2") for name in ("a.ts", "b.ts"))
    first.write_bytes(first.read_bytes() + second.read_bytes())
    with pytest.raises(MediaError, match=r"a\.ts: damaged at 3\.\d\d s of its sound: its clock jumps by -3"):
        heard(first)


@pytest.mark.parametrize("rate", [44_100, 8_000, 37_777])
@pytest.mark.parametrize("count", [1, 7, 100, 4410])
def test_short_sounds_keep_their_length(tmp_path: Path, rate: int, count: int) -> None:
    path = write(tmp_path / "x.wav", sweep(count, rate, 1), "pcm_s16le", rate)
    assert len(heard(path)) == -(-count * 48_000 // rate)


@pytest.mark.parametrize(
    ("names", "channels", "expected"),
    [
        (("FL", "FR"), 2, None),
        (("FC",), 1, None),
        (("FC",), 2, [[1], [1]]),
        (("FL", "FR"), 1, [[0.5, 0.5]]),
        (
            ("FL", "FR", "FC", "LFE", "BL", "BR"),
            2,
            [[1, 0, 0.5**0.5, 0, 0.5**0.5, 0], [0, 1, 0.5**0.5, 0, 0, 0.5**0.5]],
        ),
        (("FL", "FR", "FC", "LFE", "SL", "SR"), 6, np.eye(6).tolist()),
        (("FL", "FR"), 6, [[1, 0], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0]]),
        (("FC",), 6, [[0], [0], [1], [0], [0], [0]]),
        (("NONE", "NONE", "NONE", "NONE", "NONE", "NONE"), 6, np.eye(6).tolist()),
        (("FL", "FR", "BC"), 2, [[1, 0, 0.5**0.5], [0, 1, 0.5**0.5]]),
    ],
)
def test_channels_are_mixed_as_in_bs775(names: tuple[str, ...], channels: int, expected: list | None) -> None:
    matrix = mix_of(names, channels)
    assert (matrix is None) == (expected is None)
    if matrix is not None:
        assert np.allclose(matrix, expected)


@pytest.mark.parametrize(("stored", "wanted"), [(1, 2), (2, 1), (6, 2), (6, 1), (8, 2), (2, 6), (6, 6), (8, 6)])
def test_any_number_of_channels_becomes_any_other(tmp_path: Path, stored: int, wanted: int) -> None:
    samples = np.zeros((4800, stored), np.float32)
    samples[:, 0] = 0.5  # front left, or mono
    got = heard(write(tmp_path / "x.wav", samples, "pcm_s16le"), channels=wanted)
    first = 0.25 if (stored, wanted) in ((2, 1), (6, 1)) else 0.5
    second = 0.5 if (stored, wanted) == (1, 2) else 0
    assert got.shape == (4800, wanted)
    assert np.allclose(got[:, 0], first, atol=1e-4)
    assert np.allclose(got[:, 1:], second, atol=1e-4)


def test_planes_of_eight_channels_are_read(tmp_path: Path) -> None:
    """PyAV 18.1 reads past the planes of such frames when asked for an array of them."""
    path = write(tmp_path / "x.webm", sweep(24_000, 48_000, 8), "libopus")
    assert heard(path).shape == (24_000, 2)


@pytest.mark.parametrize(("rate", "wanted"), [(48_000, 44_100), (44_100, 48_000), (8_000, 48_000), (48_000, 16_000)])
def test_another_rate_keeps_tone_length_and_place(tmp_path: Path, rate: int, wanted: int) -> None:
    count = rate * 3 // 2
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(count) / rate)).astype(np.float32)[:, None]
    got = heard(write(tmp_path / "x.wav", tone, "pcm_f32le", rate), rate=wanted, channels=1)[:, 0]
    assert len(got) == wanted * 3 // 2
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(len(got)) / wanted)
    assert np.abs(got - expected)[300:-300].max() < 2e-3


def test_what_is_no_number_is_silent(tmp_path: Path) -> None:
    samples = np.full((480, 1), 0.25, np.float32)
    samples[100], samples[200], samples[300] = np.nan, np.inf, -np.inf
    got = heard(write(tmp_path / "x.wav", samples, "pcm_f32le"), channels=1)[:, 0]
    assert got[[99, 100, 200, 300]].tolist() == [0.25, 0, 1, -1]


def test_an_absurd_rate_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", sweep(4800, 48_000, 1), "pcm_s16le")
    content = bytearray(path.read_bytes())
    content[24:28] = (2_000_000_000).to_bytes(4, "little")  # sample rate, in the format chunk
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"x\.wav: damaged at 0\.00 s of its sound: a sample rate of 2000000000 Hz"):
        heard(path)


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    for options in ({"channels": 3}, {"rate": 0}):
        with pytest.raises(MediaError, match="give 1, 2 or 6 channels at 1000 to 768000 Hz"):
            next(read_sound(tmp_path / "x.wav", **options))


@pytest.mark.parametrize(
    ("name", "codec"), [("x.wav", "pcm_s16le"), ("x.flac", "flac"), ("x.mp4", "aac"), ("x.mkv", "aac")]
)
def test_sound_that_is_cut_off_is_damaged(tmp_path: Path, name: str, codec: str) -> None:
    path = write(tmp_path / name, sweep(96_000, 48_000, 2), codec)
    if name == "x.mp4":  # its index must come first, or nothing can be read
        fast = tmp_path / "fast.mp4"
        with av.open(str(path)) as plain, av.open(str(fast), "w", options={"movflags": "faststart"}) as container:
            stream = container.add_stream_from_template(plain.streams.audio[0])
            for packet in plain.demux(audio=0):
                if packet.dts is not None:
                    packet.stream = stream
                    container.mux(packet)
        fast.replace(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    got: list[Sound] = []
    with pytest.raises(MediaError, match=rf"{name}: damaged at 1\.[0-4]\d s of its sound: .*cut off"):
        got.extend(read_sound(path))
    assert 48_000 < sum(map(len, got)) < 70_000


def test_damaged_packets_are_silent_for_a_while(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", sweep(48_000 * 4, 48_000, 1), "aac")
    whole = path.read_bytes()

    def spoil(begin: int, end: int) -> None:
        content = bytearray(whole)
        with av.open(str(path)) as container:
            packets = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.size]
        for at, size in packets[begin:end]:
            content[at : at + size] = b"\xff" * size
        path.write_bytes(content)

    spoil(60, 80)
    got = heard(path, channels=1)
    assert len(got) == 48_000 * 4
    assert np.abs(got[63 * 1024 : 76 * 1024]).max() < 0.01
    assert np.abs(got[100 * 1024 :]).max() > 0.3
    path.write_bytes(whole)
    spoil(60, 140)
    with pytest.raises(MediaError, match=r"x\.mp4: damaged at 1\.\d\d s of its sound: .+; give an undamaged copy"):
        heard(path)
