"""Scenes of words alone: title, headline, bullets, quote."""

from typing import Annotated, Literal

from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.evenly import largest
from frameloom.apps.compose.scenes.figures import backdrop, bar, disc, figure, filled
from frameloom.apps.compose.scenes.heading import (
    Short,
    Text,
    add_lines,
    add_text,
    below_brand,
    footnote,
    header,
    rising,
)
from frameloom.apps.compose.scenes.layout import cue_times, height_of, lower, stack, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, is_to_left, middle_of, write
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.media.canvas import Shape
from frameloom.media.text import Align

_GAP = 0.25
"""Share of what each point has of a box's height that lies between two of them at most."""


class Title(Config):
    """A title that fills the picture."""

    kind: Literal["title"] = "title"
    title: Text
    subtitle: Text = ""
    kicker: Short = ""
    """A word or two above the title, such as a column's name."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.title, self.subtitle) if self.subtitle else (self.title,)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        times = cue_times(stage, len(self.parts()), together=True)
        align: Align = theme.align
        box = below_brand(stage, board, stage.safe, align, self.title)
        wide = width_of(box) * (0.92 if stage.is_upright else 0.86)
        head = write(
            stage,
            self.title,
            "display",
            wide,
            height_of(box) * 0.58,
            align=align,
            scale=1.05 if stage.is_upright else 1.25,
        )
        foot = write(stage, self.subtitle, "lead", wide, height_of(box) * 0.24, theme.muted, align)
        kick = write(stage, self.kicker, "label", wide, height_of(box) * 0.1, theme.accent, align, 1, scale=1.35)
        heights, gaps, names = [], [], []
        for name, height, gap in (
            ("kick", kick.height if self.kicker.strip() else 0, unit(stage, 2.2)),
            ("head", head.height, unit(stage, 3.2)),
            ("rule", unit(stage, 1), unit(stage, 3.2)),
            ("foot", foot.height if self.subtitle.strip() else 0, 0),
        ):
            if height:
                heights.append(height)
                gaps.append(gap)
                names.append(name)
        tops = dict(zip(names, stack(box, heights, gaps[:-1], lower(stage, 0.48)), strict=True))
        if "kick" in tops:
            add_text(board, stage, kick, indent(kick, box, align, self.kicker), tops["kick"], times[0])
        add_lines(board, stage, head, indent(head, box, align, self.title), tops["head"], times[0])
        long, flip = unit(stage, 16), is_to_left(self.title)
        x = (box[0] + box[2] - long) // 2 if align == "center" else box[2] - long if flip else box[0]
        y = round(tops["rule"])
        rule = bar(stage, (x, y, x + long, y + unit(stage, 1)), theme.accent, unit(stage, 0.5))
        board.add(rule, Motion(times[0] + 0.3, "spread", 0.6, to_right=not flip))
        if "foot" in tops:
            at = max(times[-1], times[0] + 0.4)
            add_lines(board, stage, foot, indent(foot, box, align, self.subtitle), tops["foot"], at)
        return board


class Headline(Config):
    """News in one sentence: a chip with the topic, the headline on a panel, a line beneath."""

    kind: Literal["headline"] = "headline"
    text: Text
    subtitle: Text = ""
    chip: Short = ""
    """Topic or urgency, such as Breaking."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.text, self.subtitle) if self.subtitle else (self.text,)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = below_brand(stage, board, stage.safe, text=self.text)
        times = cue_times(stage, len(self.parts()), together=True)
        flip, strip = is_to_left(self.text), unit(stage, 1.3)
        inner = (box[0] + strip + unit(stage, 4), box[1], box[2], box[3])
        if flip:
            inner = (box[0], box[1], box[2] - strip - unit(stage, 4), box[3])
        wide = width_of(inner)
        head = write(stage, self.text, "title", wide, height_of(box) * 0.6, scale=1.28)
        foot = write(stage, self.subtitle, "lead", wide, height_of(box) * 0.22, theme.muted)
        chip = write(stage, self.chip, "label", wide * 0.6, height_of(box) * 0.1, theme.on_accent, lines=1, scale=1.2)
        pad = unit(stage, 1.3)
        chip_height = chip.height + 2 * pad if self.chip.strip() else 0
        foot_height = foot.height if self.subtitle.strip() else 0
        gaps = [unit(stage, 3.4) if chip_height else 0, unit(stage, 3) if foot_height else 0]
        place = lower(stage, 0.5) if stage.is_upright else 0.62
        tops = stack(box, [chip_height, head.height, foot_height], gaps, place)
        if chip_height:
            x = round(indent(chip, (inner[0] + 2 * pad, 0, inner[2] - 2 * pad, 0), "start", self.text))
            y = round(tops[0])
            around = (x - 2 * pad, y, x + chip.width + 2 * pad, y + chip_height)
            board.add(bar(stage, around, theme.accent, stage.side * theme.radius * 0.6), rising(stage, times[0]))
            add_text(board, stage, chip, x, y + pad, times[0])
        x = box[2] - strip if flip else box[0]
        side = (x, round(tops[1]), x + strip, round(tops[2] + foot_height if foot_height else tops[1] + head.height))
        board.add(bar(stage, side, theme.accent, 0), Motion(times[0], "wipe", 0.5, to_right=not flip))
        add_lines(board, stage, head, indent(head, inner, "start", self.text), tops[1], times[0] + 0.1)
        if foot_height:
            at = max(times[-1], times[0] + 0.35)
            add_lines(board, stage, foot, indent(foot, inner, "start", self.subtitle), tops[2], at)
        return board


class Bullets(Config):
    """Points, each of which comes when it is named."""

    kind: Literal["bullets"] = "bullets"
    title: Short = ""
    items: Annotated[tuple[Text, ...], Field(min_length=1, max_length=10)]
    numbered: bool = False
    source: Short = ""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return self.items

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board = stage.theme, Board(backdrop(stage))
        box = footnote(stage, board, self.source, header(stage, board, self.title, stage.safe))
        count, times = len(self.items), cue_times(stage, len(self.items))
        flip = is_to_left(self.title or self.items[0])
        indentation = unit(stage, (9.6 if self.numbered else 5) * (1.12 if stage.is_upright else 1))
        gap = min(unit(stage, 2.4 if count < 6 else 1.6), round(height_of(box) / count * _GAP))
        most = 1.5 if count < 4 else 1.3
        role: Literal["lead", "body"] = "lead" if count < 6 else "body"
        blocks = largest(stage, [self.items], role, width_of(box) - indentation, height_of(box), gap, most)[0]
        spare = height_of(box) - sum(block.height for block in blocks)
        gap = max(gap, min(unit(stage, 8), round(spare * 0.8 / count)))
        tops = stack(
            box, [block.height for block in blocks], [gap] * (count - 1), lower(stage, 0.38) if self.title else 0.5
        )
        radius = round(blocks[0].size_px * (0.45 if self.numbered else 0.18))
        for number, (text, block, top, at) in enumerate(zip(self.items, blocks, tops, times, strict=True), 1):
            first = block.baselines[0] - block.size_px * 0.34 if block.baselines else 0
            middle = (box[2] - radius if flip else box[0] + radius, top + first)
            board.add(figure(stage, filled(disc(*middle, radius), theme.accent)), rising(stage, at))
            if self.numbered:
                sign = write(stage, str(number), "label", 2 * radius, 2 * radius, theme.on_accent, scale=1.2)
                add_text(board, stage, sign, middle[0] - sign.width / 2, middle[1] - middle_of(sign), at)
            inner = (box[0], box[1], box[2] - indentation, box[3]) if flip else (box[0] + indentation, *box[1:])
            add_text(board, stage, block, indent(block, inner, "right" if flip else "left", text), top, at)
        return board


class Quote(Config):
    """What somebody said."""

    kind: Literal["quote"] = "quote"
    text: Text
    by: Short = ""
    role: Short = ""
    """Who that is."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.text, self.by) if self.by else (self.text,)

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, box, board = stage.theme, stage.safe, Board(backdrop(stage))
        times = cue_times(stage, len(self.parts()), together=True)
        align: Align = theme.align
        wide = width_of(box) * (1 if stage.is_upright else 0.88)
        flip = is_to_left(self.text)
        weight = min(theme.heading_weight, 600)
        text = write(stage, self.text, "title", wide, height_of(box) * 0.62, align=align, weight=weight, scale=1.15)
        by = write(stage, self.by, "body", wide, height_of(box) * 0.09, theme.text, align, 1, 700)
        role = write(stage, self.role, "body", wide, height_of(box) * 0.09, theme.muted, align, 2, scale=0.9)
        sign_height = unit(stage, 7.5)
        by_height = by.height if self.by.strip() else 0
        role_height = role.height if self.role.strip() else 0
        gaps = [unit(stage, 3.2), unit(stage, 4.2) if by_height else 0, unit(stage, 0.6) if role_height else 0]
        tops = stack(box, [sign_height, text.height, by_height, role_height], gaps, lower(stage, 0.45))
        board.add(figure(stage, *_marks(stage, box, tops[0], align, flip)), rising(stage, times[0]))
        add_lines(board, stage, text, indent(text, box, align, self.text), tops[1], times[0] + 0.1)
        at = max(times[-1], times[0] + 0.5)
        if by_height:
            add_text(board, stage, by, indent(by, box, align, self.by), tops[2], at)
        if role_height:
            add_text(board, stage, role, indent(role, box, align, self.role), tops[3], at + 0.1)
        return board


def _marks(stage: Stage, box: tuple[int, int, int, int], top: float, align: Align, flip: bool) -> list[Shape]:
    """Return two quotation marks, drawn: a disc with a tail, twice."""
    size = unit(stage, 3.0)
    wide = size * 5.2
    x = (box[0] + box[2] - wide) / 2 if align == "center" else box[2] - wide if flip else box[0]
    shapes = []
    for place in (0, 1):
        left = x + place * size * 2.8
        middle = (left + size * 1.2, top + size * 1.45)
        shapes.append(filled(disc(*middle, size * 1.05), stage.theme.accent))
        tail = (
            left + size * 0.15, middle[1], left + size * 0.15, top + size * 0.5, left + size * 0.9, top - size * 0.1,
            left + size * 1.9, top - size * 0.25, left + size * 2, top, left + size * 2.1, top + size * 0.25,
            left + size * 2.0, top + size * 0.3, left + size * 1.3, top + size * 0.6, left + size * 0.95, top + size,
            left + size * 1.0, middle[1],
        )  # fmt: skip
        shapes.append(filled(tail, stage.theme.accent))
    return shapes
