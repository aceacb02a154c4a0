"""Scores as Markdown: the sections of a model's card.

    Scores --> "## Evaluation: openstl"      SampleScores --> "## Evaluation: samples"

A section carries the command that prints its figures again, and takes the place of the one of the same heading.
"""

import re
from collections.abc import Iterable, Sequence

from frameloom.evaluation.samples import Figures, SampleScores
from frameloom.evaluation.score import Scores
from frameloom.evaluation.tables import heading, themes


def score_section(scores: Scores, command: str) -> str:
    """Return the section on predictions."""
    metrics = scores.protocol.metrics
    rows = [
        [
            f"**{method.name}**" if method.kind == "model" else method.name,
            *(str(method.metrics[key]) for key in metrics),
        ]
        for method in scores.methods
    ]
    tables = [_table(["", *(heading(metric) for metric in metrics)], rows)]
    if scores.draws:
        drawn = [[f"{pick.name} draw", *(str(pick.metrics[key]) for key in metrics)] for pick in scores.draws]
        tables.append(_table(["", *(heading(metric) for metric in metrics)], drawn))
    tables += [_table(headings, lines) for _, headings, lines in themes(scores.methods, scores.references)]
    parts = [
        f"## Evaluation: {scores.protocol.name}",
        f"`{command}`",
        f"{scores.conventions}. {scores.clips} clips, mean ± 95 % confidence interval over clips.",
        *tables,
        *scores.notes,
    ]
    return "\n\n".join(parts) + "\n"


def sample_section(scores: SampleScores, command: str) -> str:
    """Return the section on samples."""
    rows = [[name, ours, real] for name, ours, real in sample_rows(scores)]
    parts = [
        "## Evaluation: samples",
        f"`{command}`",
        _table(["", "samples", "real clips"], rows),
        *scores.notes,
    ]
    return "\n\n".join(parts) + "\n"


def sample_rows(scores: SampleScores) -> list[tuple[str, str, str]]:
    """Return name, figure of the samples and figure of real clips B."""
    ours, real = scores.generated, scores.real
    rows = [
        ("recognisable digits", _percent_of(ours), _percent_of(real)),
        ("classes present", f"{ours.classes_present} of {len(ours.classes)}", f"{real.classes_present} of 10"),
        ("class balance (1 is even)", f"{ours.balance:.3f}", f"{real.balance:.3f}"),
        ("speed, median (5 % to 95 %), px/frame", _speed(ours), _speed(real)),
        ("runs at the right speed", _share(ours.right_speed), _share(real.right_speed)),
        ("straight runs", _share(ours.straight), _share(real.straight)),
        ("misfit of the line, median, px", _number(ours.misfit_px), _number(real.misfit_px)),
        ("Fréchet distance in reader features", f"{scores.frechet:.3g}", f"{scores.frechet_real:.3g}"),
        ("sharpness", f"{ours.sharpness:.4f}", f"{real.sharpness:.4f}"),
        ("motion", f"{ours.motion:.4f}", f"{real.motion:.4f}"),
        ("flicker", f"{ours.flicker:.4f}", f"{real.flicker:.4f}"),
    ]
    if ours.asked_for is not None:
        rows.insert(3, ("digits of the class asked for", _share(ours.asked_for), _share(real.asked_for)))
    if scores.fvd is not None and scores.fvd_real is not None:
        rows.append(("FVD (I3D file of the user)", f"{scores.fvd:.1f}", f"{scores.fvd_real:.1f}"))
    return rows


def with_section(card: str, section: str) -> str:
    r"""Return a card with a section in the place of the one of the same heading, else at its end.

    >>> with_section("# m\n\n## A\n\nold\n\n## B\n", "## A\n\nnew\n")
    '# m\n\n## A\n\nnew\n\n## B\n'
    """
    heading = section.splitlines()[0]
    parts = re.split(r"(?m)^(?=## )", card)
    kept = [section.rstrip() if part.splitlines()[:1] == [heading] else part.rstrip() for part in parts]
    if section.rstrip() not in kept:
        kept.append(section.rstrip())
    return "\n\n".join(part for part in kept if part) + "\n"


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent_of(figures: Figures) -> str:
    return f"{100 * figures.recognised.mean:.1f} % ± {100 * figures.recognised.ci95:.1f}"


def _speed(figures: Figures) -> str:
    if figures.speed_px is None:
        return "no runs"
    return f"{figures.speed_px:.2f} ({figures.speed_low_px:.2f} to {figures.speed_high_px:.2f})"


def _share(share: float | None) -> str:
    return "no runs" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "no runs" if value is None else f"{value:.2f}"
