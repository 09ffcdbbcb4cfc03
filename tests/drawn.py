"""Every figure of the package, drawn at the size at which a notebook shows it, from small tables."""

import json
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from hiphitch_analysis.progress.capacity import fit_capacity
from hiphitch_analysis.progress.forecast import draw_worlds
from hiphitch_analysis.progress.gap import Gap
from hiphitch_analysis.progress.outlook import Outlook
from hiphitch_analysis.progress.plan import LADDER
from hiphitch_analysis.progress.trends import fit_trend
from hiphitch_analysis.report import figures
from hiphitch_analysis.report.canvas import new_figure
from hiphitch_analysis.report.leftright import draw_left_right
from hiphitch_analysis.report.palette import COLUMN_MM
from hiphitch_analysis.report.simulation import draw_effort, draw_noise, draw_signals, draw_truth
from hiphitch_analysis.simulate import Athlete, draw_squad, simulate_season, simulate_set
from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.effects import CASES, compare_changes, split_moment, trace_tempo
from hiphitch_analysis.workload.endurance import trace_pools
from hiphitch_analysis.workload.repetition import Demand

STUDIES = Path(__file__).parents[1] / "reports/validation"


def study(name: str) -> dict:
    return json.loads((STUDIES / f"{name}.json").read_text("utf-8"))


@cache
def recorded():
    """Two sets of 40 by somebody who tires."""
    return simulate_set(40, "left", seed=2, athlete=Athlete(), sets=2)


@cache
def fitted():
    capacity = fit_capacity(simulate_season(draw_squad(6, seed=3), weeks=8, seed=3).log, curved=False)
    return capacity, draw_worlds(capacity)


@cache
def course():
    """Form of two legs over nine weeks."""
    week, wobble = np.arange(9.0), np.tile([0.4, -0.3, 0.2], 3)
    table = [
        pd.DataFrame({"athlete_id": "A01", "week": week, "side": s, "form_score": at + 2 * week + wobble}) for s, at in (("left", 60), ("right", 56))
    ]
    return fit_trend(pd.concat(table), "form_score", time="week")


def noise() -> pd.DataFrame:
    rows = [
        (device, "gyroscope", tau, level / tau**0.5, 1.1 * level / tau**0.5, 1.1)
        for device, level in (("dot", 2e-3), ("mtw", 5e-4))
        for tau in (1.0, 10.0)
    ]
    return pd.DataFrame(rows, columns=["device", "signal", "tau_s", "expected", "simulated", "ratio"])


def policies() -> pd.DataFrame:
    columns = {
        "season_weeks": [26, 26, 26],
        "reached": [0.8, 0.5, 0.9],
        "weeks_done": [17.0, np.inf, 16.0],
        "weeks_done_low": [8.0, 12.0, 7.6],
        "weeks_done_high": [24.0, np.inf, np.inf],
        "failed": [0.31, 1.0, 0.82],
        "failed_low": [0.16, 1.0, 0.21],
        "failed_high": [0.53, 1.0, 0.98],
        "failed_diff": [0.0, 0.69, 0.51],
    }
    return pd.DataFrame(columns, index=pd.Index(["standard ladder", "every set to failure", "a step every week"], name="policy"))


def prescribed() -> pd.DataFrame:
    weeks = {"week": [0, 1, 2] * 2, "reps": [40, 50, 60, 40, 60, 90], "reps_low": [40, 40, 50, 40, 60, 90], "reps_high": [50, 60, 75, 40, 60, 90]}
    return pd.DataFrame(weeks | {"policy": ["standard ladder"] * 3 + ["a step every week"] * 3})


def against() -> pd.DataFrame:
    columns = {"value": [0.0, 2.0, 4.0], "reps_p10": [20.0, 18.0, 16.0], "reps_median": [30.0, 28.0, 24.0], "reps_p90": [np.inf, 40.0, 36.0]}
    return pd.DataFrame(columns)


def seen() -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was true of six repetitions, and what a sensor made of it."""
    times = {"bottom_s": [60.0, 62.0, 64.0, 120.0, 122.0, 180.0], "kind": ["complete"] * 5 + ["aborted"]}
    truth = pd.DataFrame({**times, "drop_deg": [8.0, 8.3, 8.1, 9.0, 8.8, 3.0]})
    return truth, truth.assign(drop_deg=truth["drop_deg"] + 0.4, drop_se_deg=0.5)


DATES = {"p10": "2026-02-10", "p25": "2026-02-20", "median": "2026-03-01", "p75": "2026-03-20", "p90": "2026-04-10"}
DATES = {name: pd.Timestamp(day) for name, day in DATES.items()}


def ahead() -> pd.DataFrame:
    days = pd.date_range("2026-01-04", "2026-05-05", freq="4D")
    table = pd.DataFrame({"date": days, "side": "left", "median": 25.0 + 0.5 * np.arange(len(days))})
    return table.assign(p10=lambda t: t["median"] - 4, p25=lambda t: t["median"] - 2, p75=lambda t: t["median"] + 2, p90=lambda t: t["median"] + 4)


def outlook(name: str) -> Outlook:
    reps = {"left": (40.0, 38.0, 42.0), "right": (30.0, 28.0, 33.0)}
    return Outlook(name, 0.04, 0.01, reps, DATES, 0.005, (0.29, 0.2, 0.4), (), None, name == "A02", False, pd.DataFrame())


@cache
def squad_course():
    """Form of six athletes that rises by two points a week, in one a little more than in the next."""
    rng = np.random.default_rng(3)
    gain = {f"A{i}": 2.0 + 0.2 * (i - 2.5) for i in range(6)}
    rows = [(who, side, week, 50 + g * week + rng.normal(0, 1.0)) for who, g in gain.items() for side in ("left", "right") for week in range(8)]
    return fit_trend(pd.DataFrame(rows, columns=["athlete_id", "side", "week", "form_score"]), "form_score")


def one(draw: Callable, width_mm: float, height_mm: float, *args, **options) -> Figure:
    fig, (ax,) = new_figure(width_mm, height_mm)
    draw(ax, *args, **options)
    return fig


def both(draw: Callable, height_mm: float, *args, tables: dict[str, tuple]) -> Figure:
    fig, axes = new_figure(COLUMN_MM, height_mm, columns=2)
    for ax, (side, given) in zip(axes, tables.items(), strict=True):
        draw(ax, *given, side, *args)
    return fig


def measures(draw: Callable, height_mm: float, table: pd.DataFrame, which: tuple[str, ...]) -> Figure:
    fig, axes = new_figure(COLUMN_MM, height_mm, columns=len(which))
    for ax, measure in zip(axes, which, strict=True):
        draw(ax, table, measure)
    return fig


def builders(history: pd.DataFrame, angles: pd.DataFrame, reps: pd.DataFrame) -> dict[str, Callable[[], Figure]]:
    """Return, by the name of its function, how each figure is drawn; the tables of one set are those of conftest."""
    body = partial(estimate_body, 75.0, 1.78, "male")
    sides = ("left", "right")
    signals = (["obliquity_deg", "trunk_lean_deg"], ["obliquity", "trunk lean"], "What is true", "°")
    return {
        "draw_ladder": lambda: one(figures.draw_ladder, COLUMN_MM, 32, LADDER, 3, 2),
        "draw_reps": lambda: both(figures.draw_reps, 58, tables=dict.fromkeys(sides, (reps,))),
        "draw_progress": lambda: both(figures.draw_progress, 60, tables=dict.fromkeys(sides, (history,))),
        "draw_waveform": lambda: both(figures.draw_waveform, 60, tables=dict.fromkeys(sides, (angles, reps))),
        "draw_angles": lambda: one(figures.draw_angles, COLUMN_MM, 48, angles, reps, (0.5, 3.5)),
        "draw_trend": lambda: one(figures.draw_trend, COLUMN_MM, 60, course(), "A01"),
        "draw_capacity": lambda: one(figures.draw_capacity, 88, 70, *fitted(), "A03", "left"),
        "draw_free_body": lambda: one(figures.draw_free_body, COLUMN_MM, 136, body()),
        "draw_contributions": lambda: one(figures.draw_contributions, COLUMN_MM, 56, split_moment(body(), CASES)),
        "draw_effects": lambda: one(figures.draw_effects, COLUMN_MM, 104, compare_changes(body())),
        "draw_tempo": lambda: one(figures.draw_tempo, COLUMN_MM, 62, trace_tempo(body())),
        "draw_policies": lambda: measures(figures.draw_policies, 85, policies(), ("failed", "failed")),
        "draw_prescriptions": lambda: one(figures.draw_prescriptions, 90, 60, prescribed(), "a step every week"),
        "draw_routes": lambda: one(figures.draw_routes, COLUMN_MM, 70, study("views")["routes"]),
        "draw_coverage": lambda: one(figures.draw_coverage, COLUMN_MM, 85, study("dates")["squads"]["cells"]),
        "draw_ranks": lambda: one(figures.draw_ranks, COLUMN_MM, 70, study("ranks")["parameters"]),
        "draw_signals": lambda: one(draw_signals, COLUMN_MM, 52, recorded().angles, *signals),
        "draw_effort": lambda: one(draw_effort, COLUMN_MM, 62, recorded().effort, "left"),
        "draw_truth": lambda: one(draw_truth, 60, 48, recorded().reps, "drop_deg", "Drop", "°"),
        "draw_pools": lambda: one(figures.draw_pools, COLUMN_MM, 72, trace_pools(120.0, Demand(68.4, 72.0, 2.0), 3, 45, 60.0)),
        "draw_reps_against": lambda: one(figures.draw_reps_against, 90, 60, against(), "Repetitions to failure", "ankle weight [kg]", 3.0),
        "draw_seen": lambda: one(figures.draw_seen, COLUMN_MM, 56, *seen(), "drop_deg", "Drop"),
        "draw_forecast": lambda: one(figures.draw_forecast, 88, 60, history, ahead(), DATES, pd.Timestamp("2026-01-12"), "left"),
        "draw_left_right": lambda: one(draw_left_right, 85, 22, Gap(6.0, 3.0, 9.0)),
        "draw_growth": lambda: one(figures.draw_growth, 136, 40, {name: outlook(name) for name in ("A01", "A02")}, ["A02", "A01"]),
        "draw_changes": lambda: one(figures.draw_changes, 136, 60, squad_course(), [f"A{i}" for i in range(6)]),
        "draw_courses": lambda: one(figures.draw_courses, 273, 70, squad_course()),
        "draw_noise": lambda: one(draw_noise, 90, 60, noise(), "gyroscope", "rad/s"),
    }
