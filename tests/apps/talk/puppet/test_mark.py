from typing import get_args

import numpy as np
import pytest

from frameloom.apps.talk.puppet.mark import WORDS, Language, mark_for
from frameloom.media.planes import plain


def test_there_are_words_in_every_language() -> None:
    assert set(WORDS) == set(get_args(Language))
    assert all(WORDS.values())


@pytest.mark.parametrize("language", ["en", "de", "ar", "ja"])
@pytest.mark.parametrize("size", [(64, 64), (240, 240), (1280, 720), (90, 640)])
@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (200, 120, 40)])
def test_it_is_seen_on_any_ground_and_in_its_corner_only(
    language: Language, size: tuple[int, int], ground: tuple[int, int, int]
) -> None:
    picture = plain(*size, ground)
    marked = mark_for(*size, language).on(picture)
    change = np.abs(marked.y.astype(int) - picture.y)
    assert change.max() > 60
    assert (change > 20).sum() > 40
    if size != (64, 64):  # there it needs more than a corner
        assert not change[: size[1] // 2].any()
    assert (picture.y == plain(*size, ground).y).all()  # what it was put on is left as it was
