"""What happens in a shot and is no edit: flashes, light that changes, things that rush by, titles, grain.

Each changes a take of 96x54 in place. They are what a detector of shots must not fall for.
"""

import math

import numpy as np
from numpy.typing import NDArray

from frameloom.data.takes import HEIGHT, WIDTH, Span, Take
from frameloom.media.image import stretch

WHITE, BLACK, GREY = 235, 16, 128


def flash(random: np.random.Generator, take: Take, span: Span) -> None:
    """Let light burst over a few pictures, over all of it or from a side, and fade."""
    begins = int(random.integers(*span))
    lasts = min(int(random.integers(1, 6)), span[1] - begins)
    strength = random.uniform(0.3, 1.0) * (1 if random.random() < 0.3 else np.linspace(1, 0.3, lasts))
    where = np.ones((HEIGHT, WIDTH), np.float32)
    if random.random() < 0.5:
        where = smooth(random)
    share = np.broadcast_to(strength, lasts)[:, None, None] * where
    part = slice(begins, begins + lasts)
    level = WHITE if random.random() < 0.85 else BLACK
    blend(take.y[part], level, share)
    for plane in (take.u, take.v):
        blend(plane[part], GREY, share[:, ::2, ::2])


def dim(random: np.random.Generator, take: Take, span: Span) -> None:
    """Let the light change and, mostly, come back: a cloud, a lens that adapts, a lamp that flickers."""
    length = span[1] - span[0]
    if random.random() < 0.3:
        curve = random.normal(0, random.uniform(0.01, 0.12), length)
    else:
        middle, width = random.uniform(0, length), random.uniform(2, 25)
        curve = random.uniform(-0.8, 0.6) * np.exp(-0.5 * ((np.arange(length) - middle) / width) ** 2)
        if random.random() < 0.3:
            curve = random.uniform(-0.6, 0.5) / (1 + np.exp(-(np.arange(length) - middle) / (width / 3)))
    part = take.y[slice(*span)]
    part[:] = np.clip((part - 16.0) * np.exp(curve)[:, None, None] + 16, BLACK, WHITE)


def rush(random: np.random.Generator, take: Take, span: Span, other: Take) -> None:
    """Let something large, cut out of another take, rush through."""
    lasts = int(random.integers(3, 24))
    begins = int(random.integers(span[0], span[1]))
    height, width = random.uniform(0.3, 1.3), random.uniform(0.15, 0.9)
    turn = random.uniform(0, 2 * math.pi)
    way = np.array([math.cos(turn), 0.4 * math.sin(turn)]) * (1 + width)
    middle = random.uniform(0.3, 0.7, 2)
    x, y = np.meshgrid((np.arange(WIDTH) + 0.5) / WIDTH, (np.arange(HEIGHT) + 0.5) / HEIGHT)
    power = 2 if random.random() < 0.5 else 8
    for time in range(begins, min(begins + lasts, span[1])):
        at = middle + way * ((time - begins + 0.5) / lasts - 0.5) * 1.2
        far = abs((x - at[0]) / width * 2) ** power + abs((y - at[1]) / height * 2) ** power
        share = np.clip((1.15 - far) / 0.3, 0, 1).astype(np.float32)
        number = min(time, len(other) - 1)
        blend(take.y[time], other.y[number], share)
        blend(take.u[time], other.u[number], share[::2, ::2])
        blend(take.v[time], other.v[number], share[::2, ::2])


def title(random: np.random.Generator, take: Take) -> None:
    """Put lettering over the pictures, over cuts too: there at once or faded, resting or rolling."""
    length = len(take)
    mask = _lettering(random)
    begins = int(random.integers(-length // 2, length))
    ends = begins + int(random.integers(10, length))
    fades = int(random.integers(1, 16)) if random.random() < 0.6 else 0
    rolls = int(random.integers(1, 3)) if random.random() < 0.2 else 0
    level, tint = (
        (WHITE, GREY) if random.random() < 0.7 else (int(random.integers(16, 236)), int(random.integers(80, 176)))
    )
    for time in range(max(begins, 0), min(ends, length)):
        share = 1.0 if not fades else min((time - begins + 1) / (fades + 1), (ends - time) / (fades + 1), 1.0)
        shown = (np.roll(mask, -rolls * (time - begins), 0) if rolls else mask) * np.float32(share)
        blend(take.y[time], level, shown)
        blend(take.u[time], tint, shown[::2, ::2])
        blend(take.v[time], GREY, shown[::2, ::2])


def letterbox(random: np.random.Generator, take: Take) -> None:
    """Put black bars above and below, or beside."""
    black = np.zeros((HEIGHT, WIDTH), bool)
    if random.random() < 0.6:
        rows = int(random.integers(1, 6)) * 2
        black[:rows] = black[-rows:] = True
    else:
        columns = int(random.integers(2, 10)) * 2
        black[:, :columns] = black[:, -columns:] = True
    take.y[:, black] = BLACK
    for plane in (take.u, take.v):
        plane[:, black[::2, ::2]] = GREY


def grain(random: np.random.Generator, thumbs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return small pictures, (T, 3, H, W), with the noise and the coarse levels that cameras and encoders leave."""
    if random.random() < 0.5:
        deviation = random.uniform(0.3, 4.0) * np.array([1, 0.5, 0.5])[:, None, None]
        noise = random.standard_normal(thumbs.shape, np.float32) * deviation.astype(np.float32)
        thumbs = np.clip(thumbs + np.rint(noise), 0, 255).astype(np.uint8)
    if random.random() < 0.2:
        step = int(random.integers(2, 9))
        thumbs = thumbs // step * step + step // 2
    return thumbs


def smooth(random: np.random.Generator) -> NDArray[np.float32]:
    """Return a smooth field in [0, 1], (H, W)."""
    coarse = random.random((3, 4)).astype(np.float32)
    field: NDArray[np.float32] = np.clip(stretch(coarse, WIDTH, HEIGHT, "cubic") * 1.4 - 0.2, 0, 1)
    return field


def blend(planes: NDArray[np.uint8], target: NDArray[np.uint8] | int, share: NDArray[np.float32]) -> None:
    """Draw planes in place towards a target by a share of the way."""
    planes[:] = planes + (np.asarray(target, np.float32) - planes) * share + 0.5


def _lettering(random: np.random.Generator) -> NDArray[np.float32]:
    """Return where lines of letters are, (H, W) in [0, 1], maybe on a bar."""
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    tall = int(random.integers(2, 14))
    row = int(random.integers(2, HEIGHT - 4))
    for _ in range(int(random.integers(1, 5))):
        left = int(random.integers(2, WIDTH // 2))
        right = int(random.integers(left + 8, WIDTH))
        letters = np.repeat(random.random(right - left), max(tall // 4, 1))[: right - left] < 0.65
        mask[row : row + tall, left:right] = letters * np.float32(random.uniform(0.6, 1.0))
        row += tall + max(tall // 3, 1)
        if row >= HEIGHT:
            break
    if random.random() < 0.3:
        top = int(random.integers(0, HEIGHT - 6))
        mask[top : top + int(random.integers(4, 16)), int(random.integers(0, 10)) : int(random.integers(50, WIDTH))] = (
            0.8
        )
    return mask
