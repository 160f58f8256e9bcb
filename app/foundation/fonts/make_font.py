"""Makes the poster font from Debian's wqy-microhei.ttc: its regular face, hanzi and Latin."""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

OUT = Path(__file__).with_name("wqy-microhei-regular.ttf")

# Latin, punctuation, symbols, CJK punctuation, every hanzi of the font, full-width forms. Kana and hangul go.
KEPT = [(0x0000, 0x04FF), (0x2000, 0x26FF), (0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF)]

# Tables that a printed poster has no use for: hints for small screens, ligatures, vertical writing.
DROPPED = ["FFTM", "GDEF", "GPOS", "GSUB", "vhea", "vmtx"]


def make(collection: Path, out: Path = OUT) -> int:
    """Write the trimmed regular face of `collection` to `out`; returns how many characters it can set."""
    face = TTCollection(str(collection))[0]
    options = subset.Options(hinting=False, glyph_names=False, notdef_outline=True, name_IDs=["*"])
    options.drop_tables += DROPPED
    kept = [point for point in face.getBestCmap() if any(low <= point <= high for low, high in KEPT)]
    trimmer = subset.Subsetter(options)
    trimmer.populate(unicodes=kept)
    trimmer.subset(face)
    face.recalcTimestamp = False
    face.save(str(out))
    return len(kept)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_font.py /usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
    sys.stdout.write(f"{OUT.name}: {make(Path(sys.argv[1]))} characters\n")
