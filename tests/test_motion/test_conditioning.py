"""The guard in front of the orientation filter."""

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis.motion.conditioning import condition_imu
from hiphitch_analysis.schema import ACC, GYR, QUAT

RATE_HZ = 50.0


def rocking(seconds=20.0, amplitude_deg=8.0, period_s=2.0, rate_hz=RATE_HZ, unevenness=0.0):
    """A sensor that rocks about its x axis, z up at rest, without travelling: specific force and rate in closed form.

    A share `unevenness` at twice the frequency: a pure sine cannot tell a lever arm from a scale.
    """
    time = np.arange(0, seconds, 1 / rate_hz)
    phase, size = 2 * np.pi * time / period_s, np.radians(amplitude_deg)
    angle = size * (np.sin(phase) + unevenness * np.sin(2 * phase))
    rate = size * 2 * np.pi / period_s * (np.cos(phase) + 2 * unevenness * np.cos(2 * phase))
    zero = np.zeros_like(time)
    columns = [zero, 9.81 * np.sin(angle), 9.81 * np.cos(angle), rate, zero, zero]
    return pd.DataFrame(dict(zip(ACC + GYR, columns, strict=True)), index=pd.Index(time, name="time_s"))


def test_clean_recording_passes_unchanged():
    imu = rocking()
    conditioned = condition_imu(imu)
    np.testing.assert_allclose(conditioned.imu[ACC + GYR].to_numpy(), imu.to_numpy(), atol=1e-9)
    assert conditioned.rate_hz == pytest.approx(RATE_HZ)
    assert conditioned.valid.all() and not conditioned.flags and conditioned.missing_share == 0


def test_input_is_not_changed():
    imu = rocking()
    imu.iloc[5:8] = np.nan
    before = imu.copy()
    condition_imu(imu)
    pd.testing.assert_frame_equal(imu, before)


def test_missing_rows_are_interpolated_and_counted():
    imu = rocking()
    holes = imu.copy()
    holes.iloc[100:104] = np.nan
    conditioned = condition_imu(holes)
    # a chord over 0.1 s of this sine misses it by at most A(ωh)²/8 = 0.25 m/s² at A = 1.36 m/s²: far less in fact, as it is not at the crest
    assert np.abs(conditioned.imu[ACC].to_numpy() - imu[ACC].to_numpy()).max() < 0.02
    assert conditioned.missing_share == pytest.approx(4 / 1000)
    assert "missing_samples" in conditioned.flags and conditioned.valid.all()


def test_a_long_gap_is_bridged_but_not_believed():
    imu = rocking()
    conditioned = condition_imu(imu.drop(imu.index[400:450]))  # 8 s to 9 s
    assert "gaps" in conditioned.flags and len(conditioned.imu) == len(imu)
    time = conditioned.imu.index.to_numpy()
    assert not conditioned.valid[(time > 8) & (time < 9)].any()
    assert conditioned.valid[time < 6.5].all() and conditioned.valid[time > 10.5].all()


def test_rate_survives_jitter_and_lost_packets():
    imu = rocking(60)
    rng = np.random.default_rng(3)
    time = np.sort(imu.index.to_numpy() + rng.uniform(-0.004, 0.004, len(imu)))
    jittered = imu.set_axis(pd.Index(time, name="time_s")).drop(pd.Index(rng.choice(time, 60, replace=False)))
    # rounding a jittered step to whole steps errs now and then, by one in hundreds
    assert condition_imu(jittered).rate_hz == pytest.approx(RATE_HZ, rel=0.005)


def test_orientations_are_interpolated_on_the_sphere():
    time = np.arange(0, 4, 0.1)
    half = np.radians(90 * time / 4) / 2
    quat = np.stack([np.cos(half), np.sin(half), 0 * half, 0 * half], axis=1)
    imu = pd.DataFrame(quat, columns=QUAT, index=pd.Index(time, name="time_s")).drop(time[20])
    # 10 Hz is too slow for us, so the same turning is told at 20 Hz
    imu.index = pd.Index(imu.index.to_numpy() / 2, name="time_s")
    bridged = condition_imu(imu).imu.iloc[20].to_numpy()
    np.testing.assert_allclose(bridged, quat[20], atol=1e-9)


def with_acc(factor):
    return lambda imu: imu.assign(**{c: imu[c] * factor for c in ACC})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_acc(1 / 9.81), "looks like g"),
        (with_acc(1000 / 9.81), "looks like mg"),
        (with_acc(0.01), "gravity seems to have been removed"),
        (with_acc(2.0), "Check its unit"),
        (lambda imu: imu.assign(**{c: np.degrees(imu[c]) for c in GYR}), "got deg/s"),
        (lambda imu: imu.assign(**{c: -imu[c] for c in GYR}), "opposite directions"),
        (lambda imu: imu.assign(**dict.fromkeys(GYR, 0.0)), "next to nothing"),
        (lambda imu: imu.set_axis(pd.Index(imu.index * 2, name="time_s")), "sampling rate is wrong"),
        (lambda imu: imu.set_axis(pd.Index(imu.index / 2, name="time_s")), "sampling rate is wrong"),
        (lambda imu: imu.iloc[:3], "at least 4"),
        (lambda imu: imu.iloc[::5], "samples per second"),
        (lambda imu: imu.set_axis(pd.Index(imu.index / 60, name="time_s")), "time_s is in seconds"),
        (lambda imu: imu[GYR], "no usable sensor"),
        (lambda imu: imu.assign(acc_x_m_s2=np.nan), "no usable sensor"),
        (lambda imu: imu.drop(imu.index[100:400]), "samples are missing"),
    ],
)
def test_what_cannot_be_trusted_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        condition_imu(change(rocking(unevenness=0.3)))


def test_a_gyroscope_without_values_is_taken_for_none():
    imu = rocking().assign(gyr_x_rad_s=np.nan)
    assert list(condition_imu(imu).imu.columns) == ACC


@pytest.mark.parametrize(("factor", "flagged"), [(1.0, False), (1.1, False), (1.4, True), (0.7, True)])
def test_a_gyroscope_of_another_scale_is_flagged(factor, flagged):
    imu = rocking(unevenness=0.3)
    assert ("gyroscope_scale" in condition_imu(imu.assign(**{c: imu[c] * factor for c in GYR})).flags) == flagged


def test_one_broken_cell_is_a_missing_one():
    imu = rocking()
    imu.iloc[100, 0] = 1e300
    conditioned = condition_imu(imu)
    assert conditioned.flags == ("missing_samples",) and np.abs(conditioned.imu[ACC].to_numpy()).max() < 11


def test_upside_down_is_no_fault():
    imu = rocking()
    turned = imu.assign(**{c: -imu[c] for c in [*ACC[1:], *GYR[1:]]})  # half a turn about x
    assert not condition_imu(turned).flags


def test_poor_calibration_is_flagged():
    assert "gravity" in condition_imu(with_acc(10.5 / 9.81)(rocking())).flags


def test_an_irregular_clock_is_told_and_made_even():
    """A telephone that samples when it has time: steps of 10 to 30 ms."""
    rng = np.random.default_rng(6)
    time = np.cumsum(rng.uniform(0.010, 0.030, 1000))
    exact = rocking(25, rate_hz=1000.0)
    irregular = pd.DataFrame({c: np.interp(time, exact.index, exact[c]) for c in exact}, index=pd.Index(time, name="time_s"))
    conditioned = condition_imu(irregular)
    assert "irregular_clock" in conditioned.flags and conditioned.jitter_s == pytest.approx(0.020 / np.sqrt(12), rel=0.1)  # of a uniform step
    even = conditioned.imu
    assert np.diff(even.index).std() < 1e-9 and conditioned.rate_hz == pytest.approx(50, rel=0.02)
    # a chord of 30 ms misses this sine by at most A(ωh)²/8 = 0.0015 m/s²
    expected = np.interp(even.index, exact.index, exact[ACC[1]])
    assert np.abs(even[ACC[1]] - expected).max() < 0.002


@pytest.mark.parametrize("arm_m", [0.1, 0.3, 0.8])
def test_a_long_lever_arm_is_no_wrong_clock(arm_m):
    """A sensor at the ankle of a leg that swings from the hip: its own acceleration is nearly as large as gravity's turning, and against it."""
    imu = rocking(40, amplitude_deg=25.0, period_s=3.0, unevenness=0.3)
    time = imu.index.to_numpy()
    rate = imu[GYR[0]].to_numpy()
    # it hangs below the hip, which lies on +z: α × r along y, ω × (ω × r) along z
    imu[ACC[1]] += np.gradient(rate, time) * arm_m
    imu[ACC[2]] += rate**2 * arm_m
    assert condition_imu(imu).flags == ()
    if arm_m < 0.5:
        with pytest.raises(ValueError, match="sampling rate is wrong"):
            condition_imu(imu.set_axis(pd.Index(time * 2, name="time_s")))
