"""A dialogue becomes a film: everybody on one stage, the camera on who speaks, words below.

Dialogue --tracks, moods, who listens--> a behaviour for each of the cast --+
         --turns--> shots ------------------------------ stages ------------+--> pictures --+--> out.mp4
         --cues--> captions in the pictures, or a track beside them --------+               |
         --sound, alike loud for all -------------------------------------------------------+
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from frameloom.apps.talk.behaviour import Behaviour, Listening, MoodChange
from frameloom.apps.talk.camera import EVERYBODY, shots_of
from frameloom.apps.talk.character import Character, shape_of
from frameloom.apps.talk.characterfile import BackgroundConfig
from frameloom.apps.talk.dialogue import Dialogue, Hear, Line, Voices, spoken
from frameloom.apps.talk.render import drawing
from frameloom.apps.talk.script import Script, listener
from frameloom.apps.talk.speaking import phrases_of
from frameloom.apps.talk.stage import Place, Stage, facing, share_of, side_by_side
from frameloom.apps.talk.store import load_character
from frameloom.apps.talk.tracks import TracksConfig, check_tracks, write_tracks
from frameloom.apps.talk.voice import OwnVoice, voices_of
from frameloom.core.errors import ConfigError
from frameloom.core.files import folder_beside
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.effects.blend import over
from frameloom.effects.titles.captions import begin_captions
from frameloom.effects.titles.motion import At
from frameloom.effects.titles.settings import CaptionLook
from frameloom.media.colors import parse_color
from frameloom.media.files.formats import SoundFormat, VideoFormat, choose, keeps_alpha
from frameloom.media.files.sink import write_media
from frameloom.media.frames import Written
from frameloom.media.planes import Planes
from frameloom.media.subtitles.soft import add_subtitles

CHANNELS = 1
_LOW = 0.5
"""Share of a picture's height below which the heads of all are where captions usually stand."""
_TURN = 0.6
"""Radians by which one at the edge of the picture would be turned to the others."""


class TalkConfig(TracksConfig):
    """What a script becomes."""

    out: Path
    """The film."""
    transparent: bool = False
    """Whether the background is left out, so that it can be laid over another film: .webm, or .mov (prores)."""


@dataclass(frozen=True)
class _Step:
    line: Line
    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


def talk(script: Script, config: TalkConfig, hear: Hear, view: View = "auto", voices: Voices | None = None) -> Written:
    """Write the film of a script, while progress is shown.

    Args:
        script: who says what.
        config: what it becomes.
        hear: what tells mouths of a recording.
        view: how progress is shown.
        voices: opens voices; by default those of `media.speech`.

    Raises:
        ConfigError: a character, a voice or a background is unknown or does not fit.
        MediaError: a recording cannot be read, or the format does not fit.
        OutputError: a place cannot be written, or no format for mouth movements ends like that.
    """
    characters = cast_of(script)
    video = _video_of(script, config)
    check_tracks(config, script, config.out)
    cast = voices_of(script, characters)
    with folder_beside(config.out) as folder:
        dialogue = _spoken(script, cast, hear, view, voices)
        stages = Stages(dialogue, characters, transparent=config.transparent)
        pictures = (stages.picture(number) for number in range(stages.count))
        steps = showing(drawing(pictures, stages.count, stages.rate), config.out.name, view)
        made = folder / config.out.name
        written = write_media(
            made,
            (step.picture for step in steps),
            dialogue.blocks(),
            rate=script.setting.rate,
            width=script.setting.width,
            height=script.setting.height,
            channels=CHANNELS,
            video=video,
            made_by=_made_by(script, characters),
            metadata={"title": script.title} if script.title else None,
        )
        cues = dialogue.cues
        if script.setting.subtitles == "soft" and cues:
            language = cast[script.turns[0].who].manner.language.partition("-")[0]
            add_subtitles(made, cues, config.out, language)
        else:
            made.replace(config.out)
    beside = map(str, write_tracks(dialogue, config))
    return replace(written, path=config.out, notes=(*written.notes, *_notes(dialogue), *beside))


def tell(
    script: Script, config: TracksConfig, hear: Hear, view: View = "auto", voices: Voices | None = None
) -> list[Path]:
    """Write subtitles and what mouths do, without a film, and return the paths of the files.

    Raises:
        ConfigError: a character or a voice is unknown or does not fit.
        OutputError: a suffix is not known, or a place cannot be written.
    """
    check_tracks(config, script)
    cast = voices_of(script, cast_of(script))
    return write_tracks(_spoken(script, cast, hear, view, voices), config)


def _spoken(script: Script, cast: Mapping[str, OwnVoice], hear: Hear, view: View, voices: Voices | None) -> Dialogue:
    return Dialogue(script, tuple(step.line for step in showing(_speaking(script, cast, hear, voices), "voices", view)))


def _made_by(script: Script, characters: Mapping[str, Character]) -> str:
    """Return who is drawn, and which of their voices are synthetic and which are recorded."""
    shown = list(dict.fromkeys(character.looks.name for character in characters.values()))
    told = [f"frameloom {version()} talk", f"drawn characters: {', '.join(shown)}"]
    for kind, is_recorded in (("synthetic", False), ("recorded", True)):
        who = {turn.who for turn in script.turns if (turn.sound is not None) is is_recorded}
        heard = list(dict.fromkeys(characters[name].looks.name for name in script.cast if name in who))
        told += [f"{kind} voices: {', '.join(heard)}"] if heard else []
    return "; ".join(told)


def _notes(dialogue: Dialogue) -> Iterator[str]:
    """Yield a note for each recording in which nobody speaks, or that is very soft."""
    for line in dialogue.lines:
        if line.turn.sound is not None and not phrases_of(line.track):
            yield f"turn {line.number + 1}: no speech is heard in {line.turn.sound}; the mouth stays shut"
        elif line.note:
            yield f"turn {line.number + 1}: {line.turn.sound}: {line.note}"


def _video_of(script: Script, config: TalkConfig) -> VideoFormat:
    """Return how pictures are written: transparent ones in a .mov as prores, if nothing else is asked for.

    Raises:
        ConfigError: they are to be transparent, and the format cannot hold that.
        MediaError: the format is unknown, or does not take the codec.
    """
    video = script.setting.video
    if config.transparent and video.codec is None and config.out.suffix.lower() == ".mov":
        video = video.model_copy(update={"codec": "prores"})
    codec = choose(config.out, video, SoundFormat()).video
    if config.transparent and (codec is None or not keeps_alpha(config.out, codec)):
        raise ConfigError(f"{config.out}: {codec} holds no transparency; write .webm or .mov, or leave transparent out")
    return video


def cast_of(script: Script) -> dict[str, Character]:
    """Return the characters of a cast, all before the same background.

    Raises:
        ConfigError: one is unknown, or the background is neither a colour nor a picture.
        MediaError: a picture cannot be read.
    """
    characters = {name: load_character(member.character) for name, member in script.cast.items()}
    first = next(iter(characters.values()))
    shared, folder = first.looks.background, first.folder
    if script.setting.background is not None:
        shared, folder = background_named(script.setting.background)
    return {
        name: Character(one.looks.model_copy(update={"background": shared}), folder) for name, one in characters.items()
    }


def background_named(named: str) -> tuple[BackgroundConfig, Path]:
    """Return what a script calls its background, and the folder of its picture.

    Raises:
        ConfigError: it is neither a colour nor a picture.
    """
    if Path(named).is_file():
        return BackgroundConfig(kind="picture", picture=Path(named).resolve()), Path()
    try:
        parse_color(named)
    except ConfigError as error:
        raise ConfigError(f"setting.background: {named!r} is neither a picture nor a colour ({error})") from error
    return BackgroundConfig(kind="plain", color=named), Path()


class Stages:
    """The whole cast, and each of them alone: what the camera can show."""

    def __init__(self, dialogue: Dialogue, characters: Mapping[str, Character], *, transparent: bool = False) -> None:
        """Prepare how everybody behaves over the whole dialogue.

        Raises:
            MediaError: the background cannot be read.
        """
        setting = dialogue.script.setting
        self.dialogue, self.rate = dialogue, setting.rate
        self.shots = shots_of(dialogue.turns, dialogue.duration)
        row = side_by_side(list(characters.values()))
        size = setting.width, setting.height
        self.places = dict(zip(characters, row, strict=True))
        alone = dict(zip(characters, facing(row, *size, "bust"), strict=True))
        self.behaviours = {
            name: Behaviour(
                character.looks,
                dialogue.track(name),
                seed=setting.seed + number,
                moods=_moods(dialogue, name, character),
                listening=tuple(_listening(dialogue, name, self.places)),
                turn=_TURN * (0.5 - self.places[name].middle),
                frame_s=float(1 / self.rate),
            )
            for number, (name, character) in enumerate(characters.items())
        }

        @cache
        def stage(whom: str) -> Stage:
            if whom == EVERYBODY:
                return Stage(list(self.places.values()), *size, "half", transparent)
            return Stage([alone[whom]], *size, "bust", transparent)

        self._stage = stage
        self._words: dict[bool, At] = {}
        if setting.subtitles == "burned":
            tall = size[0] * share_of(len(row), *size) / shape_of("half")
            above = CaptionLook(place="center" if tall < _LOW * size[1] else "bottom")
            self._words = {
                one: begin_captions(dialogue.cues, *size, look=above if one else None) for one in (True, False)
            }

    @property
    def count(self) -> int:
        """Return how many pictures the film has."""
        return int(self.dialogue.duration * self.rate)

    def whom(self, time: Fraction) -> str:
        """Return whom the camera shows at a time in s."""
        return next((shot.whom for shot in self.shots if time < shot.stop), self.shots[-1].whom)

    def picture(self, number: int) -> Planes:
        """Return a picture of the film, as of the middle of its time."""
        time = (number + Fraction(1, 2)) / self.rate
        whom = self.whom(time)
        shown = list(self.behaviours) if whom == EVERYBODY else [whom]
        picture = self._stage(whom).picture([self.behaviours[name].at(float(time)) for name in shown])
        words = self._words[whom == EVERYBODY](time) if self._words else None
        return picture if words is None else over(picture, words.planes, words.left, words.top)


def _moods(dialogue: Dialogue, name: str, character: Character) -> list[MoodChange]:
    """Return the moods of one of the cast: each from a little before its turn."""
    usual = character.looks.manner.mood
    return [
        MoodChange(max(float(line.start) - 0.3, 0.0), line.turn.mood or usual)
        for line in dialogue.lines
        if line.turn.who == name
    ]


def _listening(dialogue: Dialogue, name: str, places: Mapping[str, Place]) -> Iterator[Listening]:
    """Yield when one of the cast listens, and to which side."""
    for line in dialogue.lines:
        speaker = line.turn.who
        if speaker != name:
            side = 1.0 if places[speaker].middle > places[name].middle else -1.0
            attention = 1.0 if listener(dialogue.script, line.number) == name else 0.8
            yield Listening(float(line.start), float(line.stop), side * attention)


def _speaking(script: Script, cast: Mapping[str, OwnVoice], hear: Hear, voices: Voices | None) -> Iterator[_Step]:
    for line in spoken(script, cast, hear, voices):
        done = (line.number + 1) / len(script.turns)
        yield _Step(line, done, f"turn {line.number + 1} of {len(script.turns)}: {line.turn.who}")
