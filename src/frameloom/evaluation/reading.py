"""How well the shipped reader reads: the instrument that judges samples, judged itself.

    test digits alone --> named rightly
    test clips of two --> named rightly, found to the px, found within 2 px

python -m frameloom.evaluation.reading [--digits data/mnist] prints it; sprites are matched as in the localiser's loss.
"""

import argparse
import sys
from dataclasses import dataclass

import torch

from frameloom.core.errors import ModelError
from frameloom.data.batch import to_float
from frameloom.data.digits import load_digits
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.models.digit_reader import DigitReader
from frameloom.models.sprites import match
from frameloom.models.store import load_model


@dataclass(frozen=True)
class ReadingScores:
    """Shares in [0, 1]."""

    alone: float
    """Test digits named rightly, one by one."""
    in_clips: float
    """Digits of test clips named rightly."""
    exact: float
    """Places found to the px."""
    near: float
    """Places found within 2 px."""


@torch.no_grad()
def reading_scores(reader: DigitReader, digits: str | None = None, clips: int = 500, batch: int = 50) -> ReadingScores:
    """Return how well a reader reads the test digits, alone and in so many test clips.

    Raises:
        DataError: the digits cannot be read.
    """
    test = load_digits("test", digits)
    named = [
        reader.classifier((to_float(images) + 1) / 2)[0].argmax(1) == labels
        for images, labels in zip(test.images.split(1000), test.labels.split(1000), strict=True)
    ]
    source = MovingMnist(MovingMnistConfig(frames=reader.config.frames, digits=digits), "test")
    right, offsets = [], []
    for index in range(max(clips // batch, 1)):
        truth = source.batch(index, batch)
        reading = reader.read(truth["video"])
        apart = (
            (reading.positions[:, :, :, None] - truth["positions"][:, :, None]).abs().amax(4)
        )  # (B, T, guess, truth)
        order = match(apart.mean(1))
        offsets.append(apart.gather(3, order[:, None, :, None].expand(-1, apart.shape[1], -1, 1)).flatten())
        right.append(reading.class_logits.argmax(2) == truth["classes"].gather(1, order))
    offset = torch.cat(offsets)
    return ReadingScores(
        alone=float(torch.cat(named).float().mean()),
        in_clips=float(torch.cat(right).float().mean()),
        exact=float((offset == 0).float().mean()),
        near=float((offset <= 2).float().mean()),
    )


def main(words: list[str] | None = None) -> None:
    """Print how well a reader reads.

    Raises:
        ModelError: the model is no digit reader.
    """
    parser = argparse.ArgumentParser(description="How well the shipped reader reads.")
    parser.add_argument("--model", default="digit-reader", help="reader by name or folder")
    parser.add_argument("--digits", help="folder of the four official idx files; the shipped test digits if left out")
    parser.add_argument("--clips", type=int, default=500, help="test clips to read")
    options = parser.parse_args(words)
    reader = load_model(options.model)
    if not isinstance(reader, DigitReader):
        raise ModelError(f"{options.model}: does not read digits; give a digit reader")
    scores = reading_scores(reader, options.digits, options.clips)
    sys.stdout.write(
        f"digits alone, named rightly     {100 * scores.alone:.2f} %\n"
        f"digits in clips, named rightly  {100 * scores.in_clips:.1f} %\n"
        f"places to the px                {100 * scores.exact:.1f} %\n"
        f"places within 2 px              {100 * scores.near:.1f} %\n"
    )


if __name__ == "__main__":
    main()
