"""Speed: samples in memory → angles with standard errors and repetition boundaries, against the orientation filter alone in the same run."""

import time
import tracemalloc
import warnings

import numpy as np
import pytest
from vqf import offlineVQF

import hiphitch_analysis as hh
from hiphitch_analysis.schema import ACC, GYR

SAMPLES = 60_000
AGAINST_FILTER = 2.5
ROUNDS = 15


@pytest.fixture(scope="module")
def recording():
    """Five sets of 45 at 100 Hz, twice after one another."""
    import pandas as pd

    imu = hh.simulate_set(45, "left", 8, seed=1, sets=5, rate_hz=100.0, rest_s=30).imu[ACC + GYR]
    whole = pd.concat([imu] * 3).iloc[: 2 * SAMPLES]
    return whole.set_axis(pd.Index(np.arange(len(whole)) / 100, name="time_s"))


def analyse(imu):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # doubts about the seams between the copies
        angles = hh.estimate_angles(imu, "left")
        return angles, hh.detect_reps(angles)


def clock(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_cost_against_the_filter_alone(recording, capsys):
    imu = recording.iloc[:SAMPLES]
    gyr, acc = (np.ascontiguousarray(imu[group].to_numpy()) for group in (GYR, ACC))
    angles, reps = analyse(imu)
    assert "obliquity_se_deg" in angles and len(reps) > 200
    whole, bare = [], []
    for _ in range(ROUNDS):  # in turn, so that a busy machine slows both
        whole.append(clock(lambda: analyse(imu)))
        bare.append(clock(lambda: offlineVQF(gyr, acc, None, 0.01)))
    ratio = min(whole) / min(bare)
    with capsys.disabled():
        print(f"\n\n{SAMPLES:,} samples → angles, standard errors, {len(reps)} repetitions: {min(whole) * 1e3:.0f} ms")
        print(f"offline VQF alone on the same samples:                       {min(bare) * 1e3:.0f} ms, ratio {ratio:.2f} (at most {AGAINST_FILTER})")
    assert ratio <= AGAINST_FILTER


def test_cost_grows_with_the_length_only(recording, capsys):
    lengths = [SAMPLES // 4, SAMPLES // 2, SAMPLES, 2 * SAMPLES]
    analyse(recording.iloc[: lengths[0]])
    times = [min(clock(lambda n=n: analyse(recording.iloc[:n])) for _ in range(5)) for n in lengths]
    power = float(np.polyfit(np.log(lengths), np.log(times), 1)[0])
    with capsys.disabled():
        cost = ", ".join(f"{n:,} samples {t * 1e3:.0f} ms" for n, t in zip(lengths, times, strict=True))
        print(f"\n\n{cost}; power of the length {power:.2f}")
    assert power < 1.1


def test_memory(recording, capsys):
    imu = recording.iloc[:SAMPLES].copy()
    size = int(imu.memory_usage().sum())
    analyse(imu)
    tracemalloc.start()
    analyse(imu)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with capsys.disabled():
        print(f"\n\npeak memory {peak / 1e6:.0f} MB for {size / 1e6:.1f} MB of samples: {peak / size:.1f} times (below 10)")
    assert peak < 10 * size
