"""Styled subtitles as libass draws them with fonts of ours, and tracks that are added without coding anew."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from frameloom.core.errors import MediaError, OutputError
from frameloom.media import ffmpeg
from frameloom.media.subtitles import Cue, parse_styled
from frameloom.media.subtitles.fonts import name_fonts
from frameloom.media.subtitles.soft import add_subtitles
from frameloom.media.subtitles.styled import StyledCues, open_styled
from frameloom.media.text.faces import FONTS, load

HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: 160
PlayResY: 90

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Red,Impact,40,&H000000FF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,5,0,0,0,1
Style: Serif,Times New Roman,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,90,100,0,0,1,0,0,2,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
""".replace("\\\n", "")


def script(folder: Path, *lines: str) -> Path:
    path = folder / "a.ass"
    path.write_text(HEAD + "".join(f"Dialogue: 0,{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def red(tmp_path: Path) -> Iterator[StyledCues]:
    line = "0:00:00.20,0:00:00.60,Red,,0,0,0,,\u25a0"
    cues = open_styled(script(tmp_path, line, line.replace("00:00.", "00:20.")), 160, 90, Fraction(10))
    yield cues
    cues.close()


def test_when_what_and_where(red: StyledCues) -> None:
    shown = [red.at(frame) for frame in range(8)]
    assert [drawn is not None for drawn in shown] == [False, False, True, True, True, True, False, False]
    first = shown[2]
    assert first is not None
    assert all(drawn is first for drawn in shown[2:6])
    solid = first.pixels[first.pixels[..., 3] > 250]
    assert solid.size
    assert (solid[:, 0] > 250).all()
    assert solid[:, 1:3].max() < 5
    middle = first.left + first.pixels.shape[1] / 2, first.top + first.pixels.shape[0] / 2
    assert abs(middle[0] - 80) < 12
    assert abs(middle[1] - 45) < 20
    assert first.left % 2 == first.top % 2 == first.pixels.shape[0] % 2 == first.pixels.shape[1] % 2 == 0


def test_soft_edges_keep_their_color(red: StyledCues) -> None:
    """Libass mixes with black; straight alpha must be the letter's own red wherever anything is seen."""
    drawn = red.at(3)
    assert drawn is not None
    soft = drawn.pixels[(drawn.pixels[..., 3] > 20) & (drawn.pixels[..., 3] < 235)]
    assert soft.size
    assert (soft[:, 0] > 225).all()


def test_frames_in_any_order(red: StyledCues) -> None:
    early, late = red.at(203), red.at(3)
    assert early is not None
    assert late is not None
    assert np.array_equal(early.pixels, late.pixels)
    assert red.at(100) is None


def test_a_shift(tmp_path: Path) -> None:
    path = script(tmp_path, "0:00:00.20,0:00:00.60,Red,,0,0,0,,X")
    cues = open_styled(path, 160, 90, Fraction(10), Fraction(-2, 5))
    try:
        assert [cues.at(frame) is not None for frame in range(4)] == [True, True, False, False]
    finally:
        cues.close()


def test_every_stretch_names_a_font_that_has_it(tmp_path: Path) -> None:
    line = "0:00:00.00,0:00:01.00,Serif,,0,0,0,,Hi\\N\u4f60\u597d{\\fnArial\\b1}ab{\\p1}m 0 0{\\p0}\u0627\U0001f600"
    parsed = parse_styled(tmp_path, script(tmp_path, line).read_text(encoding="utf-8"))
    files = {path.name for path in name_fonts(parsed, frozenset())}
    text = parsed.events[0].text
    assert [style.fontname for style in parsed.styles.values()] == ["Noto Sans", "Noto Serif"]
    assert text.startswith("Hi\\N{\\fnNoto Sans CJK SC\\fscx")
    assert (
        "}\u4f60\u597d{\\fnNoto Serif\\fscx90\\fscy100}{\\fnNoto Sans\\b1}ab{\\p1}m 0 0{\\p0}{\\fnNoto Sans Arabic"
        in text
    )
    assert "\U0001f600" not in text
    assert {"NotoSerif-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansArabic-Regular.ttf"} <= files


def test_a_font_stays_itself_however_many_are_asked_for(tmp_path: Path) -> None:
    line = "0:00:00.00,0:00:01.00,Serif,,0,0,0,,{\\fnArial}ab"
    first, later = (parse_styled(tmp_path, script(tmp_path, line).read_text(encoding="utf-8")) for _ in range(2))
    name_fonts(first, frozenset())
    for weight in range(100, 300):
        load("modern", weight, False)
    name_fonts(later, frozenset())
    assert later.events[0].text == first.events[0].text == "{\\fnNoto Sans}ab"


def test_fonts_within_a_file_are_kept(tmp_path: Path) -> None:
    data = (FONTS / "NotoSansThaana-Regular.ttf").read_bytes()
    bits = np.unpackbits(np.frombuffer(data + b"\0" * (-len(data) % 3), np.uint8)).reshape(-1, 6)
    signs = "".join(chr(33 + int(six)) for six in bits @ np.array([32, 16, 8, 4, 2, 1]))[: (len(data) * 8 + 5) // 6]
    path = script(tmp_path, "0:00:00.00,0:00:01.00,Red,,0,0,0,,{\\fnNoto Sans Thaana}\u0780")
    lines = "\n".join(signs[at : at + 80] for at in range(0, len(signs), 80))
    path.write_text(path.read_text(encoding="utf-8") + f"\n[Fonts]\nfontname: own.ttf\n{lines}\n", encoding="utf-8")
    cues = open_styled(path, 160, 90, Fraction(10))
    try:
        assert cues.at(2) is not None
        assert (cues._folder / "fonts" / "own0.ttf").read_bytes() == data
    finally:
        cues.close()
    assert not cues._folder.exists()
    path.write_text(path.read_text(encoding="utf-8").replace(lines[:400], "!" * 400), encoding="utf-8")
    with pytest.raises(MediaError, match=r"the font 'own\.ttf' within it is damaged"):
        open_styled(path, 160, 90, Fraction(10))


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "v.mkv"
    inputs = ["-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=3", "-f", "lavfi", "-i", "sine=d=3"]
    ffmpeg.run([*inputs, "-c:v", "libx264", "-c:a", "aac", path])
    return path


@pytest.mark.parametrize(
    ("name", "codec"), [("o.mp4", "mov_text"), ("o.mov", "mov_text"), ("o.mkv", "srt")], ids=["mp4", "mov", "mkv"]
)
def test_a_track_beside_copied_pictures(video: Path, tmp_path: Path, name: str, codec: str) -> None:
    out = tmp_path / name
    cues = [Cue(Fraction(1), Fraction(2), "Hello \u4f60\u597d")]
    add_subtitles(video, cues, out, "en", title="English")
    add_subtitles(out, cues, out, "zh")
    with av.open(str(video)) as old, av.open(str(out)) as new:
        tracks = new.streams.subtitles
        assert [track.codec_context.name for track in tracks] == [codec, codec]
        assert [track.language for track in tracks] == ["chi" if name == "o.mov" else "zho", "eng"]
        packets = [[bytes(packet) for packet in file.demux(video=0) if packet.size] for file in (old, new)]
        assert len(packets[0]) == len(packets[1]) == 30
        assert [len(packet) for packet in packets[0]][1:] == [len(packet) for packet in packets[1]][1:]
    with av.open(str(out)) as new:
        shown = [packet for packet in new.demux(new.streams.subtitles[0]) if b"Hello" in bytes(packet)]
        assert [float(packet.pts * packet.time_base) for packet in shown] == [1.0]


def test_styles_go_into_matroska(video: Path, tmp_path: Path) -> None:
    add_subtitles(video, script(tmp_path, "0:00:01.00,0:00:02.00,Red,,0,0,0,,X"), tmp_path / "o.mkv", "de", shown=True)
    with av.open(str(tmp_path / "o.mkv")) as new:
        assert new.streams.subtitles[0].codec_context.name == "ssa"
        assert new.streams.subtitles[0].disposition & av.stream.Disposition.default


def test_what_holds_no_subtitles(video: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"o\.gif: holds no subtitle tracks; give \.mp4"):
        add_subtitles(video, [], tmp_path / "o.gif")
    with pytest.raises(MediaError, match=r"none\.mp4"):
        add_subtitles(tmp_path / "none.mp4", [Cue(Fraction(0), Fraction(1), "x")], tmp_path / "o.mp4")
    assert list(tmp_path.iterdir()) == []
