"""A program of ours in a process of its own, asked over a pipe: what is under the GPL never enters this one.

    request: one line of JSON --> standard input          answer: one line of JSON, and "bytes" bytes <-- standard output

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
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(request).encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
                answer: dict[str, Any] = json.loads(line) if line else {}
                content = process.stdout.read(answer.get("bytes", 0))
            except (OSError, ValueError) as error:
                raise MediaError(f"{self.module}: gave no answer ({error}); try again") from error
        if not line:
            raise MediaError(f"{self.module}: ended without an answer (code {process.wait()}); try again")
        if "error" in answer:
            raise MediaError(str(answer["error"]))
        return answer, content

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-m", self.module]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            weakref.finalize(self, _end, self._process)
        return self._process


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
        out.write(json.dumps({**told, "bytes": len(content)}).encode() + b"\n" + content)
        out.flush()


def _requests(lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        yield json.loads(line)
