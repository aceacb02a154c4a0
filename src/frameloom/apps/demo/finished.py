"""The demo's section about finished film: an advertisement from a text, and a dialogue of two."""

from frameloom.apps.compose.compose import compose
from frameloom.apps.compose.examples import example
from frameloom.apps.compose.ready import ComposeConfig
from frameloom.apps.demo.parts import DemoConfig, Work
from frameloom.apps.talk.film import TalkConfig, talk
from frameloom.apps.talk.hearing import listening
from frameloom.apps.talk.script import EXAMPLE, Script, read_script
from frameloom.core.config import validate
from frameloom.media.pages.page import Page

ADVERT, DIALOGUE = "advert.mp4", "dialogue.mp4"
_SHAPE = 16, 9


def add_finished(page: Page, config: DemoConfig) -> Work:
    """Add films that two text files became, with sound."""
    side = config.film_side
    page.section(
        "Finished film",
        "Two text files became these. The voices are synthetic, and their own times drive all that is seen: when a "
        "caption changes, when a line of the list appears, what lips do. The music is made by rules. The characters "
        "are drawn curves; the camera cuts on who speaks.",
    )
    made = compose(ComposeConfig(story=example("advert"), out=config.out / ADVERT, side=side), "lines")
    page.film(ADVERT, caption=f"An advertisement of {float(made.duration):.0f} s, from {made.beats} beats of words.")
    yield 0.5, "an advertisement"
    script = read_script(EXAMPLE)
    size = {"width": side * _SHAPE[0] // _SHAPE[1] // 2 * 2, "height": side, "subtitles": "burned"}
    shown = validate(Script, script.model_dump() | {"setting": script.setting.model_dump() | size}, "demo")
    written = talk(shown, TalkConfig(out=config.out / DIALOGUE), listening(), "lines")
    page.film(DIALOGUE, caption=f"A dialogue of {float(written.frames / shown.setting.rate):.0f} s.")
    page.code(
        "frameloom compose new advert mine/\n"
        "frameloom compose mine/story.toml -o out/\n"
        "frameloom talk new dialogue.toml\n"
        "frameloom talk dialogue.toml -o dialogue.mp4"
    )
    yield 1.0, "a dialogue"
