"""From a folder of videos to a net that draws between pictures, through the command line."""

from pathlib import Path

import numpy as np
from tests.data.test_triplets import pan, write
from tests.evaluation.test_interpolating import grey
from tests.media.moving import apart

from frameloom.media.flow import flows_between
from frameloom.models.interpolator import Interpolator
from frameloom.models.store import load_model


def test_the_packaged_recipe_trains_on_any_folder_of_videos(frameloom, tmp_path: Path) -> None:
    write(tmp_path / "videos" / "train" / "pan.mp4", pan(12))
    words = [
        "data.side=64",
        "training.batch=2",
        "training.log_every=1",
        "model.width=8",
        f"data.folder={tmp_path}/videos",
    ]
    settings = [part for word in (*words, "training.steps=3") for part in ("--set", word)]
    answer = frameloom("train", "interpolate", *settings, "--folder", tmp_path / "run")
    assert answer.code == 0
    net = load_model(tmp_path / "run")
    assert isinstance(net, Interpolator)
    first, middle, second = (grey(luma) for luma in pan(3, 4.0))
    made = net.between(first, second, flows_between(first.y, second.y), 0.5)
    assert apart(made.y, middle.y) < 0.3 * apart(np.asarray(first.y), middle.y)
    assert "interpolator" in (tmp_path / "run" / "README.md").read_text()
