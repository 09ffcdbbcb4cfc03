"""Speed: how repetitions change, each question by itself, as a share of what the analysis of the same recording takes in the same run."""

import time
import warnings

import numpy as np
import pandas as pd
import pytest
from vqf import offlineVQF

import hiphitch_analysis as hh
from hiphitch_analysis.reps.coupling import fit_coupling
from hiphitch_analysis.reps.fatigue import contrast_fresh_tired, find_fatigue_onset
from hiphitch_analysis.reps.smoothness import measure_smoothness
from hiphitch_analysis.reps.tempo import describe_tempo
from hiphitch_analysis.schema import ACC, GYR

REPS = 45
ROUNDS = 15
RATE_HZ = 100.0
# Of the analysis: some three times what was measured (0.3, 0.2, 0.2, 0.6, 0.9), since the balance between table checks, transforms and matrix
# products differs from machine to machine by less. Beyond it something has begun to grow.
LIMITS = {"smoothness": 0.9, "tempo": 0.6, "contrast": 0.6, "onset": 2.0, "coupling": 3.0}


@pytest.fixture(scope="module")
def recording():
    """One set of 45 by somebody whose drops differ, so that every question is gone through to its end."""
    simulated = hh.simulate_set(REPS, "left", 8, seed=1, sets=1, rate_hz=RATE_HZ, variability=0.25, rotation_per_deg=0.5, rotation_from_deg=8.0)
    return simulated.imu[ACC + GYR]


def analyse(imu):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        angles = hh.estimate_angles(imu, "left")
        return angles, hh.measure_reps(angles, hh.detect_reps(angles, "left"))


def clock(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_cost_of_each_question_against_the_analysis(recording, capsys):
    angles, reps = analyse(recording)
    assert len(reps) == REPS and not np.isnan(fit_coupling(reps).p_break)
    gyr, acc = (np.ascontiguousarray(recording[group].to_numpy()) for group in (GYR, ACC))
    onset = find_fatigue_onset(reps)
    work = {
        "analysis": lambda: analyse(recording),
        "offline VQF alone": lambda: offlineVQF(gyr, acc, None, 1 / RATE_HZ),
        "smoothness": lambda: measure_smoothness(angles, reps),
        "tempo": lambda: describe_tempo(reps, beat_s=1.0),
        "onset": lambda: find_fatigue_onset(reps),
        "contrast": lambda: contrast_fresh_tired(reps, onset),
        "coupling": lambda: fit_coupling(reps),
    }
    times = pd.DataFrame([{name: clock(what) for name, what in work.items()} for _ in range(ROUNDS)]).min()  # in turn: a busy machine slows all
    share = times / times["analysis"]
    with capsys.disabled():
        print(f"\n\n{len(recording):,} samples, {len(reps)} repetitions, best of {ROUNDS}:")
        for name in work:
            limit = f" (at most {LIMITS[name]:g})" if name in LIMITS else ""
            against = times[name] / times["offline VQF alone"]
            print(f"{name:<18} {times[name] * 1e3:7.1f} ms  {share[name]:6.2f} of the analysis{limit}, {against:6.1f} × VQF alone")
    assert {name: float(share[name]) for name, limit in LIMITS.items() if share[name] > limit} == {}
