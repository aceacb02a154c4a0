"""Make the fonts that come along from Debian's packages: the same files without their hints for screens.

    apt-get download fonts-noto-core fonts-noto-color-emoji
    for package in *.deb; do dpkg -x $package unpacked; done
    python tools/make_fonts.py unpacked/usr/share/fonts/truetype/noto src/frameloom/media/fonts

Hints move outlines to the pixel grid; nothing here reads them, and they are two fifths of a font. The licence (OFL 1.1)
lets fonts be changed, and none of these has a Reserved Font Name. The colour emoji are copied byte for byte.
"""

import shutil
import sys
from pathlib import Path

import uharfbuzz

REGULAR_AND_BOLD = ("Sans", "Serif", "SansArabic", "SansHebrew", "SansDevanagari", "SansThai")
REGULAR = (
    *("SansArmenian", "SansGeorgian", "SansEthiopic", "SansBengali", "SansGujarati", "SansGurmukhi", "SansKannada"),
    *("SansKhmer", "SansLao", "SansMalayalam", "SansMyanmar", "SansOriya", "SansSinhala", "SansTamil", "SansTelugu"),
    *("SerifTibetan", "SansThaana", "SansMath", "SansSymbols", "SansSymbols2"),
)


def without_hints(font: bytes) -> bytes:
    """Return a font with all its characters, glyphs, names and layout, and no hints."""
    everything = uharfbuzz.SubsetInput()
    everything.keep_everything()
    everything.flags = uharfbuzz.SubsetFlags(
        (everything.flags | uharfbuzz.SubsetFlags.NO_HINTING) & ~uharfbuzz.SubsetFlags.GLYPH_NAMES
    )
    return bytes(uharfbuzz.subset(uharfbuzz.Face(font), everything).blob.data)


def main(source: Path, target: Path) -> None:
    """Write all fonts into a folder."""
    names = [f"Noto{name}-{weight}.ttf" for name in REGULAR_AND_BOLD for weight in ("Regular", "Bold")]
    names += [f"Noto{name}-Regular.ttf" for name in REGULAR]
    for name in names:
        (target / name).write_bytes(without_hints((source / name).read_bytes()))
    shutil.copyfile(source / "NotoColorEmoji.ttf", target / "NotoColorEmoji.ttf")
    total = sum(path.stat().st_size for path in target.glob("*.ttf"))
    print(f"{len(names) + 1} fonts, {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
