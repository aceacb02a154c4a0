"""The ffmpeg binary of imageio-ffmpeg, for what PyAV's libraries lack: libass, libvmaf, loudness of a stream.

    arguments, blocks --stdin--> ffmpeg --stdout--> pieces
                                   |--stderr--> messages, or one clear line when it fails

No shell; files and pipes are the only protocols; the process ends with the block that started it, whatever happens.

Sources: ffmpeg(1), ffmpeg-utils(1) and ffmpeg-filters(1) ("Notes on filtergraph escaping").
"""

import math
import os
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from frameloom.core.errors import MediaError, MissingDependencyError, OutputError
from frameloom.media.sound import SAMPLE_RATE, Sound

Argument = str | Path
"""A word of the command line; a Path stands as `file:...`, so no name of a file is read as an option or a protocol."""

Bytes = bytes | memoryview

PROTOCOLS = "file,pipe"

MAX_OUTPUT_BYTES = 256 * 1024**2
"""Most that `run` collects; longer output is for `stream`."""

_LIMIT_S = 120.0
_GATE_LUFS = -70.0
_KEPT_MESSAGES = 600
_MAX_LINE_BYTES = 2000
_INSTALL = "install it with: pip install imageio-ffmpeg (or name a binary of yours in IMAGEIO_FFMPEG_EXE)"
_LEVEL = re.compile(r"^(?:\[[^]]* @ 0x[0-9a-f]+\] )*\[(?P<level>fatal|error|warning|info)\] (?P<text>.*)$")


@dataclass(frozen=True)
class Finished:
    """What the binary left: its standard output, and the last lines that it said of its work."""

    output: bytes
    messages: tuple[str, ...]


def run(
    arguments: Sequence[Argument], blocks: Iterable[Bytes] | None = None, *, about: str = "", limit_s: float = _LIMIT_S
) -> Finished:
    """Run the binary to its end and return what it wrote to `pipe:1` and said.

    Args:
        arguments: what follows the program's name; Paths are escaped, and every input is confined to files and pipes.
        blocks: goes to `pipe:0`, piece by piece.
        about: what the work is about, as the beginning of an error, for example a file's name.
        limit_s: longest time that it may keep us waiting without taking or giving a byte.

    Raises:
        MissingDependencyError: there is no binary that runs.
        MediaError: it failed, gave more than MAX_OUTPUT_BYTES, or stood still.
        OutputError: there is no space left where it writes.
    """
    pieces: list[bytes] = []
    taken = 0
    with _started(arguments, blocks, about, limit_s) as process:
        while piece := process.read(1 << 16):
            pieces.append(piece)
            taken += len(piece)
            if taken > MAX_OUTPUT_BYTES:
                given = f"{MAX_OUTPUT_BYTES / 1024**2:g} MiB"
                raise MediaError(f"{process.about}: gave more than {given}; take a shorter piece")
        messages = process.finish()
    return Finished(b"".join(pieces), messages)


def stream(
    arguments: Sequence[Argument],
    blocks: Iterable[Bytes] | None = None,
    *,
    piece_bytes: int = 1 << 16,
    about: str = "",
    limit_s: float = _LIMIT_S,
) -> Generator[bytes, None, tuple[str, ...]]:
    """Yield what the binary writes to `pipe:1` in pieces of this size (the last may be shorter); return its messages.

    The blocks are taken in a thread, as fast as the binary takes them: memory holds a few. An error of theirs is
    raised here. The process ends when the generator is closed.

    Raises:
        As run, when it is reached.
    """
    with _started(arguments, blocks, about, limit_s) as process:
        while piece := process.read(piece_bytes):
            with process.held("reader"):
                yield piece
        return process.finish()


def escape_filter_value(value: str) -> str:
    r"""Return a text as one value of a filter's option, for use within a filter graph.

    Both levels are escaped, the option's and the graph's; drawtext's own expansion (%) is not.

    >>> escape_filter_value("C:/it's, [here]")
    "C\\\\:/it\\\\\\'s\\,\\\\\\ \\[here\\]"
    """
    option = re.sub(r"([\\':\s])", r"\\\1", value)
    return re.sub(r"([\\'\[\],;\s])", r"\\\1", option)


def vmaf(reference: Path, distorted: Path) -> float:
    """Return the VMAF of a video against its original, 0 to 100, with the model v0.6.1 that libvmaf carries.

    Pictures are paired by time from each file's first; a missing one counts as the one before it repeated, also at the
    end of the shorter file. Another size is scaled to the original's (bicubic), as a player would.

    Raises:
        MediaError: a file has no video, or is damaged.
        MissingDependencyError: the binary is missing or has no libvmaf.
    """
    if not has_filter("libvmaf"):
        raise MissingDependencyError(f"ffmpeg {version()}: built without libvmaf; {_INSTALL}")
    about = f"{distorted} against {reference}"
    graph = (
        "[0:v:0]setpts=PTS-STARTPTS[given];[1:v:0]setpts=PTS-STARTPTS,split[size][original];"
        "[given][size]scale=w=rw:h=rh:flags=bicubic[scaled];"
        f"[scaled][original]libvmaf=model=version=vmaf_v0.6.1:n_threads={os.cpu_count() or 1}[out]"
    )
    arguments: list[Argument] = ["-i", distorted, "-i", reference, "-lavfi", graph, "-map", "[out]"]
    arguments += ["-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"]  # a line per picture tells that it works on
    messages = run(arguments, about=about).messages
    scores = [line.removeprefix("VMAF score: ") for line in messages if line.startswith("VMAF score: ")]
    if not scores:
        raise MediaError(f"{about}: no picture to compare; give two videos of one scene")
    return float(scores[-1])


@dataclass(frozen=True)
class Loudness:
    """How loud a sound is, after EBU R128 (ITU-R BS.1770-4, EBU Tech 3342)."""

    integrated_lufs: float
    """Of the whole, gated; -inf where nothing is louder than -70 LUFS, or shorter than 0.4 s."""
    true_peak_dbtp: float
    """Highest peak between the samples, against full scale, to 0.1 dB; -inf for silence."""
    range_lu: float
    threshold_lufs: float
    """Of the relative gate: what is softer does not count; -inf where nothing counts."""


def measure_loudness(blocks: Iterable[Sound], *, rate: int = SAMPLE_RATE, channels: int = 2) -> Loudness:
    """Return the loudness of a stream of sound, (N, channels) a block; memory does not grow with its length.

    Raises:
        MediaError: a block has another number of channels.
        MissingDependencyError: there is no binary that runs.
    """
    arguments = ["-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"]
    arguments += ["-af", "ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:file=-", "-f", "null", "pipe:2"]
    samples = 0

    def counted() -> Iterator[bytes]:
        nonlocal samples
        for block in blocks:
            if block.ndim != 2 or block.shape[1] != channels:
                raise MediaError(f"loudness: block of shape {block.shape}; give (N, {channels}), or say its channels")
            samples += len(block)
            yield np.ascontiguousarray(block, "<f4").tobytes()

    found: dict[str, float] = {}
    left = b""
    pieces = stream(arguments, counted(), about="loudness")
    while True:
        try:
            *lines, left = (left + next(pieces)).split(b"\n")
        except StopIteration as ended:
            messages: tuple[str, ...] = ended.value
            break
        found |= {name.decode(): float(value) for name, _, value in (line.partition(b"=") for line in lines) if value}
    said = [line.split() for line in messages]
    threshold = next((float(words[1]) for words in said if words[:1] == ["Threshold:"]), -math.inf)
    peak = next((float(words[1]) for words in said if words[:1] == ["Peak:"]), -math.inf)
    integrated = found.get("lavfi.r128.I", -math.inf)
    if integrated <= _GATE_LUFS:
        return Loudness(-math.inf, peak if samples else -math.inf, 0.0, -math.inf)
    return Loudness(integrated, peak, found.get("lavfi.r128.LRA", 0.0), threshold)


@cache
def version() -> str:
    """Return the binary's version, for example `n9.0.2-17-g2a571b6068`."""
    first = run(["-version"]).output.decode("utf-8", "replace").partition("\n")[0]
    return first.removeprefix("ffmpeg version ").partition(" ")[0]


def has_filter(name: str) -> bool:
    """Return whether the binary has a filter; builds differ by platform (no rubberband on macOS arm64)."""
    return name in _names("-filters")


@cache
def _names(listing: str) -> frozenset[str]:
    """Return the second word of each line of a listing."""
    lines = run([listing]).output.decode("utf-8", "replace").splitlines()
    return frozenset(words[1] for words in map(str.split, lines) if len(words) > 2 and words[1] != "=")


@cache
def _executable(chosen: str | None) -> str:
    """Return the binary's path; the argument is the environment's choice, which is part of the answer."""
    try:
        import imageio_ffmpeg  # type: ignore[import-untyped]  # 50 ms that most commands need not pay
    except ImportError as error:
        raise MissingDependencyError(f"imageio-ffmpeg: not installed; {_INSTALL}") from error
    try:
        found = Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MissingDependencyError(f"imageio-ffmpeg: carries no binary for this platform; {_INSTALL}") from error
    if not found.is_absolute() and not chosen:
        raise MissingDependencyError(f"imageio-ffmpeg: its binary is missing or cannot run; {_INSTALL}")
    if not os.access(found, os.X_OK) or found.is_dir():
        raise MissingDependencyError(f"{found}: not an ffmpeg binary that may run; {_INSTALL}")
    return str(found)


def _command(arguments: Sequence[Argument]) -> list[str]:
    """Return the whole command line: Paths as `file:...`, each input confined to PROTOCOLS."""
    words = [_executable(os.environ.get("IMAGEIO_FFMPEG_EXE")), "-nostdin", "-hide_banner", "-nostats", "-y"]
    words += ["-loglevel", "level+info"]
    for argument in arguments:
        if argument == "-i":
            words += ["-protocol_whitelist", PROTOCOLS]
        words.append(f"file:{argument}" if isinstance(argument, Path) else argument)
    return words


class _Process:
    """A running binary and three threads: one feeds it, one keeps what it says, one ends it when it stands still."""

    def __init__(self, arguments: Sequence[Argument], blocks: Iterable[Bytes] | None, about: str, limit_s: float):
        self.about = f"{about}: ffmpeg" if about else "ffmpeg"
        command = _command(arguments)
        source = subprocess.DEVNULL if blocks is None else subprocess.PIPE
        try:
            self._process = subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            raise MissingDependencyError(f"{command[0]}: cannot run ({error.strerror}); {_INSTALL}") from error
        self._limit_s = limit_s
        self._messages: deque[str] = deque(maxlen=_KEPT_MESSAGES)
        self._first_errors: list[str] = []
        self._blocks_error: BaseException | None = None
        self._holds = {"reader": False, "feeder": False}
        self._moved = time.monotonic()
        self._stood_still = False
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._watch)]
        if blocks is not None:
            self._threads.append(threading.Thread(target=self._feed, args=(blocks,), daemon=True))
        for thread in self._threads:
            thread.start()

    def read(self, count: int) -> bytes:
        """Return the next bytes of its output, fewer only at the end, none after it."""
        assert self._process.stdout is not None
        piece = self._process.stdout.read(count)
        self._moved = time.monotonic()
        return piece

    @contextmanager
    def held(self, who: Literal["reader", "feeder"]) -> Iterator[None]:
        """Within the block it waits for us: that time does not count against it."""
        self._holds[who] = True
        try:
            yield
        finally:
            self._moved = time.monotonic()
            self._holds[who] = False

    def finish(self) -> tuple[str, ...]:
        """Wait for its end; return what it said, or raise why it failed."""
        code = self._process.wait()
        for thread in self._threads[:1] + self._threads[2:]:
            thread.join()
        if self._blocks_error is not None:
            raise self._blocks_error
        if self._stood_still:
            raise MediaError(f"{self.about}: did nothing for {self._limit_s:g} s; the input may be damaged")
        if code:
            raise self._failure(code)
        return tuple(self._messages)

    def end(self) -> None:
        """End the process, its threads and its pipes, whatever state they are in."""
        self._ended.set()
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(OSError):  # what was not taken yet is flushed to a pipe that has no end any more
                    pipe.close()

    def _failure(self, code: int) -> MediaError | OutputError:
        said = self._first_errors or [line for line in self._messages if line][-1:] or [f"it ended with code {code}"]
        if any("No space left on device" in line for line in said):
            return OutputError(f"{self.about}: no space left on the device; free some or write elsewhere")
        return MediaError(f"{self.about}: {said[0].rstrip('. ')}")

    def _feed(self, blocks: Iterable[Bytes]) -> None:
        assert self._process.stdin is not None
        pieces = iter(blocks)
        try:
            while not self._ended.is_set():
                with self.held("feeder"):
                    piece = next(pieces, None)
                if piece is None:
                    break
                self._process.stdin.write(piece)
                self._moved = time.monotonic()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has what it needs, or has failed and says so itself
        except BaseException as error:  # noqa: BLE001 (handed to the thread that reads, and raised there)
            self._blocks_error = error
        finally:
            if isinstance(pieces, Generator):
                pieces.close()
            with suppress(OSError):
                self._process.stdin.close()

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in iter(lambda: self._process.stderr.readline(_MAX_LINE_BYTES), b""):  # type: ignore[union-attr]
            text = line.decode("utf-8", "replace").rstrip()
            found = _LEVEL.match(text)
            text = found["text"] if found else text
            self._messages.append(text)
            if found and found["level"] in ("error", "fatal") and len(self._first_errors) < 20:
                self._first_errors.append(text)

    def _watch(self) -> None:
        while not self._ended.wait(min(1.0, self._limit_s / 4)):
            if not any(self._holds.values()) and time.monotonic() - self._moved > self._limit_s:
                self._stood_still = True
                self._process.kill()
                return


@contextmanager
def _started(
    arguments: Sequence[Argument], blocks: Iterable[Bytes] | None, about: str, limit_s: float
) -> Iterator[_Process]:
    process = _Process(arguments, blocks, about, limit_s)
    try:
        yield process
    finally:
        process.end()
