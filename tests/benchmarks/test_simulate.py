"""What a simulated recording costs: time, growth with its length, memory. Run by ``python3 tasks.py bench``; figures, not verdicts."""

import sys
import time
import tracemalloc

import numpy as np
import pytest

from hiphitch_analysis.simulate import simulate_set

RECORDINGS = 100


def clock(**options):
    """Seconds of processor time for one recording, and its samples."""
    begin = time.process_time()
    simulated = simulate_set(45, "left", 8.0, rate_hz=100.0, **options)
    return time.process_time() - begin, len(simulated.imu)


def test_a_hundred_recordings_of_three_sets_of_45(capsys):
    clock(sets=1)  # imports and caches
    costs, samples = zip(*(clock(sets=3, seed=seed) for seed in range(RECORDINGS)), strict=True)
    with capsys.disabled():
        print(f"\n{RECORDINGS} recordings of 3 × 45 at 100 Hz: {sum(costs):.1f} s on one core, {sum(samples):,} samples")
        print(f"one recording: {np.median(costs):.3f} s (median), {1e6 * sum(costs) / sum(samples):.1f} µs per sample")
    assert min(samples) > 30_000  # three sets of 45 last about seven minutes


def test_cost_grows_with_the_number_of_samples(capsys):
    sets = np.array([1, 2, 4, 8])
    measured = [min(clock(sets=int(n), seed=seed) for seed in range(3)) for n in sets]
    cost, samples = np.array(measured).T
    slope = np.polyfit(np.log(samples), np.log(cost), 1)[0]
    with capsys.disabled():
        for n, seconds, count in zip(sets, cost, samples, strict=True):
            print(f"\n{n} × 45: {int(count):>7,} samples, {seconds:.3f} s, {1e6 * seconds / count:.1f} µs per sample", end="")
        print(f"\ncost grows with samples to the power {slope:.2f} (1 = linear)")
    assert len(set(samples)) == len(sets)


def test_memory(capsys):
    resource = pytest.importorskip("resource", reason="this platform does not tell a process's memory")
    tracemalloc.start()
    simulated = simulate_set(45, "left", 8.0, sets=3, rate_hz=100.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    kept = simulated.imu.memory_usage().sum() + simulated.angles.memory_usage().sum() + simulated.effort.memory_usage().sum()
    unit = 1 if sys.platform == "darwin" else 1024
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    with capsys.disabled():
        print(f"\npeak while simulating one: {peak / 1e6:.0f} MB, {peak / kept:.1f} × the tables it leaves; whole process {whole:.0f} MB")
    assert kept > 1e6
