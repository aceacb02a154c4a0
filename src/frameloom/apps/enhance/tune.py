"""How long a film would take on this machine, with each network, and which one to take.

    a few pictures from the middle --+--> each network --> encode       alone: what each step costs
                                     +--> decode, stages, encode        at the same time, as in earnest: the rate

    whole film = looking at it + pictures / rate

What is made is thrown away. The best network that is done within the time is proposed; the larger, the better.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import get_args

from frameloom.apps.enhance.ahead import ahead
from frameloom.apps.enhance.choice import MEND, choose, drawing, name_of
from frameloom.apps.enhance.condition import Condition, condition_of
from frameloom.apps.enhance.config import EnhanceConfig, Quality
from frameloom.apps.enhance.enhance import begin
from frameloom.apps.enhance.network import Lanczos, Network
from frameloom.apps.enhance.past import Past
from frameloom.apps.enhance.planning import Part, Plan, pacing, plan
from frameloom.apps.enhance.stages import Span, Stage, of_one_span, staged
from frameloom.apps.enhance.upscale import upscaled, upscaling
from frameloom.core.errors import MediaError
from frameloom.core.progress import View, duration, showing
from frameloom.core.times import Duration
from frameloom.generation.networks import shipped_networks
from frameloom.media.files.info import MediaInfo
from frameloom.media.files.source import Picture, probe, read_pictures
from frameloom.media.files.timed import codec_for, encode_piece

_FEW = 8
"""Pictures on which each step is measured alone."""
_ALONE_S = 1.5
"""After so long no more pictures are taken for it."""
_TOGETHER = 4, 60
"""Fewest and most pictures that go through all steps at the same time."""
_TOGETHER_S = 5
"""How long that should take, about."""


class TuneConfig(EnhanceConfig):
    """What would be done, and how long it may take."""

    within: Duration = Fraction(3600)
    """Time in which it should be done, in seconds or as on a clock."""


@dataclass(frozen=True)
class Trial:
    """What a network costs."""

    name: str
    network_s: float
    """Seconds a picture, alone."""
    encode_s: float
    pictures_per_s: float
    """Of the source, all steps at the same time."""
    film_s: float
    """Seconds for the whole film."""


@dataclass(frozen=True)
class Tuned:
    """What was measured."""

    pictures: int
    """Of the film."""
    duration: Fraction
    decode_s: float
    """Seconds a picture, alone."""
    look_s: float
    """Seconds for looking at the film before anything is done: its noise, its colours, the camera's path."""
    trials: tuple[Trial, ...]
    within: Fraction
    proposed: str | None
    """None where all of them take longer."""

    def record(self) -> dict[str, object]:
        """Return what JSON holds."""
        return {**asdict(self), "duration": float(self.duration), "within": float(self.within)}

    def text(self) -> str:
        """Return lines for people."""
        width = max(len(trial.name) for trial in self.trials)
        looking = f", looking at it before takes {duration(self.look_s)}" if self.look_s >= 1 else ""
        lines = [
            f"{self.pictures} pictures, {duration(float(self.duration))}; "
            f"decoding one takes {_ms(self.decode_s)}{looking}",
            f"{'':{width}}  {'network':>9}  {'encoding':>9}  {'together':>16}  {'whole film':>10}",
        ]
        lines += [
            f"{trial.name:{width}}  {_ms(trial.network_s):>9}  {_ms(trial.encode_s):>9}  "
            f"{trial.pictures_per_s:>5.1f} pictures/s  {duration(trial.film_s):>10}"
            for trial in self.trials
        ]
        time = duration(float(self.within))
        if self.proposed is None:
            return "\n".join([*lines, f"nothing of it is done within {time}; a smaller scale takes less time"])
        if len(self.trials) == 1:
            return "\n".join(lines)
        return "\n".join([*lines, f"proposed: {self.proposed}, the best that is done within {time}"])


@dataclass(frozen=True)
class _Tried:
    """A trial that is done, as an event."""

    trial: Trial
    progress: float

    @property
    def text(self) -> str:
        return f"{self.trial.name}: {self.trial.pictures_per_s:.1f} pictures/s"

    @property
    def record(self) -> dict[str, float | int | str]:
        return asdict(self.trial)


def tune(config: TuneConfig, view: View = "auto") -> Tuned:
    """Measure each network on a few pictures of a film; nothing is left of it.

    Raises:
        ModelError: the network asked for is missing, or of a kind that is not taken.
        MediaError: the film is missing, damaged or has no pictures, or the format does not fit.
    """
    codec_for(config.out, config.video)
    info = probe(config.input)
    if info.video is None:
        raise MediaError(f"{config.input}: no video stream; give a file with video")
    choices = _choices(config)
    pictures, decode_s = _some(info)
    part = Part(pictures[0].time, len(pictures))
    began = perf_counter()
    condition = condition_of(choices[-1][1], info)
    first_network = choose(choices[0][1], condition).network
    first = plan(choices[0][1].model_copy(update={"stabilise": False}), info, first_network, condition.noise)
    look_s = perf_counter() - began
    if config.stabilise:
        began = perf_counter()
        first = _steadied(choices[0][1], info, first, part)
        look_s += (perf_counter() - began) / part.count * info.frames
    trials = _tried(choices, condition, info, first, pictures, look_s)
    tried = [each.trial for each in showing(trials, config.input.name, view)]
    return Tuned(info.frames, info.duration, decode_s, look_s, tuple(tried), config.within, _best(tried, config.within))


def _choices(config: EnhanceConfig) -> list[tuple[str, EnhanceConfig]]:
    """Return what can be chosen, by name, from the fastest to the best; a network that is given comes last."""
    if config.scale == 1:
        mends = config.uses_network and (MEND in shipped_networks() or config.deblock != "no")
        return [(config.model or (MEND if mends else "no network"), config)]
    own = [(config.model, config)] if config.model else []
    shipped = shipped_networks()
    qualities: tuple[Quality, ...] = get_args(Quality)
    return [
        *(
            (quality, config.model_copy(update={"quality": quality, "model": None}))
            for quality in qualities
            if quality == "lanczos" or name_of(quality, config.scale) in shipped
        ),
        *own,
    ]


def _best(trials: list[Trial], within: Fraction) -> str | None:
    return next((trial.name for trial in reversed(trials) if trial.film_s <= within), None)


def _some(info: MediaInfo) -> tuple[list[Picture], float]:
    """Return a few pictures from the middle of a film, and the seconds that each takes to decode."""
    start = max((info.duration - _TOGETHER[1] / max(info.rate, Fraction(1))) / 2, Fraction(0))
    with closing(_read(info, start)) as reading:
        began = perf_counter()
        pictures = [next(reading)]
        before = perf_counter()
        pictures += islice(reading, _FEW - 1)
        now = perf_counter()
    return pictures, (now - before) / (len(pictures) - 1) if len(pictures) > 1 else before - began


def _read(info: MediaInfo, start: Fraction) -> Generator[Picture, None, None]:
    yield from read_pictures(info.path, start)


def _steadied(config: EnhanceConfig, info: MediaInfo, planned: Plan, part: Part) -> Plan:
    """Return a plan with its camera held steady, told from a part of the film."""
    alone = config.model_copy(update={"denoise": "no", "color": "no", "fps": None, "stabilise": True})
    steady = plan(alone, info, Lanczos(config.scale), looked_at=part).stages[-1]
    before = [stage for stage in planned.stages if stage.name != "fps"]
    return replace(planned, stages=(*before, steady, *planned.stages[len(before) :]))


def _tried(
    choices: list[tuple[str, EnhanceConfig]],
    condition: Condition,
    info: MediaInfo,
    planned: Plan,
    pictures: list[Picture],
    look_s: float,
) -> Iterator[_Tried]:
    for number, (name, config) in enumerate(choices, 1):
        network = choose(config, condition).network
        own = replace(
            planned, stages=tuple(_with(network, config, stage, pictures[0].time) for stage in planned.stages)
        )
        trial = _trial(name, config, info, own, network, pictures)
        film_s = look_s + info.frames / trial.pictures_per_s
        yield _Tried(replace(trial, film_s=film_s), number / len(choices))


def _with(network: Network, config: EnhanceConfig, stage: Stage, start: Fraction) -> Stage:
    """Return a stage as it is for a part of a film, and with this network if it is that of networks."""
    if stage.name == "upscale":
        stage = upscaling(network, config.scale, config.strength)
    if stage.name == "fps" and config.fps:
        stage = pacing(config.fps, start, drawing(config))
    return replace(stage, before=0, after=0)


def _trial(
    name: str, config: EnhanceConfig, info: MediaInfo, planned: Plan, network: Network, pictures: list[Picture]
) -> Trial:
    """Return what a network costs, as far as the rate."""
    with TemporaryDirectory(prefix="frameloom-") as folder:
        out = Path(folder) / f"tune{config.out.suffix}"
        work = begin(config.model_copy(update={"out": out}), info, planned, network)
        made, network_s = _through(network, config, pictures)
        began = perf_counter()
        encode_piece(work, work.pieces[0], made)
        encode_s = (perf_counter() - began) / len(made)
        few, most = _TOGETHER
        count = min(max(int(_TOGETHER_S / max(network_s, encode_s, 1e-6)), few), most)
        start = pictures[0].time
        span = Span(start, start + count / max(info.rate, Fraction(1)))
        seen = _Counted()
        with closing(ahead(staged(info.path, (Stage("count", seen.run), *planned.stages), [span]))) as steps:
            began = perf_counter()
            encode_piece(work, work.pieces[0], of_one_span(steps))
            rate = max(seen.count, 1) / (perf_counter() - began)
    return Trial(name, network_s, encode_s, rate, 0.0)


def _through(network: Network, config: EnhanceConfig, pictures: list[Picture]) -> tuple[list[Picture], float]:
    """Return what a network alone makes of pictures, as many as there is time for, and the seconds that each takes."""
    if config.scale == 1 and isinstance(network, Lanczos):
        return pictures, 0.0
    made: list[Picture] = []
    spent: list[float] = []
    past = Past() if network.recurrent else None
    while len(made) < len(pictures) and sum(spent) < _ALONE_S:
        picture = pictures[len(made)]
        began = perf_counter()
        planes = upscaled(picture.planes, network, config.scale, config.strength, past=past)
        spent.append(perf_counter() - began)
        made.append(replace(picture, planes=planes))
    return made, sum(spent[1:] or spent) / len(spent[1:] or spent)  # the first one wakes it up


class _Counted:
    """Counts the pictures that come by."""

    def __init__(self) -> None:
        self.count = 0

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Yield pictures as they are."""
        for picture in pictures:
            self.count += 1
            yield picture


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
