import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.apps.talk.puppet.anatomy import net
from frameloom.apps.talk.puppet.puppet import Puppet, finer
from frameloom.apps.talk.puppet.warp import draw_triangles, face_patch


def test_a_triangle_is_filled_with_what_lies_between_its_corners() -> None:
    corners = np.array([[[1.0, 1.0], [7.0, 2.0], [2.0, 8.0]]])
    values = np.stack([2 * corners[..., 0] + 1, corners[..., 1] - 3 * corners[..., 0]], axis=-1)
    field = np.full((10, 10, 2), np.nan, np.float32)
    draw_triangles(corners, values, field)
    y, x = np.nonzero(~np.isnan(field[..., 0]))
    assert field[y, x, 0] == pytest.approx(2 * x + 1, abs=1e-4)
    assert field[y, x, 1] == pytest.approx(y - 3 * x, abs=1e-4)
    # counted on squared paper: inside or on the border
    assert np.isfinite(field[..., 0]).sum(axis=1).tolist() == [0, 1, 6, 5, 4, 3, 2, 1, 1, 0]


@given(across=st.floats(-6, 6), down=st.floats(-6, 6), step=st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_a_shift_of_all_corners_is_a_shift_of_all_between(across: float, down: float, step: int) -> None:
    corners = np.array([[20.0, 20.0], [50.0, 18.0], [52.0, 55.0], [17.0, 50.0]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    patch = face_patch(corners, corners + np.array([across, down]), triangles, (80, 80), step)
    if max(abs(across), abs(down)) < 0.01:
        assert patch.box == (0, 0, 0, 0)
        return
    middle = patch.at(np.array([[[35 + across, 35 + down]]], np.float32))[0, 0].round().astype(int)
    assert patch.field[middle[1], middle[0]] == pytest.approx((-across, -down), abs=1e-4)
    filled = patch.field[np.abs(patch.field).sum(axis=-1) > 0]
    assert filled == pytest.approx(np.broadcast_to((-across, -down), filled.shape), abs=1e-4)


def test_what_does_not_move_is_not_drawn(puppet: Puppet) -> None:
    patch = face_patch(puppet.vertices, puppet.vertices.copy(), net().triangles, puppet.size, 1)
    assert patch.box == (0, 0, 0, 0)


def test_a_head_turns_its_nose_most_and_its_border_not_at_all(puppet: Puppet) -> None:
    back = puppet.head.back(1.0, 0.0, 0.0, 0.0)
    nose = puppet.vertices[1].round().astype(int)
    ear = puppet.vertices[234].round().astype(int)
    assert back.shape == (480, 480, 2)
    assert back[nose[1], nose[0], 0] < back[ear[1], ear[0], 0] < -0.5  # it comes from further left
    assert np.abs(back[[0, -1]]).max() < 0.2
    assert np.abs(back[:, [0, -1]]).max() < 0.2
    assert puppet.head.back(-0.5, 0, 0, 0) == pytest.approx(back * -0.5, abs=1e-4)


def test_a_head_that_turns_folds_nothing(puppet: Puppet) -> None:
    back = puppet.head.back(1.0, 1.0, 1.0, 1.0)
    assert np.diff(back[..., 0], axis=1).min() > -0.9
    assert np.diff(back[..., 1], axis=0).min() > -0.9


def test_finer_samples_keep_the_old_ones_and_cubics() -> None:
    ramp = np.arange(8, dtype=np.float64) ** 2 * 4
    rgb = np.broadcast_to(ramp[None, :, None], (4, 8, 3)).astype(np.uint8)
    fine = finer(rgb)
    assert fine.shape == (7, 15, 3)
    assert (fine[::2, ::2] == rgb).all()
    assert fine[0, 3:12, 0].tolist() == pytest.approx([4 * (k / 2) ** 2 for k in range(3, 12)], abs=0.6)
