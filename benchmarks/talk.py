"""Talk: how well a mouth is told from a voice, how fast characters are drawn, and whether both stay together.

    visemes   sentences by hibari, on which nothing is trained, with its own times as truth: 15 classes, 100 rows/s
    voices    how long a voice takes to its first sound, once it is open
    drawing   pictures a second of each character at 720p, encoded; see _talkdrawing.py
    sync      how far mouth and voice are apart over ten minutes, in the file; see _talksync.py
    live      how soon a character answers in a browser; see _talklive.py

PocketSphinx hears phonemes without the text, as Rhubarb's phonetic recogniser does, or sets the known text in time. It
gets the constant shift that suits it best, ours none. For trials, PARTS names some of the words above, and MODEL
another model folder than the shipped one; see _record.py.
"""

import os
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from _record import Bar, Part, Row, amount, at_least, at_most, measure, row
from _talkdrawing import drawing
from _talkpeers import Phones, phones_by_peer
from _talksync import sync
from frameloom.effects.sound.mel import RATE
from frameloom.evaluation.viseme_suite import SENTENCES, Case, cases
from frameloom.evaluation.visemes import Labels, VisemeScore, compare, total
from frameloom.generation.visemes import VisemeNetwork, track_heard
from frameloom.media.speech.phones import ipa_of
from frameloom.media.speech.spoken import Manner, Phoneme, Voice
from frameloom.media.speech.track import frames_of, shares, spans
from frameloom.media.speech.voices import known_voices, open_voice

MODEL = os.environ.get("MODEL", "viseme")
COUNT = int(amount(6, len(SENTENCES), len(SENTENCES)))
MANNERS = {
    "": Manner(),
    ", quick and high": Manner(pace=1.25, pitch=1.2),
    ", slow and low": Manner(pace=0.8, pitch=0.75),
}
SHIFTS = range(-10, 11)
WAYS = {"PocketSphinx without the text": "phones", "PocketSphinx with the text": "align"}
LATENCY_TEXT = "Good evening, and welcome to the programme."


def main() -> None:
    """Measure everything and write benchmarks/results/talk.json."""
    parts: dict[str, Part] = {"visemes": visemes, "voices": voices, "drawing": drawing, "sync": sync, "live": live}
    measure("talk", parts, trial=MODEL != "viseme")


def live(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how soon a character answers."""
    from _talklive import live as answered  # needs a browser, which the other parts do without

    return answered(int(amount(5, 40, 40)))


def visemes(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how well visemes are told, by whom, and how fast."""
    network = VisemeNetwork(MODEL)
    voice = open_voice("hibari")
    rows: list[Row] = []
    bars: list[Bar] = []
    for how, manner in MANNERS.items():
        said = list(cases(voice, manner, COUNT))
        found = [track_heard([case.sound], network).labels for case in said]
        ours = scored(found, said)
        rows += rows_of(f"frameloom{how}", ours)
        if not how:
            bars += bars_of(ours)
            print(ours.table())
        for name, way in WAYS.items():
            answer = phones_by_peer(way, [case.sound for case in said], [case.text for case in said])
            if answer is None:
                continue
            told = [labels_of(phones, case) for phones, case in zip(answer[0], said, strict=True)]
            theirs = max((scored([np.roll(each, shift) for each in told], said) for shift in SHIFTS), key=accuracy)
            rows += rows_of(f"{name}{how}", theirs)
            if not how:
                speed = seconds(said) / answer[1]
                rows.append(row(f"{name}: speed", "x real time", [speed], "one core"))
                if way == "phones":
                    gain = ours.accuracy - theirs.accuracy
                    bars.append(Bar(f"above {name}", round(gain, 4), "accuracy", "> 0", gain > 0))
    majority = most_frequent(list(cases(voice, Manner(), COUNT)))
    rows.append(row("always the same viseme", "accuracy", [majority]))
    rates = speeds(network, list(cases(voice, Manner(), COUNT)))
    rows.append(row("frameloom: speed", "x real time", rates, "one core, from samples to visemes"))
    return rows, [*bars, at_least("speed on one core", float(np.median(rates)), "x real time", 100)]


def scored(found: Sequence[Labels], said: Sequence[Case]) -> VisemeScore:
    """Return the score over sentences."""
    return total(compare(labels, case.labels) for labels, case in zip(found, said, strict=True))


def accuracy(score: VisemeScore) -> float:
    """Return what is best about a score."""
    return score.accuracy


def rows_of(name: str, score: VisemeScore) -> list[Row]:
    """Return a row for accuracy, which tells the rest too."""
    pp, ff = (f"{closure} {score.recall(closure):.3f} of {score.closures[closure][1]}" for closure in ("PP", "FF"))
    onsets = f"onset error {score.onset_error_ms:.0f} ms, of {score.onsets_found:.0%} of them"
    note = f"{score.accuracy_spoken:.3f} where something is said; closures found {pp}, {ff}; {onsets}"
    return [row(name, "accuracy", [score.accuracy], note)]


def bars_of(score: VisemeScore) -> list[Bar]:
    """Return what was promised of the network."""
    return [
        Bar("accuracy without the text", round(score.accuracy, 4), "", "> 0.62", score.accuracy > 0.62),
        at_least("accuracy that is aimed at", score.accuracy, "", 0.74),
        at_least("PP found", score.recall("PP"), "of closures", 0.9),
        at_least("FF found", score.recall("FF"), "of closures", 0.9),
        at_most("median onset error", score.onset_error_ms, "ms", 40),
    ]


def labels_of(phones: Phones, case: Case) -> Labels:
    """Return the viseme of each row of what a peer told, by the same table as the truth."""
    spoken = [
        Phoneme(ipa_of(name), Fraction(first, 100), Fraction(stop, 100)) for name, first, stop in phones if ipa_of(name)
    ]
    labels: Labels = shares(spans(spoken), frames_of(len(case.sound), RATE)).argmax(1)
    return labels


def most_frequent(said: Sequence[Case]) -> float:
    """Return the share of the most frequent viseme."""
    every = np.concatenate([case.labels for case in said])
    return float(np.bincount(every).max() / len(every))


def seconds(said: Sequence[Case]) -> float:
    """Return how long sentences are together."""
    return sum(len(case.sound) for case in said) / RATE


def speeds(network: VisemeNetwork, said: Sequence[Case]) -> list[float]:
    """Return how many times faster than real time they are heard, in CPU time."""
    rates = []
    for _ in range(int(amount(2, 5, 9))):
        began = time.process_time()
        for case in said:
            track_heard([case.sound], network)
        rates.append(seconds(said) / (time.process_time() - began))
    return rates


def voices(place: Path) -> tuple[list[Row], list[Bar]]:
    """Return how long each voice takes to its first sound, and how many times faster than real time it speaks."""
    rows: list[Row] = []
    bars: list[Bar] = []
    for known in known_voices():
        if not known.is_here:
            print(f"{known.name}: not installed, left out")
            continue
        voice = open_voice(known.name)
        waits, rates = waits_and_rates(voice)
        rows.append(row(f"{known.name}: to the first sound", "ms", waits, "open already; wall-clock time"))
        rows.append(row(f"{known.name}: speed", "x real time", rates, "wall-clock time"))
        if known.name == "hibari":
            bars.append(at_most("hibari: to the first sound", float(np.median(waits)), "ms", 300))
    return rows, bars


def waits_and_rates(voice: Voice) -> tuple[list[float], list[float]]:
    """Return ms to the first sentence of a text, and times real time."""
    list(voice.speak(LATENCY_TEXT, Manner()))
    waits, rates = [], []
    for _ in range(int(amount(3, 7, 15))):
        began = time.perf_counter()
        said = next(iter(voice.speak(f"{LATENCY_TEXT} {SENTENCES[0]}", Manner())))
        took = time.perf_counter() - began
        waits.append(1000 * took)
        rates.append(float(said.duration) / took)
    return waits, rates


if __name__ == "__main__":
    main()
