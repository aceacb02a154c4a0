import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.data.batch import Preprocess, share_of, to_float, to_uint8

ALL_LEVELS = torch.arange(256, dtype=torch.uint8)


def test_every_level_survives_the_crossing_and_back() -> None:
    assert torch.equal(to_uint8(to_float(ALL_LEVELS)), ALL_LEVELS)


def test_to_float_is_linear_between_minus_one_and_one() -> None:
    expected = torch.tensor([level * 2 / 255 - 1 for level in range(256)])
    torch.testing.assert_close(to_float(ALL_LEVELS), expected, rtol=0, atol=1e-6)
    assert to_float(ALL_LEVELS).dtype == torch.float32


def test_to_uint8_clips_and_rounds_to_nearest() -> None:
    video = torch.tensor([-7.0, -1.0, -1 + 1.4 / 127.5, -1 + 1.6 / 127.5, 1.0, 9.0])
    assert to_uint8(video).tolist() == [0, 0, 1, 2, 255, 255]


def test_crossings_leave_their_input_alone() -> None:
    video = torch.tensor([0.25, 0.5])
    to_uint8(video)
    assert video.tolist() == [0.25, 0.5]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_float(torch.zeros(2)), r"pixels are float32; give uint8 in \[0, 255\]"),
        (lambda: to_uint8(ALL_LEVELS), "pixels are uint8; to_uint8 takes floating point"),
        (lambda: to_uint8(torch.tensor([float("nan")])), "pixels are not all finite"),
        (lambda: Preprocess(crop=9).apply(ALL_LEVELS.view(1, 1, 1, 32, 8)), "crop 9 is larger than the 8x32 frame"),
        (lambda: Preprocess().apply(torch.zeros(1, 1, 1, 2, 2)), "pixels are float32"),
        (lambda: share_of(0, 1, (0, 2)), "a batch of 1 cannot be shared by 2 processes"),
    ],
)
def test_misuse_is_named(call, message) -> None:
    with pytest.raises(DataError, match=message):
        call()


def test_crop_takes_the_centre() -> None:
    video = torch.arange(64, dtype=torch.uint8).view(1, 1, 1, 8, 8)
    preprocess = Preprocess(crop=2, mean=0, deviation=1 / 255)
    assert preprocess.corner(8, 8) == (3, 3)
    assert preprocess.apply(video).round().flatten().tolist() == [27, 28, 35, 36]


def test_normalising_subtracts_the_mean_and_divides_by_the_deviation() -> None:
    video = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 1, 1, 1, 3)
    torch.testing.assert_close(
        Preprocess(mean=0.2, deviation=0.4).apply(video).flatten(), torch.tensor([-0.5, 0.0, 2.0])
    )


def test_resizing_averages_and_keeps_a_flat_frame_flat() -> None:
    flat = torch.full((2, 3, 1, 64, 64), 51, dtype=torch.uint8)
    small = Preprocess(resize=16).apply(flat)
    assert small.shape == (2, 3, 1, 16, 16)
    torch.testing.assert_close(small, torch.full_like(small, 0.2 * 2 - 1))
    checks = (torch.arange(64)[:, None] + torch.arange(64)).remainder(2).mul(255).to(torch.uint8).view(1, 1, 1, 64, 64)
    assert Preprocess(resize=16).apply(checks).abs().max() < 0.05


def test_crop_comes_before_resize() -> None:
    video = torch.zeros(1, 1, 1, 8, 8, dtype=torch.uint8)
    video[..., 2:6, 2:6] = 255
    preprocess = Preprocess(crop=4, resize=2)
    assert preprocess.size(8, 8) == (2, 2)
    assert torch.equal(preprocess.apply(video), torch.ones(1, 1, 1, 2, 2))


def test_size_without_settings_is_that_of_the_frame() -> None:
    assert Preprocess().size(48, 64) == (48, 64)
    assert Preprocess(crop=24).size(48, 64) == (24, 24)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("processes", [1, 2, 3])
def test_shares_make_up_the_batch_without_overlap(size: int, processes: int) -> None:
    if size >= processes:
        shares = [share_of(5, size, (rank, processes)) for rank in range(processes)]
        assert [number for share in shares for number in share] == list(range(5 * size, 6 * size))
        assert all(len(share) for share in shares)
