"""What a mouth does while somebody speaks, from the sound alone, in any language.

voice.wav, or the sound of a video --16 kHz--> network --> VisemeTrack (--> visemes.json, or a page to look at)
"""

from pathlib import Path

from frameloom.apps.speak.page import write_page
from frameloom.apps.talk.export import check_format, write_visemes
from frameloom.apps.talk.store import load_character
from frameloom.core.config import Config
from frameloom.core.files import spare
from frameloom.effects.sound.mel import RATE
from frameloom.generation.visemes import VisemeNetwork, track_heard
from frameloom.media.files.source import read_sound
from frameloom.media.visemes import VisemeTrack


class VisemesConfig(Config):
    """What is listened to."""

    input: Path
    """A file with speech: sound, or a video."""
    out: Path | None = None
    """A file for the track: .json, .html for a page, or what another program reads; see `apps.talk.export`."""
    character: str = "ada"
    """Whose face a page shows: a name or a character file."""
    model: str = "viseme"
    """A shipped model's name, or a model folder."""
    threads: int = 1
    """At work."""


def hear_visemes(config: VisemesConfig) -> VisemeTrack:
    """Return the visemes of a file's speech, and write them where that is wanted.

    Raises:
        ConfigError: there is no such character.
        MediaError: the file has no sound, is damaged, or is too long for a page.
        ModelError: there is no such model.
        OutputError: the track cannot be written, or no format ends like that.
    """
    page = config.out is not None and config.out.suffix.lower() in (".html", ".htm")
    if config.out is not None:
        spare(config.out, [config.input])
    if page:
        load_character(config.character)
    elif config.out is not None:
        check_format(config.out)
    network = VisemeNetwork(config.model, config.threads)
    blocks = (block[:, 0] for block in read_sound(config.input, rate=RATE, channels=1))
    track = track_heard(blocks, network)
    if config.out is not None and page:
        write_page(track, config.out, config.input, config.character)
    elif config.out is not None:
        write_visemes(track, config.out, config.input.name)
    return track
