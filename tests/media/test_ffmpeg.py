"""The binary: what goes in, what comes out, how it fails, and that nothing of it is left."""

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import MediaError, MissingDependencyError, OutputError
from frameloom.media import ffmpeg
from frameloom.media.ffmpeg import escape_filter_value, has_filter, measure_loudness, run, stream, vmaf
from frameloom.media.sound import Sound, silence

COPY = ["-f", "u8", "-ar", "48000", "-ac", "1", "-i", "pipe:0", "-c:a", "copy", "-f", "u8", "pipe:1"]
"""Gives back each byte that it takes."""
ENDLESS = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-f", "u8", "pipe:1"]


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """No thread and no process of ours may outlive a test."""
    before, children = set(threading.enumerate()), _children()
    yield
    assert set(threading.enumerate()) <= before
    assert _children() <= children


def _children() -> set[str]:
    """Return the processes that we have begun and that still run, as far as the system tells."""
    return {name for path in Path("/proc/self/task").glob("*/children") for name in path.read_text().split()}


def make_video(path: Path, *, size: str = "160x120", noise: int = 0, frames: int = 12) -> Path:
    graph = f"testsrc2=s={size}:r=12,noise=alls={noise}:allf=t" if noise else f"testsrc2=s={size}:r=12"
    run(["-f", "lavfi", "-i", graph, "-frames:v", str(frames), "-c:v", "libx264", "-crf", "4", path])
    return path


def test_bytes_come_back_as_they_went_in() -> None:
    data = bytes(range(256)) * 700
    assert run(COPY, [data[:1000], memoryview(data)[1000:]]).output == data


def test_pieces_have_the_size_that_was_asked_for() -> None:
    pieces = list(stream(COPY, [b"a" * 2500], piece_bytes=1000))
    assert [len(piece) for piece in pieces] == [1000, 1000, 500]


def test_blocks_are_taken_no_faster_than_pieces() -> None:
    taken = 0

    def blocks() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1 << 16)

    pieces = stream(COPY, blocks())
    next(pieces)
    time.sleep(0.3)
    pieces.close()
    assert taken < 400  # 26 MB of an endless stream: pipes and ffmpeg's queues hold some


def test_closing_a_stream_closes_what_feeds_it() -> None:
    closed = False

    def blocks() -> Iterator[bytes]:
        nonlocal closed
        try:
            while True:
                yield bytes(1 << 16)
        finally:
            closed = True

    pieces = stream(COPY, blocks())
    next(pieces)
    pieces.close()
    assert closed


def test_an_interrupt_ends_the_process() -> None:
    pieces = stream(ENDLESS)
    before = _children()
    next(pieces)
    with pytest.raises(KeyboardInterrupt):
        pieces.throw(KeyboardInterrupt)
    assert _children() <= before


def test_an_error_of_the_blocks_is_raised_where_the_stream_is_read() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"abc"
        raise MediaError("clip.mp4: damaged")

    with pytest.raises(MediaError, match=r"clip.mp4: damaged"):
        run(COPY, blocks())


def test_a_process_that_needs_no_more_input_is_no_error() -> None:
    assert 480 <= len(run(["-t", "0.01", *COPY], (bytes(1 << 16) for _ in range(100))).output) < 1 << 16


@pytest.mark.parametrize("name", ["-x.mp4", "a:b.mp4", "http:x.mp4", "it's [a] (b), c;d.mp4", "\u266b.mp4"])
def test_odd_names_are_files(tmp_path: Path, name: str) -> None:
    assert make_video(tmp_path / name, frames=1).stat().st_size > 0
    assert run(["-i", tmp_path / name, "-f", "framecrc", "pipe:1"]).output.count(b"\n0,") == 1


def test_only_files_and_pipes_are_opened(tmp_path: Path) -> None:
    playlist = tmp_path / "clip.m3u8"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaError, match=r"Protocol 'http' not on whitelist 'file,pipe'"):
        run(["-i", playlist, "-f", "null", "pipe:2"])


def test_a_failure_is_one_line_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"^clip: ffmpeg: Error opening input: No such file or directory$"):
        run(["-i", tmp_path / "none.mp4", "-f", "null", "pipe:2"], about="clip")
    text = tmp_path / "text.bin"
    text.write_text("no video\n" * 100)
    with pytest.raises(MediaError, match=r"^ffmpeg: [^\n]*Invalid data found"):
        run(["-i", text, "-f", "null", "pipe:2"])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_an_output_error() -> None:
    with pytest.raises(OutputError, match=r"^out.raw: ffmpeg: no space left on the device; free some"):
        run([*COPY[:-1], Path("/dev/full")], [bytes(1 << 20)], about="out.raw")


def test_standing_still_ends_it() -> None:
    slow = ["-re", "-f", "lavfi", "-i", "anullsrc", "-t", "60", "-f", "null", "pipe:2"]
    with pytest.raises(MediaError, match=r"did nothing for 0.2 s; the input may be damaged"):
        run(slow, limit_s=0.2)


def test_standing_still_after_a_good_beginning_ends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nprintf 1234\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(slow))
    pieces = stream([], piece_bytes=4, limit_s=0.2)
    assert next(pieces) == b"1234"
    with pytest.raises(MediaError, match=r"did nothing for 0.2 s"):
        next(pieces)


def test_a_reader_that_takes_its_time_is_no_standstill() -> None:
    pieces = stream(COPY, [bytes(3 << 16)], limit_s=0.2)
    taken = len(next(pieces))
    time.sleep(0.5)
    assert taken + sum(map(len, pieces)) == 3 << 16


def test_slow_blocks_are_no_standstill() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"a"
        time.sleep(0.5)
        yield b"b"

    assert run(COPY, blocks(), limit_s=0.2).output == b"ab"


def test_too_much_output_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "MAX_OUTPUT_BYTES", 1024**2)
    with pytest.raises(MediaError, match=r"gave more than 1 MiB; take a shorter piece"):
        run(ENDLESS)


def test_a_missing_binary_names_the_install_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    with pytest.raises(
        MissingDependencyError, match=r"not an ffmpeg binary that may run; .*pip install imageio-ffmpeg"
    ):
        run(["-version"])
    (tmp_path / "none").write_text("no program")
    (tmp_path / "none").chmod(0o755)
    with pytest.raises(MissingDependencyError, match=r"cannot run \(Exec format error\); .*pip install imageio-ffmpeg"):
        ffmpeg._Process(["-version"], None, "", 1)


def test_a_platform_without_binary_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import imageio_ffmpeg

    def none() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    for answer in (none, lambda: "ffmpeg"):
        ffmpeg._executable.cache_clear()
        monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", answer)
        with pytest.raises(MissingDependencyError, match=r"binary .*pip install imageio-ffmpeg"):
            run(["-version"])
    ffmpeg._executable.cache_clear()


def test_what_the_binary_has() -> None:
    assert ffmpeg.version()[0] in "n0123456789N"
    assert has_filter("scale")
    assert not has_filter("Filters:")
    assert not has_filter("no-such-filter")


@given(
    st.lists(st.text(st.sampled_from("ab :\\'[],;= %\n\t\"$`\u00e9"), min_size=1, max_size=8), min_size=1, max_size=30)
)
@settings(max_examples=12, deadline=None)
def test_a_filter_gets_the_value_that_was_escaped(values: list[str]) -> None:
    """ffmpeg itself gives each value back, through `metadata=add` and `metadata=print`."""
    keys = [f"k{number}" for number in range(len(values))]
    add = [
        f"ametadata=mode=add:key={key}:value={escape_filter_value(value)}"
        for key, value in zip(keys, values, strict=True)
    ]
    graph = ",".join([*add, "ametadata=print:file=-"])
    said = run(["-f", "lavfi", "-i", "anullsrc", "-frames:a", "1", "-af", graph, "-f", "null", "pipe:2"]).output
    expected = "".join(f"{key}={value}\n" for key, value in zip(keys, values, strict=True))
    assert expected in said.decode("utf-8")


def test_a_file_name_in_a_filter(tmp_path: Path) -> None:
    path = make_video(tmp_path / "it's a: [b], \\ c;.mp4", frames=2)
    graph = f"movie=filename={escape_filter_value(str(path))}"
    assert run(["-f", "lavfi", "-i", graph, "-f", "framecrc", "pipe:1"]).output.count(b"\n0,") == 2


@pytest.mark.skipif(not has_filter("libvmaf"), reason="this build has no libvmaf")
def test_vmaf_knows_the_original_and_a_worse_copy(tmp_path: Path) -> None:
    original = make_video(tmp_path / "a.mp4", size="320x240")
    worse = tmp_path / "worse: b.mp4"
    small = tmp_path / "small.mp4"
    run(["-i", original, "-c:v", "libx264", "-crf", "40", worse])
    run(["-i", original, "-vf", "scale=160:120", "-c:v", "libx264", "-crf", "4", small])
    same = vmaf(original, original)
    assert same > 95
    assert 0 <= vmaf(original, worse) < same - 5
    assert 0 <= vmaf(original, small) < same - 5


def test_vmaf_needs_video(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    run(["-f", "lavfi", "-i", "sine=d=1", sound])
    with pytest.raises(MediaError, match=r"a.wav against .*a.wav: ffmpeg: .*matches no streams"):
        vmaf(sound, sound)


def test_vmaf_says_what_a_build_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ffmpeg, "has_filter", lambda _: False)
    with pytest.raises(MissingDependencyError, match=r"built without libvmaf"):
        vmaf(tmp_path / "a", tmp_path / "b")


def sine(level_db: float, seconds: float = 3, left_only: bool = False) -> Sound:
    time_s = np.arange(int(48_000 * seconds)) / 48_000
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * 997 * time_s)
    return np.stack([wave, wave * (not left_only)], axis=1).astype(np.float32)


def test_loudness_of_a_sine_in_one_channel_is_three_below_full_scale() -> None:
    """BS.1770-4, annex 1: a 997 Hz sine at 0 dBFS in one front channel reads -3.01 LKFS."""
    assert measure_loudness([sine(0, left_only=True)]).integrated_lufs == pytest.approx(-3.01, abs=0.05)


def test_loudness_of_the_first_minimum_requirement() -> None:
    """EBU Tech 3341, case 1: 1 kHz in both channels, peaks at -23 dBFS, reads -23.0 LUFS."""
    measured = measure_loudness(iter(np.array_split(sine(-23), 7)))
    assert measured.integrated_lufs == pytest.approx(-23, abs=0.1)
    assert measured.true_peak_dbtp == pytest.approx(-23, abs=0.1)
    assert measured.threshold_lufs == pytest.approx(-33, abs=0.15)


def test_the_gate_leaves_out_what_is_much_softer() -> None:
    """EBU Tech 3341, case 3: -36, -23, -36 dBFS reads -23.0 LUFS."""
    parts = [sine(-36, 10), sine(-23, 60), sine(-36, 10)]
    assert measure_loudness(parts).integrated_lufs == pytest.approx(-23, abs=0.1)


def test_range_between_two_levels() -> None:
    """EBU Tech 3342, case 1: 20 s at -20 and 20 s at -30 dBFS have a range of 10 LU."""
    assert measure_loudness([sine(-20, 20), sine(-30, 20)]).range_lu == pytest.approx(10, abs=1)


def test_the_peak_between_samples_counts() -> None:
    """A sine of a quarter of the rate, sampled at 45 degrees: samples at 0.707, peak at 1."""
    wave = (np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4) * np.hanning(48_000)).astype(np.float32)
    assert measure_loudness([np.stack([wave, wave], axis=1)]).true_peak_dbtp == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("blocks", [[], [silence(0)], [silence(10)], [silence(48_000)]])
def test_nothing_has_no_loudness(blocks: list[Sound]) -> None:
    measured = measure_loudness(blocks)
    assert (measured.integrated_lufs, measured.true_peak_dbtp) == (-math.inf, -math.inf)


def test_a_very_short_sound_has_a_peak_but_no_loudness() -> None:
    measured = measure_loudness([sine(-6, 0.05)])
    assert measured.integrated_lufs == -math.inf
    assert measured.true_peak_dbtp == pytest.approx(-6, abs=0.1)


def test_one_channel_and_another_rate() -> None:
    wave = np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100).astype(np.float32)[:, None]
    assert measure_loudness([wave], rate=44_100, channels=1).integrated_lufs == pytest.approx(-3, abs=0.1)


def test_a_block_of_other_channels_is_refused() -> None:
    with pytest.raises(MediaError, match=r"loudness: block of shape \(5, 1\); give \(N, 2\)"):
        measure_loudness([silence(5), silence(5, channels=1)])
