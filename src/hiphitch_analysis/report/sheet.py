"""The athlete sheet: one A4 page to hang up or take along, from the same data and in the same words as the page on the screen."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

from matplotlib.figure import Figure

from hiphitch_analysis.progress.gap import measure_gap
from hiphitch_analysis.progress.plan import LADDER
from hiphitch_analysis.report import figures, formtable, page
from hiphitch_analysis.report.athlete import AthleteData, list_facts, load_athlete, next_step
from hiphitch_analysis.report.canvas import CSS_PX_PER_INCH, new_figure, render_svg
from hiphitch_analysis.report.forecast import draw_weeks, name_weeks
from hiphitch_analysis.report.leftright import draw_left_right, say_left_right
from hiphitch_analysis.report.page import Html
from hiphitch_analysis.report.palette import COLUMN_MM, PANEL_MM
from hiphitch_analysis.report.pdf import make_pdf, need_typst
from hiphitch_analysis.report.write import Maker
from hiphitch_analysis.schema import SIDES

HALF_MM = 86.0
LADDER_MM, STRIP_MM, FORECAST_MM, GAP_MM = 29.0, 44.0, 54.0, 20.0  # heights


def make_athlete_sheet(data: AthleteData, *, example: bool = False) -> bytes:
    """Set the sheet of one athlete.

    Parameters
    ----------
    data : AthleteData
        From `load_athlete`.
    example : bool, default False
        Mark the sheet as an example with simulated people.

    Returns
    -------
    bytes
        PDF/UA-1 of one A4 page: answer, reason, evidence, limits.

    Raises
    ------
    ValueError
        As `make_pdf`.
    """
    return make_pdf("".join(part.text for part in write_sheet(data, example)), f"Hip hitch: athlete sheet of {data.athlete_id}", sheet=True)


def plan_pdfs(
    log: str | Path,
    analysed: str | Path | None,
    athlete_id: str,
    *,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    today: str | None = None,
    example: bool = False,
) -> dict[str, Maker]:
    """Name the PDFs of an athlete report, and how each is made: the sheet of one page, and the whole page as it is on the screen.

    Parameters
    ----------
    log, analysed, athlete_id, mapping, plan, today
        As for `load_athlete`.
    example : bool, default False
        Mark the sheet as an example with simulated people.

    Returns
    -------
    dict of str to callable
        For `write_report`.

    Raises
    ------
    ValueError
        typst is not installed: said before anything is computed.
    """
    need_typst()
    return {
        f"athlete_{athlete_id}_sheet.pdf": lambda _: make_athlete_sheet(
            load_athlete(log, analysed, athlete_id, mapping, plan, today), example=example
        ),
        f"athlete_{athlete_id}.pdf": lambda page_html: make_pdf(page_html, f"Hip hitch: {athlete_id}"),
    }


def write_sheet(data: AthleteData, example: bool) -> list[Html]:
    """Write the sheet as HTML, from which it is set."""
    plan = data.plan
    facts = list_facts(data)
    parts = [page.write_top(data.athlete_id, facts, example=example), page.write_headline(plan.headline, plan.reason)]
    step = next_step(plan)
    fig, (ax,) = new_figure(COLUMN_MM, LADDER_MM)
    on_hold = {step: "on hold"} if plan.action == "rest" else None
    figures.draw_ladder(ax, LADDER, plan.step_left, plan.step_right, on_hold, step, plan.step)
    parts.append(write_figure(fig, figures.describe_ladder(LADDER, plan.step_left, plan.step_right, current=step)))
    parts.append(page.write_answers(page.answer_plan(plan, data.outlook, data.as_of)))
    note = page.write_note("Clean rep: back to within 2° of level. Form limits are working proposals, not norms. hiphitch-analysis")
    return [*parts, *_write_form(data), *_write_weeks(data), _write_ends(data), note]


def write_figure(fig: Figure, alt: str) -> Html:
    """Write a figure as an element of HTML that holds the drawing itself."""
    drawing = base64.b64encode(render_svg(fig, alt).encode()).decode()
    width = round(fig.get_figwidth() * CSS_PX_PER_INCH)
    return Html(f'<img src="data:image/svg+xml;base64,{drawing}" alt="{page.esc(alt)}" width="{width}">')


def _write_form(data: AthleteData) -> Iterable[Html]:
    if not data.sets:
        return
    yield page.write_section("Form in the last recorded set", "filled sign: at least 80 % sure; outlined sign: less sure")
    yield page.write_remarks(formtable.say_leg_doubts({side: recorded.leg_doubts for side, recorded in data.sets.items()}))
    yield formtable.write_form({side: recorded.faults for side, recorded in data.sets.items()}, unseen=False)
    yield page.write_section("Every rep of it", "each bar is one rep, from its top to its lowest position; shaded band: level, give or take 2°")
    fig, axes = new_figure(PANEL_MM if len(data.sets) == 1 else COLUMN_MM, STRIP_MM, columns=len(data.sets))
    for ax, (side, recorded) in zip(axes, data.sets.items(), strict=True):
        figures.draw_reps(ax, recorded.reps, side)
    yield write_figure(fig, " ".join(figures.describe_reps(recorded.reps, side) for side, recorded in data.sets.items()))


def _write_weeks(data: AthleteData) -> Iterable[Html]:
    yield page.write_section(*name_weeks(data.outlook))
    yield write_figure(*draw_weeks(data.history, data.course, data.outlook, data.as_of, FORECAST_MM))


def _write_ends(data: AthleteData) -> Html:
    """Write left against right beside what could not be seen."""
    gap = measure_gap(data.outlook)
    left = [page.write_section("Left against right", "repetitions of a first set, bar 8 in 10")]
    if gap is not None:
        fig, (ax,) = new_figure(HALF_MM, GAP_MM)
        draw_left_right(ax, gap)
        left.append(write_figure(fig, say_left_right(gap)))
    left.append(page.write_remarks([say_left_right(gap)]))
    columns = ["".join(part.text for part in left), page.write_unseen(_list_limits(data)).text]
    return Html(f'<div class="beside">{"".join(f"<div>{column}</div>" for column in columns)}</div>')


def _list_limits(data: AthleteData) -> list[str]:
    limits = [limit for side, r in data.sets.items() for limit in formtable.list_limits(side, r.reps, r.faults, r.warnings)]
    limits += [
        f"{side} leg: no recording, so its form is not known." for side in SIDES if data.history["side"].eq(side).any() and side not in data.sets
    ]
    capped, sessions = int(data.history["capped"].sum()), len(data.history)
    return [*data.doubts, *formtable.merge_legs(limits), f"{capped} of {sessions} last sets stopped at the target: they only say “at least”."]
