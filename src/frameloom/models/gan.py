"""Video GAN: a generator of clips against a judge of frames and a judge of clips.

    z, c0 --content code--> appearance ]
    z, e_t --motion path--> a code or place per frame ] --paint--> clip --> frame judge, clip judge

Sources: content and motion apart, Tulyakov et al., "MoCoGAN", arXiv:1707.04993; relativistic pairing with
R1 and R2, Huang et al., "The GAN is dead", arXiv:2501.05441; projection on the condition, Miyato & Koyama,
arXiv:1802.05637; augmentation of real and fake alike, Zhao et al., arXiv:2006.10738, one draw per clip.
Differs from them: penalties are lazy; the `sprites` painter places patches, and the frame judge then looks
through a window at each sprite (on real clips at the generator's own places).
"""

from typing import Literal, Self

import torch
import torch.nn.functional as F
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator
from torch import Tensor, nn

from frameloom.core.config import Config
from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Condition, Loss, Model, Phase
from frameloom.models.layers import FrameDecoder, FrameEncoder
from frameloom.models.losses import gradient_penalty, hinge_loss, relativistic_loss
from frameloom.models.sprites import Paths, glimpse, grid_weights, render, require_canvas


class GanConfig(Config):
    """Size of the networks and balance of the objective."""

    family: Literal["gan"] = "gan"
    decoder: Literal["sprites", "pixels"] = "pixels"
    """What paints a clip: placed sprites, or convolutions."""
    frames: PositiveInt = 10
    """Frames in a clip."""
    size: PositiveInt = 64
    """Height and width of a frame in px."""
    channels: PositiveInt = 1
    """Channels of a frame; sprites are grey."""
    z_dim: PositiveInt = 100
    """Length of the content noise (of a sprite)."""
    path_dim: PositiveInt = 8
    """Length of the motion noise, once a clip (or sprite) and once a frame."""
    c_dim: PositiveInt = 64
    """Length of the condition's code c0."""
    h_dim: PositiveInt = 128
    """Hidden units, and channels of the largest maps."""
    sprites: PositiveInt = 2
    """Sprites in a clip."""
    patch: PositiveInt = 28
    """Height and width of a sprite in px."""
    condition: Literal["none", "classes", "first"] = "none"
    """What c0 is made of: nothing, digit classes, or the first frame."""
    classes: NonNegativeInt = 10
    """Classes of sprite, where they condition."""
    objective: Literal["relativistic", "hinge"] = "relativistic"
    """The game that is played."""
    penalty: NonNegativeFloat = 1.0
    """Weight of R1 and R2."""
    penalty_every: PositiveInt = 8
    """Steps between penalties; the weight is multiplied by it."""
    augment: NonNegativeFloat = 0.0
    """Share of clips shifted and cut out before the judges see them; useful for small data sets."""

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        if self.decoder == "sprites":
            require_canvas(self.size, self.patch, self.channels)
        return self


class Generator(nn.Module):
    """Noise and condition to a clip in [-1, 1], with the corners of its sprites where it has any."""

    def __init__(self, config: GanConfig) -> None:
        super().__init__()
        self.config = config
        self.name: nn.Embedding | FrameEncoder
        if config.condition == "classes":
            self.name = nn.Embedding(config.classes, config.c_dim)
        elif config.condition == "first":
            self.name = FrameEncoder(config.channels, config.c_dim, config.size, config.h_dim)
        content = config.z_dim + (config.c_dim if config.condition != "none" else 0)
        if config.decoder == "sprites":
            self.paths = Paths(config.path_dim, config.size - config.patch + 1, config.h_dim, noise=config.path_dim)
            self.paint = FrameDecoder(content, 1, config.patch, config.h_dim)
        else:
            self.unroll = nn.GRU(2 * config.path_dim, config.h_dim, batch_first=True)
            self.paint = FrameDecoder(content + config.h_dim, config.channels, config.size, config.h_dim)

    def slots(self, count: int) -> int:
        """Return how many content codes so many clips have."""
        return count * self.config.sprites if self.config.decoder == "sprites" else count

    def forward(self, content: Tensor, motion: Tensor, condition: Condition) -> tuple[Tensor, Tensor | None]:
        """Return clips (B, T, C, H, W) and corners (B, T, K, 2) in px.

        Args:
            content: noise (N, Z), N from `slots`.
            motion: noise (N, 1 + T, path_dim): the clip's, then one a frame.
            condition: classes (B, K) or first frames (B, T0, C, H, W), as the settings ask.

        Raises:
            ModelError: the condition lacks what the settings ask.
        """
        config, frames = self.config, motion.shape[1] - 1
        content = self._with_condition(content, condition)
        whole, each = motion[:, 0], motion[:, 1:]
        if config.decoder == "pixels":
            hidden, _ = self.unroll(torch.cat([whole[:, None].expand_as(each), each], 2))
            code = torch.cat([content[:, None].expand(-1, frames, -1), hidden], 2)
            return torch.tanh(self.paint(code.flatten(0, 1)).float()).unflatten(0, code.shape[:2]), None
        slots = (len(content) // config.sprites, config.sprites)
        corners = self.paths(whole, frames, each).unflatten(0, slots)  # (B, K, T, 2)
        patches = torch.sigmoid(self.paint(content).float())[:, 0].unflatten(0, slots)
        video = render(patches, grid_weights(corners, config.size - config.patch + 1))
        return video[:, :, None] * 2 - 1, corners.detach().round().long().transpose(1, 2)

    def _with_condition(self, content: Tensor, condition: Condition) -> Tensor:
        """Return content codes with the condition's code beside each."""
        if self.config.condition == "none":
            return content
        if self.config.condition == "first":
            if condition.first is None:
                raise ModelError("this model goes on from a first frame, and none was given; give Condition(first=...)")
            codes = self.name(condition.first[:, 0])
            return torch.cat([content, codes.repeat_interleave(len(content) // len(codes), 0)], 1)
        if condition.classes is None:
            raise ModelError(
                "this model makes clips of given classes, and none were given; give Condition(classes=...)"
            )
        codes = self.name(condition.classes)  # (B, K, c)
        codes = codes.flatten(0, 1) if self.config.decoder == "sprites" else codes.mean(1)
        return torch.cat([content, codes], 1)


class Judge(nn.Module):
    """Scores images (N, C, H, W); the condition's code (N, H) says which of its features matter."""

    def __init__(self, channels: int, size: int, width: int, classes: int) -> None:
        super().__init__()
        self.look = FrameEncoder(channels, width, size, width)
        self.score = nn.Linear(width, 1)
        self.name = nn.Embedding(classes, width) if classes else None

    def forward(self, images: Tensor, classes: Tensor | None) -> Tensor:
        """Return scores (N,) of images with classes (N, K)."""
        code = None if self.name is None or classes is None else self.name(classes).mean(1)
        return self.grade(self.look(images), code)

    def grade(self, looks: Tensor, code: Tensor | None) -> Tensor:
        """Return scores (N,) of what look returned, (N, H), under the condition's code (N, H)."""
        features = F.leaky_relu(looks, 0.2)
        score: Tensor = self.score(features)[:, 0]
        if code is not None:
            score = score + (code * features).sum(1) / features.shape[1] ** 0.5
        return score


class Gan(Model):
    """See the module."""

    def __init__(self, config: GanConfig) -> None:
        super().__init__(config)
        classes = config.classes if config.condition == "classes" else 0
        self.generator = Generator(config)
        view = config.patch if config.decoder == "sprites" else config.size
        self.frame_judge = Judge(config.channels, view, config.h_dim, classes)
        shown = config.frames + (config.condition == "first")
        self.clip_judge = Judge(shown * config.channels, config.size, config.h_dim, classes)
        self.steps: Tensor
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def phases(self) -> list[Phase]:
        """Return the judges' objective, then the generator's."""
        judges = [*self.frame_judge.parameters(), *self.clip_judge.parameters()]
        return [
            Phase("judges", judges, self.judge_loss),
            Phase("generator", list(self.generator.parameters()), self.generator_loss),
        ]

    def judge_loss(self, batch: Batch, progress: float) -> Loss:
        """Return what the judges minimise: real above fake, and now and then the gradient penalties."""
        with torch.no_grad():
            fake, fake_corners = self._generate_like(batch)
        real, real_corners = self._real(batch)
        scores = self._judge(real, real_corners, fake, fake_corners, batch)
        if self.config.objective == "relativistic":
            game = torch.stack([relativistic_loss(r, f) for r, f in scores]).sum()
        else:
            game = torch.stack([hinge_loss(r, f) for r, f in scores]).sum()
        self.steps += 1
        penalty = game.new_zeros(())
        if self.config.penalty and int(self.steps) % self.config.penalty_every == 0:
            penalty = self.config.penalty * self.config.penalty_every * self._penalty(batch, fake, fake_corners)
        gap = torch.stack([(r - f).mean() for r, f in scores])
        parts = {"game": game, "penalty": penalty, "gap_frame": gap[0], "gap_clip": gap[1]}
        return Loss(game + penalty, {name: part.detach() for name, part in parts.items()})

    def generator_loss(self, batch: Batch, progress: float) -> Loss:
        """Return what the generator minimises: fake above real (relativistic), or minus its score (hinge)."""
        fake, fake_corners = self._generate_like(batch)
        real, real_corners = self._real(batch)
        scores = self._judge(real, real_corners, fake, fake_corners, batch)
        if self.config.objective == "relativistic":
            game = torch.stack([relativistic_loss(f, r.detach()) for r, f in scores]).sum()
        else:
            game = -torch.stack([f.mean() for _, f in scores]).sum()
        return Loss(game, {"fooling": game.detach()})

    def guard(self, parts: dict[str, float]) -> str | None:
        """Return why training should stop: a judge has won for good."""
        won = max(parts["gap_frame"], parts["gap_clip"])
        return f"the discriminator has won (score gap {won:.0f}); raise penalty or lower the rate" if won > 60 else None

    @torch.no_grad()
    def sample(
        self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        """Return clips (count, T, C, H, W) in [-1, 1]; classes not given are drawn."""
        condition = condition or Condition()
        if self.config.condition == "classes" and condition.classes is None:
            shape = (count, self.config.sprites)
            condition = Condition(
                classes=torch.randint(self.config.classes, shape, generator=generator, device=self.device)
            )
        clips: Tensor = self.generator(*self._noise(count, generator), condition)[0]
        return clips

    def _noise(self, count: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Return content and motion noise for so many clips."""
        config, slots = self.config, self.generator.slots(count)
        content = torch.randn(slots, config.z_dim, generator=generator, device=self.device)
        motion = torch.randn(slots, 1 + config.frames, config.path_dim, generator=generator, device=self.device)
        return content, motion

    def _generate_like(self, batch: Batch) -> tuple[Tensor, Tensor | None]:
        """Return fake clips under the batch's own conditions."""
        condition = Condition(classes=batch.get("classes"), first=batch["video"][:, :1])
        fake: tuple[Tensor, Tensor | None] = self.generator(*self._noise(len(batch["video"])), condition)
        return fake

    def _real(self, batch: Batch) -> tuple[Tensor, Tensor | None]:
        """Return the batch's clips and, for a sprite painter, the corners of their sprites."""
        video = batch["video"][:, : self.config.frames]
        return video, batch["positions"][:, : self.config.frames] if self.config.decoder == "sprites" else None

    def _judge(
        self, real: Tensor, real_corners: Tensor | None, fake: Tensor, fake_corners: Tensor | None, batch: Batch
    ) -> list[tuple[Tensor, Tensor]]:
        """Return scores of real and fake, from the frame judge and from the clip judge."""
        classes = batch.get("classes") if self.config.condition == "classes" else None
        pair = augment(torch.cat([real, fake]), self.config.augment) if self.config.augment else torch.cat([real, fake])
        frames = torch.randint(self.config.frames, (2,)).tolist()
        halves = zip(pair.chunk(2), (real_corners, fake_corners), strict=True)
        views = torch.cat([self._views(video, corners, frames) for video, corners in halves])
        twice = None if classes is None else classes.repeat(2, 1)
        by_frame = self.frame_judge(views, self._names(twice, len(frames))).chunk(2)
        by_clip = self.clip_judge(self._shown(pair, batch), twice).chunk(2)
        return [(by_frame[0].float(), by_frame[1].float()), (by_clip[0].float(), by_clip[1].float())]

    def _shown(self, video: Tensor, batch: Batch) -> Tensor:
        """Return what the clip judge sees, (N, T*C, H, W): the clips, and the first frame they should go on from."""
        if self.config.condition != "first":
            return video.flatten(1, 2)
        given = batch["video"][:, :1].repeat(len(video) // len(batch["video"]), 1, 1, 1, 1)
        return torch.cat([given, video], 1).flatten(1, 2)

    def _views(self, video: Tensor, corners: Tensor | None, frames: list[int]) -> Tensor:
        """Return what the frame judge sees of these frames: them, or the window at each sprite, (N, C, h, h)."""
        if corners is None:
            return video[:, frames].flatten(0, 1)
        shown = video[:, frames].expand(-1, -1, self.config.sprites, -1, -1).flatten(0, 2)
        return glimpse(shown, corners[:, frames].flatten(0, 2), self.config.patch)[:, None]

    def _names(self, classes: Tensor | None, frames: int) -> Tensor | None:
        """Return the classes (N, K or 1) of each view of so many frames, of clips of classes (B, K)."""
        if classes is None:
            return None
        each = classes[:, None].expand(-1, frames, -1)  # (B, frames, K)
        return each.reshape(-1, 1) if self.config.decoder == "sprites" else each.flatten(0, 1)

    def _penalty(self, batch: Batch, fake: Tensor, fake_corners: Tensor | None) -> Tensor:
        """Return R1 + R2 of both judges, in float32 because they are differentiated twice."""
        real, real_corners = self._real(batch)
        classes = batch.get("classes") if self.config.condition == "classes" else None
        total = real.new_zeros(())
        with torch.autocast(real.device.type, enabled=False):
            for video, corners in ((real, real_corners), (fake, fake_corners)):
                view = self._views(video, corners, [0]).detach().float().requires_grad_()
                total = total + gradient_penalty(self.frame_judge(view, self._names(classes, 1)), view)
                clip = self._shown(video, batch).detach().float().requires_grad_()
                total = total + gradient_penalty(self.clip_judge(clip, classes), clip)
        return total


def augment(video: Tensor, share: float) -> Tensor:
    """Return clips (B, T, C, H, W), a share of them shifted by up to 1/8 and one square erased, once a clip."""
    size = video.shape[-1]
    reach = size // 8
    padded = F.pad(video.flatten(1, 2), (reach,) * 4, value=-1.0).unflatten(1, video.shape[1:3])
    result = []
    for clip, wide in zip(video, padded, strict=True):
        if float(torch.rand(())) >= share:
            result.append(clip)
            continue
        row, column = (int(n) for n in torch.randint(2 * reach + 1, (2,)))
        top, left = (int(n) for n in torch.randint(size - size // 4, (2,)))
        hole = torch.ones(size, size, device=video.device, dtype=torch.bool)
        hole[top : top + size // 4, left : left + size // 4] = False
        result.append(torch.where(hole, wide[..., row : row + size, column : column + size], -1.0))
    return torch.stack(result)
