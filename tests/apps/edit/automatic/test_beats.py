from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from frameloom.apps.edit.automatic.beats import NO_BEATS, beats_of, music_track


def steady(length, first="0.25"):
    """Return two beats a second, four to a bar."""
    begin = Fraction(first)
    times = [begin + Fraction(n, 2) for n in range(1000) if begin + Fraction(n, 2) < length]
    return beats_of(times, times[::4], Fraction(length))


def test_beats_go_on_when_the_music_is_repeated():
    beats = steady(9)
    assert beats.period == Fraction(1, 2)
    assert beats.loop == (Fraction("0.25"), Fraction("8.25"))
    found = beats.within(Fraction(0), Fraction(30))
    gaps = {after - before for before, after in pairwise(found)}
    assert gaps == {Fraction(1, 2)}
    assert [float(beat) for beat in found if beats.is_bar(beat)][:8] == [0.25 + 2 * n for n in range(8)]


def test_within_is_inclusive_and_empty_without_beats():
    assert steady(9).within(Fraction("0.25"), Fraction("0.75")) == (Fraction("0.25"), Fraction("0.75"))
    assert NO_BEATS.within(Fraction(0), Fraction(100)) == ()


def test_the_track_fills_the_edit_and_fades_out():
    track = music_track(Path("m.wav"), steady(9), Fraction(20), -3, "clips")
    assert [(float(clip.start), float(clip.duration)) for clip in track.items] == [(0, 8.25), (0.25, 8), (0.25, 3.75)]
    assert sum(clip.duration for clip in track.items) == 20
    assert [float(clip.fade_out) for clip in track.items] == [0.02, 0.02, 1.875]
    assert (track.kind, track.duck.under, track.volume) == ("sound", "clips", -3)


def test_long_music_is_played_once():
    track = music_track(Path("m.wav"), steady(90), Fraction(20), 0, None)
    (clip,) = track.items
    assert (clip.duration, clip.fade_out, track.duck) == (20, 2, None)


def test_music_without_beats_is_repeated_whole():
    track = music_track(Path("m.wav"), beats_of([], [], Fraction(7)), Fraction(20), 0, None)
    assert [clip.duration for clip in track.items] == [7, 7, 6]
