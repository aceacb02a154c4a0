"""PocketSphinx on speech that it is given: phonemes without the text, and the text set in time.

    sounds (N,), 16 kHz, and texts --files--> a Python of its own --> phonemes with rows of 10 ms, CPU seconds for all

It gets an environment under .bench/talk. Without the text it is what Rhubarb's phonetic recogniser runs, with its
settings; with it, words are aligned first and then their phonemes.
"""

import json
import os
import subprocess
import venv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

PEERS = Path(__file__).resolve().parents[1] / ".bench" / "talk"
PACKAGES = ("pocketsphinx==5.1.1", "numpy")

Phones = list[tuple[str, int, int]]
"""ARPAbet, first row and the one after the last."""

_THEIRS = """
import json, os, sys, time
import numpy as np
from pocketsphinx import Decoder, get_model_path
way, cases = json.loads(sys.argv[1])
quiet = dict(loglevel="FATAL")

def heard(decoder, samples):
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), full_utt=True)
    decoder.end_utt()

def aligned(samples, text, pause):
    # Where the last word ends with the sound, it now and then finds no way through: then with a pause around it.
    quiet = np.random.default_rng(0).integers(-2, 3, 160 * pause).astype(np.int16)
    around = np.concatenate([quiet, samples, quiet])
    try:
        decoder.set_align_text(text)
        heard(decoder, around)
        decoder.set_alignment()
        heard(decoder, around)
        phones = []
        for word in decoder.get_alignment():
            for phone in word:
                phones.append((phone.name, phone.start - pause, phone.start + phone.duration - pause))
        return phones
    except RuntimeError:
        try:
            decoder.end_utt()
        except RuntimeError:
            pass
        return None

if way == "phones":
    decoder = Decoder(allphone=get_model_path("en-us/en-us-phone.lm.bin"), lm=None, dict=None, lw=2.0, pip=0.3,
                      beam=1e-20, pbeam=1e-20, **quiet)
else:
    decoder = Decoder(lm=None, **quiet)
found, began = [], time.process_time()
for path, text in cases:
    samples = np.load(path)
    if way == "phones":
        heard(decoder, samples)
        found.append([(each.word, each.start_frame, each.end_frame + 1) for each in decoder.seg()])
        continue
    found.append(next(filter(None, (aligned(samples, text, pause) for pause in (0, 10, 25, 40, 60))), []))
print(json.dumps([found, time.process_time() - began]))
"""


def phones_by_peer(
    way: str, sounds: Sequence[NDArray[np.float32]], texts: Sequence[str]
) -> tuple[list[Phones], float] | None:
    """Return the phonemes that it tells of each sound, and the CPU seconds that it takes; None without it.

    way is "phones", without the text, or "align", with it.
    """
    python = peer()
    if python is None:
        return None
    with TemporaryDirectory() as place:
        cases = []
        for number, (sound, text) in enumerate(zip(sounds, texts, strict=True)):
            path = Path(place, f"{number}.npy")
            np.save(path, np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16))
            plain = "".join(sign if sign.isalpha() or sign in "' " else " " for sign in text.lower())
            cases.append((str(path), " ".join(plain.split())))
        words = [str(python), "-c", _THEIRS, json.dumps([way, cases])]
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"}
        )
    if done.returncode:
        print(f"PocketSphinx, {way}: fails here ({done.stderr.strip().splitlines()[-1]}); its rows are left out")
        return None
    found, cpu_s = json.loads(done.stdout.splitlines()[-1])
    return [[(name, first, stop) for name, first, stop in each] for each in found], cpu_s


@cache
def peer() -> Path | None:
    """Return the Python of an environment with it, made on first use; None, and why, where it cannot be."""
    python = PEERS / "bin" / "python"
    try:
        if not (PEERS / "ready").exists():
            venv.create(PEERS, with_pip=True, clear=True)
            install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", *PACKAGES]
            plain = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
            subprocess.run(list(map(str, install)), env=plain, capture_output=True, text=True, check=True)
        subprocess.run([str(python), "-c", "import pocketsphinx"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        print(f"PocketSphinx cannot be installed or run here ({said.strip().splitlines()[-1]}); its rows are left out")
        return None
    (PEERS / "ready").touch()
    return python
