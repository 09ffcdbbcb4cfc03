"""The signs that carry meaning by their shape: status signs for tables, and the marks of a training set."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

from matplotlib.path import Path as Outline

from hiphitch_analysis.report.palette import GOOD, INK, MEND, MUTED, WATCH, WATCH_TEXT


@dataclass(frozen=True, slots=True)
class Status:
    """One status sign: its word, its colours, and its outline in a 16 × 16 box."""

    word: str
    fill: str
    line: str
    outline: str
    inner: str


_EIGHTH = [(8 + 7 * math.cos(math.pi * (i + 0.5) / 4), 8 + 7 * math.sin(math.pi * (i + 0.5) / 4)) for i in range(8)]
_DISC = "M8 1a7 7 0 1 0 0 14a7 7 0 1 0 0-14z"
STATUSES: dict[str, Status] = {
    "good": Status("good", GOOD, GOOD, _DISC, "M4.6 8.2 7 10.6 11.4 5.8"),
    "watch": Status("watch", WATCH, WATCH_TEXT, "M8 1.4 15.2 14.4H.8z", "M8 5.8V10M8 11.6V12.6"),
    "mend": Status("mend first", MEND, MEND, "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in _EIGHTH) + "z", "M4.8 8H11.2"),
    "unseen": Status("not seen", "none", MUTED, _DISC, "M6 6.4Q6 4.6 8 4.6T10 6.4Q10 7.5 8 8.4V9.2M8 10.9V11.7"),
}

# A training set that stopped at its target: an open arrow, "at least this many".
AT_LEAST = Outline([(-0.22, -0.5), (0.22, -0.5), (0.22, 0.0), (0.5, 0.0), (0.0, 0.5), (-0.5, 0.0), (-0.22, 0.0), (-0.22, -0.5)], closed=True)
NOT_MEASURED = "x"


def status_svg(status: str, sure: bool, word: str = "") -> str:
    """Draw a status sign as inline SVG with a text alternative.

    Parameters
    ----------
    status : {"good", "watch", "mend", "unseen"}
        What the sign says.
    sure : bool
        Filled when at least 80 % sure, else outlined; "unseen" is always a dashed ring.
    word : str, optional
        What it says, where it stands for something else than a point of form.

    Returns
    -------
    str
        An ``<svg>`` element of 16 × 16 px.

    Raises
    ------
    ValueError
        An unknown status.

    Examples
    --------
    >>> status_svg("mend", sure=False)
    '<svg class="sign mend" role="img" aria-label="mend first, less sure" ...</svg>'
    """
    sign = _status(status)
    filled = sure and status != "unseen"
    word = word or sign.word
    label = html.escape(word if filled or status == "unseen" else f"{word}, less sure")
    inner = _inner_colour(status, sign, filled)
    dash = ' stroke-dasharray="2.2 1.5"' if status == "unseen" else ""
    fill = sign.fill if filled else "none"
    return (
        f'<svg class="sign {status}" role="img" aria-label="{label}" width="16" height="16" viewBox="0 0 16 16">'
        f'<path d="{sign.outline}" fill="{fill}" stroke="{sign.line}" stroke-width="1.4" stroke-linejoin="round"{dash}></path>'
        f'<path d="{sign.inner}" fill="none" stroke="{inner}" stroke-width="{1.5 if status == "unseen" else 1.9}"></path></svg>'
    )


def _status(status: str) -> Status:
    if status not in STATUSES:
        raise ValueError(f"status: expected one of {', '.join(STATUSES)}, got {status!r}.")
    return STATUSES[status]


def _inner_colour(status: str, sign: Status, filled: bool) -> str:
    if not filled:
        return sign.line
    return INK if status == "watch" else "white"
