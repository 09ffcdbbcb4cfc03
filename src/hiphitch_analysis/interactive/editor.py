"""The rep editor: boundaries dragged on the angle itself, every edit at once a row of a corrections file."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hiphitch_analysis.interactive.edits import TIMES, Edits, add_rep, begin_edits, edits_to_table, keep_rep, move_rep, redo, reset_rep, undo
from hiphitch_analysis.interactive.effects import describe_rep, list_effects, summarise_side
from hiphitch_analysis.interactive.still import WIDTH, draw_still
from hiphitch_analysis.norms import RETURN_ERROR_DEG
from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.read.corrections import corrections_to_csv, read_corrections
from hiphitch_analysis.reps.corrections import apply_corrections, select_corrections
from hiphitch_analysis.reps.propose import propose_rep
from hiphitch_analysis.schema import SIDES
from hiphitch_analysis.session.correcting import correct_session, measure_found, no_corrections
from hiphitch_analysis.session.recording import analyse
from hiphitch_analysis.session.session import Session

TRACE_HZ = 50.0  # draws a curve low-passed at 5 Hz as it is, and weighs 60 kB in ten minutes
GAP = np.iinfo(np.int16).min  # hundredths of a degree; this one stands for a gap
SVG, HTML = "image/svg+xml", "text/html"


class RepEditor:
    """A recording's repetitions on screen, and what was edited in them.

    Parameters
    ----------
    session : Session
        From `analyse`.
    path : Path
        The corrections file. What it says of other recordings is kept.

    Attributes
    ----------
    path : Path
    edits : Edits
        What is corrected now, with the way back.
    reps : DataFrame
        Table REPS as it stands.
    status : str
        The last thing to say: how many edits are saved where, or why one could not be.
    widget : AnyWidget
        What JupyterLab shows.
    """

    def __init__(self, session: Session, path: Path) -> None:
        self.path = path
        if path.exists():
            table = read_corrections(path)
            self._others = table[table["recording"].ne(session.recording)]
            start = select_corrections(table, session.recording)
        else:
            self._others, start = no_corrections(), session.corrections
        self.edits = begin_edits(start)
        self._automatic = correct_session(session, no_corrections()) if len(session.corrections) else session
        self._corrected: tuple[Edits, Session] | None = None
        self.reps = self._measure(self.edits)
        self.status, self._problem = self._say_count(), False
        self.widget = _make_widget(encode_trace(session.angles), self._state())
        self.widget.on_msg(self._receive)

    @property
    def corrections(self) -> pd.DataFrame:
        """Table CORRECTIONS as it stands."""
        return edits_to_table(self.edits, self._automatic.recording)

    @property
    def session(self) -> Session:
        """The corrected session: everything judged by the repetitions as they stand."""
        if self._corrected is None or self._corrected[0].now != self.edits.now:
            self._corrected = (self.edits, correct_session(self._automatic, self.corrections))
        return self._corrected[1]

    def move(self, rep: int, times: tuple[float, float, float]) -> None:
        """Give the repetition of this number (as found) its start, bottom and end [s]."""
        self._edit(lambda: move_rep(self.edits, self._automatic.found, rep, times))

    def keep(self, rep: int, keep: bool) -> None:
        """Leave a repetition out, or take it back in."""
        self._edit(lambda: keep_rep(self.edits, self._automatic.found, rep, keep))

    def add(self, at_s: float) -> None:
        """Add a repetition near a moment [s]."""
        self._edit(lambda: add_rep(self.edits, self._automatic.found, propose_rep(self._automatic.angles, self.reps, at_s)))

    def reset(self, rep: int) -> None:
        """Take a repetition back to what was found."""
        self._edit(lambda: reset_rep(self.edits, rep))

    def undo(self) -> None:
        """Take the last edit back."""
        self._edit(lambda: undo(self.edits))

    def redo(self) -> None:
        """Do again what was taken back."""
        self._edit(lambda: redo(self.edits))

    def done(self) -> None:
        """Judge the corrected session, so that the cells below have it."""
        n_reps = int(self.session.reps["kind"].eq("complete").sum())
        self.status, self._problem = f"Done: {n_reps} reps judged anew. Run the cells below; they take them from the editor's session.", False

    def _edit(self, make: Callable[[], Edits]) -> None:
        """Make an edit, unless it cannot be; it is on disk before it is on screen."""
        try:
            edits = make()
            reps = self._measure(edits)
            if edits.now != self.edits.now:
                own = edits_to_table(edits, self._automatic.recording)
                write_whole(self.path, corrections_to_csv(pd.concat([table for table in (self._others, own) if len(table)] or [own])))
        except ValueError as error:
            text = str(error).removeprefix("corrections: ")
            self.status, self._problem = f"Not done: {text}", True
            return
        changed = edits.now != self.edits.now
        self.edits, self.reps = edits, reps
        self.status, self._problem = f"{self._say_count()}, saved to {self.path.name} at {datetime.now():%H:%M}" if changed else self.status, False

    def _measure(self, edits: Edits) -> pd.DataFrame:
        automatic = self._automatic
        found = apply_corrections(automatic.angles, automatic.found, edits_to_table(edits, automatic.recording), automatic.stance)
        return measure_found(automatic.angles, found, automatic.relative_zero, automatic.precision)

    def _say_count(self) -> str:
        count = len(list_effects(self.edits.now, self._automatic.reps, self.reps))
        return f"{count or 'No'} edit{'' if count == 1 else 's'}"

    def _receive(self, _: object, content: dict[str, Any], __: object) -> None:
        """Do what the screen asks for, and show what came of it."""
        action = {
            "move": lambda: self.move(int(content["rep"]), tuple(float(time) for time in content["times"])),  # type: ignore[arg-type]
            "keep": lambda: self.keep(int(content["rep"]), bool(content["keep"])),
            "add": lambda: self.add(float(content["at_s"])),
            "reset": lambda: self.reset(int(content["rep"])),
            "undo": self.undo,
            "redo": self.redo,
            "done": self.done,
        }[content["do"]]
        known = {edit.rep for edit in self.edits.now}
        action()
        new = [edit.rep for edit in self.edits.now if edit.rep not in known] if content["do"] == "add" else []
        self.widget.state = self._state() | {"answers": content["asked"], "select": new[0] if new else None}

    def _state(self) -> dict[str, Any]:
        """Return everything the screen shows, but for the trace."""
        automatic = self._automatic
        was = {int(row["rep"]): row for row in automatic.reps.to_dict("records")}
        now = {int(row["found_rep"] if "found_rep" in row else row["rep"]): row for row in self.reps.to_dict("records")}
        reps = [_show_rep(number, was.get(number), now.get(number)) for number in sorted({*was, *now})]
        athlete = automatic.details.athlete_id
        return {
            "title": automatic.recording + (f", {athlete}" if athlete else ""),
            "status": self.status,
            "problem": self._problem,
            "can_undo": bool(self.edits.past),
            "can_redo": bool(self.edits.future),
            "band_deg": None if automatic.relative_zero else RETURN_ERROR_DEG.mild.value,
            "sides": [{"side": side, "title": summarise_side(side, self.reps), **span} for side, span in _side_spans(automatic).items()],
            "reps": sorted(reps, key=lambda rep: rep["times"]),
            "edits": list_effects(self.edits.now, automatic.reps, self.reps),
            "answers": None,
            "select": None,
        }

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, object]]:
        """Give a notebook the widget, and whoever has no kernel a picture of the repetitions as they stand, with a sentence."""
        automatic = self._automatic
        counts = "; ".join(summarise_side(side, self.reps) for side in _side_spans(automatic))
        sentence = f"{automatic.recording}: {counts}. {self._say_count()} by hand. Boundaries are dragged where this notebook runs in JupyterLab."
        band = None if automatic.relative_zero else RETURN_ERROR_DEG.mild.value
        shown: dict[str, object] = dict(self.widget._repr_mimebundle_()[0])
        shown |= {SVG: draw_still(automatic.angles, self.reps, automatic.stance, band, sentence), "text/plain": sentence}
        shown[HTML] = f'<p class="remark">{html.escape(sentence)}</p>'
        return shown, {SVG: {"alt": sentence, "width": WIDTH}}


def edit_reps(session: Session | str | Path, corrections_csv: str | Path | None = None) -> RepEditor:
    """Show a recording's repetitions to be moved, left out and added by hand.

    Parameters
    ----------
    session : Session, str or Path
        From `analyse`; or a recording that needs no more said than the file itself tells.
    corrections_csv : str or Path, optional
        Where every edit is written at once, and read from when it is there already. By default ``<recording>_corrections.csv`` in the working folder.

    Returns
    -------
    RepEditor
        Show it as the last line of a cell; in a cell below ``editor.session`` is the corrected session.

    Raises
    ------
    ValueError
        The recording or the corrections file cannot be read, or a correction in it cannot be.

    Examples
    --------
    >>> import hiphitch_analysis as hh
    >>> folder = getfixture("tmp_path")
    >>> session = hh.analyse(hh.write_set(hh.simulate_set(6, "left", seed=3), folder, "set1")[0], "left")
    >>> editor = edit_reps(session, folder / "corrections.csv")
    >>> editor.keep(1, False)
    >>> int(editor.session.reps["kind"].eq("complete").sum()), (folder / "corrections.csv").read_text().splitlines()[1:]
    (5, ['set1_imu,1,,,,false'])
    """
    read = session if isinstance(session, Session) else analyse(session)
    return RepEditor(read, Path(corrections_csv or f"{read.recording}_corrections.csv"))


def encode_trace(angles: pd.DataFrame) -> dict[str, Any]:
    """Return obliquity for the screen, small: at most 50 values a second, in hundredths of a degree.

    Parameters
    ----------
    angles : DataFrame
        Table ANGLES.

    Returns
    -------
    dict
        ``first_s``, ``step_s`` [s] and ``values`` (int16 as bytes, `GAP` where nothing is known).

    Examples
    --------
    >>> angles = pd.DataFrame({"obliquity_deg": [0.0, -1.5, np.nan]}, index=pd.Index([0.0, 0.02, 0.04], name="time_s"))
    >>> encoded = encode_trace(angles)
    >>> np.frombuffer(encoded["values"], "<i2").tolist(), round(encoded["step_s"], 3)
    ([0, -150, -32768], 0.02)
    """
    time_s, obliquity = angles.index.to_numpy(dtype=float), angles["obliquity_deg"].to_numpy(dtype=float)
    span = time_s[-1] - time_s[0]
    steps = max(1, round(min(span * TRACE_HZ, len(time_s) - 1)))
    at = time_s[0] + np.linspace(0.0, span, steps + 1)
    values = 100 * np.interp(at, time_s, obliquity)  # beside a gap it is one
    hundredths = np.where(np.isfinite(values), np.clip(np.nan_to_num(values).round(), GAP + 1, -GAP - 1), GAP)
    return {"first_s": float(time_s[0]), "step_s": float(span / steps), "values": hundredths.astype("<i2").tobytes()}


def _side_spans(session: Session) -> dict[str, dict[str, Any]]:
    """Return for each leg stood on from when to when, and which stretches in between are its own [s]."""
    time_s = session.angles.index.to_numpy(dtype=float)
    sides = session.angles["side"].to_numpy() if "side" in session.angles else np.full(len(time_s), session.stance)
    begins = np.flatnonzero(np.append(True, sides[1:] != sides[:-1]))
    ends = np.append(time_s[begins[1:]], time_s[-1])
    spans = {}
    for side in SIDES:
        own = [[float(time_s[begin]), float(end)] for begin, end in zip(begins, ends, strict=True) if sides[begin] == side]
        if own:
            spans[side] = {"stretches": own}
    return spans


def _show_rep(number: int, was: dict[Any, Any] | None, now: dict[Any, Any] | None) -> dict[str, Any]:
    """Return one repetition as the screen needs it; `now` is None where another one took its place."""
    row = now or was or {}
    replaced = now is None
    return {
        "rep": number,
        "name": f"{row['rep']}" if not replaced else f"({number})",
        "side": row["side"],
        "kind": "left out" if replaced else row["kind"],
        "times": [float(row[name]) for name in TIMES],
        "found": None if was is None else [float(was[name]) for name in TIMES],
        "replaced": replaced,
        "keep": not replaced and row["kind"] != "left out",
        "faults": [] if replaced else row["faults"],
        "told": ["Left out: another one stands in its place."] if replaced else describe_rep(was, row),
    }


def _make_widget(trace: dict[str, Any], state: dict[str, Any]) -> Any:
    import anywidget
    import traitlets

    class RepEditorView(anywidget.AnyWidget):
        _esm = Path(__file__).with_name("editor.js")
        _css = Path(__file__).with_name("editor.css")
        trace = traitlets.Dict().tag(sync=True)
        state = traitlets.Dict().tag(sync=True)

    return RepEditorView(trace=trace, state=state)
