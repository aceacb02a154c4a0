"""A storyboard becomes a film: what is written is opened, measured and counted."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.compose.batch import batch, read_rows
from frameloom.apps.compose.check import check_file
from frameloom.apps.compose.compose import Composed, compose
from frameloom.apps.compose.examples import KINDS, example
from frameloom.apps.compose.pictures import pictures_of
from frameloom.apps.compose.pieces import pieces_folder
from frameloom.apps.compose.preview import preview
from frameloom.apps.compose.ready import ComposeConfig, make_ready
from frameloom.apps.edit.interchange import read_timeline
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.media.ffmpeg import measure_loudness
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.pictures import write_still
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import probe, read_pictures, read_sound, read_still
from frameloom.media.image import to_rgb
from frameloom.media.planes import plain
from frameloom.media.speech.voices import known_voices
from frameloom.media.subtitles import read_subtitles
from frameloom.media.text.faces import FONTS
from frameloom.models.store import SHIPPED

S = Fraction
DRAFT = VideoFormat(speed="draft", quality=60)
VOICES = {voice.name for voice in known_voices() if voice.is_here}

STORY = """\
title = "Rain"
template = "news"
voice = "none"
side = 108
rate = 10
music = { mood = "calm", seed = 7 }
[[beats]]
title = "River"
say = "The river rose."
scene = { kind = "headline", text = "River rises" }
[[beats]]
say = "Closed are the bridge and the school."
scene = { kind = "bullets", title = "Closed", items = ["Bridge", "School"] }
[[beats]]
title = "Outlook"
say = "It will fall."
scene = { kind = "title", title = "Outlook" }
"""

MUSIC = 'music = { mood = "calm", seed = 7 }\n'

Make = Callable[..., Composed]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a film of a storyboard's text."""

    def run(text: str = STORY, **settings: object) -> Composed:
        (tmp_path / "story.toml").write_text(text, encoding="utf-8")
        given = {"story": tmp_path / "story.toml", "out": tmp_path / "out", "video": DRAFT, **settings}
        return compose(ComposeConfig.model_validate(given), "lines")

    return run


def test_a_film_and_all_that_belongs_to_it(make: Make, tmp_path: Path) -> None:
    made = make()
    info = probe(made.written.path)
    assert (info.videos[0].width, info.videos[0].height, info.videos[0].rate) == (192, 108, 10)
    assert info.videos[0].frames == made.written.frames == made.duration * 10
    assert len(np.concatenate(list(read_sound(made.written.path)))) == made.duration * 48_000
    assert [(chapter.title, chapter.start) for chapter in info.chapters] == [
        ("River", 0),
        ("Outlook", info.chapters[1].start),
    ]
    names = {path.name.removeprefix("story") for path in made.published.files}
    assert names == {
        ".srt", ".vtt", ".ass", ".transcript.md", ".poster.jpg", ".thumbs.jpg", ".thumbs.vtt", ".otio",
        ".record.json",
    }  # fmt: skip
    out = tmp_path / "out"
    cues = read_subtitles(out / "story.srt").cues
    assert [cue.text for cue in cues] == ["The river rose.", "Closed are the bridge and the school.", "It will fall."]
    assert [cue.text for cue in read_subtitles(out / "story.ass").cues] == [cue.text for cue in cues]
    timeline = read_timeline(out / "story.otio")
    assert sum(clip.duration or 0 for clip in timeline.tracks[0].items) == made.duration  # type: ignore[union-attr]
    assert len(timeline.markers) == 3
    assert read_still(out / "story.poster.jpg").shape == (108, 192, 4)
    assert "## Outlook" in (out / "story.transcript.md").read_text(encoding="utf-8")
    assert "no story.chapters.txt: video sites take 3 chapters or more, each of at least 10 s" in made.notes
    record = json.loads((out / "story.record.json").read_text(encoding="utf-8"))
    assert record["voices"] == [{"name": "none", "licence": "not heard"}]
    assert "free to use" in record["music"]["licence"]
    assert (record["seed"], record["music"]["seed"]) == (0, 7)
    assert [beat["scene"] for beat in record["beats"]] == ["headline", "bullets", "title"]


def test_drawn_and_photographed_beats_stand_in_one_film(make: Make, tmp_path: Path) -> None:
    write_still(tmp_path / "river.png", np.random.default_rng(1).integers(0, 255, (90, 160, 3), np.uint8))
    made = make(STORY.replace('kind = "headline", text = "River rises"', 'kind = "image", path = "river.png"'))
    assert len(list(read_pictures(made.written.path))) == made.written.frames
    record = json.loads(made.written.path.with_suffix(".record.json").read_text(encoding="utf-8"))
    assert [(one["path"], one["licence"]) for one in record["files"]] == [("river.png", "not stated")]
    (tmp_path / "river.png").write_bytes((tmp_path / "river.png").read_bytes() + b"x")
    text = (tmp_path / "story.toml").read_text(encoding="utf-8")
    assert make(text).drawn == 2  # another picture of the same name: its body, and the seam out of it


def test_pieces_are_known_by_what_is_in_their_files_and_not_by_where_or_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "look").mkdir(parents=True)
    for name in ("river.png", "look/logo.png"):
        write_still(home / name, np.random.default_rng(1).integers(0, 255, (18, 32, 3), np.uint8))
    shutil.copy(FONTS / "Manrope-Variable.ttf", home / "look/own.ttf")
    look = 'base = "news-gazette"\nlogo = "logo.png"\nheading_font = "own.ttf"\n'
    (home / "look/look.toml").write_text(look, encoding="utf-8")
    over = 'over = [{ design = "label", text = "x", theme = { font = "look/own.ttf" } }]'
    text = STORY.replace(MUSIC, "").replace('say = "The', f'{over}\nsay = "The')
    text = text.replace('template = "news"', 'template = "news"\ntheme = "look/look.toml"')
    text = text.replace('kind = "headline", text = "River rises"', 'kind = "image", path = "river.png"')
    (home / "story.toml").write_text(text, encoding="utf-8")
    drawn, records = [], []
    for place in (home, tmp_path):
        monkeypatch.chdir(place)
        story = Path(os.path.relpath(home / "story.toml"))
        drawn.append(compose(ComposeConfig(story=story, out=tmp_path / "out", video=DRAFT), "lines").drawn)
        records.append((tmp_path / "out/story.record.json").read_text(encoding="utf-8"))
        for path in home.rglob("*.*"):
            path.touch()
    assert drawn == [5, 0]
    assert records[0] == records[1]
    record = json.loads(records[0])
    assert [one["path"] for one in record["files"]] == ["look/logo.png", "look/own.ttf", "river.png"]
    assert record["storyboard"]["path"] == "story.toml"
    assert str(tmp_path) not in "".join(path.read_text("latin-1") for path in (tmp_path / "out").glob("story.*"))
    about = (home / "river.png").stat()
    for last, count in ((b"x", 2), (b"y", 2)):  # its body, and the seam out of it
        (home / "new.png").write_bytes((home / "look/logo.png").read_bytes() + last)
        os.utime(home / "new.png", ns=(about.st_atime_ns, about.st_mtime_ns))
        (home / "new.png").replace(home / "river.png")
        assert compose(ComposeConfig(story=story, out=tmp_path / "out", video=DRAFT), "lines").drawn == count


def test_a_film_does_not_overwrite_what_it_shows(make: Make, tmp_path: Path) -> None:
    text = STORY.replace('kind = "headline", text = "River rises"', 'kind = "clip", path = "river.mp4"')
    write_media(tmp_path / "river.mp4", [plain(32, 18, (9, 99, 9))] * 4, None, rate=S(4), width=32, height=18)
    before = (tmp_path / "river.mp4").read_bytes()
    with pytest.raises(OutputError, match=r"would overwrite .*river\.mp4, which is read for it"):
        make(text, out=tmp_path / "river.mp4")
    assert (tmp_path / "river.mp4").read_bytes() == before


def test_a_list_of_assets_that_does_not_fit_is_told_before_anything_is_drawn(make: Make, tmp_path: Path) -> None:
    write_still(tmp_path / "river.png", np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "assets.toml").write_text('["river.png"]\nlicense = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean 'licence'"):
        make(STORY.replace('kind = "headline", text = "River rises"', 'kind = "image", path = "river.png"'))
    assert not list((tmp_path / "out" / ".story.mp4.pieces").glob("*.mp4"))


def test_a_matte_stands_beside_the_storyboard_and_is_part_of_its_seam(make: Make, tmp_path: Path) -> None:
    text = STORY.replace('say = "It will', 'transition = { name = "matte", matte = "matte.png" }\nsay = "It will')
    ramp = np.repeat(np.linspace(0, 255, 192).astype(np.uint8)[None, :, None], 108, 0).repeat(3, 2)
    write_still(tmp_path / "matte.png", ramp)
    made = make(text)
    assert made.drawn == 5
    write_still(tmp_path / "matte.png", ramp[:, ::-1])
    assert make(text).drawn == 1


def test_sound_has_the_loudness_that_was_asked_for(make: Make) -> None:
    made = make()
    loudness = measure_loudness(read_sound(made.written.path), rate=48_000, channels=2)
    assert loudness.integrated_lufs == pytest.approx(-14, abs=0.5)
    assert loudness.true_peak_dbtp <= -0.5


def test_only_what_changed_is_drawn_again(make: Make) -> None:
    first = make()
    assert (first.drawn, first.pieces) == (5, 5)  # three bodies, two seams
    assert make().drawn == 0
    changed = make(STORY.replace('Outlook" }', 'Better" }'))
    assert changed.drawn == 2  # its body, and the seam into it
    make()
    longer = make(STORY.replace('"The river rose."', '"The river rose again and again."'))
    assert longer.drawn == 2  # its body, and the seam out of it
    make()
    assert make(STORY.replace('"calm"', '"tense"')).drawn == 0  # music is no picture
    later = make(STORY.replace('say = "Closed', 'cues = [1, 2]\nsay = "Closed'))
    assert later.drawn >= 1  # the same picture, in another order of time


def test_the_same_storyboard_gives_the_same_bytes(make: Make, tmp_path: Path) -> None:
    one = make(out=tmp_path / "one").written.path.read_bytes()
    other = make(out=tmp_path / "two").written.path.read_bytes()
    assert one == other


def test_a_film_put_together_of_kept_pieces_is_the_same(make: Make, tmp_path: Path) -> None:
    whole = make(out=tmp_path / "one").written.path.read_bytes()
    make(STORY.replace("Outlook", "Better"), out=tmp_path / "two")
    assert make(out=tmp_path / "two").written.path.read_bytes() == whole


def test_captions_in_the_picture_change_with_the_words(make: Make, tmp_path: Path) -> None:
    """The word of the moment changes its colour within 50 ms of its time, as the voice tells it."""
    text = STORY.replace("rate = 10", "rate = 50").replace("side = 108", "side = 270").replace(MUSIC, "")
    path = make(text, video=VideoFormat(speed="draft", quality=90)).written.path
    ready = make_ready(ComposeConfig(story=tmp_path / "story.toml"), tmp_path / "voices")
    laid = ready.laid
    placed = laid.beats[1]
    words = laid.words(placed)[1:]
    left, top, right, bottom = laid.caption_box
    begin, end = placed.first / laid.rate, placed.stop / laid.rate
    strips = [
        (picture.time, to_rgb(picture.planes)[top:bottom, left:right].astype(int))
        for picture in read_pictures(path, begin, end)
        if picture.time >= placed.first / laid.rate + S(placed.changing, 50)
    ]
    moves = [(time, np.abs(now - past).mean()) for (_, past), (time, now) in pairwise(strips)]
    for word in words:
        if word.start <= strips[0][0] + S(1, 10):
            continue
        near = [change for time, change in moves if abs(time - word.start) <= S(1, 20)]
        assert max(near) > 3 * np.median([change for _, change in moves]) + 0.05


def test_cuts_fall_into_pauses_between_words(make: Make, tmp_path: Path) -> None:
    make()
    laid = make_ready(ComposeConfig(story=tmp_path / "story.toml"), tmp_path / "voices").laid
    for placed in laid.beats:
        words = laid.words(placed)
        assert placed.first / laid.rate <= words[0].start
        assert words[-1].end <= placed.stop / laid.rate


@pytest.mark.parametrize(("aspect", "size"), [("9:16", (108, 192)), ("1:1", (108, 108)), ("4:5", (108, 136))])
def test_every_shape_comes_from_the_same_storyboard(make: Make, aspect: str, size: tuple[int, int]) -> None:
    written = make(aspect=aspect).written
    assert (written.width, written.height) == size
    assert written.path.name == f"story-{aspect.replace(':', 'x')}.mp4"


def test_a_beat_without_words_or_sound_is_shown_alone(make: Make) -> None:
    made = make('side = 64\nrate = 5\n[[beats]]\nscene = { kind = "title", title = "Quiet" }\nlength = 2\n')
    info = probe(made.written.path)
    assert info.duration == 2
    assert not info.sounds
    assert not any(path.suffix == ".srt" for path in made.published.files)


def test_stopping_keeps_what_is_drawn(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import frameloom.apps.compose.compose as room

    drawn = 0
    original = room.draw_piece

    def stop_soon(laid: object, piece: object) -> object:
        nonlocal drawn
        drawn += 1
        if drawn == 3:
            raise KeyboardInterrupt
        return original(laid, piece)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "draw_piece", stop_soon)
    with pytest.raises(KeyboardInterrupt, match="2 of 5 pieces are there; the same command goes on"):
        make()
    assert not (tmp_path / "out" / "story.mp4").exists()
    monkeypatch.setattr(room, "draw_piece", original)
    assert make().drawn == 3


def test_a_voice_that_is_not_there_is_told_and_the_words_are_timed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str | None, language: str) -> None:
        raise MediaError("no voice here")

    monkeypatch.setattr("frameloom.apps.compose.speaking.open_voice", none)
    made = make(STORY.replace('voice = "none"\n', 'language = "xx"\n'))
    assert any("no voice speaks 'xx' here" in note and "not heard" in note for note in made.notes)
    assert not any("'en'" in note for note in made.notes)
    with pytest.raises(MediaError, match="no voice here"):
        make(STORY.replace('voice = "none"', 'voice = "espeak"'))


def test_one_text_that_a_voice_cannot_say_leaves_the_others_their_voice(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Word

    class Picky:
        name = "picky"

        def speak(self, text: str, manner: Manner) -> list[Spoken]:
            if "Closed" in text:
                raise MediaError("has no English in it")
            end = S(1)
            words = tuple(Word(one, S(at, 10), S(at + 1, 10)) for at, one in enumerate(text.split()))
            return [Spoken(np.full((24_000, 1), 0.1, np.float32), 24_000, (Phoneme("a", S(0), end),), words)]

    monkeypatch.setattr("frameloom.apps.compose.speaking.open_voice", lambda name, language: Picky())
    made = make(STORY.replace('voice = "none"\n', ""))
    assert [note for note in made.notes if "not heard" in note] == [
        "'Closed are the bridge and the school.' is timed by its length, and not heard: has no English in it"
    ]
    record = json.loads(made.written.path.with_suffix(".record.json").read_text(encoding="utf-8"))
    assert [voice["name"] for voice in record["voices"]] == ["none", "picky"]


def test_a_lower_third_stands_above_the_captions(make: Make, tmp_path: Path) -> None:
    third = 'over = [{ design = "lower-third", name = "Mary", role = "Mayor" }]\nsay = "It will'
    (tmp_path / "story.toml").write_text(STORY.replace('say = "It will', third), encoding="utf-8")
    laid = make_ready(ComposeConfig(story=tmp_path / "story.toml", side=360), tmp_path / "voices").laid
    placed = laid.beats[2]
    bare = replace(placed, beat=placed.beat.model_copy(update={"over": ()}))
    middle = placed.frames // 2
    with_it, without = (next(pictures_of(laid, one, middle, middle + 1)) for one in (placed, bare))
    rows = np.flatnonzero((with_it.y != without.y).any(axis=1))
    assert len(rows) > 0
    assert rows.max() < laid.caption_box[1]


@pytest.mark.skipif("espeak" not in VOICES, reason="espeak-ng is not installed")
def test_words_are_heard_where_they_are_shown(make: Make) -> None:
    made = make(STORY.replace('voice = "none"', 'voice = "espeak"').replace(MUSIC, "marks = false\n"))
    sound = np.abs(np.concatenate(list(read_sound(made.written.path)))).max(axis=1)
    for cue in read_subtitles(made.written.path.with_suffix(".srt")).cues:
        first, last = (int(time * 48_000) for time in (cue.start, cue.end))
        assert sound[first : last - 24_000].max() > 0.1
        assert sound[max(0, first - 7_000) : max(0, first - 2_400)].max(initial=0) < 0.05


def test_a_presenter_speaks_with_the_voice_and_beside_the_words(tmp_path: Path) -> None:
    from frameloom.apps.compose.scenes.presenter import Presenter, track_before
    from frameloom.apps.compose.stage import Speech, Stage
    from frameloom.apps.compose.theme import read_theme
    from frameloom.media.speech.spoken import Phoneme

    tone = 0.3 * np.sin(np.arange(48_000) / 20).astype(np.float32)[:, None]
    write_media(tmp_path / "said.wav", None, [tone], channels=1)
    speech = Speech(S(1, 2), (Phoneme("m", S(0), S(1, 2)), Phoneme("a", S(1, 2), S(1))), tmp_path / "said.wav")
    track = track_before(speech)
    assert track.weights.shape[0] == 150
    assert track.weights[20].argmax() == 0  # silence before the first sample
    assert track.weights[75].argmax() != track.weights[125].argmax()
    theme = read_theme("lesson-board")
    stage = Stage(320, 180, S(25), theme, S(2), (), 0, tmp_path, theme.safe_box(320, 180), speech)
    shut, again, wide = (Presenter(items=("One", "Two")).begin(stage)(time) for time in (S(3, 4), S(3, 4), S(5, 4)))
    assert np.array_equal(shut.y, again.y)
    moved = np.abs(shut.y.astype(int) - wide.y).max(axis=0)
    assert moved[220:].max() > 20  # the character stands right
    silent = Presenter(side="left").begin(Stage(320, 180, S(25), theme, S(2), (), 0, tmp_path, stage.safe))
    assert silent(S(1)).y.shape == (180, 320)


def test_a_preview_is_a_sheet_and_a_small_film(tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(STORY.replace("side = 108\n", "side = 64\n"), encoding="utf-8")
    made = preview(ComposeConfig(story=tmp_path / "story.toml", out=tmp_path / "out"), "lines")
    assert read_still(made.sheet).shape[1] > 300
    assert made.film is not None
    assert made.film.written.height == 64
    assert {path.name for path in (tmp_path / "out").glob("*.[mp][pn][4g]")} == {"story.draft.mp4", "story.sheet.png"}


def test_a_model_folder_is_looked_for_beside_the_storyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/mine").symlink_to(SHIPPED / "mnist-gan")
    text = 'side = 64\nrate = 1\n[[beats]]\nlength = 1\nscene = { kind = "model", model = "mine" }\n'
    (tmp_path / "home/story.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert compose(ComposeConfig(story=Path("home/story.toml"), video=DRAFT), "lines").beats == 1
    (tmp_path / "story.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "home")
    (problem,) = check_file(Path("../story.toml")).problems
    assert "mine: neither a model folder nor a shipped model" in problem.text


def test_a_batch_goes_on_past_bad_rows(tmp_path: Path) -> None:
    story = tmp_path / "story.toml"
    story.write_text(
        'side = 64\nrate = 5\nvoice = "none"\n[variables]\ncity = "Rome"\n'
        '[[beats]]\nlength = 1\nscene = { kind = "title", title = "For all" }\n'
        '[[beats]]\nsay = "Hello {city}."\nlength = "{seconds}"\nscene = { kind = "title", title = "{city}" }\n',
        encoding="utf-8",
    )
    rows = tmp_path / "rows.csv"
    rows.write_text("name,city,seconds\none,Oslo,1\ntwo,Bonn,soon\nthree,Lima\none,Kyiv,2\n", encoding="utf-8")
    made = batch(ComposeConfig(story=story, out=tmp_path / "films", video=DRAFT), rows, "lines")
    assert [one.written.path.name for one in made.made] == ["one.mp4", "one-5.mp4"]
    assert [bad.line for bad in made.bad] == [3, 4]
    assert "not a time" in made.bad[0].why
    assert made.bad[1].why == "has no cell for seconds"
    assert "row in line 3: " in made.text()
    assert [(one.drawn, one.pieces) for one in made.made] == [(3, 3), (2, 3)]  # what is alike is drawn once
    assert "Hello Oslo." in (tmp_path / "films" / "one.srt").read_text(encoding="utf-8")


def test_a_batch_forgets_what_no_film_uses_once_it_is_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import frameloom.apps.compose.compose as room

    story, rows, films = tmp_path / "story.toml", tmp_path / "rows.csv", tmp_path / "films"

    def run(word: str, *cells: str) -> tuple[list[int], set[str]]:
        beats = f'[[beats]]\nlength = 1\nscene = {{ kind = "title", title = "{word} {{city}}" }}\n'
        story.write_text(f'side = 64\nrate = 1\ntransition = "cut"\nmusic = "calm"\n{beats}', encoding="utf-8")
        rows.write_text("\n".join(["name,city", *cells]) + "\n", encoding="utf-8")
        made = batch(ComposeConfig(story=story, out=films, video=DRAFT), rows, "lines")
        return [one.drawn for one in made.made], kept()

    def kept() -> set[str]:
        return {path.name for path in (films / ".pieces").glob("*.[mw][pa][4v]")}

    drawn, first = run("In", "a,Oslo", "b,Bonn")
    assert (drawn, len(first)) == ([1, 1], 3)  # a piece for each, and their music
    assert run("In", "a,Oslo", "b,Bonn") == ([0, 0], first)
    drawn, second = run("At", "a,Oslo", "b,Bonn")
    assert (drawn, len(second), len(second & first)) == ([1, 1], 3, 1)
    (films / "b.mp4").unlink()
    for _ in range(2):
        assert run("At", "a,Oslo", "b,") == ([0], second)  # that of the bad row stays

    def stop(laid: object, piece: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room, "draw_piece", stop)
        with pytest.raises(KeyboardInterrupt):
            run("By", "a,Oslo", "b,Bonn")
    assert kept() == second
    assert run("At", "a,Oslo", "b,Bonn") == ([0, 0], second)
    (films / "b.mp4").unlink()
    drawn, last = run("At", "a,Oslo")
    assert (drawn, len(last)) == ([0], 2)
    assert [path.name for path in (films / ".pieces").glob("*.uses")] == ["a.mp4.uses"]


def test_chapters_are_those_that_video_sites_take(make: Make, tmp_path: Path) -> None:
    lengths = {"A": 4, "B": 8, "C": 12, "D": 10, "E": 3}  # B begins within 10 s of A, and E is too short at the end
    beats = "".join(
        f'[[beats]]\ntitle = "{name}"\nlength = {length}\nscene = {{ kind = "title", title = "{name}" }}\n'
        for name, length in lengths.items()
    )
    made = make(f"side = 64\nrate = 1\n{beats}")
    assert (tmp_path / "out/story.chapters.txt").read_text(encoding="utf-8") == "0:00 A\n0:12 C\n0:24 D\n"
    assert not any("chapters" in note for note in made.notes)
    assert len(probe(made.written.path).chapters) == 5
    made = make(f"side = 64\nrate = 1\n{beats.replace('length = 12', 'length = 2')}")
    assert not (tmp_path / "out/story.chapters.txt").exists()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the films of a batch, of which none is made."""
    names: list[str] = []

    def only_named(config: ComposeConfig, *rest: object) -> Composed:
        names.append(config.film.name)
        raise MediaError("not made here")

    monkeypatch.setattr("frameloom.apps.compose.batch.compose", only_named)
    return names


def test_semicolons_empty_cells_and_names_of_devices(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "story.toml").write_text('[[beats]]\nsay = "{city}"\n', encoding="utf-8")
    rows = tmp_path / "rows.csv"
    rows.write_text("name;city\nCON;a, b\nlpt1.x;\ncone;c\n", encoding="utf-8")
    found = batch(ComposeConfig(story=tmp_path / "story.toml", out=tmp_path / "films"), rows, "lines")
    assert made == ["CON-film.mp4", "cone.mp4"]
    why = "city: empty; fill it, or give in variables what stands there then"
    assert [(bad.line, bad.why) for bad in found.bad] == [(2, "not made here"), (3, why), (4, "not made here")]
    (tmp_path / "story.toml").write_text('[[beats]]\nsay = "{city}"\n[variables]\ncity = "Rome"\n', encoding="utf-8")
    found = batch(ComposeConfig(story=tmp_path / "story.toml", out=tmp_path / "films"), rows, "lines")
    assert made[2:] == ["CON-film.mp4", "lpt1.x-film.mp4", "cone.mp4"]
    assert found.notes == ("row in line 3: city is empty; 'Rome' stands there",)


def test_a_name_without_a_column_is_refused_before_any_film_is_made(tmp_path: Path, made: list[str]) -> None:
    story = '# {comment}\n[[beats]]\nsay = "{town} {product} {year}"\n[variables]\nyear = 2027\n'
    (tmp_path / "story.toml").write_text(story, encoding="utf-8")
    rows = tmp_path / "rows.csv"
    rows.write_text("name,produkt,town\n,Leaf,\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        batch(ComposeConfig(story=tmp_path / "story.toml", out=tmp_path / "films"), rows, "lines")
    told = f"{{product}} is not known; did you mean {{produkt}}? ({rows} has no such column)"
    assert str(refused.value) == f"{tmp_path}/story.toml:3: beats[0].say: {told}"
    (tmp_path / "story.toml").write_text("{town", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"story.toml:1: file: not valid TOML"):
        batch(ComposeConfig(story=tmp_path / "story.toml", out=tmp_path / "films"), rows, "lines")
    assert not made


def test_a_doubled_name_gets_a_number_and_a_note(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "story.toml").write_text('[[beats]]\nsay = "{city}"\n', encoding="utf-8")
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "name,city,town\nleaf-4,a,x\nLeaf,b,x\nleaf,c,x\n\u6625" + "\u6625" * 90 + ",d,x\n", encoding="utf-8"
    )
    found = batch(ComposeConfig(story=tmp_path / "story.toml", out=tmp_path / "films"), rows, "lines")
    assert made == ["leaf-4.mp4", "Leaf.mp4", "leaf-5.mp4", "\u6625" * 40 + ".mp4"]
    assert found.notes == (
        f"{rows}: 'town' stands for nothing in the storyboard; write {{town}} where it belongs",
        "row in line 4: another row is called 'leaf' too; its film is leaf-5.mp4",
    )
    assert found.record()["notes"] == list(found.notes)
    assert all(note in found.text() for note in found.notes)


def test_rows_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f'name,say\na,"two\nlines"\nb,{"x" * 140_000}\nc,d\u2028e\n', encoding="utf-8", newline="")
    found = list(read_rows(path))
    assert found[0] == (3, {"name": "a", "say": "two\nlines"})
    assert str(found[1][1]).startswith("not a row of cells: field larger than")
    assert found[2] == (5, {"name": "c", "say": "d\u2028e"})
    path.write_bytes(b"name\n\xff\n")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        list(read_rows(path))


def test_rows_of_json(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"name": "a", "n": 1}\n\n[1]\n{broken\n' + "[" * 100_000 + "\n", encoding="utf-8")
    found = list(read_rows(path))
    assert found[0] == (1, {"name": "a", "n": 1})
    assert found[1] == (3, "not an object of texts and numbers")
    assert [line for line, _ in found[2:]] == [4, 5]
    assert all(str(why).startswith("not JSON") for _, why in found[2:])
    with pytest.raises(ConfigError, match=r"give a \.csv, \.tsv or \.jsonl file"):
        list(read_rows(tmp_path / "rows.xlsx"))


LENGTHS = {"news": 30, "advert": 15, "lesson": 60}


# What draws formulas asks an older way for its fonts.
@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_become_films(kind: str, tmp_path: Path) -> None:
    config = ComposeConfig(
        story=example(kind),
        out=tmp_path,
        side=90,
        rate=4,
        voice="none",
        language="zh" if kind == "advert" else None,
        video=DRAFT,
    )
    made = compose(config, "lines")
    assert LENGTHS[kind] * 0.7 < made.duration < LENGTHS[kind] * 1.35
    spread = [float(picture.planes.y.std()) for picture in read_pictures(made.written.path)]
    assert len(spread) == made.written.frames
    assert min(spread[2:]) > 2  # nothing is blank
    assert pieces_folder(made.written.path).is_dir()


@pytest.mark.filterwarnings("ignore:path is deprecated:DeprecationWarning")
@pytest.mark.skipif(not {"hibari", "espeak"} <= VOICES, reason="the voices are not installed")
@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_have_their_lengths_with_their_voices(kind: str, tmp_path: Path) -> None:
    language = "zh" if kind == "advert" else None
    laid = make_ready(ComposeConfig(story=example(kind), out=tmp_path, language=language), tmp_path).laid
    assert float(laid.duration) == pytest.approx(LENGTHS[kind], rel=0.1)
