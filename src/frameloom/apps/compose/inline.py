r"""Marks within a line of Markdown: taken away, so that a text is said and drawn as it reads.

    **bold**, *slanted*, `code`, ~~struck~~, [link](a.html), <https://a.org>, [^1], $x^2$, \*, &amp;, <b>tags</b>

Source: CommonMark 0.31, chapter 6; GitHub Flavored Markdown 0.29 (struck words), and its footnotes and formulas.
Differs from it: struck words stay, for what is said of them would make no sense without.
"""

# ruff: noqa: RUF001 (signs of formulas are meant as they are)

import re
from collections.abc import Iterable, Mapping
from html import unescape

_TAG = re.compile(r"</?([A-Za-z][\w-]*)(?:\s[^>]*)?/?>")
_PARTING = {"br", "p", "div", "hr", "li", "td", "tr", "img"}
"""Tags between words."""
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_MATH = re.compile(r"(?<![\\$\w])\$(?=[^\s$])([^$]*?[^\s$\\])\$(?![\w$])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_ADDRESS = re.compile(r"<(?:https?://|mailto:)?([^\s<>]+?)/?>")
_IS_ADDRESS = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>")
_NOTE = re.compile(r" ?\[\^[^\]\s]+\]")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_NOTE_LINE = re.compile(r"\s{0,3}\[\^[^\]\s]+\]:")
_LINK_LINE = re.compile(
    r"""\s{0,3}\[([^\]^][^\]]*)\]:\s*(?:<([^>]+)>|(\S*(?:[/#:]|\.\w)\S*))(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*"""
)
_USE = re.compile(r"(!?)\[([^\[\]]*)\](?:\[([^\[\]]*)\])?(?![\[(:])")
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
_SIGNS = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠",
    "neq": "≠", "approx": "≈", "infty": "∞", "to": "→", "rightarrow": "→", "sum": "∑", "int": "∫", "partial": "∂",
    "degree": "°", "circ": "°", "in": "∈", "quad": " ", ",": " ", ";": " ", "alpha": "α", "beta": "β", "gamma": "γ",
    "delta": "δ", "epsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ", "Omega": "Ω",
}  # fmt: skip
_KEPT = re.compile("\ue000(\\d+)\ue001")
"""Where something stands that is no mark any more: signs of a private area, which texts have none of."""


def bare(text: str) -> str:
    r"""Return a text without the marks of Markdown.

    >>> bare("It **rains** in the [valley](x.html), `so` be *careful*[^1].")
    'It rains in the valley, so be careful.'
    >>> bare(r"$x^2$ costs \*5 &amp; ~~7~~, see <https://a.org/b>")
    'x² costs *5 & 7, see a.org/b'
    """
    kept: list[str] = []

    def keep(piece: str) -> str:
        kept.append(piece)
        return f"\ue000{len(kept) - 1}\ue001"

    text = text.replace("\ue000", "").replace("\ue001", "")
    text = _CODE_SPAN.sub(lambda found: keep(found[2].strip()), text)
    text = _MATH.sub(lambda found: keep(_said(found[1])), text)
    text = _ESCAPED.sub(lambda found: keep(found[1]), text)
    text = re.sub(r" ?!\[[^\]]*\]\([^)]*\)", "", text)
    text = _IS_ADDRESS.sub(lambda found: keep(_ADDRESS.sub(r"\1", found[0])), text)
    if "<" in text:
        text = re.sub(" +", " ", _TAG.sub(lambda tag: " " if tag[1].lower() in _PARTING else "", text))
    text = _NOTE.sub("", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    text = unescape(text)
    while _KEPT.search(text):  # code within a formula
        text = _KEPT.sub(lambda found: kept[int(found[1])], text)
    return text.strip()


def _said(tex: str) -> str:
    r"""Return a short formula as a line of text.

    >>> _said(r"\frac{1}{2} m v_0^2 \le \pi")
    '1/2 m v₀² ≤ π'
    """
    tex = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", tex)
    tex = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"√\1", tex)
    tex = re.sub(r"\\(?:text|mathrm|mathbf|mathit|operatorname)\s*\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\([A-Za-z]+|[,;])", lambda found: _SIGNS.get(found[1], found[1]), tex)
    tex = re.sub(r"\^(?:\{([^{}]*)\}|(.))", lambda found: (found[1] or found[2] or "").translate(_RAISED), tex)
    tex = re.sub(r"_(?:\{([^{}]*)\}|(.))", lambda found: (found[1] or found[2] or "").translate(_LOWERED), tex)
    return re.sub(r"\s+", " ", re.sub(r"[{}]", "", tex)).strip()


def joined(rows: Iterable[str]) -> str:
    """Return the rows of a paragraph as one line, without the signs of hard breaks."""
    return " ".join(row.strip().removesuffix("\\").rstrip() for row in rows)


def with_links(rows: list[str]) -> list[str]:
    """Return rows without notes and addresses that stand below a text, those addresses where they are named."""
    links: dict[str, str] = {}
    texts: list[tuple[str, bool]] = []
    fence, in_note = "", False
    for row in rows:
        opens = _FENCE.match(row)
        if fence or opens:
            fence = "" if fence and row.strip().startswith(fence) else fence or (opens[1] if opens else "")
            texts.append((row, False))
            continue
        in_note = _NOTE_LINE.match(row) is not None or (in_note and row.startswith(("  ", "\t")))
        link = None if in_note else _LINK_LINE.fullmatch(row)
        if link:
            links.setdefault(link[1].casefold(), link[2] or link[3])
        texts.append(("" if in_note or link else row, True))
    return [_USE.sub(lambda use: _linked(use, links), row) if is_text else row for row, is_text in texts]


def _linked(use: re.Match[str], links: Mapping[str, str]) -> str:
    address = links.get((use[3] or use[2]).casefold())
    return use[0] if address is None else f"{use[1]}[{use[2]}](<{address}>)"
