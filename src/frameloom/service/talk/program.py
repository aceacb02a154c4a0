"""A local program that answers: each line starts it anew, and it ends with the answer, or is ended.

the line --standard input--> program --standard output, as it comes--> what is spoken
    or the conversation so far, a JSON object on each line, the new line last
"""

import asyncio
import codecs
import contextlib
import json
import os
import shlex
import shutil
import signal
from asyncio.subprocess import PIPE, Process

from frameloom.core.errors import ConfigError
from frameloom.service.talk.answers import AnswerError, Asked, Put, shown
from frameloom.service.talk.conversation import Conversation

_BLOCK = 4096
_LOOKS_S = 0.01


class Program:
    """Asks a program; no shell reads the command, nor anything that was typed."""

    def __init__(self, command: str, conversation: Conversation | None = None) -> None:
        """Take a command and its arguments, written as for a shell, and a conversation if it is to be given that.

        Raises:
            ConfigError: it cannot be read, or there is no such program.
        """
        try:
            self.words = shlex.split(command)
        except ValueError as error:
            raise ConfigError(f"--answer {command}: {error}; write it as for a shell") from error
        if not self.words or shutil.which(self.words[0]) is None:
            raise ConfigError(f"--answer {command}: no such program; give one that can be run")
        self.conversation = conversation

    async def __call__(self, asked: Asked, put: Put) -> None:
        """Put what the program writes; see `answers.Ask`."""
        if self.conversation is None:
            await self._run(asked.line, put)
            return
        given = "\n".join(json.dumps(message, ensure_ascii=False) for message in self.conversation.messages(asked))
        said: list[str] = []

        def keep(bit: str) -> None:
            said.append(bit)
            put(bit)

        try:
            await self._run(given, keep)
        finally:
            self.conversation.keep(asked, "".join(said).strip())

    def stopped(self, asked: Asked, heard: str) -> None:
        """Remember of the answer to a line what was heard of it; see `answers.Remembers`."""
        if self.conversation is not None:
            self.conversation.stopped(asked, heard)

    async def _run(self, given: str, put: Put) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *self.words, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
        except OSError as error:
            raise AnswerError(f"{self.words[0]}: cannot be run ({error.strerror})") from error
        complaints = asyncio.create_task(_last_of(process))
        try:
            await _talk(process, given, put)
            if code := await _code(process):
                _end(process)  # what it started may hold its standard error open
                said = await complaints
                raise AnswerError(f"{self.words[0]}: ended with {code}" + (f": {said}" if said else ""))
        finally:
            _end(process)
            complaints.cancel()
            await asyncio.gather(complaints, return_exceptions=True)
            await process.wait()


async def _talk(process: Process, given: str, put: Put) -> None:
    """Write and read at once: it may answer before it has read everything."""
    writing = asyncio.create_task(_write(process, given))
    try:
        await _read(process, put)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)


async def _write(process: Process, given: str) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it need not read
        process.stdin.write(given.encode() + b"\n")
        await process.stdin.drain()
        process.stdin.close()


async def _read(process: Process, put: Put) -> None:
    assert process.stdout is not None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while block := await process.stdout.read(_BLOCK):
        put(decoder.decode(block))
    put(decoder.decode(b"", final=True))


async def _code(process: Process) -> int:
    """Return with what a program ended; Process.wait waits for whatever it started, too."""
    while process.returncode is None:
        await asyncio.sleep(_LOOKS_S)
    return process.returncode


async def _last_of(process: Process) -> str:
    """Return the last line of what a program complains of."""
    assert process.stderr is not None
    kept = b""
    while block := await process.stderr.read(_BLOCK):
        kept = (kept + block)[-_BLOCK:]
    lines = kept.decode(errors="replace").split("\n")
    return next((shown(line) for line in reversed(lines) if line.strip()), "")


def _end(process: Process) -> None:
    """End a program and whatever it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
