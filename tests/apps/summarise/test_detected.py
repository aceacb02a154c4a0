"""Shots by the network: each begins at the exact time of a picture, after a transition in its middle."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.summarise import detected
from frameloom.apps.summarise.detected import NetworkFinder, best_finder
from frameloom.apps.summarise.shots import CutFinder, Shot
from frameloom.generation.shots import Chances
from frameloom.media.files.source import Picture
from frameloom.media.planes import plain


class Told:
    """A detector that is sure of a cut at picture 4 and of a transition over pictures 10 to 15."""

    def chances(self, thumbs: Iterable[object]) -> Iterator[Chances]:
        told = np.zeros((sum(1 for _ in thumbs), 2), np.float32)
        told[4:5, 0] = 1
        told[10:16, 1] = 1
        yield told


def pictures(count: int, rate: int = 25) -> Iterator[Picture]:
    for number in range(count):
        yield Picture(plain(64, 36, (9, 9, 9)), 1 + Fraction(number, rate), Fraction(1, rate))


def test_shots_begin_where_the_network_says() -> None:
    finder = NetworkFinder(Told, "told-1")  # type: ignore[arg-type]
    assert not [shot for picture in pictures(25) for shot in finder.see(picture)]
    first, middle, last = Fraction(29, 25), Fraction(38, 25), Fraction(2)
    assert list(finder.finish(last)) == [
        Shot(Fraction(1), first, "cut"),
        Shot(first, middle, "cut"),
        Shot(middle, last, "gradual"),
    ]


def test_a_stretch_without_pictures_has_no_shots() -> None:
    assert list(NetworkFinder(Told, "told-1").finish(Fraction(2))) == []  # type: ignore[arg-type]


def test_without_a_shipped_network_changes_are_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detected, "SHIPPED", tmp_path)
    assert best_finder() is CutFinder
