"""Scripts: what can be written, and what is said about what cannot."""

from pathlib import Path

import pytest

from frameloom.apps.talk.script import EXAMPLE, Script, ask, listener, new_script, read_script
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, OutputError

TWO = """
[cast.ada]
[cast.kip]
character = "kip"
[[turns]]
who = "ada"
say = "Hello."
[[turns]]
who = "kip"
say = "Hello, Ada."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "script.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_a_script(tmp_path: Path) -> None:
    script = read_script(EXAMPLE)
    assert len(script.turns) >= 4
    copy = new_script(tmp_path / "mine.toml")
    assert read_script(copy) == script
    with pytest.raises(OutputError, match="is there already"):
        new_script(copy)
    with pytest.raises(OutputError, match=r"a script is a \.toml file"):
        new_script(tmp_path / "mine.txt")


def test_files_lie_beside_the_script(tmp_path: Path) -> None:
    for name in ("me.toml", "wall.png", "voice.wav"):
        (tmp_path / name).touch()
    script = read_script(
        written(
            tmp_path,
            '[setting]\nbackground = "wall.png"\n[cast.me]\ncharacter = "me.toml"\n[cast.kip]\ncharacter = "kip"\n'
            '[[turns]]\nwho = "me"\nsound = "voice.wav"\n',
        )
    )
    assert script.setting.background == str(tmp_path / "wall.png")
    assert [member.character for member in script.cast.values()] == [str(tmp_path / "me.toml"), "kip"]
    assert script.turns[0].sound == tmp_path / "voice.wav"


def test_who_listens_is_named_or_spoke_before_or_speaks_next(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, TWO + '[cast.mira]\n[[turns]]\nwho = "ada"\nsay = "No."\nto = "mira"\n'))
    assert [listener(script, number) for number in range(3)] == ["kip", "ada", "mira"]
    alone = validate(Script, ask(None, text="Hello."), "talk")
    assert listener(alone, 0) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("turns = [", r"script.toml: not valid TOML"),
        (TWO + '[[turns]]\nwho = "bob"\nsay = "Hi."', r"turn 3: who is 'bob', who is not in the cast; there: ada, kip"),
        (TWO + '[[turns]]\nwho = "ada"\nsay = "Hi."\nto = "ada"', r"turn 3: ada speaks to themselves"),
        (TWO + '[[turns]]\nwho = "ada"\nsay = "  "', r"turns\[2\]: says nothing; give say"),
        (TWO + '[[turns]]\nwho = "ada"\nsay = "a"\nmoood = "sad"', r"turns\[2\].moood: unknown setting"),
        (TWO + '[[turns]]\nwho = "ada"\nsay = "a"\nmood = "hapy"', r"turns\[2\].mood: did you mean 'happy'\?"),
        (TWO + "[setting]\nwidth = 33", r"setting.width"),
        ("[cast.ada]\n", r"turns: missing; add it"),
        ('[[turns]]\nwho = "ada"\nsay = "a"', r"cast: missing; add it"),
        (TWO.replace("[cast.ada]", "[cast.ada]\npitch = 9"), r"cast.ada.pitch"),
        ("cast = 3\nturns = 4", r"cast"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        read_script(written(tmp_path, text))


def test_one_thing_is_asked_for() -> None:
    for given in ({}, {"script": Path("a.toml"), "text": "a"}, {"script": Path("a.toml"), "audio": Path("b.wav")}):
        with pytest.raises(ConfigError, match="give a script, or --text, --audio, or both"):
            ask(**{"script": None, **given})


def test_a_recording_may_come_with_its_words() -> None:
    (turn,) = validate(Script, ask(None, text="Hello.", audio=Path("a.wav")), "talk").turns
    assert (turn.say, turn.sound) == ("Hello.", Path("a.wav"))
