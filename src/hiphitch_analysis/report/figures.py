"""Every figure of the reports under one name; each ``draw_…`` has a ``describe_…`` that puts the same figure into words.

A figure function draws tables into one `Axes` and nothing else, at the size at which it is shown.
"""

from hiphitch_analysis.report.capacity import describe_capacity, draw_capacity
from hiphitch_analysis.report.curves import describe_angles, describe_waveform, draw_angles, draw_waveform
from hiphitch_analysis.report.fatigue import (
    describe_pools,
    describe_reps_against,
    describe_seen,
    draw_pools,
    draw_reps_against,
    draw_seen,
    render_session,
)
from hiphitch_analysis.report.forecast import describe_forecast, draw_forecast
from hiphitch_analysis.report.freebody import describe_free_body, draw_free_body
from hiphitch_analysis.report.ladder import describe_ladder, draw_ladder
from hiphitch_analysis.report.mechanics import (
    describe_contributions,
    describe_effects,
    describe_tempo_effect,
    draw_contributions,
    draw_effects,
    draw_tempo,
    render_case,
)
from hiphitch_analysis.report.policies import describe_policies, draw_policies, draw_prescriptions
from hiphitch_analysis.report.repstrip import describe_reps, draw_reps, last_sets
from hiphitch_analysis.report.routes import describe_routes, draw_routes
from hiphitch_analysis.report.squadtrend import describe_changes, describe_growth, draw_changes, draw_courses, draw_growth, say_squad_trend
from hiphitch_analysis.report.studies import describe_coverage, describe_ranks, draw_coverage, draw_ranks
from hiphitch_analysis.report.timeline import describe_progress, draw_progress, format_date
from hiphitch_analysis.report.trend import describe_trend, draw_trend

__all__ = [
    "describe_angles",
    "describe_capacity",
    "describe_changes",
    "describe_contributions",
    "describe_coverage",
    "describe_effects",
    "describe_forecast",
    "describe_free_body",
    "describe_growth",
    "describe_ladder",
    "describe_policies",
    "describe_pools",
    "describe_progress",
    "describe_ranks",
    "describe_reps",
    "describe_reps_against",
    "describe_routes",
    "describe_seen",
    "describe_tempo_effect",
    "describe_trend",
    "describe_waveform",
    "draw_angles",
    "draw_capacity",
    "draw_changes",
    "draw_contributions",
    "draw_courses",
    "draw_coverage",
    "draw_effects",
    "draw_forecast",
    "draw_free_body",
    "draw_growth",
    "draw_ladder",
    "draw_policies",
    "draw_pools",
    "draw_prescriptions",
    "draw_progress",
    "draw_ranks",
    "draw_reps",
    "draw_reps_against",
    "draw_routes",
    "draw_seen",
    "draw_tempo",
    "draw_trend",
    "draw_waveform",
    "format_date",
    "last_sets",
    "render_case",
    "render_session",
    "say_squad_trend",
]
