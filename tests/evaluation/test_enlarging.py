"""How well upscalers enlarge: what is scored, by which conventions, and what is refused."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from frameloom.core.errors import DataError, ModelError
from frameloom.evaluation.enlarging import enlarging_scores, main, methods, read_lumas
from frameloom.models.store import save_model
from frameloom.models.upscaler import Upscaler, UpscalerConfig


def upscaler(scale: int = 2) -> Upscaler:
    return Upscaler(UpscalerConfig(scale=scale, width=4, depth=1)).eval()


def test_an_even_picture_comes_back_whole_and_a_border_does_not_count() -> None:
    grey = torch.full((40, 41), 100 / 255)
    scores = enlarging_scores(iter([grey] * 2), methods({"new": upscaler()}, 2), 2)
    for name in ("bicubic", "new"):
        assert scores[name]["psnr"].mean == pytest.approx(100)
        assert scores[name]["ssim"].mean == pytest.approx(1)
    framed = grey.clone()
    framed[:2], framed[-2:] = 0, 0
    worse = enlarging_scores(iter([framed] * 2), {"grey": lambda low: torch.full((1, 1, 40, 40), 100 / 255)}, 2)
    assert worse["grey"]["psnr"].mean == pytest.approx(100)


def test_an_error_of_a_fifth_is_14_db() -> None:
    grey = torch.full((32, 32), 51 / 255)
    brighter = {"brighter": lambda low: 2 * low.new_full((1, 1, 32, 32), 51 / 255)}
    psnr = enlarging_scores(iter([grey] * 2), brighter, 4)["brighter"]["psnr"].mean
    assert psnr == pytest.approx(20 * math.log10(5), abs=1e-3)


def test_luma_is_that_of_bt_601_as_stored(tmp_path: Path) -> None:
    for name, colour in (("black", (0, 0, 0)), ("white", (255,) * 3), ("green", (0, 255, 0)), ("red", (255, 0, 0))):
        Image.new("RGB", (20, 16), colour).save(tmp_path / f"{name}.png")
    found = [round(255 * float(luma.mean())) for luma in read_lumas([tmp_path])]
    assert found == [16, 145, 81, 235]  # by name: black, green, red, white


def test_the_table_is_printed_for_pictures_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_model(tmp_path / "mine", upscaler(), "# mine\n")
    dice = np.random.default_rng(0)
    Image.fromarray(dice.integers(0, 256, (40, 60, 3)).astype(np.uint8)).save(tmp_path / "noise.png")
    main(["--models", str(tmp_path / "mine"), "--data", str(tmp_path / "noise.png"), str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["x2", "PSNR,", "dB", "SSIM"]
    assert [line.split()[0] for line in lines[1:]] == ["bicubic", str(tmp_path / "mine")]


def test_what_cannot_be_scored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs at least 2 clips, got 0"):
        enlarging_scores(iter([]), methods({}, 2), 2)
    with pytest.raises(ModelError, match="one: enlarges 3 times, not 2; compare models of one scale"):
        methods({"one": upscaler(3)}, 2)
    with pytest.raises(ModelError, match="digit-reader: does not enlarge pictures; give an upscaler"):
        main(["--models", "digit-reader", "--data", str(tmp_path)])
