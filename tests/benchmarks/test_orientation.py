"""How well a sensor's inclination is known, ours beside other filters on four laboratory trials, and what each costs. Run by ``tasks.py bench``.

Every filter gets the same gyroscope and accelerometer samples, no magnetometer, and its own defaults unless the table says otherwise.
"""

import time

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt
from tests.broad import TRIALS, WORSE_BY_DEG, average_blocks, by_hand, by_our_path, inclination_rmse_deg, load_trial

from hiphitch_analysis.motion.orientation import REST

BLOCK = 5  # 285.7 Hz → 57.1 Hz, about what a wireless sensor sends
ROUNDS = 3
SLOW_S = 0.5  # what takes longer on one trial is timed once
OURS, HAND, HAND_OUR_REST = "ours, from table to orientation", "offline VQF by hand", "offline VQF by hand, our rest thresholds"


def run_ours(trial):
    imu = trial.imu  # what `read_imu` would hand out is there already when the clock starts
    return lambda: by_our_path(imu)


def run_vqf(trial):
    from vqf import VQF

    return lambda: VQF(1.0 / trial.rate_hz).updateBatch(trial.gyr, trial.acc)["quat6D"]


def run_imufusion(trial, best=False):
    """Fusion's filter; at its best it follows the gyroscope's bias and rejects accelerations that disagree by 10°."""
    fusion = pytest.importorskip("imufusion")
    settings = fusion.AhrsSettings(sample_rate=trial.rate_hz, **({"acceleration_rejection": 10.0, "rejection_timeout": 5.0} if best else {}))

    def run():
        gyr, acc, quat = np.degrees(trial.gyr), trial.acc / 9.80665, np.empty((len(trial.acc), 4))
        ahrs, bias = fusion.Ahrs(), fusion.Bias()
        ahrs.set_settings(settings)
        bias.set_settings(fusion.BiasSettings(sample_rate=trial.rate_hz))
        for i in range(len(quat)):
            ahrs.update_no_magnetometer(bias.update(gyr[i]) if best else gyr[i], acc[i])
            quat[i] = ahrs.get_quaternion()
        return quat

    return run


def run_ahrs(name, **settings):
    def prepare(trial):
        filters = pytest.importorskip("ahrs.filters")
        return lambda: getattr(filters, name)(gyr=trial.gyr, acc=trial.acc, frequency=trial.rate_hz, **settings).Q

    return prepare


def run_accelerometer(trial):
    """Gravity through a low-pass without lag, brought upright by the shortest way."""

    def run():
        smooth = sosfiltfilt(butter(2, 2.0, fs=trial.rate_hz, output="sos"), trial.acc, axis=0)
        x, y, z = (smooth / np.linalg.norm(smooth, axis=1, keepdims=True)).T
        return np.column_stack([1 + z, y, -x, np.zeros_like(z)])

    return run


METHODS = {
    OURS: run_ours,
    HAND: lambda trial: lambda: by_hand(trial),
    HAND_OUR_REST: lambda trial: lambda: by_hand(trial, REST),
    "VQF by hand (real time)": run_vqf,
    "Madgwick (ahrs, gain 0.033)": run_ahrs("Madgwick"),
    "extended Kalman filter (ahrs, NED)": run_ahrs("EKF", frame="NED"),
    "Mahony (ahrs, kP 0.74, kI 0.0012: tuned on BROAD)": run_ahrs("Mahony", k_P=0.74, k_I=0.0012),
    "Mahony (ahrs, kP 1, kI 0.3)": run_ahrs("Mahony"),
    "Fusion (imufusion, bias and rejection at 10°)": lambda trial: run_imufusion(trial, best=True),
    "Fusion (imufusion)": run_imufusion,
    "accelerometer alone, 2 Hz low-pass without lag": run_accelerometer,
}


def measure(trials):
    """Return inclination errors [°] and costs [µs per sample], methods × trials; methods take turns, and of the quick ones the best round counts."""
    errors, costs = np.zeros((2, len(METHODS), len(trials)))
    for column, trial in enumerate(trials):
        runs = [prepare(trial) for prepare in METHODS.values()]
        seconds = np.full(len(runs), np.inf)
        for round_number in range(ROUNDS):
            for row, run in enumerate(runs):
                if round_number and seconds[row] > SLOW_S:
                    continue
                begin = time.process_time()
                quat = run()
                seconds[row] = min(seconds[row], time.process_time() - begin)
                errors[row, column] = inclination_rmse_deg(quat, trial)
        costs[:, column] = 1e6 * seconds / len(trial.acc)
    return errors, costs


def scoreboard(trials, errors, costs):
    """Return the table as text."""
    width = max(map(len, METHODS))
    heads = [trial.name.removeprefix(f"{trial.name[:3]}undisturbed_").replace("_", " ") for trial in trials]
    samples = sum(len(trial.acc) for trial in trials)
    lines = [
        f"Inclination error [°], gyroscope and accelerometer, {trials[0].rate_hz:.1f} Hz: root mean square over the movement phase, against cameras",
        f"BROAD trials {', '.join(f'{trial.name[:2]} = {head}' for trial, head in zip(trials, heads, strict=True))}; {samples:,} samples",
        "",
        "".join([f"{'':{width}}", *(f"{f'trial {trial.name[:2]}':>10}" for trial in trials), f"{'mean':>8}{'µs per sample':>16}"]),
    ]
    for name, error, cost in zip(METHODS, errors, costs.mean(axis=1), strict=True):
        lines.append("".join([f"{name:{width}}", *(f"{value:10.3f}" for value in error), f"{error.mean():8.3f}{cost:16.2f}"]))
    return "\n".join(lines)


@pytest.mark.parametrize("block", [1, BLOCK], ids=["as recorded", "57 Hz"])
def test_inclination_beside_other_filters(shared, capsys, block):
    trials = [average_blocks(load_trial(shared(f"broad/{name}.mat")), block) for name in TRIALS]
    errors, costs = measure(trials)
    with capsys.disabled():
        print(f"\n\n{scoreboard(trials, errors, costs)}\n")
    by_name = dict(zip(METHODS, errors, strict=True))
    for peer in (HAND, HAND_OUR_REST):
        worse_by = by_name[OURS] - by_name[peer]
        told = ", ".join(f"{trial.name[:2]}: {by:+.3f}°" for trial, by in zip(trials, worse_by, strict=True))
        assert worse_by.max() < WORSE_BY_DEG, f"ours is to be within {WORSE_BY_DEG}° of {peer} on every trial, but differs by {told}"
