"""What holds for every voice: times that fit the sound, sentences one by one, one line for what cannot be said."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.core.errors import MediaError, MissingDependencyError
from frameloom.media.speech import voices as rooms
from frameloom.media.speech.espeak import EspeakVoice
from frameloom.media.speech.phones import mouths
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Voice, Word, joined, moved, without_lead
from frameloom.media.speech.track import CROSSFADE_S, spans, track_of
from frameloom.media.speech.voices import ENGINES, known_voices, open_voice, voices_text
from frameloom.media.speech.worker import Worker
from frameloom.media.visemes import VISEMES

TEXT = "A happy puppy took my paper cup. Bob fed five fine fish."
OPEN: dict[str, Voice] = {}


@pytest.fixture(params=ENGINES)
def voice(request: pytest.FixtureRequest) -> Voice:
    name = str(request.param)
    if not next(one for one in known_voices() if one.name == name).is_here:
        pytest.skip(f"{name} is not installed")
    if name not in OPEN:
        OPEN[name] = open_voice(name)
    return OPEN[name]


def levels(spoken: Spoken, one: Phoneme) -> float:
    """Return the root mean square of the middle half of a phoneme."""
    start, stop = one.start + (one.stop - one.start) / 4, one.stop - (one.stop - one.start) / 4
    part = spoken.sound[int(start * spoken.rate) : int(stop * spoken.rate) + 1]
    return float(np.sqrt(np.mean(np.square(part))))


def test_times_are_in_order_and_within_the_sound(voice: Voice) -> None:
    said = list(voice.speak(TEXT, Manner()))
    assert len(said) == 2
    for spoken in said:
        assert spoken.sound.dtype == np.float32
        assert spoken.sound.shape[1] == 1
        assert 0.05 < np.abs(spoken.sound).max() <= 1
        for every in (spoken.phonemes, spoken.words):
            times = [time for one in every for time in (one.start, one.stop)]
            assert times == sorted(times)
            assert times[0] >= 0
            assert times[-1] <= spoken.duration
            assert all(isinstance(time, Fraction) for time in times)
    assert [one.text for one in said[0].words] == ["A", "happy", "puppy", "took", "my", "paper", "cup"]
    assert [one.text for one in said[1].words] == ["Bob", "fed", "five", "fine", "fish"]


def test_phonemes_are_the_right_ones_and_lie_where_they_sound(voice: Voice) -> None:
    said = list(voice.speak(TEXT, Manner()))
    through = [VISEMES[mouth] for one in said[1].phonemes for mouth in mouths(one.ipa)]
    assert through.count("PP") == 2
    assert through.count("FF") == 5
    vowels, stops = (
        [levels(spoken, one) for spoken in said for one in spoken.phonemes if one.ipa.strip("ˈˌː")[:1] in kind]
        for kind in ("aæɑɪiʌʊeɛ", "pkt")
    )
    assert np.median(vowels) > 3 * np.median(stops)


def test_words_hold_their_phonemes(voice: Voice) -> None:
    (spoken,) = voice.speak("Mama, papa.", Manner())
    for word in spoken.words:
        own = [one for one in spoken.phonemes if word.start <= one.start < word.stop]
        first = VISEMES[mouths(own[0].ipa)[0]]
        assert first == "PP"
        assert len(own) == 4


def test_a_quicker_pace_is_shorter(voice: Voice) -> None:
    slow, quick = (joined(voice.speak("What a wonderful morning it is.", Manner(pace=pace))) for pace in (0.7, 1.5))
    assert 1.5 < slow.duration / quick.duration < 3


def test_the_first_sentence_comes_before_the_others_are_spoken(voice: Voice) -> None:
    stream = iter(voice.speak("One. " * 2 + "Two words here. " * 400, Manner()))
    assert next(stream).words[0].text == "One"


@pytest.mark.parametrize("text", ["", "...", "🙂"])
def test_nothing_to_speak_is_one_line(voice: Voice, text: str) -> None:
    with pytest.raises(MediaError, match="nothing to speak"):
        list(voice.speak(text, Manner()))


ODD = {
    "a picture in it": "I am happy 🙂 today 👩‍👩‍👧 yes.",
    "two languages": "我们在用 Python 3.12 写代码, it is great, 对吧？",
    "numbers and dates": "1,234,567.89 and -3.5% of $20 at 10:45 on 2026-11-30, and Nov. 30th, room 007.",
    "abbreviations": "Dr. Smith of the U.S.A., e.g. NASA etc. vs. Mr. X on St. John St.",
    "markup": '<speak>Hello <break time="1s"/> <b>world</b> &amp; you</speak>',
    "phonemes of engines": "[[h@'loU]] world {hello} [ ] \\ ~ ]] [[",
    "control characters": "Hello\x00 wor\x1bld \x01\x02 and\x08 \x7f \u200b\u202e zero \ufeff.",
    "bytes that were no text": "Hello \udcff\udcfe world.",
    "one long word": "a" * 600,
    "no vowels": "Hmm. Pst! Brr. zzz",
    "signs": "# @ & % + = a * b",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_text_is_spoken_or_is_one_line(voice: Voice, text: str, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        said = list(voice.speak(text, Manner()))
    except MediaError as error:
        assert re.match(r"(text|language|piper|espeak|hibari)\b.*; (give|take|see) ", str(error))  # noqa: PT017
    else:
        assert sum(spoken.duration for spoken in said) > Fraction(3, 10)
        assert all(spoken.phonemes for spoken in said)
        assert all(one.stop <= spoken.duration for spoken in said for one in (*spoken.phonemes, *spoken.words))
    assert capfd.readouterr() == ("", "")


def test_what_stands_behind_a_zero_byte_is_spoken(voice: Voice) -> None:
    (spoken,) = voice.speak("One\x00 paper bag.", Manner())
    assert [word.text for word in spoken.words] == ["One", "paper", "bag"]


def test_visemes_of_a_known_text_keep_to_its_times(voice: Voice) -> None:
    """Each mouth is the strongest within a picture, 1/25 s, of the time that the voice itself tells of its sound."""
    late = []
    for spoken in voice.speak(f"{TEXT} Judge Philip's new house, thank you.", Manner()):
        labels = track_of(spoken).labels
        for viseme, start, stop in spans(spoken.phonemes):
            rows = np.flatnonzero(labels == viseme) / 100
            if stop - start >= CROSSFADE_S:  # shorter ones are blended with what is around them
                late.append(min(abs(float(row) - float(start)) for row in rows) if len(rows) else 9.0)
    assert len(late) > 30
    assert max(late) <= 0.04
    assert np.median(late) <= 0.01


def test_a_language_that_a_voice_does_not_speak_is_one_line(voice: Voice) -> None:
    with pytest.raises(MediaError, match=r"^language 'qx': \w+ (does not speak it|speaks English alone); "):
        list(voice.speak("Hello.", Manner(language="qx")))


def test_the_same_is_said_alike(voice: Voice) -> None:
    one, _, other = (joined(voice.speak(text, Manner())) for text in ("Good morning.", "Rain.", "Good morning."))
    assert [each.ipa for each in one.phonemes] == [each.ipa for each in other.phonemes]
    if voice.name == "espeak":  # its waves go on where the sentence before has left them
        assert abs(one.duration - other.duration) < Fraction(2, 1000)
    else:
        assert np.array_equal(one.sound, other.sound)


def test_a_higher_pitch_is_higher_and_not_faster(voice: Voice) -> None:
    low, high = (joined(voice.speak("Mama.", Manner(pitch=pitch))) for pitch in (0.8, 1.2))
    assert 1.2 < pitch_of(high) / pitch_of(low) < 1.8
    assert 0.7 < high.duration / low.duration < 1.4
    assert high.phonemes[-1].stop <= high.duration


def pitch_of(spoken: Spoken) -> float:
    """Return the middle of the pitches of what is loud, 80 ms each, by its correlation with itself."""
    size, rate = round(0.08 * spoken.rate), spoken.rate
    parts = np.lib.stride_tricks.sliding_window_view(spoken.sound[:, 0], size)[:: size // 4]
    energy = np.square(parts).mean(1)
    first, last = round(rate / 300), round(rate / 70)  # formants lie above, two periods below
    lags = []
    for part in parts[energy > energy.max() / 4]:
        alike = np.correlate(part, part, "full")[size - 1 :] / np.arange(size, 0, -1)
        lags.append(first + int((alike[first:last] > 0.9 * alike[first:last].max()).argmax()))
    return rate / float(np.median(lags))


def test_stops_of_espeak_begin_with_their_closure() -> None:
    spoken = EspeakVoice().utter("a paper cup", "en-us")
    inner = [one for one in spoken.phonemes if one.ipa == "p"][:2]
    for one in inner:
        assert one.stop - one.start > Fraction(6, 100)  # the burst alone lasts 32 ms
        first = spoken.sound[int(one.start * spoken.rate) : int(one.start * spoken.rate) + spoken.rate // 50]
        assert np.sqrt(np.mean(np.square(first))) < 0.05 * np.abs(spoken.sound).max()


def test_espeak_speaks_many_languages_and_reads_chinese_numbers() -> None:
    voice = EspeakVoice()
    assert len(voice.languages()) > 90
    for language, text, sounds in (
        ("de", "Schöne Füße", "ʃ"),
        ("fr", "Bonjour", "ʒ"),
        ("ja", "こんにちは", "k"),
        ("zh", "你好", "n"),
    ):
        (spoken,) = voice.speak(text, Manner(language=language))
        assert any(sounds in one.ipa for one in spoken.phonemes), language
    (digits,), (words,) = (voice.speak(text, Manner(language="zh-CN")) for text in ("25个", "二十五个"))
    assert [one.ipa for one in digits.phonemes] == [one.ipa for one in words.phonemes]


def test_a_number_is_one_word_of_espeak() -> None:
    (spoken,) = EspeakVoice().speak("We have 1250 pies.", Manner())
    assert [one.text for one in spoken.words] == ["We", "have", "1250", "pies"]


def test_what_is_under_the_gpl_stays_out_of_this_process() -> None:
    code = (
        "import sys; from frameloom.media.speech.espeak import EspeakVoice\n"
        "from frameloom.media.speech.spoken import Manner\n"
        "list(EspeakVoice().speak('Hello.', Manner()))\n"
        "assert 'espeakng_loader' not in sys.modules and 'piper' not in sys.modules\n"
        "assert 'espeak' not in open('/proc/self/maps').read()"
    )
    if not Path("/proc/self/maps").exists():
        pytest.skip("no /proc here")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_voices_are_opened_by_name_and_by_language() -> None:
    assert open_voice(None, "en-GB").name == "hibari"
    assert open_voice(None, "fr").name == "espeak"
    assert open_voice("espeak:f3").name == "espeak:f3"
    with pytest.raises(MediaError, match=r"voice 'bob': unknown; give hibari, espeak, piper"):
        open_voice("bob")
    with pytest.raises(MediaError, match=r"voice 'espeak:bob': no such variant; give espeak:f1"):
        open_voice("espeak:bob")


def test_what_is_missing_is_told_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_is_installed", lambda _: False)
    monkeypatch.setattr(rooms, "find_library", lambda: None)
    known = known_voices()
    assert not any(one.is_here for one in known)
    assert "missing: pip install 'frameloom[voices]'" in voices_text(known)
    assert open_voice(None, "en").name == "espeak"
    monkeypatch.setitem(sys.modules, "hibari", None)
    with pytest.raises(MissingDependencyError, match="hibari: not installed; pip install hibari-tts"):
        open_voice("hibari")


def test_a_worker_that_ends_is_one_line_and_the_next_try_is_a_new_one() -> None:
    worker = Worker("frameloom.media.speech.nowhere")
    with pytest.raises(MediaError, match=r"nowhere: gave no whole answer .*; try again"):
        worker.ask({"text": "Hello."})
    voice = EspeakVoice()
    list(voice.speak("Hello.", Manner()))
    process = voice._worker._process
    assert process is not None
    process.kill()
    process.wait()
    assert list(voice.speak("Hello.", Manner()))


def test_unknown_voices_of_espeak_are_one_line() -> None:
    with pytest.raises(MediaError, match=r"espeak: no voice 'xx'; see `frameloom voices`"):
        EspeakVoice().utter("Hello.", "xx")


def made(*phonemes: tuple[str, int, int], samples: int = 100) -> Spoken:
    """Return speech at 100 samples a second, times in samples."""
    every = tuple(Phoneme(ipa, Fraction(start, 100), Fraction(stop, 100)) for ipa, start, stop in phonemes)
    words = (Word("a", every[0].start, every[-1].stop),) if every else ()
    return Spoken(np.arange(samples, dtype=np.float32)[:, None], 100, every, words)


def test_pieces_are_joined_in_time() -> None:
    both = joined([made(("a", 10, 20)), made(("b", 5, 30))])
    assert both.duration == 2
    assert [(one.ipa, one.start, one.stop) for one in both.phonemes] == [
        ("a", Fraction(1, 10), Fraction(1, 5)), ("b", Fraction(21, 20), Fraction(13, 10)),
    ]  # fmt: skip
    assert both.words[1].start == Fraction(21, 20)
    with pytest.raises(ValueError, match="nothing to join"):
        joined([])


def test_moved_phonemes_stay_within_the_sound() -> None:
    late = moved(made(("a", 0, 4), ("b", 4, 90), ("c", 90, 100)).phonemes, Fraction(-1, 20), Fraction(1))
    assert [(one.ipa, float(one.start), float(one.stop)) for one in late] == [("b", 0, 0.85), ("c", 0.85, 0.95)]


def test_a_lead_is_cut_off_with_its_time() -> None:
    cut = without_lead(made(("a", 30, 40)), Fraction(1, 20))
    assert cut.sound[0, 0] == 25
    assert cut.phonemes[0].start == Fraction(1, 20)
    assert cut.words[0].stop == Fraction(15, 100)
    assert len(without_lead(made(("a", 2, 40)), Fraction(1, 20)).sound) == 100
