"""Figures as tables: what each is called, which way is better, and which stand together."""

from collections.abc import Iterator, Mapping, Sequence

from frameloom.evaluation.figures import TOLD, Better
from frameloom.evaluation.protocol import HIGHER_IS_BETTER
from frameloom.evaluation.tally import Estimate, Method

_FRECHET: Mapping[str, str] = {
    "frechet": "Fréchet",
    "frechet_halves": "Fréchet across halves",
    "frechet_digits": "Fréchet of digits",
    "frechet_digits_halves": "the same across halves",
}
THEMES: Mapping[str, Sequence[str]] = {
    "Sharpness and spread": ("sharpness", "spread", "miss", "spread_share"),
    "In features of the house": ("feature_distance", "feature_spread", "feature_spread_share", *_FRECHET),
    "Where the hand goes": ("hand_px", "hand_near", "hand_follows"),
}
REAL, UNRELATED = "real clips", "unrelated real clips"
_UNDER: Mapping[str, str] = {"unrelated": "miss", "feature_unrelated": "feature_distance"}
_ARROWS: Mapping[Better, str] = {"higher": " ↑", "lower": " ↓", "near 1": " → 1", "neither": ""}


def label(key: str) -> str:
    """Return what a figure is called.

    >>> label("ssim_at_10"), label("hand_px")
    ('ssim at frame 10', 'hand, px off')
    """
    if key in TOLD:
        return TOLD[key].label
    return _FRECHET.get(key, key.replace("_at_", " at frame "))


def better(key: str) -> Better:
    """Return which way a figure is better."""
    if key in TOLD:
        return TOLD[key].better
    return "higher" if key.partition("_at_")[0] in HIGHER_IS_BETTER else "lower"


def heading(key: str) -> str:
    """Return what a figure is called and which way is better."""
    return label(key) + _ARROWS[better(key)]


def themes(
    methods: Sequence[Method], references: Mapping[str, Estimate]
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield title, headings and rows of each table that has figures beside the protocol's own metrics.

    Below stand what unrelated futures are apart, and what one half of the real clips is from the other.
    """
    single = list(dict.fromkeys(key for method in methods for key in method.metrics if "_at_" in key))
    figures = {method.name: method.metrics for method in methods}
    figures[UNRELATED] = {_UNDER[key]: value for key, value in references.items() if key in _UNDER}
    figures[REAL] = {key: value for key, value in references.items() if key not in _UNDER}
    for title, wanted in {"Single frames": single, **THEMES}.items():
        keys = [key for key in wanted if any(key in method.metrics for method in methods)]
        rows = [
            [name, *(str(found[key]) if key in found else "" for key in keys)]
            for name, found in figures.items()
            if any(key in found for key in keys)
        ]
        if keys:
            yield title, ["", *(heading(key) for key in keys)], rows


def differences(found: Mapping[str, Mapping[str, Estimate]]) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows: a row for each figure, under each model how much larger it is; bold if surely so."""
    keys = list(dict.fromkeys(key for figures in found.values() for key in figures))
    rows = [[heading(key), *(_told(figures.get(key)) for figures in found.values())] for key in keys]
    return ["", *found], rows


def _told(difference: Estimate | None) -> str:
    if difference is None:
        return ""
    sign = "+" if difference.mean > 0 else ""
    sure = " *" if abs(difference.mean) > difference.ci95 else ""
    return f"{sign}{difference}{sure}"
