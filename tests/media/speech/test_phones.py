"""Sounds go to the mouths that the standard names; none is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.media.speech.phones import ipa_of, is_formless, mouths
from frameloom.media.visemes import VISEMES

ARPABET = """
    AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH
"""


def named(ipa: str) -> list[str]:
    return [VISEMES[number] for number in mouths(ipa)]


@pytest.mark.parametrize(
    ("ipa", "expected"),
    [
        ("p", ["PP"]), ("m", ["PP"]), ("f", ["FF"]), ("v", ["FF"]), ("ð", ["TH"]), ("t", ["DD"]), ("ɡ", ["kk"]),
        ("g", ["kk"]), ("tʃ", ["CH"]), ("ʤ", ["CH"]), ("t͡ʃ", ["CH"]), ("s", ["SS"]), ("ŋ", ["nn"]), ("ɹ", ["RR"]),
        ("ˈɑː", ["aa"]), ("e", ["E"]), ("iː", ["I"]), ("ɔ̃", ["O"]), ("uː", ["U"]), ("ˈaɪ", ["aa", "I"]),
        ("ˌoʊ", ["O", "U"]), ("ɛɹ", ["E", "RR"]), ("y", ["U"]), ("ɲ", ["nn"]), ("ʂ", ["CH"]), ("s.", ["CH"]),
        ("ph", ["PP"]), ("", []), ("h", []), ("3", []),
    ],
)  # fmt: skip
def test_sounds_have_their_mouths(ipa: str, expected: list[str]) -> None:
    assert named(ipa) == expected


def test_all_of_arpabet_has_a_mouth_or_none_of_its_own() -> None:
    assert [name for name in ARPABET.split() if not mouths(ipa_of(name))] == ["HH"]
    assert is_formless(ipa_of("HH"))
    assert named(ipa_of("AY1")) == ["aa", "I"]
    assert ipa_of("SIL") == ipa_of("+NSN+") == ""


def test_all_mouths_but_silence_are_used() -> None:
    used = {mouth for name in ARPABET.split() for mouth in mouths(ipa_of(name))}
    assert used == set(range(1, len(VISEMES)))


@given(st.text(max_size=12))
def test_any_text_is_taken(text: str) -> None:
    assert all(1 <= mouth < len(VISEMES) for mouth in mouths(text))


def test_only_sounds_of_the_throat_are_formless() -> None:
    assert is_formless("h")
    assert is_formless("ʔ")
    assert not is_formless("")
    assert not is_formless("p")
