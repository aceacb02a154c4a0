"""Pictures at times of their own, in pieces: exact in every codec and container that can be."""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.passing import Passed
from frameloom.media.files.picture import Picture
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.files.timed import (
    MICROSECOND,
    Piece,
    TimedWork,
    assemble_pieces,
    codec_for,
    encode_piece,
    finest,
    keep_pieces_playable,
    missing_pieces,
    ticks_of,
    timed,
)
from frameloom.media.frames import Chapter
from frameloom.media.planes import Planes

WIDTH, HEIGHT = 64, 48
TICKS = 90_000
TIMES = [0, 3003, 6006, 45_000, 45_001, 90_000, 250_000, 253_003, 256_006, 259_009]
"""In ticks: even and uneven, two a tick apart, none in the third second."""
END = 262_012
EVERY_CODEC = [("film.mp4", "h264"), ("film.mp4", "hevc"), ("film.mp4", "av1"), ("film.mp4", "vp9")]
EVERY_CODEC += [("film.mov", "prores"), ("film.mkv", "h264"), ("film.mkv", "hevc"), ("film.webm", "vp9")]


def level(index: int) -> int:
    return 40 + index * 37 % 180


def pictures(alpha: bool = False) -> Iterator[Picture]:
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    for index, (time, after) in enumerate(zip(TIMES, [*TIMES[1:], END], strict=True)):
        y = np.full((HEIGHT, WIDTH), level(index), np.uint8)
        y[20:28, 5 * index :] = 220
        opacity = np.full_like(y, 255 * (index % 2)) if alpha else None
        yield Picture(Planes(y, half, half, opacity), Fraction(time, TICKS), Fraction(after - time, TICKS))


def begin(path: Path, key: str = "a", codec: str | None = None, **options: object) -> TimedWork:
    video = VideoFormat(codec=codec, speed="medium" if codec in ("h264", "hevc") else "draft", quality=90)
    given = {"duration": Fraction(END, TICKS), "ticks": TICKS, "rate": Fraction(10), "video": video}
    given |= {"width": WIDTH, "height": HEIGHT, "piece_s": Fraction(1, 2)}
    return timed(path, key, **{**given, **options})


def encode(work: TimedWork, piece: Piece, alpha: bool = False) -> int:
    return encode_piece(work, piece, (picture for picture in pictures(alpha) if piece.holds(picture.time)))


def encode_all(work: TimedWork, alpha: bool = False) -> None:
    for piece in missing_pieces(work):
        encode(work, piece, alpha)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


NOTHING = Passed(Path("nothing"))


@pytest.mark.parametrize(("name", "codec"), EVERY_CODEC)
def test_every_picture_is_at_its_time(tmp_path: Path, name: str, codec: str) -> None:
    work = begin(tmp_path / name, codec=codec)
    assert [piece.start for piece in work.pieces] == [Fraction(k, 2) for k in range(6)]
    assert work.pieces[-1].stop is None
    encode_all(work)
    chapters = (Chapter(Fraction(0), Fraction(1), "One"),)
    passed = Passed(Path("nothing"), chapters=chapters, metadata=(("title", "Film"),), comment="Mine", language="fra")
    written = assemble_pieces(work, passed, made_by="by hand")
    assert (written.path, written.frames, written.width, written.height) == (tmp_path / name, 10, WIDTH, HEIGHT)
    coarse = name.endswith(("mkv", "webm"))
    wanted = sorted({round(Fraction(time, TICKS) * 1000) for time in TIMES}) if coarse else TIMES
    with av.open(str(tmp_path / name)) as container:
        frames = list(container.decode(video=0))
        stream = container.streams.video[0]
        assert (stream.colorspace, stream.color_primaries, stream.color_trc, stream.color_range) == (1, 1, 1, 1)
        if not coarse:
            assert stream.duration * stream.time_base == Fraction(END, TICKS)
    found = [frame.pts * frame.time_base for frame in frames]
    if coarse:
        assert sorted({round(time * 1000) for time in found}) == wanted
    else:
        assert found == [Fraction(time, TICKS) for time in TIMES]
    assert len(frames) == len(TIMES)
    for index, frame in enumerate(frames):
        luma = float(frame.to_ndarray(format="gray8")[:16].mean())
        assert luma == pytest.approx((level(index) - 16) * 255 / 219, abs=5)
    info: MediaInfo = probe(tmp_path / name)
    metadata = {key.lower(): value for key, value in info.metadata}
    assert (metadata["title"], metadata["comment"]) == ("Film", "Mine; by hand")
    assert [chapter.title for chapter in info.chapters] == ["One"]
    assert info.videos[0].language == "fra"
    assert list(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize(("name", "codec"), [("film.mp4", "h264"), ("film.mp4", "hevc")])
def test_packets_are_never_due_too_late(tmp_path: Path, name: str, codec: str) -> None:
    work = begin(tmp_path / name, codec=codec, piece_s=Fraction(3))
    encode_all(work)
    assemble_pieces(work, NOTHING)
    with av.open(str(tmp_path / name)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    due = [packet.dts for packet in packets]
    assert due == sorted(set(due))
    assert all(packet.dts <= packet.pts for packet in packets)
    assert any(packet.dts < packet.pts for packet in packets)  # there are B pictures to put right


def test_any_order_and_any_interruption_give_the_same(tmp_path: Path) -> None:
    straight = begin(tmp_path / "a" / "film.mp4")
    encode_all(straight)
    assemble_pieces(straight, NOTHING)
    work = begin(tmp_path / "b" / "film.mp4")
    for number in (5, 0, 3):
        encode(work, work.pieces[number])

    def stopped() -> Iterator[Picture]:
        yield list(pictures())[4]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_piece(work, work.pieces[1], stopped())
    again = begin(tmp_path / "b" / "film.mp4")
    assert again.notes == ()
    assert [piece.index for piece in missing_pieces(again)] == [1, 2, 4]
    encode_all(again)
    assemble_pieces(again, NOTHING)
    assert digest(tmp_path / "a" / "film.mp4") == digest(tmp_path / "b" / "film.mp4")


def test_pictures_without_their_times_do_not_count(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    first, second, empty = work.pieces[0], work.pieces[1], work.pieces[4]
    first.times.unlink()
    second.times.write_text("{}")
    empty.times.write_text('{"times": [1, 2')
    assert [piece.index for piece in missing_pieces(work)] == [0, 1, 4]
    with pytest.raises(MediaError, match="3 of 6 pieces are not encoded yet; encode them"):
        assemble_pieces(work, NOTHING)


def test_times_without_their_pictures_do_not_count(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    work.pieces[0].path.unlink()
    work.pieces[1].path.write_bytes(b"nothing like a video")
    assert [piece.index for piece in missing_pieces(work)] == [0, 1]


def test_what_is_whole_can_be_played(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    for number in (0, 1, 3):
        encode(work, work.pieces[number])
    kept = keep_pieces_playable(work, NOTHING)
    assert kept is not None
    written, end = kept
    assert (written.path, written.frames) == (tmp_path / "film.partial.mp4", 5)
    assert end == Fraction(90_000, TICKS)
    found = [(picture.time, picture.duration) for picture in read_pictures(written.path)]
    assert found == [(picture.time, picture.duration) for picture in list(pictures())[:5]]
    encode_all(work)
    assemble_pieces(work, NOTHING)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "film.mp4"]


def test_nothing_whole_is_nothing_to_play(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode(work, work.pieces[1])
    assert keep_pieces_playable(work, NOTHING) is None
    assert not work.partial.exists()


def test_a_film_without_pictures_is_none(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    for piece in work.pieces:
        assert encode_piece(work, piece, ()) == 0
    assert missing_pieces(work) == ()
    with pytest.raises(MediaError, match=r"film\.mp4: no pictures to write"):
        assemble_pieces(work, NOTHING)
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"key": "b"},
        {"ticks": 600},
        {"duration": Fraction(9)},
        {"color": "bt601"},
        {"tags": (6, 5, 4)},
        {"width": 32},
        {"piece_s": Fraction(1)},
        {"video": VideoFormat(quality=50)},
    ],
)
def test_other_work_is_never_mixed_in(tmp_path: Path, change: dict) -> None:
    work = begin(tmp_path / "film.mp4")
    encode(work, work.pieces[0])
    other = begin(tmp_path / "film.mp4", **change)
    assert len(missing_pieces(other)) == len(other.pieces)
    assert other.notes == (f"{work.folder}: unfinished work on something else was thrown away",)


def test_tags_are_written_as_they_are(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4", color="bt601", tags=(5, 5, 4))
    encode_all(work)
    assemble_pieces(work, NOTHING)
    video = probe(tmp_path / "film.mp4").videos[0]
    assert (video.matrix, video.primaries, video.transfer) == ("bt470bg", "bt470bg", "gamma22")


def test_alpha_is_kept_where_it_can_be(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.webm", codec="vp9", alpha=True)
    encode_all(work, alpha=True)
    assemble_pieces(work, NOTHING)
    opacities = [
        255.0 if picture.planes.alpha is None else float(picture.planes.alpha.mean())
        for picture in read_pictures(tmp_path / "film.webm")
    ]
    apart = [index for index in range(10) if index != 4]  # in milliseconds, 4 is at the time of 3
    assert opacities == pytest.approx([255 * (index % 2) for index in apart], abs=3)
    assert begin(tmp_path / "film.mp4", alpha=True).notes == (
        "h264 in .mp4 holds no transparency: put on black; .webm or prores keep it",
    )


def test_ten_bits_in_eight_say_so(tmp_path: Path) -> None:
    assert begin(tmp_path / "film.webm", codec="vp9", depth=10).notes == (
        "vp9 holds 8 bits: the pictures' 10 are rounded; h264, hevc, av1, prores hold 10",
    )


def test_pictures_out_of_order_are_refused(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4", piece_s=Fraction(9))
    with pytest.raises(MediaError, match=r"a picture at 0\.066733 s comes no later than the one before"):
        encode_piece(work, work.pieces[0], [list(pictures())[number] for number in (0, 3, 2)])
    assert missing_pieces(work) == work.pieces


def test_a_piece_lost_meanwhile_is_named(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    other = begin(tmp_path / "other" / "film.mp4", color="bt601")
    encode_all(other)
    other.pieces[5].path.replace(work.pieces[5].path)
    with pytest.raises(MediaError, match=r"00005\.mp4: was encoded in another way than the first; remove .*work"):
        assemble_pieces(work, NOTHING)


@pytest.mark.parametrize("name", ["film.gif", "film.webp", "film", "film.wav", "film.abc"])
def test_what_holds_no_exact_times_says_so(name: str) -> None:
    with pytest.raises(MediaError, match=r"is no video with exact times; write \.mp4, \.mov, \.mkv or \.webm"):
        codec_for(Path(name), VideoFormat())


def test_a_codec_must_fit_its_file() -> None:
    with pytest.raises(MediaError, match=r"a \.webm file takes no h264"):
        codec_for(Path("film.webm"), VideoFormat(codec="h264"))
    assert codec_for(Path("film.mp4"), VideoFormat()) == "h264"


def test_a_folder_of_somebody_else_stays(tmp_path: Path) -> None:
    folder = tmp_path / ".film.mp4.work"
    folder.mkdir()
    (folder / "diary.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"holds diary\.txt, which is no work of ours; move it away"):
        begin(tmp_path / "film.mp4")


def test_ticks_hold_every_time_of_a_source(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    assemble_pieces(work, NOTHING)
    ticks = ticks_of(tmp_path / "film.mp4")
    assert all((picture.time * ticks).denominator == 1 for picture in read_pictures(tmp_path / "film.mp4"))
    assert ticks_of(tmp_path) == 25  # a folder of pictures


def test_too_fine_a_clock_is_rounded() -> None:
    assert finest(90_000, 48_000) == 720_000
    assert finest(90_000, 1_000_003) == MICROSECOND


def test_sound_alone_has_no_ticks(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(MediaError, match=r"sound\.wav: no video stream; give a file with video"):
        ticks_of(path)
