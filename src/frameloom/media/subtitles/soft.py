"""Subtitles beside the pictures: one more track, which a player shows on request; pictures and sound are copied.

mp4, mov, m4v: mov_text      mkv: subrip, or ass with its styles      webm: webvtt
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from frameloom.core.errors import OutputError
from frameloom.core.files import whole_file
from frameloom.media import ffmpeg
from frameloom.media.subtitles import (
    Cue,
    format_srt,
    format_styled,
    format_vtt,
    parse_styled,
    read_subtitles,
    read_text,
)

_CODECS = {".mp4": "mov_text", ".m4v": "mov_text", ".mov": "mov_text", ".mkv": "subrip", ".webm": "webvtt"}

_LONG_CODES_TEXT = (
    "ar=ara bg=bul bn=ben bo=bod ca=cat cs=ces cy=cym da=dan de=deu el=ell en=eng es=spa et=est eu=eus "
    "fa=fas fi=fin fr=fra ga=gle gl=glg gu=guj he=heb hi=hin hr=hrv hu=hun hy=hye id=ind is=isl it=ita "
    "ja=jpn ka=kat kk=kaz km=khm kn=kan ko=kor lo=lao lt=lit lv=lav mk=mkd ml=mal mn=mon mr=mar ms=msa "
    "my=mya nb=nob ne=nep nl=nld no=nor pa=pan pl=pol ps=pus pt=por ro=ron ru=rus si=sin sk=slk sl=slv "
    "sq=sqi sr=srp sv=swe sw=swa ta=tam te=tel th=tha tr=tur ug=uig uk=ukr ur=urd uz=uzb vi=vie zh=zho"
)
_LONG_CODES = dict(pair.split("=") for pair in _LONG_CODES_TEXT.split())
"""ISO 639-1 to ISO 639-2/T: MP4 holds the three letters alone."""

_QUICKTIME_CODES = {"zho": "chi", "deu": "ger", "nld": "dut", "ell": "gre", "isl": "ice"}
"""ISO 639-2/T to what ffmpeg knows for QuickTime's own numbers of languages."""


def holds_subtitles(path: Path) -> bool:
    """Return whether a file of this name can have subtitle tracks."""
    return path.suffix.lower() in _CODECS


def subtitle_codec(path: Path) -> str | None:
    """Return the codec of plain subtitle tracks in a file of this name; None where it holds none."""
    return _CODECS.get(path.suffix.lower())


def add_subtitles(
    video: Path,
    subtitles: Path | Sequence[Cue],
    out: Path,
    language: str = "und",
    *,
    title: str = "",
    shown: bool = False,
) -> None:
    """Write a copy of a video with one more subtitle track, without coding pictures or sound anew.

    Args:
        video: any file whose streams the target's container can hold.
        subtitles: a file, or cues; into .mkv an .ass file goes with its styles.
        out: .mp4, .m4v, .mov, .mkv or .webm; may be the video itself.
        language: ISO 639 code of two or three letters.
        title: what players call the track.
        shown: whether players show it unasked.

    Raises:
        MediaError: a file is missing or damaged.
        OutputError: another container, or the place cannot be written.
        MissingDependencyError: there is no ffmpeg binary.
    """
    codec = _CODECS.get(out.suffix.lower())
    if codec is None:
        raise OutputError(f"{out}: holds no subtitle tracks; give {', '.join(_CODECS)}")
    with tempfile.TemporaryDirectory(prefix="frameloom-") as folder:
        if isinstance(subtitles, Path) and codec == "subrip" and subtitles.suffix.lower() in {".ass", ".ssa"}:
            codec = "ass"
            parsed = parse_styled(subtitles, read_text(subtitles)[0])
            source, text = Path(folder) / "track.ass", format_styled(parsed)
        else:
            cues = read_subtitles(subtitles).cues if isinstance(subtitles, Path) else subtitles
            suffix = ".vtt" if codec == "webvtt" else ".srt"
            source, text = Path(folder) / f"track{suffix}", format_vtt(cues) if suffix == ".vtt" else format_srt(cues)
        source.write_text(text, encoding="utf-8", newline="\n")
        streams = ["-map", "0:v?", "-map", "0:a?", "-map", "1:0", "-map", "0:s?", "-map", "0:t?", "-c", "copy"]
        code = _LONG_CODES.get(language.lower(), language)
        code = _QUICKTIME_CODES.get(code, code) if out.suffix.lower() == ".mov" else code
        track = ["-c:s:0", codec, "-metadata:s:s:0", f"language={code}"]
        track += ["-disposition:s:0", "default" if shown else "0", "-map_metadata", "0", "-map_chapters", "0"]
        track += ["-metadata:s:s:0", f"title={title}"] if title else []
        with whole_file(out) as part:
            inputs: list[ffmpeg.Argument] = ["-i", video, "-i", source]
            ffmpeg.run([*inputs, *streams, *track, part], about=str(video))


def save_track(video: Path, out: Path, number: int = 0) -> None:
    """Write a subtitle track of a video as a file of its own, .srt or .vtt.

    Args:
        video: a file with subtitles that are text.
        out: the file.
        number: which of the subtitle tracks, from 0.

    Raises:
        MediaError: there is no such track, it is damaged, or its letters are pictures.
        OutputError: the place cannot be written.
        MissingDependencyError: there is no ffmpeg binary.
    """
    with whole_file(out) as part:
        ffmpeg.run(["-i", video, "-map", f"0:s:{number}", part], about=str(video))
