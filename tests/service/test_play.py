"""A page's world: the hand stops where the simulator's would, with the truth beside it or without."""

import pytest
from tests.service.square import Square, SquareScenes

from frameloom.data.robot_push.policy import HIGHEST, LARGEST_STEP
from frameloom.generation.load import VideoModel
from frameloom.generation.scenes import Scene
from frameloom.service.play import Play


class Bounded(SquareScenes):
    """Scenes whose hand begins two and a half of the largest steps from its right bound."""

    def begin(self, number: int) -> Scene:
        scene = super().begin(number)
        return Scene(scene.name, scene.past, scene.actions, HIGHEST - 2.5 * LARGEST_STEP)


def steered(play: Play, times: int, action: tuple[float, ...]) -> list[list[float]]:
    """Return what the model was told."""
    network = play.model.model
    assert isinstance(network, Square)
    network.stepped.clear()
    for _ in range(times):
        play.advance(action)
    return network.stepped


def test_a_hand_stops_at_its_bounds_and_comes_back_at_once() -> None:
    play = Play(VideoModel("square", Square()), Bounded, 0)
    right = [told[0] for told in steered(play, 4, (1.0, 0.0, 0.0, 0.0))]
    assert right == pytest.approx([1.0, 1.0, 0.5, 0.0])
    assert steered(play, 1, (-1.0, 0.0, 0.0, 0.0))[0] == pytest.approx([-1.0, 0.0, 0.0, 0.0])
    play.begin(0, truth=False)
    assert steered(play, 1, (1.0, 0.0, 0.0, 0.0))[0][0] == pytest.approx(1.0)


def test_with_the_truth_beside_it_the_truth_says_how_far_it_goes() -> None:
    play = Play(VideoModel("square", Square()), Bounded, 0)
    play.begin(0, truth=True)
    assert [told[0] for told in steered(play, 3, (1.0, 0.0, 0.0, 0.0))] == pytest.approx([0.5, 0.5, 0.5])


def test_where_bounds_are_not_known_nothing_stops_the_hand() -> None:
    play = Play(VideoModel("square", Square()), SquareScenes, 0)
    assert [told[0] for told in steered(play, 30, (1.0, 0.0, 0.0, 0.0))] == [1.0] * 30
