"""Sensors beside the pelvis's, in files of their own: when they began, what they lost, and what that does to the free leg's measures."""

import re

import numpy as np
import pandas as pd
import pytest

import hiphitch_analysis as hh
from hiphitch_analysis.schema import ACC, GYR
from hiphitch_analysis.simulate.files import format_dot_rate

RATE_HZ = 60.0


@pytest.fixture(scope="module")
def worn():
    return hh.simulate_set(8, "left", 8.0, seed=6, sensors=("pelvis", "thigh"), thigh_flexion_deg=15.0)


@pytest.fixture
def lay(worn, tmp_path):
    """Write the sensors as DOT files, changed line by line, and return their paths."""

    def write(name, sensor=None, change=lambda rows: rows, status="Synced", later_us=0):
        lines = format_dot_rate(worn.recordings[sensor or name], RATE_HZ, "2026-01-05").replace("Synced", status).splitlines()
        rows = [line.split(",") for line in change(lines[12:])]
        rows = [",".join([row[0], str((int(row[1]) + later_us) % 2**32), *row[2:]]) for row in rows]
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([*lines[:12], *rows]) + "\n", encoding="utf-8")
        return path

    return write


def without(share, seed=3):
    """Lose that share of the packets, at random, but neither the first nor the last."""

    def lose(rows):
        kept = np.random.default_rng(seed).random(len(rows)) >= share
        kept[[0, -1]] = True
        return [row for row, keep in zip(rows, kept, strict=True) if keep]

    return lose


def thigh_of(session):
    return session.angles["free_thigh_flexion_deg"].to_numpy()


@pytest.mark.parametrize(("later", "overflow"), [(60, 0), (60, 2**32 - 1_000_000_000 - 300_000), (0, 0)])
def test_synced_dots_are_laid_beside_one_another_by_their_clock(lay, worn, later, overflow):
    """Wherever the file begins, and whether the clock overflows between the two beginnings or later: the leg moves when it moved."""
    pelvis = lay("pelvis", later_us=overflow)
    whole = hh.analyse(pelvis, "left", thigh=lay("thigh", later_us=overflow))
    cut = hh.analyse(pelvis, "left", thigh=lay("cut", "thigh", lambda rows: rows[later:], later_us=overflow))
    true = np.interp(cut.angles.index, worn.angles.index, worn.angles["free_thigh_flexion_deg"])
    inside = np.isfinite(thigh_of(cut)) & (cut.angles.index > worn.reps["start_s"].iloc[0]) & (cut.angles.index < worn.reps["end_s"].iloc[-1])
    # 1.0° and 0.5° as for sensors that began together (test_motion/test_segments.py)
    assert abs(np.median(thigh_of(cut)[inside] - true[inside])) < 1.0 and np.std(thigh_of(cut)[inside] - true[inside]) < 0.5
    assert np.isnan(thigh_of(cut)[: later - 1]).all() or later == 0
    # 0.05: the filter and the quiet stance have a second less
    np.testing.assert_allclose(cut.reps["leg_gain"], whole.reps["leg_gain"], atol=0.05)
    assert not [flag for flag in cut.flags if flag.startswith("thigh") and flag != "thigh_incomplete"]
    assert ("thigh_incomplete" in cut.flags) == (later > 0)


def test_without_a_shared_clock_the_beginnings_are_laid_together_with_the_hint(lay, worn, tmp_path):
    files = {name: tmp_path / f"{name}_own.csv" for name in ("pelvis", "thigh")}
    for name, file in files.items():
        worn.recordings[name][ACC + GYR].iloc[60 if name == "thigh" else 0 :].to_csv(file)
    session = hh.analyse(files["pelvis"], "left", thigh=files["thigh"])
    assert "thigh_not_synchronous" in session.flags
    # the curve is one second early
    moved = np.interp(session.angles.index + 1.0, worn.angles.index, worn.angles["free_thigh_flexion_deg"])
    inside = (session.angles.index > worn.reps["start_s"].iloc[0]) & (session.angles.index < worn.reps["end_s"].iloc[-1] - 1)
    assert np.std((thigh_of(session) - moved)[inside]) < 0.5


def test_a_possible_second_reaches_the_certainty_of_the_leg(lay):
    """Not synchronised, and a second longer: the leg's time may be off by as much as the recordings end apart."""
    pelvis = lay("pelvis", status="Unsynced")
    even, odd = (hh.analyse(pelvis, "left", thigh=lay(f"thigh{n}", "thigh", lambda rows, n=n: rows[n:], status="Unsynced")) for n in (0, 60))
    for session in (even, odd):
        assert "thigh_clock_not_shared" in session.flags and any("were not synchronised" in warning for warning in session.warnings)
    assert "free_leg_late_s" not in even.angles and odd.angles["free_leg_late_s"].iloc[0] == pytest.approx(1.0, abs=0.03)
    # a second is a good part of a repetition of two to three: the leg may go with the pelvis or against it
    assert even.reps["leg_gain"].median() == pytest.approx(1.0, abs=0.2) and odd.reps["leg_gain"].isna().all()
    assert [session.faults.set_index("fault").loc["hip_and_leg_apart", "severity"] for session in (even, odd)] == ["none", "not observable"]
    assert np.nanmedian(odd.angles["free_leg_angle_se_deg"]) > np.nanmedian(even.angles["free_leg_angle_se_deg"])


@pytest.mark.parametrize(("statuses", "flag"), [(("Synced", "Unsynced"), "thigh_clock_not_shared"), (("", ""), "thigh_clock_guessed")])
def test_a_guess_is_said(lay, statuses, flag):
    pelvis, thigh = (
        lay(name, status=status, change=lambda rows, n=n: rows[n:])
        for (name, n), status in zip((("pelvis", 0), ("thigh", 60)), statuses, strict=True)
    )
    for path in (pelvis, thigh):
        path.write_text(re.sub(r"SyncStatus:,\n", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    session = hh.analyse(pelvis, "left", thigh=thigh)
    assert flag in session.flags
    known = np.flatnonzero(np.isfinite(thigh_of(session)))
    # by the clock the first second is empty, by the beginnings the last
    assert (known[0] > 50) == (flag == "thigh_clock_guessed")


def test_clocks_of_unknown_sync_that_do_not_overlap_are_not_followed(lay):
    session = hh.analyse(lay("pelvis", status=""), "left", thigh=lay("thigh", status="", later_us=600_000_000))
    assert "thigh_clock_guessed" in session.flags and np.isfinite(thigh_of(session)).all()


def test_synced_dots_of_different_times_do_not_overlap(lay):
    pelvis, thigh = lay("pelvis"), lay("thigh", later_us=600_000_000)
    with pytest.raises(ValueError, match=r"thigh\.csv: covers only 0% of the time of pelvis\.csv — expected at least half"):
        hh.analyse(pelvis, "left", thigh=thigh)


def test_a_thigh_that_began_after_the_quiet_stance_has_no_zero(lay):
    pelvis = lay("pelvis")
    zero_s = hh.analyse(pelvis, "left").zero_s
    late = int((zero_s[1] - 0.2) * RATE_HZ)
    session = hh.analyse(pelvis, "left", thigh=lay("thigh", change=lambda rows: rows[late:]))
    assert "thigh_relative_zero" in session.flags and session.reps["leg_in_se_deg"].isna().all() and session.reps["leg_gain"].notna().all()


def test_half_the_packets_lost_leave_the_free_leg_unseen(lay, worn):
    pelvis, thigh = lay("pelvis"), lay("thigh", change=without(0.45))
    rows = len(thigh.read_text(encoding="utf-8").splitlines()) - 12
    packets = len(worn.recordings["thigh"])
    session = hh.analyse(pelvis, "left", thigh=thigh)
    said = session.warnings[session.flags.index("thigh_unusable")]
    assert f"{1 - rows / packets:.0%} of the samples are missing, as the device's packet counter shows ({rows} of {packets} are there)" in said
    assert "free_leg_angle_deg" not in session.angles and "leg_gain" not in session.reps
    assert len(session.reps) == 8
    assert session.faults.set_index("fault").loc[["hip_and_leg_apart", "leg_lifted"], "severity"].tolist() == ["not observable"] * 2


def test_half_of_the_pelvis_lost_is_refused(lay):
    every_other = lay("pelvis", change=lambda rows: rows[::2])
    with pytest.raises(ValueError, match=r"50% of the samples are missing, as the device's packet counter shows .* at most 20% can be bridged"):
        hh.analyse(every_other, "left")


def test_a_tenth_lost_is_flagged_with_its_share(lay, worn):
    session = hh.analyse(lay("pelvis", change=without(0.1)), "left")
    lost = session.sensor.conditioned.missing_share
    # 0.1 at random of some two thousand: ±0.02 is three standard errors
    assert abs(lost - 0.1) < 0.02 and "missing_samples" in session.flags
    assert any(f"{lost:.1%} of the samples were missing, as the device's packet counter shows, and" in warning for warning in session.warnings)
    assert len(session.reps) == 8


def test_ten_duplicated_rows_of_the_thigh_are_said(lay):
    session = hh.analyse(lay("pelvis"), "left", thigh=lay("thigh", change=lambda rows: rows[:200] + rows[190:]))
    said = session.warnings[session.flags.index("thigh_repeated_rows")]
    assert "thigh sensor: thigh.csv: 10 row(s) stand twice and were taken once" in said


@pytest.mark.parametrize("later_s", [0.0, 2.0])
def test_time_of_day_lays_two_shimmers_beside_one_another(worn, tmp_path, later_s):
    """Two exports with Unix times [ms]; the thigh's begins later."""
    paths = {}
    for name, skip in (("pelvis", 0), ("thigh", round(later_s * RATE_HZ))):
        imu = worn.recordings[name].iloc[skip:]
        names = ["Timestamp_Unix_CAL", *(f"{s}_{a}_CAL" for s in ("Accel_LN", "Gyro") for a in "XYZ")]
        table = pd.DataFrame(np.column_stack([1.7e12 + 1000 * imu.index, imu[ACC], np.degrees(imu[GYR])]), columns=[f"S_{n}" for n in names])
        head = "\t".join(table.columns) + "\n" + "\t".join(["ms", *["m/(s^2)"] * 3, *["deg/s"] * 3])
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(head + "\n" + table.to_csv(sep="\t", header=False, index=False, float_format="%.6f"), encoding="utf-8")
    session = hh.analyse(paths["pelvis"], "left", thigh=paths["thigh"])
    true = np.interp(session.angles.index, worn.angles.index, worn.angles["free_thigh_flexion_deg"])
    inside = (session.angles.index > worn.reps["start_s"].iloc[0]) & (session.angles.index < worn.reps["end_s"].iloc[-1])
    assert np.std((thigh_of(session) - true)[inside]) < 0.5
    assert ("thigh_by_time_of_day" in session.flags) == (later_s > 0)
    assert session.angles["free_leg_late_s"].iloc[0] == 0.1  # the assumption in norms.py


def test_real_dots_with_half_the_femurs_packets_lost(shared):
    session = hh.analyse(shared("xsens_dot/Pelvis_20210820_202113_836.csv"), "right", thigh=shared("xsens_dot/LFemur_20210820_202113_831.csv"))
    said = session.warnings[session.flags.index("thigh_unusable")]
    # 195 rows, PacketCounter from 1 to 352
    assert "45% of the samples are missing" in said and "(195 of 352 are there)" in said
    assert "missing_samples" not in session.flags and session.sensor.conditioned.missing_share == 0  # 382 rows, 1 to 382
    assert not {"leg_gain", "thigh_lift_deg"} & set(session.reps.columns)
