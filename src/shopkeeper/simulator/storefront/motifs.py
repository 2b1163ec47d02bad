"""The forms products are drawn in: each takes a random source and a palette and gives SVG in a 480 x 480 field.

Things stand at y = 396, in the middle; light comes from the upper left (`url(#round)` shades round bodies).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from shopkeeper.simulator.ranges import Palette


def shadow(width: float, middle: float = 240) -> str:
    return f'<ellipse cx="{middle + 14}" cy="398" rx="{width}" ry="13" fill="#000" opacity=".16"/>'


def shaded(shape: str, fill: str) -> str:
    """A shape (an element without its end) in its colour, and again in the light that makes it round."""
    return f'{shape} fill="{fill}"/>{shape} fill="url(#round)"/>'


def tin(rng: random.Random, p: Palette) -> str:
    wide, tall = rng.choice(((150, 210), (170, 170), (130, 240)))
    left, top = 240 - wide / 2, 396 - tall
    label = f'<rect x="{left}" y="{top + tall * 0.34}" width="{wide}" height="{tall * 0.42}" fill="{p.light}"/>'
    return (
        shadow(wide * 0.62)
        + shaded(f'<path d="M{left} {top}h{wide}v{tall - 8}q{-wide / 2} 16 {-wide} 0z"', p.main)
        + pattern(rng, p.accent, left, top, wide, tall * 0.34)
        + label
        + sprig(rng, 240, top + tall * 0.55, 26, p.main)
        + f'<rect x="{240 - wide * 0.28}" y="{top + tall * 0.68}" width="{wide * 0.56}" height="4" fill="{p.deep}"/>'
        + shaded(f'<rect x="{left}" y="{top}" width="{wide}" height="{tall - 4}"', "none")
        + shaded(f'<rect x="{left - 4}" y="{top - 30}" width="{wide + 8}" height="40" rx="6"', p.deep)
    )


def pouch(rng: random.Random, p: Palette) -> str:
    lean = rng.choice((-4, 0, 4))
    body = '<path d="M160 168q80 -10 160 0l14 214q-94 26 -188 0z"'
    window = f'<ellipse cx="240" cy="345" rx="46" ry="26" fill="{p.accent}" stroke="{p.deep}" stroke-width="3"/>'
    return (
        shadow(108)
        + f'<g transform="rotate({lean} 240 396)">{shaded(body, p.main)}'
        + f'<path d="M158 150q82 -10 164 0l-2 26q-80 -10 -160 0z" fill="{p.deep}"/>'
        + f'<rect x="186" y="212" width="108" height="94" rx="4" fill="{p.light}"/>'
        + sprig(rng, 240, 256, 30, p.deep)
        + f'<rect x="206" y="288" width="68" height="4" fill="{p.accent}"/>{window}</g>'
    )


def mug(rng: random.Random, p: Palette) -> str:
    wide, tall, taper = rng.choice(((150, 150, 0), (130, 190, 8), (190, 130, 34), (120, 110, 12)))
    left, right, top = 230 - wide / 2, 230 + wide / 2, 394 - tall
    dip = top + tall * rng.choice((0.3, 0.45, 0.6))
    body = f"M{left} {top}h{wide}l{-taper} {tall - 14}q-2 14 -18 14h{-(wide - 2 * taper - 36)}q-16 0 -18 -14z"
    handle = (
        f'<path d="M{right - taper * 0.3 - 2} {top + tall * 0.2}c{wide * 0.44} -6 {wide * 0.44} {tall * 0.62} '
        f'{-taper * 0.5 - 4} {tall * 0.56}" fill="none" stroke="{p.main}" stroke-width="17" stroke-linecap="round"/>'
    )
    glaze = (
        f'<clipPath id="b{int(left)}"><path d="{body}"/></clipPath><g clip-path="url(#b{int(left)})">'
        f'<path d="M{left} {dip}q{wide / 4} {rng.choice((-14, 12, 22))} {wide / 2} 0t{wide / 2} 0V400H{left}z"'
        f' fill="{p.light}"/>{speckles(rng, p.deep, left, top, wide, tall)}</g>'
    )
    steam = "".join(
        f'<path d="M{230 + x} {top - 18}q-12 -16 0 -30t0 -30" fill="none" stroke="#fff" stroke-width="5" '
        'opacity=".55" stroke-linecap="round"/>'
        for x in (-22, 6, 34)
    )
    return (
        shadow(wide * 0.62, 226)
        + handle
        + f'<path d="{body}" fill="{p.main}"/>{glaze}<path d="{body}" fill="url(#round)"/>'
        + f'<ellipse cx="230" cy="{top}" rx="{wide / 2}" ry="9" fill="{p.deep}"/>'
        + (steam if rng.random() < 0.5 else "")
    )


def teapot(rng: random.Random, p: Palette) -> str:
    wide, tall = rng.choice(((104, 78), (118, 66), (92, 92)))
    middle = 392 - tall
    body = f'<ellipse cx="236" cy="{middle}" rx="{wide}" ry="{tall}"'
    spout = f'<path d="M{230 + wide * 0.8} {middle + 20}q44 -8 58 -76l24 4q-12 92 -82 110z" fill="{p.main}"/>'
    handle = (
        f'<path d="M{242 - wide * 0.8} {middle - 34}c-88 -34 -92 92 -6 84" fill="none" stroke="{p.deep}" '
        'stroke-width="14" stroke-linecap="round"/>'
    )
    return (
        shadow(wide * 0.9)
        + spout
        + handle
        + shaded(body, p.main)
        + speckles(rng, p.light, 236 - wide * 0.7, middle - tall * 0.2, wide * 1.4, tall * 0.9)
        + f'<path d="M{236 - wide * 0.52} {middle - tall * 0.82}q{wide * 0.52} -44 {wide * 1.04} 0z" fill="{p.light}"/>'
        + f'<circle cx="236" cy="{middle - tall * 0.82 - 30}" r="13" fill="{p.accent}"/>'
    )


def shoe(rng: random.Random, p: Palette) -> str:
    sole = rng.choice((26, 34, 42))
    upper = "M84 376v-24q-8 -60 6 -116q36 16 62 -14q16 -10 30 4q40 56 104 74q92 14 112 52v24z"
    laces = "".join(
        f'<path d="M{186 + i * 25} {262 + i * 15}l24 -14" stroke="{p.light}" stroke-width="7" stroke-linecap="round"/>'
        for i in range(4)
    )
    stripe = rng.choice(
        (
            "M120 346q70 -6 120 -64l22 12q-40 60 -98 58z",
            "M128 250l34 96h22l-36 -104zM170 262l28 84h22l-30 -72z",
            "M110 300q80 40 190 6l14 14q-104 36 -204 0z",
        )
    )
    tread = "".join(
        f'<rect x="{96 + i * 26}" y="388" width="14" height="8" rx="2" fill="{p.deep}"/>' for i in range(12)
    )
    return (
        shadow(172)
        + f'<path d="M88 250q-10 -44 2 -54q14 -4 18 12l10 48z" fill="{p.deep}"/>'
        + shaded(f'<path d="{upper}"', p.main)
        + f'<path d="{stripe}" fill="{p.accent}"/>'
        + f'<clipPath id="upper"><path d="{upper}"/></clipPath><path clip-path="url(#upper)" fill="{p.deep}" opacity=".9" '
        + f'd="M318 290h90v90h-66q2 -50 -24 -90z"/>{laces}'
        + f'<path d="M78 {390 - sole}q160 14 322 -8q12 10 2 {sole - 2}q-6 10 -20 10h-286q-26 0 -18 -{sole}z" '
        + f'fill="{p.light}"/><path d="M78 380q170 10 326 -2l-4 10q-6 6 -18 6h-286q-16 0 -18 -14z" fill="{p.accent}"/>'
        + tread
    )


def bottle(rng: random.Random, p: Palette) -> str:
    wide, tall = rng.choice(((96, 230), (112, 200), (84, 250)))
    left, top = 240 - wide / 2, 396 - tall
    body = f'<path d="M{left} {top + 34}q0 -34 34 -34h{wide - 68}q34 0 34 34v{tall - 48}q0 14 -14 14h-{wide - 28}q-14 0 -14 -14z"'
    return (
        shadow(wide * 0.66)
        + shaded(f'<rect x="{240 - 24}" y="{top - 42}" width="48" height="48" rx="8"', p.deep)
        + f'<path d="M222 {top - 42}q0 -24 18 -24t18 24" fill="none" stroke="{p.accent}" stroke-width="9"/>'
        + shaded(body, p.main)
        + f'<rect x="{left}" y="{top + tall * 0.42}" width="{wide}" height="{tall * 0.16}" fill="{p.accent}"/>'
        + f'<path d="M{240 - 16} {top + tall * 0.55}l16 -22 16 22" fill="none" stroke="{p.light}" stroke-width="6"/>'
    )


def jar(rng: random.Random, p: Palette) -> str:
    wide, tall = rng.choice(((150, 190), (166, 164), (136, 214)))
    left, top = 240 - wide / 2, 396 - tall
    pills = "".join(
        f'<rect x="{x}" y="386" width="34" height="15" rx="7.5" fill="{colour}" transform="rotate({turn} {x} 390)"/>'
        for x, turn, colour in ((330, -8, p.accent), (374, 12, p.light), (96, 4, p.accent))
    )
    return (
        shadow(wide * 0.62)
        + shaded(f'<rect x="{left}" y="{top}" width="{wide}" height="{tall}" rx="18"', p.main)
        + f'<rect x="{left}" y="{top + tall * 0.26}" width="{wide}" height="{tall * 0.5}" fill="{p.light}"/>'
        + f'<rect x="{left}" y="{top + tall * 0.26}" width="{wide}" height="12" fill="{p.accent}"/>'
        + f'<circle cx="240" cy="{top + tall * 0.52}" r="24" fill="none" stroke="{p.deep}" stroke-width="4"/>'
        + sprig(rng, 240, top + tall * 0.52, 13, p.deep)
        + shaded(f'<rect x="{left}" y="{top}" width="{wide}" height="{tall}" rx="18"', "none")
        + shaded(f'<rect x="{240 - wide * 0.42}" y="{top - 42}" width="{wide * 0.84}" height="48" rx="7"', p.deep)
        + pills
    )


def dropper(rng: random.Random, p: Palette) -> str:
    wide = rng.choice((104, 120))
    left = 240 - wide / 2
    return (
        shadow(wide * 0.66)
        + shaded(
            f'<path d="M{left} 262q0 -34 38 -40v-26h{wide - 76}v26q38 6 38 40v122q0 12 -12 12h-{wide - 24}q-12 0 -12 -12z"',
            p.main,
        )
        + f'<rect x="{left}" y="282" width="{wide}" height="78" fill="{p.light}"/>'
        + f'<path d="M240 296q22 30 0 44q-22 -14 0 -44z" fill="{p.accent}"/>'
        + shaded('<rect x="212" y="160" width="56" height="42" rx="4"', p.deep)
        + shaded('<path d="M222 160v-40q0 -24 18 -24t18 24v40z"', p.accent)
    )


def bar(rng: random.Random, p: Palette) -> str:
    turn = rng.choice((-14, -8, 9))
    notches = "".join(f"l7 {5 if i % 2 else -5}" for i in range(6))
    wrapper = '<path d="M96 250l18 -6h252l18 6v92l-18 6h-252l-18 -6z"'
    berries = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{p.main}"/><path d="M{x} {y - r}q4 -10 12 -8" fill="none" '
        f'stroke="{p.accent}" stroke-width="3"/>'
        for x, y, r in ((172, 382, 15), (208, 388, 11), (316, 386, 13))
    )
    return (
        shadow(160)
        + f'<g transform="rotate({turn} 240 300)">{shaded(wrapper, p.main)}'
        + f'<path d="M96 250{notches}" fill="none"/><rect x="96" y="250" width="20" height="92" fill="{p.deep}" '
        + f'opacity=".5"/><rect x="364" y="250" width="20" height="92" fill="{p.deep}" opacity=".5"/>'
        + f'<rect x="150" y="270" width="180" height="52" rx="26" fill="{p.light}"/>'
        + sprig(rng, 184, 296, 16, p.main)
        + f'<rect x="214" y="286" width="90" height="7" rx="3" fill="{p.deep}"/>'
        + f'<rect x="214" y="302" width="60" height="5" rx="2" fill="{p.accent}"/></g>{berries}'
    )


def honey(rng: random.Random, p: Palette) -> str:
    wide = rng.choice((150, 170))
    left = 240 - wide / 2
    return (
        shadow(wide * 0.62)
        + shaded(
            f'<path d="M{left} 262q0 -28 26 -32h{wide - 52}q26 4 26 32v106q0 28 -28 28h-{wide - 56}q-28 0 -28 -28z"',
            p.main,
        )
        + f'<ellipse cx="240" cy="318" rx="{wide * 0.33}" ry="44" fill="{p.light}"/>'
        + sprig(rng, 240, 314, 22, p.accent)
        + f'<path d="M{left + 6} 226q{wide / 2 - 6} -60 {wide - 12} 0l8 18q-{wide / 2} 14 -{wide + 4} 0z" fill="{p.accent}"/>'
        + f'<path d="M{left + 4} 226q{wide / 2} 14 {wide - 8} 0" fill="none" stroke="{p.deep}" stroke-width="5"/>'
    )


def lamp(rng: random.Random, p: Palette) -> str:
    shade = rng.choice(
        (
            "M168 210q0 -96 72 -96t72 96z",
            "M192 118h96l40 92h-176z",
            "M150 206q90 -140 180 0q-90 26 -180 0z",
            "M180 110h120v100h-120z",
        )
    )
    foot = rng.choice(
        (
            f'<rect x="232" y="206" width="16" height="180" fill="{p.deep}"/>',
            f'<path d="M206 390q-14 -92 24 -180h20q38 88 24 180z" fill="{p.accent}"/>',
            f'<circle cx="240" cy="336" r="50" fill="{p.accent}"/><rect x="230" y="206" width="20" height="90" fill="{p.deep}"/>',
        )
    )
    return (
        f'<circle cx="240" cy="226" r="186" fill="{p.light}" opacity=".38"/>'
        f'<circle cx="240" cy="226" r="116" fill="{p.light}" opacity=".55"/>'
        + shadow(100)
        + foot
        + shaded('<rect x="178" y="380" width="124" height="16" rx="8"', p.deep)
        + f'<ellipse cx="240" cy="212" rx="56" ry="14" fill="{p.light}"/>'
        + shaded(f'<path d="{shade}"', p.main)
    )


def pendant(rng: random.Random, p: Palette) -> str:
    shade = rng.choice(
        (
            "M140 288q0 -108 100 -108t100 108z",
            "M214 160h52l82 130h-216z",
            "M176 290q-20 -120 64 -130q84 10 64 130z",
            "M130 268q110 -110 220 0l-12 22h-196z",
        )
    )
    return (
        f'<path d="M150 290l-110 190h400l-110 -190z" fill="{p.light}" opacity=".5"/>'
        f'<rect x="237" y="0" width="6" height="170" fill="{p.deep}"/>'
        f'<ellipse cx="240" cy="290" rx="70" ry="16" fill="{p.light}"/>'
        + shaded(f'<path d="{shade}"', p.main)
        + f'<rect x="226" y="138" width="28" height="34" rx="5" fill="{p.accent}"/>'
    )


def notebook(rng: random.Random, p: Palette) -> str:
    turn = rng.choice((-7, -3, 5))
    cover = "".join(
        (
            f'<rect x="150" y="126" width="186" height="262" rx="7" fill="{p.light}" transform="translate(8 6)"/>',
            shaded('<rect x="146" y="122" width="186" height="262" rx="8"', p.main),
            f'<rect x="146" y="122" width="26" height="262" rx="8" fill="{p.deep}"/>',
        )
    )
    front = rng.choice(
        (
            pattern(rng, p.light, 180, 134, 144, 238),
            (
                f'<rect x="196" y="168" width="112" height="66" rx="3" fill="{p.light}"/>'
                f'<rect x="212" y="192" width="80" height="5" fill="{p.deep}"/>'
                f'<rect x="212" y="206" width="52" height="5" fill="{p.accent}"/>'
            ),
            sprig(rng, 252, 250, 66, p.light),
        )
    )
    band = f'<rect x="302" y="122" width="11" height="262" fill="{p.accent}"/>'
    ribbon = f'<path d="M214 384v30l8 -9 8 9v-30z" fill="{p.accent}"/>'
    return shadow(118) + f'<g transform="rotate({turn} 240 396)">{ribbon}{cover}{front}{band}</g>'


def pencils(rng: random.Random, p: Palette) -> str:
    colours = [p.main, p.accent, p.deep, p.light, p.main]
    rng.shuffle(colours)
    drawn = ""
    for place, colour in enumerate(colours):
        x, top = 172 + place * 29, 140 + rng.randrange(46)
        drawn += (
            f'<path d="M{x} {top + 34}l11 -34 11 34z" fill="#ecd2a8"/><path d="M{x + 8} {top + 10}l3 -10 3 10z" '
            f'fill="{colour}"/>' + shaded(f'<rect x="{x}" y="{top + 34}" width="22" height="{352 - top}"', colour)
        )
    box = shaded('<path d="M156 286h168v100q0 10 -10 10h-148q-10 0 -10 -10z"', p.main)
    return (
        shadow(104)
        + drawn
        + box
        + f'<rect x="190" y="316" width="100" height="46" rx="3" fill="{p.light}"/>'
        + sprig(rng, 240, 339, 14, p.deep)
    )


def plant(rng: random.Random, p: Palette) -> str:
    leaves = "".join(_leaf(rng, p, turn) for turn in _fan(rng))
    pot = rng.choice(
        (
            '<path d="M176 306h128l-16 78q-2 12 -14 12h-68q-12 0 -14 -12z"',
            '<path d="M172 312q68 -20 136 0q10 84 -36 84h-64q-46 0 -36 -84z"',
            '<rect x="184" y="306" width="112" height="90" rx="10"',
        )
    )
    return shadow(92) + leaves + shaded(pot, p.accent) + speckles(rng, p.deep, 190, 322, 100, 60)


def _fan(rng: random.Random) -> list[float]:
    count = rng.choice((7, 9, 11))
    turns = [-74 + 148 * i / (count - 1) + rng.uniform(-6, 6) for i in range(count)]
    return sorted(turns, key=lambda turn: -abs(turn))


def _leaf(rng: random.Random, p: Palette, turn: float) -> str:
    long = rng.uniform(150, 215) - abs(turn) * 0.5
    wide = long * rng.choice((0.12, 0.2, 0.28))
    fill = rng.choice((p.main, p.main, p.deep, p.light))
    leaf = f"M240 316q{-wide} {-long * 0.6} 0 {-long}q{wide} {long * 0.4} 0 {long}"
    vein = f'<path d="M240 312v{-long * 0.82}" stroke="{p.back}" stroke-opacity=".5" stroke-width="2.5"/>'
    return f'<g transform="rotate({turn:.1f} 240 316)"><path d="{leaf}" fill="{fill}"/>{vein}</g>'


def vase(rng: random.Random, p: Palette) -> str:
    shape = rng.choice(
        (
            "M214 176h52v40q52 30 52 98q0 60 -32 82h-92q-32 -22 -32 -82q0 -68 52 -98z",
            "M190 200h100l-14 40q30 60 8 156h-88q-22 -96 8 -156z",
            "M168 250q72 -24 144 0q-4 112 -34 146h-76q-30 -34 -34 -146z",
        )
    )
    stems = "".join(
        f'<g transform="rotate({turn} 240 240)"><path d="M240 250V{top}" stroke="{p.deep}" stroke-width="4"/>'
        f"{sprig(rng, 240, top + 20, 30, p.main)}</g>"
        for turn, top in ((-18, 92), (2, 70), (20, 104))
    )
    return shadow(92) + stems + shaded(f'<path d="{shape}"', p.accent)


def sprig(rng: random.Random, x: float, y: float, size: float, colour: str) -> str:
    """A stem with paired leaves: the shop's mark, on labels and covers."""
    pairs = rng.choice((2, 3))
    leaves = ""
    for pair in range(pairs):
        at = y + size - (pair + 0.6) * 2 * size / (pairs + 0.6)
        reach = size * (0.8 - 0.14 * pair)
        for side in (-1, 1):
            leaves += (
                f'<path d="M{x:.1f} {at:.1f}q{side * reach * 0.3:.1f} {-reach * 0.7:.1f} {side * reach:.1f} {-reach * 0.6:.1f}'
                f'q{-side * reach * 0.1:.1f} {reach * 0.7:.1f} {-side * reach:.1f} {reach * 0.6:.1f}z" fill="{colour}"/>'
            )
    stem = (
        f'<path d="M{x:.1f} {y + size:.1f}V{y - size:.1f}" stroke="{colour}" stroke-width="{max(2, size / 12):.1f}"/>'
    )
    return stem + leaves


def speckles(rng: random.Random, colour: str, left: float, top: float, wide: float, tall: float) -> str:
    dots = "".join(
        f'<circle cx="{left + rng.random() * wide:.0f}" cy="{top + rng.random() * tall:.0f}" r="{rng.uniform(1, 2.6):.1f}"/>'
        for _ in range(rng.choice((0, 14, 34)))
    )
    return f'<g fill="{colour}" opacity=".45">{dots}</g>'


def pattern(rng: random.Random, colour: str, left: float, top: float, wide: float, tall: float) -> str:
    """Stripes, dots, waves or chevrons within a rectangle."""
    kind = rng.choice(("stripes", "dots", "waves", "chevrons"))
    rows = range(1, max(2, math.floor(tall / 24)))
    lines = {
        "stripes": (f'<path d="M{left} {top + r * 24}h{wide}" stroke-width="6"/>' for r in rows),
        "dots": (
            f'<path d="M{left + 14} {top + r * 24}h{wide - 20}" stroke-width="8" stroke-dasharray="0 22" '
            'stroke-linecap="round"/>'
            for r in rows
        ),
        "waves": (
            f'<path d="M{left} {top + r * 24}' + "q9 -14 18 0t18 0" * int(wide // 36) + '" stroke-width="4"/>'
            for r in rows
        ),
        "chevrons": (
            f'<path d="M{left} {top + r * 24}' + "l12 -12 12 12" * int(wide // 24) + '" stroke-width="4"/>'
            for r in rows
        ),
    }
    return f'<g fill="none" stroke="{colour}" opacity=".85">{"".join(lines[kind])}</g>'


Motif = Callable[[random.Random, Palette], str]
_KITCHEN: tuple[Motif, ...] = (tin, pouch, mug, teapot, jar, dropper, bar, honey)
_HOUSE: tuple[Motif, ...] = (shoe, bottle, lamp, pendant, notebook, pencils, plant, vase)
MOTIFS = {motif.__name__: motif for motif in (*_KITCHEN, *_HOUSE)}
"""Every form by the name the catalogue uses."""
