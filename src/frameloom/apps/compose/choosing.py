"""What is shown in a beat: its own scene, the best pictures of the asset folder, or its words drawn large.

say of several sentences --a picture for each that one matches--> series, cut where the sentences begin
else                     --best picture for all of it-----------> image or clip
"""

# ruff: noqa: RUF001 (signs of many scripts are meant as they are)

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

from frameloom.apps.compose.assets import Match, Matcher, index
from frameloom.apps.compose.scenes import SceneConfig
from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.compose.scenes.footage import Move, Picture
from frameloom.apps.compose.scenes.series import MOST_SHOTS, Series, Shot
from frameloom.apps.compose.scenes.words import Title
from frameloom.apps.compose.sources import wrong_file
from frameloom.apps.compose.storyboard import Beat, Storyboard
from frameloom.apps.compose.suffixes import PICTURES
from frameloom.media.speech.tokens import ends_sentence, tokens_of

_MOVES: tuple[Move, ...] = ("in", "left", "out", "right")
"""Of the pictures of a series, one after the other."""
_LONGEST = 90
"""Characters of a drawn sentence."""
_LONGEST_WORD = 200
"""Characters of a word that is drawn whole."""


@dataclass(frozen=True)
class Chosen:
    """A scene and where it came from."""

    scene: SceneConfig
    source: str
    """storyboard, assets or words."""
    score: float | None = None
    """How well a picture of the folder matches the words, 0 to 1."""
    why: str = ""


def choose_scenes(board: Storyboard, folder: Path, film: Path | None = None) -> tuple[Sequence[Chosen], list[str]]:
    """Return a scene for each beat, and notes of what was and was not found; what was made for a film is not looked at.

    Raises:
        ConfigError: the asset folder is not there, or its list does not fit.
        MediaError: a picture that is to be looked for cannot be read.
    """
    matcher = Matcher(index(folder / board.assets, film)) if board.assets else None
    chosen: list[Chosen] = []
    notes: list[str] = []
    for number, beat in enumerate(board.beats):
        if beat.scene is not None:
            chosen.append(Chosen(beat.scene, "storyboard"))
            continue
        if matcher and (series := _series(matcher, beat, folder, board.likeness, notes)):
            chosen.append(series)
            notes.append(f"beats[{number}]: shows {series.why}")
            continue
        match = _best(matcher, beat, folder, board.likeness, notes) if matcher else None
        if matcher and match is not None and match.score >= board.likeness:
            matcher.use(match.asset)
            chosen.append(Chosen(_shown(match, folder), "assets", match.score, f"{match.asset.path.name}: {match.why}"))
            notes.append(f"beats[{number}]: shows {match.asset.path.name}, score {match.score:.2f} ({match.why})")
            continue
        if matcher:
            near = f"the nearest, {match.asset.path.name}, scores {match.score:.2f}" if match else "nothing comes near"
            notes.append(f"beats[{number}]: no picture of {board.assets} matches ({near}; {board.likeness:g} is asked "
                         "for); its words are drawn instead")  # fmt: skip
        chosen.append(Chosen(in_words(beat), "words", match.score if match else None))
    return chosen, notes


def _series(matcher: Matcher, beat: Beat, folder: Path, likeness: float, notes: list[str]) -> Chosen | None:
    """Return pictures for the sentences of a beat, one after the other; None where fewer than two have their own.

    Sentences without one keep what is shown before them, and the first ones show what comes first.
    """
    if beat.find or beat.cues or len(said := sentences_of(beat.say)) < 2:
        return None
    shown: dict[Path, tuple[str, Match]] = {}
    for sentence in said[:MOST_SHOTS]:
        match = _readable(matcher, partial(matcher.best, sentence), likeness, notes)
        if match is not None and match.score >= likeness and match.asset.path not in shown:
            shown[match.asset.path] = (sentence, match)
    if len(shown) < 2:
        return None
    matches = [match for _, match in shown.values()]
    for match in matches:
        matcher.use(match.asset)
    shots = [_shown(match, folder, move) for match, move in zip(matches, cycle(_MOVES))]
    scene = Series(shots=tuple(shots), named=tuple(sentence for sentence, _ in shown.values()))
    told = (f"{match.asset.path.name}, score {match.score:.2f} ({match.why})" for match in matches)
    return Chosen(scene, "assets", min(match.score for match in matches), "; ".join(told))


def _readable(matcher: Matcher, look: Callable[[], Match | None], likeness: float, notes: list[str]) -> Match | None:
    """Return the best file that can be shown of those that are found; add a note for each that cannot."""
    while True:
        match = look()
        if match is None or match.score < likeness:
            return match
        path = match.asset.path
        told = wrong_file(path, path.name, "clip" if match.asset.is_clip else "picture")
        if not told:
            return match
        notes.append(f"{told}; it is left out")
        matcher.drop(match.asset)


def _best(matcher: Matcher, beat: Beat, folder: Path, likeness: float, notes: list[str]) -> Match | None:
    """Return the best file for a beat: alike where a picture is given, else by words."""
    if Path(beat.find).suffix.lower() in PICTURES:
        return _readable(matcher, partial(matcher.alike, folder / beat.find), likeness, notes)
    return _readable(matcher, partial(matcher.best, beat.find or f"{beat.title} {beat.say}"), likeness, notes)


def _shown(match: Match, folder: Path, move: Move = "in") -> Shot:
    asset = match.asset
    path = asset.path.relative_to(folder) if asset.path.is_relative_to(folder) else asset.path.absolute()
    if asset.is_clip:
        return Clip(path=path, credit=asset.about.credit)
    return Picture(path=path, credit=asset.about.credit, move=move)


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, as they stand in it.

    >>> sentences_of("It rains. Dr. Lee has 3.5 m of rope! 下雨了。她来了。")
    ['It rains.', 'Dr. Lee has 3.5 m of rope!', '下雨了。', '她来了。']
    """
    text, found, begin = text.strip(), [], 0
    for first, stop in tokens_of(text):
        if ends_sentence(text[first:stop]):
            found.append(text[begin:stop].strip())
            begin = stop
    rest = text[begin:].strip()
    return [*found, rest] if rest else found


def in_words(beat: Beat) -> SceneConfig:
    """Return a drawn scene of the words of a beat: its title, or the first sentence that is said."""
    return Title(title=beat.title or first_sentence(beat.say) or " ")


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, cut between words where it is long.

    >>> first_sentence("It rains. It pours.")
    'It rains.'
    >>> len(first_sentence("w" * 300))
    91
    """
    text = " ".join(text.split())
    end = 0
    for first, stop in tokens_of(text):
        if stop > _LONGEST and end:
            return text[:end].rstrip(",;:，、；：") + "…"
        end = stop
        if ends_sentence(text[first:stop]):
            break
    return text[:end] if end <= _LONGEST_WORD else f"{text[:_LONGEST]}…"
