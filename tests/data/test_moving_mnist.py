"""The vectorised generator against slow loops that follow the published ones, and against the laws of motion."""

from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from frameloom.core.errors import DataError
from frameloom.data.batch import to_float
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig, read_test_sequence

MASK = 2**64 - 1
STREAMS = {"train": 0, "val": 1, "test": 2}


def mix64(number: int) -> int:
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def draw_number(address: tuple[int, int, int, int], draw: int) -> float:
    """Return the number in [0, 1) at (seed, stream, clip, sprite), draw."""
    seed, *splits = address
    state = seed
    for split in splits:
        state = mix64((state + split * 0x9E3779B97F4A7C15) & MASK)
    return (mix64((state + (draw + 1) * 0x9E3779B97F4A7C15) & MASK) >> 11) * 2.0**-53


def standard_path(address: tuple[int, int, int, int], frames: int) -> list[tuple[float, float]]:
    x, y, angle = (draw_number(address, draw) for draw in (1, 2, 3))
    vy, vx = np.sin(angle * 2 * np.pi), np.cos(angle * 2 * np.pi)
    path = []
    for _ in range(frames):
        y += vy * 0.1
        x += vx * 0.1
        if x <= 0 or x >= 1:
            x, vx = min(max(x, 0.0), 1.0), -vx
        if y <= 0 or y >= 1:
            y, vy = min(max(y, 0.0), 1.0), -vy
        path.append((36 * y, 36 * x))
    return path


def stochastic_path(address: tuple[int, int, int, int], frames: int) -> list[tuple[float, float]]:
    def velocity(draw: int) -> tuple[float, float]:
        dx, dy = (float(int(draw_number(address, draw + axis) * 9) - 4) for axis in (0, 1))
        return dx, dy

    x, y = (float(int(draw_number(address, draw) * 37)) for draw in (1, 2))
    dx, dy = velocity(3)
    draw, path = 5, []
    for _ in range(frames):
        while not (-1e-8 <= x <= 36 + 1e-8 and -1e-8 <= y <= 36 + 1e-8):
            x, y, dx, dy = bounce(x, y, dx, dy, velocity(draw))
            draw += 2
        path.append((x, y))
        x, y = x + dx, y + dy
    return path


def bounce(x: float, y: float, dx: float, dy: float, fresh: tuple[float, float]) -> tuple[float, float, float, float]:
    """Follow the line back to the wall it crossed first; go on from there with a fresh velocity."""
    past_x = -1 if x < -1e-8 else 1 if x > 36 + 1e-8 else 0
    past_y = -1 if y < -1e-8 else 1 if y > 36 + 1e-8 else 0
    wall_x, wall_y = 36.0 * (past_x > 0), 36.0 * (past_y > 0)
    if dx == 0:
        contact_x, contact_y = x, wall_y
    elif dy == 0:
        contact_x, contact_y = wall_x, y
    else:
        slope = dy / dx
        offset = y - slope * x
        if past_x and not -1e-8 <= slope * wall_x + offset <= 36 + 1e-8:
            past_x = 0
        if past_y and not -1e-8 <= (wall_y - offset) / slope <= 36 + 1e-8:
            past_y = 0
        if past_x:
            contact_x, contact_y = wall_x, slope * wall_x + offset
        if past_y:
            contact_x, contact_y = (wall_y - offset) / slope, wall_y
    left = (x - contact_x) / dx if dx else (y - contact_y) / dy
    dx = -past_x * abs(fresh[0]) if past_x else fresh[0]
    dy = -past_y * abs(fresh[1]) if past_y else fresh[1]
    return contact_x + dx * left, contact_y + dy * left, dx, dy


def slow_clip(source: MovingMnist, seed: int, split: str, clip: int) -> tuple[np.ndarray, list[int]]:
    """Draw one clip, pixel by pixel row; return it with its classes."""
    config = source.config
    canvas = np.zeros((config.frames, 64, 64), dtype=np.int64)
    classes = []
    for sprite in range(config.sprites):
        address = (seed, STREAMS[split], clip, sprite)
        chosen = int(draw_number(address, 0) * len(source.images))
        image = source.images[chosen].numpy().astype(np.int64)
        classes.append(int(source.labels[chosen]))
        standard = config.preset == "standard"
        path = (standard_path if standard else stochastic_path)(address, config.frames)
        for frame, (y, x) in zip(canvas, path, strict=True):
            top, left = (int(y), int(x)) if standard else (round(y), round(x))
            box = frame[top : top + 28, left : left + 28]
            box[:] = np.maximum(box, image) if standard else box + image
    return canvas.clip(0, 255).astype(np.uint8), classes


@pytest.mark.parametrize("preset", ["standard", "stochastic"])
@pytest.mark.parametrize(("split", "seed"), [("train", 0), ("train", 987654321), ("val", 0), ("test", 0)])
def test_every_frame_equals_the_slow_loop(preset: str, split: str, seed: int) -> None:
    source = MovingMnist(MovingMnistConfig(preset=preset, frames=30), split, seed)
    video, batch = source.clips_uint8(2, 40), source.batch(2, 40)
    for number in range(40):
        expected, classes = slow_clip(source, seed, split, 80 + number)
        assert np.array_equal(video[number, :, 0].numpy(), expected), f"clip {80 + number}"
        assert batch["classes"][number].tolist() == classes
    assert torch.equal(batch["video"], to_float(video))


@pytest.mark.parametrize("sprites", [1, 3])
@pytest.mark.parametrize("preset", ["standard", "stochastic"])
def test_other_numbers_of_digits_equal_the_slow_loop(preset: str, sprites: int) -> None:
    source = MovingMnist(MovingMnistConfig(preset=preset, frames=12, sprites=sprites))
    for number, clip in enumerate(source.clips_uint8(0, 20)):
        assert np.array_equal(clip[:, 0].numpy(), slow_clip(source, 0, "train", number)[0])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((36.5, 10.0, 4.0, 0.0), (36 - 2 / 8, 10 + 3 / 8, -2.0, 3.0)),
        ((5.0, -2.0, 0.0, -4.0), (5 + 2 / 2, 3 / 2, 2.0, 3.0)),
    ],
)
def test_a_stochastic_bounce_by_hand(before: tuple[float, ...], after: tuple[float, ...]) -> None:
    """The loop is itself held against cases made by hand, so that two equal mistakes do not agree."""
    x, y, dx, dy = before
    assert bounce(x, y, dx, dy, (2.0, 3.0)) == after


def test_a_corner_turns_both_axes() -> None:
    assert bounce(-1.0, -1.0, -2.0, -2.0, (-3.0, 4.0)) == (1.5, 2.0, 3.0, 4.0)


def test_the_first_wall_is_met_first() -> None:
    """From (2, 1) with step (-4, -4): the column's wall at share 1/4 of the step, at row 1; 3/4 are left."""
    assert bounce(-2.0, -3.0, -4.0, -4.0, (1.0, -2.0)) == (1.75, 1.5, 1.0, 2.0)


def test_ranks_together_see_what_one_process_sees() -> None:
    source = MovingMnist(MovingMnistConfig(paths_per_clip=3, frames=5))
    whole = source.batch(7, 10)
    parts = [source.batch(7, 10, (rank, 3)) for rank in range(3)]
    for name, value in whole.items():
        assert torch.equal(value, torch.cat([part[name] for part in parts])), name


def test_a_clip_does_not_depend_on_its_batch() -> None:
    source = MovingMnist(MovingMnistConfig(frames=6))
    assert torch.equal(source.clips_uint8(0, 40)[24:32], source.clips_uint8(3, 8))
    assert torch.equal(source.clips_uint8(3, 8), MovingMnist(MovingMnistConfig(frames=6)).clips_uint8(3, 8))
    assert torch.equal(source.clips_uint8(3, 8), MovingMnist(MovingMnistConfig(frames=9)).clips_uint8(3, 8)[:, :6])


def test_seeds_make_other_training_clips_and_the_same_held_out_ones() -> None:
    def clips(split: str, seed: int) -> torch.Tensor:
        return MovingMnist(MovingMnistConfig(frames=3), split, seed).clips_uint8(0, 4)

    assert not torch.equal(clips("train", 0), clips("train", 1))
    assert torch.equal(clips("val", 0), clips("val", 1))
    assert torch.equal(clips("test", 0), clips("test", 1))
    assert not torch.equal(clips("val", 0), clips("test", 0))


def test_positions_patches_and_video_agree() -> None:
    batch = MovingMnist(MovingMnistConfig(sprites=1)).batch(0, 8)
    for video, positions, patches in zip(batch["video"], batch["positions"], batch["patches"], strict=True):
        for frame, (row, column) in zip(video[:, 0], positions[:, 0].tolist(), strict=True):
            box = frame[row : row + 28, column : column + 28]
            torch.testing.assert_close((box + 1) / 2, patches[0], rtol=0, atol=1e-6)
            assert (frame + 1).sum() == pytest.approx((box + 1).sum().item())


def test_shapes_and_types_are_as_announced() -> None:
    source = MovingMnist(MovingMnistConfig(frames=4, sprites=3, paths_per_clip=5))
    batch = source.batch(0, 6)
    forms = {name: (tuple(value.shape), value.dtype) for name, value in batch.items()}
    assert source.shape == (4, 1, 64, 64)
    assert source.count is None
    assert forms == {
        "video": ((6, 4, 1, 64, 64), torch.float32),
        "classes": ((6, 3), torch.int64),
        "positions": ((6, 4, 3, 2), torch.int64),
        "patches": ((6, 3, 28, 28), torch.float32),
        "paths": ((30, 4, 2), torch.float32),
    }


def test_extra_paths_obey_the_same_law_and_are_others() -> None:
    source = MovingMnist(MovingMnistConfig(paths_per_clip=2, frames=15))
    paths = source.batch(1, 4)["paths"].view(4, 2, 15, 2)
    for clip, both in enumerate(paths, start=4):
        for extra, path in enumerate(both, start=source.config.sprites):
            expected = standard_path((0, 0, clip, extra), 15)
            torch.testing.assert_close(path, torch.tensor(expected, dtype=torch.float32))


def test_digits_move_3_6_px_a_frame_and_straight_between_walls() -> None:
    paths = MovingMnist(MovingMnistConfig(paths_per_clip=50)).batch(0, 40)["paths"].double()
    inside = ((paths > 0) & (paths < 36)).all(-1)
    steps = paths.diff(dim=1)
    free = inside[:, 1:] & inside[:, :-1]
    assert steps[free].norm(dim=-1).sub(3.6).abs().max() < 1e-4
    straight = free[:, 1:] & free[:, :-1]
    assert (steps[:, 1:] - steps[:, :-1])[straight].abs().max() < 1e-4
    assert 0 < (~inside).float().mean() < 0.5


def test_stochastic_steps_are_whole_up_to_four_px_away_from_walls() -> None:
    paths = MovingMnist(MovingMnistConfig(preset="stochastic", paths_per_clip=50)).batch(0, 40)["paths"].double()
    assert paths.min() >= -1e-6
    assert paths.max() <= 36 + 1e-6
    steps = paths.diff(dim=1)
    assert steps.abs().max() <= 4 + 1e-4
    inner = ((paths > 4) & (paths < 32)).all(-1)[:, :-1]
    assert (steps[inner] - steps[inner].round()).abs().max() < 1e-4
    assert steps[inner].round().abs().amax() == 4


def test_splits_share_no_digit() -> None:
    seen = {
        split: {image.numpy().tobytes() for image in MovingMnist(MovingMnistConfig(), split).images}
        for split in STREAMS
    }
    assert not seen["train"] & seen["val"]
    assert not seen["train"] & seen["test"]
    assert not seen["val"] & seen["test"]


def test_tutorial_preprocessing_crops_24_and_moves_positions_along() -> None:
    plain = MovingMnist(MovingMnistConfig(frames=10, paths_per_clip=1)).batch(0, 3)
    source = MovingMnist(MovingMnistConfig(frames=10, crop=24, paths_per_clip=1))
    batch = source.batch(0, 3)
    assert source.shape == (10, 1, 24, 24)
    assert torch.equal(batch["video"], plain["video"][..., 20:44, 20:44])
    assert torch.equal(batch["positions"], plain["positions"] - 20)
    assert torch.equal(batch["paths"], plain["paths"] - 20)


def test_resized_batches_leave_out_what_is_in_px_of_the_canvas() -> None:
    source = MovingMnist(MovingMnistConfig(frames=2, resize=32, paths_per_clip=1))
    batch = source.batch(0, 3)
    assert source.shape == (2, 1, 32, 32)
    assert set(batch) == {"video", "classes"}
    assert batch["video"].shape == (3, 2, 1, 32, 32)


@pytest.mark.parametrize("settings", [{"crop": 65}, {"frames": 0}, {"deviation": 0}, {"preset": "svg"}, {"speed": 3}])
def test_settings_out_of_range_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MovingMnistConfig(**settings)


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    path = tmp_path / "mnist_test_seq.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (20, 7, 64, 64), dtype=np.uint8))
    return path


def test_the_published_test_file_is_read_as_it_is(sequence: Path) -> None:
    stored = np.load(sequence)
    source = MovingMnist(MovingMnistConfig(file=str(sequence)), "test")
    assert source.count == 7
    assert isinstance(read_test_sequence(sequence), np.memmap)
    assert np.array_equal(source.clips_uint8(1, 3)[:, :, 0].numpy(), stored[:, 3:6].swapaxes(0, 1))
    batch = source.batch(1, 4)
    assert set(batch) == {"video"}
    assert torch.equal(batch["video"], to_float(source.clips_uint8(1, 4)))
    assert len(batch["video"]) == 3


def test_fewer_frames_of_the_test_file_are_its_first(sequence: Path) -> None:
    source = MovingMnist(MovingMnistConfig(file=str(sequence), frames=5), "test")
    assert np.array_equal(source.clips_uint8(0, 2)[:, :, 0].numpy(), np.load(sequence)[:5, :2].swapaxes(0, 1))


def test_the_test_file_leaves_training_alone(sequence: Path) -> None:
    with_file, without = MovingMnistConfig(file=str(sequence)), MovingMnistConfig()
    assert torch.equal(MovingMnist(with_file).clips_uint8(0, 2), MovingMnist(without).clips_uint8(0, 2))


def test_beyond_the_end_of_the_test_file_is_an_error(sequence: Path) -> None:
    source = MovingMnist(MovingMnistConfig(file=str(sequence)), "test")
    with pytest.raises(DataError, match="clip 8 lies beyond the last of 7"):
        source.batch(2, 4)


def test_more_frames_than_the_test_file_has_are_an_error(sequence: Path) -> None:
    with pytest.raises(DataError, match=r"21 frames asked of clips of 20; lower data.frames"):
        MovingMnist(MovingMnistConfig(file=str(sequence), frames=21), "test")


@pytest.mark.parametrize("shape", [(20, 7, 64, 63), (19, 7, 64, 64), (20, 64, 64), (20,)])
def test_a_test_file_of_another_shape_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / "x.npy", np.zeros(shape, np.uint8))
    with pytest.raises(DataError, match=r"x.npy: holds uint8 .*; mnist_test_seq.npy is uint8 \(20, N, 64, 64\)"):
        read_test_sequence(tmp_path / "x.npy")


def test_other_test_files_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "float.npy", np.zeros((20, 1, 64, 64)))
    with pytest.raises(DataError, match="holds float64"):
        read_test_sequence(tmp_path / "float.npy")
    np.savez(tmp_path / "many.npz", a=np.zeros(1))
    with pytest.raises(DataError, match="holds an archive, not one array"):
        read_test_sequence(tmp_path / "many.npz")
    with pytest.raises(DataError, match=r"cannot be read \(No such file or directory\)"):
        read_test_sequence(tmp_path / "none.npy")
    np.save(tmp_path / "objects.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(DataError, match="cannot be read"):
        read_test_sequence(tmp_path / "objects.npy")
    (tmp_path / "cut.npy").write_bytes((tmp_path / "float.npy").read_bytes()[:500])
    with pytest.raises(DataError, match="cannot be read"):
        read_test_sequence(tmp_path / "cut.npy")
