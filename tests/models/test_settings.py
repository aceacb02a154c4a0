"""Sizes that cannot be built are refused by the settings, before anything is allocated."""

from typing import Any

import pytest

from frameloom.core.config import validate
from frameloom.core.errors import ConfigError
from frameloom.models.digit_reader import DigitReaderConfig
from frameloom.models.gan import GanConfig
from frameloom.models.predictor import PredictorConfig
from frameloom.models.scene_reader import SceneReaderConfig
from frameloom.models.seq2seq import Seq2SeqConfig
from frameloom.models.sprite_predictor import SpritePredictorConfig
from frameloom.models.vae import VaeConfig


@pytest.mark.parametrize("family", [GanConfig, VaeConfig, Seq2SeqConfig])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": 60}, "frames of 60 px are not a multiple of 8"),
        ({"patch": 64}, "a patch of 64 px has no room to move in frames of 64 px"),
        ({"channels": 3}, "3 channels: sprites are grey"),
    ],
)
def test_sprites_need_a_grey_canvas_with_room(family: Any, settings: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(family, {"decoder": "sprites", **settings}, "recipe")
    validate(family, {"decoder": "sprites"}, "recipe")


@pytest.mark.parametrize("family", [SpritePredictorConfig, DigitReaderConfig])
def test_a_canvas_has_room_for_its_sprites(family: Any) -> None:
    with pytest.raises(ConfigError, match="no room to move"):
        validate(family, {"patch": 64}, "recipe")


@pytest.mark.parametrize(
    ("family", "settings", "message"),
    [
        (Seq2SeqConfig, {"size": 30}, "size 30 is not a multiple of 4"),
        (PredictorConfig, {"size": 60}, "size 60 is not a multiple of patch 8"),
        (SceneReaderConfig, {"camera": (0.5,) * 12, "size": 60}, "size 60 is not a multiple of 8"),
        (SceneReaderConfig, {"camera": (0.5,) * 9}, "camera: holds 9; give 12 or more"),
        (PredictorConfig, {"dim": 100}, "dim 100 is not a multiple of heads 8"),
    ],
)
def test_maps_and_tokens_come_out_even(family: Any, settings: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(family, settings, "recipe")
