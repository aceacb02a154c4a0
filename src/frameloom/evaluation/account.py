"""What one method did on the clips of a contest, taken in draw by draw.

    Stage (clips, what is known of their truth) --Entrant--> draw, draw, ... --+--> picks: metrics of best, worst, ...
                                                                               +--> spread: how far draws lie apart
                                                                               +--> look: features, hands, crowds
                                                                               +--> futures to look at

Nothing is kept of a draw but sums, the best and the worst so far, and a few clips to look at.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from frameloom.evaluation.crowd import Crowd
from frameloom.evaluation.entrants import Clips, Entrant, draws
from frameloom.evaluation.figures import TOLD, TRUTH, Spread, hand_quantities, mean_of
from frameloom.evaluation.futures import Chooser, Futures
from frameloom.evaluation.instruments import Instrument, apart, pooled
from frameloom.evaluation.ledger import Ledger
from frameloom.evaluation.protocol import HIGHER_IS_BETTER, Protocol, Yardstick
from frameloom.evaluation.tally import Estimate, Method, Tally
from frameloom.metrics.pixel import sharpness
from frameloom.models.base import Batch

EXAMPLES = 6
"""Clips kept to be looked at."""
FEATURE_DRAWS = 10
"""Draws of a clip that are seen through the instrument."""
PICKS = ("best", "mean", "random", "worst")
_CURVES = ("sharpness", "spread", "feature_distance", "feature_spread", "hand_px", "hand_near")
_DARK = 1e-12


@dataclass(frozen=True)
class Stage:
    """Clips of one batch, and what is known of their truth."""

    clips: Clips
    truth: Tensor
    """(B, T, C, H, W) in [0, 1]."""
    yardstick: Yardstick
    sharpness: Tensor
    """Of the truth, (B, T)."""
    maps: Tensor | None = None
    """Of past and truth as the instrument sees them, (B, past + T, ...)."""
    hands: Tensor | None = None
    """Of past and truth, (B, past + T, 2)."""

    @classmethod
    def of(cls, batch: Batch, clips: Clips, protocol: Protocol, instrument: Instrument | None) -> "Stage":
        """Return the stage of a batch."""
        truth = (batch["video"][:, protocol.past :] + 1) / 2
        return cls(
            clips,
            truth,
            protocol.against(truth),
            sharpness(truth),
            instrument.maps(batch["video"]) if instrument else None,
            instrument.hand(batch["video"]) if instrument else None,
        )


class Seen:
    """Clips of one method, or the true ones, as crowds of features."""

    def __init__(self) -> None:
        self.crowds: dict[str, Crowd] = {}

    def add(self, instrument: Instrument, maps: Tensor, video: Tensor) -> None:
        """Take in clips (B, T, C, H, W) in [-1, 1] and their maps."""
        self.crowds.setdefault("frechet", Crowd()).add(pooled(maps))
        digits = instrument.digits(video)
        if digits is not None:
            self.crowds.setdefault("frechet_digits", Crowd()).add(digits)


class Account:
    """What one entrant did."""

    def __init__(self, entrant: Entrant, protocol: Protocol, instrument: Instrument | None) -> None:
        self.entrant, self.protocol, self.instrument = entrant, protocol, instrument
        self.tally, self.picked = Tally(), {pick: Tally() for pick in PICKS}
        self.seen = Seen()
        self.drawn = 0
        self.quantities: tuple[str, ...] = ()
        self.futures: Futures | None = None

    def add(self, stage: Stage) -> dict[str, Tensor]:
        """Take in a batch; return what the ledger keeps of it, (B,) by quantity."""
        picks, spread, chooser = _Picks(), Spread(stage.truth), Chooser()
        look = None
        if self.instrument is not None and stage.maps is not None:
            look = _Look(self.instrument, stage.maps, stage, self.protocol)
        first = torch.empty(0)
        for number, future in enumerate(draws(self.entrant, stage.clips, self.drawn)):
            measured = stage.yardstick.measure(future)
            picks.add(measured)
            spread.add(future)
            if number == 0:
                first = future
            if look is not None and number < FEATURE_DRAWS:
                look.add(future)
            if self.futures is None:
                merit = measured[self.protocol.metrics[0]].mean(dim=1)
                merit = merit if self.protocol.metrics[0] in HIGHER_IS_BETTER else -merit
                chooser.add(future[:EXAMPLES].clamp(0, 1).cpu(), merit[:EXAMPLES].cpu())
        self.drawn = spread.count
        headline = picks.of("best" if self.protocol.counts == "best" else "random")
        kept = {"sharpness": sharpness(first.clamp(0, 1)), **spread.quantities(), **(look.quantities() if look else {})}
        if look is not None and self.entrant.kind != "check":
            look.show(self.seen)
        if spread.count > 1:
            for pick, tally in self.picked.items():
                tally.add(picks.of(pick))
        self.tally.add({**headline, **{name: values for name, values in kept.items() if values.dim() > 1}})
        if self.futures is None:
            self.futures = _futures(chooser, spread, look.hands if look else None)
        kept |= headline | _single_frames(headline, self.protocol)
        self.quantities = tuple(kept)
        return {name: values.mean(dim=1) if values.dim() > 1 else values for name, values in kept.items()}

    def method(self, ledger: Ledger, truth: Tally) -> Method:
        """Return the figures, with intervals, and curves."""
        name = self.entrant.name
        method = self.tally.method(name, self.entrant.kind)
        own = {told: TOLD[told].figure(name) for told in TOLD if TOLD[told].needs in self.quantities}
        own |= {key: mean_of(f"{name}/{key}") for key in self.quantities if "_at_" in key}
        metrics: dict[str, Estimate] = {metric: method.metrics[metric] for metric in self.protocol.metrics}
        curves = {key: method.per_frame[key] for key in (*metrics, *_CURVES) if key in method.per_frame}
        real = truth.method(TRUTH).per_frame["sharpness"]
        curves["sharpness"] = [ours / max(true, _DARK) for ours, true in zip(curves["sharpness"], real, strict=True)]
        for key in {"spread", "feature_spread"} & curves.keys():
            curves[key] = [math.sqrt(value) for value in curves[key]]
        metrics |= {key: ledger.estimate(figure) for key, figure in own.items()}
        return method.model_copy(update={"metrics": metrics, "per_frame": curves})

    def headline(self) -> str:
        """Return the first metric so far."""
        metric = self.protocol.metrics[0]
        return f"{metric} {self.tally.mean(metric):.4g}"

    def picks(self) -> list[Method]:
        """Return best, mean, random and worst draw; nothing of a single one."""
        return [tally.method(pick, self.entrant.kind) for pick, tally in self.picked.items() if tally.clips]


class _Look:
    """The draws of a batch through the instrument."""

    def __init__(self, instrument: Instrument, maps: Tensor, stage: Stage, protocol: Protocol) -> None:
        self.instrument, self.stage, self.protocol = instrument, stage, protocol
        self._truth = maps[:, protocol.past :]
        self._given = maps[:, : protocol.past]
        self._spread = Spread(self._truth)
        self._first = self._maps = torch.empty(0)
        self.hands: Tensor | None = None

    def add(self, future: Tensor) -> None:
        """Take in a draw, (B, T, C, H, W) in about [0, 1]."""
        video = future.clamp(0, 1) * 2 - 1
        maps = self.instrument.maps(video)
        if not self._spread.count:
            self._first, self._maps, self.hands = video, maps, self.instrument.hand(video)
        self._spread.add(maps)

    def quantities(self) -> dict[str, Tensor]:
        """Return distances in features, and hands."""
        kept = {"feature_distance": apart(self._maps, self._truth), **self._spread.quantities("feature_")}
        if self.hands is None or self.stage.hands is None:
            return kept
        past = self.protocol.past
        return kept | hand_quantities(self.hands, self.stage.hands[:, past:], self.stage.hands[:, past - 1])

    def show(self, seen: Seen) -> None:
        """Add the first draw to the clips seen, after the frames that were given where the protocol says so."""
        maps, video = self._maps, self._first
        if self.protocol.given_in_frechet:
            maps = torch.cat([self._given, maps], dim=1)
            video = torch.cat([self.stage.clips.past, video], dim=1)
        seen.add(self.instrument, maps, video)


class _Picks:
    """Metrics per frame of the draws of one batch: best and worst per clip and metric, mean, and the first."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: dict[str, dict[str, Tensor]] = {pick: {} for pick in PICKS}

    def add(self, measured: Mapping[str, Tensor]) -> None:
        """Take in the metrics of a draw, (B, T)."""
        self.count += 1
        if self.count == 1:
            self._kept = {pick: dict(measured) for pick in PICKS}
            return
        best, worst, total = (self._kept[pick] for pick in ("best", "worst", "mean"))
        for metric, values in measured.items():
            sign = 1 if metric in HIGHER_IS_BETTER else -1
            merit = sign * values.mean(dim=1)
            for kept, turn in ((best, 1), (worst, -1)):
                better = turn * (merit - sign * kept[metric].mean(dim=1)) > 0
                kept[metric] = torch.where(better[:, None], values, kept[metric])
            total[metric] = total[metric] + values

    def of(self, pick: str) -> dict[str, Tensor]:
        """Return each metric per frame, (B, T), of best, mean, random or worst."""
        if pick == "mean":
            return {metric: values / self.count for metric, values in self._kept[pick].items()}
        return self._kept[pick]


def _futures(chooser: Chooser, spread: Spread, hands: Tensor | None) -> Futures:
    """Return what is kept of the first batch."""
    return Futures(
        random=chooser.random,
        best=chooser.best,
        worst=chooser.worst,
        mean=spread.mean()[:EXAMPLES].clamp(0, 1).cpu(),
        deviation=spread.variance()[:EXAMPLES].sqrt().cpu(),
        drawn=spread.count,
        hands=hands[:EXAMPLES].cpu() if hands is not None else None,
    )


def _single_frames(headline: Mapping[str, Tensor], protocol: Protocol) -> dict[str, Tensor]:
    """Return the metrics of the frames that are told on their own, (B,)."""
    frames = [frame for frame in protocol.single_frames if frame <= protocol.future]
    return {f"{metric}_at_{frame}": values[:, frame - 1] for metric, values in headline.items() for frame in frames}
