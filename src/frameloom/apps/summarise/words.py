"""What is said in a film, and where a cut would split a word: by file, by ear, or by level.

--words FILE      subtitles or a transcript    words and texts
--transcript      a recogniser listens         words and texts
neither           level and voice alone        where words are, not which
"""

from collections.abc import Sequence
from pathlib import Path

from frameloom.apps.edit.automatic.spans import Span, Spans, merged
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.recogniser import Recogniser, open_recogniser
from frameloom.apps.summarise.transcribe import transcribe
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.core.progress import View
from frameloom.media.files.source import probe
from frameloom.media.transcript import Word, read_transcript


class SaidConfig(Config):
    """Where the words of a film come from."""

    words: Path | None = None
    """Subtitles, or a transcript (.json), that say when words are spoken; by default they are heard."""
    transcript: bool = False
    """Whether to write down what is said, which takes about a twentieth of its length; needs frameloom[speech]."""
    speech_model: Path | None = None
    """A folder with a model of faster-whisper to write it down by; by default a small one for English."""


def recogniser_for(config: SaidConfig) -> Recogniser | None:
    """Return what is to listen; None where nothing is.

    Raises:
        ConfigError: both a file of words and a transcript are asked for.
        MissingDependencyError: what a transcript needs is not installed.
        ModelError: the folder holds no model.
    """
    if not config.transcript and config.speech_model is None:
        return None
    if config.words is not None:
        raise ConfigError(f"transcript: {config.words} says already what is said; give --words or --transcript")
    return open_recogniser(config.speech_model)


def said_in(film: Path, config: SaidConfig, cache: Path | None, view: View = "auto") -> tuple[Word, ...] | None:
    """Return what is said in a film, by file or by ear; None where nobody wants to know.

    Raises:
        ConfigError, MissingDependencyError, ModelError: as `recogniser_for`.
        MediaError: the file of words, or the film, is damaged.
    """
    recogniser = recogniser_for(config)
    if recogniser is None:
        return read_transcript(config.words) if config.words else None
    return transcribe(film, recogniser, cache, view).words if probe(film).sound is not None else ()


def words_for(analysis: Analysis, said: Sequence[Word] | None = None) -> Spans:
    """Return where a cut would split a word: where one is said, or, where none is known, where somebody speaks."""
    if not said:
        return analysis.words
    return merged([Span(min(word.start, analysis.duration), min(word.end, analysis.duration)) for word in said])
