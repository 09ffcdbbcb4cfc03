"""Four trials of BROAD, and how an orientation is judged against their optical reference; for the quick test and for the scoreboard.

Laidig D, Caruso M, Cereatti A, Seel T. BROAD—A benchmark for robust inertial orientation estimation. Data 2021. doi:10.3390/data6070072
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.io import loadmat
from vqf import offlineVQF

from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.motion.orientation import estimate_orientation
from hiphitch_analysis.schema import ACC, GYR

TRIALS = (
    "02_undisturbed_slow_rotation_B",
    "10_undisturbed_slow_translation_A",
    "14_undisturbed_slow_translation_with_breaks_B",
    "21_undisturbed_fast_combined",
)
# Ours is the same filter behind a guard that finds the sampling rate itself, with other rest thresholds: measured 0.001° on these trials. The
# reference is good to some tenths of a degree, so that 0.02° is nothing anybody could notice, and yet a tenth of what a lost sample costs.
WORSE_BY_DEG = 0.02


@dataclass(frozen=True, slots=True)
class Trial:
    """Specific force [m/s²], angular rate [rad/s], the optical orientation (w, x, y, z; NaN where the cameras lost it), and the movement phase."""

    name: str
    rate_hz: float
    acc: np.ndarray
    gyr: np.ndarray
    reference: np.ndarray
    moving: np.ndarray

    @property
    def imu(self):
        """The same samples as table IMU."""
        time_s = pd.Index(np.arange(len(self.acc)) / self.rate_hz, name="time_s")
        return pd.DataFrame(np.hstack([self.acc, self.gyr]), columns=ACC + GYR, index=time_s)


def load_trial(path):
    """Read one trial's .mat file."""
    held = loadmat(path)
    acc, gyr = (np.ascontiguousarray(held[name], dtype=float) for name in ("imu_acc", "imu_gyr"))
    return Trial(path.stem, held["sampling_rate"].item(), acc, gyr, held["opt_quat"], held["movement"].ravel().astype(bool))


def average_blocks(trial, size):
    """Return the trial as a slower sensor tells it: means of `size` samples, which belong to the moment of the last one."""
    whole = len(trial.acc) // size * size
    acc, gyr = (values[:whole].reshape(-1, size, 3).mean(axis=1) for values in (trial.acc, trial.gyr))
    last = slice(size - 1, whole, size)
    return replace(trial, rate_hz=trial.rate_hz / size, acc=acc, gyr=gyr, reference=trial.reference[last], moving=trial.moving[last])


def inclination_rmse_deg(quat, trial):
    """Return BROAD's inclination error, root mean square over the movement phase [°]; samples without a reference are left out.

    The error quaternion estimate · reference⁻¹ is expressed in the earth frame; what remains of it beside a turn about the vertical is inclination.
    """
    w, x, y, z = (quat / np.linalg.norm(quat, axis=1, keepdims=True)).T
    a, b, c, d = (trial.reference / np.linalg.norm(trial.reference, axis=1, keepdims=True)).T
    error_w, error_z = w * a + x * b + y * c + z * d, -w * d - x * c + y * b + z * a
    error_deg = np.degrees(2 * np.arccos(np.minimum(np.hypot(error_w, error_z), 1.0)))
    return float(np.sqrt(np.nanmean(error_deg[trial.moving] ** 2)))


def by_our_path(imu):
    """Return the orientation as a user of the package gets it, from table IMU."""
    return estimate_orientation(condition_imu(imu)).quat


def by_hand(trial, settings=None):
    """Return offline VQF's orientation from the arrays themselves, without anything of ours."""
    return offlineVQF(trial.gyr, trial.acc, None, 1.0 / trial.rate_hz, settings)["quat6D"]
