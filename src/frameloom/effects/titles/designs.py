"""Designs of titles that stand still once they have come: what each draws, where it stands, and how its parts move."""

from fractions import Fraction

from frameloom.effects.easing import ease
from frameloom.effects.titles.motion import At, Box, Motion, Part, Pose, Scene, moved, progress_at, wiped
from frameloom.effects.titles.settings import Caption, CaptionLook, Counter, Headline, Label, LowerThird
from frameloom.effects.titles.stage import Stage, Typing, indent, joined, plate, side_of, style_of, text_part
from frameloom.media.text import Align, TextBlock, fit_text, set_text
from frameloom.media.text.bidi import Direction, direction_of


def show_headline(title: Headline, stage: Stage) -> At:
    """Return large words with smaller ones beneath; the rule between grows with them."""
    look, side = title.look, stage.side
    direction = direction_of(title.text)
    align: Align = side_of(direction) if title.place == "start" else "center"
    width, high = stage.width * (0.62 if title.place == "start" else 0.84), stage.height * 0.8
    main_color, under_color = (look.text, look.second) if title.panel else (look.on_picture, look.on_picture)
    main = style_of(title, 0.115, look.weight, main_color, align, not title.panel)
    under = style_of(title, 0.05, 400, under_color, align, not title.panel)
    head = fit_text(title.text, main, side, width, high * (0.65 if title.subtitle else 1))
    foot = fit_text(title.subtitle, under, side, width, high * 0.3) if title.subtitle else None
    gap = round(side * 0.028 * title.scale) if title.rule and foot else 0
    total = head.height + 2 * gap + (foot.height if foot else 0)
    widest = max(head.width, foot.width if foot else 0)
    rim = round(side * 0.045 * title.scale) if title.panel else 0
    left, top = _headline_corner(title, direction, widest, total, rim, stage)
    rule_y = top + head.height + gap
    texts = [(head, left + indent(head.width, widest, align), top)]
    if foot:
        texts.append((foot, left + indent(foot.width, widest, align), rule_y + gap))
    parts = [text_part(*text) for text in texts]
    typing = Typing(texts)
    ground: list[Part] = []
    if title.panel:
        ground.append(Part(plate(widest + 2 * rim, total + 2 * rim, look.panel, rim // 3), left - rim, top - rim))
    rule: Part | None = None
    if gap:
        long, thick = round(min(widest, side * 0.24 * title.scale)), max(2, round(side * 0.007 * title.scale))
        rule = Part(plate(long, thick, look.accent), left + indent(long, widest, align), rule_y - thick // 2)

    def scene(time: Fraction) -> Scene:
        name, come = progress_at(title.motion, time, stage.duration)
        moves = [moved(part, name, come, direction, side // 10) for part in (*ground, *parts)]
        poses = tuple(pose for pose, _ in moves)
        if name == "type" and come < 1:
            poses = poses[: len(ground)] + typing.poses(come)
        if rule:
            poses += (Pose(rule, clip=_grown(rule.box, come, align)),)
        return Scene(poses, moves[0][1])

    return stage.play(scene)


def _headline_corner(
    title: Headline, direction: Direction, width: int, height: int, rim: int, stage: Stage
) -> tuple[int, int]:
    left, top, right, bottom = stage.safe
    x = (stage.width - width) // 2
    if title.place == "start":
        x = left + rim if direction == "ltr" else right - rim - width
    y = {"top": top + rim, "bottom": bottom - rim - height}.get(title.place, (stage.height - height) // 2)
    return x, y


def _grown(box: Box, progress: float, align: Align) -> Box:
    """Return what is seen of a rule that grows from its middle, or from the side where it stands."""
    if align != "center":
        return wiped(box, progress, "ltr" if align == "left" else "rtl")
    middle, half = (box[0] + box[2]) / 2, (box[2] - box[0]) / 2 * min(max(progress, 0.0), 1.0)
    return round(middle - half), box[1], round(middle + half), box[3]


_STEPS = ((0.0, 0.4), (0.2, 0.75), (0.4, 0.9), (0.5, 1.0))
"""When bar, panel and lines of a lower third move, as shares of the motion."""


def show_lower_third(title: LowerThird, stage: Stage) -> At:
    """Return a name and a role on a panel: the bar grows, the panel opens from it, then the words rise."""
    look, side = title.look, stage.side
    runs: Direction = direction_of(title.name)
    if title.side == "end":
        runs = "rtl" if runs == "ltr" else "ltr"
    align = side_of(runs)
    rim, bar_width = round(side * 0.026 * title.scale), max(4, round(side * 0.011 * title.scale))
    room = stage.safe[2] - stage.safe[0] - 2 * rim - bar_width
    limit = max(min(stage.width * (0.75 if stage.is_upright else 0.6), room), 1)
    names = style_of(title, 0.062, look.weight, look.text, align)
    lines = [fit_text(title.name, names, side, limit, stage.height * 0.25, 2)]
    if title.role:
        roles = style_of(title, 0.038, 400, look.second, align)
        lines.append(fit_text(title.role, roles, side, limit, stage.height * 0.2, 2))
    inner = max(line.width for line in lines)
    width, height = inner + 2 * rim, sum(line.height for line in lines) + rim
    top = stage.foot(0.04, 0.12) - height
    left = stage.safe[0] + bar_width if runs == "ltr" else stage.safe[2] - bar_width - width
    panel = Part(plate(width, height, look.panel), left, top)
    bar = Part(plate(bar_width, height, look.accent), left - bar_width if runs == "ltr" else left + width, top)
    words, y = [], top + rim // 2
    for line in lines:
        words.append(text_part(line, left + rim + indent(line.width, inner, align), y))
        y += line.height

    def scene(time: Fraction) -> Scene:
        name, come = progress_at(title.motion, time, stage.duration)
        if name != "wipe":
            moves = [moved(part, name, come, runs, side // 8) for part in (panel, bar, *words)]
            return Scene(tuple(pose for pose, _ in moves), moves[0][1])
        grown, opened, *risen = (_step(title.motion, time, stage.duration, *span) for span in _STEPS)
        open_box = wiped(panel.box, opened, runs)
        middle, half = (bar.box[1] + bar.box[3]) / 2, height / 2 * grown
        poses = [
            Pose(panel, clip=open_box),
            Pose(bar, clip=(bar.box[0], round(middle - half), bar.box[2], round(middle + half))),
        ]
        for part, up in zip(words, risen[: len(words)], strict=True):
            high = part.box[3] - part.top
            clip = (open_box[0], part.top, open_box[2], part.box[3])
            poses.append(Pose(part, dy=round((1 - up) * high), opacity=round(255 * min(1, 1.5 * up)), clip=clip))
        return Scene(tuple(poses))

    return stage.play(scene)


def _step(motion: Motion, time: Fraction, duration: Fraction, begin: float, end: float) -> float:
    """Return how far one of several steps has come, 0 to 1; they run backwards when the title leaves."""
    length = min(motion.duration, duration / 2)
    share = float(min(time, duration - time) / length)
    return min(max(ease(motion.easing, (share - begin) / (end - begin)), 0.0), 1.0)


def show_caption(title: Caption, stage: Stage) -> At:
    """Return what is said, on a box or with a border."""
    block, left, top = place_caption(title, title.text, stage)
    ground, words = caption_parts(title, stage, block, left, top)
    whole = joined([*ground, words])
    typing = Typing([(block, left, top)])

    def scene(time: Fraction) -> Scene:
        name, come = progress_at(title.motion, time, stage.duration)
        if name == "type" and come < 1:
            return Scene((*(Pose(part) for part in ground), *typing.poses(come)))
        pose, together = moved(whole, name, come, block.lines[0].direction, stage.side // 10)
        return Scene((pose,), together)

    return stage.play(scene)


def place_caption(title: CaptionLook, text: str, stage: Stage, italic: bool = False) -> tuple[TextBlock, int, int]:
    """Return a caption in its lines, and the corner of their box."""
    look = title.look
    style = style_of(
        title, 0.05, 400, look.text if title.back == "box" else look.on_picture, "center", title.back == "shadow"
    )
    if title.back == "outline":
        style = style.model_copy(update={"outline": 0.07, "shadow": 0.0})
    if italic:
        style = style.model_copy(update={"italic": True})
    width = stage.width * (0.86 if stage.is_upright else 0.78)
    block = fit_text(text, style, stage.side, width, stage.height * 0.45, title.max_lines, least_whole=0.8)
    above, below = stage.safe[1], stage.foot(0.02, 0.12) - block.height
    top = {"top": above, "center": (stage.height - block.height) // 2}.get(title.place, below)
    return block, (stage.width - block.width) // 2, top


def caption_parts(title: CaptionLook, stage: Stage, block: TextBlock, left: int, top: int) -> tuple[list[Part], Part]:
    """Return what is behind a caption's words, and the words."""
    words = text_part(block, left, top)
    if title.back != "box":
        return [], words
    x, y = (round(stage.side * share * title.scale) for share in (0.022, 0.006))
    radius = round(stage.side * 0.008 * title.scale)
    return [Part(plate(block.width + 2 * x, block.height + 2 * y, title.look.panel, radius), left - x, top - y)], words


def show_label(title: Label, stage: Stage) -> At:
    """Return a small note on a panel in a corner."""
    look, side = title.look, stage.side
    block = fit_text(title.text, style_of(title, 0.036, 700, look.text), side, stage.width * 0.5, stage.height * 0.3)
    direction = block.lines[0].direction
    x, y = round(side * 0.02 * title.scale), round(side * 0.007 * title.scale)
    dot = round(side * 0.02 * title.scale) if title.dot else 0
    width, height = block.width + 2 * x + 2 * dot, block.height + 2 * y
    left, top, right, bottom = stage.safe
    left = left if title.corner.endswith("left") else right - width
    top = top if title.corner.startswith("top") else bottom - height
    parts = [Part(plate(width, height, look.panel, round(side * 0.006 * title.scale)), left, top)]
    if dot:
        dot_left = left + x if direction == "ltr" else left + width - x - dot
        parts.append(Part(plate(dot, dot, look.accent, dot // 2), dot_left, top + (height - dot) // 2))
    parts.append(text_part(block, left + x + (2 * dot if direction == "ltr" else 0), top + y))
    whole = joined(parts)

    def scene(time: Fraction) -> Scene:
        name, come = progress_at(title.motion, time, stage.duration)
        pose, together = moved(whole, name, come, "ltr" if title.corner.endswith("left") else "rtl", side // 10)
        return Scene((pose,), together)

    return stage.play(scene)


def count(title: Counter, stage: Stage) -> At:
    """Return a number that counts; it is drawn anew only when it changes."""
    look, side = title.look, stage.side
    number = style_of(title, 0.2, look.weight, look.on_picture, "center", True)
    longest = max((format_number(title, value) for value in (title.start, title.end)), key=len)
    number = fit_text(longest, number, side, stage.width * 0.84, stage.height * 0.5, 1).style
    words = style_of(title, 0.05, 400, look.on_picture, "center", True)
    under = fit_text(title.text, words, side, stage.width * 0.84, stage.height * 0.25) if title.text else None
    high = set_text(longest, number, side).height
    top = (stage.height - high - (under.height if under else 0)) // 2
    still = [text_part(under, (stage.width - under.width) // 2, top + high)] if under else []
    length = title.counting or stage.duration * 4 / 5
    last: tuple[str, Part] | None = None

    def scene(time: Fraction) -> Scene:
        nonlocal last
        share = ease(title.easing, float(time / length))
        text = format_number(title, title.start + (title.end - title.start) * share)
        if last is None or last[0] != text:
            block = set_text(text, number, side)
            last = text, text_part(block, (stage.width - block.width) // 2, top)
        name, come = progress_at(title.motion, time, stage.duration)
        moves = [moved(part, name, come, "ltr", side // 10) for part in (last[1], *still)]
        return Scene(tuple(pose for pose, _ in moves), moves[0][1])

    return stage.play(scene)


def format_number(title: Counter, value: float) -> str:
    """Return a number as it is shown.

    >>> format_number(Counter(end=1, decimals=1, grouping=".", suffix=" %"), 1234.56)
    '1.234,6 %'
    """
    text = f"{value:,.{title.decimals}f}"
    whole, _, part = text.partition(".")
    mark = "," if title.grouping == "." else "."
    whole = "\u2212" + whole[1:] if whole.startswith("-") else whole
    return title.prefix + whole.replace(",", title.grouping) + (mark + part if part else "") + title.suffix
