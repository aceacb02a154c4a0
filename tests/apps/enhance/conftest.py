"""Pieces short enough for small films to have several."""

import functools
from fractions import Fraction

import pytest

from frameloom.apps.enhance import enhance as enhancing


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut films into pieces of half a second."""
    monkeypatch.setattr(enhancing, "timed", functools.partial(enhancing.timed, piece_s=Fraction(1, 2)))
