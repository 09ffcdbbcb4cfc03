"""FAULTS of one or both sides → the form table: worst first, one cue to say aloud, and how sure we are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from hiphitch_analysis.form.repnames import name_reps
from hiphitch_analysis.form.signs import ALWAYS_FIRST, RANK, ROWS, SURE, Sign, choose_worse, read_sign
from hiphitch_analysis.precision import half_width
from hiphitch_analysis.report.marks import status_svg
from hiphitch_analysis.report.page import Html, esc, typeset, write_remarks
from hiphitch_analysis.report.palette import side_style
from hiphitch_analysis.schema import SIDES, Faults, Reps, check_table

# What a cell says around the value, the value's format, and its unit.
VALUES = {
    "incomplete_return": ("{} short", ".1f", "°"),
    "hike_above_level": ("{} above level", ".1f", "°"),
    "drop_too_small": ("{}", ".1f", "°"),
    "drop_too_large": ("{}", ".1f", "°"),
    "pelvis_not_square": ("twists {}", ".0f", "°"),
    "trunk_lean_stance": ("leans {}", ".0f", "°"),
    "trunk_lean_free": ("bends {} in the raise", ".0f", "°"),
    "leg_lifted": ("lifted {}", ".0f", "°"),
    "leg_drawn_in": ("drawn in {}", ".0f", "°"),
    "hip_and_leg_apart": ("{} apart", ".0%", ""),
    "foot_resting": ("{} on the floor", ".0%", ""),
    "lumbar_not_neutral": ("tips {}", ".0f", "°"),
    "tempo_too_fast": ("quicker half {}", ".1f", "\N{NO-BREAK SPACE}s"),
    "tempo_uneven": ("{} off the beat", ".0%", ""),
    "loss_of_balance": ("sways {}", ".1f", "°/s"),
}
GIVE_OR_TAKE = re.compile(r"±\N{NO-BREAK SPACE}[^ ,]+")  # printed lighter than the value
LEVEL_DEG = 0.05  # less than is printed


@dataclass(frozen=True, slots=True)
class Cell:
    """What one side of one row says."""

    sign: Sign
    text: str
    cue: str


def write_form(faults: Mapping[str, pd.DataFrame], *, unseen: bool = True) -> Html:
    """Write the form table.

    Parameters
    ----------
    faults : mapping of {"left", "right"} to DataFrame
        Table FAULTS of one set for each recorded side.
    unseen : bool, default True
        Whether what could not be seen has rows of its own; `list_limits` names it too.

    Returns
    -------
    Html
        Worst row first; within it the status sign, the value and the repetitions of each side, the worse side's cue and certainty. Where form was
        not judged at all, one sentence that says so.

    Raises
    ------
    ValueError
        No side, or a table with more than one set.

    Notes
    -----
    A fault beyond the moderate limit, and every set that stops short of level, is to be mended first; a mild one is to be watched. A sign is
    filled when it is right with a chance of at least 80 %. Values come with the half width of their 95 % interval.
    """
    sides = [side for side in SIDES if side in faults]
    if not sides or len(sides) != len(faults):
        raise ValueError(f"faults: expected tables for left, right or both, got {', '.join(map(repr, faults)) or 'none'}.")
    tables = {side: _of_one_set(faults[side]) for side in sides}
    reasons = {finding for side in sides for finding in faults[side]["finding"]}
    if len(reasons) == 1 and not any(faults[side]["observable"].any() for side in sides):
        return write_remarks(reasons)  # one reason for every row: form was not judged at all
    rows = [(name, [_read_cell(tables[side], keys) for side in sides]) for name, keys in ROWS.items()]
    rows = [row for row in rows if unseen or any(cell.sign.status != "unseen" for cell in row[1])]
    rows.sort(key=lambda row: min(RANK[cell.sign.status] for cell in row[1]))
    heads = "".join(f'<th scope="col" class="{side}">{side_style(side).title}</th>' for side in sides)
    body = "".join(_write_row(name, cells, first=i == 0) for i, (name, cells) in enumerate(rows))
    return Html(
        '<div class="scroll" role="region" aria-label="Form, worst first" tabindex="0"><table class="form"><thead><tr><th scope="col">point</th>'
        f'{heads}<th scope="col">what to say</th><th scope="col" class="number">how sure</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def say_leg_doubts(doubts: Mapping[str, Iterable[str]]) -> list[str]:
    """Say before all form that a leg may be the other one.

    Parameters
    ----------
    doubts : mapping of {"left", "right"} to iterable of str
        Side → what speaks against it.

    Returns
    -------
    list of str

    Examples
    --------
    >>> say_leg_doubts({"left": ["the file is called right"], "right": []})
    ['Check the leg first: what is called left here may be the other one (the file is called right).']
    """
    return [f"Check the leg first: what is called {side} here may be the other one ({'; '.join(told)})." for side, told in doubts.items() if told]


def list_limits(side: str, reps: pd.DataFrame, faults: pd.DataFrame, warnings: Iterable[str] = ()) -> list[str]:
    """List what a recording could not show, for the section "What we could not see".

    Parameters
    ----------
    side : {"left", "right"}
        Stance side.
    reps : DataFrame
        Table REPS.
    faults : DataFrame
        Table FAULTS.
    warnings : iterable of str
        Doubts about the measurement, e.g. `Session.warnings`; they also say what a person left out.

    Returns
    -------
    list of str
        One sentence each.
    """
    word = side_style(side).word
    reps, faults = check_table(reps, Reps), check_table(faults, Faults)
    kinds = reps["kind"].value_counts()
    told = [
        f"{word} leg: {kinds[kind]} {words.format(s='s' if kinds[kind] > 1 else '')}, not counted."
        for kind, words in (("partial", "partial rep{s} left out"), ("aborted", "aborted rep{s} left out"))
        if kind in kinds
    ]
    missed = reps[reps["unmeasured"].notna()] if "unmeasured" in reps else reps.iloc[:0]
    told += [f"{word} leg, {name_reps(group['rep'].tolist())}: {reason}. Not counted as zero." for reason, group in missed.groupby("unmeasured")]
    blind = set(faults.loc[~faults["observable"], "fault"])
    names = [name[:1].lower() + name[1:] for name, keys in ROWS.items() if blind.intersection(keys)]
    told += [f"{word} leg, not observable in this recording: {'; '.join(names)}."] if names else []
    return told + [f"{word} leg: {warning}" for warning in warnings]


def merge_legs(sentences: Iterable[str]) -> list[str]:
    """Say once what holds for both legs.

    Parameters
    ----------
    sentences : iterable of str
        From `list_limits`, of one leg or both.

    Returns
    -------
    list of str

    Examples
    --------
    >>> merge_legs(["left leg: no gyroscope.", "left leg: 1 partial rep.", "right leg: no gyroscope."])
    ['both legs: no gyroscope.', 'left leg: 1 partial rep.']
    """
    told = list(sentences)
    words = [f"{side_style(side).word} leg" for side in SIDES]
    merged = []
    for sentence in told:
        named = next((word for word in words if sentence.startswith(word)), None)
        others = [] if named is None else [word + sentence.removeprefix(named) for word in words]
        merged.append("both legs" + sentence.removeprefix(str(named)) if others and all(other in told for other in others) else sentence)
    return list(dict.fromkeys(merged))


def _of_one_set(faults: pd.DataFrame) -> pd.DataFrame:
    faults = check_table(faults, Faults)
    sets = faults["set"].unique()
    if len(sets) != 1:
        raise ValueError(f"faults: expected the coaching points of one set, got {len(sets)} sets. Select one set number.")
    return faults.set_index("fault")


def _read_cell(faults: pd.DataFrame, keys: Iterable[str]) -> Cell:
    """Return the cell of the worst of `keys`; where one of them could not be seen, the others being well is not enough."""
    sign = read_sign(faults, keys)
    if sign.status == "unseen":
        return _blind_cell(sign, str(faults.loc[sign.fault, "finding"]) if sign.fault else "")
    fault = faults.loc[sign.fault]
    text = _say_value(sign.fault, float(fault["value"]), float(half_width(fault.get("value_se", float("nan")))))
    if sign.status == "good":
        return Cell(sign, text, "Say nothing.")
    where = f", {name_reps(fault['reps'])}" if fault["reps"] else ""  # all of them may be too doubtful to be named
    return Cell(sign, f"{text}{where}", f"“{fault['cue']}”")


def _say_value(key: str, value: float, give_or_take: float) -> str:
    """Say a value and how far its 95 % interval reaches, where that is more than the last digit."""
    key = "hike_above_level" if key == ALWAYS_FIRST and value < -LEVEL_DEG else key
    pattern, digits, unit = VALUES[key]
    about = format(give_or_take, digits)
    about = f" ±\N{NO-BREAK SPACE}{about}{unit}" if about.strip("0.%") and about != "nan" else ""
    if key == ALWAYS_FIRST and value < LEVEL_DEG:
        return f"at level{about}"
    return pattern.format(f"{abs(value):{digits}}{unit}{about}")


def _blind_cell(sign: Sign, sentence: str) -> Cell:
    how = sentence.rpartition(": ")[2]
    return Cell(sign, "not measured", how[:1].upper() + how[1:])


def _write_row(name: str, cells: list[Cell], first: bool) -> str:
    worst = cells[choose_worse([cell.sign for cell in cells])]
    strong = first and worst.sign.status == "mend"
    texts = [GIVE_OR_TAKE.sub(r'<span class="about">\g<0></span>', typeset(cell.text)) for cell in cells]
    columns = "".join(
        f'<td class="seen{" strong" if strong and cell is worst else ""}">{_sign(cell)} {text}</td>' for cell, text in zip(cells, texts, strict=True)
    )
    sure = "–" if worst.sign.status == "unseen" else f"{min(round(100 * worst.sign.sure), 99)} %"
    cue = f'<td class="say{" strong" if strong else ""}">{typeset(worst.cue)}</td>'
    return f'<tr><th scope="row">{esc(name)}</th>{columns}{cue}<td class="number">{sure}</td></tr>'


def _sign(cell: Cell) -> str:
    return status_svg(cell.sign.status, cell.sign.sure >= SURE)
