"""Films with planted interest: what is planted, what it is worth, and that it is there to be seen and heard."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from frameloom.evaluation.planted import KINDS, RATE, Event, Planted, plan, write_planted
from frameloom.media.files.source import read_pictures, read_sound


def test_a_second_is_worth_the_share_of_the_event_in_it() -> None:
    events = (Event("voice", 1.5, 3.0, 2), Event("glow", 3.25, 3.5, 3))
    np.testing.assert_allclose(Planted(events, (), 5).truth, [0, 1, 2, 0.75, 0])


def test_all_kinds_are_planted_and_a_seed_fixes_them() -> None:
    made = plan(7, 90)
    assert {event.kind for event in made.events} == set(KINDS)
    assert made == plan(7, 90)
    assert made != plan(8, 90)
    assert all(before.stop < after.start for before, after in pairwise(made.events))
    assert all(not begin < event.start < end for _, begin, end in made.nuisances for event in made.events)


def test_a_film_holds_what_is_planted(tmp_path: Path) -> None:
    made = write_planted(tmp_path / "film.mp4", 11, 24)
    pictures = np.stack([picture.planes.y for picture in read_pictures(tmp_path / "film.mp4")]).astype(float)
    sound = np.concatenate(list(read_sound(tmp_path / "film.mp4", channels=1)))[:, 0]
    assert len(pictures) == 24 * RATE
    quiet = float(np.median(np.abs(sound)))
    for event in made.events:
        middle = (event.start + event.stop) / 2
        heard = np.abs(sound[int((middle - 0.3) * 48_000) : int((middle + 0.3) * 48_000)]).max()
        if event.kind in ("cheer", "voice"):
            assert heard > 5 * quiet, event
        if event.kind == "place":
            shown, before = (pictures[int(time * RATE)] for time in (middle, event.start - 0.2))
            assert np.abs(shown - before).mean() > 8, event
    assert pytest.approx(len(sound) / 48_000, abs=0.05) == 24
