"""Whether a text is written in the letters of its language: a voice reads others as garbage, or not at all.

"Привет"  en --> refused: give its language, such as ru          "привет means hello"  en --> spoken
"""

import unicodedata
from collections import Counter

from frameloom.core.errors import MediaError

_LANGUAGES = {
    "CYRILLIC": "ru uk be bg mk sr bs kk ky ba tt cv mn kaa nog",
    "CJK": "zh cmn yue hak ja ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "ARABIC": "ar fa ur ps ug sd ku",
    "HEBREW": "he iw yi",
    "GREEK": "el grc",
    "DEVANAGARI": "hi mr ne kok sa bpy",
    "BENGALI": "bn as bpy",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "ARMENIAN": "hy hyw",
    "GEORGIAN": "ka",
    "ETHIOPIC": "am ti",
    "MYANMAR": "my shn",
}
"""Which languages are written in letters of which name, the likeliest first; Latin ones occur in all of them."""
_MOST = 0.5
"""Share of foreign letters that a text may have: it may name a foreign word."""
_SHOWN = 40


def check_letters(text: str, language: str) -> None:
    """Refuse a text most of which is written in letters that its language does not use.

    Raises:
        MediaError: names a language that it may be.
    """
    own = language.lower().replace("_", "-").split("-")[0]
    count: Counter[str] = Counter()
    letters = 0
    for sign in text:
        if sign.isalpha():
            letters += 1
            kind = unicodedata.name(sign, "").split(" ")[0].split("-")[0]
            if own not in _LANGUAGES.get(kind, own).split():
                count[kind] += 1
    if count.total() <= letters * _MOST:
        return
    # Japanese is told from Chinese by its kana, however few.
    kinds = [kind for kind in ("HIRAGANA", "KATAKANA") if kind in count] or [count.most_common(1)[0][0]]
    likely = _LANGUAGES[kinds[0]].split()[0]
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    raise MediaError(f"text {shown!r}: not in the letters of {language!r}; give its language, such as {likely}")
