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
REAL = "real clips"
_UNDER: Mapping[str, str] = {"unrelated": "spread", "feature_unrelated": "feature_distance"}
_ARROWS: Mapping[Better, str] = {"higher": "↑", "lower": "↓", "near 1": "→ 1"}


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
    return f"{label(key)} {_ARROWS[better(key)]}"


def themes(
    methods: Sequence[Method], references: Mapping[str, Estimate]
) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield title, headings and rows of each table that has figures beside the protocol's own metrics.

    A row of real clips tells how far unrelated futures are apart, and how far one half of real clips is from the other.
    """
    real = {_UNDER.get(key, key): str(value) for key, value in references.items()}
    single = sorted({key for method in methods for key in method.metrics if "_at_" in key})
    for title, wanted in {"Single frames": single, **THEMES}.items():
        keys = [key for key in wanted if any(key in method.metrics for method in methods)]
        if not keys:
            continue
        rows = [
            [method.name, *(str(method.metrics[key]) if key in method.metrics else "" for key in keys)]
            for method in methods
            if any(key in method.metrics for key in keys)
        ]
        if any(key in real for key in keys):
            rows.append([REAL, *(real.get(key, "") for key in keys)])
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
