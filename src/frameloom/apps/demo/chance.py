"""The demo's sections about what cannot be known: digits that turn at random, and a robot that is steered or not."""

import torch
from torch import Tensor

from frameloom.apps.demo.parts import ROBOT, STOCHASTIC, DemoConfig, Work, pixels, save
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.data.robot_push.source import RobotPush, RobotPushConfig
from frameloom.generation.load import load
from frameloom.media.pages.page import Clip, Page

FUTURES = 3
"""Drawn futures in a row."""
SEEN_DIGITS, AHEAD_DIGITS = 5, 20
SEEN_PUSHES, AHEAD_PUSHES = 2, 18


def add_turns(page: Page, config: DemoConfig) -> Work:
    """Add several futures of digits that take a new direction at each wall."""
    yield 0.0, "futures that differ"
    model, frames = load(STOCHASTIC), SEEN_DIGITS + AHEAD_DIGITS
    truth = MovingMnist(MovingMnistConfig(preset="stochastic", frames=frames), "test").batch(0, 3)["video"]
    past = truth[:, :SEEN_DIGITS]
    drawn = [model.predict(past, AHEAD_DIGITS, seed=config.seed + draw) for draw in range(FUTURES)]
    page.section(
        "Futures that differ",
        f"Here a digit takes a new direction at every wall, and nobody can know which. `{STOCHASTIC}` does not average "
        "what may happen: each time it is asked it tells one of the possible futures. Up to the first wall they agree.",
    )
    headings = ["what happened", *(f"imagined, {number}" for number in range(1, FUTURES + 1))]
    page.video_table(headings, _rows(truth, past, drawn), zoom=3, given=SEEN_DIGITS)


def add_pushes(page: Page, config: DemoConfig) -> Work:
    """Add a robot's pushes as they were, as they are imagined under its actions, and left to chance."""
    yield 0.0, "a robot's pushes"
    model, frames = load(ROBOT), SEEN_PUSHES + AHEAD_PUSHES
    batch = RobotPush(RobotPushConfig(frames=frames), "test").batch(0, 4)
    truth, actions = batch["video"], batch["actions"]
    past = truth[:, :SEEN_PUSHES]
    steered = model.predict(past, AHEAD_PUSHES, seed=config.seed, actions=actions)
    yield 0.3, "pushes imagined"
    alone = [model.predict(past, AHEAD_PUSHES, seed=config.seed + draw) for draw in range(FUTURES - 1)]
    page.section(
        "A robot imagined",
        f"`{ROBOT}` saw {SEEN_PUSHES} frames of an arm over a table. Told what the arm did next, it imagines what that "
        "looked like; told nothing, it imagines what an arm might do. Its scenes come from our simulator, and the "
        "model has seen none of them. `frameloom stream robot-push` lets you steer it with the keys.",
    )
    headings = ["what happened", "imagined, same actions", *(f"left alone, {number}" for number in range(1, FUTURES))]
    page.video_table(
        headings,
        _rows(truth, past, [steered, *alone]),
        zoom=3,
        given=SEEN_PUSHES,
        caption="The first two columns also lie beside this page as `pushes.gif`.",
    )
    imagined = torch.cat([past, steered], 1)
    save(config, "pushes.gif", torch.stack([truth, imagined], 1).flatten(0, 1), 2, ["truth", "imagined"] * len(truth))


def _rows(truth: Tensor, past: Tensor, futures: list[Tensor]) -> dict[str, list[Clip]]:
    """Return a row for each clip: as it was, then its past with each future, (B, T, C, H, W) each."""
    whole = [torch.cat([past, future], 1) for future in futures]
    return {
        str(row + 1): [Clip(pixels(truth[row])), *(Clip(pixels(clips[row]), predicted=True) for clips in whole)]
        for row in range(len(truth))
    }
