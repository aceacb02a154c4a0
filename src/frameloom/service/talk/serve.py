"""Run the page of a live talk in this process: check everything, warm the voice, take the port, serve until stopped.

character, voice, answers --check--> port --bind--> announce(address) --> uvicorn, one worker
"""

import os
import re
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, NonNegativeInt, model_validator

from frameloom.apps.talk.characterfile import AUTO, Mood
from frameloom.apps.talk.store import character_names, load_character
from frameloom.core.config import Config
from frameloom.core.errors import ConfigError
from frameloom.service.port import address_of, has_screen, listen, server
from frameloom.service.talk.answers import Ask, echo
from frameloom.service.talk.app import create_talk_app
from frameloom.service.talk.conversation import LONGEST_PROMPT, Conversation
from frameloom.service.talk.endpoint import KEY, Address, Endpoint
from frameloom.service.talk.house import Chosen, House
from frameloom.service.talk.messages import LARGEST_MESSAGE
from frameloom.service.talk.program import Program
from frameloom.service.talk.voices import Voices


class LiveConfig(Config):
    """Who answers, how, with what, and where the page is found."""

    character: str = "ada"
    """A name or a character file; the page can choose among all that come with the package too."""
    voice: str = AUTO
    """A voice's name; auto leaves it to the character."""
    language: str = "en"
    """Code of the language that is spoken."""
    mood: Mood | None = None
    """A mood; by default the character's own."""
    answer: str | None = None
    """A program that gets a line and writes the answer; by default the line itself is said."""
    answer_url: str | None = None
    """A chat endpoint in the style of OpenAI's that gives the answer, http://.../v1/chat/completions."""
    answer_model: str = "default"
    """Which model the endpoint is asked for."""
    prompt: str | None = None
    """Who the character is and how it answers, or a file that says so; for an endpoint or a conversation."""
    conversation: bool = False
    """Whether the program gets the conversation so far, as JSON lines, in place of the line alone."""
    page: Path | None = None
    """A folder with a page of one's own, found at /own/."""
    seed: NonNegativeInt = 0
    """Fixes blinks, glances and gestures."""
    host: str = "127.0.0.1"
    """Address to listen at; any other than this machine's own lets others talk too, without a password."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen at; 0 for any that is free."""
    open: bool = True
    """Whether to open the page in a browser, where there is a screen."""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if self.answer is not None and self.answer_url is not None:
            raise ValueError("answer and answer_url: both given; give one of them")
        if self.conversation and self.answer is None:
            raise ValueError("conversation: is what a program gets; give --answer too")
        if self.prompt is not None and self.answer_url is None and not self.conversation:
            raise ValueError("prompt: nobody would read it; give --answer-url, or --answer and --conversation, too")
        return self


def house_of(config: LiveConfig, tell: Callable[[dict[str, Any]], object] = lambda record: None) -> House:
    """Return what the pages share, with the first voice warm.

    Raises:
        ConfigError: no such character, program or address.
        MediaError: no such voice, or it does not speak the language.
        MissingDependencyError: the package of the voice is not installed.
    """
    looks = load_character(config.character).looks
    if config.page is not None and not (config.page / "index.html").is_file():
        raise ConfigError(f"--page {config.page}: no index.html in it; give the folder of a page")
    begin = _asking(config)
    voices = Voices()
    voices.warm(config.voice, config.language, looks)
    languages = voices.languages()
    if config.language not in languages:
        languages = {config.language: config.language, **languages}
    known = character_names()
    characters = known if config.character in known else (config.character, *known)
    first = Chosen(config.character, config.voice, config.language, config.mood)
    return House(characters, voices, tuple(voices.offered()), languages, begin, first, config.seed, tell)


def _asking(config: LiveConfig) -> Callable[[], Ask]:
    """Return what begins each page's conversation."""
    prompt = None if config.prompt is None else prompt_of(config.prompt)
    if config.answer is not None:
        command = config.answer
        program = Program(command)
        return lambda: Program(command, Conversation(prompt)) if config.conversation else program
    if config.answer_url is not None:
        address = Address(config.answer_url, config.answer_model, os.environ.get(KEY) or None)
        return lambda: Endpoint(address, Conversation(prompt))
    return lambda: echo


def prompt_of(given: str) -> str:
    """Return a prompt that was given as it is, or as a file that holds it.

    Raises:
        ConfigError: there is no such file, it is no text, or the prompt is empty or too long.
    """
    path = Path(given)
    text = given
    if re.fullmatch(r"\S+\.(txt|md)|\S*/\S*", given) or (len(given) < 256 and path.is_file()):
        try:
            with path.open("rb") as file:
                text = file.read(4 * LONGEST_PROMPT + 1).decode()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
            raise ConfigError(f"--prompt {given}: cannot be read ({reason}); give a file or the words") from error
    if not text.strip() or len(text) > LONGEST_PROMPT:
        raise ConfigError(f"--prompt: {len(text)} characters; give 1 to {LONGEST_PROMPT}")
    return text.strip()


def serve_talk(
    config: LiveConfig,
    announce: Callable[[str], object],
    tell: Callable[[dict[str, Any]], object] = lambda record: None,
) -> None:
    """Serve the page until the process is told to stop.

    Args:
        config: who answers, and where.
        announce: gets the page's address once it can be opened.
        tell: hears of each line that was answered.

    Raises:
        ConfigError: no such character, program or address.
        MediaError: no such voice, or it does not speak the language.
        MissingDependencyError: the package of the voice is not installed.
        OutputError: the port cannot be taken.
        KeyboardInterrupt: it was told to stop.
    """
    with listen(config.host, config.port) as taken:
        app = create_talk_app(house_of(config, tell), name=config.host, own=config.page)
        address = address_of(taken)
        announce(address)
        if config.open and has_screen():
            webbrowser.open(address)
        server(app, LARGEST_MESSAGE).run(sockets=[taken])
