"""Program: libespeak-ng behind a pipe. It alone loads the library, which is under the GPL; see `worker`.

    {"voice", "text", "words_per_minute", "pitch", "range", "phonemes"} --> {"rate", "events"}, samples int16
    {"list": true}                                                      --> {"languages": {code: name}}

An event is [kind, sample, what]: "word" with [first character, how many], or "phoneme" with IPA, empty for a pause.

Source: speak_lib.h of espeak-ng 1.52.
"""

import ctypes
import ctypes.util
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from frameloom.media.speech.worker import Answer, serve

_SYNCHRONOUS, _PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 2, 1, 2, 0x8000
_UTF8, _TAKES_PHONEMES, _END_PAUSE = 1, 0x100, 0x1000
_RATE, _PITCH, _RANGE = 1, 3, 4
_WORD, _PHONEME = 1, 7
_WITHOUT_DICTIONARY = frozenset({"fo", "kaa", "xex"})
"""Languages that it lists and whose words it cannot read."""


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user", ctypes.c_void_p), ("id", _Id),
    )  # fmt: skip


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p), ("languages", ctypes.c_char_p), ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte), ("age", ctypes.c_ubyte), ("variant", ctypes.c_ubyte), ("rest", ctypes.c_ubyte),
        ("score", ctypes.c_int), ("spare", ctypes.c_void_p),
    )  # fmt: skip


_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def find_library() -> tuple[str, str | None] | None:
    """Return the path of the library and of its data, None for its own place; nothing if there is none."""
    found = importlib.util.find_spec("espeakng_loader")
    if found and found.submodule_search_locations:
        folder = Path(found.submodule_search_locations[0])
        names = ("libespeak-ng.so", "libespeak-ng.dylib", "espeak-ng.dll")
        library = next((folder / name for name in names if (folder / name).is_file()), None)
        if library:
            return str(library), str(folder / "espeak-ng-data")
    system = ctypes.util.find_library("espeak-ng")
    return (system, None) if system else None


class Espeak:
    """The library, told once how to give sound and events back."""

    def __init__(self) -> None:
        """Load it.

        Raises:
            ValueError: there is none, or it does not start.
        """
        found = find_library()
        if found is None:
            raise ValueError("espeak-ng: not installed; pip install 'frameloom[voices]'")
        path, data = found
        self.library = ctypes.CDLL(path)
        options = _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT
        self.rate: int = self.library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode() if data else None, options)
        if self.rate <= 0:
            raise ValueError(f"{path}: does not start (code {self.rate}); install espeak-ng with its data")
        self.sound: list[bytes] = []
        self.events: list[tuple[str, int, Any]] = []
        self.hears = _Heard(self._hear)
        self.library.espeak_SetSynthCallback(self.hears)
        self.library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        self.library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))

    def _hear(self, samples: Any, count: int, events: Any) -> int:
        number = 0
        while events[number].type:
            event = events[number]
            if event.type == _WORD and event.length:
                self.events.append(("word", event.sample, [event.text_position - 1, event.length]))
            elif event.type == _PHONEME:
                ipa = bytes(event.id.string).split(b"\0")[0].decode("utf-8", "ignore")
                self.events.append(("phoneme", event.sample, ipa))
            number += 1
        if samples and count:
            self.sound.append(ctypes.string_at(samples, 2 * count))
        return 0

    def answer(self, request: dict[str, Any]) -> Answer:
        """Return what a request asks for.

        Raises:
            ValueError: there is no such voice.
        """
        if request.get("list"):
            return {"languages": {code: name for code, (name, _) in self.voices().items()}}, b""
        return self.speak(request)

    @cache  # noqa: B019  (there is one of them, as long as the process lasts)
    def voices(self) -> dict[str, tuple[str, str]]:
        """Return the codes of the languages, their names, and the files of their voices."""
        voices = self.library.espeak_ListVoices(None)
        found, number = {}, 0
        while voices[number]:
            voice = voices[number].contents
            code = voice.languages[1:].split(b"\0")[0].decode()
            found[code] = voice.name.decode().strip(), voice.identifier.decode()
            number += 1
        return {code: told for code, told in found.items() if code not in _WITHOUT_DICTIONARY}

    def speak(self, request: dict[str, Any]) -> Answer:
        """Return events and samples of a text."""
        language, plus, variant = request["voice"].partition("+")
        _, file = self.voices().get(language, ("", language))
        if self.library.espeak_SetVoiceByName(f"{file}{plus}{variant}".encode()):
            raise ValueError(f"espeak: no voice {request['voice']!r}; see `frameloom voices`")
        for parameter, name, usual in (
            (_RATE, "words_per_minute", 175), (_PITCH, "pitch", 50), (_RANGE, "range", 50),
        ):  # fmt: skip
            self.library.espeak_SetParameter(parameter, int(request.get(name, usual)), 0)
        self.sound.clear()
        self.events.clear()
        flags = _UTF8 | _END_PAUSE | (_TAKES_PHONEMES if request.get("phonemes") else 0)
        text = request["text"].encode() + b"\0"
        self.library.espeak_Synth(text, len(text), 0, 1, 0, flags, None, None)
        self.library.espeak_Synchronize()
        return {"rate": self.rate, "events": self.events}, b"".join(self.sound)


def main() -> None:
    """Answer requests until they end."""
    engine: list[Espeak] = []

    def answer(request: dict[str, Any]) -> Answer:
        if not engine:
            engine.append(Espeak())
        return engine[0].answer(request)

    serve(answer)


if __name__ == "__main__":
    main()
