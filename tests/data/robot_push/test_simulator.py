"""The simulated robot: what actions do in the picture, what fixes it, and how it refuses."""

import ctypes.util
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from frameloom.core.errors import DataError, MissingDependencyError
from frameloom.data.robot_push import simulator as room
from frameloom.data.robot_push.policy import HIGHEST, LARGEST_STEP
from frameloom.data.robot_push.simulator import Observation, Simulator

MISSING = [name for name in ("mujoco", "metaworld") if importlib.util.find_spec(name) is None] + (
    [] if ctypes.util.find_library("EGL") or ctypes.util.find_library("OSMesa") else ["libEGL or libOSMesa"]
)
needs_robot = pytest.mark.skipif(bool(MISSING), reason=f"robot simulator: {', '.join(MISSING)} not installed")

ARM, FIRST_OBJECT = 2, 3


@pytest.fixture(scope="module")
def robot() -> Iterator[Simulator]:
    with Simulator(seed=0, labels=True) as simulator:
        yield simulator


def tip(seen: Observation) -> np.ndarray:
    """Return (x, y) in px, down, of the lowest part of the arm in the picture."""
    rows, columns = np.nonzero(seen.labels["aux1"] == ARM)
    low = rows >= rows.max() - 2
    return np.array([columns[low].mean(), rows[low].mean()])


@needs_robot
@pytest.mark.parametrize(("part", "shift"), [(0, (12.1, 0.0)), (1, (0.0, -10.3)), (2, (0.0, -4.9))])
def test_an_action_moves_the_hand_as_the_picture_shows(robot: Simulator, part: int, shift: tuple[float, float]) -> None:
    """Right is right in the picture, away and up are up in it; 1 is as many metres as the policy says.

    Pixels by hand: a pixel shows 1.25 m * 2 tan(17 deg) / 64 = 11.9 mm in the middle, 11.2 mm nearer; the camera looks
    58 deg down, which shows sin 58 deg of what goes away and cos 58 deg of what goes up.
    """
    robot.reset(0)
    for _ in range(12):  # to the left, the near and the low end, from where each way is free
        before = robot.step((-1.0, -1.0, -1.0, 0.0))
    action = np.zeros(4)
    action[part] = 1.0
    after = [robot.step(action) for _ in range(3)][-1]
    moved = after.state - before.state
    expected = np.zeros(3)
    expected[part] = 3 * LARGEST_STEP[part]
    assert moved == pytest.approx(expected, abs=0.006)
    assert tip(after) - tip(before) == pytest.approx(np.array(shift), abs=2.6)


@needs_robot
def test_the_largest_step_is_about_four_pixels(robot: Simulator) -> None:
    robot.reset(0)
    for _ in range(12):
        before = robot.step((-1.0, 0.0, -1.0, 0.0))
    after = [robot.step((1.0, 0.0, 0.0, 0.0)) for _ in range(8)][-1]
    assert (tip(after) - tip(before))[0] / 8 == pytest.approx(4.0, abs=0.6)


@needs_robot
def test_turning_changes_the_picture_and_not_the_place(robot: Simulator) -> None:
    pictures = []
    for turn in (0.0, 0.0, 1.0):
        first = robot.reset(0)
        turned = [robot.step((0.0, 0.0, 0.0, turn)) for _ in range(3)][-1]
        assert turned.state == pytest.approx(first.state, abs=0.004)
        pictures.append(turned.frames["aux1"].astype(int))
    still, again, other = pictures
    assert np.array_equal(still, again)
    assert (np.abs(other - still).max(axis=-1) > 30).sum() > 10


@needs_robot
def test_a_turn_goes_from_right_to_away_and_lags_less_than_a_step(robot: Simulator) -> None:
    robot.reset(0)
    for action in (-1.0, -1.0, 0.0, 0.0, 0.0):
        robot.step((0.0, 0.0, 0.0, action))
        assert robot.world is not None
        along = robot.world.data.body("hand").xmat.reshape(3, 3)[:, 1]  # from finger to finger, in the world
        turn = np.arctan2(-along[0], along[1])
        assert turn == pytest.approx(robot.world.sent[3], abs=0.25)
    assert turn == pytest.approx(robot.world.sent[3], abs=0.06)


@needs_robot
def test_what_was_executed_stops_at_one_and_at_the_bounds(robot: Simulator) -> None:
    robot.reset(1)
    robot.step((9.0, 0.0, 0.0, -0.5))
    assert robot.executed == pytest.approx((1.0, 0.0, 0.0, -0.5))
    for _ in range(15):
        seen = robot.step((1.0, 0.0, 0.0, 0.0))
    assert robot.executed == pytest.approx(np.zeros(4))
    assert seen.state[0] == pytest.approx(HIGHEST[0], abs=0.005)


@needs_robot
def test_an_episode_is_the_same_whenever_it_is_made(robot: Simulator) -> None:
    robot.reset(5)
    robot.step((1.0, 0.0, -1.0, 0.0))
    one = robot.episode(3, 6)
    with Simulator(seed=0) as other, Simulator(seed=1) as elsewhere:
        again, different = other.episode(3, 6), elsewhere.episode(3, 6)
    assert np.array_equal(one.frames["aux1"], again.frames["aux1"])  # label maps or not
    assert np.array_equal(one.actions, again.actions)
    assert np.array_equal(one.states, again.states)
    assert not np.array_equal(one.actions, different.actions)
    assert not again.labels


@needs_robot
def test_steps_with_the_recorded_actions_repeat_an_episode(robot: Simulator) -> None:
    """So the action of time t leads from frame t to frame t + 1; float32 makes the hand differ by less than 0.1 mm."""
    episode = robot.episode(2, 5)
    states = [robot.reset(2).state] + [robot.step(action).state for action in episode.actions[:-1]]
    assert np.array(states) == pytest.approx(episode.states, abs=1e-4)
    last = robot.step(episode.actions[-1]).state
    assert last - states[-1] == pytest.approx(episode.actions[-1, :3] * LARGEST_STEP[:3], abs=0.008)


@needs_robot
def test_an_episode_has_its_form_and_most_push_something(robot: Simulator) -> None:
    pushed = 0
    for number in range(4):
        robot.reset(number)
        assert robot.world is not None
        before = robot.world.objects()
        episode = robot.episode(number)
        assert robot.world is not None
        pushed += np.linalg.norm(robot.world.objects() - before, axis=1).max() > 0.03
        assert episode.frames["aux1"].shape == (30, 64, 64, 3)
        assert episode.labels["aux1"].shape == (30, 64, 64)
        assert (episode.actions.shape, episode.states.shape) == ((30, 4), (30, 3))
        assert (episode.actions.dtype, episode.states.dtype) == (np.float32, np.float32)
        assert np.abs(episode.actions).max() <= 1.0
        moved = np.diff(episode.states, axis=0)
        assert np.abs(moved - (episode.actions * np.append(LARGEST_STEP[:3], 0)[:, None].T)[:-1, :3]).max() < 0.012
    assert pushed >= 3


@needs_robot
def test_a_pixel_is_the_mean_of_sixteen_finer_ones(robot: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    averaged = robot.reset(4).frames["aux1"]
    monkeypatch.setattr(room, "_FINER", 1)
    with Simulator(seed=0, size=256) as other:
        fine = other.reset(4).frames["aux1"].astype(float)
    expected = fine.reshape(64, 4, 64, 4, 3).mean((1, 3))
    assert np.abs(averaged - expected).max() <= 0.5


@needs_robot
def test_labels_say_what_the_picture_shows(robot: Simulator) -> None:
    seen = robot.reset(4)
    labels, frame = seen.labels["aux1"], seen.frames["aux1"].astype(int)
    assert robot.world is not None
    things = len(robot.world.objects())
    assert set(np.unique(labels)) <= set(range(FIRST_OBJECT + things))
    assert {0, 1, ARM} <= set(np.unique(labels))
    assert (labels[-3] == 1).mean() > 0.9  # the near side of the table
    reddest = frame[..., 0] - frame[..., 1:].max(axis=-1)
    assert np.median(reddest[labels == ARM]) > 60
    for thing in range(FIRST_OBJECT, FIRST_OBJECT + things):
        rows, columns = np.nonzero(labels == thing)
        assert len(rows) < 150
        if len(rows) > 8:  # what lies right of the middle is seen right of it
            right = robot.world.objects()[thing - FIRST_OBJECT, 0]
            assert (columns.mean() - 31.5) == pytest.approx(right / 0.0112, abs=5)


@needs_robot
def test_larger_pictures_of_two_cameras_show_the_same(robot: Simulator) -> None:
    small = robot.reset(6).frames["aux1"].astype(float)
    with Simulator(seed=0, size=128, cameras=("main", "aux1"), labels=True) as large:
        seen = large.reset(6)
    assert {name: frame.shape for name, frame in seen.frames.items()} == dict.fromkeys(("main", "aux1"), (128, 128, 3))
    assert {name: labels.shape for name, labels in seen.labels.items()} == dict.fromkeys(("main", "aux1"), (128, 128))
    halved = seen.frames["aux1"].reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - small).mean() < 8
    assert np.abs(seen.frames["aux1"].astype(int) - seen.frames["main"]).mean() > 15


@needs_robot
def test_it_may_be_used_from_another_thread(robot: Simulator) -> None:
    here, there = robot.reset(0).frames["aux1"], []
    thread = threading.Thread(target=lambda: there.append(robot.reset(0).frames["aux1"]))
    thread.start()
    thread.join()
    assert np.array_equal(here, there[0])


@needs_robot
@pytest.mark.parametrize(
    "action", [(1.0, 0.0, 0.0), (0.0, np.nan, 0.0, 0.0), (np.inf, 0.0, 0.0, 0.0), "left", None, np.zeros((2, 4))]
)
def test_a_wrong_action_is_refused_and_does_nothing(robot: Simulator, action: object) -> None:
    before = robot.reset(0).state
    with pytest.raises(DataError, match=r"action .* give four finite numbers: right, away, up, turn"):
        robot.step(action)  # type: ignore[arg-type]
    assert robot.step(np.zeros(4)).state == pytest.approx(before, abs=0.002)


@needs_robot
def test_what_cannot_be_is_refused(robot: Simulator) -> None:
    with pytest.raises(DataError, match=r"size 8, seed 0.*16 to 512"):
        Simulator(size=8)
    with pytest.raises(DataError, match="seed -1"):
        Simulator(seed=-1)
    with pytest.raises(DataError, match=r"cameras top: .* out of main and aux1"):
        Simulator(cameras=("top",))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="cameras none"):
        Simulator(cameras=())
    with pytest.raises(DataError, match="episode -1: give a number of 0 or more"):
        robot.reset(-1)
    with pytest.raises(DataError, match="episode of 0 frames"):
        robot.episode(0, 0)


@needs_robot
def test_one_that_was_closed_or_never_set_up_says_so() -> None:
    simulator = Simulator()
    with pytest.raises(DataError, match="reset it to an episode first"):
        simulator.step(np.zeros(4))
    simulator.close()
    simulator.close()
    with pytest.raises(DataError, match="was closed; make another"):
        simulator.reset(0)


def test_without_a_library_to_draw_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"neither libEGL nor libOSMesa.*apt install libegl1"):
        room._open_mujoco()


def test_without_mujoco_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "egl")
    monkeypatch.setitem(sys.modules, "mujoco", None)
    with pytest.raises(MissingDependencyError, match=r"mujoco.*pip install 'frameloom\[robot\]'"):
        room._open_mujoco()


@pytest.mark.parametrize("fault", [AttributeError("'NoneType' object has no attribute 'eglQueryString'"), OSError()])
def test_a_library_that_does_not_draw_is_told(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(name: str) -> None:
        raise fault

    monkeypatch.setenv("MUJOCO_GL", "egl")
    monkeypatch.setattr(room.importlib, "import_module", fail)
    with pytest.raises(
        MissingDependencyError, match=r"cannot draw without a screen \(MUJOCO_GL=egl: .+\); apt install"
    ):
        room._open_mujoco()


def test_nothing_of_it_is_imported_before_it_is_used() -> None:
    command = "import sys, frameloom.data.robot_push.make; sys.exit(bool({'mujoco', 'metaworld'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
