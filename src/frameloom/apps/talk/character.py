"""A character: a file of looks, and its drawing in a pose at any size.

Character.draw(pose, width, height) -> Drawing          no time, no files: the same pose gives the same drawing

back hair, tail, neck, trunk, head, features, hair, arms     from far to near
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from frameloom.apps.talk.characterfile import CharacterConfig
from frameloom.apps.talk.drawn import animal, body, eyes, face, hair, robot
from frameloom.apps.talk.drawn.arms import draw_arm
from frameloom.apps.talk.drawn.background import draw_background
from frameloom.apps.talk.drawn.clothes import draw_clothes
from frameloom.apps.talk.drawn.colors import mix, rgba, shade
from frameloom.apps.talk.drawn.geometry import Turned
from frameloom.apps.talk.drawn.mouth import draw_mouth
from frameloom.apps.talk.drawn.sketch import Sketch
from frameloom.apps.talk.pose import Face, Mouth, Pose
from frameloom.media.canvas import Drawing, Matrix, Shape

Framing = Literal["half", "bust", "close"]
"""How much of a character is seen: down to the waist, to the chest, or the face."""

Span = Framing | Literal["long"]
"""The same, or down to the hips: where there is no room for a larger head."""

_SPAN: dict[Span, tuple[float, float]] = {
    "long": (-205.0, 570.0), "half": (-205.0, 425.0), "bust": (-200.0, 330.0), "close": (-175.0, 190.0)
}  # fmt: skip
"""Top and bottom of each, in units of which a head has 240."""

_CHIN = 125.0
"""Where a head of the usual height ends, in such units."""

_WIDE = 390.0
"""What a character takes across, in such units; hands that have less room stay nearer."""


def shape_of(framing: Span) -> float:
    """Return how wide a character is against the height of its picture."""
    top, bottom = _SPAN[framing]
    return _WIDE / (bottom - top)


def chin_of(looks: CharacterConfig, framing: Span) -> float:
    """Return where a character's chin is, as a share of the height of its picture."""
    top, bottom = _SPAN[framing]
    return (_CHIN * looks.head.height - top) / (bottom - top)


@dataclass(frozen=True)
class Character:
    """Looks of a character and where its file lies."""

    looks: CharacterConfig
    folder: Path = Path()
    """Against which its picture is found."""

    def draw(
        self,
        pose: Pose,
        width: int,
        height: int,
        *,
        framing: Span = "half",
        middle: float = 0.5,
        share: float = 1.0,
        flip: bool = False,
    ) -> Drawing:
        """Return the drawing of a pose.

        Args:
            pose: what it does.
            width: of the picture, in px.
            height: of the picture, in px.
            framing: how much of it is seen.
            middle: where it stands across the picture, from 0 to 1.
            share: of the width of the picture that it may take.
            flip: mirrored, so that what turns right turns left.
        """
        top, bottom = _SPAN[framing]
        scale = min(height / (bottom - top), width * share / _WIDE)
        down = height - bottom * scale if framing != "close" else height / 2 - (top + bottom) / 2 * scale
        matrix: Matrix = (-scale if flip else scale, 0.0, 0.0, scale, width * middle, down)
        left, right = (width * part / scale for part in ((1 - middle, middle) if flip else (middle, 1 - middle)))
        near = replace(
            pose, left=body.within(pose.left, left, self.looks), right=body.within(pose.right, right, self.looks)
        )
        return Drawing(tuple(self.shapes(near)), width, height, matrix)

    def backdrop(self, width: int, height: int, middle: float = 0.5) -> Drawing:
        """Return what stands behind, without a picture file; a gradient's halo about one who stands at a middle."""
        return draw_background(self.looks.background, width, height, middle)

    def shapes(self, pose: Pose) -> list[Shape]:
        """Return the shapes of a pose, in units of which a head has 240."""
        looks = self.looks
        pose = replace(pose, mouth=_parted(pose.mouth, pose.face))
        sketch = Sketch()
        torso = body.torso_of(pose, looks)
        neck = torso.at(0, 120)
        head = Turned(
            neck[0] + 26 * pose.roll + 10 * pose.yaw,
            neck[1] - 120 + 10 * pose.pitch,
            pose.yaw,
            pose.pitch,
            pose.roll,
            95.0 * looks.head.width,
            120.0 * looks.head.height,
        )
        skin = rgba(looks.head.skin)
        if looks.kind == "human":
            hair.draw_back_hair(sketch, head, looks.hair, pose.lag)
        elif looks.kind != "robot":
            animal.draw_tail(sketch, looks, pose)
        body.draw_neck(
            sketch,
            torso,
            head.at(0, 108 + 15 * pose.mouth.jaw, 34),
            looks,
            shade(skin, 0.2) if looks.kind == "robot" else skin,
        )
        behind = [side for side in (-1, 1) if (pose.left if side < 0 else pose.right).y > 400]
        for side in behind:
            draw_arm(sketch, torso, pose.left if side < 0 else pose.right, side, looks, skin)
        draw_clothes(sketch, torso, looks, skin)
        {"human": _human, "robot": robot.draw_robot}.get(looks.kind, _animal)(sketch, head, pose, looks)
        for side in (-1, 1):
            if side not in behind:
                draw_arm(sketch, torso, pose.left if side < 0 else pose.right, side, looks, skin)
        return sketch.shapes


def _parted(mouth: Mouth, face: Face) -> Mouth:
    """Return a mouth that a mood opens while nothing is said: a smile with teeth or, where eyes are wide, an oh."""
    parted = face.parted * (1 - mouth.press) * (1 - mouth.bite)
    if parted <= mouth.open:
        return mouth
    share = 1 - mouth.open / parted
    wide = max(face.lids, 0.0)
    return replace(
        mouth,
        open=parted,
        round=max(mouth.round, 0.6 * wide * share),
        teeth=max(mouth.teeth, 0.8 * (1 - 0.7 * wide) * share),
        jaw=max(mouth.jaw, 0.5 * wide * share),
    )


def _human(sketch: Sketch, head: Turned, pose: Pose, looks: CharacterConfig) -> None:
    skin = rgba(looks.head.skin)
    outline = face.outline_of(head, looks.head.shape, pose.mouth.jaw)
    lash = mix(rgba(looks.brows.color), (0.08, 0.05, 0.06, 1.0), 0.7)
    face.draw_face(sketch, head, pose, looks, outline, skin)
    face.draw_beard(sketch, head, pose, looks.beard, outline, looks.head.shape)
    draw_mouth(sketch, head, pose.mouth, pose.face.smile, looks.mouth, skin, face.fit_of(head, looks))
    eyes.draw_eyes(sketch, head, pose, looks.eyes, skin, lash)
    eyes.draw_brows(sketch, head, pose, looks.brows, looks.eyes.spacing)
    hair.draw_hair(sketch, head, looks.hair, pose.lag, outline, skin)
    face.draw_glasses(sketch, head, looks.glasses, looks.eyes.spacing)


def _animal(sketch: Sketch, head: Turned, pose: Pose, looks: CharacterConfig) -> None:
    skin = rgba(looks.head.skin)
    animal.draw_ears(sketch, head, looks, pose, behind=True)
    animal.draw_head(sketch, head, pose, looks)
    draw_mouth(
        sketch, head, pose.mouth, pose.face.smile, looks.mouth, rgba(looks.head.second), animal.fit_of(head, looks)
    )
    animal.draw_nose(sketch, head, looks)
    eyes.draw_eyes(sketch, head, pose, looks.eyes, skin, (0.12, 0.07, 0.08, 1.0), -12.0)
    eyes.draw_brows(sketch, head, pose, looks.brows, looks.eyes.spacing, -14.0)
    face.draw_glasses(sketch, head, looks.glasses, looks.eyes.spacing, -12.0)
