"""Whatever is spoken, played or shown: talk, puppet and visemes give a result, or one clear line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frameloom.apps.speak.tracks import read_track
from frameloom.effects.sound.music.bed import bed
from frameloom.effects.sound.music.config import MusicConfig
from frameloom.generation.visemes import LISTENER_NAME
from frameloom.media.files.pictures import write_still
from frameloom.media.files.probe import probe
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_still
from frameloom.media.image import resize_rgb
from frameloom.models.store import SHIPPED

PORTRAIT = Path(__file__).parents[1] / "media" / "pictures" / "astronaut.jpg"
DATA = Path(__file__).parents[3] / "shared" / "data"
SMALL = ("width=128", "height=96", "rate=10", "video.speed=draft")
SCENE = [word for each in SMALL for word in ("--set", f"setting.{each}")]
SOUNDS = ("silence", "music", "clipped", "telephone", "click")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sounds of a second, and portraits, of which each is odd in its own way."""
    folder = tmp_path_factory.mktemp("given")
    time = np.arange(48_000) / 48_000
    hum = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 20)).astype(np.float32)[:, None] * 0.15
    telephone = hum.reshape(8_000, 6).mean(1, keepdims=True)
    sounds = {"silence": hum * 0, "clipped": np.clip(hum * 40, -1, 1), "click": hum[:1], "hum": hum}
    for name, sound in sounds.items():
        write_media(folder / f"{name}.wav", None, [sound], channels=1)
    write_media(folder / "telephone.wav", None, [telephone], channels=1, sample_rate=8_000)
    write_media(folder / "music.wav", None, bed(MusicConfig(melody=True), 1), channels=2)
    face = np.ascontiguousarray(read_still(PORTRAIT)[..., :3])
    noise = np.random.default_rng(0).integers(0, 256, face.shape, np.uint8)
    pictures = {
        "nobody": noise,
        "blank": face * 0 + 200,
        "two": np.concatenate([face, face[:, ::-1]], axis=1),
        "narrow": resize_rgb(face, 110, 240),
        "grey": face.mean(axis=2, keepdims=True).astype(np.uint8).repeat(3, axis=2),
        "upside_down": face[::-1],
        "half": face[:, : face.shape[1] // 2],
        "tiny": resize_rgb(face, 24, 24),
    }
    for name, pixels in pictures.items():
        write_still(folder / f"{name}.png", np.ascontiguousarray(pixels))
    return folder


@pytest.fixture
def answers(frameloom: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Run a command that leaves either its file, which is returned, or this line and nothing."""
    monkeypatch.chdir(tmp_path)

    def run(line: str, *words: object) -> Path:
        out = tmp_path / str(words[list(words).index("-o") + 1])
        answer = frameloom(*words)
        if line:
            assert answer.code == 2, answer.err
            assert line in answer.err
            assert answer.err.count("\n") == 1
            assert list(tmp_path.iterdir()) == []
        else:
            assert answer.code == 0, answer.err
            assert [path.name for path in tmp_path.iterdir()] == [out.name]
        return out

    return run


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("command", ["talk", "puppet", "visemes"])
def test_any_sound_gives_a_result(answers: Callable[..., Path], given: Path, command: str, sound: str) -> None:
    if not (SHIPPED / "viseme" / LISTENER_NAME).is_file():
        pytest.skip("the network is not shipped yet")
    heard = given / f"{sound}.wav"
    if command == "visemes":
        track = read_track(answers("", "visemes", heard, "-o", "v.json"))
        assert np.isfinite(track.weights).all()
        if sound in ("silence", "click"):
            assert (track.labels == 0).all()
        return
    if command == "talk":
        out = answers("", "talk", "--audio", heard, "-o", "a.mp4", *SCENE)
    else:
        small = ("--set", "side=96", "--fps", "10", "--i-have-consent")
        out = answers("", "puppet", PORTRAIT, "--audio", heard, "-o", "a.mp4", *small)
    info = probe(out)
    assert info.video is not None
    assert len(info.sounds) == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--text", ""], "says nothing"),
        (["--text", "   "], "says nothing"),
        (["--text", "Hi.", "--lang", "xx"], "language 'xx': espeak does not speak it"),
        (["--text", "Hi.", "--lang", ""], "language"),
        (["--text", "\u4f60\u597d\u3002"], "give its language, such as zh"),
    ],
)
def test_a_text_that_cannot_be_said_is_told(answers: Callable[..., Path], words: list[str], line: str) -> None:
    answers(line, "talk", *words, "-o", "a.mp4", *SCENE)


@pytest.mark.parametrize(
    ("picture", "more", "line"),
    [
        ("nobody", [], "nobody.png: no face found"),
        ("blank", [], "blank.png: no face found"),
        ("tiny", [], "tiny.png"),
        ("half", [], "half.png: no face found"),
        ("upside_down", [], "upside_down.png: its face does not stand upright; turn the picture first"),
        ("two", [], ""),
        ("two", ["--face", "2"], ""),
        ("two", ["--face", "9"], "faces, not 9; give 1 to "),
        ("narrow", [], ""),
        ("grey", [], ""),
    ],
)
def test_any_portrait_gives_a_result_or_a_line(
    answers: Callable[..., Path], given: Path, picture: str, more: list[str], line: str
) -> None:
    small = ("--set", "side=96", "--fps", "10", "--i-have-consent")
    words = ("puppet", given / f"{picture}.png", "--audio", given / "hum.wav", "-o", "a.mp4", *small, *more)
    out = answers(line, *words)
    assert line or probe(out).video is not None


@pytest.mark.parametrize(
    ("picture", "line"),
    [("photos/chelsea.png", "no face found"), *((f"portraits/art_{number}.png", None) for number in (0, 5, 12, 18))],
)
def test_pictures_of_others_give_a_result_or_a_line(
    frameloom: Callable[..., Any], given: Path, tmp_path: Path, picture: str, line: str | None
) -> None:
    """A cat, a painting, a profile: pictures that are not part of this repository."""
    if not (DATA / picture).is_file():
        pytest.skip(f"{picture} is not here")
    small = ("--set", "side=96", "--fps", "10", "--i-have-consent")
    answer = frameloom("puppet", DATA / picture, "--audio", given / "hum.wav", "-o", tmp_path / "a.mp4", *small)
    assert answer.code in (0, 2), answer.err
    assert (tmp_path / "a.mp4").is_file() == (answer.code == 0)
    if line or answer.code == 2:
        assert (line or f"{picture.rpartition('/')[2]}: ") in answer.err
        assert answer.err.count("\n") == 1
