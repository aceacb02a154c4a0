"""Whole films made better: what is asked for is done, all else is kept, and no interruption changes a byte."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
import torch
from tests.apps.enhance.films import HEIGHT, TICK, UNEVEN, WIDTH, film, level, packets_of

from frameloom.apps.enhance import enhance as enhancing
from frameloom.apps.enhance.choice import drawing
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.enhance import enhance
from frameloom.apps.enhance.network import Lanczos, Luma
from frameloom.apps.enhance.planning import pacing
from frameloom.apps.enhance.stages import Span, staged
from frameloom.apps.enhance.tiles import tiled
from frameloom.apps.enhance.upscale import upscaling
from frameloom.core.errors import MediaError, ModelError, OutputError
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.networks import open_network
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.source import probe, read_pictures, read_sound
from frameloom.models.upscaler import Upscaler, UpscalerConfig

FOOTAGE = Path(__file__).parents[4] / "shared/data/footage"
DRAFT = VideoFormat(speed="draft", quality=90)

needs_footage = pytest.mark.skipif(not FOOTAGE.is_dir(), reason="real clips are not here")


def asked(source: Path, out: Path, **options: object) -> EnhanceConfig:
    return EnhanceConfig.model_validate(
        {"input": source, "out": out, "scale": 2, "quality": "lanczos", "video": DRAFT, **options}
    )


def shown(path: Path) -> list[tuple[Fraction, Fraction, float]]:
    return [(each.time, each.duration, float(each.planes.y[2:16].mean())) for each in read_pictures(path)]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    return film(tmp_path / "uneven.mp4", UNEVEN, 1560, sounds=2)


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path) -> Iterator[None]:
    threads = threading.active_count()
    files = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else 0
    yield
    assert threading.active_count() == threads
    if files:
        assert len(list(Path("/proc/self/fd").iterdir())) <= files + 1  # torch or pools may have opened one for good


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_every_picture_keeps_its_time(uneven: Path, suffix: str) -> None:
    """Gaps of more than a piece, of one tick and of a picture: all are where they were, each with its content."""
    out = uneven.with_name(f"out{suffix}")
    written = enhance(asked(uneven, out)).written
    assert (written.frames, written.width, written.height) == (len(UNEVEN), 2 * WIDTH, 2 * HEIGHT)
    found = shown(out)
    shift = found[0][0]  # Matroska does not hide the run-in of AAC
    assert shift <= (Fraction(22, 1000) if suffix == ".mkv" else 0)
    tolerance = Fraction(1, 1000) if suffix == ".mkv" else 0
    assert len(found) == len(UNEVEN)
    for (begin, _, luma), tick in zip(found, UNEVEN, strict=True):
        assert abs(begin - shift - tick * TICK) <= tolerance
        assert luma == pytest.approx(level(UNEVEN.index(tick)), abs=2)
    if suffix == ".mp4":
        assert [duration for _, duration, _ in found] == [duration for _, duration, _ in shown(uneven)]
        assert probe(out).duration == probe(uneven).duration


@pytest.mark.usefixtures("short_pieces")
def test_other_decoders_find_no_fault(uneven: Path) -> None:
    out = uneven.with_name("out.mp4")
    enhance(asked(uneven, out))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-i", str(out), "-fps_mode", "passthrough"]
    command += ["-enc_time_base", "demux", "-f", "null", "-"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stderr == ""
    with av.open(str(out)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    due = [packet.dts for packet in packets]
    assert due == sorted(set(due))
    assert all(packet.dts <= packet.pts for packet in packets)


def test_sound_is_copied_packet_by_packet(uneven: Path) -> None:
    out = uneven.with_name("out.mp4")
    enhance(asked(uneven, out))
    assert packets_of(out, "audio") == packets_of(uneven, "audio")
    assert [sound.language for sound in probe(out).sounds] == ["eng", "deu"]
    for stream in (0, 1):
        before, after = (np.concatenate(list(read_sound(path, stream=stream))) for path in (uneven, out))
        assert np.array_equal(before, after)


def test_a_film_without_sound_stays_without(tmp_path: Path) -> None:
    source = film(tmp_path / "mute.mp4", [0, 24, 48], 72, sounds=0)
    enhance(asked(source, tmp_path / "out.mp4"))
    assert probe(tmp_path / "out.mp4").sounds == ()


class Stops:
    """A network that is interrupted after so many pictures."""

    radius, cell, takes_levels = 4, 1, False

    def __init__(self, after: int, error: BaseException) -> None:
        self.scale, self.recurrent, self.left, self.error = 2, False, after, error

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return Lanczos(2)(luma)

    def __repr__(self) -> str:
        return "as Lanczos"


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("options", [{}, {"denoise": 6, "color": "auto"}, {"stabilise": True}, {"fps": 40}])
def test_an_interruption_changes_nothing(tmp_path: Path, options: dict) -> None:
    """Whatever stages remember: they are given the same pictures before, wherever the work goes on."""
    source = film(tmp_path / "noisy.mp4", list(range(0, 1500, 24)), 1500, noise=6)
    straight, out = tmp_path / "straight.mp4", tmp_path / "out.mp4"
    never = Stops(10**9, AssertionError())
    enhance(asked(source, straight, **options), network=never)
    for after in (0, 15, 15, 15):
        with pytest.raises(KeyboardInterrupt, match=r"out\.mp4: stopped; .*; the same command goes on from there"):
            enhance(asked(source, out, **options), network=Stops(after, KeyboardInterrupt()))
        assert not out.exists()
    assert (tmp_path / "out.partial.mp4").exists()
    enhance(asked(source, out, **options), network=never)
    assert digest(out) == digest(straight)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["noisy.mp4", "out.mp4", "straight.mp4"]


@pytest.mark.usefixtures("short_pieces")
def test_what_is_whole_can_be_watched(tmp_path: Path) -> None:
    source = film(tmp_path / "long.mp4", list(range(0, 1200, 24)), 1200)
    told = r"stopped; 0:01\.00 can be watched as .*out\.partial\.mp4; the same command goes on from there"
    with pytest.raises(KeyboardInterrupt, match=told):
        enhance(asked(source, tmp_path / "out.mp4"), network=Stops(33, KeyboardInterrupt()))
    partial = tmp_path / "out.partial.mp4"
    found = shown(partial)
    assert [begin for begin, _, _ in found] == [tick * TICK for tick in range(0, 600, 24)]
    assert probe(partial).sounds[0].duration == pytest.approx(1, abs=0.03)


def test_stopping_while_all_is_put_together_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = film(tmp_path / "film.mp4", [0, 24, 48], 72)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(enhancing, "assemble_pieces", stopped)
        with pytest.raises(KeyboardInterrupt, match="all pictures are done; the same command puts them together"):
            enhance(asked(source, tmp_path / "out.mp4"), network=Stops(10, AssertionError()))
    assert enhance(asked(source, tmp_path / "out.mp4"), network=Stops(0, AssertionError())).written.frames == 3


def test_before_a_piece_is_whole_there_is_nothing_to_watch(tmp_path: Path) -> None:
    source = film(tmp_path / "short.mp4", [0, 24, 48], 72)
    with pytest.raises(KeyboardInterrupt, match="stopped; nothing is whole yet"):
        enhance(asked(source, tmp_path / "out.mp4"), network=Stops(1, KeyboardInterrupt()))
    assert not (tmp_path / "out.partial.mp4").exists()


@pytest.mark.usefixtures("short_pieces")
def test_other_settings_begin_anew(tmp_path: Path) -> None:
    source = film(tmp_path / "long.mp4", list(range(0, 900, 24)), 900, sounds=0)
    out = tmp_path / "out.mp4"
    with pytest.raises(KeyboardInterrupt):
        enhance(asked(source, out), network=Stops(30, KeyboardInterrupt()))
    made = enhance(asked(source, out, strength=0.5))
    assert any("unfinished work on something else was thrown away" in note for note in made.written.notes)


def test_ten_kills_at_random_moments_change_no_byte(tmp_path: Path) -> None:
    source = film(tmp_path / "long.mp4", list(range(0, 2400, 24)), 2400)
    code = """
import functools, sys, time
from fractions import Fraction
from pathlib import Path
from frameloom.apps.enhance import enhance as enhancing
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.upscale import Lanczos
from frameloom.media.files.formats import VideoFormat
enhancing.timed = functools.partial(enhancing.timed, piece_s=Fraction(1, 2))
class Slow(Lanczos):
    def __call__(self, luma, before=None):
        time.sleep(0.004)
        return super().__call__(luma)
config = EnhanceConfig(input=Path(sys.argv[1]), out=Path(sys.argv[2]), scale=2, denoise=4, fps=30,
                       video=VideoFormat(speed="draft"))
print("begun", flush=True)
enhancing.enhance(config, network=Slow(2))
"""

    def begun(out: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, str(source), str(out)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    straight, out = tmp_path / "straight.mp4", tmp_path / "out.mp4"
    with begun(straight) as process:
        assert process.wait(60) == 0
    draw = np.random.default_rng(7)
    for _ in range(10):
        with begun(out) as process:
            time.sleep(draw.uniform(0.02, 0.2))
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
        if out.exists():  # then it is whole
            assert digest(out) == digest(straight)
            break
    with begun(out) as process:
        assert process.wait(60) == 0
    assert digest(out) == digest(straight)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["long.mp4", "out.mp4", "straight.mp4"]


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("fps", ["60", "24000/1001", "10"])
def test_a_rate_is_even_to_the_end(tmp_path: Path, fps: str) -> None:
    source, out = film(tmp_path / "film.mp4", list(range(0, 1200, 24)), 1200), tmp_path / "out.mp4"
    enhance(asked(source, out, scale=1, fps=fps))
    rate = Fraction(fps)
    found = shown(out)
    assert [begin for begin, _, _ in found] == [
        number / rate for number in range(-(-2 * rate.numerator // rate.denominator))
    ]
    assert {duration for _, duration, _ in found[:-1]} == {1 / rate}
    assert probe(out).videos[0].duration == probe(source).videos[0].duration
    assert packets_of(out, "audio") == packets_of(source, "audio")
    originals = {picture.time: float(picture.planes.y[2:16].mean()) for picture in read_pictures(source)}
    shared = [(luma, originals[begin]) for begin, _, luma in found if begin in originals]
    assert len(shared) >= 1
    assert all(luma == pytest.approx(original, abs=1.5) for luma, original in shared)


@pytest.mark.usefixtures("short_pieces")
def test_pieces_do_not_show_in_motion(tmp_path: Path) -> None:
    """New pictures are the same whether the film is cut into pieces or not."""
    source = film(tmp_path / "film.mp4", list(range(0, 1200, 48)), 1200)
    enhance(asked(source, tmp_path / "pieces.mp4", fps=50, video=VideoFormat(quality=100, speed="draft")))
    stages = (
        upscaling(Lanczos(2), 2),
        pacing(Fraction(50), Fraction(0), drawing(asked(source, tmp_path / "whole.mp4", fps=50))),
    )
    whole = [picture.planes.y for _, picture in staged(source, stages, [Span(Fraction(0))]) if picture]
    found = [picture.planes.y for picture in read_pictures(tmp_path / "pieces.mp4")]
    assert len(found) == len(whole)
    assert all(np.abs(a.astype(int) - b).mean() < 1.5 for a, b in zip(found, whole, strict=True))


def test_a_model_folder_does_it(tmp_path: Path) -> None:
    """A network of ours enlarges a film in tiles without seams, and what it makes is what the film holds."""
    torch.manual_seed(0)
    model = Upscaler(UpscalerConfig(scale=2, width=8, depth=3))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    export_upscaler(model, tmp_path / "model.onnx")
    source, out = film(tmp_path / "film.mp4", [0, 24, 48], 72, sounds=0), tmp_path / "out.mp4"
    enhance(asked(source, out, model=str(tmp_path), video=VideoFormat(quality=100, speed="draft")))
    before, after = (next(iter(read_pictures(path))).planes.y for path in (source, out))
    luma = torch.from_numpy(before.astype(np.float32) / 255)[None, None] * 2 - 1
    expected = (model.eval().enlarge(luma)[0, 0].numpy() + 1) / 2 * 255
    assert np.abs(after - expected).mean() < 1
    tiles = tiled(open_network(tmp_path, threads=1), before.astype(np.float32) / 255, 16)
    assert np.abs(tiles * 255 - expected).max() < 0.01


def test_a_network_of_ones_own_is_looked_at_first(tmp_path: Path) -> None:
    """A model file that is not there, or could run code, is named before anything is begun."""
    source = film(tmp_path / "film.mp4", [0, 24], 48, sounds=0)
    (tmp_path / "net.pth").write_bytes(b"pickle")
    for name, told in (("no.onnx", "no such network"), ("net.pth", "pickled weights can run any code")):
        with pytest.raises(ModelError, match=told):
            enhance(asked(source, tmp_path / "out.mp4", model=str(tmp_path / name)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "net.pth"]


@pytest.mark.parametrize("at", [0, 5])
def test_an_error_of_the_network_comes_out(tmp_path: Path, at: int) -> None:
    source = film(tmp_path / "short.mp4", list(range(0, 480, 24)), 480)
    with pytest.raises(ZeroDivisionError):
        enhance(asked(source, tmp_path / "out.mp4"), network=Stops(at, ZeroDivisionError()))
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.usefixtures("short_pieces")
def test_damage_is_named_and_what_comes_before_it_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = film(tmp_path / "long.mp4", list(range(0, 1200, 24)), 1200)
    torn = Stops(33, MediaError(f"{source}: damaged after 33 frames"))
    with pytest.raises(MediaError, match=r"damaged after 33 frames; 0:01\.00 can be watched as .*out\.partial\.mp4"):
        enhance(asked(source, tmp_path / "out.mp4"), network=torn)
    assert not (tmp_path / "out.mp4").exists()


def test_a_file_cut_short_leaves_nothing(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mkv"
    with av.open(str(whole), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"g": "5", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index in range(100):
            pixels = np.random.default_rng(index).integers(0, 255, (48, 64, 3)).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(MediaError, match=r"cut\.mkv: damaged after \d+ frames"):
        enhance(asked(cut, tmp_path / "out.mp4"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.mkv", "whole.mkv"]


def test_nothing_is_written_over_what_is_read(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", [0, 24], 48, sounds=0)
    before = digest(source)
    with pytest.raises(OutputError, match=r"film\.mp4: would overwrite"):
        enhance(asked(source, source))
    assert digest(source) == before


@pytest.mark.parametrize("name", ["out.gif", "out.webp", "out.png", "out.wav", "out.xyz", "out"])
def test_what_holds_no_exact_times_is_refused(tmp_path: Path, name: str) -> None:
    source = film(tmp_path / "film.mp4", [0, 24], 48, sounds=0)
    with pytest.raises(MediaError, match=r"is no video with exact times; write \.mp4, \.mov, \.mkv or \.webm"):
        enhance(asked(source, tmp_path / name))
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_too_large_a_result_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    from PIL import Image

    Image.new("RGB", (6000, 3000)).save(folder / "1.png")
    with pytest.raises(MediaError, match="frames of 24000x12000 px are too large"):
        enhance(asked(folder, tmp_path / "out.mp4", scale=4))
    assert [path.name for path in tmp_path.iterdir()] == ["pictures"]


def test_the_file_says_how_it_was_made(uneven: Path) -> None:
    out = uneven.with_name("out.mp4")
    enhance(asked(uneven, out, denoise=3))
    assert dict(probe(out).metadata)["comment"].endswith("enhance scale=2 quality=lanczos denoise=3.0")


def test_pictures_wait_for_each_other(tmp_path: Path) -> None:
    """However slow the network, only a few pictures are decoded ahead: memory does not grow with duration."""
    source = film(tmp_path / "long.mp4", list(range(0, 2400, 24)), 2400, sounds=0)
    decoded = 0
    most = 0
    seen = 0
    original = enhancing.staged

    class Slow(Lanczos):
        def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
            nonlocal most, seen
            seen += 1
            time.sleep(0.001)
            most = max(most, decoded - seen)
            return super().__call__(luma)

    from frameloom.apps.enhance import stages

    def counted(path: Path, start: Fraction) -> Iterator[object]:
        nonlocal decoded
        for picture in read_pictures(path, start):
            decoded += 1
            yield picture

    patch = pytest.MonkeyPatch()
    patch.setattr(stages, "read_pictures", counted)
    try:
        enhance(asked(source, tmp_path / "out.mp4"), network=Slow(2))
    finally:
        patch.undo()
    assert original is enhancing.staged
    assert seen == decoded == 100
    assert most <= 6


# Real clips


@needs_footage
@pytest.mark.parametrize(
    ("name", "size", "depth"),
    [
        ("free/h264_10bits.mp4", (400, 400), 10),
        ("free/h265_video.mp4", (256, 256), 8),
        ("free/SAR-2by3.mp4", (1280, 1080), 8),
        ("local/video_90.mov", (640, 1136), 8),
        ("local/newtonscradle.gif", (400, 300), 8),
    ],
)
def test_real_clips_keep_their_times(tmp_path: Path, name: str, size: tuple[int, int], depth: int) -> None:
    out = tmp_path / "out.mp4"
    made = enhance(asked(FOOTAGE / name, out)).written
    assert (made.width, made.height) == size
    info = probe(out)
    assert info.video is not None
    assert (info.width, info.height, info.video.depth, info.video.rotation) == (*size, depth, 0)
    before, after = (
        [(picture.time, picture.duration) for picture in read_pictures(path)] for path in (FOOTAGE / name, out)
    )
    assert before == after
    assert abs(info.duration - probe(FOOTAGE / name).duration) < Fraction(1, 1000)


@needs_footage
def test_everything_of_a_real_film_is_kept(tmp_path: Path) -> None:
    """Two streams of sound, two of subtitles, languages; a second stream of pictures is said to be left out."""
    source, out = FOOTAGE / "free/nasa_13013.mp4", tmp_path / "out.mp4"
    made = enhance(asked(source, out)).written
    assert made.notes == ("pictures 2 (h264, eng) is left out: only the first stream of pictures is worked on",)
    for kind in ("audio", "subtitle"):
        assert packets_of(out, kind) == packets_of(source, kind)
        assert len(packets_of(out, kind)) == 2
    before, after = probe(source), probe(out)
    assert after.duration == before.duration
    assert after.video is not None
    assert after.video.language == "eng"
    assert [text.language for text in after.subtitles] == ["eng", "eng"]


@needs_footage
@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("free/bt709_full_range.mp4", ("limited", "bt709", "bt709", "bt709")),
        ("free/h264_10bits.mp4", ("limited", "smpte170m", "smpte170m", "smpte170m")),
        ("free/nasa_13013.mp4", ("limited", "bt709", "bt709", "bt709")),
    ],
)
def test_colour_is_said_and_kept(tmp_path: Path, name: str, tags: tuple[str, ...]) -> None:
    """What a small picture without tags is taken for, a large one says: its colours stay the same."""
    out = tmp_path / "out.mp4"
    source = FOOTAGE / name
    made = enhance(asked(source, out, scale=4 if name == "free/h264_10bits.mp4" else 2))
    assert any("full range becomes limited" in note for note in made.written.notes) == ("full" in name)
    video = probe(out).videos[0]
    assert (video.range, video.matrix, video.primaries, video.transfer) == tags
    before, after = (next(iter(read_pictures(path))).planes for path in (source, out))
    for name_of in ("y", "u", "v"):
        one, other = float(getattr(before, name_of).mean()), float(getattr(after, name_of).mean())
        assert one == pytest.approx(other, abs=1.5)
