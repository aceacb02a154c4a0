"""Where things stand: boxes that are split, stacked and inset, and the time at which each part comes.

All lengths are px; `unit` is a hundredth of the picture's shorter side, so that a layout looks the same at 480p and 4K.
"""

from collections.abc import Sequence

from frameloom.apps.compose.stage import Stage
from frameloom.effects.titles.motion import Box


def unit(stage: Stage, count: float = 1.0) -> int:
    """Return so many hundredths of the shorter side in px, at least 1."""
    return max(1, round(stage.side * count / 100))


def inset(box: Box, x: float, y: float | None = None) -> Box:
    """Return a box that is smaller by so many px at each side."""
    y = x if y is None else y
    return round(box[0] + x), round(box[1] + y), round(box[2] - x), round(box[3] - y)


def columns(box: Box, shares: Sequence[float], gap: float) -> list[Box]:
    """Return boxes beside each other, with widths in these shares."""
    free, total = box[2] - box[0] - gap * (len(shares) - 1), sum(shares)
    result, x = [], float(box[0])
    for share in shares:
        result.append((round(x), box[1], round(x + free * share / total), box[3]))
        x += free * share / total + gap
    return result


def rows(box: Box, shares: Sequence[float], gap: float) -> list[Box]:
    """Return boxes below each other, with heights in these shares."""
    turned = columns((box[1], box[0], box[3], box[2]), shares, gap)
    return [(one[1], one[0], one[3], one[2]) for one in turned]


def grid(box: Box, count: int, across: int, gap: float, gap_below: float | None = None) -> list[Box]:
    """Return so many boxes in rows of `across`, from the left top on."""
    down = -(-count // across)
    lines = rows(box, [1] * down, gap if gap_below is None else gap_below)
    return [cell for line in lines for cell in columns(line, [1] * across, gap)][:count]


def width_of(box: Box) -> int:
    """Return the width."""
    return box[2] - box[0]


def height_of(box: Box) -> int:
    """Return the height."""
    return box[3] - box[1]


def stack(box: Box, heights: Sequence[float], gaps: Sequence[float], place: float = 0.5) -> list[float]:
    """Return the tops of things below each other in a box; place is 0 at its top, 0.5 in its middle, 1 at its bottom.

    Gaps grow smaller where there is no room for them.
    """
    free = max(height_of(box) - sum(heights), 0)
    if sum(gaps) > free:
        gaps = [gap * free / sum(gaps) for gap in gaps]
    total = sum(heights) + sum(gaps)
    y = box[1] + max(height_of(box) - total, 0) * place
    tops = []
    for index, height in enumerate(heights):
        tops.append(y)
        y += height + (gaps[index] if index < len(gaps) else 0)
    return tops


_TELEPHONE_FROM = 1.5
"""Times as high as wide a picture is one that a telephone shows alone, with signs of its own over the lowest third."""


def lower(stage: Stage, place: float) -> float:
    """Return the place of things in a box, 0 to 1, for a stage: lower in a telephone's picture.

    There the box ends far above the picture's lower edge, and what stands in its middle would seem to be high.
    """
    return place + (1 - place) * 0.4 if stage.height > stage.width * _TELEPHONE_FROM else place


_SOON_S = 0.6
"""Between parts that belong together."""


def cue_times(stage: Stage, count: int, together: bool = False) -> list[float]:
    """Return when each of so many parts comes, in s; what has no cue is spread evenly over the time that is left.

    The last part stands for a quarter of the scene at least, where cues do not say otherwise. Parts that go together,
    such as a name under a quote, come soon after each other instead.
    """
    given = [float(cue) for cue in stage.cues[:count]]
    missing = count - len(given)
    if not missing:
        return given
    duration = float(stage.duration)
    start = given[-1] if given else min(0.15, duration * 0.05)
    end = max(duration * 0.75, start)
    if together:
        end = min(end, start + _SOON_S * missing)
    steps = missing if given else max(missing - 1, 1)
    first = 1 if given else 0
    return given + [start + (end - start) * (index + first) / steps for index in range(missing)]
