from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.effects.hearing import clicks, noise, stereo, voice

from frameloom.apps.edit.automatic.auto import JoinConfig, automatic, join
from frameloom.apps.edit.automatic.beats import NO_BEATS, beats_of
from frameloom.apps.edit.automatic.boundaries import Boundaries
from frameloom.apps.edit.automatic.footage import Footage, usable
from frameloom.apps.edit.automatic.spans import Span, merged, touches
from frameloom.apps.edit.automatic.watching import Moment, Watched
from frameloom.apps.edit.explain import plan_rows, plan_text
from frameloom.apps.edit.timeline import Clip, Timeline, Track, Transition
from frameloom.core.errors import ConfigError
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain

RATE = Fraction(25)
STEADY = beats_of([Fraction(n, 2) for n in range(200)], [Fraction(2 * n) for n in range(50)], Fraction(100))
"""Two beats a second, four to a bar."""


def moment(time, seed=0, right=0.0, lightness=0.5):
    layout = np.random.default_rng(seed).uniform(-0.2, 0.2, (18, 32, 3)).astype(np.float32)
    palette = np.tile(np.array([lightness, 0, 0], np.float32), (16, 1))
    return Moment(time, Fraction(0), lightness, 0.2, palette, layout, 0.2, right, 0.0, 0.0, 0.0)


def footage(name, seconds, words=(), seed=0, right=0.0, lightness=0.5, recorded=None, **found):
    stop = Fraction(seconds)
    moments = tuple(moment(Fraction(n, 8), seed, right, lightness) for n in range(int(stop * 8)))
    watched = Watched(Fraction(0), stop, moments, Boundaries(**found))
    spans = merged(Span(Fraction(begin), Fraction(end)) for begin, end in words)
    return Footage(Path(name), stop, watched, watched, spans, recorded, RATE)


def joined(clips, beats=NO_BEATS, **settings):
    config = JoinConfig(inputs=[clip.path for clip in clips], auto=True, **settings)
    return automatic(clips, config, beats)


def places(items):
    """Return each clip with its begin on the timeline, and the transitions before and after it."""
    now, found = Fraction(0), []
    for index, item in enumerate(items):
        if isinstance(item, Transition):
            now -= item.duration
            continue
        into = items[index - 1] if index and isinstance(items[index - 1], Transition) else None
        out_of = items[index + 1] if index + 1 < len(items) and isinstance(items[index + 1], Transition) else None
        found.append((item, now, into, out_of))
        now += item.duration
    return found


def test_still_clips_of_like_colours_dissolve_in_full_length():
    items, total = joined([footage("a.mp4", 10, seed=1), footage("b.mp4", 8, seed=2)])
    first, fade, second = items
    assert (first.start, first.duration, second.start, second.duration) == (0, 10, 0, 8)
    assert (fade.name, fade.duration) == ("fade", Fraction(4, 5))
    assert total == 18 - Fraction(4, 5)
    assert first.reason == "ends at 0:10.00, the end of the clip"


def test_a_word_keeps_the_dissolve_short_or_away():
    late = [footage("a.mp4", 10, [(1, "9.4")], 1), footage("b.mp4", 8, [(3, 4)], 2)]
    (_, fade, _), _ = joined(late)
    assert fade.duration == Fraction(48, 100)  # 0.6 s less the margin of 0.12 s after a word
    close = [footage("a.mp4", 10, [(1, "9.8")], 1), footage("b.mp4", 8, [(3, 4)], 2)]
    items, _ = joined(close)
    assert len(items) == 2
    assert "only 0.08 s are free before a word of the first clip" in items[1].reason
    talk = [footage("a.mp4", 10, [(1, "9.8")], 1), footage("b.mp4", 8, [("0.2", 4)], 2)]
    assert "words right up to the join on both sides" in joined(talk)[0][1].reason


def test_black_standing_and_stray_ends_are_left_out_but_never_a_word():
    ends = {"black_head": Fraction(1), "black_tail": Fraction(9), "cuts": (Fraction("8.7"),)}
    span, notes = usable(footage("a.mp4", 10, **ends))
    assert span == (1, Fraction("8.7"))
    assert notes == (
        "1.00 s of black left out at the head",
        "1.00 s of black left out at the tail",
        "0.30 s of another shot left out at the tail",
    )
    assert usable(footage("a.mp4", 10, [("0.5", "0.8"), ("9.5", "9.7")], **ends))[0] == (0, 10)
    assert usable(footage("a.mp4", 10, frozen_head=Fraction(1)))[0].begin == 1
    assert usable(footage("a.mp4", 10, frozen_head=Fraction(3)))[0].begin == 0
    assert usable(footage("a.mp4", 10, black_head=Fraction(10), black_tail=Fraction(0)))[0] == (0, 10)


def test_a_clip_that_may_not_be_longer_ends_in_a_pause():
    clip = footage("a.mp4", 20, [(1, 3), (4, 6), (7, 9)], 1)
    following = footage("b.mp4", 8, seed=2)
    (first, *_), _ = joined([clip, following], longest=5)
    assert first.duration == Fraction("3.4")  # a quarter of a second and the margin after the word that ends at 3 s
    assert first.reason == "ends at 0:03.40, in the pause of 1.00 s after a word"
    long = footage("a.mp4", 20, [(1, 9)], 1)
    (first, *_), _ = joined([long, following], longest=5, shortest=2)
    assert first.duration >= 9
    assert "later than asked for, to finish a word" in first.reason
    one = footage("a.mp4", 20, [("0.5", 1), ("1.5", "5.2"), (6, 9)], 1)
    (first, *_), _ = joined([one, following], longest=5)
    assert first.duration == Fraction("5.32")  # rather a little late than four seconds early
    (first, *_), _ = joined([footage("a.mp4", 20, seed=1, black_tail=Fraction(19)), following], longest=5)
    assert "left out" not in first.reason
    assert first.duration == 5
    assert "the longest that was asked for" in first.reason


def test_cuts_fall_on_the_first_beat_of_a_bar_and_fades_are_centred_there():
    clips = [footage(f"{n}.mp4", "9.3", seed=n) for n in range(4)]
    items, _ = joined(clips, STEADY)
    for clip, now, _, out_of in places(items)[:-1]:
        middle = now + clip.duration - (out_of.duration / 2 if out_of else 0)
        assert abs(middle - round(middle / 2) * 2) <= Fraction(1, 50)
        assert out_of.duration == Fraction(24, 25)  # two beats, in an even number of pictures
        assert "on the first beat of a bar" in clip.reason


def test_words_come_before_beats():
    clips = [footage("a.mp4", 10, [("0.2", 3), (5, "9.9")], 1), footage("b.mp4", 10, seed=2)]
    items, _ = joined(clips, STEADY)
    assert items[0].duration == 10
    assert "off the beat, which the words do not allow" in items[0].reason


def test_no_transition_covers_a_hard_cut():
    clips = [footage("a.mp4", 10, seed=1, cuts=(Fraction("9.5"),)), footage("b.mp4", 10, seed=2)]
    (_, fade, _), _ = joined(clips)
    assert fade.duration <= Fraction(1, 2)


def test_a_beat_on_a_hard_cut_is_joined_by_a_cut():
    clips = [footage("a.mp4", 9, seed=1, cuts=(Fraction(8),)), footage("b.mp4", 10, seed=2)]
    items, _ = joined(clips, STEADY)
    assert len(items) == 2
    assert "only 0.00 s are free before the next word, hard cut or end of the first clip" in items[1].reason


def test_files_recorded_on_another_day_are_parted():
    days = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2)]
    clips = [footage(f"{n}.mp4", 10, seed=n, recorded=day) for n, day in enumerate(days)]
    assert joined(clips)[0][1].reason == "recorded 24 hours apart: dip to black"


def test_a_clip_that_fades_by_itself_is_cut():
    clips = [footage("a.mp4", 10, seed=1, fade_out=Fraction(9)), footage("b.mp4", 10, seed=2)]
    assert joined(clips)[0][1].reason.startswith("plain cut: the first clip fades out by itself")


@st.composite
def talks(draw):
    """Draw clips with words of any length anywhere, as arguments of footage."""
    clips = []
    for number in range(draw(st.integers(2, 4))):
        seconds = draw(st.integers(20, 120)) / Fraction(10)
        at, words = Fraction(0), []
        while (at := at + draw(st.integers(0, 150)) / Fraction(100)) < seconds:
            end = min(at + draw(st.integers(10, 200)) / Fraction(100), seconds)
            words.append((at, end))
            at = end
        cuts = tuple(Fraction(cut, 4) for cut in sorted(draw(st.sets(st.integers(1, int(seconds) * 4), max_size=3))))
        right, light = draw(st.sampled_from([0.0, -0.4, 0.4])), draw(st.sampled_from([0.2, 0.5, 0.9]))
        clips.append((f"{number}.mp4", seconds, words, number, right, light, None, cuts))
    return clips


def covers(cuts, begin, end):
    return any(begin < cut < end for cut in cuts)


@settings(max_examples=100, deadline=None)
@given(talks(), st.booleans(), st.sampled_from(["calm", "lively", "news"]), st.sampled_from([None, 3]))
def test_no_word_is_cut_or_covered_whatever_is_said(drawn, music, style, longest):
    clips = [footage(*each[:-1], cuts=each[-1]) for each in drawn]
    beats = STEADY if music else NO_BEATS
    items, total = joined(clips, beats, style=style, longest=longest)
    laid = places(items)
    assert len(laid) == len(clips)
    assert total == laid[-1][1] + laid[-1][0].duration
    for given_clip, (clip, now, into, out_of) in zip(clips, laid, strict=True):
        words, end = given_clip.words, clip.start + clip.duration
        assert clip.duration > 0
        assert end <= given_clip.duration
        assert not touches(words, clip.start, clip.start)
        assert not touches(words, end, end)
        if into:
            assert not touches(words, clip.start, clip.start + into.duration)
            assert not covers(given_clip.cuts, clip.start, clip.start + into.duration)
        if out_of:
            assert not touches(words, end - out_of.duration, end)
            assert not covers(given_clip.cuts, end - out_of.duration, end)
            assert Fraction(1, 5) <= out_of.duration <= clip.duration / 2
        if " beat of" in clip.reason or "on a beat" in clip.reason:
            middle = now + clip.duration - (out_of.duration / 2 if out_of else 0)
            assert min(abs(middle - beat) for beat in STEADY.times) <= Fraction(1, 25)
    shows = [isinstance(item, Transition) and item.name in {"whip", "smoothleft", "smoothright"} for item in items]
    if style == "calm":
        assert sum(shows) <= 1 + (len(clips) - 2) // 3


def test_it_is_the_same_every_time():
    clips = [footage(f"{n}.mp4", 9, [(2, 3)], n, right=-0.4) for n in range(5)]
    assert joined(clips, STEADY, style="lively") == joined(clips, STEADY, style="lively")


def test_the_plan_is_readable():
    items, _ = joined([footage("a.mp4", 10, seed=1), footage("b.mp4", 8, seed=2, black_head=Fraction(1))])
    timeline = Timeline(tracks=(Track(name="clips", items=items),), reason="joined automatically, style calm")
    assert plan_text(timeline).splitlines() == [
        "joined automatically, style calm",
        "",
        "    0:00.00  a.mp4, 0:10.00",
        "               ends at 0:10.00, the end of the clip",
        "    0:09.20    ~ fade, 0:00.80: both pictures are still and of like colours (apart by 0.000): dissolve",
        "    0:09.20  b.mp4, 0:07.00, from 0:01.00 of it",
        "               1.00 s of black left out at the head",
        "               ends at 0:08.00, the end of the clip",
    ]
    assert [(row.kind, row.begin, row.end) for row in plan_rows(timeline.tracks[0])] == [
        ("clip", 0, 10), ("transition", Fraction(46, 5), 10), ("clip", Fraction(46, 5), Fraction(81, 5)),
    ]  # fmt: skip


def colored(path, rgb, frames=30):
    pictures = [plain(64, 48, rgb)] * frames
    write_media(path, iter(pictures), None, rate=RATE, width=64, height=48)
    return path


def test_plain_join_shows_clips_in_full(tmp_path):
    paths = [colored(tmp_path / f"{name}.mp4", rgb) for name, rgb in (("a", (200, 0, 0)), ("b", (0, 200, 0)))]
    first, wipe, second = join(JoinConfig(inputs=paths, transition="wipeleft", duration="0.4")).tracks[0].items
    assert (wipe.name, wipe.duration) == ("wipeleft", Fraction(2, 5))
    assert first.duration == second.duration == Fraction(30, 25)
    assert len(join(JoinConfig(inputs=paths)).tracks[0].items) == 2
    with pytest.raises(ConfigError, match="too short for 1 transition"):
        join(JoinConfig(inputs=paths, transition="fade", duration=2))


def test_a_file_with_a_black_head_is_joined_after_it(tmp_path):
    dark = tmp_path / "dark.mp4"
    rng = np.random.default_rng(1)
    tones = [tuple(int(part) for part in rng.integers(80, 250, 3)) for _ in range(60)]
    pictures = [plain(64, 48, (0, 0, 0))] * 20 + [plain(64, 48, tone) for tone in tones]
    write_media(dark, iter(pictures), None, rate=RATE, width=64, height=48)
    last = join(JoinConfig(inputs=[colored(tmp_path / "a.mp4", (200, 0, 0)), dark], auto=True)).tracks[0].items[-1]
    assert isinstance(last, Clip)
    assert last.start == Fraction(20, 25)
    assert "0.80 s of black left out at the head" in last.reason


def speaker(path, words, seconds, rgb):
    pictures = [plain(64, 48, rgb)] * int(seconds * 25)
    sound = iter([stereo(voice(words, seconds) + noise(seconds, -60))])
    write_media(path, iter(pictures), sound, rate=RATE, width=64, height=48)
    return path


def test_files_are_cut_on_the_beats_of_real_music_and_never_in_a_word(tmp_path):
    said = {"a": [(0.5, 2.0), (4.0, 5.1)], "b": [(1.0, 3.0)], "c": [(0.8, 2.0)]}
    colors = {"a": (200, 60, 60), "b": (190, 70, 60), "c": (200, 60, 70)}
    paths = [speaker(tmp_path / f"{name}.mp4", words, 8, colors[name]) for name, words in said.items()]
    times = [0.3 + n * 0.6 for n in range(40)]
    music = tmp_path / "music.wav"
    write_media(music, None, iter([stereo(clicks(times, 25) + clicks(times[::4], 25, level=0.8, seed=2))]))
    shown, heard = join(JoinConfig(inputs=paths, auto=True, music=music)).tracks
    assert heard.duck.under == shown.name
    for words, (clip, now, into, out_of) in zip(said.values(), places(shown.items), strict=True):
        spans = [Span(Fraction(begin), Fraction(end)) for begin, end in words]
        begin = clip.start + (into.duration if into else 0)
        end = clip.start + clip.duration - (out_of.duration if out_of else 0)
        assert all(begin <= span.begin and span.end <= end for span in spans)
        if clip.source.path != paths[-1]:
            middle = now + clip.duration - (out_of.duration / 2 if out_of else 0)
            assert min(abs(float(middle) - time) for time in times[::4]) < 0.04
            assert "on the first beat of a bar of the music" in clip.reason
    assert sum(clip.duration for clip in heard.items) == places(shown.items)[-1][1] + shown.items[-1].duration


def test_shortest_may_not_pass_longest():
    with pytest.raises(ValidationError, match="make longest the larger"):
        JoinConfig(inputs=["a.mp4"], shortest=3, longest=2)
