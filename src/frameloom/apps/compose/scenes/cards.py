"""Scenes of advertising that hold one thing: a price, and the card at the end."""

from typing import Literal

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.figures import backdrop, bar, mixed
from frameloom.apps.compose.scenes.heading import (
    Short,
    Text,
    add_lines,
    add_text,
    brand,
    rising,
)
from frameloom.apps.compose.scenes.layout import cue_times, height_of, lower, stack, unit, width_of
from frameloom.apps.compose.scenes.lettering import indent, middle_of, write
from frameloom.apps.compose.scenes.pieces import lettered
from frameloom.apps.compose.scenes.selling import Amount, strike
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config

_KEPT = 0.2
"""Share of the accent in the colour of a tag whose price is still to be named."""


class Price(Config):
    """A price, as large as it can be."""

    kind: Literal["price"] = "price"
    price: Amount
    was: Amount = ""
    kicker: Short = ""
    """What it is the price of."""
    note: Text = ""
    """Terms, such as until when."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(filter(None, (self.kicker, self.was, self.price, self.note)))

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board, box = stage.theme, Board(backdrop(stage)), stage.safe
        align = theme.align
        wide, high = width_of(box), height_of(box)
        pad = unit(stage, 4)
        blocks = {
            "kicker": write(stage, self.kicker, "heading", wide, high * 0.2, theme.text, align, 2, scale=1.2),
            "was": write(stage, self.was, "heading", wide, high * 0.13, theme.muted, align, 1, 600, 0.95),
            "price": write(
                stage, self.price, "number", wide - 2 * pad, high * 0.5, theme.on_accent, align, 1, scale=1.35
            ),
            "note": write(stage, self.note, "lead", wide, high * 0.15, theme.muted, align),
        }
        price = blocks["price"]
        tall = price.size_px * 0.78
        lead = self.kicker or self.note
        texts = {"kicker": self.kicker, "was": self.was, "price": self.price, "note": self.note}
        names = [name for name, text in texts.items() if text.strip()]
        times = dict(zip(names, cue_times(stage, len(names), together=True), strict=True))
        heights = [tall + 2 * pad if name == "price" else blocks[name].height for name in names]
        tops = dict(
            zip(names, stack(box, heights, [unit(stage, 2.6)] * (len(names) - 1), lower(stage, 0.46)), strict=True)
        )
        for name in names:
            block, y, at = blocks[name], tops[name], times[name]
            if name == "price":
                own = (box[0] + pad, box[1], box[2] - pad, box[3])
                left = round(indent(block, own, align, lead))
                tag = (left - pad, round(y), left + block.width + pad, round(y + tall + 2 * pad))
                radius = stage.side * theme.radius * 1.4
                if at > times[names[0]]:  # until it is named, its place is kept
                    kept = mixed(theme.background, theme.accent, _KEPT)
                    board.add(bar(stage, tag, kept, radius), Motion(times[names[0]], "fade", 0.4, until=at + 0.6))
                board.add(bar(stage, tag, theme.accent, radius), rising(stage, at, 0.6))
                top = y + pad + tall * 0.5 - middle_of(block)
                board.add(lettered(block, left, top), rising(stage, at, 0.6))
                continue
            x = indent(block, box, align, lead)
            add_lines(board, stage, block, x, y, at)
            if name == "was":
                strike(stage, board, block, x, y, times["price"])
        return board


class EndCard(Config):
    """The last picture: the mark, what to do, and where."""

    kind: Literal["end"] = "end"
    title: Text
    """What to do, such as Book your seat."""
    button: Short = ""
    """Where, such as an address on the web."""
    note: Text = ""
    """Small print."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return tuple(filter(None, (self.title, self.button, self.note)))

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board, box = stage.theme, Board(backdrop(stage)), stage.safe
        wide, high = width_of(box), height_of(box)
        logo = brand(stage, box, unit(stage, 14), "center")
        title = write(stage, self.title, "title", wide * 0.92, high * 0.42, align="center", scale=1.3)
        pad = unit(stage, 2.4)
        button = write(stage, self.button, "lead", wide - 4 * pad, high * 0.16, theme.on_accent, "center", 1, 700, 1.2)
        note = write(stage, self.note, "body", wide * 0.9, high * 0.14, theme.muted, "center", scale=0.92)
        heights = [
            logo.planes.height if logo else 0.0,
            title.height,
            button.height + 2 * pad if self.button.strip() else 0.0,
            note.height if self.note.strip() else 0.0,
        ]
        gaps = [unit(stage, 5) if logo else 0, unit(stage, 5) if heights[2] else 0, unit(stage, 3) if heights[3] else 0]
        tops = stack(box, heights, gaps, lower(stage, 0.48))
        times = iter(cue_times(stage, len(self.parts()), together=True))
        at = next(times)
        if logo is not None:
            moved = brand(stage, (box[0], round(tops[0]), box[2], box[3]), unit(stage, 14), "center")
            board.add(moved, Motion(at, "fade", 0.6))
        add_lines(board, stage, title, indent(title, box, "center"), tops[1], at + 0.15)
        if self.button.strip():
            at = next(times)
            x = round(indent(button, box, "center"))
            shape = (x - 2 * pad, round(tops[2]), x + button.width + 2 * pad, round(tops[2] + button.height + 2 * pad))
            board.add(
                bar(stage, shape, theme.accent, min(height_of(shape) / 2, stage.side * theme.radius * 2)),
                rising(stage, at),
            )
            add_text(board, stage, button, x, tops[2] + pad, at)
        if self.note.strip():
            add_text(board, stage, note, indent(note, box, "center"), tops[3], next(times))
        return board
