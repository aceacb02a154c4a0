"""How long a film would take: each network is tried, the best in time proposed, and nothing left."""

import wave
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from tests.apps.enhance.films import film

from frameloom.apps.enhance.tune import Trial, TuneConfig, Tuned, tune
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError, ModelError
from frameloom.generation import networks
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.models.upscaler import Upscaler, UpscalerConfig


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a tiny and a larger network."""
    folder = tmp_path / "shipped"
    monkeypatch.setattr(networks, "SHIPPED", folder)
    torch.manual_seed(0)
    for name, width in (("tiny", 4), ("quality", 48)):
        (folder / f"upscale-{name}-x2").mkdir(parents=True)
        model = Upscaler(UpscalerConfig(scale=2, width=width, depth=4))
        export_upscaler(model, folder / f"upscale-{name}-x2" / "model.onnx")
    return folder


def asked(source: Path, **options: object) -> TuneConfig:
    given = {"input": source, "out": source.with_name("out.mp4"), "video": {"speed": "draft"}, **options}
    return TuneConfig.model_validate(given)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return film(tmp_path / "film.mp4", list(range(0, 2400, 24)), 2400, noise=3)


def test_each_network_is_tried_from_the_fastest_to_the_best(shipped: Path, source: Path) -> None:
    before = sorted(source.parent.iterdir())
    tuned = tune(asked(source, scale=2))
    assert [trial.name for trial in tuned.trials] == ["lanczos", "tiny", "quality"]
    assert (tuned.pictures, tuned.duration, tuned.proposed) == (100, 4, "quality")
    assert tuned.decode_s > 0
    for trial in tuned.trials:
        assert trial.network_s > 0
        assert trial.encode_s > 0
        assert trial.film_s == pytest.approx(tuned.look_s + 100 / trial.pictures_per_s)
    assert sorted(source.parent.iterdir()) == before


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    "options", [{"fps": 50}, {"denoise": "auto", "color": "auto"}, {"stabilise": True, "fps": 40, "denoise": 4}]
)
def test_whatever_is_asked_for_is_measured(source: Path, options: dict) -> None:
    (trial,) = tune(asked(source, **options)).trials
    assert (trial.name, trial.network_s) == ("no network", 0)
    assert trial.pictures_per_s > 0


def test_a_network_of_ones_own_comes_last(shipped: Path, source: Path) -> None:
    own = str(shipped / "upscale-tiny-x2")
    tuned = tune(asked(source, scale=3, model=own, within=1e-4))
    assert [trial.name for trial in tuned.trials] == ["lanczos", own]
    assert tuned.proposed is None


def test_a_film_of_one_picture_is_enough(tmp_path: Path) -> None:
    (trial,) = tune(asked(film(tmp_path / "one.mp4", [0], 24, sounds=0), denoise=4)).trials
    assert trial.film_s > 0


def trials(*seconds: float) -> tuple[Trial, ...]:
    return tuple(Trial(f"n{index}", 0.01, 0.002, 1 / time, time) for index, time in enumerate(seconds))


def test_a_table_for_people() -> None:
    tuned = Tuned(90_000, Fraction(3600), 0.004, 30, trials(4, 3600), Fraction(3600), "n1")
    assert tuned.text().splitlines() == [
        "90000 pictures, 1:00:00; decoding one takes 4.0 ms, looking at it before takes 0:30",
        "      network   encoding          together  whole film",
        "n0    10.0 ms     2.0 ms    0.2 pictures/s        0:04",
        "n1    10.0 ms     2.0 ms    0.0 pictures/s     1:00:00",
        "proposed: n1, the best that is done within 1:00:00",
    ]
    late = Tuned(10, Fraction(1), 0.004, 0, trials(4), Fraction(2), None)
    assert late.text().splitlines()[-1] == "nothing of it is done within 0:02; a smaller scale takes less time"
    alone = Tuned(10, Fraction(1), 0.004, 0, trials(1), Fraction(2), "n0")
    assert len(alone.text().splitlines()) == 3
    assert (alone.record()["duration"], alone.record()["proposed"]) == (1.0, "n0")


def test_what_cannot_be_tried_says_so(tmp_path: Path, source: Path) -> None:
    with pytest.raises(ModelError, match=r"none.onnx: no such network"):
        tune(asked(source, scale=2, model="none.onnx"))
    with pytest.raises(MediaError, match=r"none.mp4: no such file"):
        tune(asked(tmp_path / "none.mp4", scale=2))
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(bytes(9600))
    with pytest.raises(MediaError, match=r"sound.wav: no video stream; give a file with video"):
        tune(asked(tmp_path / "sound.wav", scale=2))
    with pytest.raises(ConfigError, match=r"within: must be more than zero"):
        validate(TuneConfig, {"input": "a.mp4", "out": "b.mp4", "scale": 2, "within": 0}, "enhance tune")
