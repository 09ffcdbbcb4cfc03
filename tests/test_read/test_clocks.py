"""Clocks that files carry beside the times from their own beginning."""

import numpy as np
import pytest

from hiphitch_analysis.read.clocks import find_offset, read_unix
from hiphitch_analysis.read.imu import read_timing

LABELLED = "timestamp ({unit}),acc_x (m/s2),acc_y (m/s2),acc_z (m/s2)\n"


def labelled(start, unit, step):
    return LABELLED.format(unit=unit) + "".join(f"{start + i * step},0,0,9.81\n" for i in range(50))


def sensor_logger(start_ns):
    rows = "".join(f"{start_ns + i * 10_000_000},{0.3 + i / 100:.2f},9.81,0,0\n" for i in range(50))
    return "time,seconds_elapsed,z,y,x\n" + rows


def test_times_of_day_in_two_formats_are_one_clock(write):
    """One file in ms, one in ns: the second begins a quarter of a second later."""
    first = read_timing(write(labelled(1_700_000_000_000, "ms", 10), "a.csv")).clock
    second = read_timing(write(sensor_logger(1_700_000_000_250_000_000), "TotalAcceleration.csv")).clock
    # a float of nanoseconds since 1970 steps by 256 ns
    assert find_offset(first, second) == pytest.approx(0.25, abs=1e-6)
    assert find_offset(second, first) == pytest.approx(-0.25, abs=1e-6)


@pytest.mark.parametrize(("start", "unit", "step"), [(0, "ms", 10), (5_000_000, "ms", 10), (123.5, "s", 0.01)])
def test_times_since_a_beginning_are_no_time_of_day(write, start, unit, step):
    assert read_timing(write(labelled(start, unit, step))).clock is None


def test_our_own_csv_has_neither_counter_nor_clock(write):
    timing = read_timing(write("time_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2\n0,0,0,9.81\n0.01,0,0,9.81\n"))
    assert timing.packets is None and timing.clock is None


def test_clocks_of_two_kinds_are_not_compared(write):
    day = read_unix(np.array([1.7e9, 1.7e9 + 1]))
    dot = "OutputRate:,60Hz\nPacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Status\n1,0,0,0,9.8,0\n2,16667,0,0,9.8,0\n"
    assert find_offset(day, read_timing(write(dot)).clock) is None and find_offset(day, None) is None
