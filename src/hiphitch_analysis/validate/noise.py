"""Whether a simulated device's noise comes out as its preset says, and its file looks like a real one's."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from hiphitch_analysis.schema import ACC, GYR
from hiphitch_analysis.simulate import DEVICES, simulate_set, simulate_still, write_set
from hiphitch_analysis.simulate.devices import INSTABILITY_S, Axis, process_sd

Array = NDArray[np.float64]

STILL_S = 1.5  # a recording begins with at least so long a stance


def allan_deviation(values: Array, rate_hz: float, tau_s: Array) -> Array:
    """Return the overlapping Allan deviation of evenly sampled values.

    Parameters
    ----------
    values : ndarray, shape (n, axes)
        In any unit.
    rate_hz : float
        Sampling rate [Hz].
    tau_s : ndarray, shape (k,)
        Averaging times [s], each rounded to whole samples and at most half of the recording.

    Returns
    -------
    ndarray, shape (k, axes)
        In the unit of `values`.

    References
    ----------
    IEEE Std 952-2020, annex C: overlapping estimate from the integrated signal.

    Examples
    --------
    >>> alternating = np.tile([[0.0], [2.0]], (50, 1))  # neighbours differ by 2: 2/√2; pairs of two do not differ
    >>> allan_deviation(alternating, 1.0, np.array([1.0, 2.0])).ravel().round(3).tolist()
    [1.414, 0.0]
    """
    integrated = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)]) / rate_hz
    out = []
    for tau in tau_s:
        m = max(1, round(tau * rate_hz))
        second = integrated[2 * m :] - 2 * integrated[m:-m] + integrated[: -2 * m]
        out.append(np.sqrt(np.mean(second**2, axis=0) / 2) / (m / rate_hz))
    return np.array(out)


def expected_deviation(axis: Axis, tau_s: Array, rate_hz: float) -> Array:
    """Return the Allan deviation that a preset's figures come to, in the axis's unit, shape (k,).

    White noise with the rounding to its resolution, three first-order Gauss–Markov processes and a random walk; their variances add up.
    """
    white = axis.noise_density**2 / tau_s + axis.step**2 / 12 / (tau_s * rate_hz)
    walk = axis.random_walk**2 * tau_s / 3
    processes = np.zeros_like(tau_s)
    for memory in INSTABILITY_S:
        ratio = memory / tau_s
        decay = 3 - 4 * np.exp(-1 / ratio) + np.exp(-2 / ratio)
        processes += process_sd(axis.instability) ** 2 * 2 * ratio * (1 - ratio / 2 * decay)
    return np.asarray(np.sqrt(white + walk + processes))


def compare_noise(seed: int = 0, duration_s: float = 3600.0, rate_hz: float = 100.0) -> pd.DataFrame:
    """Compare the Allan deviation of every device's static hour with its preset.

    Parameters
    ----------
    seed : int
    duration_s, rate_hz : float
        Length [s] and sampling rate [Hz] of the static recording.

    Returns
    -------
    DataFrame
        ``device``, ``signal`` (``accelerometer`` [m/s²] or ``gyroscope`` [rad/s]), ``tau_s``, ``expected``, ``simulated`` (root mean square of
        three axes) and ``ratio``.
    """
    tau = np.array([0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0])
    rows = []
    for device in DEVICES.values():
        if not device.acc.noise_density:
            continue
        still = simulate_still(duration_s, device.key, rate_hz, seed)
        for signal, columns, axis in (("accelerometer", ACC, device.acc), ("gyroscope", GYR, device.gyr)):
            simulated = np.sqrt(np.mean(allan_deviation(still[columns].to_numpy(), rate_hz, tau) ** 2, axis=1))
            expected = expected_deviation(axis, tau, rate_hz)
            rows += [(device.key, signal, *values) for values in zip(tau, expected, simulated, simulated / expected, strict=True)]
    return pd.DataFrame(rows, columns=["device", "signal", "tau_s", "expected", "simulated", "ratio"])


def read_dot_motion(path: str | Path) -> pd.DataFrame:
    """Read what a DOT in quaternion mode wrote, as it wrote it: acceleration freed of gravity, and how fast its orientation turns.

    Parameters
    ----------
    path : str or Path
        The csv of a DOT with quaternions and free acceleration.

    Returns
    -------
    DataFrame
        Index ``time_s`` [s]; ``free_x, free_y, free_z`` [m/s²] and ``rate_x, rate_y, rate_z`` [°/s].
    """
    lines = Path(path).read_text("utf-8").splitlines()
    table = pd.read_csv(path, skiprows=next(i for i, line in enumerate(lines) if line.startswith("PacketCounter")))
    time_s = (table["SampleTimeFine"] - table["SampleTimeFine"].iloc[0]).to_numpy() / 1e6
    turn = Rotation.from_quat(table[["Quat_X", "Quat_Y", "Quat_Z", "Quat_W"]].to_numpy())
    rate = np.degrees((turn[:-1].inv() * turn[1:]).as_rotvec()) / np.diff(time_s)[:, None]
    free = table[["FreeAcc_X", "FreeAcc_Y", "FreeAcc_Z"]].to_numpy()[1:]
    columns = [f"{what}_{axis}" for what in ("free", "rate") for axis in "xyz"]
    return pd.DataFrame(np.hstack([free, rate]), index=pd.Index(time_s[1:], name="time_s"), columns=columns)


def simulate_dot_motion(seed: int = 0) -> pd.DataFrame:
    """Return the same of a simulated DOT, through its file: two hip hitches by somebody who then walks off."""
    walked = simulate_set(2, "left", seed=seed, quiet_s=2.0, device="dot", soft_tissue=1.0, walk_off=True)
    with tempfile.TemporaryDirectory() as folder:
        return read_dot_motion(write_set(walked, folder, "one", ["dot_quat"])[0])


def measure_trembling(motion: pd.DataFrame) -> tuple[float, float]:
    """Return how much acceleration [m/s²] and turning [°/s] tremble while standing still.

    Parameters
    ----------
    motion : DataFrame
        From `read_dot_motion`.

    Returns
    -------
    tuple of two floats
        Root mean square of the change from sample to sample over √2, in the first 1.5 s: the standard deviation of white noise.
    """
    still = motion[motion.index < STILL_S].diff().dropna() / np.sqrt(2)
    free, rate = (float(np.sqrt((still.filter(like=name) ** 2).to_numpy().mean())) for name in ("free", "rate"))
    return free, rate
