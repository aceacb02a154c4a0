"""A comparison as a page that plays: table, differences, curves, and the futures of all models side by side."""

from typing import TYPE_CHECKING

from frameloom.evaluation.contest import Outcome
from frameloom.evaluation.films import film, hand_film
from frameloom.evaluation.pages import add_curves, add_metrics, add_themes
from frameloom.evaluation.tables import differences
from frameloom.media.pages.page import Clip, Page

if TYPE_CHECKING:
    from frameloom.evaluation.compare import Comparison

SHOWN = 4
"""Clips of which the futures of all models are shown."""


def compare_page(comparison: "Comparison", outcome: Outcome) -> Page:
    """Return the page of a comparison."""
    made_by = f"frameloom {comparison.frameloom}" + (f", commit {comparison.commit}" if comparison.commit else "")
    title = ", ".join(comparison.models)
    page = Page(title, "The same clips and the same dice for all.", made_by=made_by)
    page.section("Scores", f"{comparison.conventions}.")
    add_metrics(page, comparison.methods, comparison.protocol, comparison.clips)
    page.text("\n\n".join(comparison.notes))
    add_themes(page, comparison.methods, comparison.references)
    headings, rows = differences(comparison.differences)
    page.section(
        f"Differences to {comparison.models[0]}",
        "How much larger each figure is than that of the first model, clip by clip, with the 95 % interval of the "
        "pairs; a star marks an interval that leaves out 0.",
    ).table(headings, rows)
    add_curves(page, comparison.methods, comparison.protocol)
    _add_clips(page, comparison, outcome)
    return page.section("Again").text("This command prints the figures again.").code(comparison.command)


def _add_clips(page: Page, comparison: "Comparison", outcome: Outcome) -> None:
    """Add for a few clips the first draws of each model, and mean, best and worst."""
    page.section("Clips", "Each row is one clip; what stands side by side has the same past.")
    kept = {name: outcome.accounts[name].futures for name in comparison.models}
    futures = {name: found for name, found in kept.items() if found is not None}
    given = comparison.protocol.past
    count = min(SHOWN, len(outcome.true))
    rows: dict[str, list[Clip]] = {}
    for index in range(count):
        past, truth = outcome.given[index], outcome.true[index]
        rows[str(index + 1)] = [
            film(past, truth, predicted=False),
            *(film(past, found.random[0][index]) for found in futures.values()),
        ]
    page.video_table(["truth", *futures], rows, given=given, caption="One draw of each model, a random one.")
    drawn = {name: found for name, found in futures.items() if found.drawn > 1}
    if drawn:
        for title in ("best", "worst", "mean"):
            rows = {
                str(index + 1): [
                    film(outcome.given[index], outcome.true[index], predicted=False),
                    *(film(outcome.given[index], getattr(found, title)[index]) for found in drawn.values()),
                ]
                for index in range(count)
            }
            page.video_table(["truth", *drawn], rows, given=given, caption=f"The {title} of the draws.")
    if outcome.hands is not None:
        rows = {
            str(index + 1): [
                hand_film(outcome.given[index], outcome.true[index], outcome.hands[index], found.hands[index])
                for found in futures.values()
                if found.hands is not None
            ]
            for index in range(count)
        }
        page.video_table(list(futures), rows, given=given, caption="Way of the hand: true green, predicted magenta.")
