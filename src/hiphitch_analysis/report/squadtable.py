"""SQUAD ROWS → the table of a squad review: one row an athlete, in groups, every picture in it with its words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from hiphitch_analysis.form.signs import SURE
from hiphitch_analysis.progress.concerns import ADJUST, CARRY_ON, NO_DATA, TALK
from hiphitch_analysis.progress.review import FORM, SquadRow
from hiphitch_analysis.report.marks import status_svg
from hiphitch_analysis.report.page import Html, esc, typeset
from hiphitch_analysis.report.squadmarks import (
    Scales,
    draw_gap,
    draw_goal,
    draw_last_sets,
    draw_months,
    find_scales,
    say_gap,
    say_goal,
    say_last_sets,
)

STATUS = {TALK: "mend", ADJUST: "watch", CARRY_ON: "good", NO_DATA: "unseen"}
ARROWS = {"up": "▲", "same": "–", "down": "▼"}
DIRECTIONS = {"up": "one up", "same": "as before", "down": "down"}
COLUMNS = 7 + len(FORM)


def write_squad(rows: Sequence[SquadRow], as_of: pd.Timestamp) -> Html:
    """Write the table of a squad review.

    Parameters
    ----------
    rows : sequence of SquadRow
        From `review_squad`, in its order.
    as_of : Timestamp
        The day of the review, at which all calendars begin.

    Returns
    -------
    Html

    Raises
    ------
    ValueError
        No row.
    """
    if not rows:
        raise ValueError("rows: expected at least one athlete, got none. review_squad() makes them.")
    scales = find_scales(rows, as_of)
    bodies = "".join(_write_group(group, list(own), scales) for group, own in groupby(rows, key=lambda row: row.group))
    return Html(
        '<div class="scroll" role="region" aria-label="The squad, most urgent first" tabindex="0">'
        f'<table class="squad" role="table">{_write_head(scales)}{bodies}</table></div>{_write_key()}'
    )


def _write_head(scales: Scales) -> str:
    sides = '<span class="left">● left</span> <span class="right">■ right</span>, 8 weeks'
    ends = '<span class="left">left more</span>\N{THREE-PER-EM SPACE}<span class="right">right more</span>'
    top = [
        _head("Athlete", rowspan=2),
        _head("Why, and what next", rowspan=2),
        _head("Next session", rowspan=2, colspan=2),
        _head("Reps, last set"),
        _head("Form, worse side", colspan=len(FORM)),
        _head("Left–right gap, reps"),
        _head("3 × 45 on both sides"),
    ]
    below = [_head(sides, "sub"), *(_head(name, "sub form") for name in FORM), _head(ends, "sub ends"), _head(draw_months(scales), "sub")]
    return f'<thead role="rowgroup"><tr role="row">{"".join(top)}</tr><tr role="row">{"".join(below)}</tr></thead>'


def _head(markup: str, kind: str = "", rowspan: int = 1, colspan: int = 1) -> str:
    scope = "colgroup" if colspan > 1 else "col"
    return f'<th scope="{scope}" role="columnheader" class="{kind}" rowspan="{rowspan}" colspan="{colspan}">{markup}</th>'


def _write_group(group: str, rows: list[SquadRow], scales: Scales) -> str:
    title = f'<th scope="rowgroup" role="rowheader" colspan="{COLUMNS}">{esc(group.capitalize())} <small>{len(rows)}</small></th>'
    body = "".join(_write_row(row, scales) for row in rows)
    return f'<tbody role="rowgroup"><tr role="row" class="group">{title}</tr>{body}</tbody>'


def _write_row(row: SquadRow, scales: Scales) -> str:
    also = f'<span class="also">Also: {typeset(" ".join(row.also))}</span>' if row.also else ""
    arrow = f'<span role="img" aria-label="{DIRECTIONS[row.direction]}">{ARROWS[row.direction]}</span>' if row.direction else ""
    form = "".join(f'<td role="cell" class="form {point.name}">{status_svg(point.sign.status, point.sign.sure >= SURE)}</td>' for point in row.form)
    sets = (
        _picture(draw_last_sets(row.last_sets, scales), say_last_sets(row.last_sets)) if row.last_sets else '<span class="none">nothing read</span>'
    )
    gap = _picture(draw_gap(row.gap, scales), say_gap(row.gap)) if row.gap is not None else '<span class="none">not known</span>'
    goal = (
        f'<span class="none">{typeset(row.goal.words)}</span>'
        if row.goal.words
        else _picture(draw_goal(row.goal, scales), say_goal(row.goal, scales))
    )
    session = esc(row.session).replace(" ", "\N{NO-BREAK SPACE}").replace("\N{NO-BREAK SPACE}+", " +")  # breaks before a weight, nowhere else
    return (
        f'<tr role="row"><th scope="row" role="rowheader" class="who">{status_svg(STATUS[row.group], True, row.group)} {esc(row.athlete_id)}</th>'
        f'<td role="cell" class="why">{typeset(row.why)} <span class="then">{typeset(row.then)}</span>{also}</td>'
        f'<td role="cell" class="next">{session or "–"}</td><td role="cell" class="arrow">{arrow}</td>'
        f'<td role="cell" class="sets">{sets}</td>{form}<td role="cell" class="gap">{gap}</td><td role="cell" class="goal">{goal}</td></tr>'
    )


def _picture(drawing: tuple[int, int, str], words: str) -> str:
    width, height, marks = drawing
    return f'<svg class="picture" role="img" aria-label="{esc(words)}" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{marks}</svg>'


def _write_key() -> str:
    signs = [
        ("good", True, "good"),
        ("watch", True, "watch"),
        ("mend", True, "mend first"),
        ("unseen", True, "not seen"),
        ("watch", False, "outlined: under 80 % sure"),
    ]
    told = "".join(f"<span>{status_svg(status, sure)} {words}</span>" for status, sure, words in signs)
    rest = (
        "reps: clean ones where recorded, else as logged; thin line: 45",
        "≥, open mark: could have done more, so at least this many",
        "gap: line 8 in 10; grey diamond: could be chance; not known: every set of a side says “at least”",
        "date: bar 8 in 10, tick even chance",
    )
    return f'<p class="key">{told}{"".join(f"<span>{words}</span>" for words in rest)}</p>'
