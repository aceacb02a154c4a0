"""What goes from one file into another as it is: sound, subtitles, covers, fonts, chapters, words about it."""

import subprocess
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from frameloom.core.errors import MediaError
from frameloom.media.files.encode import VideoTrack, add_video, encode_pictures
from frameloom.media.files.formats import VideoFormat, encoder_for
from frameloom.media.files.passing import Passed, add_passed, passing, tags_of
from frameloom.media.files.probe import probe
from frameloom.media.files.sink import label, media_file, mux_by_time
from frameloom.media.files.sound_source import read_sound
from frameloom.media.frames import Chapter
from frameloom.media.planes import plain

SRT = "1\n00:00:00,500 --> 00:00:01,000\nHello <i>there</i>\n\n2\n00:00:01,500 --> 00:00:02,000\nAgain\n"
META = """;FFMETADATA1
title=My film
artist=Me
comment=Hand made
[CHAPTER]
TIMEBASE=1/1000
START=0
END=1000
title=One
[CHAPTER]
TIMEBASE=1/1000
START=1000
END=3000
title=Two
"""


def ffmpeg(*words: object) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, words)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with films that hold all there is."""
    folder = tmp_path_factory.mktemp("given")
    (folder / "words.srt").write_text(SRT)
    (folder / "words.txt").write_text(META)
    (folder / "font.ttf").write_bytes(b"a font" * 50)
    lavfi = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=3", "-f", "lavfi", "-i", "sine=duration=3"]
    lavfi += ["-f", "lavfi", "-i", "sine=frequency=660:duration=3", "-i", folder / "words.srt"]
    lavfi += ["-i", folder / "words.txt", "-map_metadata", "4", "-map_chapters", "4"]
    streams = ["-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s", "-pix_fmt", "yuv420p"]
    about = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu", "-metadata:s:a:1", "title=Talk"]
    about += ["-metadata:s:s:0", "language=fra", "-disposition:a:1", "comment"]
    font = ["-attach", folder / "font.ttf", "-metadata:s:t", "mimetype=font/ttf"]
    ffmpeg(*lavfi, *streams, *about, "-c:a:0", "aac", "-c:a:1", "flac", "-c:s", "srt", *font, folder / "all.mkv")
    ffmpeg("-i", folder / "all.mkv", "-map", "0:v", "-frames:v", "1", folder / "cover.png")
    cover = ["-i", folder / "all.mkv", "-i", folder / "cover.png", "-map", "0:v", "-map", "0:a:0", "-map", "1:v"]
    kept = ["-map", "0:s", "-c", "copy", "-c:s", "mov_text", "-disposition:v:1", "attached_pic"]
    ffmpeg(*cover, *kept, folder / "all.mp4")
    ffmpeg("-i", folder / "all.mkv", "-map", "0:v", "-map", "0:a:0", "-c", "copy", folder / "all.ts")
    return folder


def passed_on(source: Path, out: Path, end: Fraction | None = None) -> Passed:
    """Write all that is handed on, beside three seconds of red."""
    passed = passing(probe(source), out)
    form = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}[out.suffix]
    encoder = encoder_for("vp9" if out.suffix == ".webm" else "h264", VideoFormat(speed="draft"), 8, Fraction(25))
    track = VideoTrack(out, encoder, 64, 48, Fraction(25), "bt709")
    with ExitStack() as stack, media_file(out, form, Fraction(25), 48_000) as container:
        label(container, passed.signed("by hand"), passed.chapters, dict(passed.metadata))
        pictures = encode_pictures(add_video(container, track), track, [plain(64, 48, (200, 0, 0))] * 75)
        mux_by_time(container, [pictures, *add_passed(container, passed, stack, end)])
    return passed


def packets_of(path: Path, kind: str) -> list[list[tuple[Fraction, bytes]]]:
    found = []
    with av.open(str(path)) as container:
        numbers = [stream.index for stream in container.streams if stream.type == kind]
    for number in numbers:
        with av.open(str(path)) as container:
            packets = container.demux(container.streams[number])
            found.append([(packet.pts * packet.time_base, bytes(packet)) for packet in packets if packet.size])
    return found


def samples(path: Path, stream: int = 0) -> np.ndarray:
    return np.concatenate(list(read_sound(path, stream=stream, rate=44_100, channels=1)))


def test_matroska_keeps_everything(given: Path, tmp_path: Path) -> None:
    source, out = given / "all.mkv", tmp_path / "out.mkv"
    passed = passed_on(source, out)
    assert passed.notes == ()
    assert packets_of(out, "audio") == packets_of(source, "audio")
    assert packets_of(out, "subtitle") == packets_of(source, "subtitle")
    with av.open(str(out)) as container:
        sounds, words = container.streams.audio, container.streams.subtitles
        assert [sound.language for sound in sounds] == ["eng", "deu"]
        assert sounds[1].metadata["title"] == "Talk"
        assert sounds[1].disposition & av.stream.Disposition.comment
        assert words[0].language == "fra"
        (font,) = [stream for stream in container.streams if stream.type == "attachment"]
        assert font.data == b"a font" * 50
    info = probe(out)
    assert info.chapters == (Chapter(Fraction(0), Fraction(1), "One"), Chapter(Fraction(1), Fraction(3), "Two"))
    metadata = {name.lower(): value for name, value in info.metadata}
    assert (metadata["title"], metadata["artist"]) == ("My film", "Me")
    assert metadata["comment"] == "Hand made; by hand"


def test_mp4_keeps_cover_words_and_sound(given: Path, tmp_path: Path) -> None:
    source, out = given / "all.mp4", tmp_path / "out.mp4"
    passed = passed_on(source, out)
    assert passed.notes == ()
    assert packets_of(out, "audio") == packets_of(source, "audio")
    assert packets_of(out, "subtitle") == packets_of(source, "subtitle")
    assert np.array_equal(samples(out), samples(source))
    with av.open(str(out)) as container:
        _, cover = container.streams.video
        assert cover.disposition & av.stream.Disposition.attached_pic
    assert [chapter.title for chapter in probe(out).chapters] == ["One", "Two"]


@pytest.mark.parametrize(
    ("name", "out", "codec"),
    [
        ("all.mkv", "out.mp4", "mov_text"),
        ("all.mkv", "out.mov", "mov_text"),
        ("all.mkv", "out.webm", "webvtt"),
        ("all.mp4", "out.mkv", "subrip"),
    ],
)
def test_subtitles_take_the_form_that_a_file_holds(
    given: Path, tmp_path: Path, name: str, out: str, codec: str
) -> None:
    passed_on(given / name, tmp_path / out)
    words = probe(tmp_path / out).subtitles
    assert [text.codec for text in words] == [codec]
    assert words[0].language == "fra"
    shift = Fraction(21, 1000) if name == "all.mp4" else 0  # the run-in of its sound
    (packets,) = packets_of(tmp_path / out, "subtitle")
    said = [(time, text) for time, text in packets if b"Hello" in text or b"Again" in text]
    assert [abs(time - shift - begin) < Fraction(2, 1000) for (time, _), begin in zip(said, (0.5, 1.5), strict=True)]
    assert b"there" in said[0][1]


def test_sound_that_cannot_be_copied_is_encoded(given: Path, tmp_path: Path) -> None:
    source, out = given / "all.mkv", tmp_path / "out.webm"
    passed = passed_on(source, out)
    assert passed.notes == (
        "sound 1 (aac, eng) cannot stand in .webm as it is: encoded anew as opus",
        "sound 2 (flac, deu) cannot stand in .webm as it is: encoded anew as opus",
        "attachment is left out: .webm does not hold it; .mkv would",
    )
    info = probe(out)
    assert [(sound.codec, sound.language) for sound in info.sounds] == [("opus", "eng"), ("opus", "deu")]
    for stream in (0, 1):
        before, after = samples(source, stream), samples(out, stream)
        assert abs(len(before) - len(after)) < 100
        length = min(len(before), len(after)) - 2000
        assert np.corrcoef(before[2000:length, 0], after[2000:length, 0])[0, 1] > 0.99


def test_what_a_file_does_not_hold_is_said(given: Path) -> None:
    assert passing(probe(given / "all.mkv"), Path("out.mov")).notes == (
        "sound 2 (flac, deu) cannot stand in .mov as it is: encoded anew as aac",
        "attachment is left out: .mov does not hold it; .mkv would",
    )
    assert passing(probe(given / "all.mp4"), Path("out.mkv")).notes == (
        "pictures 2 (png) is left out: .mkv does not hold it; .mp4 and .mov would",
        "sound begins with a run-in that .mkv cannot hide: all starts 23 ms later, together; .mp4 hides it",
    )


def test_no_sample_is_lost_on_the_way_from_matroska(given: Path, tmp_path: Path) -> None:
    """Matroska's times are rounded; what AAC's last packet holds beyond the end of the sound may go."""
    passed_on(given / "all.mkv", tmp_path / "out.mp4")
    for stream in (0, 1):
        before, after = samples(given / "all.mkv", stream), samples(tmp_path / "out.mp4", stream)
        assert len(after) >= 3 * 44_100
        assert np.array_equal(before[: len(after)], after)


def test_times_begin_where_the_source_begins(given: Path, tmp_path: Path) -> None:
    """A transport stream's clock starts somewhere; the new file's starts with the film."""
    source, out = given / "all.ts", tmp_path / "out.mp4"
    passed_on(source, out)
    with av.open(str(source)) as container:
        assert container.start_time > 1_000_000
    with av.open(str(out)) as container:
        first = next(packet for packet in container.demux(audio=0) if packet.size)
        assert abs(first.pts * first.time_base) < Fraction(1, 10)
    assert np.array_equal(samples(source), samples(out))


@pytest.mark.parametrize("out", ["out.mkv", "out.webm", "out.mp4"])
def test_all_ends_where_it_should(given: Path, tmp_path: Path, out: str) -> None:
    passed_on(given / "all.mkv", tmp_path / out, end=Fraction(1))
    for stream in (0, 1):
        assert len(samples(tmp_path / out, stream)) / 44_100 == pytest.approx(1, abs=0.05)
    (packets,) = packets_of(tmp_path / out, "subtitle")
    assert not any(b"Again" in text for _, text in packets)


def test_pictures_hand_nothing_on(tmp_path: Path) -> None:
    from PIL import Image

    for name in ("1.png", "2.png"):
        Image.new("RGB", (32, 32)).save(tmp_path / name)
    assert passing(probe(tmp_path), Path("out.mp4")) == Passed(tmp_path)


def test_a_source_that_goes_away_is_named(given: Path, tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes((given / "all.mp4").read_bytes())
    passed = passing(probe(source), Path("out.mp4"))
    source.unlink()
    with (
        pytest.raises(MediaError, match=r"film\.mp4: no such file"),
        ExitStack() as stack,
        media_file(tmp_path / "out.mp4", "mp4", Fraction(25), 48_000) as container,
    ):
        add_passed(container, passed, stack)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "size", "tags"),
    [
        ("range=limited", "64x48", (6, 6, 6)),
        ("range=limited", "1280x720", (1, 1, 1)),
        ("colorspace=bt470bg:color_primaries=bt470bg:color_trc=bt470bg", "64x48", (5, 5, 5)),
        ("colorspace=bt709:color_primaries=smpte432", "64x48", (1, 12, 1)),
        ("colorspace=fcc", "64x48", (6, 6, 6)),
    ],
)
def test_colour_tags_are_kept_where_pictures_are(
    tmp_path: Path, said: str, size: str, tags: tuple[int, int, int]
) -> None:
    path = tmp_path / "film.mkv"
    red = ["-f", "lavfi", "-i", f"color=red:size={size}:duration=0.2"]
    ffmpeg(*red, "-vf", f"format=yuv420p,setparams={said}", path)
    assert tags_of(probe(path).videos[0]) == tags
