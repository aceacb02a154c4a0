"""How well edits are found, counted by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import DataError
from frameloom.evaluation.shot_suite import FRAMES, films
from frameloom.evaluation.shots import Count, compare, total
from frameloom.media.files.video import write_clip
from frameloom.media.shots import Edit

CUT, GRADUAL = Edit(20, 20), Edit(50, 60)


def test_each_true_edit_is_met_by_the_nearest_and_the_rest_is_false() -> None:
    found = [Edit(19, 19), Edit(20, 20), Edit(21, 21), Edit(80, 80)]
    assert compare(found, [CUT]) == {"cut": Count(1, 0, 3), "gradual": Count(0, 0, 3)}


@pytest.mark.parametrize(("off", "hit"), [(-2, 0), (-1, 1), (0, 1), (1, 1), (2, 0)])
def test_a_cut_may_be_off_by_one(off: int, hit: int) -> None:
    assert compare([Edit(20 + off, 20 + off)], [CUT])["cut"] == Count(hit, 1 - hit, 1 - hit)
    assert compare([Edit(20 + off, 20 + off)], [CUT], tolerance=0)["cut"].hit == (off == 0)


@pytest.mark.parametrize(("point", "hit"), [(48, 0), (49, 1), (55, 1), (61, 1), (62, 0)])
def test_a_gradual_is_met_by_a_point_within(point: int, hit: int) -> None:
    assert compare([Edit(point, point)], [GRADUAL])["gradual"] == Count(hit, 1 - hit, 1 - hit)


def test_a_second_one_within_a_gradual_counts_against_graduals_alone() -> None:
    found = [Edit(20, 20), Edit(53, 53), Edit(56, 57)]
    assert compare(found, [CUT, GRADUAL]) == {"cut": Count(1, 0, 0), "gradual": Count(1, 0, 1)}


def test_what_is_ignored_counts_neither_way() -> None:
    found = [Edit(3, 3), Edit(4, 9), Edit(10, 10)]
    assert compare(found, [], [(0, 10)])["cut"] == Count(false=1)


def test_scores_are_those_of_hand_and_sums_those_of_videos() -> None:
    counts = total([compare([CUT], [CUT, GRADUAL]), compare([Edit(5, 5)], [CUT])])
    assert counts == {"cut": Count(1, 1, 1), "gradual": Count(0, 1, 1)}
    assert (counts["cut"].precision, counts["cut"].recall, counts["cut"].f1) == (0.5, 0.5, 0.5)
    assert (Count().precision, Count().recall, Count().f1) == (1.0, 1.0, 1.0)
    assert Count(missed=2).f1 == 0


@given(st.sets(st.integers(0, 300)), st.sets(st.integers(0, 300)))
def test_hits_are_one_to_one(true: set[int], told: set[int]) -> None:
    truth, found = ([Edit(each, each) for each in sorted(some)] for some in (true, told))
    count = compare(found, truth)["cut"]
    assert count.hit + count.missed == len(truth)
    assert count.hit + count.false == len(found)
    assert compare(truth, truth)["cut"] == Count(len(truth))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test").mkdir()
    dice = np.random.default_rng(0)
    for number in range(2):
        coarse = dice.integers(0, 256, (6, 8, 3)).astype(np.uint8).repeat(16, 0).repeat(16, 1)
        clip = np.stack([np.roll(coarse, time, 1) for time in range(20)])
        write_clip(tmp_path / "test" / f"{number}.mp4", clip, 25)
    return tmp_path


def test_films_of_a_kind_have_edits_of_that_kind_and_a_seed_fixes_them(folder: Path) -> None:
    for kind in ("cut", "gradual"):
        made, again = (list(films(folder, kind, 3, seed=4)) for _ in range(2))
        assert [film.truth for film in made] == [film.truth for film in again]
        assert all(np.array_equal(one.take.y, other.take.y) for one, other in zip(made, again, strict=True))
        assert any(film.truth for film in made)
        for film in made:
            assert len(film.take) == FRAMES
            assert len(film.names) == len(film.truth)
            firsts = [edit.first for edit in film.truth]
            assert firsts == sorted(firsts)
            assert all(
                (name == "cut") == (edit.kind == "cut") for name, edit in zip(film.names, film.truth, strict=True)
            )
            if kind == "cut":
                assert {edit.kind for edit in film.truth} <= {"cut"}


def test_without_footage_there_are_no_films(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    with pytest.raises(DataError, match="no test footage"):
        list(films(tmp_path, "cut", 1))
