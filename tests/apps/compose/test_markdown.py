"""Plain Markdown as a storyboard: headings are scenes, paragraphs are said, the rest is shown."""

import pytest

from frameloom.apps.compose.lines import ParseError
from frameloom.apps.compose.markdown import parse_markdown
from frameloom.apps.compose.storyboard import Storyboard

TEXT = """\
---
template: lesson
aspect: 9:16
---
# The circle

How much **paper** for a [circle](x.html)?

## The formula

Pi times the radius squared.

$$ A = \\pi r^2 $$

## In numbers

| Radius | Area |
|---|---:|
| 1 cm | 3.1 cm\u00b2 |
| 2 cm | 12.6 cm\u00b2 |

Twice the radius, four times the area.

## Remember

- Square the radius
- Multiply by pi
  and be done

> Give me a place
> to stand.
> - Archimedes

![A river](river.jpg)

It flows.

![](clip.mp4)

```python
x = 1
```

1. one
2. two

Bye.

And good night.
"""


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
def test_every_kind_of_block_becomes_its_scene() -> None:
    parsed = parse_markdown(TEXT)
    beats = parsed.settings["beats"]
    assert parsed.settings["title"] == "The circle"
    assert parsed.settings["aspect"] == "9:16"
    assert [(beat["scene"]["kind"], beat.get("say", "")) for beat in beats if "scene" in beat] == [
        ("title", "How much paper for a circle?"),
        ("formula", "Pi times the radius squared."),
        ("bars", "Twice the radius, four times the area."),
        ("bullets", "Square the radius. Multiply by pi and be done."),
        ("quote", ""),
        ("image", "It flows."),
        ("clip", ""),
        ("code", ""),
        ("bullets", "Bye."),
    ]
    assert beats[-1] == {"say": "And good night."}
    assert [beat["title"] for beat in beats if "title" in beat] == [
        "The circle",
        "The formula",
        "In numbers",
        "Remember",
    ]
    bars = beats[2]["scene"]
    assert bars["data"] == [{"label": "1 cm", "value": 3.1}, {"label": "2 cm", "value": 12.6}]
    assert bars["after"] == " cm\u00b2"
    assert beats[4]["scene"] == {"kind": "quote", "text": "Give me a place to stand.", "by": "Archimedes"}
    assert beats[5]["scene"] == {"kind": "image", "path": "river.jpg", "caption": "A river"}
    assert beats[7]["scene"]["code"] == "x = 1"
    assert beats[8]["scene"]["numbered"]
    assert Storyboard.model_validate(parsed.settings).size == (1080, 1920)


def test_underlined_headings_comments_and_names_with_spaces() -> None:
    parsed = parse_markdown(
        "The circle\n==========\n\nHow <!-- really\nmuch? --> much?\n\nArea\n---\n\n![](my%20old picture.jpg)\n\n"
        '![b](<a b.mp4> "seen")\n\nIt is round.\n\n---\n\nBye.\n'
    )
    assert parsed.settings["title"] == "The circle"
    first, second, last = parsed.settings["beats"]
    assert (first["say"], first["scene"]["title"]) == ("How much?", "The circle")
    shots = [
        {"kind": "image", "path": "my old picture.jpg", "caption": "Area"},
        {"kind": "clip", "path": "a b.mp4", "caption": "b"},
    ]
    assert second == {"title": "Area", "say": "It is round.", "scene": {"kind": "series", "shots": shots}}
    assert last == {"say": "Bye."}
    assert parsed.lines["beats", 1] == 7


def test_a_heading_is_written_over_the_first_picture_alone() -> None:
    beats = parse_markdown(
        "## Flood\n\n![](a.jpg)\n\nIt rose.\n\n![](b.jpg)\n\nIt fell.\n\n![A boat](c.jpg)\n"
    ).settings["beats"]
    assert [beat.get("title") for beat in beats] == ["Flood", None, None]
    assert [beat["scene"].get("caption") for beat in beats] == ["Flood", None, "A boat"]
    (listed, shown) = parse_markdown("## Flood\n\n- Rain\n\n![](a.jpg)\n").settings["beats"]
    assert (listed["scene"]["title"], shown["scene"].get("caption")) == ("Flood", None)


def test_comments_in_listings_are_kept() -> None:
    listing = parse_markdown("```html\n<!-- kept -->\n```\n").settings["beats"][0]["scene"]
    assert listing["code"] == "<!-- kept -->"


def test_pictures_in_one_paragraph_or_under_each_other_share_its_words() -> None:
    blocks = ("It rains ![](a.jpg) and shines. ![](b.jpg)", "Bye.", "![](c.jpg)", "![](d.mp4)", "![](e.jpg)", "End.")
    one, two, three = parse_markdown("\n\n".join([*blocks, "![](f.jpg)"])).settings["beats"]
    assert one["say"] == "It rains and shines."
    assert [shot["path"] for shot in one["scene"]["shots"]] == ["a.jpg", "b.jpg"]
    assert two["say"] == "Bye."
    assert [(shot["kind"], shot["path"]) for shot in two["scene"]["shots"]] == [
        ("image", "c.jpg"),
        ("clip", "d.mp4"),
        ("image", "e.jpg"),
    ]
    assert (three["say"], three["scene"]["path"]) == ("End.", "f.jpg")


def test_lines_are_those_of_the_file() -> None:
    lines = parse_markdown(TEXT).lines
    rows = TEXT.split("\n")
    assert rows[lines["aspect",] - 1] == "aspect: 9:16"
    assert rows[lines["beats", 1] - 1] == "## The formula"
    assert rows[lines["beats", 1, "scene"] - 1].startswith("$$")
    assert rows[lines["beats", 5, "scene"] - 1].startswith("![A river]")


def test_a_table_of_several_numbers_is_lines_and_one_of_words_bullets() -> None:
    lines = parse_markdown("| Year | A | B |\n|---|---|---|\n| 2020 | 1 | 2 |\n| 2021 | 3 | 4 |\n").settings["beats"][0]
    assert lines["scene"] == {
        "kind": "lines",
        "labels": ["2020", "2021"],
        "series": [{"name": "A", "values": [1, 3]}, {"name": "B", "values": [2, 4]}],
    }
    unit = parse_markdown(
        "| Day | A | B | C |\n|---|---|---|---|\n| 1 | 1,5 mm | -$2 | 2mm |\n| 2 | 3 mm | $4 | 4mm |\n"
    ).settings
    charts = [beat["scene"] for beat in unit["beats"]]
    assert charts[0]["series"] == [{"name": "A", "values": [1.5, 3]}, {"name": "C", "values": [2, 4]}]
    assert (charts[0]["after"], charts[1]["before"], charts[1]["title"]) == (" mm", "$", "B")
    assert [bar["value"] for bar in charts[1]["data"]] == [-2, 4]
    words = parse_markdown("| Who | What |\n|---|---|\n| Ann | sings |\n").settings["beats"][0]
    assert words["scene"] == {"kind": "bullets", "items": ["Ann: sings"]}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("---\ntitle: x\n", 1, "settings at the head do not end"),
        ("---\na: [\n---\n# x\n", 2, "not valid YAML"),
        ("# x\n\n$$ a + b\n", 3, "the formula does not end"),
        ("# x\n\n~~~\ncode\n", 3, "the listing does not end"),
        ("---\ntitle: x\nbeats: 3\n---\n# x\n", 3, "beats stand below"),
        ("", 1, "nothing is said or shown"),
    ],
)
def test_what_is_broken_is_told_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(ParseError, match=told) as caught:
        parse_markdown(text)
    assert caught.value.line == line


def test_a_picture_within_a_paragraph_is_shown_and_tags_are_not_said() -> None:
    (beat,) = parse_markdown("Coffee<br>is here. ![](a.png)\n").settings["beats"]
    assert beat == {"say": "Coffee is here.", "scene": {"kind": "image", "path": "a.png"}}


def test_items_within_an_item_stay_with_it() -> None:
    (beat,) = parse_markdown("1. one\n   - inner\n   - other\n2. two\n").settings["beats"]
    assert beat["scene"] == {"kind": "bullets", "items": ["one: inner, other", "two"], "numbered": True}


def test_a_table_keeps_its_heading_and_its_currencies() -> None:
    text = "## Prices\n\n| Thing | Cost |\n|---|---|\n| Tea | \u00a528 |\n| Cup | {} |\n"
    (chart,) = parse_markdown(text.format("\u00a59")).settings["beats"]
    assert (chart["scene"]["title"], chart["scene"]["before"]) == ("Prices: Cost", "\u00a5")
    (mixed,) = parse_markdown(text.format("$9")).settings["beats"]
    assert mixed["scene"] == {"kind": "bullets", "items": ["Tea: \u00a528", "Cup: $9"], "title": "Prices"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A footnote[^1] and ~~struck~~ words.", "A footnote and struck words."),
        ("Of $x^2$ and $v_0$; $5 or $6.", "Of x\u00b2 and v\u2080; $5 or $6."),
        (r"$\frac{a}{b} \le \sqrt{2}\,\pi$", "a/b \u2264 \u221a2 \u03c0"),
        ("R&amp;D, 18&nbsp;mm, &lt;b&gt;", "R&D, 18\xa0mm, <b>"),
        ("See <https://a.org/b> or <me@a.org>.", "See a.org/b or me@a.org."),
        ("In the [valley][1], the [hill] and [nowhere][2].", "In the valley, the hill and [nowhere][2]."),
        (r"Not \*slanted\*, and 2\_000 \# \\.", "Not *slanted*, and 2_000 # \\."),
        ("One  \ntwo\\\nthree.", "One two three."),
        ("`a*b*c` and ``a`b``", "a*b*c and a`b"),
        ("<b>Wind</b>, rain<br>sun", "Wind, rain sun"),
        ("It rains :umbrella:.", "It rains :umbrella:."),
    ],
)
def test_marks_are_neither_said_nor_drawn(written: str, read: str) -> None:
    below = '\n\n[^1]: The note.\n    It goes on.\n[1]: https://a.org\n[hill]: <b c.html> "Hill"\n'
    (beat,) = parse_markdown(f"{written}{below}").settings["beats"]
    assert beat["say"] == read


def test_tasks_are_points_and_pictures_may_be_named_below() -> None:
    text = "- [ ] a task\n- [x] done\n\n```text\n[1]: code\n```\n\n## Sky\n\nRain.\n\n![][sky]\n\n[sky]: <a b.jpg>\n"
    points, code, rain = parse_markdown(text).settings["beats"]
    assert points["scene"]["items"] == ["a task", "done"]
    assert code["scene"]["code"] == "[1]: code"
    assert rain["scene"] == {"kind": "image", "path": "a b.jpg", "caption": "Sky"}


@pytest.mark.parametrize("shown", ["![one](a.jpg)", "![](a.jpg) ![](b.jpg)", "> Rain."])
def test_the_title_of_the_film_is_seen_once_at_its_begin(shown: str) -> None:
    said = "We go. " if "!" in shown else ""
    first, second = parse_markdown(f"# A walk\n\n{said}{shown}\n").settings["beats"]
    assert first == {"title": "A walk", "scene": {"kind": "title", "title": "A walk"}}
    assert "A walk" not in str(second)
    (alone,) = parse_markdown("# A walk\n\nWe go. ![](a.jpg)\n").settings["beats"]
    assert alone["scene"]["caption"] == "A walk"
