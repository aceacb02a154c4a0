"""Captions: what is said, shown while it is said, with the word of the moment standing out.

    words with times --grouped--> Caption --drawn once for each word--> planes with alpha, left, top

A caption stands on a band of its own, so that its letters keep a contrast of 4.5 to 1 whatever lies behind; the colour
of the word of the moment is made lighter until it does too.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from frameloom.apps.compose.storyboard import Captions
from frameloom.apps.compose.theme import LEAST_CONTRAST, Theme, contrast
from frameloom.apps.compose.timing import Laid, Placed, shows_captions
from frameloom.effects.titles.motion import Box, Part, Pose, Scene, Shown, play
from frameloom.effects.titles.stage import joined, plate, text_part
from frameloom.media.colors import parse_color
from frameloom.media.speech.tokens import Token, by_words, ends_clause, ends_sentence, is_sign
from frameloom.media.subtitles import Cue
from frameloom.media.text import TextBlock, TextStyle, fit_text
from frameloom.media.text.breaks import breaks_of, clusters_of, part_word, takes_hyphen

BAND = "#0b0e13e6"
"""Behind captions, nine tenths opaque."""
_BEHIND_WHITE = "#23262b"
"""What the band is over white, the lightest that it can be."""
LETTERS = "#ffffff"
_SIZE, _UPRIGHT_SIZE = 0.046, 0.056
"""Of letters, as a share of the shorter side: two lines fit into a theme's strip for captions."""
_MOST = {"spaced": (84, 56), "signs": (36, 26)}
"""Characters of a caption in wide and in upright pictures: about two lines."""
_LEAST_WHOLE = 0.8
"""Share of their size down to which letters shrink rather than that a word is parted."""
_HOLD_S = Fraction(3, 5)
"""That a caption stays after its last word, unless the next one comes."""
_JOIN_S = Fraction(3, 10)
"""Pauses shorter than this do not make captions flicker."""


@dataclass(frozen=True)
class Caption:
    """Words that are shown together, in the times of the film."""

    text: str
    words: tuple[Token, ...]
    """Their characters are those of this caption's text."""
    start: Fraction
    end: Fraction


def captions_of(laid: Laid, placed: Placed) -> tuple[Caption, ...]:
    """Return the captions of a beat."""
    if placed.narration is None:
        return ()
    text, longest = placed.narration.text, _two_lines(laid, placed.narration.text)
    words = [part for word in by_words(text, laid.words(placed)) for part in _parts_of(text, word, longest)]
    groups = list(_grouped(text, words, laid.storyboard.captions.most_characters or longest))
    starts = [group[0].start for group in groups[1:]]
    latest = placed.stop / laid.rate
    made = []
    for group, following in zip(groups, [*starts, None], strict=True):
        end = group[-1].end + _HOLD_S
        if following is not None:
            end = following if following - group[-1].end < _HOLD_S + _JOIN_S else end
        first = group[0].first
        shown = " ".join(text[first : group[-1].stop].split("\n"))
        shown += "-" if _goes_on(text, group[-1].stop) else ""
        own = tuple(replace(one, first=one.first - first, stop=one.stop - first) for one in group)
        made.append(Caption(shown, own, group[0].start, min(end, latest)))
    return tuple(made)


def all_captions(laid: Laid) -> tuple[Caption, ...]:
    """Return the captions of a film."""
    return tuple(caption for placed in laid.beats for caption in captions_of(laid, placed))


def cues(captions: Sequence[Caption]) -> list[Cue]:
    """Return captions as subtitles."""
    return [Cue(one.start, one.end, one.text) for one in captions]


def _two_lines(laid: Laid, text: str) -> int:
    """Return about how many characters two lines hold."""
    signs = sum(is_sign(letter) for letter in text)
    kind = "signs" if signs > len(text) / 3 else "spaced"
    wide = _MOST[kind][0 if laid.width > laid.height else 1]
    return round(wide / max(1.0, laid.storyboard.captions.scale))


def _parts_of(text: str, word: Token, longest: int) -> Iterator[Token]:
    """Yield a word, or its parts if it is longer than a caption; each is said in its share of the time."""
    clusters = clusters_of(text[word.first : word.stop])
    breaks = breaks_of(clusters)
    count = -(-len(clusters) // longest)
    ends = [0]
    for number in range(1, count):
        even = len(clusters) * number // count
        near = [place for place in range(even - longest // 6, even + 1) if breaks[place - 1] == "may"]
        ends.append(near[-1] if near else part_word(clusters, ends[-1], even))
    places = [word.first + len("".join(clusters[:end])) for end in ends] + [word.stop]
    for first, stop in pairwise(places):
        start, end = (
            word.start + (word.end - word.start) * (place - word.first) / (word.stop - word.first)
            for place in (first, stop)
        )
        yield Token(first, stop, start, end)


def _goes_on(text: str, stop: int) -> bool:
    """Return whether a caption ends within a word that shows it by a hyphen."""
    return 0 < stop < len(text) and takes_hyphen(text[stop - 1], text[stop])


def _grouped(text: str, words: Sequence[Token], most: int) -> Iterator[list[Token]]:
    """Yield words in captions: sentences by themselves, long ones parted at a comma, else as evenly as can be."""
    sentence: list[Token] = []
    for word in words:
        sentence.append(word)
        if ends_sentence(text[word.first : word.stop]) or word is words[-1]:
            yield from _parted(text, sentence, most)
            sentence = []


def _parted(text: str, words: list[Token], most: int) -> Iterator[list[Token]]:
    length = words[-1].stop - words[0].first
    if length <= most or len(words) < 2:
        yield words
        return
    middle = words[0].first + length / 2

    def cost(at: int) -> float:
        before = words[at - 1]
        away = abs(before.stop - middle) / length
        return away - (0.25 if ends_clause(text[before.first : before.stop]) else 0)

    at = min(range(1, len(words)), key=cost)
    yield from _parted(text, words[:at], most)
    yield from _parted(text, words[at:], most)


At = Callable[[Fraction], Shown | None]


def begin_captions(laid: Laid, placed: Placed) -> At | None:
    """Return what draws the captions of a beat, at times in the film; None where none are shown.

    Raises:
        MediaError: a font cannot be read.
    """
    board = laid.storyboard
    if not shows_captions(board, placed.beat):
        return None
    drawer = _Drawer(laid, board.captions, placed.beat.language or board.language, laid.caption_box_of(placed))
    captions = captions_of(laid, placed)
    starts = [caption.start for caption in captions]

    def at(time: Fraction) -> Shown | None:
        index = bisect_right(starts, time) - 1
        if index < 0 or time >= captions[index].end:
            return None
        return drawer.draw(captions[index], time)

    return at


@dataclass(frozen=True)
class _Ready:
    """A caption in its lines, their corner, and its band and letters as one."""

    block: TextBlock
    left: int
    top: int
    ground: Part


class _Drawer:
    """Draws each caption once, and once more for each word that stands out."""

    def __init__(self, laid: Laid, settings: Captions, language: str, box: Box) -> None:
        self._laid, self._settings, self._language, self._box = laid, settings, language, box
        self._accent = standing_out(laid.theme)
        self._now: tuple[Caption, _Ready, dict[int, Shown | None]] | None = None

    def draw(self, caption: Caption, time: Fraction) -> Shown | None:
        if self._now is None or self._now[0] is not caption:
            self._now = caption, self._ready(caption.text), {}
        _, ready, drawn = self._now
        word = -1
        if self._settings.highlight:
            word = bisect_right([one.start for one in caption.words], time) - 1
        if word not in drawn:
            drawn[word] = self._picture(ready, caption.words[word] if word >= 0 else None)
        return drawn[word]

    def _ready(self, text: str) -> "_Ready":
        side = min(self._laid.width, self._laid.height)
        left, top, right, bottom = self._box
        pad_x, pad_y = round(side * 0.02), round(side * 0.008)
        style = TextStyle(
            font=self._laid.theme.body_font,
            size=(_UPRIGHT_SIZE if self._laid.width < self._laid.height else _SIZE) * self._settings.scale,
            weight=700,
            color=LETTERS,
            align="center",
            language=self._language,
            line_spacing=0.9,
        )
        room = right - left - 2 * pad_x, bottom - top - 2 * pad_y
        block = fit_text(text, style, side, *room, max_lines=3, least_whole=_LEAST_WHOLE)
        x = (left + right - block.width) // 2
        y = bottom - pad_y - block.height
        if self._settings.place == "middle":
            y = (self._laid.height - block.height) // 2
        band = plate(block.width + 2 * pad_x, block.height + 2 * pad_y, BAND, round(side * 0.01))
        return _Ready(block, x, y, joined([Part(band, x - pad_x, y - pad_y), text_part(block, x, y)]))

    def _picture(self, ready: "_Ready", word: Token | None) -> Shown | None:
        poses = [Pose(ready.ground)]
        if word is not None:
            poses.append(Pose(text_part(_only(ready.block, word, self._accent), ready.left, ready.top)))
        width, height = self._laid.width, self._laid.height
        return play(lambda time: Scene(tuple(poses)), width, height, 8, "bt709")(Fraction(0))


def _only(block: TextBlock, word: Token, color: str) -> TextBlock:
    """Return the letters of one word, where they stand, in a colour."""
    lines = tuple(
        replace(line, glyphs=tuple(one for one in line.glyphs if word.first <= one.index < word.stop))
        for line in block.lines
    )
    return replace(block, lines=lines, style=block.style.model_copy(update={"color": color}))


def standing_out(theme: Theme) -> str:
    """Return the colour of the word of the moment: the theme's accent, light enough to be read on the band."""
    red, green, blue, _ = parse_color(theme.accent)
    for step in range(21):
        share = step / 20
        parts = (round(part + (255 - part) * share) for part in (red, green, blue))
        color = "#{:02x}{:02x}{:02x}".format(*parts)
        if contrast(color, _BEHIND_WHITE) >= LEAST_CONTRAST + 1:
            return color
    return LETTERS
