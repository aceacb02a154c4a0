"""Languages as the tracks of a file name them: three letters, of ISO 639-2/T.

"en-GB" --> "eng"     "zh", "cmn", "yue" --> "zho"     one that is not known --> nothing
"""

_LETTERS = {
    "af": "afr", "am": "amh", "an": "arg", "ar": "ara", "as": "asm", "az": "aze", "ba": "bak", "be": "bel",
    "bg": "bul", "bn": "ben", "bs": "bos", "ca": "cat", "cs": "ces", "cv": "chv", "cy": "cym", "da": "dan",
    "de": "deu", "el": "ell", "en": "eng", "eo": "epo", "es": "spa", "et": "est", "eu": "eus", "fa": "fas",
    "fi": "fin", "fo": "fao", "fr": "fra", "ga": "gle", "gd": "gla", "gl": "glg", "gn": "grn", "gu": "guj",
    "he": "heb", "hi": "hin", "hr": "hrv", "ht": "hat", "hu": "hun", "hy": "hye", "ia": "ina", "id": "ind",
    "io": "ido", "is": "isl", "it": "ita", "iw": "heb", "ja": "jpn", "ka": "kat", "kk": "kaz", "kl": "kal",
    "km": "khm", "kn": "kan", "ko": "kor", "ku": "kur", "ky": "kir", "la": "lat", "lb": "ltz", "lo": "lao",
    "lt": "lit", "lv": "lav", "mi": "mri", "mk": "mkd", "ml": "mal", "mn": "mon", "mr": "mar", "ms": "msa",
    "mt": "mlt", "my": "mya", "nb": "nob", "ne": "nep", "nl": "nld", "nn": "nno", "no": "nor", "om": "orm",
    "or": "ori", "pa": "pan", "pl": "pol", "ps": "pus", "pt": "por", "qu": "que", "ro": "ron", "ru": "rus",
    "sd": "snd", "si": "sin", "sk": "slk", "sl": "slv", "sq": "sqi", "sr": "srp", "sv": "swe", "sw": "swa",
    "ta": "tam", "te": "tel", "tg": "tgk", "th": "tha", "ti": "tir", "tk": "tuk", "tn": "tsn", "tr": "tur",
    "tt": "tat", "ug": "uig", "uk": "ukr", "ur": "urd", "uz": "uzb", "vi": "vie", "xh": "xho", "yo": "yor",
    "zh": "zho", "zu": "zul", "cmn": "zho", "yue": "zho", "hak": "zho", "hyw": "hye", "nci": "nah", "piqd": "tlh",
}  # fmt: skip
"""The three letters of languages as they are asked for: what voices speak, and some besides."""
_THREE = {*_LETTERS.values(), "chr", "grc", "haw", "jbo", "kaa", "kok", "nog", "pap", "shn", "smj"}
_QUICKTIME = {
    "deu": "ger", "ell": "gre", "eus": "baq", "fas": "per", "hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac",
    "msa": "may", "mya": "bur", "nld": "dut", "nno": "nor", "nob": "nor", "sqi": "alb", "swe": "sve", "zho": "chi",
}  # fmt: skip
"""What FFmpeg calls the languages for which QuickTime has numbers, where that is not ISO 639-2/T."""


def three_letters(language: str) -> str:
    """Return the three letters of a language, whatever its region; empty where it is not known.

    >>> three_letters("pt-BR"), three_letters("zh_TW"), three_letters("xx")
    ('por', 'zho', '')
    """
    code = language.lower().replace("_", "-").split("-")[0]
    return _LETTERS.get(code, code if code in _THREE else "")


def as_named(language: str, form: str) -> str:
    """Return the name of a language that FFmpeg takes for a container's format.

    >>> as_named("deu", "mp4"), as_named("deu", "mov")
    ('deu', 'ger')
    """
    return _QUICKTIME.get(language, language) if form == "mov" else language
