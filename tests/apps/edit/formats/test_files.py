"""Our own files: readable, bounded, with paths that can be carried elsewhere."""

import os
from pathlib import Path

import pytest

from frameloom.apps.edit.formats import files
from frameloom.apps.edit.formats.paths import address, foreign, portable, usable
from frameloom.apps.edit.interchange import read_timeline, write_timeline
from frameloom.apps.edit.timeline import (
    Clip,
    ColorSource,
    FileSource,
    Gap,
    ImageSource,
    ModelSource,
    Subtitles,
    Timeline,
    Track,
    Transition,
)
from frameloom.core.errors import ConfigError


def test_a_timeline_reads_as_a_person_would_write_it(tmp_path: Path) -> None:
    items = (
        Clip(source=tmp_path / "a.mp4", start="1.5", duration="1/3"),
        Transition(name="wipeleft"),
        Clip(source=tmp_path / "still.png", x=({"t": 0, "value": 0.5}, {"t": 2, "value": 0.7, "easing": "linear"})),
        Gap(duration=2),
        Clip(source=ColorSource(color="tomato"), effects=({"effect": "vignette"},), volume=-3),
        Clip(source=FileSource(path=tmp_path / "still.png", stream=1)),
    )
    timeline = Timeline(
        name='The "trip"', rate="30000/1001", tracks=(Track(name="main", items=items), Track(kind="sound"))
    )
    write_timeline(timeline, tmp_path / "t.toml")
    assert (
        (tmp_path / "t.toml").read_text(encoding="utf-8")
        == """\
name = "The \\"trip\\""
rate = "30000/1001"

[[tracks]]
name = "main"

[[tracks.items]]
source = "a.mp4"
start = 1.5
duration = "1/3"

[[tracks.items]]
item = "transition"
name = "wipeleft"
duration = 1

[[tracks.items]]
source = "still.png"
x = [
    { t = 0, value = 0.5 },
    { t = 2, value = 0.7, easing = "linear" },
]

[[tracks.items]]
item = "gap"
duration = 2

[[tracks.items]]
source = { kind = "color", color = "tomato" }
effects = [{ effect = "vignette" }]
volume = -3

[[tracks.items]]
source = { kind = "file", path = "still.png", stream = 1 }

[[tracks]]
kind = "sound"
"""
    )


def test_paths_are_relative_to_the_file_they_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "one" / "edits"
    folder.mkdir(parents=True)
    items = tuple(
        Clip(source=source)
        for source in (
            FileSource(path=folder / "in/a.mp4"),
            ImageSource(path=tmp_path / "one/b.png"),
            FileSource(path=Path("/elsewhere/c.mp4")),
            ModelSource(model=str(folder / "fox")),
            ModelSource(model="mnist-gan"),
        )
    )
    timeline = Timeline(tracks=(Track(items=items),), subtitles=(Subtitles(path=folder / "s.srt"),))
    write_timeline(timeline, folder / "t.toml")
    text = (folder / "t.toml").read_text(encoding="utf-8")
    for shown in ('"in/a.mp4"', '"../b.png"', '"/elsewhere/c.mp4"', '"s.srt"', 'model = "mnist-gan"'):
        assert shown in text
    moved = tmp_path / "two"
    (tmp_path / "one").rename(moved)
    monkeypatch.chdir(moved)
    back = read_timeline(Path("edits/t.toml"))
    assert [getattr(clip.source, "path", None) for clip in back.tracks[0].items if isinstance(clip, Clip)][:3] == [
        Path("edits/in/a.mp4"),
        Path("b.png"),
        Path("/elsewhere/c.mp4"),
    ]
    assert back.subtitles[0].path == Path("edits/s.srt")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("http://example.com/a.mp4", r"only files on this machine are read, got 'http:/example"),
        ("concat:a.mp4|b.mp4", r"only files on this machine are read"),
        ("a\\u0000b.mp4", r"not a path, got 'a\\x00b\.mp4'"),
        ("file://server/a.mp4", r"only files on this machine are read|a\.mp4"),
    ],
)
def test_media_elsewhere_is_refused_with_its_place(tmp_path: Path, source: str, message: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(f'[[tracks]]\n[[tracks.items]]\nsource = "{source}"\n', encoding="utf-8")
    if source.startswith("file:"):
        clip = read_timeline(path).tracks[0].items[0]
        assert isinstance(clip, Clip)
        assert clip.source == FileSource(path=Path("/server/a.mp4")), "pydantic has folded the slashes"
        return
    with pytest.raises(ConfigError, match=rf"t\.toml: tracks\[0\]\.items\[0\]\.source\.path: {message}"):
        read_timeline(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.toml", "a = = 1", r"t\.toml: not valid TOML"),
        ("t.toml", "a = " + "[" * 5000, r"t\.toml: nested more than 64 deep"),
        ("t.toml", "a = " + "[" * 80 + "]" * 80, r"t\.toml: nested more than 64 deep"),
        ("t.json", "[" * 100_000, r"t\.json: nested more than 64 deep"),
        ("t.json", '{"tracks": 3}', r"t\.json: tracks: input should be a list, got 3"),
        ("t.json", "nonsense", r"t\.json: not valid JSON"),
        ("t.json", None, r"t\.json: cannot be read \(No such file or directory\)"),
        (
            "t.toml",
            '[[tracks]]\n[[tracks.items]]\nsource = "a.mp4"\n[[tracks.items]]\nsource = "b.mp4"\nstrat = 3\n',
            r"t\.toml: tracks\[0\]\.items\[1\]\.strat: unknown setting; did you mean 'start'\?",
        ),
    ],
)
def test_a_damaged_file_is_one_clear_line(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        read_timeline(tmp_path / name)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_TOML_BYTES", 10)
    (tmp_path / "t.toml").write_text('name = "longer"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"t\.toml: larger than 1e-05 MB"):
        read_timeline(tmp_path / "t.toml")


def test_a_name_that_is_not_unicode_is_refused_and_nothing_left(tmp_path: Path) -> None:
    timeline = Timeline(tracks=(Track(items=(Clip(source=tmp_path / os.fsdecode(b"\xff.mp4")),)),))
    with pytest.raises(ConfigError, match=r"is not Unicode; rename that file"):
        write_timeline(timeline, tmp_path / "t.toml")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/a/b/c/x.mp4", "x.mp4"),
        ("/a/b/x.mp4", "../x.mp4"),
        ("/a/z/x.mp4", "../../z/x.mp4"),
        ("/z/x.mp4", "/z/x.mp4"),
        ("/a/b/c/scene:1.mp4", "./scene:1.mp4"),
    ],
)
def test_near_paths_are_written_relative_and_far_ones_whole(path: str, written: str) -> None:
    assert portable(Path(path), Path("/a/b/c")) == written


def test_a_local_file_with_a_colon_in_its_name_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "scene:1.mp4").touch()
    assert usable("scene:1.mp4", tmp_path, "x") == tmp_path / "scene:1.mp4"


def test_addresses_of_other_programs(tmp_path: Path) -> None:
    (tmp_path / "100%25.mp4").touch()
    assert foreign("100%25.mp4", tmp_path, "x") == tmp_path / "100%25.mp4", "such a file is there"
    assert foreign("a%20b.mp4", tmp_path, "x") == tmp_path / "a b.mp4"
    assert foreign("a%20b.mp4", tmp_path, "x", encoded=False) == tmp_path / "a%20b.mp4"
    assert foreign("C:\\shots\\a.mp4", tmp_path, "x", encoded=False).name == "a.mp4"
    assert address(Path("/a b/c#.mp4")) == "file:///a%20b/c%23.mp4"
    assert address("a b.mp4") == "a%20b.mp4"
    with pytest.raises(ConfigError, match=r"x: not a path, got ''"):
        usable("", tmp_path, "x")
    with pytest.raises(ConfigError, match=r"x: not a path"):
        usable("file:///a%00b", tmp_path, "x")


def test_a_link_to_a_folder_is_followed_where_that_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "real" / "a.mp4").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "deep")
    assert usable("../a.mp4", tmp_path / "link", "x").exists()
