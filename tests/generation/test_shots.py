"""Shots as pictures come by: the file does what its model does, windows join without a seam, edits are picked."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from frameloom.core.errors import ModelError
from frameloom.generation import export
from frameloom.generation.export_detector import COUNTED, WINDOW, export_detector
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.shots import DETECTOR_NAME, Detector, edits, find_edits
from frameloom.media.planes import plain
from frameloom.media.shots import Edit
from frameloom.models.shot_detector import ShotDetector, ShotDetectorConfig
from frameloom.models.store import save_model
from frameloom.models.upscaler import Upscaler, UpscalerConfig


@pytest.fixture(scope="module")
def model() -> ShotDetector:
    torch.manual_seed(0)
    one = ShotDetector(ShotDetectorConfig())
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
        logits = one(torch.from_numpy(pictures(100))[None].float() / 127.5 - 1)[0]
        assert one.answer.bias is not None
        one.answer.bias.sub_(logits.mean(0)).div_(logits.std(0))  # so that pictures get answers of their own
        one.answer.weight.div_(logits.std(0)[:, None, None])
    return one.eval()


@pytest.fixture(scope="module")
def detector(model: ShotDetector, tmp_path_factory: pytest.TempPathFactory) -> Detector:
    folder = tmp_path_factory.mktemp("shots")
    export_detector(model, folder / DETECTOR_NAME)
    return Detector(folder)


def pictures(count: int) -> NDArray[np.uint8]:
    dice = np.random.default_rng(0)
    levels = dice.integers(16, 200, (count, 3, 1, 1))
    return (levels + dice.integers(0, 36, (count, 3, 27, 48))).astype(np.uint8)


def told(model: ShotDetector, thumbs: NDArray[np.uint8]) -> NDArray[np.float32]:
    video = torch.from_numpy(thumbs)[None].float() / 127.5 - 1
    answer: NDArray[np.float32] = model.detect(video)[0].numpy()
    return answer


@pytest.mark.parametrize("count", [1, 24, 49, 50, 51, 75, 100, 130])
def test_windows_tell_of_each_picture_once_what_the_model_tells(
    count: int, model: ShotDetector, detector: Detector
) -> None:
    thumbs = pictures(count)
    found = np.concatenate(list(detector.chances(iter(thumbs))))
    assert found.shape == (count, 2)
    assert count < 24 or (found.std(0) > 0.05).all()
    edge = (WINDOW - COUNTED) // 2
    for first in range(0, count, COUNTED):
        around = np.clip(np.arange(first - edge, first - edge + WINDOW), 0, count - 1)
        expected = told(model, thumbs[around])[edge : edge + COUNTED]
        assert found[first : first + COUNTED] == pytest.approx(expected[: count - first], abs=1e-4)


def test_nothing_comes_of_nothing(detector: Detector) -> None:
    assert list(detector.chances([])) == []
    assert list(find_edits([], detector)) == []


def test_no_more_than_a_window_is_looked_ahead(detector: Detector) -> None:
    taken = 0

    def counting() -> Iterator[NDArray[np.uint8]]:
        nonlocal taken
        for thumb in pictures(400):
            taken += 1
            yield thumb

    seen = 0
    for chances in detector.chances(counting()):
        seen += len(chances)
        assert taken - seen <= WINDOW - COUNTED


def test_pictures_of_any_size_are_taken(detector: Detector) -> None:
    assert isinstance(list(find_edits([plain(66, 38, (9, 200, 30))] * 3, detector)), list)


def chances(length: int, cuts: dict[int, float], graduals: dict[int, float]) -> list[NDArray[np.float32]]:
    values = np.zeros((length, 2), np.float32)
    for column, given_ in ((0, cuts), (1, graduals)):
        for number, value in given_.items():
            values[number, column] = value
    return [values[:7], values[7:]]


def test_edits_are_peaks_and_stretches() -> None:
    found = list(edits(chances(60, {5: 0.6, 6: 0.9, 7: 0.55, 30: 0.8}, dict.fromkeys(range(40, 52), 0.7))))
    assert found == [Edit(6, 6, pytest.approx(0.9)), Edit(30, 30, pytest.approx(0.8)), Edit(40, 52, pytest.approx(0.7))]
    assert [edit.kind for edit in found] == ["cut", "cut", "gradual"]


def test_a_cut_within_a_transition_is_part_of_it_and_a_short_doubt_does_not_end_it() -> None:
    graduals = {number: 0.9 for number in range(20, 34) if number not in (25, 26)}
    assert list(edits(chances(50, {27: 0.9}, graduals))) == [Edit(20, 34, pytest.approx(0.9))]


def test_too_short_a_transition_is_none_and_the_first_picture_begins_nothing() -> None:
    assert list(edits(chances(30, {0: 0.9}, {12: 0.9, 13: 0.9}))) == []
    assert list(edits(chances(30, {}, {28: 0.9, 29: 0.9}))) == []
    assert list(edits(chances(30, {29: 0.7}, {}))) == [Edit(29, 29, pytest.approx(0.7))]


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.floats(0, 1, width=32)), max_size=60), st.integers(1, 20))
def test_edits_come_in_order_and_apart_however_chances_are_cut_up(rows: list[tuple[float, float]], part: int) -> None:
    values = np.array(rows, np.float32).reshape(-1, 2)
    found = list(edits([values]))
    assert found == list(edits(values[first : first + part] for first in range(0, len(values), part)))
    for one, other in pairwise(found):
        assert one.end <= other.first
    assert all(0 < edit.first <= edit.end <= len(values) for edit in found)


def test_the_command_writes_the_file(model: ShotDetector, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_model(tmp_path, model, "card", half=False)
    with pytest.raises(ModelError, match=r"no such network; write it with `python -m frameloom.generation.export"):
        Detector(tmp_path)
    export.main([str(tmp_path)])
    assert capsys.readouterr().out == f"{tmp_path / DETECTOR_NAME}\n"
    thumbs = pictures(60)
    found = np.concatenate(list(Detector(tmp_path / DETECTOR_NAME).chances(iter(thumbs))))
    assert found.shape == (60, 2)


def test_other_networks_are_refused(tmp_path: Path) -> None:
    export_upscaler(Upscaler(UpscalerConfig(width=4, depth=1)), tmp_path / DETECTOR_NAME)
    with pytest.raises(ModelError, match="finds no shots; give the network of a shot detector"):
        Detector(tmp_path)
