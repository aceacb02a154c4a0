"""English signs as a newsreader says them: addresses, prices, names of files, versions, telephones.

    written   Mail | ada_l@example.org                       |, it costs | $4.99                              |.
    spoken    Mail | ada underscore l at example dot org     |, it costs | four dollars and ninety nine cents |.

Of the address of a page, what stands before its host and behind its path is not said. Plain numbers are left to voices.
"""

import re
from calendar import month_name

from frameloom.media.speech.english import amount, digit_by_digit, ordinal, year_of
from frameloom.media.speech.reading import Piece, Reader, Rules

_SIGNS = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", ":": "colon", "+": "plus", "~": "tilde",
    "&": "and", "=": "equals", "%": "percent", "#": "hash", "*": "star",
}  # fmt: skip
_PARTS = {
    "ai": "AI", "de": "DE", "txt": "text", "exe": "EXE", "wav": "wave", "jpg": "jay peg", "jpeg": "jay peg",
    "mp3": "MP three", "mp4": "MP four", "h264": "H two six four", "readme": "read me", "toml": "tommel", "py": "pie",
}  # fmt: skip
"""Parts of names that voices do not say as people do."""
_ENDINGS = (
    "py|js|ts|c|h|cpp|rs|go|java|md|txt|csv|json|toml|yaml|yml|xml|html|css|png|jpg|jpeg|gif|svg|webp|pdf|mp3|mp4|wav|"
    "webm|mov|mkv|srt|vtt|zip|tar|gz|exe|sh|docx|xlsx|pptx|ini|cfg|log|sql"
)
_HOSTS = "com|org|net|edu|gov|int|info|io|ai|dev|app|eu|uk|de|fr|jp|cn|ch|nl|tv"
_MONEY = {
    "$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "¥": ("yen", ""), "₹": ("rupee", "paisa"),
    "USD": ("US dollar", "cent"), "EUR": ("euro", "cent"), "GBP": ("pound", "penny"), "CHF": ("Swiss franc", "centime"),
    "JPY": ("yen", ""), "CNY": ("yuan", ""),
}  # fmt: skip
_MANY = {"penny": "pence", "yen": "yen", "yuan": "yuan", "paisa": "paise"}
_SUMS = {
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "bn": "billion", "B": "billion",
    "tn": "trillion",
}  # fmt: skip
_AMOUNT = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d+)?"
_SUM = r"(?:\s?(?:thousand|million|billion|trillion|bn|tn|mn|k|K|m|M|B)(?![\w]))?"
_END = r"(?![\w]|[.,]\d)"
_NAME = r"[A-Za-z0-9_][\w+-]*"
_PATH = r"(?:/[\w.~%+@:-]*[\w~%+-])*/?"
_TAIL = r"(?:[?#][\w.~%+@:/?#=&;,-]*[\w~%+/=&-])?"
_STAGE = r"(?:-?(alpha|beta|rc)\.?(\d*))?(?![\w]|\.\d)"
_ISO = "USD|EUR|GBP|CHF|JPY|CNY"
_RULES: Rules = (
    (r"(?<![\w.@])[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+", lambda m: _spelled(m[0])),
    (
        rf"(?<![\w@])(?:[A-Za-z]+://|www\.)(?:www\.)?([\w-]+(?:\.[\w-]+)*)(?::(\d{{2,5}}))?({_PATH}){_TAIL}",
        lambda m: _address(m[1], m[2], m[3]),
    ),
    (
        rf"(?<![\w@./-])((?:[a-z0-9][\w-]*\.)+(?:{_HOSTS}))(?::(\d{{2,5}}))?(?![\w-]|\.[a-z])({_PATH}){_TAIL}",
        lambda m: _address(m[1], m[2], m[3]),
    ),
    (rf"(?<![\w.])localhost:(\d{{2,5}})({_PATH})", lambda m: _address("localhost", m[1], m[2])),
    (rf"(?<![\w@./~-])~?/?(?:{_NAME}/)*{_NAME}(?:\.{_NAME})*\.(?:{_ENDINGS})(?![\w/])", lambda m: _spelled(m[0])),
    (r"(?<![\w.:/])(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]+)*/?(?<![.])", lambda m: _spelled(m[0])),
    (r"(?<![\w@.])@(\w+(?:[.-]\w+)*)", lambda m: f"at {_spelled(m[1])}"),
    (r"(?<![\w&#])#(\w*[A-Za-z]\w*)", lambda m: f"hashtag {_words(m[1])}"),
    (r"(?<!\w)([CF])#(?!\w)", lambda m: f"{m[1]} sharp"),
    (r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{2,5}))?(?![\w]|\.\d)", lambda m: _machine(m[1], m[2])),
    (
        rf"(?<![\w.])(?:(v)|(?<=[Vv]ersion ))(\d{{1,4}}(?:\.\d{{1,4}}){{0,3}}){_STAGE}",
        lambda m: ("version " if m[1] else "") + _version(m[2], m[3], m[4]),
    ),
    (r"(?<![\w.,])([0-3]?\d)\.([01]?\d)\.(\d{4})(?![\w]|\.\d)", lambda m: _date(*m.groups())),
    (rf"(?<![\w.,])(\d{{1,4}}(?:\.\d{{1,4}}){{2}}){_STAGE}", lambda m: _version(*m.groups())),
    (
        r"(?<![\w.+])(?:\+\d{1,3}(?:[ -]?\(?\d{1,5}\)?){1,5}|\(0?\d{2,5}\)[ -]?\d{3,4}(?:[ -]\d{3,4})?|"
        r"(?:1-)?\d{3}-\d{3}-\d{4}|0\d{2,4}[ -]\d{3,4}[ -]\d{3,4}|\d{3}-0\d{3}|"
        r"(?<=all |ial |one )\d{3}-\d{4})(?![\w-]|\.\d)",
        lambda m: _telephone(m[0]),
    ),
    (
        rf"(?<![\w.])([$€£¥₹])({_AMOUNT})[-–][$€£¥₹]?({_AMOUNT})({_SUM}){_END}",
        lambda m: f"{_number(m[2])} to {_price(None, m[3], m[4], m[1])}",
    ),
    (
        rf"([-−+])?(?<![\w.])(?:US)?([$€£¥₹])\s?({_AMOUNT})({_SUM}){_END}",
        lambda m: _price(m[1], m[3], m[4], m[2]),
    ),
    (rf"(?<![\w.,$€£])({_AMOUNT})({_SUM})\s?([$€£¥₹]|{_ISO})(?!\w)", lambda m: _price(None, *m.groups())),
    (rf"(?<!\w)({_ISO})\s({_AMOUNT})({_SUM}){_END}", lambda m: _price(None, m[2], m[3], m[1])),
    (rf"(?<![\w.,])({_AMOUNT})[-–]({_AMOUNT})\s?%", lambda m: f"{_number(m[1])} to {_number(m[2])} percent"),
    (rf"([-−+±])?(?<![\w.,])({_AMOUNT})\s?([%‰])", lambda m: _share(*m.groups())),
    (r"(?<![\w.,])(\d+(?:\.\d+)?)(k|bn|tn|mn|M|B)(?!\w)", lambda m: f"{_number(m[1])} {_SUMS[m[2]]}"),
    (r"(?<!\w)No\.\s?(?=\d)", lambda m: "number "),
    (r"(?<=[A-Za-z0-9)\u2080-\u2089])([\u00b2\u00b3])(?!\w)", lambda m: " squared" if m[1] == "\u00b2" else " cubed"),
    (r"(?<!\w)e\.g\.,?", lambda m: "for example,"),
    (r"(?<!\w)i\.e\.,?", lambda m: "that is,"),
)
"""What is written, and how it is said; the first that fits."""
_READER = Reader(_RULES)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def read_aloud(text: str) -> list[Piece]:
    """Return a text in pieces, those apart that are said otherwise than they are written.

    >>> "".join(piece.spoken for piece in read_aloud("See https://www.example.com/docs?x=1, 5 % off."))
    'See example dot com slash docs, five percent off.'
    """
    return _READER.pieces(text)


def _address(host: str, port: str | None, path: str) -> str:
    said = _spelled(host) + (f", port {amount(int(port))}" if port else "")
    return f"{said} {_spelled(path.rstrip('/'))}" if path.strip("/") else said


def _spelled(name: str) -> str:
    """Return a name with its signs as words, and what is written together apart.

    >>> _spelled("my-setUp.py")
    'my dash set Up dot pie'
    """
    said = []
    for part in re.findall(r"[^\W_]+|[\W_]", name):
        plain = _PARTS.get(part.lower())
        said.append(_SIGNS.get(part) or plain or (part if part.isupper() else _words(part)))
    return " ".join(said)


def _words(name: str) -> str:
    """Return the words of a name that is written as one.

    >>> _words("MachineLearning2026"), _words("NASANews")
    ('Machine Learning 2026', 'NASA News')
    """
    return " ".join(_WORDS.findall(name)) if name.isascii() else name.replace("_", " ")


def _machine(numbers: str, port: str | None) -> str:
    said = " dot ".join(digit_by_digit(number) for number in numbers.split("."))
    return said + (f", port {amount(int(port))}" if port else "")


def _version(numbers: str, stage: str | None, number: str | None) -> str:
    said = " point ".join(amount(int(each)) for each in numbers.split("."))
    stage = {"rc": "release candidate"}.get(stage or "", stage)
    return " ".join(filter(None, (said, stage, amount(int(number)) if number else "")))


def _date(day: str, month: str, year: str) -> str:
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return _version(f"{day}.{month}.{year}", None, None)
    return f"{month_name[int(month)]} {ordinal(amount(int(day)))}, {year_of(year)}"


def _telephone(number: str) -> str:
    groups = re.findall(r"\d+", number)
    said = ", ".join(digit_by_digit(group).replace("zero", "oh") for group in groups)
    return f"plus {said}" if number.startswith("+") else said


def _price(sign: str | None, figures: str, total: str, currency: str) -> str:
    one, part = _MONEY[currency]
    whole, _, cents = figures.replace(",", "").partition(".")
    if total.strip() or len(cents) not in (0, 2) or (cents and not part):
        said = " ".join(filter(None, (_number(figures), _SUMS.get(total.strip(), total.strip()), _many(one))))
    else:
        said = _counted(whole, one) if int(whole) or not int(cents or 0) else ""
        if cents and int(cents):
            said += (" and " if said else "") + _counted(cents, part)
    return _signed(sign, said)


def _counted(figures: str, one: str) -> str:
    return f"{amount(int(figures))} {one if int(figures) == 1 else _many(one)}"


def _many(one: str) -> str:
    return _MANY.get(one, f"{one}s")


def _share(sign: str | None, figures: str, of: str) -> str:
    return _signed(sign, f"{_number(figures)} {'percent' if of == '%' else 'per mille'}")


def _signed(sign: str | None, said: str) -> str:
    named = {"-": "minus ", "\u2212": "minus ", "+": "plus ", "±": "plus or minus "}
    return named.get(sign or "", "") + said


def _number(figures: str) -> str:
    whole, _, part = figures.replace(",", "").partition(".")
    return amount(int(whole)) + (f" point {digit_by_digit(part)}" if part else "")
