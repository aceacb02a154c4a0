"""Finds by how much a voice tells its phonemes late: where they would have to be for the sound to fit them best.

    phonemes --moved by -150 to 150 ms--> how loud each ought to be --correlation--> loudness that is there

python tools/calibrate_voice.py hibari|piper|espeak prints the best shift of each sentence's phonemes and their median;
what a voice corrects already is corrected here too, so that a calibrated voice gives 0.
"""

import argparse
import statistics
from fractions import Fraction

import numpy as np

from frameloom.media.sound import Sound
from frameloom.media.speech.phones import mouths
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken
from frameloom.media.speech.voices import open_voice
from frameloom.media.visemes import VISEMES

SENTENCES = (
    "A happy puppy took a paper cup apart.",
    "Bob baked a big batch of butter buns, but Peter picked apples.",
    "Please pack my box with five dozen liquor jugs.",
    "Two tall trees stood at the top of the steep path.",
    "The quick brown fox jumps over the lazy dog.",
    "Kate kept a good kitten in the kitchen cupboard.",
    "She sells sea shells by the sea shore, and the shells are surely hers.",
    "How much wood would a woodchuck chuck if a woodchuck could chuck wood?",
)
LOUDNESS = {
    "sil": 0.0,
    "PP": 0.1,
    "DD": 0.15,
    "kk": 0.15,
    "FF": 0.3,
    "TH": 0.3,
    "CH": 0.4,
    "SS": 0.4,
    "nn": 0.7,
    "RR": 0.8,
}
"""Of each viseme, 1 for the vowels: stops are quiet, then fricatives, then what is voiced."""
STEP = Fraction(1, 400)
"""5 ms, in pairs: loudness is measured every 2.5 ms."""
FARTHEST = 60


def main() -> None:
    """Print by how much the voice is late."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("voice", help="hibari, piper or espeak")
    name = parser.parse_args().voice
    voice = open_voice(name)
    late = [lateness(spoken) for text in SENTENCES for spoken in voice.speak(text, Manner())]
    print(
        f"{name}: late by {statistics.median(late):.1f} ms (each sentence: {', '.join(f'{one:.1f}' for one in late)})"
    )


def lateness(spoken: Spoken) -> float:
    """Return by how many ms phonemes stand later than the sound that fits them."""
    level = levels(spoken.sound, spoken.rate)
    ought = expected(spoken.phonemes, len(level))
    fits = [float(np.corrcoef(np.roll(ought, -shift), level)[0, 1]) for shift in range(-FARTHEST, FARTHEST + 1)]
    return (int(np.argmax(fits)) - FARTHEST) * float(STEP) * 1000


def levels(sound: Sound, rate: int) -> np.ndarray:
    """Return the loudness of every 2.5 ms, in dB above the quietest that counts."""
    step = round(float(STEP) * rate)
    count = len(sound) // step
    power = np.square(sound[: count * step, 0]).reshape(count, step).mean(1)
    smooth = np.convolve(power, np.ones(4) / 4, "same")
    return 10 * np.log10(np.maximum(smooth, smooth.max() * 1e-4))


def expected(phonemes: tuple[Phoneme, ...], count: int) -> np.ndarray:
    """Return how loud each 2.5 ms ought to be."""
    ought = np.zeros(count)
    for one in phonemes:
        through = mouths(one.ipa)
        first, stop = (round(time / STEP) for time in (one.start, one.stop))
        ought[first:stop] = LOUDNESS.get(VISEMES[through[0]], 1.0) if through else 0.5
    return ought


if __name__ == "__main__":
    main()
