"""A portrait speaks: what the command line leaves."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from frameloom.apps.speak.tracks import write_track
from frameloom.media.files.sink import write_media
from frameloom.media.visemes import VISEMES, VisemeTrack

PORTRAIT = Path(__file__).parents[1] / "media" / "pictures" / "astronaut.jpg"


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of silence and 0.73 s of a hum."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    time = np.arange(35_040) / 48_000
    hum = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 20)) * 0.15
    sound = np.concatenate([np.zeros(24_000), hum]).astype(np.float32)[:, None]
    write_media(path, None, [sound], channels=1, rate=Fraction(25))
    return path


def pictures(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)]).astype(int)


def visemes(folder: Path, rows: int) -> Path:
    """A file of silence."""
    path = folder / "silence.json"
    weights = np.eye(len(VISEMES), dtype=np.float32)[np.zeros(rows, int)]
    write_track(VisemeTrack(weights, np.zeros(rows, np.float32)), path)
    return path


def test_a_portrait_speaks(frameloom: Callable[..., Any], voice: Path, tmp_path: Path) -> None:
    out, mouth_file = tmp_path / "film.mp4", tmp_path / "mouth.json"
    opens = np.arange(123) > 60
    weights = np.eye(len(VISEMES), dtype=np.float32)[np.where(opens, VISEMES.index("aa"), 0)]
    write_track(VisemeTrack(weights, opens.astype(np.float32)), mouth_file)
    words = ("--audio", voice, "--visemes", mouth_file, "-o", out, "--i-have-consent", "--set", "side=240")
    answer = frameloom("puppet", PORTRAIT, *words)
    assert answer.code == 0, answer.err
    assert f"{out}: 31 pictures, 240x240 px" in answer.out
    with av.open(str(out)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == 25
        assert video.duration * video.time_base == Fraction(31, 25)  # 1.23 s, up to a whole picture
        assert sound.duration * sound.time_base == pytest.approx(Fraction(59_040, 48_000), abs=1e-4)
        assert "Animated portrait" in container.metadata["description"]
        assert "frameloom" in container.metadata["comment"]
    shown = pictures(out)
    mouth, mark = np.s_[118:135, 105:140], np.s_[214:236, 6:80]
    moved = np.abs(shown - shown[0])
    assert moved[5][mouth].mean() < 5  # it is silent
    assert moved[25][mouth].mean() > 12  # it speaks
    assert moved[25][mark].mean() < 4
    assert (shown[0][mark] > 180).sum() > 60  # the label is there from the first picture


def test_without_consent_nothing_is_made(frameloom: Callable[..., Any], voice: Path, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    answer = frameloom("puppet", PORTRAIT, "--audio", voice, "-o", out)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "moves only with consent" in answer.err
    assert not out.exists()


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_each_kind_of_film_bears_the_mark_and_says_what_it_is(
    frameloom: Callable[..., Any], voice: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"film{suffix}"
    words = ("--set", "side=160", "--fps", "4", "--visemes", visemes(tmp_path, 123))
    answer = frameloom("puppet", PORTRAIT, "--audio", voice, "-o", out, "--i-have-consent", *words)
    assert answer.code == 0, answer.err
    with av.open(str(out)) as container:
        assert "not a recording of a person" in " ".join(container.metadata.values())
    shown = pictures(out)
    mark = np.s_[:, 140:156, 4:98]
    assert len(shown) == 5
    for picture in shown[mark]:  # white letters on a dark plate, from the first picture to the last
        assert (picture > 190).sum() > 40
        assert np.median(picture) < 120


def test_a_film_without_sound_or_pictures_is_not_made(
    frameloom: Callable[..., Any], voice: Path, tmp_path: Path
) -> None:
    for name, message in (("film.gif", "holds no sound"), ("frames", "holds no sound"), ("film.wav", "no pictures")):
        answer = frameloom("puppet", PORTRAIT, "--audio", voice, "-o", tmp_path / name, "--i-have-consent")
        assert answer.code == 2
        assert message in answer.err
        assert not (tmp_path / name).exists()


def test_visemes_of_another_sound_are_told(frameloom: Callable[..., Any], voice: Path, tmp_path: Path) -> None:
    words = ("--set", "side=80", "--fps", "2", "--visemes", visemes(tmp_path, 300), "--i-have-consent")
    answer = frameloom("puppet", PORTRAIT, "--audio", voice, "-o", tmp_path / "film.mp4", *words)
    assert answer.code == 0, answer.err
    assert "the mouth moves for 3.0 s, the sound lasts 1.2 s; give the visemes of this very sound" in answer.out


def test_a_mood_is_shown(frameloom: Callable[..., Any], voice: Path, tmp_path: Path) -> None:
    shown = []
    for mood in ("neutral", "surprised"):
        out = tmp_path / f"{mood}.mp4"
        words = (
            "--mood",
            mood,
            "--fps",
            "2",
            "--set",
            "energy=0",
            "--set",
            "side=240",
            "--visemes",
            visemes(tmp_path, 123),
        )
        answer = frameloom("puppet", PORTRAIT, "--audio", voice, "-o", out, "--i-have-consent", *words)
        assert answer.code == 0, answer.err
        shown.append(pictures(out)[0])
    changed = np.abs(shown[0] - shown[1])
    assert changed[70:75, 103:137].mean() > 4  # brows
    assert changed[200:].mean() < 1


def test_a_file_says_what_is_wanted(frameloom: Callable[..., Any], voice: Path, tmp_path: Path) -> None:
    (tmp_path / "p.jpg").write_bytes(PORTRAIT.read_bytes())
    (tmp_path / "v.wav").write_bytes(voice.read_bytes())
    told = tmp_path / "puppet.toml"
    told.write_text('portrait = "p.jpg"\naudio = "v.wav"\nout = "film.webm"\nconsent = true\nfps = 10\nside = 120\n')
    answer = frameloom("puppet", told, "--language", "de")
    assert answer.code == 0, answer.err
    assert pictures(tmp_path / "film.webm").shape == (13, 120, 120)


def test_landmarks_are_shown(frameloom: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "landmarks.png"
    answer = frameloom("puppet", PORTRAIT, "--show-landmarks", out)
    assert answer.code == 0, answer.err
    assert f"{out}: to look at" in answer.out
    assert pictures(out).shape == (1, 960, 960)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{noise}", "--audio", "{voice}"], "noise.png: no face found"),
        (["{portrait}", "--audio", "{voice}", "--face", "2"], "has 1 face, not 2; give 1 to 1"),
        (["{portrait}", "--audio", "{voice}", "--face", "0"], "face: input should be greater than 0"),
        (["{portrait}", "--audio", "{voice}", "--face", "1", "--landmarks", "f.toml"], "give one of them"),
        (["{portrait}"], "audio: missing; add it"),
        (["{portrait}", "--audio", "{portrait}"], "astronaut.jpg"),
        (["nothing.jpg", "--audio", "{voice}"], "nothing.jpg"),
        (["{voice}", "--audio", "{voice}"], "voice.wav: cannot be read as a picture"),
        (["{portrait}", "--audio", "{voice}", "--landmarks", "none.toml"], "none.toml: cannot be read"),
        (["{portrait}", "--audio", "{voice}", "--view", "wole"], "did you mean 'whole'?"),
        (["{portrait}", "--audio", "{voice}", "--language", "xx"], "language"),
        (["{portrait}", "--audio", "{voice}", "--fps", "500"], "write 1 to 120 pictures per second"),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(
    frameloom: Callable[..., Any], voice: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    noise = tmp_path / "noise.png"
    from frameloom.media.files.pictures import write_still

    write_still(noise, np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8))
    out = tmp_path / "film.mp4"
    filled = [word.format(noise=noise, voice=voice, portrait=PORTRAIT) for word in words]
    answer = frameloom("puppet", *filled, "-o", out, "--i-have-consent")
    assert answer.code == 2
    assert message in answer.err
    assert answer.err.count("\n") == 1
    assert not out.exists()


def test_sound_without_samples_is_told(frameloom: Callable[..., Any], tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    write_media(empty, None, [np.zeros((0, 1), np.float32)], channels=1)
    answer = frameloom("puppet", PORTRAIT, "--audio", empty, "-o", tmp_path / "f.mp4", "--i-have-consent")
    assert answer.code == 2
    assert "empty.wav" in answer.err


def test_it_never_overwrites_what_it_reads(frameloom: Callable[..., Any], voice: Path, tmp_path: Path) -> None:
    portrait = tmp_path / "p.jpg"
    portrait.write_bytes(PORTRAIT.read_bytes())
    answer = frameloom("puppet", portrait, "--audio", voice, "-o", portrait, "--i-have-consent")
    assert answer.code == 2
    assert "would overwrite" in answer.err
    assert portrait.read_bytes() == PORTRAIT.read_bytes()
