"""Several methods on the same clips with the same dice: one pass, one account for each.

    batch --> past, actions --> each Entrant --draw, draw, ...--> Account --+--> Method for each
          --> truth --> Stage (what is known of the truth, once) -----------+--> differences, clip by clip
                                                                            +--> a few futures to look at

Draws are taken in as they come: memory grows neither with clips nor with draws.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from frameloom.core.errors import DataError
from frameloom.data.source import Source
from frameloom.evaluation.account import EXAMPLES, Account, Seen, Stage
from frameloom.evaluation.crowd import LEAST_CLIPS, Jackknifed, half_distance, whole_distance
from frameloom.evaluation.entrants import Clips, Entrant, with_strangers
from frameloom.evaluation.figures import TOLD, TRUTH, difference_of, root_of
from frameloom.evaluation.instruments import Instrument
from frameloom.evaluation.ledger import Ledger
from frameloom.evaluation.protocol import Protocol
from frameloom.evaluation.tally import Estimate, Method, Tally


@dataclass(frozen=True)
class Outcome:
    """What came of a contest."""

    clips: int
    accounts: Mapping[str, Account]
    ledger: Ledger
    truth: Tally
    real: Seen
    given: Tensor
    """First clips: what was given, (N, T, C, H, W) in [0, 1]."""
    true: Tensor
    """First clips: what came."""
    hands: Tensor | None
    """First clips: where the hand truly is, (N, T, 2) px, from the last frame given on."""
    batch: Mapping[str, Tensor]
    """First clips as the source gave them."""
    knives: dict[tuple[str, str], Jackknifed] = field(default_factory=dict)

    def method(self, name: str) -> Method:
        """Return the figures of one entrant."""
        method = self.accounts[name].method(self.ledger, self.truth)
        crowds = self.accounts[name].seen.crowds if self.clips >= LEAST_CLIPS else {}
        apart = {key: self.knife(name, key).estimate() for kind in crowds for key in (kind, f"{kind}_halves")}
        return method.model_copy(update={"metrics": method.metrics | apart})

    def references(self) -> dict[str, Estimate]:
        """Return what the figures of real clips are: unrelated futures, and one half of the real clips to the other."""
        found = {
            key: self.ledger.estimate(root_of(f"{TRUTH}/{key}"))
            for key in ("unrelated", "feature_unrelated") if f"{TRUTH}/{key}" in self.ledger.names
        }  # fmt: skip
        if self.clips >= LEAST_CLIPS:
            found |= {
                f"{kind}_halves": Jackknifed.of(half_distance(crowd, crowd)).estimate()
                for kind, crowd in self.real.crowds.items()
            }
        return found

    def difference(self, name: str, other: str) -> dict[str, Estimate]:
        """Return how much larger each figure that both have is for one than for the other, clip by clip."""
        one, two = self.accounts[name], self.accounts[other]
        both = [key for key in one.quantities if key in two.quantities]
        found = {
            key: self.ledger.estimate(difference_of(f"{name}/{key}", f"{other}/{key}"))
            for key in (*one.protocol.metrics, *(key for key in both if "_at_" in key))
        }
        found |= {
            key: self.ledger.estimate(told.difference(name, other)) for key, told in TOLD.items() if told.needs in both
        }
        kinds = one.seen.crowds.keys() & two.seen.crowds.keys() if self.clips >= LEAST_CLIPS else set()
        for kind in sorted(kinds):
            found[kind] = self.knife(name, kind).minus(self.knife(other, kind)).estimate()
        return found

    def knife(self, name: str, key: str) -> Jackknifed:
        """Return a Frechet distance of an entrant: between wholes, or between halves."""
        if (name, key) not in self.knives:
            kind = key.removesuffix("_halves")
            between = half_distance if key.endswith("_halves") else whole_distance
            self.knives[name, key] = Jackknifed.of(
                between(self.accounts[name].seen.crowds[kind], self.real.crowds[kind])
            )
        return self.knives[name, key]


@dataclass(frozen=True)
class Passing:
    """How far a contest is; the last one holds the outcome."""

    done: int
    clips: int
    headline: str
    outcome: Outcome | None = None


@torch.no_grad()
def contest(
    entrants: Sequence[Entrant],
    source: Source,
    protocol: Protocol,
    *,
    clips: int,
    batch: int,
    instrument: Instrument | None = None,
) -> Iterator[Passing]:
    """Yield the state of the work after each batch; the last one holds the outcome.

    Args:
        entrants: methods with names of their own; the first is told of while it works.
        source: the clips, of as many frames as the protocol takes.
        protocol: what is given and scored.
        clips: how many; all of them if the source has fewer.
        batch: clips at once.
        instrument: what features and hands are read with.

    Raises:
        DataError: no clips, or clips that do not hold what the protocol asks for.
        ModelError: a prediction has the wrong shape.
    """
    total = clips if source.count is None else min(clips, source.count)
    accounts = {entrant.name: Account(entrant, protocol, instrument) for entrant in entrants}
    if len(accounts) != len(entrants):
        raise DataError(f"methods need names of their own, got {', '.join(entrant.name for entrant in entrants)}")
    ledger, truth, real = Ledger(), Tally(), Seen()
    first: Stage | None = None
    shown: Mapping[str, Tensor] = {}
    neighbours = _Neighbours()
    done = index = 0
    while done < total:
        drawn = {key: values[: total - done] for key, values in source.batch(index, batch).items() if key != "paths"}
        stage = Stage.of(drawn, neighbours.clips(drawn, index, batch, protocol), protocol, instrument)
        quantities = {f"{TRUTH}/{name}": values for name, values in neighbours.truth(stage, protocol).items()}
        truth.add({"sharpness": stage.sharpness})
        for name, account in accounts.items():
            quantities |= {f"{name}/{key}": values for key, values in account.add(stage).items()}
        ledger.add(quantities)
        if instrument is not None and stage.maps is not None:
            start = 0 if protocol.given_in_frechet else protocol.past
            real.add(instrument, stage.maps[:, start:], drawn["video"][:, start:])
        if first is None:
            first, shown = stage, {key: values[:EXAMPLES] for key, values in drawn.items()}
        done, index = done + len(stage.truth), index + 1
        yield Passing(done, total, accounts[entrants[0].name].headline())
    if first is None:
        raise DataError("there are no clips to score; give at least 2")
    outcome = Outcome(
        clips=done,
        accounts=accounts,
        ledger=ledger,
        truth=truth,
        real=real,
        given=((first.clips.past + 1) / 2)[:EXAMPLES].cpu(),
        true=first.truth[:EXAMPLES].cpu(),
        hands=first.hands[:EXAMPLES, protocol.past - 1 :].cpu() if first.hands is not None else None,
        batch=shown,
    )
    yield Passing(done, total, accounts[entrants[0].name].headline(), outcome)


class _Neighbours:
    """Pairs each clip with the one before it, which has nothing to do with it; the first with the last of its batch."""

    def __init__(self) -> None:
        self._last: dict[str, Tensor] = {}

    def clips(self, batch: Mapping[str, Tensor], index: int, size: int, protocol: Protocol) -> Clips:
        """Return the clips of a batch as entrants see them."""
        past = batch["video"][:, : protocol.past]
        if not protocol.actions:
            return Clips(index, size, past, protocol.future)
        if "actions" not in batch:
            raise DataError(f"protocol {protocol.name} takes clips with actions, and these have none")
        actions = batch["actions"]
        strangers = with_strangers(actions, protocol.past, self._last.get("actions"))
        self._last["actions"] = actions[-1:]
        return Clips(index, size, past, protocol.future, actions, strangers)

    def truth(self, stage: Stage, protocol: Protocol) -> dict[str, Tensor]:
        """Return what the ledger keeps of the truth, (B,) by quantity."""
        kept = {"sharpness": stage.sharpness.mean(dim=1), "unrelated": self._apart("truth", stage.truth)}
        if stage.maps is not None:
            kept["feature_unrelated"] = self._apart("maps", stage.maps[:, protocol.past :])
        return kept

    def _apart(self, kind: str, values: Tensor) -> Tensor:
        """Return the mean squared difference of each clip to the one before, (B,)."""
        before = torch.cat([self._last.get(kind, values[-1:]), values[:-1]])
        self._last[kind] = values[-1:]
        return (values - before).square().flatten(1).mean(dim=1)
