"""Bad input: one clear line, exit code 2, no traceback, and nothing half-written, whatever is wrong with it."""

import errno
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from frameloom.media.files.video import write_clip

RECIPE = """
name = "tiny"

[model]
family = "vae"
size = 16
frames = 4
z_dim = 4
c_dim = 8
h_dim = 8

[data]
source = "moving_mnist"
frames = 4
resize = 16

[training]
batch = 2
steps = 1
tensorboard = false
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with a clip and a recipe in another."""
    given = tmp_path / "given"
    given.mkdir()
    write_clip(given / "clip.mp4", np.zeros((12, 64, 64, 3), np.uint8), 25)
    (given / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def refuses(frameloom, home: Path) -> Iterator[Callable[..., None]]:
    """Run a command that must refuse with this message and leave no file of its own."""

    def run(*words: object, message: str) -> None:
        before = files(home)
        code, out, err = frameloom(*words)
        assert code == 2, err
        assert out == ""
        assert message in err
        assert err.count("\n") == 1, err
        assert "Traceback" not in err
        assert [path for path in sorted(home.rglob("*")) if path.is_file()] == [
            path for path in before if path.is_file()
        ]

    return run


def test_an_unknown_model(refuses, vae: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.models.store.SHIPPED", vae.parent)
    refuses(
        "generate",
        "small-vea",
        message="small-vea: neither a model folder nor a shipped model; did you mean 'small-vae'?",
    )


def test_a_folder_that_is_no_model(refuses, tmp_path: Path) -> None:
    refuses("generate", tmp_path, message="not a model folder (config.json is missing)")


def test_a_model_without_weights(refuses, vae: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(vae, tmp_path / "m")
    (folder / "model.safetensors").unlink()
    refuses("generate", folder, message="model.safetensors: cannot be read")


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"PK\x03\x04 a pickle, perhaps"])
def test_damaged_weights(refuses, vae: Path, tmp_path: Path, content: bytes) -> None:
    folder = shutil.copytree(vae, tmp_path / "m")
    (folder / "model.safetensors").write_bytes(content)
    refuses("generate", folder, message="model.safetensors: not a safetensors file")


def test_weights_of_another_shape(refuses, vae: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(vae, tmp_path / "m")
    weights = load_file(folder / "model.safetensors")
    name = next(iter(weights))
    save_file({**weights, name: np.zeros((3, 3), np.float16)}, folder / "model.safetensors")
    refuses("generate", folder, message=f"{name} is (3, 3), the settings want")


def test_settings_of_a_model_that_are_no_json(refuses, vae: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(vae, tmp_path / "m")
    (folder / "config.json").write_text("{", encoding="utf-8")
    refuses("generate", folder, message="config.json: not JSON")


def test_an_unknown_setting_of_a_model(refuses, vae: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(vae, tmp_path / "m")
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings["model"]["z_dmi"] = settings["model"].pop("z_dim")
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    refuses("generate", folder, message="config.json: model.z_dmi: unknown setting; did you mean 'z_dim'?")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-n", 0], "generate: count: input should be greater than or equal to 1, got 0"),
        (["--seed", -1], "generate: seed: input should be greater than or equal to 0, got -1"),
        (["--classes", "3,x"], "generate: classes[1]: input should be a whole number"),
        (["--classes", "3,7"], "was trained without classes and cannot show 3, 7"),
        (["--first", "no.png"], "no.png: no such file"),
        (["--device", "cuda:99"], "device 'cuda:99' cannot be used"),
        (["-o", "grid.avi"], "grid.avi: unknown suffix '.avi'; known: .mp4, .webm, .gif, .webp"),
        (["-o", "grid.gif", "--rate", 100], "plays at most 50 frames per second"),
    ],
)
def test_generate_with_settings_that_do_not_fit(refuses, vae: Path, words: list[object], message: str) -> None:
    refuses("generate", vae, *words, message=message)


def test_a_model_that_cannot_do_it(refuses, vae: Path, predictor: Path) -> None:
    refuses("predict", vae, "../given/clip.mp4", message="small-vae does not predict; models that do:")
    refuses("generate", predictor, message="small-predictor does not make clips from noise; models that do:")


def test_a_clip_that_is_not_there(refuses, predictor: Path) -> None:
    refuses("predict", predictor, "my.mp4", message="my.mp4: no such file")


@pytest.mark.parametrize("name", ["clip.mp4", "clip.gif", "clip.png"])
@pytest.mark.parametrize("content", [b"", b"not a film at all"])
def test_a_clip_that_is_no_video(refuses, predictor: Path, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    refuses("predict", predictor, tmp_path / name, message=name)


def test_a_clip_is_not_overwritten_by_its_future(refuses, predictor: Path, vae: Path, tmp_path: Path) -> None:
    clip = tmp_path / "given" / "clip.mp4"
    given = clip.read_bytes()
    refuses("predict", predictor, clip, "-o", clip, message="which is read for it; give another name")
    refuses("generate", vae, "--first", clip, "-o", clip, message="which is read for it; give another name")
    assert clip.read_bytes() == given


def test_a_clip_that_was_cut_off(refuses, predictor: Path, tmp_path: Path) -> None:
    whole = (tmp_path / "given" / "clip.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    refuses("predict", predictor, tmp_path / "cut.mp4", message="cut.mp4: ")


def test_a_folder_without_pictures(refuses, predictor: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refuses("predict", predictor, tmp_path / "empty", message="no pictures in this folder")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--frames", 0], "predict: frames: input should be greater than 0, got 0"),
        (["--past", 0], "predict: past: input should be greater than 0, got 0"),
        (["--scale", 0], "predict: scale: input should be greater than 0, got 0"),
    ],
)
def test_predict_with_settings_that_do_not_fit(refuses, predictor: Path, words: list[object], message: str) -> None:
    refuses("predict", predictor, "../given/clip.mp4", *words, message=message)


def test_an_output_under_a_file(refuses, vae: Path, home: Path) -> None:
    (home / "file").write_text("mine", encoding="utf-8")
    refuses("generate", vae, "-o", "file/grid.mp4", message="file/grid.mp4: cannot be written (file is a file)")
    assert (home / "file").read_text(encoding="utf-8") == "mine"


def test_an_output_that_is_a_folder(refuses, vae: Path, home: Path) -> None:
    (home / "grid.mp4").mkdir()
    refuses("generate", vae, "-o", "grid.mp4", message="grid.mp4: is a folder; give a file name")


def test_a_folder_of_frames_never_replaces_what_it_did_not_make(refuses, vae: Path, home: Path) -> None:
    (home / "mine").mkdir()
    (home / "mine" / "letter.txt").touch()
    refuses("generate", vae, "-o", "mine", message="mine: holds letter.txt, which is no frame of ours")


@pytest.mark.parametrize("name", ["grid.mp4", "grid.webm", "grid.gif", "grid.webp", "frames"])
def test_no_space(refuses, vae: Path, home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(os, "replace", full)
    refuses("generate", vae, "-o", name, message=f"{name}: no space left on the device; free some or write elsewhere")
    assert list(home.iterdir()) == []


def test_no_space_for_a_run(refuses, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    refuses("train", "../given/recipe.toml", message="no space left on the device; free some or write elsewhere")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "nonsense: no such recipe"),
        (["../given/clip.mp4"], "clip.mp4: cannot be read (not UTF-8 text); give a TOML file"),
        (["../given/recipe.toml", "--set", "model.z_dmi=3"], "model.z_dmi: unknown setting; did you mean 'z_dim'?"),
        (["../given/recipe.toml", "--set", "model.z_dim=0"], "model.z_dim: input should be greater than 0, got 0"),
        (
            ["../given/recipe.toml", "--set", "model.family='vea'"],
            "model: family 'vea' is not known; did you mean 'vae'?",
        ),
        (["../given/recipe.toml", "--set", "model.z_dim"], "--set model.z_dim: write it as name=value"),
        (["../given/recipe.toml", "--minutes", 0], "training.minutes: input should be greater than 0, got 0"),
        (["../given/recipe.toml", "--resume"], "resume"),
        (["../given/recipe.toml", "--folder", "../given/clip.mp4"], "clip.mp4"),
        (["../given/recipe.toml", "--set", "data.digits=nowhere"], "nowhere: no such folder"),
    ],
)
def test_train_with_settings_that_do_not_fit(refuses, words: list[object], message: str) -> None:
    refuses("train", *words, message=message)


def test_damaged_digits(refuses, tmp_path: Path) -> None:
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(b"\0\0\x08\x09 no digits"))
    words = ["../given/recipe.toml", "--set", f"data.digits={tmp_path}"]
    refuses("train", *words, message="train-images-idx3-ubyte.gz: not an idx file")


def test_a_run_is_not_begun_twice(frameloom, refuses) -> None:
    assert frameloom("train", "../given/recipe.toml").code == 0
    refuses("train", "../given/recipe.toml", message="runs/tiny: holds a run already; add --resume to go on with it")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--protocol", "opnstl"], "protocol 'opnstl' is unknown; known: openstl, srvp"),
        (["--clips", 1], "evaluate: clips: input should be greater than or equal to 2, got 1"),
        (["--split", "train"], "evaluate: split: input should be 'test' or 'val', got 'train'"),
        (["-o", "../given/clip.mp4"], "clip.mp4: cannot be made a folder"),
        (["--file", "nowhere.npy", "--clips", 2], "nowhere.npy: cannot be read"),
        (["--digits", "nowhere", "--clips", 2], "nowhere: no such folder"),
    ],
)
def test_evaluate_with_settings_that_do_not_fit(refuses, predictor: Path, words: list[object], message: str) -> None:
    refuses("evaluate", predictor, *words, message=message)


def test_a_clip_file_of_another_shape(refuses, predictor: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "wrong.npy", np.zeros((20, 3, 32, 32), np.uint8))
    message = "wrong.npy: holds uint8 (20, 3, 32, 32); mnist_test_seq.npy is uint8"
    refuses("evaluate", predictor, "--file", tmp_path / "wrong.npy", "--clips", 2, message=message)


def test_mnist_that_no_mirror_has(frameloom) -> None:
    answer = frameloom("data", "get", "mnist", "digits", "--mirror", "file:///nowhere")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert "train-images-idx3-ubyte.gz: no mirror gave it (file:///nowhere: " in answer.err
