"""The command that lets a character answer on a page: from its first line to Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from functools import partial

import pytest
from tests.service.talk.babbling import opened
from typer.testing import CliRunner

from frameloom.cli.main import app
from frameloom.media.speech.voices import known_voices
from frameloom.service.port import listen

HERE = {one.name for one in known_voices() if one.is_here}


@pytest.mark.skipif("espeak" not in HERE, reason="espeak-ng is not installed")
def test_a_line_is_answered_by_a_program_and_ctrl_c_ends_it() -> None:
    answer = f"{sys.executable} -c \"print('Guten Morgen, ' + input() + '.')\""
    command = ["talk", "live", "--port", "0", "--no-open", "--json", "--character", "kip", "--language", "de"]
    process = subprocess.Popen(
        [sys.executable, "-m", "frameloom", *command, "--voice", "espeak", "--answer", answer],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )  # fmt: skip
    with process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            assert told["character"] == "kip"
            with opened(told["address"]) as page:
                page.say("Welt")
                assert page.words(1)["text"] == "Guten Morgen,"
                page.until(lambda: {"type": "state", "state": "said", "say": 1} in page.told and page.sounds)
                assert max(abs(one.samples.astype(int)).max() for one in page.sounds) > 1000
            said = json.loads(process.stdout.readline())
            assert said == {"line": "Welt", "said": "Guten Morgen, Welt.", "fault": ""}
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stderr is not None
        assert process.stderr.read() == "frameloom: stopped\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--character", "adda"], "adda: unknown character; did you mean 'ada'?"),
        (["--voice", "bass"], "voice 'bass': unknown"),
        (["--mood", "hungry"], "talk live: mood"),
        (["--answer", "no-such-program"], "--answer no-such-program: no such program"),
        (["--answer", "cat", "--answer-url", "http://localhost/"], "both given; give one of them"),
        (["--answer", "cat", "--conversation", "--prompt", "none.txt"], "--prompt none.txt: cannot be read"),
        (["--answer", "cat", "--prompt", "Hi"], "prompt: nobody would read it"),
        (["--conversation"], "conversation: is what a program gets"),
        (["--answer", "cat", "--conversation", "--prompt", " "], "--prompt: 1 characters; give 1 to 16000"),
        (["--page", "/no/such"], "--page /no/such: no index.html in it"),
        (["--answer-url", "file:///etc/passwd"], "--answer-url file:///etc/passwd: give http"),
    ],
)
def test_what_cannot_be_served_is_told_in_one_line(words: list[str], reason: str) -> None:
    result = CliRunner().invoke(app, ["talk", "live", "--port", "0", "--no-open", *words])
    assert result.exit_code != 0
    assert reason in str(result.exception)


def test_a_port_in_use_is_told_before_anything_is_loaded() -> None:
    with listen("127.0.0.1", 0) as taken:
        number = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["talk", "live", "--port", number, "--no-open"])
    assert f"port {number} at 127.0.0.1: in use already" in str(result.exception)
