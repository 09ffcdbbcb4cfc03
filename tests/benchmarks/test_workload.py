"""What moments cost: a session's samples beside numpy's own sine and cosine of the same samples."""

import time

import numpy as np
import pandas as pd

from hiphitch_analysis.workload.anthropometry import estimate_body
from hiphitch_analysis.workload.loads import measure_loads
from hiphitch_analysis.workload.mechanics import Motion, Posture, PostureError, hip_moment, hip_moment_se

SAMPLES = 60_000  # ten minutes at 100 Hz
ROUNDS = 50
MOST = 10  # times numpy's sine and cosine of the same samples
MAN = estimate_body(75, 1.78, "male")


def cost(work):
    """Shortest of many runs [s]: what the work itself takes, without what else the machine does."""
    runs = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        runs.append(time.process_time() - begun)
    return min(runs)


def test_a_sessions_moments(capsys):
    t = np.arange(SAMPLES) / 100
    pelvis, trunk, leg = -4 + 4 * np.cos(np.pi * t), np.sin(t / 7), -2 + 3 * np.cos(np.pi * t)
    rates, changes = (tuple(scale * np.cos(np.pi * t + phase) for phase in (0.0, 0.3, 0.6)) for scale in (0.2, 0.7))
    whole = pd.DataFrame(
        {"obliquity_deg": pelvis, "obliquity_se_deg": 0.7, "trunk_lean_deg": trunk, "free_leg_angle_deg": leg}, index=pd.Index(t, name="time_s")
    )
    angles = np.radians([pelvis, trunk, leg])
    peer = cost(lambda: (np.sin(angles), np.cos(angles)))
    posture = Posture(pelvis, trunk, leg)
    routes = {
        "static moment and its parts": lambda: hip_moment(MAN, posture, 1.0),
        "dynamic moment and its parts": lambda: hip_moment(MAN, posture, 1.0, Motion(rates, changes)),
        "standard error of the moment": lambda: hip_moment_se(MAN, posture, PostureError(0.7, 1.0, 1.5), 1.0),
        "table LOADS with derivatives, standard errors, muscle and joint forces": lambda: measure_loads(whole, MAN),
    }
    with capsys.disabled():
        print(f"\n{SAMPLES:,} samples; numpy's sine and cosine of their three angles: {1e3 * peer:.1f} ms")
        for name, work in routes.items():
            spent = cost(work)
            print(f"  {name}: {1e3 * spent:.1f} ms, {spent / peer:.1f} × that")
    assert cost(routes["dynamic moment and its parts"]) < MOST * peer
