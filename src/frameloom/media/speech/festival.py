"""The voices of Festival, eleven people who speak six languages: a program, asked for some sentences at a time.

    text --festival, SynthText--> samples, segments with their ends --signs of each voice--> IPA

Training data are made with it. It tells no words, so it is no `Voice`.

Source: Taylor, Black & Caley, "The architecture of the Festival speech synthesis system", SSW3, 1998.
"""

import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from frameloom.core.errors import MediaError
from frameloom.media.speech.phones import ipa_of
from frameloom.media.speech.spoken import Phoneme, Spoken, moved

_LONGEST_S = 60
_SILENT = frozenset(("pau", "h#", "brth", "#", "##", "_"))


def _signs(text: str) -> dict[str, str]:
    """Return what "sign=IPA" says, by sign."""
    return dict(each.split("=") for each in text.split())


_ROMANCE = _signs("E=ɛ O=ɔ S=ʃ Z=ʒ tS=tʃ dZ=dʒ J=ɲ ng=ŋ nf=ɱ l=l L=ʎ ax=ə rr=r")
_CZECH = _signs("c=ts c~=tʃ ch=x d~=ɟ dz~=dʒ h=ɦ n*=ŋ n~=ɲ r~=ʒ r~*=ʃ s~=ʃ t~=c z~=ʒ")
_FINNISH = _signs("@=æ 7=ø &=ø T=θ D=ð S=ʃ Z=ʒ N=ŋ L=ʎ")
_RUSSIAN = _signs(
    "ii=i yy=ɨ y=ɨ uu=u ur=u ee=e oo=o aa=a ae=ɐ ay=ə c=ts ch=tɕ sh=ʂ sch=ɕ zh=ʐ h=x hh=x "
    "pp=p bb=b tt=t dd=d kk=k gg=ɡ ff=f vv=v ss=s zz=z mm=m nn=n ll=l rr=r"
)


@dataclass(frozen=True)
class Speaker:
    """A voice of Festival's."""

    voice: str
    """Without the voice_ before it."""
    language: str
    """As espeak-ng calls it."""
    signs: dict[str, str] | None = None
    """IPA of what is not written as IPA itself; None for ARPAbet."""
    encoding: str = "iso-8859-1"
    package: str = ""
    """The system's package that holds it."""
    early_s: Fraction = Fraction(0)
    """By how much it is told early; found as `tools/calibrate_voice.py` does."""

    def ipa(self, sign: str) -> str:
        """Return what a sign stands for; empty for silence."""
        if sign in _SILENT:
            return ""
        if self.signs is None:
            return ipa_of(sign)
        bare = sign.rstrip("1:")
        return self.signs.get(bare, bare)


SPEAKERS = {
    one.package.removeprefix("festvox-"): one
    for one in (
        Speaker("ked_diphone", "en-us", package="festvox-kdlpc16k", early_s=Fraction(4, 1000)),
        Speaker("cmu_us_slt_arctic_hts", "en-us", package="festvox-us-slt-hts", early_s=Fraction(12, 1000)),
        Speaker("lp_diphone", "it", _ROMANCE, package="festvox-italp16k"),
        Speaker("pc_diphone", "it", _ROMANCE, package="festvox-itapc16k", early_s=Fraction(-5, 1000)),
        Speaker("upc_ca_ona_hts", "ca", _ROMANCE, package="festvox-ca-ona-hts", early_s=Fraction(5, 1000)),
        Speaker("suo_fi_lj_diphone", "fi", _FINNISH, package="festvox-suopuhe-lj", early_s=Fraction(8, 1000)),
        Speaker("hy_fi_mv_diphone", "fi", _FINNISH, package="festvox-suopuhe-mv", early_s=Fraction(5, 1000)),
        Speaker("msu_ru_nsh_clunits", "ru", _RUSSIAN, "utf-8", "festvox-ru", early_s=Fraction(-13, 1000)),
        Speaker("czech_dita", "cs", _CZECH, "iso-8859-2", "festvox-czech-dita"),
        Speaker("czech_machac", "cs", _CZECH, "iso-8859-2", "festvox-czech-machac"),
        Speaker("czech_krb", "cs", _CZECH, "iso-8859-2", "festvox-czech-krb"),
        Speaker("czech_ph", "cs", _CZECH, "iso-8859-2", "festvox-czech-ph", early_s=Fraction(5, 1000)),
    )
}
"""By short name."""


def is_installed() -> bool:
    """Return whether the program is there."""
    return shutil.which("festival") is not None


def utter(texts: Sequence[str], name: str, pace: float = 1.0) -> list[Spoken]:
    """Return sentences by one of `SPEAKERS`, without words; what it can say nothing of is left out.

    The program takes a second to begin, so give it several at once.

    Raises:
        MediaError: the program or the voice is not installed, or fails.
    """
    program, speaker = shutil.which("festival"), SPEAKERS[name]
    if program is None:
        raise MediaError("festival: not installed; apt-get install festival")
    with TemporaryDirectory() as place:
        lines = [f"(voice_{speaker.voice})", f"(Parameter.set 'Duration_Stretch {1 / pace:.4f})"]
        for number, text in enumerate(texts):
            quoted = text.replace("\\", " ").replace('"', " ")
            kept = (
                f'(utt.save.wave said "{place}/{number}.wav" \'riff) (utt.save.segs said "{place}/{number}.segments")'
            )
            lines.append(f'(unwind-protect (let ((said (SynthText "{quoted}"))) {kept}) nil)')
        script = Path(place, "say.scm")
        script.write_bytes("\n".join(lines).encode(speaker.encoding, "replace"))
        try:
            done = subprocess.run([program, "-b", str(script)], capture_output=True, timeout=_LONGEST_S * len(texts))
        except (OSError, subprocess.SubprocessError) as error:
            raise MediaError(f"festival: {name} fails ({type(error).__name__}); reinstall {speaker.package}") from error
        if b"unbound variable" in done.stderr:
            raise MediaError(f"festival: {name} is not installed; apt-get install {speaker.package}")
        said = [_read(Path(place, str(number)), speaker) for number in range(len(texts))]
    return [one for one in said if one is not None]


def _read(path: Path, speaker: Speaker) -> Spoken | None:
    """Return what was said into a .wav and told in a .segments; None where nothing was."""
    try:
        with wave.open(f"{path}.wav") as file:
            rate, samples = file.getframerate(), file.readframes(file.getnframes())
        lines = Path(f"{path}.segments").read_text(encoding="ascii").splitlines()
    except (OSError, wave.Error, EOFError, UnicodeDecodeError):
        return None
    sound = np.frombuffer(samples, "<i2").astype(np.float32)[:, None] * np.float32(2**-15)
    found, begin = [], Fraction(0)
    for line in lines:
        if line.startswith("#") or len(line.split()) != 3:
            continue
        end, _, sign = line.split()
        stop = Fraction(end)
        if speaker.ipa(sign) and stop > begin:
            found.append(Phoneme(speaker.ipa(sign), begin, stop))
        begin = stop
    placed = moved(found, speaker.early_s, Fraction(len(sound), rate))
    return Spoken(sound, rate, placed, ()) if placed else None
