"""Japanese as it is read aloud: kana of kanji and figures, by phrases; without the dictionary, a clear line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.media.speech import japanese
from frameloom.media.speech.espeak import EspeakVoice
from frameloom.media.speech.japanese import read_aloud
from frameloom.media.speech.spoken import Manner

has_it = pytest.mark.skipif(not japanese.is_installed(), reason="janome is not installed")


@has_it
@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("東京へ行く。", "トオキョオエ イク。"), ("今日は", "キョオワ"), ("3.5%増えた", "サンテンゴパアセント フエタ"),
        ("2026年", "ニセンニジュウロクネン"), ("100円", "ヒャクエン"), ("10000人", "イチマンニン"),
    ],
)  # fmt: skip
def test_kanji_and_figures_are_kana(text: str, kana: str) -> None:
    assert "".join(piece.spoken for piece in read_aloud(text)).rstrip() == kana


@has_it
@settings(deadline=None, max_examples=40)
@given(st.text(alphabet="東京は日本の首都12.,%円 、。ABかなカナー", max_size=20))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(piece.written for piece in read_aloud(text)) == text.rstrip(" ")


@has_it
def test_words_are_phrases_as_they_are_written() -> None:
    try:
        (spoken,) = EspeakVoice().speak("東京は日本の首都です。", Manner(language="ja"))
    except MediaError as error:
        pytest.skip(str(error))
    assert [word.text for word in spoken.words] == ["東京は", "日本の", "首都です。"]
    assert spoken.words[-1].stop <= spoken.duration
    assert spoken.words[0].stop <= spoken.words[1].start


def test_without_a_dictionary_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(japanese, "find_spec", lambda _: None)
    try:
        EspeakVoice().languages()
    except MediaError as error:
        pytest.skip(str(error))
    with pytest.raises(MediaError, match=r"espeak reads no kanji; pip install 'frameloom\[japanese\]', or write kana"):
        list(EspeakVoice().speak("東京", Manner(language="ja")))
    assert list(EspeakVoice().speak("こんにちは", Manner(language="ja")))
