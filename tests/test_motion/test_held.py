"""A phone in a hand: how it turned is found in closed form, and a rendered clip is measured as from a stand."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from tests.filmed import film_case

from hiphitch_analysis.motion.held import find_turns, hold_still
from hiphitch_analysis.motion.printed import measure_printed
from hiphitch_analysis.motion.squares import UNIT, Lens

LENS = Lens(1500.0, (540.0, 960.0))
CLOCK = np.arange(0, 6, 1 / 30)
FLAT = Rotation.from_euler("x", -90, degrees=True)


def sway(size: float, seed: int) -> np.ndarray:
    """Three slow waves, each of about this size."""
    phase, hz = np.random.default_rng(seed).uniform(0, 6, 3), np.array([0.3, 0.45, 0.7])
    return size * np.sin(2 * np.pi * hz * CLOCK[:, None] + phase)


def see(shift_m: float = 0.0, wall: bool = True, floor: bool = True) -> tuple[dict[int, np.ndarray], Rotation]:
    """Markers before a phone that turns by some degrees, and shifts."""
    turns, shifts = Rotation.from_rotvec(np.radians(sway(1.0, 1))), sway(shift_m, 2)
    body, static = 0.05 * UNIT, 0.15 * UNIT
    places = {0: body + np.array([-0.12, 0.0, 2.5]), 1: body + np.array([0.12, -0.01, 2.5])}
    places |= {4: static + np.array([0.4, 0.1, 2.9])} if wall else {}
    places |= {5: FLAT.apply(static) + np.array([-0.3, 0.95, 2.3])} if floor else {}
    seen = {i: np.array([LENS.project(turn.apply(place + shift)) for turn, shift in zip(turns, shifts, strict=True)]) for i, place in places.items()}
    return seen, turns


def tilt(seen: dict[int, np.ndarray]) -> np.ndarray:
    across = (seen[1] - seen[0]).mean(axis=1)
    return np.degrees(np.arctan2(-across[:, 1], across[:, 0]))


def test_a_phone_on_a_stand_is_left_alone():
    seen, _ = see()
    still = {i: np.repeat(square[:1], len(CLOCK), axis=0) for i, square in seen.items()}
    assert hold_still(CLOCK, still, LENS) is still


@pytest.mark.parametrize("marker", [4, 5])
def test_turns_are_found_as_they_were(marker):
    """But for the usual place, the median, from which they are counted: differences are the same, to second order in a turn of 1°."""
    seen, turns = see()
    np.testing.assert_allclose(np.diff(find_turns(seen[marker], LENS), axis=0), np.diff(turns.as_rotvec(), axis=0), atol=np.radians(0.01))


@pytest.mark.parametrize(("wall", "floor", "left_deg"), [(True, True, 0.25), (True, False, 0.25), (False, True, 0.6)])
def test_the_line_stays_where_it_was(wall, floor, left_deg):
    """1° of roll would be 1° of obliquity. What is left is 2 cm of shift, taken for half a degree aside: 0.1° and 0.3° each way."""
    seen, _ = see(0.02, wall, floor)
    assert np.ptp(tilt(seen)) > 1.5
    assert np.ptp(tilt(hold_still(CLOCK, seen, LENS))[15:-15]) < left_deg  # the low-pass rings at the ends


def test_what_wanders_and_is_hardly_seen_is_no_reference():
    seen, _ = see()
    for i in (4, 5):
        seen[i][np.arange(len(CLOCK)) % 15 > 0] = np.nan
    assert set(hold_still(CLOCK, seen, LENS)) == {0, 1}


def test_a_clip_from_a_hand_is_measured_as_from_a_stand():
    """The bound of issue 8 for 720p on a stand; left as it is this clip errs by more than that."""
    pytest.importorskip("cv2", reason="needs OpenCV (extra video)")
    clip = film_case("held")
    assert "hand_held" in dict(clip.tracks.doubts)

    def err(table) -> float:
        found = measure_printed(table, clip.tracks.frame_px, "left")
        quiet = clip.truth.index < 3.5
        off = found.angles["obliquity_deg"].to_numpy() + clip.truth["left_up_deg"].to_numpy()
        return float(np.sqrt(np.nanmean((off - off[quiet].mean()) ** 2)))

    table = clip.tracks.table
    unseen = table.drop(columns=[name for name in table if name.startswith(("m4", "m5"))])
    print(f"held: {err(table):.3f}°, with neither wall nor floor {err(unseen):.3f}°")
    assert err(table) < 0.5 < err(unseen)
