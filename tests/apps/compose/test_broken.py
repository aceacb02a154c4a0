"""Forty broken storyboards: each is told with all of its faults at once, each with its line and what would do."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.compose.check import check_file
from frameloom.media.files.pictures import write_still
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain
from frameloom.media.speech import japanese

BEAT = '[[beats]]\nsay = "Rain."\n'

BROKEN: dict[str, tuple[str, str, list[tuple[int, str, str]]]] = {
    # name: (suffix, text, [(line, place, a part of what is told)])
    "empty": (".toml", "", [(1, "beats", "missing; add it")]),
    "no beats": (".toml", 'title = "x"\nbeats = []\n', [(2, "beats", "1 or more")]),
    "unknown setting": (".toml", f'titel = "x"\n{BEAT}', [(1, "titel", "did you mean 'title'?")]),
    "unknown in a beat": (
        ".toml",
        '[[beats]]\nsay = "x"\nlenght = 3\n',
        [(3, "beats[0].lenght", "did you mean 'length'?")],
    ),
    "empty beat": (".toml", f'{BEAT}\n[[beats]]\ntitle = "Two"\n', [(4, "beats[1]", "is empty: give it words")]),
    "blank words": (".toml", '[[beats]]\nsay = "   "\n', [(1, "beats[0]", "is empty")]),
    "late cue": (
        ".toml",
        '[[beats]]\nsay = "Rain."\ncues = [50]\n',
        [(3, "beats[0].cues[0]", "0:50.00 is long after the end of this beat")],
    ),
    "absurd length": (
        ".toml",
        '[[beats]]\nsay = "x"\nlength = 86400\n',
        [(3, "beats[0].length", "less than or equal to 600")],
    ),
    "negative length": (".toml", '[[beats]]\nsay = "x"\nlength = -1\n', [(3, "beats[0].length", "more than zero")]),
    "length in words": (
        ".toml",
        '[[beats]]\nsay = "x"\nlength = "long"\n',
        [(3, "beats[0].length", "not a time; write seconds")],
    ),
    "absurd breath": (
        ".toml",
        '[[beats]]\nsay = "x"\nbreath = 31\n',
        [(3, "beats[0].breath", "less than or equal to 30")],
    ),
    "unknown shape": (".toml", f'aspect = "4:3"\n{BEAT}', [(1, "aspect", "did you mean '4:5'?")]),
    "odd side": (".toml", f"side = 1081\n{BEAT}", [(1, "side", "multiple of 2")]),
    "absurd side": (".toml", f"side = 20000\n{BEAT}", [(1, "side", "less than or equal to 2160")]),
    "absurd rate": (".toml", f"rate = 1000\n{BEAT}", [(1, "rate", "less than or equal to 120")]),
    "unknown theme": (".toml", f'theme = "news-buletin"\n{BEAT}', [(1, "theme", "did you mean 'news-bulletin'?")]),
    "missing theme file": (".toml", f'theme = "own.toml"\n{BEAT}', [(1, "theme", "own.toml: no such theme file; ")]),
    "titles that are no list": (".toml", f"over = 3\n{BEAT}", [(1, "over", "should be a list, got 3")]),
    "unknown template": (".toml", f'template = "lessen"\n{BEAT}', [(1, "template", "did you mean 'lesson'?")]),
    "unknown voice": (".toml", f'voice = "hibary"\n{BEAT}', [(1, "voice", "did you mean 'hibari'?")]),
    "unknown variant": (
        ".toml",
        f'{BEAT}voice = "espeak:zz"\n',
        [(3, "beats[0].voice", "no such variant; known: espeak:f1")],
    ),
    "no language": (
        ".toml",
        f'language = "English please"\n{BEAT}',
        [(1, "language", "not the code of a language; write one such as en")],
    ),
    "too fast": (".toml", f"{BEAT}pace = 9\n", [(3, "beats[0].pace", "less than or equal to 2")]),
    "unknown scene": (
        ".toml",
        f'{BEAT}scene = {{ kind = "bulets", items = ["a"] }}\n',
        [(3, "beats[0].scene", "did you mean 'bullets'?")],
    ),
    "another scene": (
        ".toml",
        f'{BEAT}scene = {{ kind = "hologram" }}\n',
        [(3, "beats[0].scene", "known here: title, headline")],
    ),
    "scene without kind": (
        ".toml",
        f'{BEAT}scene = {{ items = ["a"] }}\n',
        [(3, "beats[0].scene", "add 'kind' to it")],
    ),
    "bullets without items": (
        ".toml",
        f'{BEAT}[beats.scene]\nkind = "bullets"\n',
        [(3, "beats[0].scene.items", "missing; add it")],
    ),
    "a number that is none": (
        ".toml",
        f'{BEAT}[beats.scene]\nkind = "bars"\ndata = [\n  {{ label = "a", value = 1 }},\n'
        '  { label = "b", value = "x" },\n]\n',
        [(7, "beats[0].scene.data[1].value", "should be a number")],
    ),
    "answer to no option": (
        ".toml",
        f'{BEAT}scene = {{ kind = "quiz", question = "q", options = ["a", "b"], answer = 5 }}\n',
        [(3, "beats[0].scene", "answer")],
    ),
    "missing picture": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "rivr.png" }}\n',
        [(3, "beats[0].scene.path", "no such file; did you mean 'river.png'?")],
    ),
    "a picture of quite another name": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "zq.png" }}\n',
        [(3, "beats[0].scene.path", "zq.png: no such file; beside it there is river.png, torn.png")],
    ),
    "unreadable picture": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "torn.png" }}\n',
        [(3, "beats[0].scene.path", "cannot be shown or heard")],
    ),
    "a clip for a picture": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "wave.mp4" }}\n',
        [(3, "beats[0].scene.path", 'is a clip, not a picture; show it as a scene of kind = "clip"')],
    ),
    "a sound for a clip": (
        ".toml",
        f'{BEAT}scene = {{ kind = "clip", path = "hum.wav" }}\n',
        [(3, "beats[0].scene.path", "hum.wav: holds no pictures; give a clip")],
    ),
    "a clip that ends before it begins": (
        ".toml",
        f'{BEAT}scene = {{ kind = "clip", path = "wave.mp4", start = "1:00" }}\n',
        [(3, "beats[0].scene.path", "ends after 2.00 s; let start be less than that, not 1:00")],
    ),
    "a clip that stops before it starts": (
        ".toml",
        f'{BEAT}scene = {{ kind = "clip", path = "wave.mp4", start = 1, stop = 1 }}\n',
        [(3, "beats[0].scene", "stop 1 is not after start 1; give more")],
    ),
    "no path": (".toml", f'{BEAT}scene = {{ kind = "image", path = "" }}\n', [(3, "beats[0].scene.path", "no file")]),
    "a path that no file can have": (
        ".json",
        '{"theme": "a\\u0000.toml", "beats": [{"say": "x"}]}',
        [(1, "theme", "no such theme file")],
    ),
    "no text in YAML": (
        ".yaml",
        "beats:\n - say: a\0b\n",
        [(2, "file", "not valid YAML: no text holds the character")],
    ),
    "kinds that are lists": (
        ".toml",
        'template = []\n[variables]\na = 1\n[[beats]]\nscene = { kind = ["clip"], path = "river.png" }\n',
        [(1, "template", "input should be"), (5, "beats[0].scene", "")],
    ),
    "half a sign": (".yaml", 'title: x\nbeats: [{say: "a\\uD800"}]\n', [(2, "file", "half a sign (\\ud800) stands")]),
    "a number that is too long": (".toml", f"seed = {'9' * 5000}\n{BEAT}", [(1, "file", "not valid TOML: Exceeds")]),
    "a length that no float holds": (
        ".toml",
        f"{BEAT}length = 1{'0' * 400}\n",
        [(3, "beats[0].length", "not a time; write seconds")],
    ),
    "a name of many parts": (".toml", f"\n{'a.' * 9000}a = 1\n", [(2, "file", "within each other more than 24")]),
    "a name of some parts": (".toml", f"\n[x.{'a.' * 90}a]\nb = 1\n", [(2, "file", "within each other more than 24")]),
    "a long line in Markdown": (".md", f"# x\n{'<a ' * 5000}\n", [(2, "file", "a line of 15000 characters; at most")]),
    "a model that makes no clips": (
        ".toml",
        f'{BEAT}scene = {{ kind = "model", model = "viseme" }}\n',
        [(3, "beats[0].scene.model", "viseme does not make clips from noise")],
    ),
    "a list of assets that does not fit": (
        ".toml",
        f'assets = "listed"\n{BEAT}',
        [(1, "assets", "assets.toml: x.png: no such file here")],
    ),
    "an address": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "https://example.org/a.png" }}\n',
        [(3, "beats[0].scene.path", "is an address, and nothing is downloaded")],
    ),
    "a link to nothing": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "link.png" }}\n',
        [(3, "beats[0].scene.path", "is a link to gone.png, which is not there")],
    ),
    "a name too long": (
        ".toml",
        f'{BEAT}scene = {{ kind = "image", path = "{"a" * 300}.png" }}\n',
        [(3, "beats[0].scene.path", "cannot be looked for (File name too long)")],
    ),
    "unknown model": (
        ".toml",
        f'{BEAT}scene = {{ kind = "model", model = "mnist-gam" }}\n',
        [(3, "beats[0].scene.model", "did you mean 'mnist-gan'?")],
    ),
    "missing music by its name alone": (".toml", f'music = "song.mp3"\n{BEAT}', [(1, "music", "no such file")]),
    "music without sound": (
        ".toml",
        f'music = "wave.mp4"\n{BEAT}',
        [(1, "music", "wave.mp4: holds no sound; give a file that does")],
    ),
    "a sound for a matte": (
        ".toml",
        f'{BEAT}transition = {{ name = "matte", matte = "hum.wav" }}\n',
        [(3, "beats[0].transition.matte", "cannot be read as a picture")],
    ),
    "a folder for a clip": (
        ".toml",
        f'{BEAT}scene = {{ kind = "clip", path = "pictures" }}\n',
        [(3, "beats[0].scene.path", "is a folder; give a file")],
    ),
    "missing assets": (
        ".toml",
        f'assets = "picturs"\n{BEAT}',
        [(1, "assets", "no such folder; did you mean 'pictures'?")],
    ),
    "a file for assets": (".toml", f'assets = "river.png"\n{BEAT}', [(1, "assets", "is a file; give a folder")]),
    "unknown presenter": (
        ".toml",
        f'{BEAT}[beats.scene]\nkind = "presenter"\ncharacter = "adda"\n',
        [(5, "beats[0].scene.character", "did you mean 'ada'?")],
    ),
    "unknown mood": (".toml", f'music = {{ mood = "angry" }}\n{BEAT}', [(1, "music.mood", "input should be 'calm'")]),
    "missing music": (".toml", f'[music]\npath = "song.mp3"\n{BEAT}', [(2, "music.path", "no such file")]),
    "unknown font": (
        ".toml",
        f'{BEAT}[[beats.over]]\ndesign = "label"\ntext = "x"\ntheme = {{ font = "own.ttf" }}\n',
        [(6, "beats[0].over[0].theme.font", "own.ttf: no such font")],
    ),
    "unknown transition": (
        ".toml",
        f'{BEAT}transition = "wipeleftt"\n',
        [(3, "beats[0].transition.name", "did you mean 'wipeleft' or ")],
    ),
    "a transition of quite another name": (
        ".toml",
        f'transition = "swoosh"\n{BEAT}',
        [(1, "transition.name", "try fade, wipeleft or dissolve; `frameloom transitions` shows all")],
    ),
    "unknown name in the words": (
        ".toml",
        '[[beats]]\nsay = "Rain in {twon}."\n[variables]\ntown = "Oakford"\n',
        [(2, "beats[0].say", "did you mean {town}?")],
    ),
    "cue that is not said": (
        ".toml",
        f'{BEAT}cues = ["sunshine"]\n',
        [(3, "beats[0].cues[0]", "is not said in this beat")],
    ),
    "language that is not there": (
        ".toml",
        'language = "fr"\nlanguages = ["en", "zh"]\n[[beats]]\nsay = { en = "Rain", zh = "雨" }\n',
        [(1, "language", "none of this storyboard's languages: en, zh")],
    ),
    "not TOML": (".toml", 'title = "x"\nside = = 3\n', [(2, "file", "not valid TOML")]),
    "not YAML": (".yaml", "title: x\nbeats: [\n", [(3, "file", "not valid YAML")]),
    "twice in YAML": (
        ".yaml",
        "title: x\nbeats:\n  - say: Rain\ntitle: y\n",
        [(4, "file", "'title' stands here twice")],
    ),
    "an alias in YAML": (".yaml", "beats:\n  - &a {say: Rain}\n  - *a\n", [(2, "file", "write it out instead")]),
    "unknown in YAML": (
        ".yml",
        "aspect: 16:9\nbeats:\n  - say: Rain\n    sceen: {kind: title}\n",
        [(4, "beats[0].sceen", "did you mean 'scene'?")],
    ),
    "not JSON": (".json", '{\n  "title": "x",\n  "beats": [}\n', [(3, "file", "not valid JSON")]),
    "a list in JSON": (".json", "[1, 2]\n", [(1, "file", "holds a list, not settings")]),
    "unknown in JSON": (
        ".json",
        '{\n "beats": [\n  {"say": "Rain"},\n  {"say": "Sun",\n   "titel": "x"}\n ]\n}\n',
        [(5, "beats[1].titel", "did you mean 'title'?")],
    ),
    "nothing in Markdown": (".md", "\n\n---\n\n", [(1, "file", "nothing is said or shown")]),
    "a listing without end": (".md", "# One\n\n```python\nx = 1\n", [(3, "file", "the listing does not end")]),
    "a missing picture in Markdown": (
        ".md",
        "# One\n\nRain.\n\n![x](rivr.png)\n",
        [(5, "beats[1].scene.path", "did you mean 'river.png'?")],
    ),
    "many at once": (
        ".toml",
        'titel = "x"\naspect = "4:3"\n[[beats]]\nsay = ""\n[[beats]]\nsay = "Rain."\nlength = 0\n'
        'scene = { kind = "image", path = "rivr.png" }\n',
        [
            (1, "titel", "did you mean"),
            (2, "aspect", "did you mean"),
            (3, "beats[0]", "is empty"),
            (7, "beats[1].length", "more than zero"),
            (8, "beats[1].scene.path", "no such file"),
        ],
    ),
}


def test_there_are_at_least_forty() -> None:
    assert len(BROKEN) >= 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broken")
    write_still(folder / "river.png", np.zeros((8, 8, 3), np.uint8))
    (folder / "torn.png").write_bytes((folder / "river.png").read_bytes()[:40])
    (folder / "pictures").mkdir()
    (folder / "listed").mkdir()
    (folder / "listed/assets.toml").write_bytes(b'\xef\xbb\xbf["x.png"]\ncaption = "Rain"\n')
    (folder / "link.png").symlink_to("gone.png")
    write_media(folder / "wave.mp4", [plain(32, 18, (9, 99, 9))] * 4, None, rate=Fraction(2), width=32, height=18)
    write_media(folder / "hum.wav", None, [np.zeros((4800, 1), np.float32)], channels=1)
    return folder


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('scene = { kind = "image", path = "story.png" }', "nothing of its kind"),
        ('scene = { kind = "image", path = "wave.png" }', "wave.jpg"),
        ('scene = { kind = "clip", path = "wave.mov" }', "did you mean 'wave.mp4'?"),
        ('recording = "story.mp3"', "beside it there is hum.wav, wave.mp4"),
    ],
)
def test_only_files_of_the_kind_that_is_asked_for_are_suggested(settings: str, told: str, tmp_path: Path) -> None:
    jpg = [tmp_path / "wave.jpg"] if "jpg" in told else []
    for path in [*(tmp_path / name for name in ("story.toml", "hum.wav", "wave.mp4")), *jpg]:
        path.touch()
    (tmp_path / "story.toml").write_text(f"{BEAT}{settings}\n")
    (found,) = check_file(tmp_path / "story.toml").problems
    assert told in found.text


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_told_with_all_its_lines(name: str, folder: Path) -> None:
    suffix, text, expected = BROKEN[name]
    path = folder / f"story{suffix}"
    path.write_text(text, encoding="utf-8")
    found = sorted(check_file(path).problems, key=lambda one: one.line)
    assert [(one.line, one.place) for one in found] == [(line, place) for line, place, _ in expected], found
    for problem, (_, _, part) in zip(found, expected, strict=True):
        assert part in problem.text, problem
        assert str(problem).startswith(f"{path}:{problem.line}: ")


def test_a_clip_that_is_over_before_its_stop_is_told_and_no_fault(folder: Path) -> None:
    path = folder / "story.toml"
    clip = '{ kind = "clip", path = "wave.mp4", stop = 9 }'
    path.write_text(f"{BEAT}[beats.scene]\nkind = 'layered'\nunder = {clip}\nover = [{{ kind = 'badge', text = 'x' }}]")
    found = check_file(path)
    told = "wave.mp4 ends after 2.00 s, before stop 9; it is shown until its end"
    assert (found.problems, found.notes) == ((), (f"{path}:5: beats[0].scene.under.stop: {told}",))


def test_kanji_without_a_dictionary_are_told_and_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(japanese, "find_spec", lambda _: None)
    path = tmp_path / "story.toml"
    beat = '[[beats]]\nsay = "\u96e8\u304c\u964d\u308b\u3002"\n'
    path.write_text(f'language = "ja"\n{beat}{beat}', encoding="utf-8")
    found = check_file(path)
    assert not found.problems
    (note,) = found.notes
    assert note.startswith(f"{path}:3: beats[0].say: espeak reads no kanji; pip install")
    path.write_text(f'language = "ja"\nvoice = "none"\n{beat}', encoding="utf-8")
    assert not check_file(path).notes
