"""Pages that show video and figures, each one file that opens from disk and needs nothing else.

    Page("Title").section("Samples").videos([...]).scores(...).curve(...).save(Path("index.html"))

A clip travels as one sheet of all its frames (PNG in the page) that a small script draws on a canvas; one clock
drives all clips, so that what stands side by side shows the same instant. The page's own policy forbids the network.
"""

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Self
from urllib.parse import quote

from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file
from frameloom.media.pages.clips import Clip, canvas, data_uri, length_of, png, sheet
from frameloom.media.pages.plot import Kind, Line, inline, number_text, plot
from frameloom.media.pages.scores import Metric, Score, cells_of

__all__ = ["Clip", "Kind", "Line", "Metric", "Page", "Photo", "Score", "data_uri", "png", "sheet"]

_PAGE_WIDTH_PX, _GAP_PX, _NARROW_COLUMNS = 1040, 12, 4
"""As in page.css, where a narrow screen shows at most four clips side by side."""
_POLICY = (
    "default-src 'none'; img-src data:; media-src 'self' data:; font-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'"
)


@dataclass(frozen=True)
class Photo:
    """A still to show."""

    jpeg: bytes
    """The bytes of a JPEG file."""
    caption: str = ""
    label: str = ""
    """What it shows, for those who cannot see it."""


class Page:
    """A page that grows from top to bottom; text may hold `code` between backticks."""

    def __init__(self, title: str, subtitle: str = "", *, rate: int = 10, made_by: str = "") -> None:
        """Begin a page whose clips play at this many frames per second; made_by stands in its footer."""
        self.title = title
        self._subtitle = subtitle
        self._rate = rate
        self._made_by = made_by
        self._sections: list[str] = []
        self._body: list[str] = []
        self._scripts: list[str] = []
        self._has_video = False

    def section(self, title: str, text: str = "") -> Self:
        """Begin a section, with a line in the page's menu."""
        self._sections.append(title)
        opening = "</section>" if len(self._sections) > 1 else ""
        self._body.append(f'{opening}<section id="s{len(self._sections)}"><h2>{inline(title)}</h2>')
        return self.text(text) if text else self

    def text(self, text: str) -> Self:
        """Add paragraphs, parted by empty lines."""
        self._body.extend(f"<p>{inline(part)}</p>" for part in re.split(r"\n\s*\n", text.strip()))
        return self

    def code(self, text: str) -> Self:
        """Add commands or code as they are."""
        self._body.append(f"<pre>{html.escape(text)}</pre>")
        return self

    def facts(self, facts: Mapping[str, str]) -> Self:
        """Add a row of figures, each under its name."""
        cells = "".join(f"<div><dt>{inline(name)}</dt><dd>{inline(value)}</dd></div>" for name, value in facts.items())
        self._body.append(f'<dl class="facts">{cells}</dl>')
        return self

    def videos(
        self, clips: Sequence[Clip], *, columns: int | None = None, zoom: int = 2, given: int = 0, caption: str = ""
    ) -> Self:
        """Add clips of one length in a grid, all playing together.

        Args:
            clips: what to show, row by row.
            columns: how many side by side; as many as fit if None.
            zoom: px on the page for each px of a clip; a narrow screen shrinks them.
            given: how many first frames the model was given.
            caption: a line under the grid.

        Raises:
            MediaError: no clips, frames of a wrong form, or clips of several lengths.
        """
        frames = length_of(clips)
        width = max(clip.frames.shape[2] for clip in clips) * zoom
        across = columns or min(len(clips), max(_PAGE_WIDTH_PX // (width + _GAP_PX), 1))
        sizes = f"--width:{width}px;--columns:{across};--narrow:{min(across, _NARROW_COLUMNS)}"
        cells = "".join(f'<figure class="clip">{canvas(clip)}{_caption(clip.caption)}</figure>' for clip in clips)
        return self._video(f'<div class="videos" style="{sizes}">{cells}</div>', frames, given, caption)

    def film(self, file: str, *, poster: str = "", caption: str = "") -> Self:
        """Add a film with sound that lies beside the page, with a player's controls.

        Args:
            file: its name, relative to the page.
            poster: name of the picture that is shown before it plays.
            caption: a line under it.
        """
        first = f' poster="{html.escape(quote(poster))}"' if poster else ""
        player = f'<video controls preload="metadata" src="{html.escape(quote(file))}"{first}></video>'
        self._body.append(f'<figure class="film">{player}{_caption(caption)}</figure>')
        return self

    def photos(self, photos: Sequence[Photo], *, width_px: int = 240) -> Self:
        """Add stills in a grid, as many side by side as fit at this width."""
        across = max(_PAGE_WIDTH_PX // (width_px + _GAP_PX), 1)
        cells = "".join(
            f'<figure class="clip"><img loading="lazy" alt="{html.escape(photo.label, quote=True)}" '
            f'src="data:image/jpeg;base64,{base64.b64encode(photo.jpeg).decode("ascii")}">'
            f"{_caption(photo.caption)}</figure>"
            for photo in photos
        )
        sizes = f"--width:{width_px}px;--columns:{across};--narrow:{min(across, 2)}"
        self._body.append(f'<figure><div class="videos" style="{sizes}">{cells}</div></figure>')
        return self

    def video_table(
        self,
        headings: Sequence[str],
        rows: Mapping[str, Sequence[Clip]],
        *,
        zoom: int = 2,
        given: int = 0,
        caption: str = "",
    ) -> Self:
        """Add clips of one length as a table: a row for each name, a column for each heading.

        Args:
            headings: of the columns, for example truth, prediction, difference.
            rows: clips by the name of their row, one under each heading.
            zoom: px on the page for each px of a clip.
            given: how many first frames the model was given.
            caption: a line under the table.

        Raises:
            MediaError: as videos, or a row that does not fit the headings.
        """
        for name, clips in rows.items():
            if len(clips) != len(headings):
                raise MediaError(f"row {name!r} has {len(clips)} clips for {len(headings)} headings; give one for each")
        frames = length_of([clip for clips in rows.values() for clip in clips])
        cells = ["<span></span>", *(f"<span>{inline(heading)}</span>" for heading in headings)]
        for name, clips in rows.items():
            cells.append(f"<span>{inline(name)}</span>")
            cells.extend(f'<figure class="clip">{canvas(clip)}{_caption(clip.caption)}</figure>' for clip in clips)
        widths = [clip.frames.shape[2] * zoom for clip in next(iter(rows.values()))]
        tracks = " ".join(f"minmax(5.5rem, {width}px)" for width in widths)
        layout = f"grid-template-columns:minmax(2rem, max-content) {tracks}"
        table = f'<div class="matrix" style="{layout}">{"".join(cells)}</div>'
        return self._video(f'<div class="scroll">{table}</div>', frames, given, caption)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str | float]], *, caption: str = "") -> Self:
        """Add a plain table; numbers stand to the right.

        Raises:
            MediaError: a row that does not fit the headings.
        """
        lines = list(rows)
        for line in lines:
            if len(line) != len(headings):
                raise MediaError(f"row {line!r} has {len(line)} cells for {len(headings)} headings; give one for each")
        numeric = [all(not isinstance(line[index], str) for line in lines) for index in range(len(headings))]
        head = "".join(
            f'<th class="{"number" if is_number else ""}">{inline(heading)}</th>'
            for heading, is_number in zip(headings, numeric, strict=True)
        )
        body = "".join(f"<tr>{''.join(_cell(value) for value in line)}</tr>" for line in lines)
        self._body.append(
            f'<figure><div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
            f"{_caption(caption)}</figure>"
        )
        return self

    def scores(self, metrics: Sequence[Metric], scores: Sequence[Score], *, caption: str = "") -> Self:
        """Add scores with a bar in each cell, from 0; the best model is marked, and a line across shows the floor.

        Raises:
            MediaError: a row without one value for each metric.
        """
        for score in scores:
            if len(score.values) != len(metrics):
                raise MediaError(
                    f"{score.name!r} has {len(score.values)} values; give one for each of {len(metrics)} metrics"
                )
        arrows = {"lower": "↓", "higher": "↑"}
        head = "<th></th>" + "".join(
            f'<th title="{metric.better} is better">{inline(metric.name)} {arrows[metric.better]}</th>'
            for metric in metrics
        )
        columns = [cells_of(metric, scores, index) for index, metric in enumerate(metrics)]
        body = ""
        for index, score in enumerate(scores):
            kind = f'<span class="kind">{score.kind}</span>' if score.kind != "model" else ""
            cells = "".join(column[index] for column in columns)
            body += f'<tr class="{score.kind}"><th>{inline(score.name)}{kind}</th>{cells}</tr>'
        table = f'<table class="scores"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        self._body.append(f'<figure><div class="scroll">{table}</div>{_caption(caption)}</figure>')
        return self

    def curve(
        self,
        title: str,
        lines: Sequence[Line],
        *,
        x_label: str,
        y_label: str,
        logarithmic: bool = False,
        caption: str = "",
    ) -> Self:
        """Add lines over axes; of a line of more than 600 points, 600 are drawn.

        Raises:
            MediaError: nothing finite to draw, or lengths that differ.
        """
        legend, drawing = plot(title, lines, x_label=x_label, y_label=y_label, logarithmic=logarithmic)
        self._body.append(
            f'<figure><h3>{inline(title)}</h3>{legend}<div class="scroll" style="margin:0">{drawing}</div>'
            f"{_caption(caption)}</figure>"
        )
        return self

    def scripted(self, markup: str, *scripts: str) -> Self:
        """Add markup as it is, which scripts of this folder move; each is named without its suffix."""
        self._body.append(markup)
        self._scripts.extend(name for name in scripts if name not in self._scripts)
        return self

    def html(self) -> str:
        """Return the page."""
        menu = "".join(f'<a href="#s{index}">{inline(name)}</a>' for index, name in enumerate(self._sections, 1))
        controls = _CONTROLS if self._has_video else ""
        files = resources.files("frameloom.media.pages")
        style = files.joinpath("page.css").read_text(encoding="utf-8")
        script = "\n".join(
            files.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in ("page", *self._scripts)
        )
        title = html.escape(self.title)
        subtitle = f"<p>{inline(self._subtitle)}</p>" if self._subtitle else ""
        body = "".join(self._body) + ("</section>" if self._sections else "")
        style += _signs(f"{title}{subtitle}{menu}{body}")
        return (
            f'<!DOCTYPE html>\n<html lang="en" data-theme="light" data-rate="{self._rate}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f"<title>{title}</title><style>\n{style}</style></head><body>"
            f'<div class="bar"><div><nav>{menu}</nav><div class="controls">{controls}'
            '<button id="theme" aria-label="Light or dark" title="Light or dark">◐</button></div></div></div>'
            f"<main><header><h1>{title}</h1>{subtitle}</header>"
            "<noscript><p>The clips on this page are drawn by a script; allow scripts to see them.</p></noscript>"
            f"{body}</main><footer>{inline(self._made_by)}</footer><script>\n{script}</script></body></html>\n"
        )

    def save(self, path: Path | str) -> None:
        """Write the page.

        Raises:
            OutputError: the place cannot be written.
        """
        with whole_file(Path(path)) as part:
            part.write_text(self.html(), encoding="utf-8")

    def _video(self, content: str, frames: int, given: int, caption: str) -> Self:
        """Add clips above the line that shows their time."""
        self._has_video = True
        share = f'<b style="width:{100 * given / frames:.1f}%"></b>' if given else ""
        time = f'<div class="time">{share}<i></i><span></span></div>' if frames > 1 else ""
        self._body.append(
            f'<figure data-frames="{frames}" data-given="{given}">{content}{time}{_caption(caption)}</figure>'
        )
        return self


_CONTROLS = (
    '<button id="play" aria-pressed="false" title="Space">Play</button>'
    '<button id="back" aria-label="One frame back" title="One frame back (←)">&lsaquo;</button>'
    '<button id="forward" aria-label="One frame on" title="One frame on (→)">&rsaquo;</button>'
    '<select id="speed" aria-label="Speed" class="wide">'
    '<option value="0.25">¼&times;</option><option value="0.5">½&times;</option>'
    '<option value="1" selected>1&times;</option><option value="2">2&times;</option></select>'
)


def _signs(text: str) -> str:
    """Return the rule of a font of the Chinese, Japanese and Korean signs in a text, for systems without."""
    if text.isascii():
        return ""
    from frameloom.media.text.slices import signs_of  # takes Pillow with it

    font = signs_of(text)
    if not font:
        return ""
    source = f"data:font/otf;base64,{base64.b64encode(font).decode('ascii')}"
    ranges = "U+2E00-9FFF,U+AC00-D7FF,U+F900-FAFF,U+FE00-FFFF"
    return f'@font-face{{font-family:"Frameloom CJK";unicode-range:{ranges};src:url("{source}")}}\n'


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f"<td>{inline(value)}</td>"
    return f'<td class="number">{number_text(value)}</td>'


def _caption(text: str) -> str:
    return f"<figcaption>{inline(text)}</figcaption>" if text else ""
