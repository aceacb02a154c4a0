"""Before and after: what is measured is what is there, and what is shown is put together at the right times."""

import math
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.apps.enhance.films import TICK, UNEVEN, film, level, packets_of
from tests.effects.clips import texture

from frameloom.apps.enhance import report as reporting
from frameloom.apps.enhance.beside import as_large, beside
from frameloom.apps.enhance.compare import CompareConfig, compare, most_detailed, split
from frameloom.apps.enhance.config import EnhanceConfig
from frameloom.apps.enhance.enhance import enhance
from frameloom.apps.enhance.report import Report, Scores, measure
from frameloom.core.errors import MediaError, OutputError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.planes import plain

DRAFT = VideoFormat(speed="draft", quality=95)


def textured(path: Path, change: float = 0, noise: float = 0, size: tuple[int, int] = (128, 96)) -> Path:
    """Write a still texture, twelve times, with the same change of all pictures or new noise in each."""
    width, height = size
    draw = np.random.default_rng(0)
    base = np.floor(texture(width, height) * 0.5) + 60
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(12):
            luma = base + change + (draw.normal(0, noise, base.shape) if noise else 0)
            luma[: height // 4, : width // 4] += 20 * (index % 3)  # one corner moves on
            frame = av.VideoFrame(width, height, "yuv420p")
            samples = np.clip(np.rint(luma), 0, 255).astype(np.uint8)
            padded = np.zeros((height, frame.planes[0].line_size), np.uint8)
            padded[:, :width] = samples
            frame.planes[0].update(padded.tobytes())
            for plane in frame.planes[1:]:
                plane.update(bytes([128]) * plane.buffer_size)
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(autouse=True)
def no_vmaf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "vmaf", lambda reference, distorted: 50.0)


def test_what_equals_its_reference_scores_best(tmp_path: Path) -> None:
    one = textured(tmp_path / "one.mp4")
    measured = measure(one, one, one)
    assert measured.pictures == 12
    assert measured.after == Scores(100.0, pytest.approx(1), 50.0)
    assert measured.after == measured.before


def test_psnr_is_that_of_the_error(tmp_path: Path) -> None:
    """Five levels everywhere are 20 log10(255 / 5) dB."""
    one, lighter = textured(tmp_path / "one.mp4"), textured(tmp_path / "two.mp4", 5)
    measured = measure(one, lighter, one)
    assert measured.after is not None
    assert measured.before is not None
    assert measured.after.psnr_db == pytest.approx(20 * math.log10(255 / 5), abs=0.05)
    assert measured.before.psnr_db == 100
    assert 0.9 < measured.after.ssim < 1


def test_flicker_is_the_mean_change_where_all_stands_still(tmp_path: Path) -> None:
    """The mean difference of two draws of noise with deviation s is 2 s / sqrt(pi)."""
    still, noisy = textured(tmp_path / "still.mp4"), textured(tmp_path / "noisy.mp4", noise=4)
    measured = measure(still, noisy)
    assert measured.flicker == pytest.approx(2 * 4 / math.sqrt(math.pi), rel=0.15)
    assert measured.flicker_before == pytest.approx(0, abs=0.3)
    assert measured.after is None


def test_where_nothing_stands_still_flicker_is_unknown(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", [0, 24], 48, sounds=0)
    one = measure(source, source)
    assert one.flicker is None or one.flicker >= 0
    told = Report(2, None, None).text()
    assert told == "flicker: nothing stands still, so it cannot be told"


def test_a_report_says_what_it_measured() -> None:
    report = Report(9, 0.5, 0.625, Scores(30.123, 0.91234, 81.26), Scores(28, 0.9, 75))
    assert report.text().splitlines() == [
        "flicker 0.500 of 255, the source 0.625",
        "enhanced: PSNR 30.12 dB, SSIM 0.9123, VMAF 81.3",
        "source by Lanczos: PSNR 28.00 dB, SSIM 0.9000, VMAF 75.0",
    ]
    assert report.record()["after"] == {"psnr_db": 30.123, "ssim": 0.91234, "vmaf": 81.26}


def test_pictures_are_paired_by_time(tmp_path: Path) -> None:
    """A film at an even rate is asked what an uneven one shows: at each time, its last picture until then."""
    uneven = film(tmp_path / "uneven.mp4", UNEVEN, 1560, sounds=0)
    even = film(tmp_path / "even.mp4", list(range(0, 1560, 12)), 1560, sounds=0)
    with beside(probe(uneven), probe(even)) as shown:
        for tick in range(0, 1560, 12):
            planes = shown.at(tick * TICK)
            expected = max(index for index, own in enumerate(UNEVEN) if own <= tick)
            assert planes is not None
            assert float(planes.y[2:16].mean()) == pytest.approx(level(expected), abs=2)
    with beside(probe(uneven), probe(even), 610 * TICK) as shown:
        planes = shown.at(612 * TICK)
        assert planes is not None
        assert float(planes.y[2:16].mean()) == pytest.approx(level(UNEVEN.index(610)), abs=2)


def test_a_film_is_compared_with_what_it_was(tmp_path: Path) -> None:
    source, out = film(tmp_path / "film.mp4", UNEVEN, 1560), tmp_path / "out.mp4"
    enhance(EnhanceConfig(input=source, out=out, scale=2, quality="lanczos", video=DRAFT))
    compared = compare(CompareConfig(before=source, after=out, out=tmp_path / "split.mp4", video=DRAFT))
    assert compared.report.pictures == len(UNEVEN)
    assert compared.out == tmp_path / "split.mp4"
    before = [(picture.time, picture.duration) for picture in read_pictures(out)]
    assert [(picture.time, picture.duration) for picture in read_pictures(tmp_path / "split.mp4")] == before
    assert packets_of(tmp_path / "split.mp4", "audio") == packets_of(source, "audio")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "out.mp4", "split.mp4"]


@pytest.mark.parametrize("depth", [8, 10])
def test_the_left_half_is_what_was(depth: int) -> None:
    before, after = plain(32, 16, (200, 0, 0), depth), plain(64, 32, (0, 200, 0), depth)
    both = split(before, after)
    for name in ("y", "u", "v"):
        plane, old, new = (getattr(each, name) for each in (both, before, after))
        middle = plane.shape[1] // 2
        assert (plane[:, :middle] == old[0, 0]).all()
        assert (plane[:, middle + 2 :] == new[0, 0]).all()
    assert (both.y[:, 32:34] == 235 << (depth - 8)).all()


def test_a_page_plays_both(tmp_path: Path) -> None:
    small, large = textured(tmp_path / "small.mp4"), textured(tmp_path / "large.mp4", size=(256, 192))
    compare(CompareConfig(before=small, after=large, out=tmp_path / "page.html", reference=large))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<canvas") == 6
    assert "0:00.24, before" in page
    assert "0:00.24, after" in page
    assert "VMAF" in page
    assert "flicker" in page


def test_most_detail_is_found() -> None:
    luma = np.full((120, 160), 100, np.uint8)
    luma[70:90, 100:130] = np.random.default_rng(0).integers(0, 255, (20, 30))
    top, left = most_detailed(luma, 20, 30)
    assert abs(top - 70) <= 1
    assert abs(left - 100) <= 1
    assert most_detailed(luma, 500, 500) == (0, 0)


def test_sizes_are_made_alike() -> None:
    assert as_large(plain(8, 8, (9, 9, 9)), 16, 12).y.shape == (12, 16)
    assert as_large(plain(16, 12, (9, 9, 9)), 8, 6).y.shape == (6, 8)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("film.mp4", OutputError, r"film\.mp4: would overwrite"),
        ("split.gif", MediaError, "is no video with exact times"),
    ],
)
def test_where_it_cannot_be_shown_says_so(tmp_path: Path, name: str, error: type[Exception], message: str) -> None:
    source = film(tmp_path / "film.mp4", [0, 24], 48, sounds=0)
    with pytest.raises(error, match=message):
        compare(CompareConfig(before=source, after=source, out=tmp_path / name))


def test_sound_alone_cannot_be_compared(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", [0, 24], 48, sounds=0)
    sound = tmp_path / "sound.wav"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(MediaError, match=r"sound\.wav: no video stream; give a file with video"):
        compare(CompareConfig(before=source, after=sound))
    with pytest.raises(MediaError, match=r"sound\.wav: no video stream; give a film to measure against"):
        enhance(EnhanceConfig(input=source, out=tmp_path / "out.mp4", scale=2, quality="lanczos", reference=sound))


def test_times_begin_with_the_first_picture(tmp_path: Path) -> None:
    """Of two films with the same pictures, one has sound that begins before them."""
    early, late = (film(tmp_path / f"{n}.mp4", [n, n + 24, n + 48], n + 72, sounds=n // 60) for n in (0, 60))
    assert (probe(early).videos[0].start, probe(late).videos[0].start) == (0, Fraction(1, 10))
    measured = measure(early, late, early)
    assert measured.pictures == 3
    assert measured.after is not None
    assert measured.after.psnr_db > 50
