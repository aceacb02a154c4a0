"""`frameloom characters`: list, show, make one's own, check."""

import json
from pathlib import Path

from tests.cli.conftest import Command


def test_the_list_names_everybody(frameloom: Command) -> None:
    answer = frameloom("characters")
    assert answer.code == 0
    assert answer.out.splitlines()[0].split()[0] == "ada"
    assert len(answer.out.splitlines()) >= 6
    assert all("voice: " in line for line in answer.out.splitlines())
    told = json.loads(frameloom("characters", "--json").out)
    assert told["mira"]["kind"] == "fox"
    assert told["mira"]["speaks_with"]["pitch"] > told["noor"]["speaks_with"]["pitch"]


def test_from_a_copy_to_a_page(frameloom: Command, tmp_path: Path) -> None:
    mine = tmp_path / "zoe.toml"
    assert frameloom("characters", "new", mine, "--from", "noor").out == f"{mine}\n"
    mine.write_text(mine.read_text().replace('style = "curly"', 'style = "bun"'))
    answer = frameloom("characters", "check", mine, "--page", tmp_path / "zoe.png")
    assert (answer.code, answer.out.split("; ")[0]) == (0, "Zoe: a human, in order")
    assert answer.out.endswith(f"; see {tmp_path / 'zoe.png'}\n")
    assert (tmp_path / "zoe.png").stat().st_size > 10_000
    assert json.loads(frameloom("characters", "check", mine, "--json").out)["name"] == "Zoe"


def test_mistakes_are_lines_and_code_two(frameloom: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "Bad"\nkind = "robott"\n[hair]\nstyle = "mohawk"\n')
    answer = frameloom("characters", "check", bad)
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 2
    assert "kind: did you mean 'robot'?" in answer.err
    assert frameloom("characters", "check", "adda").err == "frameloom: adda: unknown character; did you mean 'ada'?\n"
    assert frameloom("characters", "--page", tmp_path / "a.xyz").code == 2
    assert not (tmp_path / "a.xyz").exists()
