from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from frameloom.apps.edit.automatic.rules import RULES, STYLES, Choice, Join, choose, fit
from frameloom.apps.edit.automatic.watching import Edge


def side(lightness=0.5, hue=0.0, layout=0, right=0.0, down=0.0, growth=0.0, bustle=0.0):
    """Return an edge of one colour; `layout` chooses another arrangement of light and dark."""
    palette = np.tile(np.array([lightness, hue, 0], np.float32), (16, 1))
    places = np.random.default_rng(layout).uniform(-0.2, 0.2, (18, 32, 1)).astype(np.float32)
    return Edge(lightness, palette, np.tile(palette[0], (18, 32, 1)) + places, 0.2, right, down, growth, bustle)


def join(before=None, after=None, **known):
    known = {"shorter": Fraction(10), "room": Fraction(10), **known}
    return Join(before or side(layout=1), after or side(layout=2), **known)


def chosen(given, style="calm", past=()):
    return choose(given, STYLES[style], past)


@pytest.mark.parametrize("way", ["left", "right", "up", "down"])
def test_a_fast_movement_is_whipped_on_in_its_direction(way):
    speed = {"left": (-0.4, 0), "right": (0.4, 0), "up": (0, -0.4), "down": (0, 0.4)}[way]
    a, b = (side(layout=n, right=speed[0], down=speed[1]) for n in (1, 2))
    choice = chosen(join(a, b))
    assert (choice.name, choice.direction, choice.length) == ("whip", way, Fraction(1, 2))
    assert choice.reason == f"both clips move {way} fast (40% and 40% of the width a second): whip {way}"


def test_a_slow_movement_goes_on_smoothly_unless_one_is_much_faster():
    assert chosen(join(side(layout=1, right=-0.1), side(layout=2, right=-0.2))).name == "smoothleft"
    assert chosen(join(side(layout=1, right=-0.06), side(layout=2, right=-0.4))).name == "cut"


def test_a_zoom_goes_into_a_zoom():
    assert chosen(join(side(layout=1, growth=0.4), side(layout=2, growth=0.5))).name == "zoom"


def test_movements_against_each_other_are_cut():
    choice = chosen(join(side(layout=1, right=0.3), side(layout=2, right=-0.3)))
    assert choice.reason == "plain cut: one clip moves right, the next left"


def test_still_pictures_of_like_colours_dissolve():
    choice = chosen(join(side(layout=1), side(layout=2, hue=0.05)))
    assert (choice.name, choice.length) == ("fade", Fraction(4, 5))
    assert "apart by 0.050" in choice.reason
    assert chosen(join(side(layout=1), side(layout=2, hue=0.2))).name == "cut"
    assert chosen(join(), "news").name == "cut"


def test_day_and_night_are_parted_by_black_and_light_comes_through_white():
    night = chosen(join(side(0.8, layout=1), side(0.3, layout=2)))
    assert (night.name, night.length) == ("fadeblack", Fraction(6, 5))
    assert "lightness 0.80 to 0.30" in night.reason
    assert chosen(join(side(0.3, layout=1), side(0.8, layout=2))).name == "fadewhite"
    assert chosen(join(side(0.1, layout=1), side(0.5, layout=2))).name == "fadeblack"


def test_a_jump_in_time_is_a_dip():
    choice = chosen(join(apart=Fraction(3 * 3600)), "news")
    assert (choice.name, choice.reason) == ("fadeblack", "recorded 3 hours apart: dip to black")
    assert chosen(join(apart=Fraction(3599))).name == "fade"


def test_strong_movement_into_stillness_is_cut_on_the_action():
    assert chosen(join(side(layout=1, bustle=0.5), side(layout=2))).rule == "on_action"
    assert chosen(join(side(layout=1), side(layout=2, bustle=0.5))).rule == "otherwise"


def test_one_scene_is_cut():
    assert chosen(join(side(layout=1), side(layout=1))).rule == "same_scene"


def test_short_clips_talk_and_fades_are_cut():
    assert chosen(join(shorter=Fraction(3, 2))).reason == "plain cut: one of the clips lasts only 1.50 s"
    assert chosen(join(talk=True)).rule == "talk_on_both_sides"
    assert chosen(join(fades="the first clip fades out by itself")).rule == "fades_already"
    assert chosen(join(), "none").rule == "plain_style"


def test_lengths_keep_to_a_third_and_to_the_room():
    assert chosen(join(shorter=Fraction(21, 10))).length == Fraction(7, 10)
    assert chosen(join(room=Fraction(1, 2))).length == Fraction(1, 2)
    assert chosen(join(room=Fraction(1, 2), step=Fraction(2, 25))).length == Fraction(12, 25)
    tight = chosen(join(room=Fraction(1, 10), room_ends_at="a word of the next clip"))
    assert tight.name == "cut"
    assert "only 0.10 s are free before a word of the next clip" in tight.reason


@pytest.mark.parametrize(
    ("wish", "room", "beats"),
    [("0.8", "9", 2), ("1.6", "9", 3), ("1.6", "0.6", 1), ("0.8", "0.49", 0), ("0.1", "9", 1)],
)
def test_lengths_are_whole_beats(wish, room, beats):
    choice = Choice("fade", Fraction(wish), "because")
    assert fit(choice, join(room=Fraction(room), beat=Fraction(1, 2))).length == beats * Fraction(1, 2)


def test_restraint_and_variety():
    pans = join(side(layout=1, right=-0.4), side(layout=2, right=-0.4))
    first = chosen(pans)
    assert first.showy
    second = chosen(pans, past=[first])
    assert not second.showy
    assert "whip left would fit, but only one join of 3 may be showy" in second.reason
    plain = Choice("cut", Fraction(0), "")
    assert not chosen(pans, past=[first, plain]).showy
    later = chosen(pans, past=[first, plain, plain])
    assert not later.showy
    assert "same twice in a row" in later.reason
    other = join(side(layout=1, right=0.4), side(layout=2, right=0.4))
    assert not chosen(other, past=[first, plain]).showy
    assert chosen(other, past=[first, plain, plain]).showy


def test_lively_plays_but_never_the_same_twice():
    busy = [join(side(layout=1, bustle=0.3), side(layout=2, bustle=0.3), number=n) for n in range(8)]
    past = []
    for each in busy:
        past.append(chosen(each, "lively", past))
    names = [choice.name for choice in past]
    assert all(choice.showy for choice in past)
    assert all(a != b for a, b in pairwise(names))


def test_every_rule_speaks_for_itself():
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.choose.__name__ == rule.name
        assert rule.when
        assert rule.then
