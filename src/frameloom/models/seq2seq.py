"""Recurrent encoder to a context, autoregressive decoder from it, one frame at a time.

    past --observe--> state (context c, y_prev) --advance--> state, next frame --> ...

The state has a fixed shape, so the same step serves training, any horizon, streaming and export. Two
worlds carry it: `pixels`, a convolutional GRU over feature maps; `sprites`, a patch per sprite and a GRU
over the distribution of its place.

Sources: Sutskever et al., arXiv:1409.3215; convolutional recurrence, Shi et al., "ConvLSTM", arXiv:1506.04214;
scheduled sampling, Bengio et al., arXiv:1506.03099.
Differs from them: a GRU in place of the LSTM; the sprite world.
"""

from typing import Literal, Self

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.models.base import Batch, Loss, Model, Phase, State
from frameloom.models.layers import Residual
from frameloom.models.losses import bernoulli_nll
from frameloom.models.sprites import (
    Appearance,
    Localiser,
    corners_of,
    localisation_loss,
    marginals_of,
    render,
    require_canvas,
    spoilt_marginals,
)


class Seq2SeqConfig(Config):
    """Size of the networks and balance of the objective."""

    family: Literal["seq2seq"] = "seq2seq"
    decoder: Literal["sprites", "pixels"] = "pixels"
    """The world that is carried from frame to frame."""
    past: PositiveInt = 10
    """Frames seen in training."""
    future: PositiveInt = 10
    """Frames predicted in training; in use any number."""
    size: PositiveInt = 64
    """Height and width of a frame in px."""
    channels: PositiveInt = 1
    """Channels of a frame; sprites are grey."""
    c_dim: PositiveInt = 64
    """Channels of a frame's code."""
    h_dim: PositiveInt = 128
    """Channels (units) of the recurrent state."""
    sprites: PositiveInt = 2
    """Sprites in a clip."""
    patch: PositiveInt = 28
    """Height and width of a sprite in px."""
    localiser_width: PositiveInt = 32
    """Channels of the localiser at half resolution."""
    train_sight: bool = True
    """Whether localiser and appearance learn too, or stay as the recipe's start gives them."""
    sampling_end: NonNegativeFloat = 0.6
    """Share of the run after which the decoder is fed only its own frames; before, the truth ever less often."""
    corruption: NonNegativeFloat = 0.04
    """Share of the places in the extra paths that are spoilt, as a localiser's can be."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.decoder == "sprites":
            require_canvas(self.size, self.patch, self.channels)
        elif self.size % 4:
            raise ValueError(f"size {self.size} is not a multiple of 4; crop or resize the clips")
        return self


class PixelWorld(nn.Module):
    """Feature maps at a quarter of the size, moved by a convolutional GRU. State: memory, frame."""

    def __init__(self, config: Seq2SeqConfig) -> None:
        super().__init__()
        self.config = config
        c, h = config.c_dim, config.h_dim
        self.frame_code = nn.Sequential(
            nn.PixelUnshuffle(4), nn.Conv2d(16 * config.channels, c, 3, 1, 1), nn.SiLU(), Residual(c, c)
        )
        self.gates = nn.Conv2d(c + h, 2 * h, 3, 1, 1)
        self.candidate = nn.Conv2d(c + h, h, 5, 1, 2)
        self.paint = nn.Sequential(Residual(h, c), nn.Conv2d(c, 16 * config.channels, 3, 1, 1), nn.PixelShuffle(4))

    def observe(self, past: Tensor) -> State:
        """Return the state after frames (B, T, C, H, W) in [0, 1]; the last one is y_prev."""
        memory = past.new_zeros(len(past), self.config.h_dim, past.shape[3] // 4, past.shape[4] // 4)
        for frame in past.unbind(1)[:-1]:
            memory = self._remember(memory, frame)
        return {"memory": memory, "frame": past[:, -1]}

    def advance(self, state: State) -> tuple[State, Tensor]:
        """Return the next state and frame (B, C, H, W) in [0, 1]."""
        memory = self._remember(state["memory"], state["frame"])
        frame = torch.sigmoid(self.paint(memory).float())
        return {"memory": memory, "frame": frame}, frame

    def loss(self, batch: Batch, truth_share: float) -> Loss:
        """Return ink nats per pixel of the future, with the truth fed back in that share of the steps."""
        config = self.config
        video = (batch["video"][:, : config.past + config.future] + 1) / 2
        state, frames = self.observe(video[:, : config.past]), []
        for target in video[:, config.past :].unbind(1):
            state, frame = self.advance(state)
            frames.append(frame)
            fed = torch.rand(len(frame), 1, 1, 1, device=frame.device) < truth_share
            state["frame"] = torch.where(fed, target, frame)
        future = torch.stack(frames, 1)
        nats = bernoulli_nll(future, video[:, config.past :]).mean()
        error = (future - video[:, config.past :]).square().sum((2, 3, 4)).mean()
        return Loss(10 * nats + error / 100, {"mse": error.detach(), "nats": nats.detach()})

    def _remember(self, memory: Tensor, frame: Tensor) -> Tensor:
        """Return the memory (B, h, H/4, W/4) after one more frame: a GRU with convolutions for products."""
        code = self.frame_code(frame)
        update, reset = torch.sigmoid(self.gates(torch.cat([code, memory], 1))).chunk(2, 1)
        proposal = torch.tanh(self.candidate(torch.cat([code, reset * memory], 1)))
        return (1 - update) * memory + update * proposal


class SpriteWorld(nn.Module):
    """Patches that stay, places that move. State: memory (B, K, 2, h), place (B, K, 2, P), patch (B, K, s, s).

    One recurrent net serves rows and columns; each also hears the other's code.
    """

    def __init__(self, config: Seq2SeqConfig) -> None:
        super().__init__()
        self.config = config
        self.places = config.size - config.patch + 1
        self.localiser = Localiser(config.past, config.sprites, config.size, config.patch, config.localiser_width)
        self.appearance = Appearance(config.past, config.patch, 24)
        self.code = nn.Linear(self.places, config.c_dim)
        self.recurrent = nn.GRUCell(2 * config.c_dim, config.h_dim)
        self.next = nn.Sequential(
            nn.Linear(config.h_dim + 2 * config.c_dim, config.h_dim), nn.SiLU(), nn.Linear(config.h_dim, self.places)
        )

    def observe(self, past: Tensor) -> State:
        """Return the state after frames (B, T, 1, H, W) in [0, 1]; fewer than `past` repeat the first."""
        missing = max(self.config.past - past.shape[1], 0)
        window = torch.cat([past[:, :1].expand(-1, missing, -1, -1, -1), past[:, -self.config.past :]], 1)[:, :, 0]
        log_places = self.localiser(window)
        patches = self.appearance(window, corners_of(log_places))[:, 1]
        seen = marginals_of(log_places)[:, :, missing:].flatten(0, 1)  # (B*K, T, 2, P)
        memory = self._follow(seen[:, :-1])
        slots = patches.shape[:2]
        return {"memory": memory.unflatten(0, slots), "place": seen[:, -1].unflatten(0, slots), "patch": patches}

    def advance(self, state: State) -> tuple[State, Tensor]:
        """Return the next state and frame (B, 1, H, W) in [0, 1]."""
        slots = state["patch"].shape[:2]
        memory, log_place = self._move(state["memory"].flatten(0, 1), state["place"].flatten(0, 1))
        place = log_place.exp().unflatten(0, slots)
        frame = render(state["patch"], place[:, :, None])
        return {"memory": memory.unflatten(0, slots), "place": place, "patch": state["patch"]}, frame

    def loss(self, batch: Batch, truth_share: float) -> Loss:
        """Return squared error of the future + nats of past places, next places and patches."""
        past, future = self.config.past, self.config.future
        video = (batch["video"][:, : past + future, 0] + 1) / 2
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.config.train_sight):
            log_places = self.localiser(video[:, :past])
            drawn = self.appearance(video[:, :past], corners_of(log_places))
        localisation, order = localisation_loss(log_places, batch["positions"][:, :past])
        index = torch.arange(len(video), device=video.device)[:, None]
        corners = batch["positions"][:, : past + future].transpose(1, 2)[index, order].flatten(0, 1)
        patches = batch["patches"][index, order][:, None].expand_as(drawn)
        appearance = F.binary_cross_entropy(drawn.float().clamp(1e-5, 1 - 1e-5), patches)
        seen = marginals_of(log_places).detach().flatten(0, 1)
        motion, ahead = self._motion_loss(seen, corners, truth_share)
        frames = render(drawn[:, 1], ahead.exp().unflatten(0, drawn.shape[:1] + drawn.shape[2:3]))
        error = (frames - video[:, past:]).square().sum((2, 3)).mean()
        extra = motion.new_zeros(())
        if "paths" in batch:
            known = batch["paths"][:, : past + future].floor().long().clamp(0, self.places - 1)
            extra, _ = self._motion_loss(
                spoilt_marginals(known[:, :past], self.places, self.config.corruption), known, truth_share
            )
        parts = {"mse": error, "localisation": localisation, "appearance": appearance, "motion": motion, "extra": extra}
        total = error / 50 + localisation + 4 * appearance + motion + extra
        return Loss(total, {name: part.detach() for name, part in parts.items()})

    def _motion_loss(self, seen: Tensor, corners: Tensor, truth_share: float) -> tuple[Tensor, Tensor]:
        """Return nats per coordinate of the future corners, and its log-marginals (N, future, 2, P).

        Args:
            seen: marginals of the past, (N, past, 2, P).
            corners: the truth of past and future, (N, past + future, 2) in px.
            truth_share: share of the steps that go on from the truth.
        """
        memory, place, ahead = self._follow(seen[:, :-1]), seen[:, -1], []
        truth = F.one_hot(corners[:, self.config.past :], self.places).to(seen.dtype)
        for target in truth.unbind(1):
            memory, log_place = self._move(memory, place)
            ahead.append(log_place)
            fed = torch.rand(len(place), 1, 1, device=place.device) < truth_share
            place = torch.where(fed, target, log_place.exp())
        logs = torch.stack(ahead, 1)
        return -(logs * truth).sum(3).mean(), logs

    def _follow(self, seen: Tensor) -> Tensor:
        """Return the memory (N, 2, h) after marginals (N, T, 2, P)."""
        memory = seen.new_zeros(len(seen), 2, self.config.h_dim)
        for code in self._both(seen).unbind(1):
            memory = self._remember(memory, code)
        return memory

    def _move(self, memory: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        """Return the memory after one more place (N, 2, P), and the next log-place."""
        code = self._both(place)
        memory = self._remember(memory, code)
        logits = self.next(torch.cat([memory, code], 2)).float()
        return memory, F.log_softmax(15 * torch.tanh(logits / 15), 2)

    def _both(self, place: Tensor) -> Tensor:
        """Return codes (..., 2, 2c) of places (..., 2, P): an axis's own, then the other's."""
        code = self.code(place)
        return torch.cat([code, code.flip(-2)], -1)

    def _remember(self, memory: Tensor, code: Tensor) -> Tensor:
        """Return the memory (N, 2, h) after codes (N, 2, 2c)."""
        result: Tensor = self.recurrent(code.flatten(0, 1), memory.flatten(0, 1))
        return result.view_as(memory)


class Seq2Seq(Model):
    """See the module."""

    def __init__(self, config: Seq2SeqConfig) -> None:
        super().__init__(config)
        self.world: PixelWorld | SpriteWorld
        self.world = SpriteWorld(config) if config.decoder == "sprites" else PixelWorld(config)

    def phases(self) -> list[Phase]:
        """Return one phase; sight that is not trained is left out."""
        kept = () if self.config.train_sight else (".localiser.", ".appearance.")
        trained = [value for name, value in self.named_parameters() if not any(part in name for part in kept)]
        return [Phase("predict", trained, self.prediction_loss)]

    def prediction_loss(self, batch: Batch, progress: float) -> Loss:
        """Return the world's loss under scheduled sampling."""
        end = self.config.sampling_end
        return self.world.loss(batch, truth_share=max(0.0, 1 - progress / end) if end else 0.0)

    @torch.no_grad()
    def start(self, past: Tensor) -> State:
        """Return the state after past, (B, T, C, H, W) in [-1, 1]."""
        return self.world.observe((past + 1) / 2)

    @torch.no_grad()
    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        """Return the state and the next frame, (B, C, H, W) in [-1, 1]; no action is taken into account."""
        state, frame = self.world.advance(state)
        return state, frame * 2 - 1

    def predict(self, past: Tensor, frames: int) -> Tensor:
        """Return the next frames, (B, frames, C, H, W) in [-1, 1]."""
        state, future = self.start(past), []
        for _ in range(frames):
            state, frame = self.step(state)
            future.append(frame)
        return torch.stack(future, 1)
