"""Whom the camera shows: by hand, and what must hold for every dialogue."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.talk.camera import EVERYBODY, LONGEST, OPENING, Said, shots_of


def said(who: str, start: float, stop: float, **more: object) -> Said:
    return Said(who, Fraction(start), Fraction(stop), **more)  # type: ignore[arg-type]


def shown(turns: list[Said], duration: float) -> list[tuple[float, float, str]]:
    return [
        (round(float(shot.start), 6), round(float(shot.stop), 6), shot.whom)
        for shot in shots_of(turns, Fraction(duration))
    ]


def test_a_dialogue_by_hand() -> None:
    turns = [
        said("ada", 0.5, 6, to="kip"),
        said("kip", 6.6, 9, to="ada"),
        said("ada", 9.3, 10, to="kip"),  # too short for a cut of its own
        said("kip", 10.6, 14, to="ada"),
    ]
    assert shown(turns, 15) == [
        (0, 2.5, EVERYBODY),
        (2.5, 6.4, "ada"),
        (6.4, 9.2, "kip"),
        (9.2, 10.4, EVERYBODY),
        (10.4, 15, "kip"),
    ]


def test_one_who_speaks_alone_is_seen_all_the_time() -> None:
    assert shown([said("ada", 0, 3), said("ada", 4, 30)], 31) == [(0, 31, EVERYBODY)]


def test_what_is_asked_for_is_kept() -> None:
    turns = [said("ada", 0, 5, shot="close"), said("kip", 6, 12, shot="wide")]
    assert [whom for _, _, whom in shown(turns, 13)] == ["ada", EVERYBODY]


def test_a_listener_is_seen_after_a_sentence_of_a_long_turn() -> None:
    long = said("kip", 4, 24, to="ada", breaks=(Fraction(7), Fraction(10), Fraction(23)))
    shots = shown([said("ada", 0, 3.4), long], 25)
    assert shots[1:] == [(3.8, 10, "kip"), (10, 11.5, "ada"), (11.5, 25, "kip")]


spoken = st.lists(
    st.tuples(
        st.sampled_from(["ada", "kip", "mira"]),
        st.fractions(min_value=0, max_value=2, max_denominator=25),  # the pause before
        st.fractions(min_value=Fraction(1, 25), max_value=20, max_denominator=25),
    ),
    min_size=1,
    max_size=12,
)


@given(spoken)
def test_shots_follow_on_each_other_and_show_who_speaks(lines: list[tuple[str, Fraction, Fraction]]) -> None:
    turns, time = [], Fraction(0)
    for who, pause, length in lines:
        turns.append(Said(who, time + pause, time + pause + length, "mira" if who != "mira" else "ada"))
        time += pause + length
    shots = shots_of(turns, time)
    assert shots[0].start == 0
    assert shots[-1].stop == time
    assert all(one.stop == other.start and one.whom != other.whom for one, other in pairwise(shots))
    assert all(shot.start < shot.stop for shot in shots)
    for turn in turns:
        if turn.stop - turn.start <= LONGEST and turn.start > OPENING:
            middle = (turn.start + turn.stop) / 2
            (shot,) = [shot for shot in shots if shot.start <= middle < shot.stop]
            assert shot.whom in (turn.who, EVERYBODY)
