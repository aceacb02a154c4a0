"""Inputs: the latest wins, but a key that was tapped between two frames counts for one."""

from hypothesis import given
from hypothesis import strategies as st

from frameloom.service.helm import Held, Helm

STILL, RIGHT, AWAY, BOTH = (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)


def turns(*steps: tuple[float, ...] | None) -> list[tuple[float, ...]]:
    """Actions of the frames, None, between the inputs."""
    helm, made = Helm(2), []
    for number, action in enumerate(steps, 1):
        if action is None:
            made.append(helm.turn().action)
        else:
            helm.take(Held(number, action))
    return made


def test_nothing_is_done_before_the_first_input() -> None:
    assert Helm(2).turn() == Held(0, STILL)


def test_what_is_held_goes_on() -> None:
    assert turns(RIGHT, None, None, None, STILL, None) == [RIGHT, RIGHT, RIGHT, STILL]


def test_a_tap_between_two_frames_counts_for_one() -> None:
    assert turns(RIGHT, STILL, None, None) == [RIGHT, STILL]


def test_a_tap_beside_a_held_key_counts_too() -> None:
    assert turns(RIGHT, None, BOTH, RIGHT, None, None) == [RIGHT, BOTH, RIGHT]


def test_of_what_adds_up_the_latest_counts() -> None:
    assert turns(RIGHT, BOTH, None) == [BOTH]


def test_the_frame_carries_the_number_of_its_input() -> None:
    helm = Helm(2)
    helm.take(Held(1, RIGHT))
    helm.take(Held(2, STILL))
    assert [helm.turn().number for _ in range(3)] == [1, 2, 2]


@given(st.lists(st.one_of(st.none(), st.sampled_from([STILL, RIGHT, AWAY, BOTH])), max_size=40))
def test_the_last_input_is_reached_within_two_frames_and_numbers_never_fall(steps: list) -> None:
    helm, numbers = Helm(2), []
    for number, action in enumerate(steps, 1):
        if action is None:
            numbers.append(helm.turn().number)
        else:
            helm.take(Held(number, action))
    last = max((number for number, action in enumerate(steps, 1) if action is not None), default=0)
    numbers += [helm.turn().number for _ in range(2)]
    assert numbers == sorted(numbers)
    assert numbers[-1] == last
