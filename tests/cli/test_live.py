"""frameloom stream: one line with the address, and an end without a traceback."""

import json
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest


def test_it_serves_until_ctrl_c() -> None:
    words = ["-m", "frameloom", "stream", "mnist-seq2seq", "--port", "0", "--no-open", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    pipes["preexec_fn"] = partial(
        signal.signal, signal.SIGINT, signal.SIG_DFL
    )  # what runs in the background ignores it
    with subprocess.Popen([sys.executable, *words], **pipes) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert said["model"] == "mnist-seq2seq"
        assert said["address"].startswith("http://127.0.0.1:")
        with urlopen(said["address"], timeout=60) as page:
            assert b"<canvas" in page.read()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, "", "frameloom: stopped\n")


def test_a_port_in_use_is_one_line_and_exit_code_2(frameloom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = frameloom("stream", "mnist-seq2seq", "--port", port, "--no-open")
    message = f"frameloom: port {port} at 127.0.0.1: in use already; give another, or --port 0 for any that is free\n"
    assert answer == (2, "", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["mnist-sqe2seq"], "mnist-sqe2seq: neither a model folder nor a shipped model; did you mean 'mnist-seq2seq'?"),
        (["mnist-seq2seq", "--from", "no.mp4"], "no.mp4: no such file"),
        (["mnist-seq2seq", "--from", "simulator"], "mnist-seq2seq: is not steered in video of the simulator's robot"),
        (["mnist-seq2seq", "--port", "70000"], "stream: port: "),
        (["mnist-seq2seq", "--device", "nowhere"], "device 'nowhere' cannot be used"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(frameloom, words: list[str], message: str) -> None:
    answer = frameloom("stream", "--no-open", "--port", "0", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"frameloom: {message}")
    assert answer.err.count("\n") == 1


def test_the_line_for_people_says_where_and_how_to_stop(frameloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def announce(config: object, say) -> None:
        say("http://127.0.0.1:8000/")

    monkeypatch.setattr("frameloom.service.serve.serve", announce)
    answer = frameloom("stream", "my {odd} model", "--from", Path("clip.mp4"))
    assert answer == (0, "my {odd} model: http://127.0.0.1:8000/ (Ctrl-C to stop)\n", "")
