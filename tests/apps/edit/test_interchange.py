"""Timelines come back from every format as they went in, as far as the format can say them."""

from fractions import Fraction
from itertools import accumulate
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from frameloom.apps.edit.interchange import cut_list, import_timeline, read_timeline, write_timeline
from frameloom.apps.edit.timeline import (
    Clip,
    ColorSource,
    Duck,
    FileSource,
    Gap,
    ImageSource,
    Marker,
    ModelSource,
    Subtitles,
    Timeline,
    TitleSource,
    Track,
    Transition,
)
from frameloom.core.errors import ConfigError
from frameloom.effects.pictures.catalog import Effect
from frameloom.effects.sound.loudness import Target

FOLDER = Path("/films/trip")
EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)

texts = st.text(max_size=12)
names = st.text(min_size=1, max_size=8).filter(
    lambda name: name not in {".", ".."} and "/" not in name and "\0" not in name
)
positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=100_000)
times = st.fractions(min_value=0, max_value=1000, max_denominator=100_000)


def curves_up_to(most: float) -> st.SearchStrategy[object]:
    """Return numbers, and keyframes in order of time."""
    values = st.floats(0.1, most)
    keyframes = st.lists(times, min_size=1, max_size=4, unique=True).flatmap(
        lambda found: st.tuples(
            *(
                st.fixed_dictionaries({"t": st.just(time), "value": values, "easing": st.just("cubic-out")})
                for time in sorted(found)
            )
        )
    )
    return values | keyframes


curves = curves_up_to(10)
paths = st.lists(names, min_size=1, max_size=3).map(lambda parts: Path("/films").joinpath(*parts, "take 1.mp4"))
sources = st.one_of(
    st.builds(FileSource, path=paths, stream=st.integers(0, 3)),
    st.builds(ImageSource, path=paths),
    st.builds(ColorSource, color=st.sampled_from(["black", "#102030", "tomato"])),
    st.builds(
        TitleSource, title=st.fixed_dictionaries({"design": st.just("headline"), "text": texts, "subtitle": texts})
    ),
    st.builds(
        ModelSource, model=st.just("mnist-gan"), classes=st.tuples(st.integers(0, 9)), seed=st.integers(0, 2**63)
    ),
)
effects = st.sampled_from(
    [
        EFFECT.validate_python({"effect": "vignette"}),
        EFFECT.validate_python({"effect": "vignette", "strength": [{"t": 0, "value": 0.5}, {"t": "1/3", "value": 1}]}),
        EFFECT.validate_python({"effect": "lut", "path": Path("/films/warm.cube")}),
    ]
)
clips = st.builds(
    Clip,
    source=sources,
    name=texts,
    start=times,
    duration=st.none() | st.fractions(min_value=10, max_value=1000, max_denominator=100_000),
    speed=curves,
    reverse=st.booleans(),
    freeze=st.booleans(),
    fit=st.sampled_from(["contain", "cover"]),
    x=curves,
    opacity=curves_up_to(1),
    effects=st.lists(effects, max_size=3).map(tuple),
    sound=st.booleans(),
    volume=st.floats(-60, 12),
    fade_in=times,
    reason=texts,
)
gaps = st.builds(Gap, duration=positive)
transitions = st.builds(
    Transition,
    name=st.sampled_from(["fade", "wipeleft", "dip", "circleopen"]),
    easing=st.sampled_from(["linear", "cubic"]),
    color=st.sampled_from(["black", "white"]),
    duration=st.fractions(min_value=Fraction(1, 1000), max_value=2, max_denominator=100_000),
    seed=st.integers(0, 99),
    reason=texts,
)


@st.composite
def laid_items(draw: st.DrawFn) -> tuple[Clip | Gap | Transition, ...]:
    """Return items that can be laid out: no two transitions together, none without a clip beside it."""
    items: list[Clip | Gap | Transition] = []
    for item in draw(st.lists(clips | gaps, max_size=5)):
        after_clip = bool(items) and isinstance(items[-1], Clip)
        if (isinstance(item, Clip) or after_clip) and draw(st.booleans()):
            items.append(draw(transitions))
        items.append(item)
    if items and isinstance(items[-1], Clip) and draw(st.booleans()):
        items.append(draw(transitions))
    return tuple(_with_places(items, draw))


def _with_places(items: list[Clip | Gap | Transition], draw: st.DrawFn) -> list[Clip | Gap | Transition]:
    """Return items of which some clips say when they begin, late enough for all that is before them."""
    longest = accumulate(
        (getattr(item, "duration", None) or Fraction(20_000)) + Fraction(getattr(item, "start", 0)) for item in items
    )
    ends = [Fraction(0), *longest]
    return [
        item.model_copy(update={"at": Fraction(ceil(ends[index])) * 100})
        if isinstance(item, Clip) and not isinstance(items[index - 1], Transition) and draw(st.integers(0, 3)) == 0
        else item
        for index, item in enumerate(items)
    ]


tracks = st.builds(
    Track,
    name=texts,
    kind=st.sampled_from(["video", "sound"]),
    items=laid_items(),
    volume=st.floats(-60, 12),
    mute=st.booleans(),
    hidden=st.booleans(),
    duck=st.none() | st.builds(Duck, under=texts),
)
timelines = st.builds(
    Timeline,
    name=texts,
    width=st.none() | st.just(1920),
    rate=st.none() | st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(10), Fraction(25, 2)]),
    sample_rate=st.sampled_from([44100, 48000]),
    channels=st.sampled_from([1, 2]),
    depth=st.sampled_from([8, 10]),
    background=st.sampled_from(["black", "#fff"]),
    tracks=st.lists(tracks, max_size=3).map(tuple),
    loudness=st.none() | st.builds(Target),
    subtitles=st.lists(
        st.builds(Subtitles, path=paths, shift=st.fractions(-9, 9, max_denominator=10**6)), max_size=2
    ).map(tuple),
    markers=st.lists(st.builds(Marker, time=times, name=texts, note=texts), max_size=3).map(tuple),
    reason=texts,
)


@pytest.mark.parametrize("suffix", [".toml", ".json", ".otio"])
@given(timeline=timelines)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_written_is_read_back_exactly(suffix: str, timeline: Timeline) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"edit{suffix}"
        write_timeline(timeline, path)
        assert read_timeline(path) == timeline


def three_clips(folder: Path, first: Fraction, second: Fraction) -> Timeline:
    """Return 4 s of a, 5 s of b and 6 s of c, joined by two different transitions."""
    shots = [
        Clip(source=folder / f"{name}.mp4", start=2, duration=length) for name, length in (("a", 4), ("b", 5), ("c", 6))
    ]
    joins = Transition(duration=first), Transition(name="wipeleft", duration=second, easing="cubic")
    return Timeline(rate=25, tracks=(Track(name="main", items=(shots[0], joins[0], shots[1], joins[1], shots[2])),))


@pytest.mark.parametrize("join", [Fraction(1), Fraction(1, 5), Fraction(1, 25)], ids=["25", "5", "1"])
def test_transitions_go_through_otio_and_final_cut_pro_and_a_dissolve_through_an_edl(
    tmp_path: Path, join: Fraction
) -> None:
    timeline = three_clips(tmp_path, join, Fraction(3, 5))
    seen = [(clip.start, clip.duration) for clip in timeline.tracks[0].items if isinstance(clip, Clip)]
    for suffix in (".otio", ".xml", ".edl"):
        path = tmp_path / f"edit{suffix}"
        write_timeline(timeline, path)
        back = read_timeline(path)
        items = back.tracks[0].items
        assert [(clip.start, clip.duration) for clip in items if isinstance(clip, Clip)] == seen
        assert [clip.source for clip in items if isinstance(clip, Clip)] == [
            FileSource(path=tmp_path / f"{name}.mp4") for name in "abc"
        ]
        found = [item for item in items if isinstance(item, Transition)]
        assert [item.duration for item in found] == [join, Fraction(3, 5)]
        assert found[0].name == "fade"
        assert found[1].name == ("fade" if suffix == ".edl" else "wipeleft")
        assert (back == timeline) == (suffix == ".otio")
        assert len(back.tracks) == 1, "the sound of the video track is taken back into it"


def test_transitions_from_and_to_nothing_go_through_every_format(tmp_path: Path) -> None:
    clip = Clip(source=tmp_path / "a.mp4", start=1, duration=4)
    fades = Transition(duration="0.4"), Transition(duration="0.2")
    timeline = Timeline(rate=25, tracks=(Track(items=(fades[0], clip, fades[1])),))
    for suffix in (".otio", ".xml", ".edl"):
        path = tmp_path / f"edit{suffix}"
        write_timeline(timeline, path)
        assert read_timeline(path).tracks[0].items == timeline.tracks[0].items, suffix


def test_gaps_speeds_stills_colours_and_equal_clips_go_through_final_cut_pro(tmp_path: Path) -> None:
    plain = Clip(source=tmp_path / "a b%20.mp4", start=2, duration=4)
    items = (
        plain,
        plain,
        Gap(duration="0.4"),
        Clip(source=tmp_path / "a b%20.mp4", start=4, duration=2, speed=2.0),
        Clip(source=tmp_path / "a b%20.mp4", start=4, duration=2, speed=0.5, reverse=True),
        Clip(source=tmp_path / "a b%20.mp4", start=4, duration=2, freeze=True),
        Clip(source=ColorSource(color="#102030"), duration=1),
        Clip(source=TitleSource.model_validate({"title": {"design": "headline", "text": "Hi"}}), duration=1),
        Clip(source=tmp_path / "photo.png", duration=1),
    )
    marker = Marker(time=2, name="here", note="why")
    music = Track(name="music", kind="sound", items=(Clip(source=tmp_path / "m.wav", duration=3, start=1),))
    timeline = Timeline(
        name="Trip",
        width=640,
        height=360,
        rate="30000/1001",
        tracks=(Track(name="v", items=items), music),
        markers=(marker,),
    )
    snapped = Timeline(
        rate=25, **{name: getattr(timeline, name) for name in ("name", "width", "height", "tracks", "markers")}
    )
    path = tmp_path / "edit.xml"
    write_timeline(snapped, path)
    back = read_timeline(path)
    assert back.tracks[0].items == items
    assert back == snapped
    write_timeline(timeline, path)
    assert read_timeline(path).rate == Fraction(30000, 1001)


def test_speeds_and_stills_go_through_an_edl_and_its_losses_are_told(tmp_path: Path) -> None:
    items = (
        Gap(duration=2),
        Clip(source=tmp_path / "a.mp4", start=3, duration=2, speed=2.0),
        Clip(source=tmp_path / "a.mp4", start=3, duration=2, speed=0.5, reverse=True),
        Clip(source=tmp_path / "a.mp4", start=3, duration=2, freeze=True),
    )
    timeline = Timeline(
        rate=25,
        tracks=(Track(items=items), Track(kind="sound", items=(Clip(source=tmp_path / "m.wav"),))),
        markers=(Marker(time=1, name="m"),),
        background="white",
    )
    path = tmp_path / "edit.edl"
    notes = write_timeline(timeline, path)
    assert read_timeline(path).tracks == timeline.tracks[:1]
    assert notes == [
        "tracks[1]: not kept, as this format holds one video track",
        "background: not kept by this format",
        "markers: not kept by this format",
    ]


def test_a_kept_span_list_becomes_clips_one_after_another(tmp_path: Path) -> None:
    kept = [(Fraction(1), Fraction(2)), (Fraction(17, 5), Fraction(5))]
    timeline = cut_list(tmp_path / "talk.mp4", kept, reason="speech")
    assert timeline.name == "talk"
    assert timeline.tracks[0].items == (
        Clip(source=tmp_path / "talk.mp4", start=1, duration=1, reason="speech"),
        Clip(source=tmp_path / "talk.mp4", start="3.4", duration="1.6", reason="speech"),
    )
    for suffix in (".toml", ".json", ".otio", ".xml", ".edl"):
        write_timeline(timeline, tmp_path / f"cut{suffix}")
        back = import_timeline(tmp_path / f"cut{suffix}").timeline.tracks[0].items
        assert [(item.start, item.duration) for item in back if isinstance(item, Clip)] == [
            (1, 1),
            (Fraction(17, 5), Fraction(8, 5)),
        ]


@pytest.mark.parametrize(
    ("spans", "message"),
    [([], r"t\.mp4: nothing is kept"), ([(Fraction(2), Fraction(1))], r"from 2 to 1 s; it must end after it begins")],
)
def test_a_cut_list_needs_spans_that_go_forward(spans: list[tuple[Fraction, Fraction]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        cut_list(Path("t.mp4"), spans)


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    for call in (read_timeline, lambda path: write_timeline(Timeline(), path)):
        with pytest.raises(ConfigError, match=r"not a timeline's format, got '\.fcpxml'; use \.toml, \.json, \.otio"):
            call(tmp_path / "a.fcpxml")


def test_a_bundle_is_read_from_its_folder_and_not_written(tmp_path: Path) -> None:
    bundle = tmp_path / "trip.otiod"
    timeline = cut_list(bundle / "media" / "a.mp4", [(Fraction(0), Fraction(1))])
    write_timeline(timeline, bundle / "content.otio")
    assert read_timeline(bundle) == timeline
    with pytest.raises(ConfigError, match=r"bundles of media are read, not written; write \.otio"):
        write_timeline(timeline, bundle)
