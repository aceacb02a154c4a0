"""What other programs read: each format by a reader of ours, written after its published form, and at its time.

Curves are compared with those that our characters show, at every hundredth of a second; steps with what was said, to a
picture at 24 a second.

Sources: Rhubarb Lip Sync's README (tsv, xml, json, dat); Live2D, CubismSpecs, motion3.json; glTF 2.0, 4.4 and 3.6;
VRMC_vrm_animation 1.0; Unity's text serialisation; Godot's tscn format; Spine's JSON export; Apple's
ARFaceAnchor.BlendShapeLocation as Live Link Face writes it.
"""

import base64
import csv
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from tests.apps.talk.tracks import track_of

from frameloom.apps.talk.curves import TARGETS, viseme_curves
from frameloom.apps.talk.export import EXPORT_FORMATS, write_visemes
from frameloom.media.visemes import VISEMES

pytest.importorskip("openfacefx", reason="openfacefx is not installed")

SAID = [("aa", 0.5, 0.9), ("PP", 0.9, 1.0), ("O", 1.0, 1.4), ("FF", 1.4, 1.5)]
TRACK = track_of(SAID, 2)
TRUTH = viseme_curves(TRACK)
TIMES = np.arange(len(TRUTH)) / 100
FRAME_S = 1 / 24
SOUND = 'a: "b" & <c>\n#d.wav'

Curves = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Times in s and values."""
Steps = list[tuple[float, str]]
"""Where each shape begins, in s, and behind the last one the end."""

ARKIT = set(
    re.findall(
        r"\w+",
        """
        eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft eyeSquintLeft eyeWideLeft
        eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight eyeSquintRight eyeWideRight
        jawForward jawLeft jawRight jawOpen mouthClose mouthFunnel mouthPucker mouthLeft mouthRight
        mouthSmileLeft mouthSmileRight mouthFrownLeft mouthFrownRight mouthDimpleLeft mouthDimpleRight
        mouthStretchLeft mouthStretchRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper
        mouthPressLeft mouthPressRight mouthLowerDownLeft mouthLowerDownRight mouthUpperUpLeft mouthUpperUpRight
        browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight
        cheekPuff cheekSquintLeft cheekSquintRight noseSneerLeft noseSneerRight tongueOut
        """,
    )
)


def pairs(keys: list[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times, values = np.array(keys, float).T
    return times, values


def openfacefx(path: Path) -> Curves:
    told = json.loads(path.read_text())
    assert (told["format"], told["duration"]) == ("openfacefx.track", 2)
    return {one["name"]: pairs(one["keys"]) for one in told["channels"]}


def spreadsheet(path: Path) -> Curves:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: pairs([(row["time"], row["value"]) for row in rows if row["channel"] == name])
        for name in {row["channel"] for row in rows}
    }


def unity(path: Path) -> Curves:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["%YAML 1.1", "%TAG !u! tag:unity3d.com,2011:", "--- !u!74 &7400000"]
    clip = yaml.safe_load("\n".join(lines[3:]))["AnimationClip"]
    assert re.fullmatch(r"[\w.-]+", clip["m_Name"])
    assert clip["m_AnimationClipSettings"]["m_StopTime"] == 2
    found = {}
    for one in clip["m_FloatCurves"]:
        assert one["classID"] == 137  # SkinnedMeshRenderer
        times, values = pairs([(key["time"], key["value"]) for key in one["curve"]["m_Curve"]])
        found[one["attribute"].removeprefix("blendShape.viseme_")] = times, values / 100
    return found


def godot(path: Path) -> Curves:
    text = path.read_text()
    assert text.startswith('[gd_resource type="Animation" format=3]\n\n[resource]\nlength = 2.0\n')
    paths = re.findall(r'^tracks/\d+/path = NodePath\("Head:blend_shapes/viseme_(\w+)"\)$', text, re.M)
    times, values = (
        [np.array(each.split(","), float) for each in re.findall(pattern, text)]
        for pattern in (r'"times": PackedFloat32Array\(([^)]*)\)', r'"values": \[([^]]*)\]')
    )
    return {name: (each, value) for name, each, value in zip(paths, times, values, strict=True)}


def accessor(gltf: dict[str, Any], data: bytes, number: int) -> NDArray[np.float64]:
    one = gltf["accessors"][number]
    view = gltf["bufferViews"][one["bufferView"]]
    width = {"SCALAR": 1, "VEC3": 3}[one["type"]]
    assert one["componentType"] == 5126  # float
    begin = view.get("byteOffset", 0) + one.get("byteOffset", 0)
    found = np.frombuffer(data, "<f4", one["count"] * width, begin).reshape(one["count"], width).astype(float)
    assert found.min(0) == pytest.approx(one["min"])
    assert found.max(0) == pytest.approx(one["max"])
    return found


def gltf_weights(path: Path) -> Curves:
    gltf = json.loads(path.read_text())
    data = base64.b64decode(gltf["buffers"][0]["uri"].partition("base64,")[2])
    assert len(data) == gltf["buffers"][0]["byteLength"]
    (animation,) = gltf["animations"]
    (channel,) = animation["channels"]
    assert channel["target"] == {"node": 0, "path": "weights"}
    sampler = animation["samplers"][channel["sampler"]]
    times, values = (accessor(gltf, data, sampler[name])[:, 0] for name in ("input", "output"))
    names = gltf["meshes"][0]["extras"]["targetNames"]
    assert len(gltf["meshes"][0]["primitives"][0]["targets"]) == len(names)
    return {name: (times, values.reshape(len(times), -1)[:, number]) for number, name in enumerate(names)}


def vrm(path: Path) -> Curves:
    content = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size, kind = struct.unpack_from("<I4s", content, 12)
    assert kind == b"JSON"
    gltf, rest = json.loads(content[20 : 20 + size]), content[20 + size :]
    assert struct.unpack_from("<I4s", rest) == (len(rest) - 8, b"BIN\0")
    told = gltf["extensions"]["VRMC_vrm_animation"]
    assert told["specVersion"] == "1.0"
    names = {one["node"]: name for name, one in told["expressions"]["preset"].items()}
    found = {}
    for channel in gltf["animations"][0]["channels"]:
        assert channel["target"]["path"] == "translation"
        sampler = gltf["animations"][0]["samplers"][channel["sampler"]]
        times, values = (accessor(gltf, rest[8:], sampler[name]) for name in ("input", "output"))
        found[names[channel["target"]["node"]]] = times[:, 0], values[:, 0]
    assert set(found) == {"aa", "ih", "ou", "ee", "oh"}
    return found


def live2d(path: Path) -> Curves:
    told = json.loads(path.read_text())
    meta, curves = told["Meta"], told["Curves"]
    assert (told["Version"], meta["Duration"], meta["CurveCount"]) == (3, 2, len(curves))
    found: Curves = {}
    segments = 0
    for one in curves:
        assert one["Target"] == "Parameter"
        numbers = one["Segments"]
        assert set(numbers[2::3]) == {0}  # straight lines
        points = [numbers[:2], *(numbers[at + 1 : at + 3] for at in range(2, len(numbers), 3))]
        segments += len(points) - 1
        found[one["Id"]] = pairs(points)
    assert (meta["TotalSegmentCount"], meta["TotalPointCount"]) == (segments, segments + len(curves))
    return found


def live_link(path: Path) -> Curves:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("Timecode", "BlendShapeCount")]
    assert {row["BlendShapeCount"] for row in rows} == {str(len(names))} == {"61"}
    assert {name[0].lower() + name[1:] for name in names[:52]} == ARKIT
    assert len(ARKIT) == 52
    clock = [list(map(int, row["Timecode"].split(":"))) for row in rows]
    times = np.array([3600 * h + 60 * m + s + frame / 60 for h, m, s, frame in clock])
    assert np.diff(times) == pytest.approx(1 / 60)
    return {name: (times, np.array([row[name] for row in rows], float)) for name in names}


def rhubarb_json(path: Path) -> Steps:
    told = json.loads(path.read_text())
    assert told["metadata"]["soundFile"] == SOUND.replace("\n", "_")
    assert told["metadata"]["duration"] == 2
    return whole([(one["start"], one["end"], one["value"]) for one in told["mouthCues"]])


def rhubarb_xml(path: Path) -> Steps:
    root = ElementTree.parse(path).getroot()
    assert root.tag == "rhubarbResult"
    assert root.findtext("metadata/soundFile") == SOUND.replace("\n", "_")
    assert root.findtext("metadata/duration") == "2.00"
    cues = root.findall("mouthCues/mouthCue")
    return whole([(float(one.attrib["start"]), float(one.attrib["end"]), str(one.text)) for one in cues])


def whole(cues: list[tuple[float, float, str]]) -> Steps:
    """Return cues of which each ends where the next begins."""
    assert [end for _, end, _ in cues[:-1]] == [start for start, _, _ in cues[1:]]
    return [*((start, shape) for start, _, shape in cues), (cues[-1][1], "X")]


def rhubarb_tsv(path: Path) -> Steps:
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    assert all(re.fullmatch(r"\d+\.\d\d", time) for time, _ in rows)
    return [(float(time), shape) for time, shape in rows]


def spine(path: Path) -> Steps:
    told = json.loads(path.read_text())
    (slot,) = told["slots"]
    assert slot["bone"] in [bone["name"] for bone in told["bones"]]
    keys = told["animations"]["lipsync"]["slots"][slot["name"]]["attachment"]
    drawn = told["skins"][0]["attachments"][slot["name"]]
    assert {key["name"] for key in keys} | {slot["attachment"]} <= set(drawn)
    return [*((key["time"], key["name"].removeprefix("mouth_").upper()) for key in keys), (2.0, "X")]


BLAIR = {"rest": "X", "AI": "D", "MBP": "A", "O": "F", "FV": "G"}
"""Drawings of Preston Blair, and Rhubarb's shapes."""


def moho(path: Path) -> Steps:
    first, *rows = path.read_text().splitlines()
    assert first == "MohoSwitch1"
    return [((int(frame) - 1) * FRAME_S, BLAIR[shape]) for frame, shape in map(str.split, rows)]


def papagayo(path: Path) -> Steps:
    lines = path.read_text().splitlines()
    assert lines[:5] == ["lipsync version 1", SOUND.replace("\n", "_"), "24", "48", "1"]
    word = lines.index(next(line for line in lines if line.startswith("\t\t\t") and line[3] != "\t"))
    _, _, last, count = lines[word].split()
    rows = [line.split() for line in lines[word + 1 :]]
    assert len(rows) == int(count)
    assert all(line.startswith("\t\t\t\t") for line in lines[word + 1 :])
    return [*(((int(frame) - 1) * FRAME_S, BLAIR[shape]) for frame, shape in rows), (int(last) * FRAME_S, "X")]


CURVES: dict[str, tuple[Callable[[Path], Curves], dict[str, dict[str, float]]]] = {
    ".track.json": (openfacefx, {name: {name: 1} for name in VISEMES}),
    ".csv": (spreadsheet, {name: {name: 1} for name in VISEMES}),
    ".anim": (unity, {name: {name: 1} for name in VISEMES}),
    ".tres": (godot, {name: {name: 1} for name in VISEMES}),
    ".gltf": (gltf_weights, {name: {name: 1} for name in VISEMES}),
    ".vrma": (vrm, {"aa": {"aa": 1}, "oh": {"O": 1}}),
    ".motion3.json": (live2d, {"ParamMouthOpenY": {name: mouth.open for name, mouth in TARGETS.items()}}),
    ".arkit.csv": (
        live_link,
        {"JawOpen": {"aa": 0.6, "O": 0.42, "FF": 0.07}, "MouthPressLeft": {"PP": 0.5}, "MouthFunnel": {"O": 0.7}},
    ),
}
"""Readers, and of which visemes each curve is made."""
STEPS: dict[str, Callable[[Path], Steps]] = {
    ".rhubarb.json": rhubarb_json, ".xml": rhubarb_xml, ".tsv": rhubarb_tsv, ".spine.json": spine, ".dat": moho,
    ".pgo": papagayo,
}  # fmt: skip


def test_there_is_a_reader_for_each_format() -> None:
    assert {one.suffix for one in EXPORT_FORMATS} == {*CURVES, *STEPS}


@pytest.mark.parametrize("suffix", CURVES)
def test_curves_are_those_that_our_characters_show(tmp_path: Path, suffix: str) -> None:
    read, made_of = CURVES[suffix]
    found = read(write_visemes(TRACK, tmp_path / f"line{suffix}", SOUND))
    for name, shares in made_of.items():
        times, values = found[name]
        assert times[0] == 0
        assert times[-1] == pytest.approx(2)
        assert (np.diff(times) > 0).all()
        wanted = np.clip(sum(share * TRUTH[:, VISEMES.index(one)] for one, share in shares.items()), 0, 1)
        at = times if suffix == ".arkit.csv" else TIMES  # which tells pictures, 60 a second, not lines
        assert np.interp(at, times, values) == pytest.approx(np.interp(at, TIMES, wanted), abs=0.05), name


@pytest.mark.parametrize("suffix", STEPS)
def test_steps_are_what_was_said_to_the_picture(tmp_path: Path, suffix: str) -> None:
    steps = STEPS[suffix](write_visemes(TRACK, tmp_path / f"line{suffix}", SOUND))
    assert [shape for _, shape in steps] == ["X", "D", "A", "F", "G", "X", "X"]
    starts = [0, *(start for _, start, _ in SAID), SAID[-1][2], 2]
    whole_frames = suffix in (".dat", ".pgo")
    for (time, _), wanted in zip(steps, starts, strict=True):
        assert abs(time - wanted) <= FRAME_S + (FRAME_S * (wanted * 24 % 1) if whole_frames else 0) + 1e-9


@pytest.mark.parametrize("said", [[], [("PP", 0.2, 0.5)]], ids=["silence", "lips shut"])
@pytest.mark.parametrize("suffix", [*CURVES, *STEPS])
def test_speech_that_opens_no_mouth_lasts_as_long(tmp_path: Path, suffix: str, said: list[Any]) -> None:
    path = write_visemes(track_of(said, 2), tmp_path / f"line{suffix}", SOUND)
    if suffix in CURVES:
        assert all(times[-1] == pytest.approx(2) for times, _ in CURVES[suffix][0](path).values())
    else:
        assert STEPS[suffix](path)[-1][0] == pytest.approx(2)


def test_closed_lips_do_not_open_the_mouth_of_live2d(tmp_path: Path) -> None:
    times, values = live2d(write_visemes(TRACK, tmp_path / "a.motion3.json"))["ParamMouthOpenY"]
    assert np.interp([0.7, 0.95, 1.2], times, values) == pytest.approx([1, 0, TARGETS["O"].open], abs=0.03)
