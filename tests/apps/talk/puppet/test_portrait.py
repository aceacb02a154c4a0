from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameloom.apps.talk.puppet.config import PuppetConfig
from frameloom.apps.talk.puppet.portrait import read_portrait
from frameloom.media.image import Rgb


def config(path: Path, **changed: object) -> PuppetConfig:
    return PuppetConfig.model_validate({"portrait": path, "audio": Path("a.wav"), "side": 240, **changed})


def test_what_is_transparent_lies_before_a_light_grey_ground(rgb: Rgb, tmp_path: Path) -> None:
    cover = np.full(rgb.shape[:2], 255, np.uint8)
    cover[:, :30] = 0
    cover[:, 30:40] = 51
    path = tmp_path / "cut.png"
    Image.fromarray(np.dstack([rgb, cover])).save(path)
    shown = read_portrait(config(path)).rgb
    assert (shown[:, :30] == 208).all()
    assert shown[:, 30:40] == pytest.approx(rgb[:, 30:40] * 0.2 + 208 * 0.8, abs=0.51)
    assert (shown[:, 40:] == rgb[:, 40:]).all()


@pytest.mark.parametrize("kind", ["exif", "cmyk", "grey", "grey16", "palette"])
def test_any_kind_of_picture_is_shown_upright(rgb: Rgb, tmp_path: Path, kind: str) -> None:
    path, image = tmp_path / "p.png", Image.fromarray(rgb)
    match kind:
        case "exif":
            exif = Image.Exif()
            exif[0x0112] = 6  # to be turned clockwise by 90 degrees
            path = tmp_path / "p.jpg"
            image.rotate(90, expand=True).save(path, exif=exif, quality=95)
        case "cmyk":
            path = tmp_path / "p.jpg"
            image.convert("CMYK").save(path, quality=95)
        case "grey":
            image.convert("L").save(path)
        case "grey16":
            Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(path)
        case _:
            image.quantize(64).save(path)
    portrait = read_portrait(config(path))
    expected = rgb if "grey" not in kind else np.asarray(image.convert("L"))[..., None]
    assert np.abs(portrait.rgb.astype(int) - expected).mean() < 12
    assert portrait.mesh.points[1, :2] == pytest.approx((119, 97), abs=4)  # the nose's tip, read off the picture


def test_a_small_face_is_cut_out_of_a_large_picture(rgb: Rgb, tmp_path: Path) -> None:
    path = tmp_path / "far.png"
    wide = np.full((400, 500, 3), 90, np.uint8)
    wide[100:340, 200:440] = rgb
    Image.fromarray(wide).save(path)
    cut, whole = (read_portrait(config(path, side=480, view=view)) for view in ("auto", "whole"))
    assert cut.rgb.shape == (480, 480, 3)
    assert whole.rgb.shape == (384, 480, 3)
    sizes = [np.ptp(one.mesh.points[:, 1]) / one.rgb.shape[0] for one in (cut, whole)]
    assert sizes[0] == pytest.approx(1 / 3, abs=0.03)  # three faces high
    assert sizes[1] < 0.2
    nose = cut.mesh.points[1, :2].round().astype(int)
    assert cut.rgb[nose[1], nose[0]].astype(int) == pytest.approx(
        rgb[95:110, 110:130].mean(axis=(0, 1)), abs=45
    )  # skin, where the mesh says
