"""The reader, read against the truth."""

import re

import pytest
import torch
from torch import Tensor

from frameloom.core.errors import ModelError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.reading import main, reading_scores
from frameloom.models.digit_reader import DigitReader, DigitReaderConfig, Reading
from frameloom.models.store import load_model


def test_shares_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = DigitReader(DigitReaderConfig(frames=4, width=8)).eval()
    truth = MovingMnist(MovingMnistConfig(frames=4), "test").batch(0, 2)
    places = truth["positions"].flip(2).float()  # found in the other order,
    places[0, 0, 0, 0] += 2  # one of 16 places 2 px off,
    places[1, 3, 1, 1] += 3  # one 3 px,
    logits = torch.nn.functional.one_hot(truth["classes"].flip(1), 10).float()
    logits[1, 1] = logits[1, 1].roll(1)  # and one of four digits misnamed

    def read(video: Tensor) -> Reading:
        return Reading(places, logits, torch.zeros(2, 2, 1), torch.zeros(2, 2, 28, 28))

    monkeypatch.setattr(reader, "read", read)
    monkeypatch.setattr(reader.classifier, "forward", lambda images: (torch.eye(10)[[7] * len(images)], images))
    scores = reading_scores(reader, clips=2, batch=2)
    assert scores.alone == pytest.approx(0.1)  # the shipped test digits are even in class
    assert (scores.in_clips, scores.exact, scores.near) == (0.75, 14 / 16, 15 / 16)


def test_the_shipped_reader_reads_nearly_everything(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--clips", "50"])
    alone, in_clips, _, near = (float(share) for share in re.findall(r"([\d.]+) %", capsys.readouterr().out))
    assert alone >= 99
    assert in_clips >= 90
    assert near >= 85


def test_what_does_not_read_is_refused() -> None:
    assert load_model("mnist-gan")
    with pytest.raises(ModelError, match="mnist-gan: does not read digits; give a digit reader"):
        main(["--model", "mnist-gan"])
