"""Hardware encoders: used only when asked for and proven."""

import pytest

from frameloom.core.errors import MediaError
from frameloom.media.files import hardware
from frameloom.media.files.hardware import choose, try_out, why_not


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what proofs will find; names that are missing fail."""
    found: dict[str, str] = {}
    monkeypatch.setattr(hardware, "why_not", lambda name: found.get(name, "no such chip"))
    return found


def test_no_is_software_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "why_not", lambda name: pytest.fail("nothing is to be tried"))
    assert choose("h264", "no") == ("libx264", "")


def test_auto_takes_the_first_that_works(proofs: dict[str, str]) -> None:
    proofs |= {"hevc_qsv": "", "hevc_amf": ""}
    assert choose("hevc", "auto") == ("hevc_qsv", "hevc is encoded by hardware, hevc_qsv")


def test_auto_falls_back_and_says_why(proofs: dict[str, str]) -> None:
    name, note = choose("av1", "auto")
    assert name == "libsvtav1"
    assert note.startswith("no hardware encodes av1 here (av1_nvenc: no such chip; av1_qsv: no such chip;")
    assert note.endswith("; libsvtav1 does")


def test_what_no_chip_encodes_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "why_not", lambda name: pytest.fail("nothing is to be tried"))
    assert choose("prores", "auto") == ("prores_ks", "no hardware encodes prores here; prores_ks does")


def test_a_named_encoder_must_work(proofs: dict[str, str]) -> None:
    proofs["h264_amf"] = ""
    assert choose("h264", "h264_amf") == ("h264_amf", "h264 is encoded by hardware, h264_amf")
    with pytest.raises(
        MediaError, match=r"film\.mp4: h264_nvenc does not work here \(no such chip\); choose auto, or no"
    ):
        choose("h264", "h264_nvenc", "film.mp4")
    with pytest.raises(
        MediaError, match="hardware 'hevc_nvenc' does not encode h264; choose one of: no, auto, h264_nvenc"
    ):
        choose("h264", "hevc_nvenc")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", ""),
        ("import sys; sys.exit('driver too old')", "driver too old"),
        ("import os; os._exit(3)", "ended with 3"),
        ("import os; os.kill(os.getpid(), 11)", "crashed with signal 11"),
        ("import sys; assert sys.argv[1] == 'h264_x', sys.argv", ""),
    ],
)
def test_a_trial_cannot_hurt(code: str, reason: str) -> None:
    assert try_out(code, "h264_x") == reason


def test_a_trial_that_hangs_is_ended() -> None:
    assert try_out("import time; time.sleep(60)", "h264_x", limit_s=0.5) == "no answer within 0.5 s"


def test_the_proof_refuses_what_ffmpeg_lacks() -> None:
    assert why_not("h264_voodoo") == "not in this build of FFmpeg"


def test_the_proof_proves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same steps, with a software encoder in the chip's place, pass; and with wrong pictures they do not."""
    stand_in = "from frameloom.media.files import encode, formats; encode.encoder_for = lambda *given, name: "
    real = "formats.encoder_for('h264', formats.VideoFormat(), 8, given[3]); encode.prove('h264_nvenc')"
    assert try_out(stand_in + real, "h264_nvenc") == ""
    wrong = "; encode.plain = lambda *size, make=encode.plain: make(*size[:2], (0, 0, 0)); "
    black = real.replace("; ", wrong)
    assert try_out(stand_in + black, "h264_nvenc").startswith("gave pictures of luma [16, 16, 16, 16, 16], not [")
