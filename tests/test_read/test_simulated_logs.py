"""Logs that the simulator writes as coaches and apps keep them: reader and writer share no code, and every set comes back."""

import pandas as pd
import pytest

from hiphitch_analysis.read import import_logs, read_log
from hiphitch_analysis.read.logfile import open_log
from hiphitch_analysis.simulate import Season, draw_squad, simulate_season
from hiphitch_analysis.simulate.exports import APPS, Habits
from hiphitch_analysis.simulate.logfiles import write_log_files

KEY = ["athlete_id", "date", "side", "set"]
MARKED = {"strong", "strong_2017", "strong_android", "hevy", "fitnotes_ios"}  # these mark a set that failed
HABITS = {
    "plain": Habits(),
    "pounds": Habits(unit="lb", dates="us", warm_up=True, decimal_comma=True, bom=True),
    "notes": Habits(side_in="notes", dates="fr", warm_up=True),
}


@pytest.fixture(scope="module")
def log():
    """Two athletes for twelve weeks, with ankle weights, typing errors, pain and other stops."""
    season = Season(pain_stops=0.03, other_stops=0.02, typo_rate=0.02)
    log = simulate_season(draw_squad(2, seed=4), weeks=12, seed=4, season=season).log
    return log.assign(ankle_kg=log["set"] * 0.25)


def compare(found, kept):
    """Return both side by side, every set of one with its set of the other."""
    both = kept.merge(
        found.reindex(columns=[*KEY, "reps", "ankle_kg", "rest_s", "stop_reason", "target_reps"]), on=KEY, how="outer", suffixes=("", "_read")
    )
    assert len(both) == len(kept) == len(found)
    pd.testing.assert_series_equal(both["reps_read"], both["reps"], check_names=False)
    return both


@pytest.mark.parametrize("habits", HABITS)
@pytest.mark.parametrize("name", APPS)
@pytest.mark.filterwarnings("ignore::hiphitch_analysis.read.logfile.LogDoubt")
def test_every_set_comes_back_from_an_app(log, tmp_path, name, habits):
    if name == "fitnotes_old" and habits == "notes":
        pytest.skip("this file has no notes")
    unit = HABITS[habits].unit
    for path in write_log_files(log, tmp_path, (name,), HABITS[habits]):
        athlete_id = path.name[:3]
        both = compare(read_log(path, athlete_id=athlete_id, weight_unit=unit), log[log["athlete_id"].eq(athlete_id)])
        # the writer gives hundredths of its unit
        assert (both["ankle_kg_read"].fillna(0.0) - both["ankle_kg"]).abs().max() <= (0.0051 * 0.45359237 + 0.0005 if unit == "lb" else 0.0005)
        failed = both["stop_reason"].eq("fatigue")
        assert both.loc[failed, "stop_reason_read"].eq("fatigue").all() == (name in MARKED)
        assert (both.loc[both["stop_reason_read"].eq("fatigue") & ~failed, "rpe"] == 10).all()  # all that an app can say of the others
        if name == "strong":
            pd.testing.assert_series_equal(both["rest_s_read"], both["rest_s"], check_names=False)


def test_every_set_comes_back_from_a_hand_sheet(log, tmp_path):
    kept = log.assign(ankle_kg=0.5)
    (path,) = write_log_files(kept, tmp_path, ("hand",))
    assert open_log(path).format == "hand sheet"
    both = compare(read_log(path), kept)
    assert both["ankle_kg_read"].eq(0.5).all() and both["target_reps_read"].equals(both["target_reps"])
    for reason in ("pain", "technique"):  # which the sheet's notes tell set by set
        assert both["stop_reason"].eq(reason).sum() > 3
        assert both["stop_reason_read"].eq(reason).equals(both["stop_reason"].eq(reason))


def test_all_of_a_squad_in_one_log(log, tmp_path):
    files = write_log_files(log, tmp_path, ("hevy",))
    into = tmp_path / "log.csv"
    for _ in range(2):
        for path in files:
            import_logs([path], into, athlete_id=path.name[:3])
    assert len(read_log(into)) == len(log)
    compare(read_log(into), log)


def test_what_is_inferred_never_caps_a_failed_set(log, tmp_path):
    """Where an app marks what failed: no failed set reaches its inferred target, and none of unknown end is short of one."""
    for path in write_log_files(log, tmp_path, ("strong", "hevy")):
        found = read_log(path, athlete_id=path.name[:3], weight_unit="kg")
        inferred = found[found["target_source"].eq("inferred")]
        failed = inferred["stop_reason"].eq("fatigue")
        assert len(inferred) > 20
        assert (inferred.loc[failed, "reps"] < inferred.loc[failed, "target_reps"]).all()
        assert (inferred.loc[~failed, "reps"] == inferred.loc[~failed, "target_reps"]).all()
