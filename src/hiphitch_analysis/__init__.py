"""Simulate and analyse the hip hitch: pelvis recordings and training logs in, an honest coach's report out.

The names below load their modules when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "read_imu": "read.imu",
    "recognise_imu": "read.imu",
    "list_sensors": "read.imu",
    "read_pose": "read.pose",
    "Pose": "read.frames",
    "read_log": "read.log",
    "read_logs": "read.log",
    "import_logs": "read.intake",
    "read_sessions": "read.analysed",
    "read_reps": "read.analysed",
    "read_faults": "read.analysed",
    "read_angles": "read.analysed",
    "read_doses": "read.analysed",
    "read_corrections": "read.corrections",
    "condition_imu": "motion.conditioning",
    "estimate_orientation": "motion.orientation",
    "calibrate": "motion.calibration",
    "estimate_angles": "motion.pelvis",
    "measure_sensor": "motion.pelvis",
    "estimate_dominant_angle": "motion.dominant",
    "measure_markers": "motion.markers",
    "measure_landmarks": "motion.landmarks",
    "Captured": "motion.captured",
    "measure_coordinates": "motion.opensim",
    "build_coordinates": "motion.opensim",
    "find_sides": "reps.sides",
    "turn_sides": "reps.sides",
    "detect_reps": "reps.detect",
    "apply_corrections": "reps.corrections",
    "measure_reps": "reps.measure",
    "measure_smoothness": "reps.smoothness",
    "find_fatigue_onset": "reps.fatigue",
    "contrast_fresh_tired": "reps.fatigue",
    "fit_coupling": "reps.coupling",
    "describe_tempo": "reps.tempo",
    "describe_course": "reps.course",
    "find_faults": "form.faults",
    "judge_reps": "form.faults",
    "score_form": "form.score",
    "weigh_differently": "form.score",
    "estimate_body": "workload.anthropometry",
    "hip_moment": "workload.mechanics",
    "Posture": "workload.mechanics",
    "hip_forces": "workload.muscle",
    "measure_loads": "workload.loads",
    "measure_doses": "workload.dose",
    "sum_weeks": "workload.dose",
    "summarise_workload": "workload.summary",
    "analyse": "session",
    "correct_session": "session",
    "edit_reps": "interactive.editor",
    "Details": "session",
    "Session": "session",
    "session_rows": "session",
    "summarise_session": "session",
    "write_session": "session",
    "summarise_log": "progress.history",
    "fit_capacity": "progress.capacity",
    "draw_worlds": "progress.forecast",
    "weeks_to_goal": "progress.forecast",
    "chance_to_complete": "progress.forecast",
    "forecast": "progress.outlook",
    "look_ahead": "progress.outlook",
    "plan_next": "progress.plan",
    "review_squad": "progress.review",
    "summarise_progress": "progress.summary",
    "compare_policies": "progress.policies",
    "fit_trend": "progress.trends",
    "fit_effort": "progress.effort",
    "fit_completion": "progress.completion",
    "follow_level": "progress.level",
    "describe_trends": "progress.sentences",
    "simulate_set": "simulate",
    "simulate_still": "simulate",
    "write_set": "simulate",
    "simulate_log": "simulate",
    "simulate_squad": "simulate",
    "make_demo": "demo",
    "bland_altman": "agreement",
    "assess_reliability": "agreement",
    "band_curves": "agreement",
    "mdc95": "agreement",
    "rmse": "agreement",
    "check_table": "schema",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
