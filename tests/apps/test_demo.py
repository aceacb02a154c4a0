"""The demo: a page with clips, scores and a training curve, and the files beside it; through the command line."""

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from frameloom.apps import demo as room
from frameloom.apps.demo import PAIRS, DemoConfig, demo, demonstrating, live, noise, parts
from frameloom.cli.main import main
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, ModelError, OutputError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.generation.load import load
from frameloom.media.files.probe import probe as probe_media
from frameloom.media.files.video import probe
from frameloom.media.pages.page import Page
from frameloom.models import store
from frameloom.models.gan import Gan, GanConfig
from frameloom.models.seq2seq import Seq2Seq, Seq2SeqConfig
from frameloom.models.sprite_predictor import SpritePredictor, SpritePredictorConfig
from frameloom.models.store import save_model
from frameloom.models.vae import Vae, VaeConfig
from frameloom.models.vaegan import Vaegan, VaeganConfig

ONE_STEP_MINUTES = 1e-4


class FewClips(DemoConfig):
    """What the command sets when it says nothing of clips, but fewer."""

    clips: int = 20
    film_side: int = 96


BRIEF = {"minutes": ONE_STEP_MINUTES, "clips": 20}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small models with random weights under the names of the shipped ones, and the shipped reader."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("shipped")
    sprites = {"decoder": "sprites", "z_dim": 4, "c_dim": 4, "h_dim": 16, "path_dim": 4, "classes": 10}
    for name, model in {
        "mnist-gan": Gan(GanConfig.model_validate({**sprites, "condition": "classes"})),
        "mnist-vae": Vae(VaeConfig.model_validate(sprites)),
        "mnist-predictor": SpritePredictor(SpritePredictorConfig(motion_width=8)),
        "mnist-seq2seq": Seq2Seq(Seq2SeqConfig(decoder="sprites", c_dim=8, h_dim=8)),
        "mnist-stochastic": Vaegan(VaeganConfig(decoder="sprites", past=5, future=1, c_dim=8, h_dim=8, z_dim=2)),
        "robot-push": Vaegan(VaeganConfig(channels=3, actions=4, c_dim=8, h_dim=8)),
    }.items():
        save_model(folder / name, model, f"# {name}\n")
    shutil.copytree(store.SHIPPED / "digit-reader", folder / "digit-reader")
    return folder


@pytest.fixture
def shipped(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small models in the place of the shipped ones."""
    folder = shutil.copytree(small, tmp_path / "shipped")
    monkeypatch.setattr(store, "SHIPPED", folder)
    return folder


@pytest.mark.slow
def test_the_command_leaves_a_page_that_needs_nothing_else(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live, "LIVE_SETTINGS", (*live.LIVE_SETTINGS, "training.batch=2", "training.log_every=1"))
    monkeypatch.setattr(room, "DemoConfig", FewClips)
    out = tmp_path / "demo"
    assert main(["demo", "--out", str(out), "--minutes", str(ONE_STEP_MINUTES), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["path"] == str(out / "index.html")
    assert {path.name for path in out.iterdir() if not path.name.startswith((".", "advert."))} == {
        "index.html", "gan.mp4", "vae.mp4", "prediction.gif", "pushes.gif", "dialogue.mp4", "learning.gif", "live"
    }  # fmt: skip
    page = (out / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2>(.*?)</h2>", page) == [
        "Made from noise", "What comes next", "Scores", "Without end", "Futures that differ", "A robot imagined",
        "Finished film", "Learning live", "Now yours",
    ]  # fmt: skip
    assert re.findall(r'(?:src|href)="(?!#|data:)(.*?)"', page) == ["advert.mp4", "dialogue.mp4"]
    assert all(name in page for name in ("mnist-predictor", "mnist-seq2seq", "zeros", "copy last", "Bayes floor"))
    assert [probe(out / name).frames for name in ("gan.mp4", "vae.mp4")] == [10, 10]
    assert [probe(out / name).frames for name in ("prediction.gif", "learning.gif")] == [20, 10]
    films = [probe_media(out / name) for name in ("advert.mp4", "dialogue.mp4")]
    assert all(len(info.sounds) == 1 and info.duration > 10 for info in films)
    assert load(out / "live").sample(1, classes=(3, 7)).shape == (1, 10, 1, 64, 64)


def test_progress_grows_to_the_end_and_the_page_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_and_whole(page: Page, config: DemoConfig) -> parts.Work:
        yield 0.5, "half"
        assert not (config.out / "index.html").exists()
        yield 1.0, "whole"

    for name in ("add_samples", "add_futures", "add_stream", "add_turns", "add_pushes", "add_finished", "add_live"):
        monkeypatch.setattr(room, name, half_and_whole)
    steps = list(demonstrating(validate(DemoConfig, {"out": tmp_path / "demo"}, "demo")))
    assert all(before.progress <= after.progress for before, after in pairwise(steps))
    assert (steps[0].progress, steps[-1].progress) == (0.0, 1.0)
    assert steps[-1].record["path"] == str(tmp_path / "demo" / "index.html")
    assert (tmp_path / "demo" / "index.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("shipped")
def test_a_second_live_training_takes_the_place_of_the_first(tmp_path: Path) -> None:
    config = validate(DemoConfig, {"out": tmp_path / "demo", **BRIEF}, "demo")
    (config.out / "live").mkdir(parents=True)
    (config.out / "live" / "mine.txt").touch()
    for _ in range(2):
        page = Page("")
        shares = [share for share, _ in live.add_live(page, config)]
        assert shares[-1] == 1.0
        assert page.html().count("<canvas") == 2 * len(PAIRS)  # before, and at the end
    assert (config.out / "live" / "mine.txt").exists()
    assert json.loads((config.out / "live" / "config.json").read_text(encoding="utf-8"))["name"] == "mnist-vae"


def test_real_clips_show_the_digits_asked_for() -> None:
    clips = noise._real_of_pairs(3)
    source = MovingMnist(MovingMnistConfig(frames=3), "test")
    batches = [source.batch(index, 100) for index in range(5)]
    for clip, pair in zip(clips, PAIRS, strict=True):
        shown = [
            tuple(classes.sort().values.tolist())
            for batch in batches
            for video, classes in zip(batch["video"], batch["classes"], strict=True)
            if torch.equal(video, clip)
        ]
        assert shown == [pair]


def test_a_model_makes_the_same_clips_again_and_others_under_another_seed(shipped: Path) -> None:
    model = load("mnist-gan")
    first, again, other = (parts.of_pairs(model, seed) for seed in (0, 0, 7))
    assert first.shape == (5, 10, 1, 64, 64)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_too_few_clips_are_refused() -> None:
    with pytest.raises(ConfigError, match="demo: clips: input should be greater than or equal to 20, got 1"):
        validate(DemoConfig, {"clips": 1}, "demo")


def test_a_place_that_cannot_be_written_is_told_at_the_first_file(shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file/gan\.mp4: cannot be written \(.*file is a file\)"):
        demo(validate(DemoConfig, {"out": tmp_path / "file", **BRIEF}, "demo"))


def test_a_reader_that_reads_nothing_is_refused(shipped: Path, tmp_path: Path) -> None:
    shutil.rmtree(shipped / "digit-reader")
    shutil.copytree(shipped / "mnist-gan", shipped / "digit-reader")
    with pytest.raises(ModelError, match="digit-reader: does not read digits; install the package again"):
        demo(validate(DemoConfig, {"out": tmp_path / "demo", **BRIEF}, "demo"))


def test_a_model_that_is_missing_is_named(shipped: Path, tmp_path: Path) -> None:
    shutil.rmtree(shipped / "mnist-vae")
    with pytest.raises(ModelError, match="mnist-vae"):
        demo(validate(DemoConfig, {"out": tmp_path / "demo", **BRIEF}, "demo"))
    assert not (tmp_path / "demo").exists()
