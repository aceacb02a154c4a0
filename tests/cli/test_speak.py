"""voices, say, visemes: through the command line, and what they leave is opened."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from frameloom.apps.speak.hear import VisemesConfig, hear_visemes
from frameloom.apps.speak.tracks import read_track
from frameloom.apps.talk.curves import mouth_curves
from frameloom.generation.export_viseme import export_viseme
from frameloom.generation.visemes import LISTENER_NAME
from frameloom.media.ffmpeg import measure_loudness
from frameloom.media.files.source import read_sound
from frameloom.media.speech.track import intensity_of
from frameloom.media.visemes import VISEMES
from frameloom.models.store import SHIPPED
from frameloom.models.viseme import Viseme, VisemeConfig

SPEECH = Path(__file__).parents[3] / "shared" / "data" / "speech"
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with random weights."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("viseme")
    export_viseme(Viseme(VisemeConfig(width=16, memory=16)).eval(), folder / LISTENER_NAME)
    return folder


def heard(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(read_sound(path, channels=1)))


def test_a_text_is_said_into_a_file_with_what_the_mouth_does(frameloom: Command) -> None:
    code, out, _ = frameloom("say", "My puppy. Your map!", "-o", "v.wav", "--visemes", "v.json")
    assert code == 0
    assert out.startswith("v.wav: ")
    assert "4 words by hibari" in out
    sound, track = heard(Path("v.wav")), read_track(Path("v.json"))
    assert len(sound) == track.duration * 48_000
    loudness = intensity_of(sound, 48_000)
    assert np.corrcoef(loudness, track.intensity)[0, 1] > 0.9
    pp = VISEMES.index("PP")
    stretches = int((np.diff((track.labels == pp).astype(int)) == 1).sum())
    assert stretches == 5  # My, p-u-pp-y, m-a-p


def test_programs_get_words_and_phonemes_with_times(frameloom: Command) -> None:
    code, out, _ = frameloom("say", "Guten Morgen.", "--lang", "de", "-o", "v.flac", "--json")
    record = json.loads(out)
    assert code == 0
    assert record["voice"] == "espeak"
    assert [word["text"] for word in record["words"]] == ["Guten", "Morgen"]
    assert record["words"][0]["stop"] <= record["words"][1]["start"]
    assert record["phonemes"][0]["text"] == "ɡ"
    assert record["duration"] == pytest.approx(len(heard(Path("v.flac"))) / 48_000)


@pytest.mark.parametrize(
    ("words", "out"),
    [(["Good morning, all of you."], "v.mp3"), (["Good morning, all of you.", "--voice", "espeak"], "v.ogg")],
)
def test_every_voice_is_equally_loud_and_none_clips(frameloom: Command, words: list[str], out: str) -> None:
    assert frameloom("say", *words, "-o", out)[0] == 0
    sound = heard(Path(out))
    assert measure_loudness([sound], rate=48_000, channels=1).integrated_lufs == pytest.approx(-18, abs=0.6)
    assert np.abs(sound).max() < 0.98


def test_progress_of_a_long_text_is_told(frameloom: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.apps.speak.say._LINE_S", 0.0)
    _, _, err = frameloom("say", "One two. Three four.", "--voice", "espeak", "-o", "v.wav")
    assert "v.wav:  40%" in err
    assert "6 of 15 letters" in err
    assert "v.wav: 100%" in err


@pytest.mark.parametrize("text", [b"Hello there.", b"\xef\xbb\xbfHello\xff\xfe there."])
def test_standard_input_is_said(frameloom: Command, monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    code, out, _ = frameloom("say", "-", "-o", "v.wav", "--voice", "espeak:f2", "--pace", "1.5")
    assert code == 0
    assert "2 words by espeak:f2" in out


def test_standard_input_without_end_is_one_line(frameloom: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(bytes(2**24 + 1))))
    code, _, err = frameloom("say", "-", "-o", "v.wav")
    assert (code, err) == (2, "frameloom: standard input: more than 16 MiB of text; say it in parts\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["say", "..."], "text '...': has nothing to speak; give words"),
        (["say", "Hi", "--voice", "bob"], "voice 'bob': unknown; give hibari, espeak, piper"),
        (["say", "Hi", "--lang", "qx"], "language 'qx': espeak does not speak it; see `frameloom voices --languages`"),
        (["say", "Привет", "--voice", "hibari", "--lang", "ru"], "hibari speaks English alone; take --voice espeak"),
        (["say", "Hi", "--pace", "9"], "pace"),
        (["say", "Hi", "-o", "v.png"], "v.png: unknown suffix '.png'; known: .mp4, .mov, .mkv, .webm, .m4a"),
        (["say", "Hi", "-o", "v.wav", "--visemes", "v.wav"], "v.wav: no format for mouth movements ends so"),
        (
            ["say", "Hi", "-o", "v.wav", "--visemes", "v.foo"],
            "v.foo: no format for mouth movements ends so; known: .json",
        ),
        (["say", "Hi", "-o", "v.json", "--visemes", "v.json"], "v.json"),
        (["visemes", "none.wav", "-o", "v.foo"], "v.foo: no format for mouth movements ends so; known: .json"),
        (["visemes", "none.wav"], "none.wav"),
    ],
)
def test_bad_input_is_one_line(frameloom: Command, words: list[str], message: str, model: Path) -> None:
    more = ["--model", str(model)] if words[0] == "visemes" else []
    code, out, err = frameloom(*words, *more)
    assert code == 2
    assert not out
    assert message in err
    assert err.startswith("frameloom: ")
    assert err.count("\n") == 1
    assert not list(Path().rglob("*.part*"))
    assert not list(Path().rglob("v*"))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc here")
def test_ctrl_c_leaves_neither_file_nor_process() -> None:
    words = ["say", "-", "-o", "v.flac", "--visemes", "v.json", "--voice", "espeak"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-m", "frameloom", *words]
    with subprocess.Popen(command, text=True, start_new_session=True, **pipes) as process:
        assert process.stdin is not None
        process.stdin.write("Seven brave bakers bought purple bread. " * 20_000)
        process.stdin.close()
        own = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not list(Path().glob(".v.*.part.flac")) or not (workers := own.read_text().split()):
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        assert process.wait(60) == 130
        assert process.stderr is not None
        assert process.stderr.read() == "frameloom: stopped\n"
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert list(Path().iterdir()) == []


def test_visemes_of_a_file_are_written(frameloom: Command, model: Path) -> None:
    frameloom("say", "Hello.", "-o", "v.wav", "--voice", "espeak")
    code, out, _ = frameloom("visemes", "v.wav", "-o", "v.json", "--model", model, "--json")
    record = json.loads(out)
    assert code == 0
    assert record["rows"] == len(read_track(Path("v.json")).intensity) == -(-len(heard(Path("v.wav"))) // 480)
    code, out, err = frameloom("visemes", "v.wav", "-o", "v.wav", "--model", model)
    assert (code, out) == (2, "")
    assert "would overwrite" in err


def test_a_file_without_sound_has_no_visemes(frameloom: Command, model: Path) -> None:
    with wave.open("empty.wav", "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    code, _, err = frameloom("visemes", "empty.wav", "-o", "v.json", "--model", model)
    assert (code, err) == (2, "frameloom: empty.wav: holds no sound; give a recording\n")


def test_voices_are_listed(frameloom: Command) -> None:
    code, out, _ = frameloom("voices")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[:3]] == ["hibari", "espeak", "piper"]
    _, out, _ = frameloom("voices", "--json")
    assert {one["name"] for one in json.loads(out)["voices"]} == {"hibari", "espeak", "piper"}
    _, out, _ = frameloom("voices", "--languages")
    assert "German" in out
    _, out, _ = frameloom("voices", "--languages", "--json")
    assert json.loads(out)["languages"]["de"] == "German"


@pytest.mark.parametrize(
    ("name", "alike", "left_open"),
    [
        pytest.param("RD_Radio31_000", 0.43, 0.20, id="English"),
        pytest.param("chinese_news", 0.60, 0.31, id="Chinese"),  # over a murmur: nothing in it is quiet
        pytest.param("japanese", 0.53, 0.01, id="Japanese"),
        pytest.param("deyu", 0.58, 0.00, id="German"),
        pytest.param("eluosi", 0.44, 0.01, id="Russian"),
        pytest.param("fayu", 0.53, 0.04, id="French"),
    ],
)
def test_real_speech_opens_the_mouth_and_pauses_close_it(name: str, alike: float, left_open: float) -> None:
    """In six languages: how far the mouth opens goes with loudness, at its time, and pauses close it.

    Measured with the network that ships: correlation of opening and decibels, and the opening in the quietest tenth as
    a share of that in the louder half.
    """
    path = SPEECH / f"{name}.flac"
    if not path.is_file():
        pytest.skip("the recordings are not here")
    if not (SHIPPED / "viseme" / LISTENER_NAME).is_file():
        pytest.skip("the network is not shipped yet")
    track = hear_visemes(VisemesConfig(input=path))
    curves = mouth_curves(track)
    opened = np.array([curves.at(row / 100).open for row in range(len(track.weights))])
    power = np.zeros(480 * len(opened))
    sound = heard(path)[:, 0]
    power[: len(sound)] = np.square(sound)
    level = 10 * np.log10(np.convolve(power.reshape(-1, 480).mean(1), np.ones(7) / 7, "same") + 1e-10)
    level = np.maximum(level, np.quantile(level, 0.95) - 40)
    found = [np.corrcoef(np.roll(opened, by)[20:-20], level[20:-20])[0, 1] for by in range(-15, 16)]
    assert np.corrcoef(opened, level)[0, 1] > alike - 0.1
    assert abs(int(np.argmax(found)) - 15) <= 3  # rows of 10 ms: it is alike at its own time
    quiet, loud = opened[level <= np.quantile(level, 0.1)], opened[level >= np.median(level)]
    assert quiet.mean() < (left_open + 0.1) * loud.mean()
    assert loud.mean() > 0.2
    assert len(np.unique(track.labels)) >= 11


def test_the_shipped_network_hears_lips_shut() -> None:
    if not (SHIPPED / "viseme" / LISTENER_NAME).is_file():
        pytest.skip("the network is not shipped yet")
    from frameloom.evaluation.viseme_suite import cases
    from frameloom.evaluation.visemes import compare, total
    from frameloom.generation.visemes import VisemeNetwork, track_heard
    from frameloom.media.speech.spoken import Manner
    from frameloom.media.speech.voices import open_voice

    network = VisemeNetwork()
    said = cases(open_voice("hibari"), Manner(), 6)
    score = total(compare(track_heard([case.sound], network).labels, case.labels) for case in said)
    assert score.accuracy > 0.6
    assert score.recall("PP") > 0.85
    assert score.onset_error_ms <= 40


RECIPE = """
name = "tiny"

[model]
family = "viseme"
width = 8
memory = 8

[data]
source = "speech"
folder = "speech"
seconds = 1.0

[training]
batch = 2
steps = 2
log_every = 1
tensorboard = false
"""


def test_speech_is_made_and_learned_from(frameloom: Command) -> None:
    words = [
        "data",
        "make",
        "speech",
        "speech",
        "--minutes",
        "0.05",
        "--natural",
        "0",
        "--recorded",
        "0",
        "--gathered",
        "0",
    ]
    code, out, _ = frameloom(*words)
    assert (code, out) == (0, 'speech: use it with data.source="speech" and data.folder=speech\n')
    Path("tiny.toml").write_text(RECIPE)
    code, _, err = frameloom("train", "tiny.toml", "--device", "cpu")
    assert code == 0, err
    lines = [json.loads(line) for line in Path("runs/tiny/log.jsonl").read_text().splitlines()]
    assert {"visemes_loss", "entropy", "intensity", "right"} <= set(lines[-1])
    code, _, err = frameloom("train", "tiny.toml", "--folder", "other", "--set", "data.folder=nowhere")
    assert code == 2
    assert "no speech; make some with `frameloom data make speech nowhere`" in err
