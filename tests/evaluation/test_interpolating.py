"""Every way of making a picture between two, on clips whose motion is known."""

from pathlib import Path

import numpy as np
import pytest
from tests.data.test_triplets import pan, write
from tests.media.moving import apart

from frameloom.core.errors import DataError, ModelError
from frameloom.evaluation.interpolating import (
    Film,
    film_of,
    films_in,
    flow_alone,
    interpolation_scores,
    main,
    minterpolated,
    ways,
)
from frameloom.media.planes import Planes, plain
from frameloom.models.interpolator import Interpolator, InterpolatorConfig
from frameloom.models.store import build, save_model
from frameloom.models.vae import VaeConfig


def grey(luma: np.ndarray) -> Planes:
    return Planes(luma, *(np.full((luma.shape[0] // 2, luma.shape[1] // 2), 128, np.uint8) for _ in range(2)))


def film(count: int = 9, step: float = 4.0) -> Film:
    return film_of("pan", [grey(luma) for luma in pan(count, step)])


def test_pictures_across_a_cut_or_shown_twice_are_not_asked_for() -> None:
    lumas = pan(5) + pan(4, seed=1)
    lumas[3] = lumas[2]
    assert film_of("x", [grey(luma) for luma in lumas]).asked == (1, 7)
    assert film(9).asked == (1, 3, 5, 7)
    assert film(8).asked == (1, 3, 5)


def test_motion_compensated_ways_are_better_and_all_are_measured_on_the_same() -> None:
    scores = {score.name: score for score in interpolation_scores([film()], ways(Interpolator(InterpolatorConfig())))}
    assert list(scores) == ["net", "flow", "flow alone", "mean", "nearest", "minterpolate"]
    assert scores["net"].psnr == scores["flow"].psnr  # a new net is the classical way
    assert scores["net"].ahead_db.mean == scores["net"].ahead_db.ci95 == 0
    for name in ("flow", "flow alone", "minterpolate"):
        assert scores[name].psnr.mean > scores["mean"].psnr.mean + 5
        assert scores[name].ssim.mean > scores["mean"].ssim.mean
    assert scores["mean"].psnr.mean > scores["nearest"].psnr.mean
    assert scores["mean"].ahead_db.mean == pytest.approx(scores["net"].psnr.mean - scores["mean"].psnr.mean)
    assert all(score.cpu_ms >= 0 for score in scores.values())
    assert scores["minterpolate"].cpu_ms > 0


def test_nearest_of_two_greys_has_the_error_of_hand() -> None:
    """Luma 16, 26, 36, ...: the first is 10 levels off, the mean is right."""
    pictures = [plain(64, 48, (0, 0, 0)) for _ in range(5)]
    shaded = [
        Planes(picture.y + np.uint8(10 * number), picture.u, picture.v) for number, picture in enumerate(pictures)
    ]
    scores = {score.name: score for score in interpolation_scores([film_of("x", shaded)], ways(None))}
    assert scores["nearest"].psnr.mean == pytest.approx(20 * np.log10(255 / 10), abs=1e-4)
    assert scores["mean"].psnr.mean == 100


def test_minterpolate_gives_the_picture_asked_for() -> None:
    clip = film(9)
    made, cpu_s = minterpolated(clip)
    assert len(made) == 4
    assert cpu_s >= 0
    for luma, number in zip(made, clip.asked, strict=True):
        errors = [apart(luma, clip.pictures[other].y, 24) for other in (number - 1, number, number + 1)]
        assert min(errors) == errors[1]


def test_flow_alone_moves_half_way() -> None:
    clip = film(3, 6.0)
    assert apart(flow_alone(clip.pictures[0], clip.pictures[2]).y, clip.pictures[1].y) < 2


def test_wide_video_is_made_smaller_and_only_its_beginning_read(tmp_path: Path) -> None:
    wide = [np.tile(luma, (1, 5))[:, :800] for luma in pan(6)]
    write(tmp_path / "deep" / "wide.mp4", wide)
    (found,) = films_in(tmp_path, most=5)
    assert found.name == "deep/wide.mp4"
    assert len(found.pictures) == 5
    assert (found.pictures[0].width, found.pictures[0].height) == (640, 102)


def test_the_command_prints_each_video_and_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "pan.mp4", pan(7))
    write(tmp_path / "stands.mp4", pan(1) * 5)
    save_model(tmp_path / "net", Interpolator(InterpolatorConfig(width=8, depth=1)), "# net\n")
    main(["--data", str(tmp_path), "--model", str(tmp_path / "net"), "--effort", "ultrafast"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "pan.mp4: 3 pictures", "stands.mp4: 0 pictures", "all: 3 pictures",
    ]  # fmt: skip
    assert sum("minterpolate" in line for line in lines) == 2


def test_what_cannot_be_scored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no video; give a folder with some that no model was trained on"):
        main(["--data", str(tmp_path)])
    save_model(tmp_path / "vae", build(VaeConfig(decoder="pixels", frames=2, size=24, patch=8)), "# vae\n")
    write(tmp_path / "pan.mp4", pan(5))
    with pytest.raises(ModelError, match="vae: makes no pictures between pictures; give an interpolator"):
        main(["--data", str(tmp_path), "--model", str(tmp_path / "vae")])
