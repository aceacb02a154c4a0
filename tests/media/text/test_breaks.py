"""Clusters and line breaks, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.media.text.breaks import breaks_of, clusters_of


@pytest.mark.parametrize(
    "parts",
    [
        ["a", "b"],
        ["e\u0301", "x"],
        ["\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "!"],  # a family
        ["\U0001f44d\U0001f3fd", "\U0001f44d"],  # a thumb with a skin
        ["\U0001f1e8\U0001f1f3", "\U0001f1ef\U0001f1f5", "\U0001f1fa"],  # flags, and half of one
        ["\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "a"],  # England
        ["1\ufe0f\u20e3", "2"],
        ["\u0915\u094d\u0937\u093f", "\u0915"],  # a Hindi conjunct with its vowel
        ["\u1112\u1161\u11ab", "\uae00"],  # hangul of parts
        ["\u0e19\u0e49\u0e33", "\u0e43"],  # Thai with tone and sara am
        ["\r\n", "\n"],
        ["\u0600\u0661", "a"],  # the Arabic sign of a number
    ],
)
def test_clusters(parts: list[str]) -> None:
    assert clusters_of("".join(parts)) == parts


@given(st.text(max_size=30))
def test_clusters_lose_nothing(text: str) -> None:
    assert "".join(clusters_of(text)) == text


@pytest.mark.parametrize(
    "parts",
    [
        ["to ", "be ", "or"],
        ["well-", "known"],
        ["-5 ", "degrees"],
        ["\u4e2d", "\u6587\u3002", "\u5b57"],  # no full stop at the begin of a line
        ["\u5b57", "\u300c\u6587", "\u5b57\u300d", "\u4e2d"],  # no bracket at its end
        ["\u7f8e", "\u3057", "\u304b\u3063", "\u305f\u30fc"],  # no small kana, no long sound
        ["a\u00a0b ", "c"],  # no-break space
        ["100 %, ", "yes!"],
        ["(in ", "brackets)"],
        ["\u201cquoted\u201d ", "word"],
        ["\uc548\ub155 ", "\uc138\uc0c1"],  # Korean words stay whole
        ["\u0e20\u0e32\u0e29\u0e32", "\u0e44\u0e17\u0e22"],  # Thai before a vowel that begins a syllable
        ["$5 ", "each"],
        ["\u4e2d", "\U0001f600", "\u6587"],
        ["hi\n", "you"],
    ],
)
def test_where_lines_may_end(parts: list[str]) -> None:
    clusters = clusters_of("".join(parts))
    lines, line = [], ""
    for cluster, kind in zip(clusters, breaks_of(clusters), strict=True):
        line += cluster
        if kind != "no":
            lines.append(line)
            line = ""
    assert lines == parts
