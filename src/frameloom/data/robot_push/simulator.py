"""A robot of our own that pushes things: MuJoCo moves and draws what scene.py describes.

    number --draw--> scene --compile--> model;   action --target of the hand--> 20 steps of physics --> picture, labels

The hand is welded to a target that nothing can stop ("mocap"); each action moves the target, in even parts, over 0.1 s.
The same number, seed and actions give the same pictures on the same machine and MuJoCo, whatever was simulated before.
Source: Todorov, Erez & Tassa, "MuJoCo: A physics engine for model-based control", IROS 2012; its bindings, 3.3 or 4.0.
"""

import ctypes.util
import importlib
import math
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from frameloom.core.errors import DataError, MissingDependencyError
from frameloom.data.robot_push.arm import FINGER, FINGERS, READY, Arm, read_arm
from frameloom.data.robot_push.episode import ACTION_SIZE, Camera, Episode
from frameloom.data.robot_push.policy import PushingPolicy, carried_out
from frameloom.data.robot_push.scene import Scene, draw_scene, to_picture, to_world

SMALLEST, LARGEST = 16, 512
"""Sizes of a picture that can be asked for, in px."""

EDITION = 2
"""Raised whenever a number's episode comes to look or go otherwise, so that no folder mixes the two."""

_FINER, _LARGEST_DRAWN = 4, 1024
"""Pictures are drawn with sides this many times longer, up to as many px, and averaged, as a lens would."""
_SUBSTEPS = 20
"""Steps of physics, 5 ms each, between two frames: BAIR's 10 frames/s."""
_BEGINNING = 80
"""Steps of physics in which the hand goes to where it begins and things come to rest."""
_TO_MIDDLE = np.array([0.0, 0.0, FINGER])
"""From the fingertips to the middle of the hand, in m."""
_TABLE, _ARM, _FIRST_OBJECT = 1, 2, 3
"""What a pixel of a label map shows; 0 are the surroundings."""


@dataclass(frozen=True)
class Observation:
    """What is there at one moment."""

    frames: Mapping[Camera, NDArray[np.uint8]]
    """RGB, (H, W, 3)."""
    state: NDArray[np.float32]
    """Where the fingertips are, in m: right, away and up from the middle of the bin, (3,)."""
    labels: Mapping[Camera, NDArray[np.uint8]] = field(default_factory=dict)
    """What each pixel shows, (H, W): 0 surroundings, 1 table and bin, 2 arm, 3 and up the objects."""


class Simulator:
    """One robot at its table; an action is (right, away, up, turn) in [-1, 1] as camera "aux1" sees it.

    It may be used from any thread, by one at a time.
    """

    def __init__(
        self, seed: int = 0, size: int = 64, cameras: Sequence[Camera] = ("aux1",), labels: bool = False
    ) -> None:
        """Get ready to draw square pictures of this size in px.

        Raises:
            MissingDependencyError: MuJoCo, the arm or a library to draw without a screen is not installed.
            DataError: a size, seed or camera that cannot be.
        """
        if not SMALLEST <= size <= LARGEST or seed < 0 or not cameras or not set(cameras) <= {"main", "aux1"}:
            raise DataError(
                f"simulator: size {size}, seed {seed}, cameras {', '.join(cameras) or 'none'}: give a size from "
                f"{SMALLEST} to {LARGEST}, a seed of 0 or more and cameras out of main and aux1"
            )
        self.seed, self.size, self.cameras, self.labels = seed, size, tuple(cameras), labels
        self.arm = read_arm()
        self.mujoco = _open_mujoco()
        self.world: _World | None = None
        # What draws belongs to the thread that made it, and people call from several.
        self.drawing = ThreadPoolExecutor(1, "simulator")
        self.screen = self.drawing.submit(_Screen, self.mujoco, size).result()
        self.is_open = True

    def reset(self, episode: int) -> Observation:
        """Set up the scene of this number; return what is there at first.

        Raises:
            DataError: the number is below 0, or the simulator was closed.
        """
        return self._set_up(self._random(episode))

    def step(self, action: ArrayLike) -> Observation:
        """Move the hand for a tenth of a second; it stops at the bounds of where it may be.

        Raises:
            DataError: the action is not four finite numbers, or nothing was set up before.
        """
        world = self._world()
        world.move(_checked(action))
        return self._look(world)

    @property
    def executed(self) -> NDArray[np.float32]:
        """Return the last action as it was carried out, (4,): within [-1, 1], and zero where the hand was stopped."""
        return self._world().executed.astype(np.float32)

    @property
    def sent(self) -> NDArray[np.float64]:
        """Return where the hand was last sent: right, away, up in m and turn in radians, (4,)."""
        return self._world().sent.copy()

    def episode(self, number: int, frames: int = 30) -> Episode:
        """Return the episode of this number, in which the robot pushes things about.

        Raises:
            DataError: a number below 0, fewer frames than one, or the simulator was closed.
        """
        if frames < 1:
            raise DataError(f"simulator: an episode of {frames} frames: give 1 or more")
        random = self._random(number)
        seen, actions = [self._set_up(random)], []
        world, policy = self._world(), PushingPolicy(random)
        for time in range(frames):
            world.move(policy.action(world.sent, world.objects()))
            actions.append(self.executed)
            if time < frames - 1:
                seen.append(self._look(world))
        return Episode(
            frames={camera: np.stack([each.frames[camera] for each in seen]) for camera in self.cameras},
            actions=np.stack(actions),
            states=np.stack([each.state for each in seen]),
            labels={camera: np.stack([each.labels[camera] for each in seen]) for camera in seen[0].labels},
        )

    def close(self) -> None:
        """Give back what drawing holds; nothing can be set up afterwards."""
        self.world = None
        if self.is_open:
            self.is_open = False
            self.drawing.submit(self.screen.close).result()
            self.drawing.shutdown()

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _random(self, episode: int) -> np.random.Generator:
        if episode < 0:
            raise DataError(f"simulator: episode {episode}: give a number of 0 or more")
        return np.random.default_rng([self.seed, episode])

    def _set_up(self, random: np.random.Generator) -> Observation:
        if not self.is_open:
            raise DataError("simulator: was closed; make another")
        self.world = _World(self.mujoco, self.arm, draw_scene(self.arm, random))
        self.drawing.submit(self.screen.show, self.world).result()
        return self._look(self.world)

    def _world(self) -> "_World":
        if self.world is None:
            raise DataError("simulator: there is nothing to move; reset it to an episode first")
        return self.world

    def _look(self, world: "_World") -> Observation:
        return self.drawing.submit(self._draw, world).result()

    def _draw(self, world: "_World") -> Observation:
        frames: dict[Camera, NDArray[np.uint8]] = {}
        labels: dict[Camera, NDArray[np.uint8]] = {}
        for camera in self.cameras:
            frames[camera] = self.screen.picture(world, camera)
            if self.labels:
                labels[camera] = self.screen.labels(world)
        return Observation(frames, world.hand().astype(np.float32), labels)


class _World:
    """The physics of one scene."""

    def __init__(self, mujoco: ModuleType, arm: Arm, scene: Scene) -> None:
        self.mujoco = mujoco
        self.model = mujoco.MjModel.from_xml_string(scene.xml, arm.files)
        for name, picture in scene.textures.items():
            start = int(self.model.texture(name).adr[0])
            self.model.tex_data[start : start + picture.size] = picture.reshape(-1)
        self.data = mujoco.MjData(self.model)
        self.things = [self.model.body(name).id for name in scene.objects]
        self.hand_body = self.model.body("hand").id
        names = [self.model.geom(number).name for number in range(self.model.ngeom)]
        self.kinds = np.array([_kind(name, scene.objects) for name in names], np.uint8)
        self.sent = np.array([0.0, 0.0, 0.1, 0.0])
        self.executed = np.zeros(ACTION_SIZE)
        self._begin(scene.hand)

    def _begin(self, hand: NDArray[np.float64]) -> None:
        """Bring the hand from rest to where it begins, touching nothing, while things come to rest."""
        for number, angle in enumerate(READY):
            self.data.joint(f"right_j{number}").qpos[0] = angle
        fingers = [self.model.geom(name).id for name in FINGERS]
        touching = self.model.geom_contype[fingers]
        self.model.geom_contype[fingers] = 0
        self._go(hand, _BEGINNING)
        self.model.geom_contype[fingers] = touching

    def move(self, action: NDArray[np.float64]) -> None:
        """Carry out an action."""
        goal, self.executed = carried_out(self.sent, action)
        self._go(goal, _SUBSTEPS)

    def _go(self, goal: NDArray[np.float64], steps: int) -> None:
        start = self.sent
        for number in range(1, steps + 1):
            # The hand has the last quarter to catch up, so that what is seen is what was asked for.
            here = start + (goal - start) * min(1.0, number / (0.75 * steps))
            self.data.mocap_pos[0] = to_world(here[:3]) + _TO_MIDDLE
            self.data.mocap_quat[0] = _hanging(here[3])
            self.mujoco.mj_step(self.model, self.data)
        self.sent = goal

    def hand(self) -> NDArray[np.float64]:
        """Return where the fingertips are: right, away, up in m, (3,)."""
        return to_picture(self.data.xpos[self.hand_body] - _TO_MIDDLE)

    def objects(self) -> NDArray[np.float64]:
        """Return where the things are: right, away, up in m, (N, 3)."""
        return to_picture(self.data.xpos[self.things])


class _Screen:
    """Pictures without a screen; all of it belongs to one thread."""

    def __init__(self, mujoco: ModuleType, size: int) -> None:
        self.mujoco, self.size = mujoco, size
        self.shown = ExitStack()
        try:
            self.gl = mujoco.GLContext(size, size)
            self.gl.make_current()
        except (ImportError, AttributeError, OSError, RuntimeError, mujoco.FatalError) as error:
            raise MissingDependencyError(_no_screen(str(error))) from error
        self.options, self.view = mujoco.MjvOption(), mujoco.MjvCamera()
        self.view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self.finer = min(_FINER, _LARGEST_DRAWN // size)
        self.numbered = [int(mujoco.mjtRndFlag.mjRND_SEGMENT), int(mujoco.mjtRndFlag.mjRND_IDCOLOR)]

    def show(self, world: _World) -> None:
        """Take over the meshes and textures of a world, in place of those of another."""
        self.shown.close()
        world.model.vis.global_.offwidth = world.model.vis.global_.offheight = self.finer * self.size
        self.context = self.mujoco.MjrContext(world.model, self.mujoco.mjtFontScale.mjFONTSCALE_50)
        self.shown.callback(self.context.free)
        self.mujoco.mjr_setBuffer(self.mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self.context)
        self.scene = self.mujoco.MjvScene(world.model, maxgeom=2 * world.model.ngeom)

    def picture(self, world: _World, camera: Camera) -> NDArray[np.uint8]:
        """Return what a camera sees, (H, W, 3)."""
        self.view.fixedcamid = world.model.camera(camera).id
        everything = self.mujoco.mjtCatBit.mjCAT_ALL
        self.mujoco.mjv_updateScene(world.model, world.data, self.options, None, self.view, everything, self.scene)
        finer, total = self.finer, np.zeros((self.size, self.size, 3), np.uint16)
        fine = self._read(finer * self.size)
        for row, column in np.ndindex(finer, finer):
            total += fine[row::finer, column::finer]
        picture: NDArray[np.uint8] = ((total + finer**2 // 2) // finer**2).astype(np.uint8)
        return picture

    def labels(self, world: _World) -> NDArray[np.uint8]:
        """Return what the middle of each pixel of the last picture shows, (H, W)."""
        self.scene.flags[self.numbered] = True
        codes: NDArray[np.int64] = self._read(self.size) @ np.array((1, 256, 65536))
        self.scene.flags[self.numbered] = False
        kinds = np.zeros(self.scene.ngeom + 1, np.uint8)
        for geom in self.scene.geoms[: self.scene.ngeom]:
            kinds[geom.segid + 1] = world.kinds[geom.objid]
        return kinds[codes]

    def close(self) -> None:
        """Give back meshes, textures and the drawing context."""
        self.shown.close()
        self.gl.free()

    def _read(self, size: int) -> NDArray[np.uint8]:
        picture, box = np.empty((size, size, 3), np.uint8), self.mujoco.MjrRect(0, 0, size, size)
        self.mujoco.mjr_render(box, self.scene, self.context)
        self.mujoco.mjr_readPixels(picture, None, box, self.context)
        return picture[::-1].copy()


def _kind(geom: str, objects: Sequence[str]) -> int:
    """Return the label of the part of the scene that has this name."""
    if geom in objects:
        return _FIRST_OBJECT + objects.index(geom)
    if geom == "room":
        return 0
    return _TABLE if geom in {"table", "bottom"} or geom.startswith("wall") else _ARM


def _hanging(turn: float) -> NDArray[np.float64]:
    """Return the quaternion of a hand with its fingers down, turned about the vertical by radians."""
    cosine, sine = math.sqrt(0.5) * math.cos(turn / 2), math.sqrt(0.5) * math.sin(turn / 2)
    return np.array([cosine, -sine, cosine, sine])


def _checked(action: ArrayLike) -> NDArray[np.float64]:
    try:
        values = np.asarray(action, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (ACTION_SIZE,) or not np.isfinite(values).all():
        raise DataError(
            f"simulator: action {' '.join(str(action).split()):.60}: give four finite numbers: right, away, up, turn"
        )
    return values


def _open_mujoco() -> ModuleType:
    """Return MuJoCo, told to draw without a screen unless the environment says how to draw."""
    if sys.platform == "linux" and not os.environ.get("MUJOCO_GL"):
        libraries = {"egl": "EGL", "osmesa": "OSMesa"}
        found = [name for name, library in libraries.items() if ctypes.util.find_library(library)]
        if not found:
            raise MissingDependencyError(_no_screen("neither libEGL nor libOSMesa is here"))
        # MuJoCo reads it once, when it is imported.
        os.environ["MUJOCO_GL"] = found[0]
    os.environ.setdefault("LP_NUM_THREADS", "1")  # Mesa's threads cost more than they bring where pictures are small
    try:
        return importlib.import_module("mujoco")
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"robot simulator: {error.name} is not installed; pip install 'frameloom[robot]'"
        ) from error
    except (ImportError, AttributeError, OSError, RuntimeError) as error:
        raise MissingDependencyError(_no_screen(str(error))) from error


def _no_screen(reason: str) -> str:
    told = f"MUJOCO_GL={os.environ.get('MUJOCO_GL', '')}: {' '.join(reason.split()) or 'it gives no context'}"
    return (
        f"robot simulator: cannot draw without a screen ({told}); "
        "apt install libegl1 libgl1 libgl1-mesa-dri (or libosmesa6), and leave MUJOCO_GL unset"
    )
