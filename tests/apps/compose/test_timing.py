"""Words drive everything: how long beats are, when parts of pictures appear, what captions show when."""

# ruff: noqa: RUF001 (signs of many scripts are meant as they are)

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from frameloom.apps.compose.captions import all_captions, begin_captions, captions_of, standing_out
from frameloom.apps.compose.naming import cues_of
from frameloom.apps.compose.scenes.code import Code
from frameloom.apps.compose.scenes.footage import Picture
from frameloom.apps.compose.scenes.layered import Layered
from frameloom.apps.compose.scenes.overlays import Ticker as Running
from frameloom.apps.compose.scenes.series import Series
from frameloom.apps.compose.scenes.words import Bullets, Title
from frameloom.apps.compose.speaking import Narration
from frameloom.apps.compose.storyboard import Beat, Captions, Storyboard, Transition
from frameloom.apps.compose.theme import contrast, read_theme, theme_names
from frameloom.apps.compose.timing import Laid, lay_out
from frameloom.effects.blend import over
from frameloom.effects.titles import Ticker
from frameloom.media.image import to_rgb
from frameloom.media.planes import plain
from frameloom.media.speech.tokens import by_words, read_silently

S = Fraction


def narration(text: str) -> Narration:
    tokens, duration = read_silently(text, 1)
    return Narration(text, tokens, (), duration, None, "none")


def laid_of(*says: str, **settings: object) -> Laid:
    board = Storyboard.model_validate(
        {"template": "lesson", "side": 180, **settings, "beats": [{"say": say} for say in says]}
    )
    scenes = [Title(title="x") for _ in says]
    return lay_out(board, scenes, [narration(say) for say in says], read_theme("lesson-board"), Path())


def test_a_beat_is_as_long_as_its_words_and_its_breath() -> None:
    placed = laid_of("Rain in the valley.").beats[0]
    assert placed.narration is not None
    wanted = S(3, 10) + placed.narration.duration + S(7, 10)  # the lesson's lead and breath
    assert 0 <= placed.frames - wanted * 25 < 1


def test_a_given_length_holds_unless_the_words_need_more() -> None:
    board = Storyboard(
        beats=(
            Beat(say="Rain.", length=S(4)),
            Beat(say="Rain in the valley all day.", length=S(1)),
            Beat(scene=Title(title="x")),
        )
    )
    narrations = [narration(board.beats[0].say), narration(board.beats[1].say), None]
    one, two, three = lay_out(board, [Title(title="x")] * 3, narrations, read_theme("lesson-board"), Path()).beats
    assert one.frames == 100
    assert two.frames >= (S(3, 10) + narrations[1].duration) * 25  # type: ignore[union-attr]
    assert three.frames == 100  # the lesson's four seconds of quiet
    assert (two.first, three.first) == (one.stop, two.stop)


def test_cuts_fall_on_the_beat_where_they_are_told_to() -> None:
    board = Storyboard(beats=(Beat(say="Rain in the valley."), Beat(say="And more of it.")))
    narrations = [narration(beat.say) for beat in board.beats]
    laid = lay_out(
        board, [Title(title="x")] * 2, narrations, read_theme("lesson-board"), Path(), lambda time: -(-time // 2) * S(2)
    )
    assert [placed.first for placed in laid.beats] == [0, 100]
    assert laid.frames == 150


def test_parts_come_when_they_are_named() -> None:
    said = narration("Closed are the bridge, the old school, and all roads to the north.")
    scene = Bullets(title="Closed", items=("The bridge", "School", "Road to the north"))
    starts = {said.text[one.first : one.stop]: one.start for one in said.tokens}
    cues = cues_of(Beat(say=said.text, scene=scene), scene, said, S(1, 2))
    assert cues == tuple(starts[word] + S(1, 2) for word in ("bridge,", "school,", "roads"))


def test_a_part_that_is_named_again_later_waits_for_it() -> None:
    said = narration("Twice as much, three times, or four times as much? It is four times as much.")
    scene = Bullets(
        title="Quiz", items=("Twice as much", "Three times as much", "Four times as much", "Four times as much")
    )
    cues = cues_of(Beat(say=said.text, scene=scene), scene, said, S(0))
    fours = [one.start for one in said.tokens if said.text[one.first : one.stop] == "four"]
    assert cues[2:] == tuple(fours)


def test_what_no_word_names_is_spread_between() -> None:
    said = narration("Alpha beta gamma delta omega.")
    scene = Bullets(title="x", items=("alpha", "nothing", "omega"))
    first, between, last = cues_of(Beat(say=said.text, scene=scene), scene, said, S(0))
    assert between == (first + last) / 2
    other = Bullets(title="x", items=("nothing", "nowhere"))
    assert cues_of(Beat(say=said.text, scene=other), other, said, S(0)) == ()


def test_what_has_no_heading_does_not_wait() -> None:
    said = narration("It rained all night in the valley.")
    scene = Title(title="In the valley", subtitle="all night")
    assert cues_of(Beat(say=said.text, scene=scene), scene, said, S(1))[0] == 0


def test_a_listing_under_a_heading_is_there_at_once_but_where_a_cue_says_otherwise() -> None:
    said = narration("First we take the number, and only then we return it.")
    scene = Code(title="A function", code="def f(x):\n    return x\n")
    assert cues_of(Beat(say=said.text, scene=scene), scene, said, S(1)) == (0,)
    later = Beat(say=said.text, scene=scene, cues=("return",))
    assert cues_of(later, scene, said, S(0))[0] > 1


def test_a_shot_comes_with_the_first_word_of_its_sentence() -> None:
    told = narration("We saw a bridge. And there is the bridge. And a mill.")
    shots = tuple(Picture(path=Path(name)) for name in ("mill.png", "old_bridge.png", "mill.png"))
    series = Series(shots=shots, named=("We saw a bridge.", "And there is the bridge.", "And a mill."))
    assert cues_of(Beat(say=told.text), series, told, S(0)) == tuple(told.tokens[at].start for at in (0, 4, 9))
    assert series.model_copy(update={"named": ()}).parts() == ("mill", "old bridge", "mill")


def test_a_shot_comes_with_the_part_of_the_sentence_that_names_it() -> None:
    told = narration("In the morning we saw a bridge, and a mill by the sea. At last came rain.")
    shots = tuple(Picture(path=Path(f"{name}.png")) for name in ("bridge", "mill", "sea", "rain"))
    cues = cues_of(Beat(say=told.text), Series(shots=shots), told, S(0))
    assert cues == tuple(told.tokens[at].start for at in (0, 7, 12, 13))


def test_given_cues_are_times_or_words() -> None:
    said = narration("Rain in the valley, sun on the hills.")
    scene = Bullets(title="x", items=("one", "two"))
    beat = Beat(say=said.text, scene=scene, cues=(S(1, 4), "hills"))
    hills = next(one.start for one in said.tokens if said.text[one.first : one.stop].startswith("hills"))
    assert cues_of(beat, scene, said, S(1)) == (S(1, 4), hills + 1)


@settings(deadline=None, max_examples=40)
@given(
    some.lists(
        some.text("ab ,.雨", min_size=1, max_size=120).filter(lambda text: any(letter in text for letter in "ab雨")),
        min_size=1,
        max_size=3,
    )
)
def test_captions_follow_each_other_inside_their_beats_and_hold_every_word(says: list[str]) -> None:
    laid = laid_of(*says)
    captions = all_captions(laid)
    assert all(one.start < one.end for one in captions)
    assert all(one.end <= other.start for one, other in pairwise(captions))
    for placed in laid.beats:
        own = captions_of(laid, placed)
        words = by_words(placed.beat.say, laid.words(placed))
        assert sum(len(one.words) for one in own) == len(words)
        assert all(placed.first <= one.start * 25 and one.end * 25 <= placed.stop for one in own)
        assert all(one.words[0].start == one.start and one.words[0].first == 0 for one in own)


def test_a_caption_goes_with_its_beat() -> None:
    board = Storyboard(beats=(Beat(say="Rain in the valley.", breath=S(0)), Beat(say="Sun.")))
    narrations = [narration(beat.say) for beat in board.beats]
    laid = lay_out(board, [Title(title="x")] * 2, narrations, read_theme("lesson-board"), Path())
    assert captions_of(laid, laid.beats[0])[-1].end == laid.beats[0].stop / laid.rate


def test_captions_are_parted_at_sentences_and_commas() -> None:
    laid = laid_of(
        "It rains. "
        + "When the river rises in the night and nobody sees it, the old bridge at the mill is closed to all."
    )
    texts = [one.text for one in all_captions(laid)]
    assert texts == [
        "It rains.",
        "When the river rises in the night and nobody sees it,",
        "the old bridge at the mill is closed to all.",
    ]


@pytest.mark.parametrize("theme", theme_names())
def test_every_word_of_a_caption_can_be_read_over_white_and_over_black(theme: str) -> None:
    laid = laid_of("Rain in the valley.", theme=theme)
    laid = Laid(laid.storyboard, laid.folder, read_theme(theme), 1920, 1080, laid.beats, (0, 1080))
    at = begin_captions(laid, laid.beats[0])
    assert at is not None
    shown = at(laid.words(laid.beats[0])[0].start)
    assert shown is not None
    for ground in ((255, 255, 255), (0, 0, 0)):
        rgb = to_rgb(over(plain(1920, 1080, ground), shown.planes, shown.left, shown.top))
        middle = rgb[shown.top + 4, shown.left + shown.planes.width // 2]  # the band above the letters
        band = "#{:02x}{:02x}{:02x}".format(*(int(part) for part in middle))
        assert contrast("#ffffff", band) >= 4.5
        assert contrast(standing_out(laid.theme), band) >= 4.5


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1", "4:5"])
@pytest.mark.parametrize(
    "say",
    [
        "The river has risen by two metres since Monday, and nobody knows when it will fall again.",
        "自星期一以来，河水上涨了两米，没有人知道什么时候会再次下降。",
        "月曜日から川の水位は二メートル上がり、いつ下がるかは誰にも分かりません。",
        "ارتفع النهر مترين منذ يوم الاثنين، ولا أحد يعرف متى سينخفض مرة أخرى.",
        "सोमवार से नदी दो मीटर बढ़ गई है, और कोई नहीं जानता कि यह फिर कब गिरेगी।",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen 🎉🌧️!",
    ],
)
def test_captions_stay_in_their_strip_and_nothing_is_cut_off(say: str, aspect: str) -> None:
    laid = laid_of(say, aspect=aspect, side=360)
    placed = laid.beats[0]
    at = begin_captions(laid, placed)
    assert at is not None
    left, top, right, bottom = laid.caption_box
    for caption in captions_of(laid, placed):
        shown = at(caption.start)
        assert shown is not None
        assert left <= shown.left
        assert top - 1 <= shown.top
        assert shown.left + shown.planes.width <= right + 2
        assert shown.top + shown.planes.height <= bottom + 2
        alpha = shown.planes.alpha
        assert alpha is not None
        assert int(np.asarray(shown.planes.y)[alpha > 0].max()) > 180  # letters


@pytest.mark.parametrize("word", ["pneumono" * 40, "นมัสเต" * 40, "العربية" * 30])
@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_a_word_that_is_longer_than_a_caption_is_parted_and_stays_as_large(word: str, aspect: str) -> None:
    laid = laid_of(word, aspect=aspect, side=360)
    placed = laid.beats[0]
    captions = captions_of(laid, placed)
    at = begin_captions(laid, placed)
    assert at is not None
    assert "".join(one.text.removesuffix("-") for one in captions) == word
    assert any(one.text.endswith("-") for one in captions) == word.startswith("p")
    short = laid_of(word[:6], aspect=aspect, side=360)
    small = begin_captions(short, short.beats[0])
    assert small is not None
    line = small(short.words(short.beats[0])[0].start)
    assert line is not None
    for caption in captions:
        shown = at(caption.start)
        assert shown is not None
        assert shown.planes.height > 0.75 * line.planes.height
        assert shown.top + shown.planes.height <= laid.caption_box[3] + 2
    assert [one.end - one.start for one in captions[:-1]] == pytest.approx(
        [float(captions[0].end - captions[0].start)] * (len(captions) - 1), rel=0.3
    )


def test_the_word_of_the_moment_is_drawn_in_another_colour_and_only_when_it_changes() -> None:
    laid = laid_of("Rain in the valley.")
    placed = laid.beats[0]
    at = begin_captions(laid, placed)
    assert at is not None
    words = laid.words(placed)
    first, again, second = at(words[0].start), at(words[0].end - S(1, 1000)), at(words[1].start)
    assert first is again
    assert second is not first
    assert at(S(0)) is None
    plain_captions = laid_of("Rain in the valley.", captions={"highlight": False})
    still = begin_captions(plain_captions, plain_captions.beats[0])
    assert still is not None
    assert still(words[0].start) is still(words[2].start)


@pytest.mark.parametrize(
    ("say", "to_right"), [("Rain in the valley.", True), ("تمطر في الوادي اليوم.", False), ("山谷下雨了。", True)]
)
def test_the_right_word_is_lit(say: str, to_right: bool) -> None:
    laid, dull = laid_of(say, side=360), laid_of(say, side=360, captions={"highlight": False})
    lit, plain_at = begin_captions(laid, laid.beats[0]), begin_captions(dull, dull.beats[0])
    assert lit is not None
    assert plain_at is not None
    middles, widths = [], []
    for word in laid.words(laid.beats[0]):
        with_it, without = lit(word.start), plain_at(word.start)
        assert with_it is not None
        assert without is not None
        columns = np.flatnonzero((with_it.planes.u != without.planes.u).any(axis=0))
        middles.append(float(columns.mean()))
        widths.append(int(columns.max() - columns.min()) / (word.stop - word.first))
    assert middles == sorted(middles, reverse=not to_right)
    assert max(widths) < 4 * min(widths)  # each is as wide as its letters, and no wider


def test_captions_can_be_left_out() -> None:
    laid = laid_of("Rain.", captions=False)
    assert begin_captions(laid, laid.beats[0]) is None
    assert laid.storyboard.captions == Captions(show=False)
    assert laid.stage(laid.beats[0]).safe[3] > laid_of("Rain.").stage(laid.beats[0]).safe[3]


def test_a_ticker_leaves_scenes_and_captions_their_room() -> None:
    ticker = Ticker(text="News", heading="NEWS", place="bottom")
    laid = laid_of("Rain.", over=[ticker.model_dump()])
    without = laid_of("Rain.")
    assert laid.free[1] < 180
    assert laid.caption_box[3] <= laid.free[1] < without.caption_box[3]
    assert laid.stage(laid.beats[0]).safe[3] <= laid.caption_box[1]
    above = laid_of("Rain.", over=[ticker.model_copy(update={"place": "top"}).model_dump()])
    assert above.stage(above.beats[0]).safe[1] >= above.free[0] > 0


def test_transitions_are_those_of_the_beat_the_storyboard_or_the_template() -> None:
    board = Storyboard(
        transition=Transition(name="wipeleft", duration=S(1, 5)),
        beats=(Beat(say="One."), Beat(say="Two."), Beat(say="Three.", transition=Transition(name="cut"))),
    )
    laid = lay_out(
        board, [Title(title="x")] * 3, [narration(beat.say) for beat in board.beats], read_theme("lesson-board"), Path()
    )
    assert [placed.changing for placed in laid.beats] == [0, 5, 0]


def test_a_film_opens_with_what_comes_first() -> None:
    laid = laid_of("Rain in the valley.", "Sun again.")
    opening, later = (placed.scene.begin(laid.stage(placed))(S(0)).y for placed in laid.beats)
    assert np.ptp(opening) > 100  # letters
    assert np.ptp(later) < 60  # an empty board


@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_captions_stand_above_the_ticker_of_their_scene_alone(aspect: str) -> None:
    board = Storyboard.model_validate({"side": 360, "aspect": aspect, "beats": [{"say": "Rain."}, {"say": "Sun."}]})
    running = Running(items=("Trains run late",))
    scenes = [Layered(under=Title(title="x"), over=(running,)), Title(title="x")]
    laid = lay_out(board, scenes, [narration("Rain."), narration("Sun.")], read_theme("news-bulletin"), Path())
    wet, dry = laid.beats
    assert laid.caption_box_of(dry) == laid.caption_box
    stage = laid.stage(wet)
    shown = running.begin(stage)[0](S(0))
    assert shown is not None
    assert laid.caption_box_of(wet)[3] <= shown.top < shown.top + shown.planes.height <= laid.caption_box[3]
    assert stage.safe[3] <= laid.caption_box_of(wet)[1]
