"""Bad input to the editing commands: one clear line, exit code 2, nothing half-written, nothing left running or open.

A maker's footage comes from cameras that lost power, from downloads and from strangers: it must never bring down the
editor, take a source with it, or reach outside the files that are named.
"""

import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest

from frameloom.apps.edit import render as rendering
from frameloom.apps.edit.interchange import read_timeline
from frameloom.media.files.formats import SoundFormat, VideoFormat
from frameloom.media.files.probe import probe
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain
from frameloom.media.sound import SAMPLE_RATE

WIDTH, HEIGHT, FRAMES = 96, 64, 50


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Answer]
Refuses = Callable[..., None]


def film(path: Path, sound: bool = True) -> Path:
    """Write two seconds of pictures with a tone."""
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    tone = np.repeat(0.2 * np.sin(2 * np.pi * 440 * times)[:, None], 2, axis=1).astype(np.float32)
    noise = np.random.default_rng(0).integers(60, 200, FRAMES)
    pictures = [plain(WIDTH, HEIGHT, (int(grey), 90, 200)) for grey in noise]
    form = {"video": VideoFormat(speed="draft"), "audio": SoundFormat()}
    write_media(path, pictures, [tone] if sound else None, rate=25, width=WIDTH, height=HEIGHT, **form)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("given") / "whole.mp4")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that holds one good film."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "film.mp4").write_bytes(whole.read_bytes())
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def open_files() -> set[str]:
    """Return what this process holds open, but pipes and what the system keeps."""
    found = set()
    for handle in Path("/proc/self/fd").iterdir():
        try:
            name = str(handle.readlink())
        except OSError:  # the handle of the listing itself
            continue
        if name.startswith("/") and not name.startswith(("/dev", "/proc", "/sys")):
            found.add(name)
    return found


def children() -> set[str]:
    """Return the processes that this one has started, zombies among them."""
    return {name for task in Path("/proc/self/task").glob("*/children") for name in task.read_text().split()}


@pytest.fixture
def refuses(frameloom: Command, home: Path) -> Refuses:
    """Run a command that must refuse in one line with these words, and leave everything as it was."""

    def run(*words: object, says: str) -> None:
        before = contents(home), open_files(), children()
        code, out, err = frameloom(*words)
        assert code == 2, err
        assert out == ""
        assert says in err
        lines = [line for line in err.splitlines() if "pictures/s" not in line]
        assert len(lines) == 1, err
        assert lines[0].startswith("frameloom: ")
        assert (contents(home), open_files(), children()) == before

    return run


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def timeline(clip: str = "", head: str = "", tail: str = "") -> Path:
    """Write a timeline of the film with more settings in front of, in and after its only clip."""
    body = f'{head}\n[[tracks]]\n[[tracks.items]]\nsource = "film.mp4"\nduration = 1\n{clip}\n{tail}\n'
    return write("edit.toml", body)


# ---------------------------------------------------------------------------------------------------------------- files


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("zero.mp4", b"", "zero.mp4: empty, 0 bytes; give a whole file"),
        ("text.mp4", b"hello", "text.mp4: not a media file that can be read"),
        ("noise.mp4", bytes(range(256)) * 20, "noise.mp4: not a media file that can be read"),
        ("huge.png", png_that_claims(200_000, 200_000), "huge.png: too large a picture"),
        ("huge.y4m", b"YUV4MPEG2 W100000 H100000 F25:1\nFRAME\n" + bytes(999), "huge.y4m: "),
        ("half.png", png_that_claims(64, 64)[:60], "half.png: "),
    ],
)
def test_a_file_that_is_no_film(refuses: Refuses, name: str, data: bytes, says: str) -> None:
    write(name, data)
    refuses("edit", "cut", name, "-o", "out.mp4", says=says)
    refuses("edit", "tighten", name, "-o", "out.mp4", says=name)
    refuses("edit", "join", "film.mp4", name, "--auto", "-o", "out.mp4", says=name)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_film_is_named_with_the_place(refuses: Refuses, home: Path, share: float) -> None:
    data = (home / "film.mp4").read_bytes()
    write("cut off.mp4", data[: int(len(data) * share)])
    refuses("edit", "cut", "cut off.mp4", "-o", "out.mp4", says="cut off.mp4: ")


def test_what_is_whole_of_a_truncated_film_can_be_saved(frameloom: Command, home: Path) -> None:
    """The index of this file stands in front, as it does where a download broke off."""
    data = (home / "film.mp4").read_bytes()
    write("cut off.mp4", data[: int(len(data) * 0.6)])
    answer = frameloom("edit", "cut", "cut off.mp4", "--to", "0.5", "-o", "out.mp4")
    assert answer.code == 0, answer.err
    assert probe(Path("out.mp4")).duration == pytest.approx(0.52, abs=0.03)


def test_sound_alone_has_no_motion_and_no_pictures(refuses: Refuses) -> None:
    write_media(Path("tone.wav"), None, [np.full((SAMPLE_RATE, 2), 0.1, np.float32)])
    refuses("edit", "tighten", "tone.wav", "--by", "motion", "-o", "out.mp4", says="tone.wav: no video stream")
    refuses("edit", "cut", "tone.wav", "-o", "out.gif", says="out.gif: ")


def test_a_film_without_sound_has_no_silence(refuses: Refuses) -> None:
    film(Path("mute.mp4"), sound=False)
    refuses(
        "edit", "tighten", "mute.mp4", "-o", "out.mp4", says="mute.mp4: no sound to find silence in; use --by motion"
    )
    refuses("edit", "cut", "mute.mp4", "-o", "out.wav", says="out.wav: nothing to write there")


@pytest.mark.parametrize("rate", ["F0:0", "F0:1", "F1:0", ""])
def test_a_film_without_a_rate_is_read_at_a_usual_one(frameloom: Command, rate: str) -> None:
    head = f"YUV4MPEG2 W16 H16 {rate}".strip()
    write("no-rate.y4m", head.encode() + b"\n" + (b"FRAME\n" + bytes(384)) * 5)
    answer = frameloom("edit", "cut", "no-rate.y4m", "-o", "out.mp4")
    assert answer.code == 0, answer.err
    assert probe(Path("out.mp4")).video.frames == 5


def test_a_film_that_changes_its_size_keeps_its_first(frameloom: Command) -> None:
    joined = b""
    for first, (width, height) in ((0, (96, 64)), (20, (160, 90))):
        with av.open("part.ts", "w", format="mpegts") as container:
            stream = container.add_stream("libx264", rate=25, width=width, height=height, pix_fmt="yuv420p")
            for number in range(first, first + 20):
                frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 128, np.uint8), format="rgb24")
                frame.pts = number
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        joined += Path("part.ts").read_bytes()
    write("change.ts", joined)
    answer = frameloom("edit", "cut", "change.ts", "-o", "out.mp4")
    assert answer.code == 0, answer.err
    info = probe(Path("out.mp4"))
    assert (info.width, info.height) == (96, 64)
    assert info.video.frames == 40


def test_damage_in_the_middle_never_shortens_what_is_made(frameloom: Command, home: Path) -> None:
    data = bytearray((home / "film.mp4").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(byte ^ 0x5A for byte in data[middle : middle + 400])
    write("damaged.mp4", bytes(data))
    answer = frameloom("edit", "cut", "damaged.mp4", "-o", "out.mp4")
    if answer.code == 0:
        info = probe(Path("out.mp4"))
        assert (info.video.frames, info.duration) == (FRAMES, 2)
    else:
        assert answer.code == 2
        assert answer.err.count("\n") == 1
        assert not Path("out.mp4").exists()


def test_a_film_that_is_gone_or_shorter_when_it_is_read(
    refuses: Refuses, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (home / "film.mp4").read_bytes()
    compose = rendering.compose
    for change, says in ((data[: len(data) // 3], "film.mp4: "), (None, "film.mp4: ")):

        def changing(*given: object, change: bytes | None = change) -> object:
            path = home / "film.mp4"
            path.unlink() if change is None else path.write_bytes(change)
            return compose(*given)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(rendering, "compose", changing)
            code, _, err = _run_quietly("edit", "cut", "film.mp4", "-o", "out.mp4")
        assert (code, says in err, err.count("\n")) == (2, True, 1), err
        assert not list(home.glob("*out*"))
        (home / "film.mp4").write_bytes(data)


def _run_quietly(*words: str) -> Answer:
    """Run a command in this process and return what it says."""
    from contextlib import redirect_stderr, redirect_stdout
    from io import StringIO

    from frameloom.cli.main import main

    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = main(words)
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/film.mp4",
        "concat:film.mp4|film.mp4",
        "pipe:0",
        "lavfi:testsrc",
        "file:film.mp4",
        "subfile,,start,0,end,0,,:film.mp4",
        "/dev/zero",
        "/proc/self/mem",
    ],
)
def test_only_plain_files_are_read(refuses: Refuses, address: str) -> None:
    refuses("edit", "cut", address, "-o", "out.mp4", says="")
    if not address.startswith("file:"):  # in a timeline it names a file, as in those of other programs
        body = f'[[tracks]]\n[[tracks.items]]\nsource = {{kind = "file", path = "{address}"}}\n'
        refuses("edit", "render", write("edit.toml", body), "-o", "out.mp4", says="tracks[0].items[0].source")
    playlist = write("list.mp4", f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{address}\n#EXT-X-ENDLIST\n")
    refuses("edit", "cut", playlist, "-o", "out.mp4", says="list.mp4: ")
    playlist = write("list.ffconcat", f"ffconcat version 1.0\nfile '{address}'\n")
    refuses("edit", "cut", playlist, "-o", "out.mp4", says="list.ffconcat: ")


# --------------------------------------------------------------------------------------------- fonts, tables, subtitles


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("font.ttf", b"\x00\x01\x00\x00" + bytes(500), "font.ttf: not a font, or damaged"),
        ("empty.otf", b"", "empty.otf: not a font, or damaged"),
        ("missing.ttf", None, "missing.ttf: the font cannot be read (No such file or directory)"),
        ("Comic Sans", None, "edit.toml: tracks[0].items[1].source.title.theme.font: unknown font"),
    ],
)
def test_fonts(refuses: Refuses, name: str, data: bytes | None, says: str) -> None:
    if data is not None:
        write(name, data)
    title = f'source = {{design = "headline", text = "Words", theme = {{font = "{name}"}}}}'
    refuses("edit", "render", timeline(tail=f"[[tracks.items]]\n{title}"), "-o", "out.mp4", says=says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LUT_3D_SIZE 2\n0 0 0\n0 x 0\n", "table.cube: line 3: '0 x 0' must be three numbers"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "table.cube: 1 lines of numbers, but its size asks for 8"),
        ("LUT_3D_SIZE 4000\n", "table.cube: line 1: LUT_3D_SIZE 4000; it may be from 2 to 129"),
        ("\x00\x01\x02", "table.cube: "),
        ("LUT_3D_SIZE 2\n" + "nan nan nan\n" * 8, "table.cube: "),
        (None, "table.cube: cannot be read (No such file or directory)"),
    ],
)
def test_tables_of_colours(refuses: Refuses, text: str | None, says: str) -> None:
    if text is not None:
        write("table.cube", text)
    edit = timeline('effects = [{effect = "lut", path = "table.cube"}]')
    refuses("edit", "render", edit, "-o", "out.mp4", says=says)


@pytest.mark.parametrize("burn", ["true", "false"])
@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("w.srt", "1\n00:00:00,100 --> 00:00:01,000\nHi\n\n2\n00:00:xx,0 --> 00:00:04,0\nBad\n", "w.srt, line 6: "),
        ("w.ass", "[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00,Default\n", "w.ass, line 4: "),
        ("w.vtt", "WEBVTT\n", "w.vtt: no subtitles in this file"),
        ("w.srt", "", "w.srt: no subtitles in this file"),
        ("w.txt", "words", "w.txt"),
        ("w.srt", None, "subtitles[0].path: w.srt: no such file"),
    ],
)
def test_subtitles(refuses: Refuses, name: str, text: str | None, says: str, burn: str) -> None:
    if text is not None:
        write(name, text)
    edit = timeline(tail=f'[[subtitles]]\npath = "{name}"\nburn = {burn}')
    refuses("edit", "render", edit, "-o", "out.mp4", says=says)


def test_soft_subtitles_where_none_can_be_are_left_out_and_said(frameloom: Command) -> None:
    write("w.srt", "1\n00:00:00,100 --> 00:00:01,000\nHi\n")
    edit = timeline(tail='[[subtitles]]\npath = "w.srt"\nburn = false')
    answer = frameloom("edit", "render", edit, "-o", "out.gif")
    assert answer.code == 0, answer.err
    assert "out.gif: .gif holds no subtitle tracks; they are left out" in answer.out


# ------------------------------------------------------------------------------------------------------------ timelines


@pytest.mark.parametrize(
    ("head", "clip", "says"),
    [
        ("width = nan", "", "edit.toml: width: "),
        ("width = 100_000", "", "edit.toml: width: input should be less than or equal to 8192, got 100000"),
        ("width = 33", "", "edit.toml: width: input should be a multiple of 2, got 33"),
        ("rate = 0", "", "edit.toml: rate: must be more than zero, got 0"),
        ("rate = inf", "", "edit.toml: rate: not a time"),
        ("rate = 1e9", "", "edit.toml: rate: must be from 0.1 to 1000 pictures a second"),
        ("rate = 0.0001", "", "edit.toml: rate: must be from 0.1 to 1000 pictures a second"),
        ('background = "nocolour"', "", "edit.toml: background: unknown colour 'nocolour'"),
        ("loudness = nan", "", "edit.toml: loudness: "),
        ("", "start = -1", "edit.toml: tracks[0].items[0].start: a time cannot be negative here, got -1"),
        ("", "start = 1e30", "edit.toml: tracks[0].items[0].start: not a time"),
        ("", "start = 9", "tracks[0].items[0].start: begins at 0:09.00 of a file that ends at 0:02.00; begin earlier"),
        ("", "at = 1e12", "tracks: 277777777:46:41.00 long; at most 48 hours"),
        ("", "speed = nan", "edit.toml: tracks[0].items[0].speed: input should be a finite number, got nan"),
        ("", "speed = 1e9", "tracks[0].items[0].speed: must be from 0.05 to 100, got 1e+09"),
        ("", "speed = [{t = 1, value = 1}, {t = 0, value = 2}]", "keyframes must go forward in time"),
        ("", "scale = 1e9", "edit.toml: tracks[0].items[0].scale: must be from 0 to 100"),
        ("", "scale = -1", "edit.toml: tracks[0].items[0].scale: must be from 0 to 100"),
        ("", "x = 1e300", "edit.toml: tracks[0].items[0].x: must be from -100 to 100"),
        ("", "rotation = 1e300", "edit.toml: tracks[0].items[0].rotation: must be from -36000 to 36000"),
        ("", "opacity = 5", "edit.toml: tracks[0].items[0].opacity: must be from 0 to 1"),
        ("", "volume = 1e9", "edit.toml: tracks[0].items[0].volume: must be from -96 to 24"),
        ("", 'effects = ["blur"]', "edit.toml: tracks[0].items[0].effects[0]: "),
        ("", "stream = 1", "edit.toml: tracks[0].items[0].stream: unknown setting"),
    ],
)
def test_wild_values(refuses: Refuses, head: str, clip: str, says: str) -> None:
    refuses("edit", "render", timeline(clip, head), "-o", "out.mp4", says=says)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.toml", "a = \n", "t.toml: not valid TOML"),
        ("t.toml", "\x00\xff", "t.toml: "),
        ("t.json", "[" * 100_000, "t.json: "),
        ("t.json", "{}}", "t.json: "),
        ("t.otio", "{}", "t.otio: "),
        ("t.xml", "<xmeml>", "t.xml: "),
        ("t.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xmeml>&a;</xmeml>', "t.xml: "),
        ("t.edl", "001  A\n", "t.edl: "),
        ("t.toml", "", "tracks: nothing to show or hear; give at least one clip"),
        ("t.mov", "x", "t.mov"),
    ],
)
def test_timelines_that_are_none(refuses: Refuses, name: str, text: str, says: str) -> None:
    write(name, text)
    refuses("edit", "render", name, "-o", "out.mp4", says=says)


def test_a_track_cannot_fall_under_itself(refuses: Refuses) -> None:
    head = '[[tracks]]\nname = "a"\nduck = {under = "a"}\n'
    refuses("edit", "render", timeline(head=head), "-o", "out.mp4", says="a track cannot fall under itself")


def test_two_tracks_may_fall_under_each_other(frameloom: Command) -> None:
    """Each listens to what the other one is without its own fall, so this circle is none."""
    track = '[[tracks]]\nname = "{}"\nduck = {{under = "{}"}}\n[[tracks.items]]\nsource = "film.mp4"\n'
    edit = write("edit.toml", track.format("a", "b") + track.format("b", "a"))
    answer = frameloom("edit", "render", edit, "-o", "out.wav")
    assert answer.code == 0, answer.err


# -------------------------------------------------------------------------------------------------------------- outputs


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("file/out.mp4", "file/out.mp4: cannot be written (file is a file); choose another place"),
        ("file/frames", "file/frames: cannot be written (file is a file); choose another place"),
        ("/proc/out.mp4", "/proc/out.mp4: cannot be written"),
        ("folder.mp4", "folder.mp4: is a folder; give a file name"),
        ("others", "others: holds note.txt, which is no frame of ours; give a new or empty folder"),
        (".", "which is read for it; give another name"),
        ("out.avi", "out.avi: unknown suffix '.avi'"),
        ("x" * 300 + ".mp4", ".mp4: cannot be written (File name too long); choose another place"),
        ("/dev/full", "/dev/full: is a file; give a folder name"),
    ],
)
def test_places_that_cannot_be_written(refuses: Refuses, target: str, says: str) -> None:
    write("file", "x")
    Path("folder.mp4").mkdir()
    Path("others").mkdir()
    write("others/note.txt", "keep me")
    refuses("edit", "cut", "film.mp4", "-o", target, says=says)


@pytest.mark.parametrize("target", ["film.mp4", "link.mp4", "hard.mp4", "sub/../film.mp4", "edit.toml", "table.cube"])
def test_nothing_that_is_read_is_written_over(refuses: Refuses, target: str) -> None:
    Path("link.mp4").symlink_to("film.mp4")
    Path("hard.mp4").hardlink_to("film.mp4")
    Path("sub").mkdir()
    says = "which is read for it; give another name"
    if target.endswith(".mp4"):
        refuses("edit", "cut", "film.mp4", "-o", target, says=says)
        refuses("edit", "cut", "film.mp4", "--copy-untouched", "-o", target, says=says)
        refuses("edit", "join", "film.mp4", "film.mp4", "-o", target, says=says)
        refuses("edit", "preview", timeline(), "-o", target, says=says)
    refuses("edit", "render", timeline(), "-o", target if target != "table.cube" else "film.mp4", says=says)


def test_a_picture_is_not_overwritten_by_the_sheet_that_shows_it(refuses: Refuses, frameloom: Command) -> None:
    assert frameloom("edit", "cut", "film.mp4", "--to", "0.1", "-o", "frames").code == 0
    picture = Path("frames/frame_00000.png")
    edit = write("edit.toml", f'[[tracks]]\n[[tracks.items]]\nsource = "{picture}"\n')
    says = "which is read for it; give another name"
    refuses("edit", "preview", edit, "-o", picture, says=says)
    refuses("edit", "render", edit, "-o", "frames", says=says)
    refuses("transitions", "fade", "--a", picture, "-o", picture, says=says)


LIMITED = """
import resource, sys
from frameloom.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (60, 60))
print([main(["edit", "cut", "film.mp4", "-o", name]) for name in sys.argv[1:]])
"""


def test_no_space(home: Path) -> None:
    """A limit on the size of files stands in for a full disk; it needs a process of its own."""
    before = contents(home)
    names = ["out.mp4", "out.mkv", "out.webm", "out.gif", "out.wav", "out.flac", "frames", "out.toml", "out.otio"]
    words = [sys.executable, "-c", LIMITED, *names]
    done = subprocess.run(words, cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == f"{[2] * len(names)}\n", done.stderr
    told = [line.partition(" (")[0] for line in done.stderr.splitlines()]
    assert told == [f"frameloom: {name}: cannot be written" for name in names]
    assert contents(home) == before


def test_two_at_once(home: Path, frameloom: Command) -> None:
    """Short work to one name by two processes: each file is whole, the last one stays."""
    words = [sys.executable, "-m", "frameloom", "edit", "cut", "film.mp4", "-o", "out.mp4"]
    running = [subprocess.Popen(words, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    ends = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], ends
    assert probe(Path("out.mp4")).video.frames == FRAMES
    assert sorted(contents(home)) == ["film.mp4", "out.mp4"]


# ---------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name", ["two words.mp4", "a:b.mp4", "日本 👋.mp4", "100%d %03d.mp4", 'it\'s "x".mp4', "-o.mp4"]
)
def test_any_name_will_do(frameloom: Command, home: Path, name: str) -> None:
    folder = Path("in: é [1]")
    folder.mkdir()
    (home / "film.mp4").rename(folder / name)
    write(f"{folder}/w: [1],;'.srt", "1\n00:00:00,100 --> 00:00:01,000\nHi\n")
    quoted = name.replace('"', '\\"')
    body = f'[[tracks]]\n[[tracks.items]]\nsource = "{quoted}"\nduration = 0.4\n'
    words = '[[subtitles]]\npath = "w: [1],;\'.srt"\nburn = false\n[[subtitles]]\npath = "w: [1],;\'.srt"\n'
    edit = write(f"{folder}/t: é.toml", body + words)
    out = Path(f"out: é {name}")
    answer = frameloom("edit", "render", edit, "-o", out)
    assert answer.code == 0, answer.err
    info = probe(out)
    assert (info.video.frames, len(info.subtitles)) == (10, 1)
    listed = Path(f"out: é {name}.otio")
    assert frameloom("edit", "render", edit, "-o", listed).code == 0
    assert read_timeline(listed).tracks[0].items[0].source.path.samefile(folder / name)


def test_a_second_render_is_told_of_the_first(refuses: Refuses, home: Path) -> None:
    from frameloom.media.files.workplace import alone

    edit = write("edit.toml", '[[tracks]]\n[[tracks.items]]\nsource = {kind = "color"}\nduration = 30\n')
    with alone(Path("out.mp4")):
        says = "out.mp4: is being rendered by another process; wait for it or give another name"
        refuses("edit", "render", edit, "-o", "out.mp4", says=says)


def test_ctrl_c_leaves_no_process_and_no_file(home: Path) -> None:
    edit = '[[tracks]]\n[[tracks.items]]\nsource = "film.mp4"\nduration = 15\n[[subtitles]]\npath = "w.ass"\n'
    write("edit.toml", edit)
    form = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    line = "Dialogue: 0,0:00:00.50,0:00:14.50,Default,,0,0,0,,Words"
    write("w.ass", f"[Script Info]\nScriptType: v4.00+\n\n[Events]\n{form}\n{line}\n")
    before = contents(home)
    words = [sys.executable, "-c", STOPPING, "edit", "render", "edit.toml", "-o", "out.mp4"]
    process = subprocess.run(words, cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 130, process.stderr
    assert "frameloom: stopped" in process.stderr
    assert process.stdout.split() == ["130", "[]"]
    deadline = time.monotonic() + 5
    while contents(home) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert contents(home) == before


STOPPING = """
import sys
from pathlib import Path
from frameloom.apps.edit import render
from frameloom.cli.main import main
compose = render.compose
def stopping(*given):
    for number, picture in enumerate(compose(*given)):
        if number == 20:
            raise KeyboardInterrupt
        yield picture
render.compose = stopping
code = main(sys.argv[1:])
left = [name for task in Path("/proc/self/task").glob("*/children") for name in task.read_text().split()]
print(code, left)
sys.exit(code)
"""
