"""What edits of repetitions do to the report, in words: REPS before and after them, held side by side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from hiphitch_analysis.interactive.edits import Correction

PLACES = {"start_s": "start", "bottom_s": "bottom", "end_s": "end"}
PHASES = {"start_s": ("lower_s",), "bottom_s": ("lower_s", "raise_s"), "end_s": ("raise_s",)}  # the times that follow from each


def list_effects(edits: tuple[Correction, ...], before: pd.DataFrame, after: pd.DataFrame) -> list[dict[str, str]]:
    """Return one row per change: which repetition, what changed, before, after, and its effect on the report.

    Parameters
    ----------
    edits : tuple of Correction
    before, after : DataFrame
        Table REPS with measures and faults, as found and as corrected.

    Returns
    -------
    list of dict
        ``side, rep, what, before, after, effect``; counts run on from row to row. The number of one that another took the place of is in brackets.
    """
    found, corrected = _by_number(before, "rep"), _by_number(after, "found_rep" if "found_rep" in after else "rep")
    counts = before[before["kind"].eq("complete")]["side"].value_counts().to_dict()
    rows = []
    for edit in edits:
        was, now = found.get(edit.rep), corrected.get(edit.rep)
        side = str((now or was or {}).get("side"))
        name = {"side": side, "rep": f"({edit.rep})" if now is None else str(now["rep"])}
        count = counts.get(side, 0)
        counts[side] = count + (now is not None and now["kind"] == "complete") - (was is not None and was["kind"] == "complete")
        counted = "" if counts[side] == count else f"reps {count} → {counts[side]}"
        if was is None or now is None or not edit.keep:
            there = ("not found", f"{now['start_s']:.2f}–{now['end_s']:.2f} s") if was is None and now is not None else ("kept", "left out")
            effect = _join(counted or f"not counted before: {(was or {}).get('kind', 'left out')}", "" if was is None else "never counted as zero")
            rows.append({**name, "what": "added" if was is None else "left out", "before": there[0], "after": there[1], "effect": effect})
            continue
        moved = [place for place in PLACES if getattr(edit, place) is not None]
        for i, place in enumerate(moved):
            effect = _join(*(_say_change(phase, was, now) for phase in PHASES[place]))
            if i == len(moved) - 1:
                effect = _join(effect, _say_kind(was, now), counted, _say_faults(was, now))
            rows.append({**name, "what": f"{PLACES[place]} moved", "before": f"{was[place]:.2f} s", "after": f"{now[place]:.2f} s", "effect": effect})
    return rows


def describe_rep(was: dict[str, Any] | None, now: dict[str, Any]) -> list[str]:
    """Say in a few sentences what was changed in one repetition, and how it stands in the report.

    Parameters
    ----------
    was : dict or None
        Its row of table REPS as found; None where it was added.
    now : dict
        Its row as corrected.

    Returns
    -------
    list of str
    """
    if now["kind"] == "left out":
        return ["Left out: not counted, and never a zero."]
    told = ["Added by hand."] if was is None else [_say_move(place, was[place], now[place]) for place in PLACES if was[place] != now[place]]
    told += [] if now["kind"] == "complete" else [f"{str(now['kind']).capitalize()}: not counted."]
    return [*(told or ["As found."]), _say_measures(now), *_say_each_fault(now if was is None else was, now)]


def summarise_side(side: str, after: pd.DataFrame) -> str:
    """Say how many repetitions on one leg are kept, and how many of them came back to level.

    >>> reps = pd.DataFrame({"side": "right", "kind": ["complete", "left out", "complete"], "return_error_deg": [0.2, 0.1, 3.4]})
    >>> summarise_side("right", reps.assign(faults=[[], [], ["incomplete_return"]]))
    'RIGHT leg standing: 2 of 3 kept, 1 clean'
    """
    of_side = after[after["side"].eq(side)]
    complete = of_side[of_side["kind"].eq("complete")]
    out = int(of_side["kind"].eq("left out").sum())
    judged = complete[complete["return_error_deg"].notna()]
    clean = f", {sum('incomplete_return' not in faults for faults in judged['faults'])} clean" if len(judged) else ""
    return f"{side.upper()} leg standing: {len(complete)} {f'of {len(complete) + out} kept' if out else 'reps'}{clean}"


def _by_number(reps: pd.DataFrame, name: str) -> dict[int, dict[Any, Any]]:
    return {int(row[name]): row for row in reps.to_dict("records")}


def _say_change(phase: str, was: dict[Any, Any], now: dict[Any, Any]) -> str:
    return f"{phase.removesuffix('_s')} {_seconds(was[phase])} → {_seconds(now[phase])} s"


def _seconds(value: float) -> str:
    return "none" if pd.isna(value) else f"{value:.2f}"


def _say_kind(was: dict[Any, Any], now: dict[Any, Any]) -> str:
    return "" if was["kind"] == now["kind"] else f"now {now['kind']}"


def _say_faults(was: dict[Any, Any], now: dict[Any, Any]) -> str:
    if now["kind"] != "complete":
        return ""
    gone, new = ([key for key in one["faults"] if key not in other["faults"]] for one, other in ((was, now), (now, was)))
    if not gone and not new:
        return f"fault{'s' * (len(now['faults']) > 1)} unchanged" if now["faults"] else "no fault"
    return _join(*(f"fault gone: {_spell(key)}" for key in gone), *(f"new fault: {_spell(key)}" for key in new))


def _spell(fault: str) -> str:
    return fault.replace("_", " ")


def _say_move(place: str, was: float, now: float) -> str:
    return f"The {PLACES[place]} was moved {abs(now - was):.2f} s {'later' if now > was else 'earlier'}."


def _say_measures(rep: dict[Any, Any]) -> str:
    if isinstance(rep["unmeasured"], str):
        return f"Not measured: {rep['unmeasured']}."
    error = rep["return_error_deg"]
    level = "" if pd.isna(error) else ", back to level" if abs(error) < 0.5 else f", {abs(error):.1f}° {'short of' if error > 0 else 'above'} level"
    return f"Drop {rep['drop_deg']:.1f}°{level}."


def _say_each_fault(was: dict[Any, Any], now: dict[Any, Any]) -> list[str]:
    """Say of each fault whether it is there, and where the times changed whether it stays, comes or goes."""
    if all(was[place] == now[place] for place in PLACES):
        return _say_fate("Fault{s}", now["faults"])
    stay, new = ([key for key in now["faults"] if (key in was["faults"]) is old] for old in (True, False))
    gone = [key for key in was["faults"] if key not in now["faults"]]
    return [
        *_say_fate("The faults stay" if len(stay) > 1 else "The fault stays", stay),
        *_say_fate("New fault{s}", new),
        *_say_fate("The faults are gone" if len(gone) > 1 else "The fault is gone", gone),
    ]


def _say_fate(words: str, faults: list[str]) -> list[str]:
    return [f"{words.format(s='s' if len(faults) > 1 else '')}: {', '.join(map(_spell, faults))}."] if faults else []


def _join(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
