"""A program of ours in a process of its own, asked over a pipe: what is under the GPL never enters this one.

    request: one line of JSON --> standard input     answer: one line of JSON, and "bytes" bytes <-- standard output

An answer with "error" is the worker's one clear line.
"""

import contextlib
import json
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from threading import Lock
from typing import IO, Any

from frameloom.core.errors import MediaError

Answer = tuple[dict[str, Any], bytes]


class Worker:
    """One such process, started with the first request and ended with this object."""

    def __init__(self, module: str) -> None:
        """Remember which module it runs."""
        self.module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def ask(self, request: dict[str, Any]) -> Answer:
        """Return what the process answers.

        Raises:
            MediaError: it cannot do what is asked, or has ended.
        """
        with self._lock:
            process, answered = self._running(), False
            try:
                answer, content = _asked(process, json.dumps(request).encode() + b"\n")
                answered = True
            except (OSError, ValueError) as error:
                raise MediaError(f"{self.module}: gave no whole answer ({error}); try again") from error
            finally:
                if not answered:  # what it may still say belongs to no question
                    process.kill()
                    _end(process)
                    self._process = None
        if "error" in answer:
            raise MediaError(str(answer["error"]))
        return answer, content

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-m", self.module]
            # in a group of its own: Ctrl-C is the business of whoever asks
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)
            weakref.finalize(self, _end, self._process)
        return self._process


def _asked(process: "subprocess.Popen[bytes]", request: bytes) -> Answer:
    """Return the answer to a request; a ValueError if the process has ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(request)
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer, process.stdout.read(answer["bytes"])


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Let a process go: its input ends, so it ends."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(answer: Callable[[dict[str, Any]], Answer]) -> None:
    """Answer requests until they end: the worker's side. What is a ValueError becomes an answer with "error"."""
    out = sys.stdout.buffer
    for request in _requests(sys.stdin.buffer):
        try:
            told, content = answer(request)
        except ValueError as error:
            told, content = {"error": str(error)}, b""
        try:
            out.write(json.dumps({**told, "bytes": len(content)}).encode() + b"\n" + content)
            out.flush()
        except BrokenPipeError:
            return


def _requests(lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield json.loads(line)
