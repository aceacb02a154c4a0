"""Makes the pictures of the README out of what ships: films of the examples, characters, clips of the models.

python tools/make_pictures.py docs/pictures takes five minutes on two cores; the same commit makes the same pictures.
"""

import argparse
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

import frameloom
from frameloom.apps.compose.compose import compose
from frameloom.apps.compose.examples import example
from frameloom.apps.compose.ready import ComposeConfig
from frameloom.apps.talk.film import TalkConfig, talk
from frameloom.apps.talk.hearing import listening
from frameloom.apps.talk.script import EXAMPLE, Script, read_script
from frameloom.core.config import validate
from frameloom.data.robot_push.source import RobotPush, RobotPushConfig
from frameloom.media.files.pictures import write_webp
from frameloom.media.files.video import read_frames
from frameloom.media.frames import Pixels
from frameloom.media.image import resize_rgb

WIDTH = 400
RATE = Fraction(10)
LONGEST_S = 12
QUALITY = 55
FILMS: dict[str, tuple[str, dict[str, str]]] = {
    "news": ("news", {"aspect": "16:9"}),
    "lesson": ("lesson", {"aspect": "16:9"}),
    "advert": ("advert", {"aspect": "9:16"}),
    "advert-zh": ("advert", {"aspect": "9:16", "language": "zh"}),
}
"""Examples, and what is asked of each."""
SEEN, AHEAD = 2, 28
MADE_BY = "Frameloom, tools/make_pictures.py"


def main() -> None:
    """Write the pictures into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        for name, (story, asked) in FILMS.items():
            film = Path(place, f"{name}.mp4")
            given = {"story": example(story), "out": film, "side": 720, **asked}
            compose(ComposeConfig.model_validate(given), "lines")
            animate(folder / f"{name}.webp", film)
        film = Path(place, "dialogue.mp4")
        script = read_script(EXAMPLE)
        shape = {"width": 1280, "height": 720, "subtitles": "burned"}
        shown = validate(Script, script.model_dump() | {"setting": script.setting.model_dump() | shape}, "dialogue")
        talk(shown, TalkConfig(out=film), listening(), "lines")
        animate(folder / "dialogue.webp", film)
    digits = frameloom.load("mnist-gan").sample(12, seed=1)
    write_webp(folder / "digits.webp", tiled(digits.numpy(), 6), RATE, MADE_BY, quality=80)
    batch = RobotPush(RobotPushConfig(frames=SEEN + AHEAD), "test").batch(0, 5)
    past = batch["video"][:, :SEEN]
    ahead = frameloom.load("robot-push").predict(past, AHEAD, seed=0, actions=batch["actions"])
    imagined = torch.cat([past, ahead], 1)
    write_webp(
        folder / "robot.webp", tiled(torch.cat([batch["video"], imagined]).numpy(), 5), RATE, MADE_BY, quality=80
    )


def animate(path: Path, film: Path) -> None:
    """Write ten small pictures a second of a film's beginning."""
    write_webp(path, _small(film), RATE, MADE_BY, quality=QUALITY, method=6)


def _small(film: Path) -> Iterator[Pixels]:
    """Yield the pictures that are shown at each tenth of a second."""
    due, wanted = Fraction(0), int(LONGEST_S * RATE)

    def chosen() -> Iterator[Pixels]:
        nonlocal due
        for frame in read_frames(film):
            if frame.time >= due:
                due += 1 / RATE
                height, width = frame.pixels.shape[:2]
                yield resize_rgb(frame.pixels, WIDTH, WIDTH * height // width // 2 * 2)

    yield from islice(chosen(), wanted)


def tiled(clips: np.ndarray, across: int) -> Iterator[Pixels]:
    """Yield the pictures of clips (N, T, C, H, W) in [-1, 1] side by side, twice as large."""
    pictures = np.clip((clips + 1) * 127.5, 0, 255).astype(np.uint8).transpose(1, 0, 3, 4, 2)
    pictures = np.broadcast_to(pictures, (*pictures.shape[:4], 3)).repeat(2, 2).repeat(2, 3)
    for shot in pictures:
        rows = [np.concatenate(list(shot[first : first + across]), 1) for first in range(0, len(shot), across)]
        yield np.ascontiguousarray(np.concatenate(rows))


if __name__ == "__main__":
    main()
