"""Inertial sensors as their data sheets describe them: noise, bias and its wandering, range, resolution, clock."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from hiphitch_analysis.simulate.body import GRAVITY_M_S2

Array = NDArray[np.float64]

# Bias instability is made of three first-order random processes, whose correlation times are spread so that the Allan deviation stays about flat
# from some seconds to some minutes.
INSTABILITY_S = (3.0, 30.0, 300.0)
FLAT = float(np.sqrt(2 * np.log(2) / np.pi))  # the Allan deviation of flicker noise is flat at this share of the bias instability


@dataclass(frozen=True, slots=True)
class Axis:
    """Errors of one axis of an accelerometer [m/s²] or gyroscope [rad/s].

    Attributes
    ----------
    noise_density : float
        White noise [unit/√Hz], read as in IEEE Std 952: the Allan deviation at one second, a standard deviation of this times √rate per sample.
        Data sheets that mean a one-sided spectral density would have it smaller by √2.
    bias : tuple of float
        Smallest and largest magnitude of the bias left after calibration [unit].
    instability : float
        In-run bias instability: its Allan deviation is flat at 0.664 times this [unit].
    random_walk : float
        Random walk of the bias [unit/√s].
    span : float
        Largest magnitude that can be read [unit].
    step : float
        Resolution [unit].
    """

    noise_density: float
    bias: tuple[float, float]
    instability: float
    random_walk: float
    span: float
    step: float


@dataclass(frozen=True, slots=True)
class Device:
    """One kind of sensor.

    Attributes
    ----------
    key : str
        Key of `DEVICES`.
    source : str
        Where its figures come from.
    acc, gyr : Axis
        [m/s²], [rad/s].
    rate_hz : float
        Usual sampling rate [Hz].
    clock_ppm : float
        Standard deviation of the clock's error [parts per million].
    jitter_s : float
        Each sample's own delay, root mean square [s].
    stamps : bool
        Whether each sample carries the time it was really taken; otherwise the file knows the nominal rate only.
    dropped : float
        Share of samples lost, in runs of some [0–1].
    """

    key: str
    source: str
    acc: Axis
    gyr: Axis
    rate_hz: float = 60.0
    clock_ppm: float = 0.0
    jitter_s: float = 0.0
    stamps: bool = False
    dropped: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would not be a recording."""
        if not 0 <= self.dropped <= 0.5:
            raise ValueError(f"dropped: expected 0 to 0.5 of the samples, got {self.dropped!r}. Radio links lose some percent.")
        if not 0 <= self.jitter_s <= 0.1:
            raise ValueError(f"jitter_s: expected 0 to 0.1 s, got {self.jitter_s!r}. Telephones show some milliseconds.")


def _axis(g: float, density: float, bias: tuple[float, float], instability: float, span: float) -> Axis:
    """Take figures in units of `g` and give each axis 16 bits over its span; the random walk reaches the flat part after an hour (assumption)."""
    flat = FLAT * instability * g
    return Axis(density * g, (bias[0] * g, bias[1] * g), instability * g, flat * float(np.sqrt(3 / 3600)), span * g, 2 * span * g / 2**16)


_DEG = float(np.pi / 180)
_XSENS = "noise, bias instability and range as printed for the maker's MTi-1, doi:10.2478/tar-2023-0022; that this device has the same: assumption"
_BIAS_G, _BIAS_DEG_S = (0.0, 0.006), (0.2, 0.5)  # assumption: what some time after the factory's calibration is left

DEVICES: dict[str, Device] = {
    device.key: device
    for device in (
        Device("dot", f"Xsens DOT: {_XSENS}", _axis(GRAVITY_M_S2, 120e-6, _BIAS_G, 0.03e-3, 16), _axis(_DEG, 0.007, _BIAS_DEG_S, 10 / 3600, 2000)),
        Device(
            "mtw",
            "Xsens MTw: assumption, of the same order as the DOT, its range of ±160 m/s² and ±2000 °/s",
            _axis(GRAVITY_M_S2, 200e-6, _BIAS_G, 0.1e-3, 160 / GRAVITY_M_S2),
            _axis(_DEG, 0.010, _BIAS_DEG_S, 10 / 3600, 2000),
            rate_hz=100.0,
        ),
        Device(
            "phone",
            "a telephone with a Bosch BMI160: 180 µg/√Hz, ±40 mg, 0.008 °/s/√Hz, ±3 °/s, 6 °/h as quoted from its data sheet; ±8 g and what the "
            "telephone calibrates away (a tenth is left), clock and jitter: assumption",
            _axis(GRAVITY_M_S2, 180e-6, (0.0, 0.004), 0.1e-3, 8),
            _axis(_DEG, 0.008, (0.0, 0.3), 6 / 3600, 2000),
            rate_hz=100.0,
            clock_ppm=20.0,
            jitter_s=0.0005,
            stamps=True,
        ),
        Device("ideal", "no errors", Axis(0, (0, 0), 0, 0, np.inf, 0), Axis(0, (0, 0), 0, 0, np.inf, 0)),
    )
}


def find_device(key: str, dropped: float | None = None, jitter_s: float | None = None) -> Device:
    """Return a preset, with other losses or jitter when given.

    Raises
    ------
    ValueError
        An unknown device; losses or jitter no recording has.

    Examples
    --------
    >>> find_device("phone", dropped=0.05).dropped
    0.05
    """
    if key not in DEVICES:
        raise ValueError(f"device: expected {', '.join(DEVICES)}, got {key!r}. It names the sensor whose errors to add.")
    changes: dict[str, Any] = {name: value for name, value in (("dropped", dropped), ("jitter_s", jitter_s)) if value is not None}
    return dataclasses.replace(DEVICES[key], **changes)


def draw_instants(device: Device, duration_s: float, rate_hz: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the nominal instants of a recording and those at which samples are really taken [s], shape (n,) each.

    A sample is never taken before the one before it, whatever the jitter; a clock that runs slow gets fewer of them into the recording.
    """
    nominal = np.arange(int(np.floor(duration_s * rate_hz)) + 1) / rate_hz
    ppm, late = rng.normal(0, device.clock_ppm), np.abs(rng.normal(0, device.jitter_s, len(nominal)))
    if not device.clock_ppm and not device.jitter_s:
        return nominal, nominal
    taken = nominal * (1 + ppm * 1e-6) + np.minimum(late, 0.9 / rate_hz)
    within = taken <= duration_s
    return nominal[within], taken[within]


def draw_kept(device: Device, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which of `count` samples arrive: losses come in runs of about three, the first and the last sample always arrive."""
    kept = np.ones(count, bool)
    if not device.dropped or count < 3:
        return kept
    lost = min(round(device.dropped * count), count - 2)
    while lost > 0:
        run = min(lost, int(rng.geometric(1 / 3)))
        begin = int(rng.integers(1, max(2, count - run)))
        stretch = kept[begin : min(begin + run, count - 1)]
        lost -= int(stretch.sum())
        stretch[:] = False
    return kept


def read_axes(felt: Array, time_s: Array, axis: Axis, rate_hz: float, rng: np.random.Generator) -> Array:
    """Return what three axes report of what they feel, shape (n, 3): bias, its wandering, noise, range and resolution."""
    bias = rng.choice([-1.0, 1.0], 3) * rng.uniform(*axis.bias, 3)
    noise = axis.noise_density * np.sqrt(rate_hz) * rng.standard_normal((len(time_s), 3))
    read = np.clip(felt + bias + wander(axis, time_s, rng) + noise, -axis.span, axis.span)
    return np.asarray(np.round(read / axis.step) * axis.step if axis.step else read)


def wander(axis: Axis, time_s: Array, rng: np.random.Generator) -> Array:
    """Draw how the bias of three axes wanders, shape (n, 3): drawn once a second and straight in between."""
    grid = np.arange(int(np.ceil(time_s[-1])) + 2, dtype=float)
    total = axis.random_walk * np.cumsum(rng.standard_normal((len(grid), 3)), axis=0)
    for memory in INSTABILITY_S:
        keep = float(np.exp(-1 / memory))
        shocks = rng.standard_normal((len(grid), 3))
        shocks[1:] *= np.sqrt(1 - keep**2)  # the first one as is: the process is stationary from the start
        total += process_sd(axis.instability) * lfilter([1.0], [1.0, -keep], shocks, axis=0)
    total -= total[0]  # where it begins is the bias itself
    return np.column_stack([np.interp(time_s, grid, total[:, i]) for i in range(3)])


def process_sd(instability: float) -> float:
    """Return the standard deviation of each of the three random processes whose common Allan deviation is level with that of flicker noise.

    One process with standard deviation s reaches an Allan deviation of at most 0.617 s, at 1.9 times its correlation time; the tails of its
    neighbours, ten times slower and faster, add to it. Between the first one's peak and the last one's their sum is 0.70 to 0.77 s, 0.74 on average.
    """
    return FLAT * instability / 0.74
