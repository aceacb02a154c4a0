"""A product: its picture, what speaks for it, its price; and the line that strikes an old price through."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from frameloom.apps.compose.scenes.board import Board, Motion
from frameloom.apps.compose.scenes.figures import backdrop, bar, card, figure, line_to, stroked
from frameloom.apps.compose.scenes.heading import (
    Short,
    Text,
    add_lines,
    add_text,
    pixels_of,
    rising,
    scaled_picture,
)
from frameloom.apps.compose.scenes.layout import columns, cue_times, height_of, lower, rows, stack, unit, width_of
from frameloom.apps.compose.scenes.lettering import RoleName, calm, indent, is_to_left, middle_of, write
from frameloom.apps.compose.scenes.pieces import Piece, piece_of
from frameloom.apps.compose.stage import Draw, Stage
from frameloom.core.config import Config
from frameloom.effects.titles.motion import Box
from frameloom.media.text import Align, TextBlock

Amount = Annotated[str, Field(max_length=24)]
"""A price as it is written, such as $19.90 or 89 kr."""

_BESIDE_FROM = 1.4
"""Form from which on the picture stands beside the words, not above them."""
_SLIM_FROM = 1.4
"""Times as high as wide, a product stands beside its words in any picture."""
_SEEN_FROM = 8
"""Alpha, of 255, from which on something is seen."""
_CUT_OUT_FROM = 0.1
"""Share of a picture that is transparent, from which on it needs no card."""


class Product(Config):
    """A product: its picture, what speaks for it, its price."""

    kind: Literal["product"] = "product"
    name: Short
    claim: Text = ""
    features: Annotated[tuple[Text, ...], Field(max_length=4)] = ()
    price: Amount = ""
    was: Amount = ""
    """The price before; it is struck through."""
    picture: Path | None = None
    """Best a PNG that is transparent around the product."""

    def parts(self) -> tuple[str, ...]:
        """Return the text of each part, in the order of cues."""
        return (self.name, *self.features, *([self.price] if self.price else []))

    def begin(self, stage: Stage) -> Draw:
        """Return what the scene shows."""
        theme, board, box = stage.theme, Board(backdrop(stage)), stage.safe
        pixels = None if self.picture is None else _trimmed(pixels_of(self.picture, stage, "product: picture"))
        times = cue_times(stage, len(self.parts()))
        words, align, scale = box, theme.align, 1.25
        if pixels is not None:
            beside = width_of(box) > height_of(box) * _BESIDE_FROM or pixels.shape[0] > pixels.shape[1] * _SLIM_FROM
            frame, words = self._split(stage, box, beside, pixels.shape[1] / pixels.shape[0])
            align = "start" if beside else theme.align
            scale = 1.0 if beside or stage.is_upright else 0.9
            rim = 0 if (pixels[..., 3] < 128).mean() > _CUT_OUT_FROM else unit(stage, 1.4)
            image = scaled_picture(pixels, width_of(frame) - 2 * rim, height_of(frame) - 2 * rim)
            x = frame[0] + (width_of(frame) - image.width) // 2
            y = frame[1] + (height_of(frame) - image.height) // 2
            if rim:
                around = (x - rim, y - rim, x + image.width + rim, y + image.height + rim)
                card(stage, board, around, motion=Motion(0, "fade", 0.4))
            board.add(piece_of(np.asarray(image), x, y), rising(stage, times[0], 0.6))
        self._words(stage, board, words, align, scale, times)
        return board

    def _split(self, stage: Stage, box: Box, beside: bool, form: float) -> list[Box]:
        """Return where the picture and the words stand: the more is said, the smaller a picture above it."""
        if beside:
            wide = width_of(box) > height_of(box) * 1.45
            most = 0.3 if stage.is_upright else 0.38
            share = 0.46 if wide else min(most, max(height_of(box) * form / width_of(box), 0.2))
            return columns(box, (share, 1 - share), unit(stage, 7 if wide else 5))
        share = (0.42 if stage.is_upright else 0.39) - 0.02 * len(self.features)
        return rows(box, (share, 1 - share), unit(stage, 4))

    def _words(self, stage: Stage, board: Board, box: Box, align: Align, scale: float, times: list[float]) -> None:
        theme, wide, high = stage.theme, width_of(box), height_of(box)
        name = write(
            stage,
            self.name,
            "title",
            wide,
            high * 0.32,
            align=align,
            lines=3,
            scale=scale,
        )
        side, gap = unit(stage, 4), unit(stage, 1.4)
        tag, tag_size = self._tag(stage, wide, max(high * 0.18, unit(stage, 12 if stage.is_upright else 10)))
        room = high - name.height - tag_size[1] - unit(stage, 5.4)
        role: RoleName = "lead" if wide > unit(stage, 72) else "body"
        claim = write(stage, self.claim, role, wide, room * (0.35 if self.features else 1), theme.muted, align)
        room -= claim.height if self.claim.strip() else 0
        points = calm(stage, self.features, role, wide - side, max(room, 1), gap) if self.features else []
        heights = [float(name.height)]
        heights += [claim.height if self.claim.strip() else 0, *(point.height for point in points), tag_size[1]]
        gaps = [unit(stage, 1.6) if self.claim.strip() else 0.0, unit(stage, 3.4) if points else 0.0]
        gaps += [float(gap)] * (len(points) - 1)
        gaps += [float(unit(stage, 4.4))] if points else []
        if not points and tag_size[1]:
            gaps[1] = unit(stage, 4.4)
        free = max(high - sum(heights), 0)
        if sum(gaps) > free:
            gaps = [gap * free / sum(gaps) for gap in gaps]
        tops = stack(box, heights, gaps, 0.46 if self.picture else lower(stage, 0.46))
        add_lines(board, stage, name, indent(name, box, align, self.name), tops[0], times[0] + 0.1)
        if self.claim.strip():
            add_text(board, stage, claim, indent(claim, box, align, self.claim), tops[1], times[0] + 0.3)
        widest = max((point.width for point in points), default=0) + side
        flip = is_to_left(self.name)
        left = box[0] + (wide - widest) / 2 if align == "center" else box[2] - widest if flip else box[0]
        for text, point, y, at in zip(self.features, points, tops[2:], times[1:], strict=False):
            x = left + widest - side * 0.35 if flip else left + side * 0.35
            board.add(_check(stage, x, y + middle_of(point)), rising(stage, at))
            inner = (
                (round(left), 0, round(left + widest - side), 0)
                if flip
                else (round(left + side), 0, round(left + widest), 0)
            )
            add_text(board, stage, point, indent(point, inner, "right" if flip else "left", text), y, at)
        if tag:
            total = tag_size[0]
            x = box[0] + (wide - total) / 2 if align == "center" else box[2] - total if flip else float(box[0])
            _price_tag(stage, board, tag, (x, tops[-1]), times[-1])

    def _tag(self, stage: Stage, width: float, height: float) -> tuple[list[TextBlock], tuple[float, float]]:
        """Return the price, and the one before if there is one, and how large both are on their tag."""
        if not self.price.strip():
            return [], (0, 0)
        theme = stage.theme
        pad = unit(stage, 1.5)
        share = 0.55 if self.was.strip() else 0.9
        blocks = [
            write(
                stage,
                self.price,
                "heading",
                width * share - 4 * pad,
                height - 2 * pad,
                theme.on_accent,
                lines=1,
                scale=1.2,
            )
        ]
        total = blocks[0].width + 4 * pad
        if self.was.strip():
            blocks.append(write(stage, self.was, "body", width - total - 2 * pad, height, theme.muted, lines=1))
            total += blocks[1].width + 2 * pad
        return blocks, (total, blocks[0].height + 2 * pad)


def _trimmed(pixels: np.ndarray) -> np.ndarray:
    """Return a picture without what is transparent all along its borders."""
    seen = pixels[..., 3] > _SEEN_FROM
    if not seen.any():
        return pixels
    down, across = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return pixels[down[0] : down[-1] + 1, across[0] : across[-1] + 1]


def _check(stage: Stage, x: float, y: float) -> Piece | None:
    """Return a tick in the accent's colour."""
    size = unit(stage, 1.1)
    line = line_to((x - size, y), (x - size * 0.2, y + size * 0.8), (x + size * 1.1, y - size * 0.8))
    return figure(stage, stroked(line, stage.theme.accent, unit(stage, 0.55)))


def _price_tag(stage: Stage, board: Board, blocks: list[TextBlock], at: tuple[float, float], time: float) -> None:
    """Add a price on its tag, and the struck one beside it."""
    pad, theme = unit(stage, 1.5), stage.theme
    x, y = round(at[0]), round(at[1])
    price = blocks[0]
    tag = (x, y, x + price.width + 4 * pad, y + price.height + 2 * pad)
    board.add(bar(stage, tag, theme.accent, min(stage.side * theme.radius, height_of(tag) / 2)), rising(stage, time))
    add_text(board, stage, price, x + 2 * pad, y + pad, time)
    for was in blocks[1:]:
        left = tag[2] + 2 * pad
        top = (tag[1] + tag[3]) / 2 - middle_of(was)
        add_text(board, stage, was, left, top, time + 0.15)
        strike(stage, board, was, left, top, time + 0.4)


def strike(stage: Stage, board: Board, block: TextBlock, x: float, y: float, at: float) -> None:
    """Add a line through a text."""
    middle = y + middle_of(block)
    thick = max(2, round(block.size_px * 0.075))
    line = (round(x), round(middle - thick / 2), round(x + block.width), round(middle - thick / 2) + thick)
    board.add(bar(stage, line, stage.theme.bad), Motion(at, "spread", 0.3))
