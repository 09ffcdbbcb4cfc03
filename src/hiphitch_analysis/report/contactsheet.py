"""What was seen in a video of printed markers, on one picture: a few frames with every marker found outlined, and what was missed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.read.markertracks import MarkerTracks
from hiphitch_analysis.read.text import printable
from hiphitch_analysis.read.tracker import BODY_IDS, HIP_IDS, MARKER_IDS, STATIC_IDS
from hiphitch_analysis.read.video import grab_frames
from hiphitch_analysis.report.canvas import MM_PER_INCH
from hiphitch_analysis.report.palette import GOOD_TEXT, INK, MEND, MEND_TEXT, MUTED, WATCH
from hiphitch_analysis.session import Session

Array = NDArray[np.float64]

NAMES = {0: "right hip", 1: "left hip", 2: "breastbone", 3: "free ankle", 4: "wall", 5: "floor"}
REPS, MISSES = 6, 3  # lowest points and missed markers shown at most
FEWEST = 8  # frames, where the clip is long enough
COLUMNS, PANEL_MM, HEAD_MM, CAPTION_MM, DPI = 6, 46.0, 22.0, 9.0, 130
TALLEST = 2.2  # times as high as wide
QUALITY = 72  # of the JPEG
PRIVACY = "A picture of a person is health data. It was written to this machine and sent nowhere; ask the athlete before passing it on."


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame worth looking at.

    Attributes
    ----------
    number : int
        Of the frame, from 0.
    what : str
        Why it is shown.
    """

    number: int
    what: str


def write_contact_sheet(video: str | Path, session: Session, out: str | Path) -> Path | None:
    """Leave ``<recording>_seen.jpg`` in the folder `out`.

    Parameters
    ----------
    video : str or Path
        The file that was analysed.
    session : Session
        What was found in it.
    out : str or Path
        Folder.

    Returns
    -------
    Path or None
        None where the recording is no video of printed markers.
    """
    if not isinstance(session.source, MarkerTracks):
        return None
    moments = choose_moments(session)
    frames = grab_frames(video, [moment.number for moment in moments], session.source.quarters)
    return write_whole(Path(out) / f"{session.recording}_seen.jpg", draw_contact_sheet(session, moments, frames))


def choose_moments(session: Session) -> list[Moment]:
    """Choose frames spread over the clip: standing still, lowest points, markers missed, beginning and end.

    Parameters
    ----------
    session : Session
        Of a video.

    Returns
    -------
    list of Moment
        In order of time, at most 12.
    """
    tracks = _tracks(session)
    time_s = tracks.table.index.to_numpy(dtype=float)

    def frame_at(at_s: float) -> int:
        return int(np.abs(time_s - at_s).argmin())

    shown: dict[int, str] = {}
    whole = np.asarray(np.isfinite(_corners(tracks)[:, list(HIP_IDS), 0, 0]).all(axis=1))
    for missed in _longest_gaps(whole)[:MISSES]:
        shown[missed] = "hip marker missed"
    reps = session.reps[session.reps["kind"].eq("complete")].reset_index(drop=True)
    for i in np.unique(np.linspace(0, len(reps) - 1, min(REPS, len(reps))).round().astype(int)):
        shown.setdefault(frame_at(reps["bottom_s"].iloc[i]), f"repetition {i + 1}, lowest")
    if session.zero_s is not None:
        shown.setdefault(frame_at(float(np.mean(session.zero_s))), "quiet stance")
    first, last = np.flatnonzero(whole)[[0, -1]]
    shown.setdefault(int(first), "first sight")
    shown.setdefault(int(last), "last sight")
    for between in np.linspace(first, last, FEWEST).round().astype(int):
        if len(shown) < FEWEST and min(abs(between - number) for number in shown) > (last - first) / (2 * FEWEST):
            shown[int(between)] = "in between"
    return [Moment(number, shown[number]) for number in sorted(shown)]


def draw_contact_sheet(session: Session, moments: list[Moment], frames: dict[int, NDArray[np.uint8]]) -> bytes:
    """Draw the frames, the markers outlined and numbered, as JPEG.

    Parameters
    ----------
    session : Session
        Of a video.
    moments : list of Moment
    frames : dict of int to ndarray of uint8, shape (height, width, 3)
        From `grab_frames`; a moment without its frame is left out.

    Returns
    -------
    bytes
    """
    tracks = _tracks(session)
    corners = _corners(tracks)
    moments = [moment for moment in moments if moment.number in frames]
    left, top, right, bottom = _crop(corners[[moment.number for moment in moments]], corners, tracks.frame_px)
    rows = max(1, int(np.ceil(len(moments) / COLUMNS)))
    panel_mm = PANEL_MM * min(TALLEST, (bottom - top) / (right - left))
    height_mm = HEAD_MM + rows * (panel_mm + CAPTION_MM)
    fig = Figure(figsize=(COLUMNS * PANEL_MM / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=DPI, facecolor="white")
    _write_head(fig, session, corners, height_mm)
    for i, moment in enumerate(moments):
        up_mm = height_mm - HEAD_MM - (i // COLUMNS + 1) * (panel_mm + CAPTION_MM)
        place = (i % COLUMNS / COLUMNS + 0.004, up_mm / height_mm, 1 / COLUMNS - 0.008, panel_mm / height_mm)
        ax = fig.add_axes(place)
        ax.imshow(
            frames[moment.number][top:bottom, left:right], extent=(left - 0.5, right - 0.5, bottom - 0.5, top - 0.5), interpolation="antialiased"
        )
        ax.set_xlim(left - 0.5, right - 0.5)
        ax.set_ylim(bottom - 0.5, top - 0.5)
        ax.axis("off")
        _mark(ax, corners[moment.number])
        _caption(ax, session, moment, corners)
    sheet = io.BytesIO()
    fig.savefig(sheet, format="jpeg", pil_kwargs={"quality": QUALITY})
    return sheet.getvalue()


def _tracks(session: Session) -> MarkerTracks:
    if not isinstance(session.source, MarkerTracks):
        raise ValueError(f"contact sheet: {session.recording} is no video. Only a video of printed markers leaves one.")
    return session.source


def _corners(tracks: MarkerTracks) -> Array:
    """Return the corners of all six markers, shape (n, 6, 4, 2) [px]."""
    names = [f"m{i}_{corner}_{axis}_px" for i in MARKER_IDS for corner in range(4) for axis in "xy"]
    table = tracks.table.reindex(columns=names)
    still = [name for name in names if int(name[1]) in STATIC_IDS]  # looked for now and then, and there in between
    table[still] = table[still].ffill().bfill()
    return np.asarray(table.to_numpy(dtype=float).reshape(-1, 6, 4, 2))


def _longest_gaps(whole: NDArray[np.bool_]) -> list[int]:
    """Return the middles of the gaps between first sight and last, the longest first."""
    edges = np.flatnonzero(np.diff(whole.astype(int)))
    edges = edges[int(not whole[0]) :]  # a gap begins where sight ends
    gaps = [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    return [(start + 1 + end) // 2 for start, end in sorted(gaps, key=lambda gap: gap[0] - gap[1])]


def _crop(shown: Array, corners: Array, frame_px: tuple[int, int]) -> tuple[int, int, int, int]:
    """Choose what to show of every frame: from below the neck to the knees, or the ankle where it wears a marker, so that the face is left out."""
    hips = shown[:, list(HIP_IDS)].mean(axis=2)
    spacing = float(np.nanmedian(np.linalg.norm(corners[:, 1].mean(axis=1) - corners[:, 0].mean(axis=1), axis=1)))
    low, high = np.nanmin(hips, axis=(0, 1)), np.nanmax(hips, axis=(0, 1))
    left, top = low - np.array([0.9, 1.5]) * spacing  # the shoulders are two spacings above the hip bones
    right, bottom = high + np.array([0.9, 1.8]) * spacing
    body = shown[:, list(BODY_IDS)]
    for i in (2, 3):
        if np.isfinite(body[:, i]).any():
            edge = 0.15 * spacing
            left, right = min(left, np.nanmin(body[:, i, :, 0]) - edge), max(right, np.nanmax(body[:, i, :, 0]) + edge)
            if i == 2:
                top = np.nanmin(body[:, i, :, 1]) - edge
            else:
                bottom = max(bottom, np.nanmax(body[:, i, :, 1]) + edge)
    return max(0, int(left)), max(0, int(top)), min(frame_px[0], int(right)), min(frame_px[1], int(bottom))


def _write_head(fig: Figure, session: Session, corners: Array, height_mm: float) -> None:
    def line(mm: float, text: str, size: float, colour: str) -> None:
        fig.text(0.006, 1 - mm / height_mm, text, fontsize=size, color=colour, va="baseline", parse_math=False)

    tracks = _tracks(session)
    wide, high = tracks.frame_px
    line(6, f"What was seen in {printable(session.recording, 60)}", 13, INK)
    clip = f"{len(tracks.table)} frames in {session.duration_s:.1f} s, {wide} × {high} px"
    line(11, f"{clip}. Green: markers found. Degrees: obliquity by the line between the hips, negative where the free side is lower.", 8.5, MUTED)
    shares = []
    for i in MARKER_IDS:
        seen = np.isfinite(corners[:, i, 0, 0])
        if i in BODY_IDS:
            shares.append(f"{i} {NAMES[i]} {f'{seen.mean():.0%}' if seen.any() else 'never seen'}")
        else:
            shares.append(f"{i} {NAMES[i]} {'seen' if seen.any() else 'never seen'}")
    line(15.5, "Share of frames: " + "  ·  ".join(shares), 8.5, INK)
    line(20, PRIVACY, 7.5, MUTED)


def _mark(ax: Axes, squares: Array) -> None:
    """Outline the markers of one frame and join the two on the hips."""
    halo = [withStroke(linewidth=3.2, foreground="white")]
    middles = squares[list(HIP_IDS)].mean(axis=1)
    if np.isfinite(middles).all():
        ax.plot(*middles.T, color=WATCH, linewidth=1.2, path_effects=[withStroke(linewidth=2.4, foreground=INK)])
    for i in MARKER_IDS:
        if np.isfinite(squares[i]).all():
            ax.plot(*np.vstack([squares[i], squares[i][:1]]).T, color=GOOD_TEXT, linewidth=1.4, path_effects=halo)
            x, y = squares[i][:, 0].mean(), squares[i][:, 1].max()
            if ax.get_xlim()[0] < x < ax.get_xlim()[1] and ax.get_ylim()[1] < y < ax.get_ylim()[0]:
                ax.annotate(
                    str(i), (x, y), (0, -3), textcoords="offset points", ha="center", va="top", fontsize=9, weight="bold", color=GOOD_TEXT,
                    path_effects=halo, annotation_clip=True,
                )  # fmt: skip


def _caption(ax: Axes, session: Session, moment: Moment, corners: Array) -> None:
    """Write time and reason above a frame, and in a warm colour which markers lack that were seen elsewhere."""
    time_s = float(_tracks(session).table.index[moment.number])
    angle = float(session.angles["obliquity_deg"].iloc[moment.number])
    lacks = [i for i in BODY_IDS if np.isnan(corners[moment.number, i]).any() and np.isfinite(corners[:, i]).any()]
    second = f"lacks {', '.join(f'{i} {NAMES[i]}' for i in lacks)}" if lacks else _in_words(angle)
    ax.set_title(f"{time_s:.1f} s  {moment.what}\n", fontsize=8, color=INK, loc="left", pad=2)
    ax.text(
        0, 1.0, second, transform=ax.transAxes, fontsize=8, color=MEND_TEXT if lacks else MUTED, weight="bold" if lacks else "normal", va="bottom"
    )
    if lacks:
        ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, fill=False, edgecolor=MEND, linewidth=2.5))


def _in_words(angle_deg: float) -> str:
    return f"{round(angle_deg, 1) + 0.0:.1f}°".replace("-", "−") if np.isfinite(angle_deg) else "not measured"
