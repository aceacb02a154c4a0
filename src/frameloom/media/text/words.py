"""Where words part, in scripts that write no spaces: the only place that touches rjieba.

    全长42.8公里 --> 全长 42.8 公里        Two words. --> Two " " words.

Source: Sun Junyi's jieba, in Rust by messense: a dictionary, and a hidden Markov model for what is not in it.
"""

import re
from functools import lru_cache
from itertools import groupby

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_RUNS = re.compile(r"[^\W_]+(?:['\u2019.,:][^\W_]+)*%?|\s+|[^\w\s]|_")


def is_han(text: str) -> bool:
    """Return whether text holds Chinese signs and is not Japanese, as far as its letters tell."""
    return bool(_HAN.search(text)) and not _KANA.search(text)


def words_in(text: str) -> list[str]:
    """Return words and what stands between them; joined, they are the text.

    >>> words_in("首日客流3.5%。"), words_in("Two words.")
    (['首日', '客流', '3.5%', '。'], ['Two', ' ', 'words', '.'])
    """
    return list(_cut(text)) if is_han(text) else _RUNS.findall(text)


@lru_cache(maxsize=512)
def _cut(text: str) -> tuple[str, ...]:
    import rjieba

    return tuple(part for word in rjieba.cut(text) for part in _apart(word))


def _apart(word: str) -> list[str]:
    """Return spaces and what is none, one by one; the dictionary now and then gives both at once."""
    return ["".join(part) for _, part in groupby(word, str.isspace)]
