"""The rep editor where nothing can be dragged: one still picture of the recording with its repetitions, as SVG."""

from __future__ import annotations

import html
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

# As in report/palette.py, which a room of the same floor cannot ask; a test holds them, and the style sheet's, against it.
COLOURS = {"left": "#0072B2", "right": "#1B1F24", "level": "#00694D", "band": "#DDF0EA", "muted": "#5B6570", "rule": "#C9CFD6", "wash": "#F3F5F7"}
WIDTH, HEIGHT, BELOW = 688, 150, 18  # px; 182 mm at 96 px to the inch
ROOM = 48.0  # for a word below the picture


def draw_still(angles: pd.DataFrame, reps: pd.DataFrame, stance: str, band_deg: float | None, sentence: str) -> str:
    """Draw obliquity over time with the repetitions.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.
    reps : DataFrame
        Table REPS.
    stance : {"left", "right"}
        The leg stood on, where `angles` has no sides.
    band_deg : float or None
        Half width of the band around level [°]; None where level is not known.
    sentence : str
        What the picture says, its title for screen readers.

    Returns
    -------
    str
        An SVG document.
    """
    time_s, obliquity = angles.index.to_numpy(dtype=float), angles["obliquity_deg"].to_numpy(dtype=float)
    highest, lowest = max(3.0, float(np.nanmax(obliquity, initial=3.0))) + 1, float(np.nanmin(obliquity, initial=-3.0)) - 1
    x = (time_s - time_s[0]) / max(time_s[-1] - time_s[0], 1e-9) * WIDTH

    def place(time: float) -> float:
        return float(np.interp(time, time_s, x))

    def height(degrees: float) -> float:
        return (highest - degrees) / (highest - lowest) * HEIGHT

    parts, written = [], -ROOM
    if band_deg is not None:
        top, bottom = height(band_deg), height(-band_deg)
        parts += [f'<rect x="0" y="{top:.1f}" width="{WIDTH}" height="{bottom - top:.1f}" fill="{COLOURS["band"]}"/>']
        parts += [f'<path d="M0 {height(0.0):.1f}H{WIDTH}" stroke="{COLOURS["level"]}"/>']
    for rep in reps.itertuples():
        begin, end = place(rep.start_s), place(rep.end_s)
        counted = rep.kind == "complete"
        look = f'stroke="{COLOURS["rule"]}"' if counted else f'stroke="{COLOURS["muted"]}" stroke-dasharray="2 2"'
        parts += [f'<rect x="{begin:.1f}" y="0" width="{end - begin:.1f}" height="{HEIGHT}" fill="none" stroke-width=".6" {look}/>']
        if not counted and (begin + end) / 2 > written + ROOM:
            written = (begin + end) / 2
            word = html.escape(str(rep.kind))
            parts += [f'<text x="{written:.1f}" y="{HEIGHT + 13}" font-size="10" text-anchor="middle" fill="{COLOURS["muted"]}">{word}</text>']
    sides = angles["side"].to_numpy() if "side" in angles else np.full(len(angles), stance)
    for side in ("left", "right"):
        line = _trace(x, np.where(sides == side, obliquity, np.nan), height)
        parts += [f'<path d="{line}" fill="none" stroke="{COLOURS[side]}" stroke-width="1"/>'] if line else []
    title = html.escape(sentence)
    box = f'viewBox="0 0 {WIDTH} {HEIGHT + BELOW}" width="{WIDTH}" height="{HEIGHT + BELOW}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" font-family="Source Sans 3, Arial, sans-serif"><title>{title}</title>'
    return f'{head}<rect width="{WIDTH}" height="{HEIGHT + BELOW}" fill="white"/>{"".join(parts)}</svg>'


def _trace(x: Array, values: Array, height: Callable[[float], float]) -> str:
    """Return the path of a curve, per pixel its lowest and highest value; a gap is left as one."""
    pixel = x.astype(int)
    commands = []
    pen = "M"
    for at in range(WIDTH + 1):
        first, last = np.searchsorted(pixel, (at, at + 1))
        here = values[first:last]
        here = here[np.isfinite(here)]
        if not len(here):
            pen = "M" if last > first else pen
            continue
        ends = (here.min(), here.max()) if here[0] < here[-1] else (here.max(), here.min())
        for offset, value in zip((0.25, 0.75), ends, strict=True):
            commands.append(f"{pen}{at + offset:g} {height(float(value)):.1f}")
            pen = "L"
    return "".join(commands)
