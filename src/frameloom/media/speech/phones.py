"""What the mouth does for each sound of speech: IPA and ARPAbet to visemes.

    "ˈaɪ" --> aa I          "tʃ" --> CH          "h" --> what comes next          "" --> sil

Sources: ISO/IEC 14496-2 (MPEG-4 visual), table C-1, for the consonants and vowels that it names; the other sounds
of IPA go to the viseme of the same lips and tongue. Rounded front vowels go to the rounded mouths.
"""

import unicodedata
from collections.abc import Iterator

from frameloom.media.visemes import VISEMES

PAUSES = frozenset('.,;:!?…—"“”()|‖^$')
"""Marks during which nothing is said."""
STRESSES = frozenset("ˈˌ")
MODIFIERS = frozenset("ːˑʰʲʷˠˤ̩̯̥̬̪̻̺̝̞̟̠̃")
"""Marks that change the sound before them."""

AFFRICATES = frozenset(("tʃ", "dʒ"))

_MOUTHS = {
    "PP": "p b m ɓ β",
    "FF": "f v ɱ ʋ ɸ ⱱ",
    "TH": "θ ð",
    "DD": "t d ʈ ɖ ɗ ɾ",
    "kk": "k ɡ g ŋɡ c ɟ q ɢ x ɣ χ ɰ ħ ʕ ɠ",
    "CH": "ʃ ʒ tʃ dʒ ʧ ʤ ɕ ʑ tɕ dʑ ʨ ʥ ʂ ʐ tʂ dʐ ç ʝ",
    "SS": "s z ts dz ʦ ʣ ɬ ɮ",
    "nn": "n l ŋ ɲ ɳ ɴ ʎ ɭ ɫ ʟ",
    "RR": "r ɹ ɻ ʀ ʁ ɽ ɜ ɝ ɚ",
    "aa": "a ɑ æ ʌ ɐ ə ɶ",
    "E": "e ɛ ɘ ɤ",
    "I": "i ɪ j ɨ ɯ ᵻ",
    "O": "o ɔ ɒ ɵ ø œ ɞ",
    "U": "u ʊ w ʍ y ʏ ʉ ɥ",
}
_NUMBER = {name: number for number, name in enumerate(VISEMES)}
_OF_IPA = {sound: _NUMBER[mouth] for mouth, sounds in _MOUTHS.items() for sound in sounds.split()}
_FORMLESS = frozenset("hɦʔ")
"""Sounds made in the throat: the mouth is where the next sound wants it."""
_WHOLE = max(map(len, _OF_IPA))

_ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AX": "ə", "AXR": "ɚ", "AY": "aɪ", "B": "b", "CH": "tʃ",
    "D": "d", "DH": "ð", "DX": "ɾ", "EH": "ɛ", "EL": "əl", "EM": "əm", "EN": "ən", "ER": "ɝ", "EY": "eɪ", "F": "f",
    "G": "ɡ", "HH": "h", "HV": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n",
    "NG": "ŋ", "NX": "n", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ",
    "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip


def mouths(ipa: str) -> tuple[int, ...]:
    """Return the numbers of the visemes that a phoneme goes through; none if it has no form of its own.

    >>> [VISEMES[number] for number in mouths("ˈaɪ")]
    ['aa', 'I']
    >>> mouths("h")
    ()
    """
    return tuple(_through(_bare(ipa)))


def ipa_of(arpabet: str) -> str:
    """Return IPA for a phoneme of ARPAbet, with or without its stress; empty for silence and noise.

    >>> ipa_of("AH0")
    'ʌ'
    """
    return _ARPABET.get(arpabet.rstrip("012").upper(), "")


def _bare(ipa: str) -> str:
    """Return a phoneme without stress, length, tone and other marks; espeak writes ʂ and its like as s. for Chinese."""
    letters = unicodedata.normalize("NFD", ipa.replace("s.", "ʂ").replace("z.", "ʐ"))
    marks = MODIFIERS | STRESSES
    return "".join(one for one in letters if one.isalpha() and not unicodedata.combining(one) and one not in marks)


def _through(letters: str) -> Iterator[int]:
    at = 0
    while at < len(letters):
        found = next((letters[at : at + n] for n in range(_WHOLE, 0, -1) if letters[at : at + n] in _OF_IPA), "")
        if found:
            yield _OF_IPA[found]
        at += max(len(found), 1)


def is_formless(ipa: str) -> bool:
    """Return whether a phoneme leaves the mouth to the one after it."""
    return bool(ipa) and set(_bare(ipa)) <= _FORMLESS
