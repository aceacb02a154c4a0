"""Words find their times in a recording, and films hold what somebody recorded and what a clip sounds like."""

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from frameloom.apps import aligned, recorded
from frameloom.apps.compose import speaking
from frameloom.apps.compose.compose import compose
from frameloom.apps.compose.ready import ComposeConfig, make_ready
from frameloom.apps.compose.scenes.presenter import track_before
from frameloom.apps.compose.stage import Speech
from frameloom.apps.recorded import heard_in, held_to, read_recording, word_times
from frameloom.core.errors import ConfigError, MediaError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import probe, read_sound
from frameloom.media.planes import plain
from frameloom.media.sound import Sound
from frameloom.media.speech.hibari import HibariVoice
from frameloom.media.speech.spoken import Manner, joined
from frameloom.media.speech.spreading import spread_over
from frameloom.media.speech.tokens import tokens_of
from frameloom.media.subtitles import read_subtitles
from frameloom.media.transcript import Word

S = Fraction
RATE = 48_000
DRAFT = VideoFormat(speed="draft", quality=60)


@pytest.fixture(autouse=True)
def no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (speaking, aligned):
        monkeypatch.setattr(room, "recogniser_of", lambda language: None)


def hum(*loud: tuple[float, float], seconds: float, hertz: float = 220) -> Sound:
    """Return a tone that is heard from each time to another, in s."""
    times = np.arange(round(seconds * RATE)) / RATE
    heard = np.any([(times >= start) & (times < stop) for start, stop in loud], axis=0)
    return (0.2 * np.sin(2 * np.pi * hertz * times) * heard)[:, None].astype(np.float32)


def level_db(path: Path, start: float, stop: float) -> float:
    sound = np.concatenate(list(read_sound(path, channels=1)))[round(start * RATE) : round(stop * RATE)]
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound))) + 1e-9))


def test_words_are_spread_by_syllables_and_letters_and_pauses_meet_the_ends_of_sentences() -> None:
    tokens = spread_over("No, no banana. Sun.", [(S(1), S(6)), (S(8), S(9))])
    assert [one.start for one in tokens] == [1, 2, 3, 8]  # 0.6 + 0.4 takes a third of what 1.8 + 1.2 does
    assert [one.end for one in tokens] == [2, 3, 6, 9]


def test_pauses_are_chosen_for_all_of_it_at_once() -> None:
    text = "We make small things: a cup, a lamp, a chair. Each of them lasts."
    stretches = [(S(0), S(13, 10)), (S(16, 10), S(2)), (S(23, 10), S(27, 10)), (S(31, 10), S(35, 10)), (S(4), S(5))]
    begins = [text[one.first : one.stop] for one in spread_over(text, stretches) if one.start in dict(stretches)]
    assert begins == ["We", "a", "a", "a", "Each"]  # the commas have their pauses
    click = spread_over("Up. Down.", [(S(0), S(1, 50)), (S(2), S(3)), (S(4), S(5))])
    assert [one.start for one in click] == [2, 4]


def test_a_pause_within_a_sentence_goes_to_its_comma() -> None:
    tokens = spread_over("One two, three four five six.", [(S(0), S(11, 20)), (S(2), S(4))])
    assert (tokens[1].end, tokens[2].start) == (S(11, 20), 2)  # though by its syllables "One" would end nearer to it


@given(
    some.text("ab ,.\u96e8", min_size=1, max_size=40).filter(lambda text: any(map(str.isalnum, text))),
    some.lists(some.integers(1, 50), min_size=2, max_size=8).filter(lambda lengths: len(lengths) % 2 == 0),
)
def test_every_word_gets_its_time_in_order(text: str, lengths: Sequence[int]) -> None:
    edges = np.cumsum(lengths).tolist()
    stretches = [(S(one), S(other)) for one, other in zip(edges[::2], edges[1::2], strict=True)]
    tokens = spread_over(text, stretches)
    assert [(one.first, one.stop) for one in tokens] == tokens_of(text)
    times = [time for one in tokens for time in (one.start, one.end)]
    assert times == sorted(times)
    assert all(any(first <= one.start <= one.end <= stop for first, stop in stretches) for one in tokens)


class Listener:
    """Hears what it is told to."""

    name = "told"

    def __init__(self, *words: Word) -> None:
        self.words = words

    def hear(self, samples: np.ndarray) -> Sequence[Word]:
        return self.words


def test_words_that_are_heard_give_their_times() -> None:
    sound = hum((0.5, 2.5), seconds=3)
    heard = Listener(Word(S(1, 2), S(1), "the"), Word(S(1), S(3, 2), "river"), Word(S(2), S(5, 2), "rose"))
    tokens, note = word_times("me.wav", "The river rose.", sound, heard)
    assert ([one.start for one in tokens], note) == ([S(1, 2), S(91, 100), S(191, 100)], "")  # 0.09 s earlier


def test_a_long_recording_is_heard_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counter(Listener):
        def hear(self, samples: np.ndarray) -> Sequence[Word]:
            return [Word(S(0), S(len(samples), recorded.RATE), "part")]

    monkeypatch.setattr(recorded, "AT_ONCE_S", 4)
    parts = heard_in(hum((0, 2.6), (3.2, 6.5), (7.1, 9), seconds=9)[:, 0], Counter())
    assert [float(one.start) for one in parts] == pytest.approx([0, 2.9, 6.8], abs=0.2)  # cut in the pauses
    assert [one.end for one in parts] == [*(one.start for one in parts[1:]), 9]


def test_words_that_are_heard_are_held_out_of_pauses() -> None:
    tokens = spread_over("One two. Three four.", [(S(0), S(4))])
    told = [(S(0), S(1)), (S(1), S(2)), (S(9, 4), S(13, 4)), (S(13, 4), S(15, 4))]
    heard = [replace(token, start=start, end=end) for token, (start, end) in zip(tokens, told, strict=True)]
    held = held_to([(S(1, 2), S(3, 2)), (S(2), S(7, 2))], heard)
    assert [(one.start, one.end) for one in held] == [
        (S(1, 2), S(91, 100)),
        (S(91, 100), S(3, 2)),  # ends where the pause begins
        (2, S(316, 100)),  # begins where it ends
        (S(316, 100), S(7, 2)),
    ]
    assert held_to([(S(1), S(4))], heard[2:])[0].start == S(216, 100)  # more than half a second after the pause


def test_other_words_than_were_said_are_told() -> None:
    sound = hum((0.5, 2.5), seconds=3)
    heard = Listener(Word(S(1, 2), S(5, 2), "something"))
    tokens, note = word_times("me.wav", "The river rose again today.", sound, heard)
    assert note.startswith("me.wav: ")
    assert note.endswith("s of speech hardly say 'The river rose again today.'; are these its words?")
    assert len(tokens) == 5
    more = Listener(
        *(
            Word(S(at, 10), S(at + 1, 10), word)
            for at, word in enumerate(["the", "river", "rose", "by", "two", "metres"], 5)
        )
    )
    tokens, note = word_times("me.wav", "The river.", sound, more)
    assert note == "me.wav: 6 words are heard, and 2 are in 'The river.'; are these its words?"
    assert tokens[-1].end < 1  # and the others do not move them
    assert "me.wav: nobody is heard to speak in it" in word_times("me.wav", "No.", hum((0, 2), seconds=2), None)[1]


def test_words_that_are_far_too_few_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "stretches_of", lambda sound: ([(S(0), S(20))], True))
    note = word_times("me.wav", "No.", hum((0, 20), seconds=20), None)[1]
    assert note == "me.wav: 20.0 s of speech hardly say 'No.'; are these its words?"


def test_a_recording_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_media(tmp_path / "me.wav", None, [hum((0, 2), seconds=2)], channels=1)
    monkeypatch.setattr(recorded, "LONGEST_S", 1)
    with pytest.raises(MediaError, match=r"longer than .* part it, and its words, into several beats"):
        read_recording(tmp_path / "me.wav")


def made(folder: Path, text: str) -> Path:
    (folder / "story.toml").write_text(f"side = 64\nrate = 5\nmarks = false\n{text}", encoding="utf-8")
    config = ComposeConfig(story=folder / "story.toml", out=folder / "film.mp4", video=DRAFT)
    compose(config, "lines")
    return config.out


def test_a_film_holds_what_was_recorded(tmp_path: Path) -> None:
    write_media(tmp_path / "me.wav", None, [hum((0.5, 1.5), (2.5, 3.5), seconds=4)], channels=1)
    beat = '[[beats]]\nsay = "The river rose. It fell."\nrecording = "me.wav"\nbreath = 0\n'
    film = made(tmp_path, beat)
    assert probe(film).sounds[0].language == "eng"
    assert probe(film).duration == S(22, 5)  # the lesson's lead of 0.3 s, and whole pictures
    assert level_db(film, 0.9, 1.7) > level_db(film, 1.9, 2.7) + 40
    record = json.loads(film.with_suffix(".record.json").read_text(encoding="utf-8"))
    assert record["files"][0]["path"] == "me.wav"
    assert record["voices"] == [{"name": "recording", "licence": "spoken by somebody; see the files"}]
    assert record["synthetic"] == "drawn pictures were made by a computer"
    assert "00:00:00,8" in film.with_suffix(".srt").read_text(encoding="utf-8")
    before = film.read_bytes()
    assert made(tmp_path, beat).read_bytes() == before  # and what was found in it is kept


def test_captions_cues_and_lips_follow_the_words_of_a_recording(tmp_path: Path) -> None:
    text = "Good morning, everybody. A bridge that works well is simply forgotten; people pass by it every day."
    said = joined(HibariVoice().speak(text, Manner(pace=0.85)))
    rest = np.zeros((said.rate, 1), np.float32)
    write_media(tmp_path / "me.wav", None, [rest, said.sound], sample_rate=said.rate, channels=1)
    begins = {
        word.text.strip(",.;").lower(): 1.3 + float(word.start) for word in said.words
    }  # the lesson's lead, a rest
    scene = 'scene = { kind = "presenter", items = ["One", "Two"] }\ncues = ["bridge", "pass"]\n'
    film = made(tmp_path, f'voice = "espeak"\n[[beats]]\nsay = "{text}"\nrecording = "me.wav"\n{scene}')
    cues = read_subtitles(film.with_suffix(".srt")).cues
    assert " ".join(" ".join(cue.text.split()) for cue in cues) == text
    for cue in cues:
        assert float(cue.start) == pytest.approx(begins[cue.text.split()[0].strip(",.;").lower()], abs=0.12)
    kept = next(film.with_name(f".{film.name}.pieces").glob("**/*.json"))
    assert len(json.loads(kept.read_text(encoding="utf-8"))["phonemes"]) > 60
    config = ComposeConfig(story=tmp_path / "story.toml", out=film, video=DRAFT)
    (placed,) = make_ready(config, kept.parent).laid.beats
    assert [float(cue) for cue in placed.cues] == pytest.approx([begins["bridge"], begins["pass"]], abs=0.12)


def test_a_recording_without_words_or_sound_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"beats\[0\]: has a recording without its words; write in say"):
        made(tmp_path, '[[beats]]\nrecording = "me.wav"\nscene = { kind = "title", title = "x" }\n')
    with pytest.raises(ConfigError, match=r"recording: me.wav: no such file"):
        made(tmp_path, '[[beats]]\nsay = "Rain."\nrecording = "me.wav"\n')


def test_lips_follow_a_recording(tmp_path: Path) -> None:
    write_media(tmp_path / "me.wav", None, [hum((0, 1), seconds=1)], channels=1)
    track = track_before(Speech(S(1, 2), (), tmp_path / "me.wav"))
    assert len(track.weights) == 150
    assert track.weights[:40, 0].min() > 0.5  # a mouth at rest, until the first sample


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Two seconds of blue and two of red, with a tone in all of them."""
    blue, red = plain(32, 18, (0, 0, 255)), plain(32, 18, (255, 0, 0))
    tone = np.repeat(hum((0, 4), seconds=4), 2, axis=1)
    write_media(tmp_path / "clip.mp4", [blue] * 10 + [red] * 10, [tone], rate=S(5), width=32, height=18)
    return tmp_path / "clip.mp4"


def test_a_clip_is_heard_when_asked_until_it_stops(clip: Path) -> None:
    mute = '[[beats]]\nscene = { kind = "clip", path = "clip.mp4" }\ntransition = "cut"\n'
    film = made(
        clip.parent, f'[[beats]]\nscene = {{ kind = "clip", path = "clip.mp4", stop = 2, sound = true }}\n{mute}'
    )
    assert probe(film).duration == 6  # two seconds of the clip, and the lesson's four of a beat without words
    assert level_db(film, 0.2, 1.7) > -20
    assert level_db(film, 2.2, 5.8) < -80


def test_a_clip_is_heard_from_its_start(clip: Path) -> None:
    tone = np.repeat(hum((2, 4), seconds=4), 2, axis=1)
    write_media(clip, [plain(32, 18, (9, 99, 9))] * 20, [tone], rate=S(5), width=32, height=18)
    film = made(clip.parent, '[[beats]]\nscene = { kind = "clip", path = "clip.mp4", start = 1, sound = true }\n')
    assert probe(film).duration == 3
    assert level_db(film, 0.1, 0.9) < -60 < -20 < level_db(film, 1.1, 1.9)


def test_a_clip_gives_way_to_words(clip: Path) -> None:
    write_media(clip.parent / "me.wav", None, [hum((1, 1.5), seconds=3, hertz=5000)], channels=1)
    scene = 'scene = { kind = "clip", path = "clip.mp4", sound = true }'
    film = made(clip.parent, f'music = "calm"\n[[beats]]\nsay = "Rain."\nrecording = "me.wav"\n{scene}\n')
    sound = np.concatenate(list(read_sound(film, channels=1)))[:, 0]

    def tone_db(start: float) -> float:
        part = sound[round(start * RATE) :][: RATE // 5]
        return float(20 * np.log10(np.abs(np.fft.rfft(part)[44])))  # 220 Hz

    assert 7 < tone_db(0.4) - tone_db(1.4) < 13


def test_a_stop_keeps_the_last_picture_and_comes_after_the_start(clip: Path) -> None:
    from frameloom.media.files.source import read_pictures

    film = made(clip.parent, '[[beats]]\nlength = 4\nscene = { kind = "clip", path = "clip.mp4", stop = 2 }\n')
    reds = [float(picture.planes.v.mean()) for picture in read_pictures(film)]
    assert max(reds) < 128  # blue to its end
    with pytest.raises(ConfigError, match=r"stop 1 is not after start 2; give more"):
        made(clip.parent, '[[beats]]\nscene = { kind = "clip", path = "clip.mp4", start = 2, stop = 1 }\n')


def test_a_clip_that_has_no_sound_is_told(tmp_path: Path) -> None:
    write_media(tmp_path / "mute.mp4", [plain(32, 18, (9, 9, 9))] * 4, None, rate=S(2), width=32, height=18)
    with pytest.raises(ConfigError, match=r"mute.mp4: holds no sound; leave out sound = true"):
        made(tmp_path, '[[beats]]\nscene = { kind = "clip", path = "mute.mp4", sound = true }\n')


def test_a_louder_clip_is_not_drawn_again(clip: Path) -> None:
    beat = '[[beats]]\nscene = {{ kind = "clip", path = "clip.mp4", stop = 2, sound = true, volume = {} }}\n'
    film = made(clip.parent, beat.format(0))
    pieces = {path.name for path in film.with_name(f".{film.name}.pieces").glob("*.mp4")}
    made(clip.parent, beat.format(-6))
    assert {path.name for path in film.with_name(f".{film.name}.pieces").glob("*.mp4")} == pieces
