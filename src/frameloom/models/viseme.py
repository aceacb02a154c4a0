"""What a mouth does, heard from its voice: loudness in mel bands, a hundred rows a second, to fifteen visemes.

    rows (T, 48) --convolutions over what was--> --recurrent--> 11 rows later: weights (15), intensity
                    3      3 x2     3 x4

Every layer looks back alone; the answer waits for 11 rows, so that it knows 110 ms of what comes. It can be asked
row by row with a state of fixed shape: `listen`, then `hear`.

Sources: gated recurrent units, Cho et al., arXiv:1406.1078; answers that wait, Graves & Schmidhuber, "Framewise
phoneme classification with bidirectional LSTM", Neural Networks 18, 2005, section 3.
Differs from them: convolutions before the recurrent layer, and shares of visemes in place of one phoneme.
"""

from itertools import pairwise
from typing import Annotated, Literal

import torch
import torch.nn.functional as F
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Loss, Model, Phase, State

MOUTHS = 15
"""Visemes, as `media.visemes` orders them."""
_CLOSED = 1, 2
"""PP and FF: short, and seen at once where they are missing."""


class VisemeConfig(Config):
    """Size of the net and balance of its objective."""

    family: Literal["viseme"] = "viseme"
    bands: PositiveInt = 48
    """Numbers in a row."""
    width: PositiveInt = 128
    """Channels of the convolutions."""
    depth: PositiveInt = 3
    """How many of them, each over twice the distance of the one before."""
    memory: PositiveInt = 192
    """Units of the recurrent layer."""
    ahead: NonNegativeInt = 11
    """Rows that an answer waits for."""
    closed: PositiveFloat = 1.5
    """Weight of rows in which lips are shut or touch teeth."""
    loud: NonNegativeFloat = 2.0
    """Weight of the intensity beside the visemes."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """Share of what the recurrent layer says that is left out in training."""


class Viseme(Model):
    """See the module."""

    def __init__(self, config: VisemeConfig) -> None:
        super().__init__(config)
        widths = [config.bands] + [config.width] * config.depth
        self.convolutions = nn.ModuleList(
            nn.Conv1d(given, made, 3, dilation=2**number) for number, (given, made) in enumerate(pairwise(widths))
        )
        self.recurrent = nn.GRU(config.width, config.memory, batch_first=True)
        self.told = nn.Linear(config.memory + config.width, config.width)
        self.answer = nn.Linear(config.width, MOUTHS + 1)
        self.dropout = nn.Dropout(config.dropout)

    def phases(self) -> list[Phase]:
        """Return one phase: mouths are read from a voice."""
        return [Phase("visemes", list(self.parameters()), self.visemes_loss)]

    def visemes_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the cross entropy of visemes in nats a row and the squared error of intensity, and how many are right.

        Source: Bishop, "Pattern Recognition and Machine Learning", 2006, eq. 4.108, with shares as targets.
        """
        rows, shares, loudness = batch["video"], batch["mouths"], batch["intensity"]
        logits, heard = self(rows.flatten(2))
        weight = 1 + (self.config.closed - 1) * shares[..., list(_CLOSED)].sum(-1)
        surprise = -(shares * logits.float().log_softmax(-1)).sum(-1)
        entropy = (weight * surprise).mean()
        error = (heard.float().sigmoid() - loudness).square().mean()
        right = (logits.argmax(-1) == shares.argmax(-1)).float().mean()
        parts = {"entropy": surprise.mean().detach(), "intensity": error.detach(), "right": right.detach()}
        return Loss(entropy + self.config.loud * error, parts)

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of visemes (B, T, 15) and of intensity (B, T), of rows (B, T, bands)."""
        batch, _, bands = rows.shape
        ahead = self.config.ahead
        later = rows.new_full((batch, ahead, bands), -1.0)  # silence
        every, _ = self._told(torch.cat([rows, later], 1), self.listen(batch))
        answers = every[:, ahead:]
        return answers[..., :MOUTHS], answers[..., MOUTHS]

    @torch.no_grad()
    def track(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights (B, T, 15) that sum to 1 and intensity (B, T) in [0, 1], of rows (B, T, bands).

        Raises:
            ModelError: the rows are of another form.
        """
        if rows.ndim != 3 or rows.shape[2] != self.config.bands:
            raise ModelError(f"rows are {tuple(rows.shape)}; this model takes (B, T, {self.config.bands})")
        logits, heard = self(rows)
        return logits.float().softmax(-1), heard.float().sigmoid()

    def listen(self, batch: int) -> State:
        """Return the state before the first row, after silence."""
        config, place = self.config, self.answer.weight
        state = {"memory": place.new_zeros(1, batch, config.memory)}
        for number, layer in enumerate(self.convolutions):
            assert isinstance(layer, nn.Conv1d)
            past = 2 * layer.dilation[0]
            state[f"past{number}"] = place.new_full((batch, layer.in_channels, past), 0.0 if number else -1.0)
        return state

    @torch.no_grad()
    def hear(self, state: State, rows: Tensor) -> tuple[State, Tensor, Tensor]:
        """Return the state, weights (B, T, 15) and intensity (B, T), of what was `ahead` rows before (B, T, bands)."""
        answers, after = self._told(rows, state)
        return after, answers[..., :MOUTHS].softmax(-1), answers[..., MOUTHS].sigmoid()

    def _told(self, rows: Tensor, state: State) -> tuple[Tensor, State]:
        """Return logits (B, T, 16) and the state after the rows."""
        after: State = {}
        maps = rows.transpose(1, 2)  # (B, bands, T)
        for number, layer in enumerate(self.convolutions):
            seen = torch.cat([state[f"past{number}"].to(maps.dtype), maps], 2)
            after[f"past{number}"] = seen[..., seen.shape[2] - state[f"past{number}"].shape[2] :]
            new = F.relu(layer(seen))
            maps = new + maps if number else new
        features = maps.transpose(1, 2)  # (B, T, width)
        remembered, after["memory"] = self.recurrent(features, state["memory"].to(features.dtype))
        both = torch.cat([self.dropout(remembered), features], -1)
        answers: Tensor = self.answer(F.relu(self.told(both)))
        return answers, after
