"""What visemes are judged on: sentences by a voice on which nothing is trained, hibari, with its own times as truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameloom.effects.sound.mel import RATE, Mono
from frameloom.effects.sound.resample import resampled
from frameloom.evaluation.visemes import Labels
from frameloom.media.speech.spoken import Manner, Spoken, Voice
from frameloom.media.speech.track import frames_of, shares, spans

SENTENCES = (
    "Before the meeting began, Pamela put a pot of coffee on the table.",
    "We never found five of the fuzzy leaves that fell from the tree.",
    "The weather on Thursday was rather warm for this time of the year.",
    "My brother bought a bright blue bicycle at the market.",
    "Could you please tell me where the nearest chemist is?",
    "Jane chose a cheap pair of shoes and a fashionable jacket.",
    "Nothing is impossible if you believe in what you are doing.",
    "The old professor explained the problem very slowly.",
    "Fresh fish and vegetables are sold at the harbour every morning.",
    "I think that both of them have gone to the theatre.",
    "Push the button, wait for the beep, and speak after the tone.",
    "A large group of people gathered around the fountain.",
    "She was reading a book about whales when the phone rang.",
    "Give me a moment, and I will show you how it works.",
    "The judge asked the witness to repeat her answer.",
    "Our computer needs more memory, but we may not have the money.",
    "Yesterday the temperature dropped below zero for the first time.",
    "Have you ever visited the museum of modern art?",
    "The pilot moved the lever up and pulled back on the stick.",
    "Philip and Vivian have a very funny puppy.",
    "There are three thousand things that we could talk about.",
    "He opened his umbrella because it was about to rain.",
    "Good evening, and welcome to the programme.",
    "Strawberries, plums and apples grow in the garden behind the house.",
)
"""Of ours; none of them is in the training data."""


@dataclass(frozen=True, eq=False)
class Case:
    """A sentence: what is heard, 16 kHz, and the true visemes of its rows."""

    text: str
    sound: Mono
    labels: Labels
    spoken: Spoken


def cases(voice: Voice, manner: Manner, count: int | None = None) -> Iterator[Case]:
    """Yield sentences of the suite by a voice."""
    for text in SENTENCES[:count]:
        for spoken in voice.speak(text, manner):
            yield Case(text, resampled(spoken.sound[:, 0], spoken.rate, RATE), truth(spoken), spoken)


def truth(spoken: Spoken) -> Labels:
    """Return the viseme on which most of each row is spent, (T,)."""
    labels: NDArray[np.int64] = shares(spans(spoken.phonemes), frames_of(len(spoken.sound), spoken.rate)).argmax(1)
    return labels
