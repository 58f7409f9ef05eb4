"""Make the four bundled fonts from the Debian packages fonts-inter-variable and fonts-nanum.

    apt-get install fonts-inter-variable fonts-nanum
    pip install fonttools==4.68.0
    python assets/fonts/make_fonts.py

The subsets get their own names: both licences are OFL 1.1, and Nanum's name is reserved.
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
SOURCES = Path("/usr/share/fonts/truetype")

LATIN = [
    range(0x20, 0x7F), range(0xA0, 0x180), range(0x370, 0x400), range(0x2010, 0x2028), range(0x2030, 0x203B),
    range(0x2070, 0x2095), [0x202F, 0x20AC, 0x2122, 0x2126], range(0x2190, 0x219A),
    [0x2211, 0x2212, 0x2215, 0x2219, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265],
    [0x25A0, 0x25B2, 0x25B6, 0x25BC, 0x25C0, 0x25CF, 0x2713, 0x2715, 0x2717],
    [0x2318, 0x21E7, 0x2325, 0x23CE, 0x232B],
]
HANGUL = [
    range(0x20, 0x7F), range(0xA0, 0x100), range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7A4),
    range(0x2010, 0x2028), range(0x3000, 0x3020), range(0xFF01, 0xFF5F), [0x00B7, 0x20A9, 0x2026],
]


# The 2 350 syllables of KS X 1001, which running Korean is written with: the heavier cut is for headings.
KS_X_1001 = [code for code in range(0xAC00, 0xD7A4) if len(chr(code).encode("euc_kr", "ignore")) == 2]


def rename(font, family, style, weight):
    names = font["name"]
    kept = [r for r in names.names if r.nameID in (0, 13, 14)]
    names.names = kept
    for name_id, text in {
        1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}", 5: "Version 1.000",
        6: f"{family}-{style}".replace(" ", ""),
    }.items():
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def tabular_digits(font):
    """Give the digits one width (the font's own `tnum` glyphs), so that numbers do not jump when they change."""
    gsub = font["GSUB"].table
    lookups = {i for f in gsub.FeatureList.FeatureRecord if f.FeatureTag == "tnum" for i in f.Feature.LookupListIndex}
    one_width = {}
    for index in lookups:
        for part in gsub.LookupList.Lookup[index].SubTable:
            one_width |= getattr(part, "ExtSubTable", part).mapping
    for table in font["cmap"].tables:
        for code in range(0x30, 0x3A):
            name = table.cmap.get(code)
            if name in one_width:
                table.cmap[code] = one_width[name]


def subset(font, ranges):
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.name_IDs = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "FFTM"]
    sub = Subsetter(options)
    sub.populate(unicodes=[code for part in ranges for code in part])
    sub.subset(font)


def latin(style, weight):
    font = TTFont(SOURCES / "inter-vf" / "Inter-roman.var.ttf")
    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
    font = instancer.instantiateVariableFont(font, axes)
    tabular_digits(font)
    subset(font, LATIN)
    rename(font, "Overread Sans", style, weight)
    font.save(HERE / f"OverreadSans-{style}.ttf")


def hangul(source, style, weight, ranges):
    font = TTFont(SOURCES / "nanum" / f"{source}.ttf")
    subset(font, ranges)
    rename(font, "Overread Hangul", style, weight)
    font.save(HERE / f"OverreadHangul-{style}.ttf")


latin("Regular", 400)
latin("SemiBold", 600)
hangul("NanumGothic", "Regular", 400, HANGUL)
hangul("NanumGothicBold", "Bold", 700, [range(0x20, 0x7F), [0xB7, 0x2026], KS_X_1001])
for path in sorted(HERE.glob("*.ttf")):
    print(path.name, path.stat().st_size)
