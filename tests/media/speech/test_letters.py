"""Text in other letters than those of its language is refused, and a foreign word is not."""

import pytest

from frameloom.core.errors import MediaError
from frameloom.media.speech.letters import check_letters


@pytest.mark.parametrize(
    ("text", "language", "likely"),
    [
        ("Привет, как дела?", "en", "ru"),
        ("你好世界", "en-gb", "zh"),
        ("東京は日本の首都です", "en", "ja"),
        ("안녕하세요", "zh", "ko"),
        ("مرحبا", "de", "ar"),
        ("Γειά σου", "en", "el"),
        ("नमस्ते दुनिया", "en", "hi"),
        ("ありがとう", "zh", "ja"),
    ],
)
def test_other_letters_are_refused_and_a_language_is_named(text: str, language: str, likely: str) -> None:
    with pytest.raises(MediaError, match=f"not in the letters of '{language}'; give its language, such as {likely}$"):
        check_letters(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Привет", "ru"),
        ("Привет", "uk-UA"),
        ("東京は日本の首都です", "ja"),
        ("今日は GAN の話です", "ja"),
        ("你好 GAN", "zh-CN"),
        ("Hello there", "zh"),
        ("The Russian for hello is привет.", "en"),
        ("Čeština, žluťoučký kůň", "cs"),
        ("Xin chào các bạn", "vi"),
        ("3.50 $ + 4", "en"),
        ("ℝ and ∑, ω", "en"),
    ],
)
def test_own_letters_latin_ones_and_foreign_words_pass(text: str, language: str) -> None:
    check_letters(text, language)
