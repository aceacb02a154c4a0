"""Templates: how a kind of film is paced, joined and coloured where its storyboard does not say it itself."""

from dataclasses import dataclass
from fractions import Fraction

from frameloom.apps.compose.storyboard import TemplateName, Transition
from frameloom.effects.sound.music.marks import MarkName


@dataclass(frozen=True)
class Template:
    """What a storyboard leaves open."""

    theme: str
    transition: Transition | None
    lead: Fraction
    """Seconds from a cut to the first word."""
    breath: Fraction
    """Seconds from the last word to the next cut."""
    quiet: Fraction
    """Seconds that a picture without words is shown."""
    opening: MarkName | None = None
    """Heard when the film begins."""
    cut: MarkName | None = None
    """Heard where one beat becomes the next."""


TEMPLATES: dict[TemplateName, Template] = {
    "news": Template(
        "news-bulletin",
        Transition(name="wipeleft", duration=Fraction(2, 5), easing="cubic"),
        Fraction(1, 5),
        Fraction(2, 5),
        Fraction(3),
        "sting",
        "whoosh",
    ),
    "advert": Template(
        "advert-poster",
        Transition(name="coverleft", duration=Fraction(2, 5), easing="cubic-out"),
        Fraction(1, 10),
        Fraction(1, 4),
        Fraction(2),
        None,
        "whoosh",
    ),
    "lesson": Template(
        "lesson-board", Transition(name="fade", duration=Fraction(1, 2)), Fraction(3, 10), Fraction(7, 10), Fraction(4)
    ),
}
