"""How well the shipped scene reader reads: the instrument that judges robot video, judged itself.

    test frames, as they are and spoilt as in training --> how far off the hand, which pixels named rightly

python -m frameloom.evaluation.scene_reading --data FOLDER prints it; FOLDER holds records with label maps.
"""

import argparse
import sys
from dataclasses import dataclass

import torch
from torch import Tensor

from frameloom.core.errors import ModelError
from frameloom.data.robot_push.source import RobotPushConfig
from frameloom.data.source import Source, open_source
from frameloom.models.scene_reader import LABELS, SceneReader, place_px, spoil
from frameloom.models.store import load_model


@dataclass(frozen=True)
class SceneReadingScores:
    """What a reader gets right."""

    median_px: float
    """Distance of the hand as read from where it is, of the middle frame."""
    most_px: float
    """The same, of the frame that is worse than 95 % of them."""
    accuracy: float
    """Share of the pixels named rightly."""
    overlaps: tuple[float, ...]
    """Pixels named so and being so, as a share of those named so or being so, for each of LABELS."""
    frames: int
    """How many were read."""

    @property
    def mean_overlap(self) -> float:
        """Return the mean over the labels, known as mIoU."""
        return sum(self.overlaps) / len(self.overlaps)


@torch.no_grad()
def scene_reading_scores(
    reader: SceneReader, source: Source, clips: int = 100, *, spoilt: bool = False, batch: int = 10
) -> SceneReadingScores:
    """Return how well a reader reads the first clips of a source that gives states and labels, spoilt if asked for.

    Hands outside the picture are left out.

    Raises:
        DataError: the source cannot be read.
    """
    if source.count is not None:
        clips = min(clips, source.count)
    apart: list[Tensor] = []
    table = torch.zeros(len(LABELS), len(LABELS), dtype=torch.int64)  # truth x read
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for first in range(0, clips, batch):
            truth = source.batch(first // batch, batch)
            kept = min(batch, clips - first)
            video = truth["video"][:kept]
            reading = reader.read((spoil(video)[0] if spoilt else video).flatten(0, 1))
            place, seen = place_px(reader.config.camera, truth["states"][:kept].flatten(0, 1), *video.shape[-2:])
            apart.append((reading.pose - place).norm(dim=1)[seen])
            labels = truth["labels"][:kept].flatten().clamp(max=len(LABELS) - 1)
            pairs = labels * len(LABELS) + reading.labels.argmax(1).flatten()
            table += pairs.bincount(minlength=len(LABELS) ** 2).view_as(table)
    hits = table.diagonal()
    distance = torch.cat(apart)
    return SceneReadingScores(
        median_px=float(distance.quantile(0.5)),
        most_px=float(distance.quantile(0.95)),
        accuracy=float(hits.sum() / table.sum()),
        overlaps=tuple((hits / (table.sum(0) + table.sum(1) - hits).clamp(min=1)).tolist()),
        frames=len(distance),
    )


def main(words: list[str] | None = None) -> None:
    """Print how well a reader reads.

    Raises:
        ModelError: the model is no scene reader.
        DataError: the records cannot be read, or hold no label maps.
    """
    parser = argparse.ArgumentParser(description="How well the shipped scene reader reads.")
    parser.add_argument("--model", default="scene-reader", help="reader by name or folder")
    parser.add_argument("--data", help="folder or file of records with label maps; the shipped sample if left out")
    parser.add_argument("--clips", type=int, default=100, help="test episodes to read")
    parser.add_argument("--frames", type=int, default=30, help="frames of each")
    options = parser.parse_args(words)
    reader = load_model(options.model)
    if not isinstance(reader, SceneReader):
        raise ModelError(f"{options.model}: does not read robot video; give a scene reader")
    source = open_source(RobotPushConfig(path=options.data, frames=options.frames, labels=True), "test")
    for spoilt, name in ((False, "as they are"), (True, "spoilt")):
        scores = scene_reading_scores(reader, source, options.clips, spoilt=spoilt)
        overlaps = ", ".join(f"{label} {share:.3f}" for label, share in zip(LABELS, scores.overlaps, strict=True))
        sys.stdout.write(
            f"{scores.frames} frames {name}\n"
            f"  hand off by, median     {scores.median_px:.2f} px\n"
            f"  hand off by, 95 %       {scores.most_px:.2f} px\n"
            f"  pixels named rightly    {100 * scores.accuracy:.2f} %\n"
            f"  mean overlap            {scores.mean_overlap:.3f} ({overlaps})\n"
        )


if __name__ == "__main__":
    main()
