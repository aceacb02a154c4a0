"""Streams: one frame at a time, exactly as predicted, under the actions given, in memory that does not grow."""

from fractions import Fraction
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.service.square import SIDE, SIZE, SPEED_PX, Square, column_of, picture

from frameloom.core.errors import DataError, MediaError, ModelError
from frameloom.generation.load import VideoModel, load
from frameloom.generation.stream import Recording, Stream, action_size
from frameloom.media.files.video import probe, read_clip

RIGHT, STILL = (1, 0, 0, 0), (0, 0, 0, 0)


def stream(column: float = 20, **kept: int) -> Stream:
    past = picture(torch.tensor([[column, 26.0]]))[:, None].repeat(1, 2, 1, 1, 1)
    return Stream(VideoModel("square", Square()), past, **kept)


def corner_column(frame: np.ndarray) -> float:
    return column_of(frame) - (SIDE - 1) / 2


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=12))
def test_the_picture_follows_the_actions(moves: list[float]) -> None:
    running = stream()
    column = 20.0
    for move in moves:
        frame = running.step((move, 0, 0, 0))
        column = min(max(column + move * SPEED_PX, 0), SIZE - SIDE)
        assert frame.shape == (SIZE, SIZE, 3)
        assert frame.dtype == np.uint8
        assert corner_column(frame) == column


def test_it_begins_with_the_last_frame_seen_and_again_after_a_reset() -> None:
    running = stream()
    first = running.frames()
    assert first.shape == (1, SIZE, SIZE, 3)
    running.step(RIGHT)
    assert running.steps == 1
    assert np.array_equal(running.reset(), first[0])
    assert running.steps == 0
    assert corner_column(running.step(RIGHT)) == 22
    assert corner_column(running.start(picture(torch.tensor([[5.0, 5.0]]))[None])) == 5


def test_it_makes_the_frames_that_predict_makes(models: Path) -> None:
    seq2seq = load(models / "seq2seq")
    past = torch.rand(1, 4, 3, 16, 16) * 2 - 1
    expected = ((seq2seq.predict(past, 5)[0] + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    running = Stream(seq2seq, past)
    assert running.action_size == action_size(seq2seq) == 0
    assert np.array_equal(np.stack([running.step() for _ in range(5)]), expected)


def test_what_it_carries_does_not_grow(models: Path) -> None:
    running = Stream(load(models / "seq2seq"), torch.zeros(1, 4, 3, 16, 16), kept=7)
    running.step()
    shapes = {name: tensor.shape for name, tensor in running._state.items()}
    frames = [running.step() for _ in range(40)]
    assert {name: tensor.shape for name, tensor in running._state.items()} == shapes
    assert np.array_equal(running.frames(), np.stack(frames[-7:]))
    assert not any(tensor.requires_grad for tensor in running._state.values())


def test_threads_take_turns() -> None:
    running = stream(column=0, kept=0)
    threads = [Thread(target=lambda: [running.step((0.1, 0, 0, 0)) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert running.steps == 200
    assert float(running._state["corner"][0, 0]) == pytest.approx(200 * 0.1 * SPEED_PX, abs=1e-2)


def test_without_an_action_the_model_is_told_none() -> None:
    running = stream()
    running.step()
    running.step(STILL)
    assert running.model.model.stepped == [[], [0, 0, 0, 0]]


def test_past_actions_reach_a_model_that_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    given_actions = []

    def start(self: Square, past: torch.Tensor, actions: torch.Tensor | None = None) -> dict[str, torch.Tensor]:
        given_actions.append(actions)
        return {"corner": torch.zeros(1, 2)}

    monkeypatch.setattr(Square, "start", start)
    past, actions = torch.zeros(1, 3, 3, SIZE, SIZE), torch.rand(1, 2, 4)
    Stream(VideoModel("square", Square()), past, actions)
    Stream(VideoModel("square", Square(actions=0)), past, actions)
    assert torch.equal(given_actions[0], actions)
    assert given_actions[1] is None


@pytest.mark.parametrize("action", [(1, 0), (1, 0, 0, 0, 0), (float("nan"), 0, 0, 0)])
def test_an_action_that_does_not_fit_is_refused(action: tuple[float, ...]) -> None:
    with pytest.raises(DataError, match=r"action \[.*\] does not fit square; give 4 finite numbers"):
        stream().step(action)


def test_an_action_for_a_model_without_any_is_refused(models: Path) -> None:
    running = Stream(load(models / "seq2seq"), torch.zeros(1, 4, 3, 16, 16))
    with pytest.raises(ModelError, match=r"seq2seq takes no actions; leave them out"):
        running.step(STILL)


@pytest.mark.parametrize("shape", [(1, 1, 4), (2, 2, 4), (1, 2, 3), (1, 4)])
def test_past_actions_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"actions \(.*\) do not fit square; give \(1, at least 2, 4\)"):
        Stream(VideoModel("square", Square()), torch.zeros(1, 3, 3, SIZE, SIZE), torch.zeros(shape))


def test_a_past_of_several_clips_or_another_size_is_refused() -> None:
    with pytest.raises(DataError, match=r"2 clips to stream from; give one"):
        stream().start(torch.zeros(2, 3, 3, SIZE, SIZE))
    with pytest.raises(DataError, match=r"do not fit square; give \(B, T, 3, 64, 64\)"):
        stream().start(torch.zeros(1, 3, 3, 32, 32))


def test_a_model_that_does_not_step_says_which_do(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.models.store.SHIPPED", models)
    with pytest.raises(ModelError, match=r"vae does not predict frame by frame; models that do: seq2seq"):
        Stream(load("vae"), torch.zeros(1, 4, 1, 16, 16))


def test_a_model_that_has_gone_astray_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    running = stream()
    running._state["corner"] = torch.zeros(1, 2)
    monkeypatch.setattr("tests.service.square.picture", lambda at: torch.full((1, 3, SIZE, SIZE), torch.nan))
    with pytest.raises(DataError, match=r"not all finite; the model that made them has diverged"):
        running.step(RIGHT)


def test_a_recording_is_a_whole_file_with_its_origin(tmp_path: Path) -> None:
    running, recording = stream(), Recording(3)
    frames = [running.step(RIGHT) for _ in range(5)]
    for frame in frames:
        assert recording.is_full == (len(recording) == 3)
        recording.add(frame)
    written = recording.save(tmp_path / "steered.mp4", 10, made_by="frameloom stream square")
    assert (written.frames, written.width, written.height) == (3, 512, 512)
    assert probe(tmp_path / "steered.mp4").rate == Fraction(10)
    small = read_clip(tmp_path / "steered.mp4")[:, 4::8, 4::8]
    assert [column_of(frame) for frame in small] == [column_of(frame) for frame in frames[:3]]
    with av.open(str(tmp_path / "steered.mp4")) as container:
        assert container.metadata["comment"] == "frameloom stream square"


def test_an_empty_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"no frames to write"):
        Recording(3).save(tmp_path / "none.mp4", 10, made_by="")
    assert not list(tmp_path.iterdir())
