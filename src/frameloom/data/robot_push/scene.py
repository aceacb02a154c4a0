"""Draws a scene for a number: a wooden bin with objects, light and a Sawyer arm, as text that MuJoCo compiles.

                 the arm's foot                        world: x from the arm to the viewer of aux1, y right,
        +------------ table ------------+              z up, in m from the foot of the arm
        |  [ bin   o   hand   o   o  ]  |  <-- main
        +-------------------------------+              picture: right, away, up from the middle of the bin
                      aux1

The same random numbers give the same scene. Sizes are those of things that a hand of 10 cm can push.
"""

import colorsys
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.data.robot_push.arm import Arm

MIDDLE = np.array([0.62, 0.0, 0.0])
"""The middle of the bin's floor from the foot of the arm, in m."""
BIN = np.array([0.27, 0.34])
"""Half the length and width of the bin, in m."""
_AIM = np.array([0.59, 0.0, 0.02])
"""What the cameras look at: a little above the middle and towards the arm, so that the hand stays in the picture."""
TEXTURES = ("bin", "table", "room")
TEXTURE_SIZE = 96

_WALL_HEIGHT, _WALL_THICKNESS = 0.035, 0.012
_MOST_OBJECTS = 6
_CLEAR, _ABOVE = 0.11, 0.11
"""Fingers this near to a thing, in m, begin at this height, above all that lies there."""
_COLLIDES = 'contype="1" conaffinity="3"'

Texture = NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """What one episode takes place in."""

    xml: str
    """The model, for MuJoCo's compiler."""
    textures: dict[str, Texture]
    """Pictures (S, S, 3) to put into the model's textures once it is compiled; XML cannot hold them."""
    objects: tuple[str, ...]
    """Names of the bodies that can be pushed."""
    hand: NDArray[np.float64]
    """Where the hand begins: right, away, up in m and turn in radians, (4,)."""


def draw_scene(arm: Arm, random: np.random.Generator) -> Scene:
    """Return a scene drawn at random."""
    names = tuple(f"object{number}" for number in range(random.integers(3, _MOST_OBJECTS, endpoint=True)))
    places = _places(random, len(names))
    objects = "".join(_object(random, name, place) for name, place in zip(names, places, strict=True))
    textures = {"bin": _wood(random), "table": _surface(random), "room": _surface(random)}
    hand = random.uniform((-0.2, -0.14, 0.02, -1.0), (0.2, 0.14, 0.12, 1.0))
    if (np.hypot(*(to_picture(MIDDLE + places) - hand[:3])[:, :2].T) < _CLEAR).any():
        hand[2] = _ABOVE
    return Scene(_model(arm, _lights(random), objects), textures, names, hand)


def to_world(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return world coordinates, (..., 3), of right, away and up."""
    return MIDDLE + np.stack([-place[..., 1], place[..., 0], place[..., 2]], axis=-1)


def to_picture(point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return right, away and up, (..., 3), of world coordinates."""
    point = point - MIDDLE
    return np.stack([point[..., 1], -point[..., 0], point[..., 2]], axis=-1)


def _model(arm: Arm, lights: str, objects: str) -> str:
    length, width = BIN
    thick, high = _WALL_THICKNESS, _WALL_HEIGHT
    walls = "".join(
        f'<geom name="wall{number}" type="box" material="bin" contype="1" conaffinity="1" pos="{x} {y} {high / 2}" '
        f'size="{size_x} {size_y} {high / 2}"/>'
        for number, (x, y, size_x, size_y) in enumerate(
            [(side * (length + thick), 0, thick, width + 2 * thick) for side in (-1, 1)]
            + [(0, side * (width + thick), length, thick) for side in (-1, 1)]
        )
    )
    assets = "".join(
        f'<texture name="{name}" type="2d" builtin="flat" width="{TEXTURE_SIZE}" height="{TEXTURE_SIZE}"/>'
        f'<material name="{name}" texture="{name}" texuniform="true" texrepeat="{repeat} {repeat}" specular="0.1"/>'
        for name, repeat in zip(TEXTURES, (2, 1, 0.5), strict=True)
    )
    return f"""<mujoco>
  <compiler angle="radian"/>
  <option timestep="0.005" integrator="implicitfast" cone="elliptic" impratio="5"/>
  <visual><quality shadowsize="0" offsamples="0"/><map znear="0.05" zfar="30"/></visual>
  <asset>{arm.assets}{assets}</asset>
  <worldbody>
    {lights}
    <camera name="aux1" {_look(azimuth=0.0, elevation=1.02, distance=1.25)} fovy="34"/>
    <camera name="main" {_look(azimuth=1.15, elevation=0.75, distance=1.3)} fovy="34"/>
    <geom name="room" type="plane" material="room" pos="0 0 -0.75" size="6 6 0.1" contype="1" conaffinity="1"/>
    <body name="bin" pos="{_numbers(MIDDLE)}">
      <geom name="table" type="box" material="table" pos="0.02 0 -0.04" size="0.36 0.43 0.035"
        contype="1" conaffinity="1"/>
      <geom name="bottom" type="box" material="bin" pos="0 0 -0.02" size="{length + thick} {width + thick} 0.02"
        contype="1" conaffinity="1" friction="0.7 0.01 0.002"/>
      {walls}
    </body>
    {arm.bodies}
    <body name="sent" mocap="true" pos="{_numbers(to_world(np.array([0.0, 0.0, 0.1])))}" quat="1 0 1 0"/>
    {objects}
  </worldbody>
  <equality>
    <weld body1="sent" body2="hand" relpose="0 0 0 1 0 0 0" solref="0.012 1" solimp="0.95 0.99 0.005"/>
  </equality>
</mujoco>"""


def _look(azimuth: float, elevation: float, distance: float) -> str:
    """Return place and axes of a camera on the bin; azimuth 0 faces the arm, angles in radians."""
    back = np.array(
        [math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation)]
    )
    right = np.array([-math.sin(azimuth), math.cos(azimuth), 0.0])
    return f'pos="{_numbers(_AIM + distance * back)}" xyaxes="{_numbers(right)} {_numbers(np.cross(back, right))}"'


def _lights(random: np.random.Generator) -> str:
    bright = random.uniform(0.35, 0.75)
    tint = bright * random.uniform(0.88, 1.0, 3)
    towards = np.array([*random.uniform(-0.8, 0.8, 2), -1.0])
    ambient = random.uniform(0.25, 0.4)
    return (
        f'<light directional="true" pos="0.6 0 2" dir="{_numbers(towards)}" diffuse="{_numbers(tint)}" '
        f'ambient="{ambient} {ambient} {ambient}" specular="0.2 0.2 0.2" castshadow="false"/>'
    )


def _places(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return places on the bin's floor, (count, 3) in m from its middle, no two closer than things are wide."""
    chosen: list[NDArray[np.float64]] = []
    while len(chosen) < count:
        place = random.uniform(-BIN + 0.07, BIN - 0.07)
        if all(np.hypot(*(place - other)) > 0.115 for other in chosen):
            chosen.append(place)
    return np.array([(*place, 0.0) for place in chosen])


_FORMS: tuple[tuple[str, Callable[[np.random.Generator], tuple[float, ...]]], ...] = (
    ("box", lambda random: tuple(random.uniform(0.022, 0.045, 3))),
    ("cylinder", lambda random: (random.uniform(0.024, 0.044), random.uniform(0.02, 0.045))),
    ("sphere", lambda random: (random.uniform(0.026, 0.042),)),
    ("capsule", lambda random: (random.uniform(0.02, 0.03), random.uniform(0.02, 0.045))),
)
"""Kinds of things, and how their half sizes in m are drawn."""


def _object(random: np.random.Generator, name: str, place: NDArray[np.float64]) -> str:
    form, size_of = _FORMS[random.integers(len(_FORMS))]
    size = size_of(random)
    lies = form == "capsule" or (form == "cylinder" and random.random() < 0.3)
    height = size[0] if lies or form == "sphere" else size[-1]
    turn = random.uniform(-math.pi, math.pi)
    tilt = math.pi / 2 if lies else 0.0
    x, y = (MIDDLE + place)[:2]
    color = colorsys.hsv_to_rgb(random.uniform(), random.uniform(0.55, 1.0), random.uniform(0.55, 1.0))
    # Turned about the vertical after it was laid down.
    quaternion = (
        math.cos(turn / 2) * math.cos(tilt / 2),
        -math.sin(turn / 2) * math.sin(tilt / 2),
        math.cos(turn / 2) * math.sin(tilt / 2),
        math.sin(turn / 2) * math.cos(tilt / 2),
    )
    return (
        f'<body name="{name}" pos="{x} {y} {height + 0.002}" quat="{_numbers(quaternion)}">'
        f'<joint type="free" damping="0.0005"/><geom name="{name}" type="{form}" size="{_numbers(size)}" '
        f'rgba="{_numbers(color)} 1" density="{random.uniform(250, 700)}" condim="6" '
        f'friction="{random.uniform(0.4, 0.8)} 0.01 0.002" {_COLLIDES}/></body>'
    )


def _numbers(values: NDArray[np.float64] | tuple[float, ...]) -> str:
    return " ".join(f"{value:.6g}" for value in values)


def _wood(random: np.random.Generator) -> Texture:
    """Return planks with grain: lines that noise bends."""
    across, along = np.meshgrid(np.linspace(0, 1, TEXTURE_SIZE), np.linspace(0, 1, TEXTURE_SIZE))
    planks = random.integers(2, 6)
    plank = np.minimum((across * planks).astype(np.int64), planks - 1)
    shade = random.uniform(0.85, 1.1, planks)[plank]
    shift = random.uniform(0, 9, planks)[plank]
    bend = 0.6 * np.sin(2 * math.pi * along + shift) + 0.4 * np.sin(6 * math.pi * along + 3 * shift)
    grain = np.sin(2 * math.pi * (random.uniform(9, 20) * across + bend) + shift)
    seam = np.where((across * planks) % 1 < 0.06, 0.7, 1.0)
    tone = shade * seam * (1 + 0.1 * grain + random.normal(0, 0.03, grain.shape))
    color = np.array(
        colorsys.hsv_to_rgb(random.uniform(0.05, 0.13), random.uniform(0.2, 0.6), random.uniform(0.5, 0.9))
    )
    return _bytes(tone[..., None] * np.array(color))


def _surface(random: np.random.Generator) -> Texture:
    """Return a colour with soft spots, as of stone or cloth."""
    grid = random.normal(0, 1, (7, 7))
    places = np.linspace(0, 6, TEXTURE_SIZE)
    rows = np.stack([np.interp(places, np.arange(7), column) for column in grid.T], axis=1)
    soft = np.stack([np.interp(places, np.arange(7), row) for row in rows])
    tone = 1 + random.uniform(0.02, 0.15) * soft + random.normal(0, 0.02, soft.shape)
    color = colorsys.hsv_to_rgb(random.uniform(), random.uniform(0.0, 0.4), random.uniform(0.25, 0.85))
    return _bytes(tone[..., None] * np.array(color))


def _bytes(picture: NDArray[np.float64]) -> Texture:
    texture: Texture = np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)
    return texture
