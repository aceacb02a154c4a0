"""The command line as a whole: quick to start, helpful when asked, exact in its exit codes."""

import json
import re
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import pytest

import frameloom as package
from frameloom import __main__ as first
from frameloom.cli import main as entry
from frameloom.core.errors import ModelError

COMMANDS = [
    "models",
    "generate",
    "predict",
    "demo",
    "train",
    "evaluate",
    "compare",
    "data",
    "data get",
    "data get mnist",
]
COMMANDS += ["stream", "data get bair", "data make", "data make robot-push", "data check"]
COMMANDS += ["music", "enhance", "enhance tune", "enhance compare", "summarise"]
COMMANDS += ["transcript", "search"]
COMMANDS += [f"summarise {name}" for name in ("shots", "scores", "storyboard", "chapters", "thumbnails", "poster")]
HEAVY = {"torch", "numpy", "av", "PIL"}
DOCS = Path(__file__).parents[2] / "docs"


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [[], ["--help"], *([*command.split(), "--help"] for command in COMMANDS)])
def test_help_is_given_without_anything_heavy(words: list[str]) -> None:
    code = f"import sys; from frameloom.cli.main import main; code = main({words}); print(*sys.modules); sys.exit(code)"
    answer = python(code)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("Usage: frameloom")
    assert not HEAVY & set(answer.stdout.splitlines()[-1].split())


def test_importing_the_package_is_light_and_every_public_name_is_there() -> None:
    answer = python("import sys, frameloom; print(*sys.modules)")
    assert not HEAVY & set(answer.stdout.split())
    for name in package.__all__:
        assert getattr(package, name).__doc__, name
        assert name in dir(package)


def test_an_unknown_public_name_lists_the_known_ones() -> None:
    with pytest.raises(
        AttributeError,
        match=r"frameloom has no name 'laod'; public names: Clip, CompareConfig, ComposeConfig, .*, load, ",
    ):
        package.laod  # noqa: B018


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"frameloom {command}" in (DOCS / "commands.md").read_text(encoding="utf-8")


def test_every_public_name_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)", (DOCS / "python.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(package.__all__)


def test_the_version_is_that_of_the_package(frameloom) -> None:
    assert frameloom("--version") == (0, f"{version('frameloom')}\n", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["genrate"], "frameloom: no such command 'genrate'"),
        (["generate", "--sed", "1"], "frameloom generate: no such option: --sed"),
        (["generate"], "frameloom generate: missing argument 'MODEL'"),
        (["generate", "m", "-n", "many"], "frameloom generate: invalid value for '--count' / '-n'"),
        (["data"], "frameloom data: missing command"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(frameloom, words: list[str], message: str) -> None:
    answer = frameloom(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(message)
    assert answer.err.count("\n") == 1
    assert answer.err.endswith("--help\n")


def test_an_error_of_the_user_is_one_line_and_exit_code_2(frameloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> NoReturn:
        raise ModelError("it is broken; mend it")

    monkeypatch.setattr("frameloom.models.store.shipped", fail)
    assert frameloom("models") == (2, "", "frameloom: it is broken; mend it\n")


def test_a_defect_of_ours_is_not_hidden(frameloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr("frameloom.models.store.shipped", fail)
    with pytest.raises(ZeroDivisionError):
        frameloom("models")


def test_ctrl_c_is_exit_code_130(frameloom, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("frameloom.models.store.shipped", stop)
    assert frameloom("models") == (130, "", "frameloom: stopped\n")


def test_ctrl_c_before_the_command_is_there_gets_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop() -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "run", stop)
    with pytest.raises(SystemExit) as caught:
        first.run()
    assert caught.value.code == 130
    assert capsys.readouterr().err == "frameloom: stopped\n"


def test_run_ends_the_process_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["frameloom", "nonsense"])
    with pytest.raises(SystemExit) as caught:
        entry.run()
    assert caught.value.code == 2


def test_python_m_is_the_same_command() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "frameloom", "nonsense"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert answer.stderr == "frameloom: no such command 'nonsense'; see frameloom --help\n"


def test_models_are_listed_with_their_summaries(frameloom, vae: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.models.store.SHIPPED", vae.parent)
    assert frameloom("models").out == "small-vae  A small VAE.\n"
    assert json.loads(frameloom("models", "--json").out) == {"small-vae": "A small VAE."}


def test_no_models_are_said_too(frameloom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.models.store.SHIPPED", tmp_path)
    assert frameloom("models").out == "no models are shipped with this package\n"
    assert json.loads(frameloom("models", "--json").out) == {}


def test_a_library_stopped_while_it_loads_is_a_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def loading() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as stop:
            raise ImportError("initialization failed") from stop

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(first, "_stops", [])
    monkeypatch.setattr(entry, "run", loading)
    try:
        with pytest.raises(SystemExit, match="130"):
            first.run()
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "frameloom: stopped\n"


def test_a_library_that_cannot_be_loaded_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ImportError("no such library")

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(entry, "run", broken)
    try:
        with pytest.raises(ImportError, match="no such library"):
            first.run()
    finally:
        signal.signal(signal.SIGINT, before)
