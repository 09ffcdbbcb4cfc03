"""Which cycles make up a set, and which are stepping on and off, or standing about between sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Members = NDArray[np.intp]

EDGE_SHARE = 0.4  # of the set's median drop: a smaller swing before the first or after the last repetition is the step on or off
EDGE_ALIKE, EDGE_SHARE_UNLIKE = 0.6, 0.75  # and so is one that is both much briefer or longer and somewhat smaller than the set's typical one
LEAST_OF_A_SET = 3  # repetitions that say what is usual in it
SET_GAP_S = 8.5  # a pause this long separates two sets: a touch-down takes 6 s, stepping off, any rest and getting back on takes 9 s and more
IRREGULAR = 0.3  # of the usual size or length, as median departure from it; repetitions stay below 0.2, even small ones in sway
WEAK_SHARE = 1 / 3  # a set of so few repetitions of the longest one's has to be like it: it may be swings of standing about
LEAST_BETWEEN, MOSTLY = 2, 0.5  # and not a single swing, nor mostly unlike it


def find_sets(kind: NDArray[np.str_], start_s: Array, end_s: Array, swing_deg: Array) -> list[Members]:
    """Group the cycles of a recording on one leg into sets.

    Parameters
    ----------
    kind : ndarray of str, shape (n,)
        "complete", "partial" or "aborted".
    start_s, end_s : ndarray, shape (n,)
        Times [s], rising.
    swing_deg : ndarray, shape (n,)
        How far each goes [°].

    Returns
    -------
    list of ndarray
        Positions of the cycles of each set, in order of time. Those in none are left out.

    Notes
    -----
    Sets are parted where for 8.5 s nothing happens, or nothing but swings unlike those around them. Which stretches are sets is told by their beat:
    repetitions are alike in size and duration, swings of standing about are not. A few swings between sets count if they are like the sets' own.

    Examples
    --------
    >>> start = np.array([0.0, 2.0, 4.0, 6.0, 19.0, 30.0, 32.0, 34.0])
    >>> size = np.array([8.0, 8.0, 7.5, 8.5, 2.0, 8.0, 7.8, 8.0])
    >>> [members.tolist() for members in find_sets(np.full(8, "complete"), start, start + 1.9, size)]
    [[0, 1, 2, 3], [5, 6, 7]]
    """
    swings = _Swings(kind, start_s, end_s, swing_deg)
    bouts = [bout for bout in swings.split(np.arange(len(kind))) if swings.finished(bout).any()]
    regular = [swings.is_regular(bout) for bout in bouts]
    longest = max((len(bout) for bout, is_one in zip(bouts, regular, strict=True) if is_one), default=0)
    strong = [is_one and len(bout) >= longest * WEAK_SHARE for bout, is_one in zip(bouts, regular, strict=True)]
    if not any(strong):
        found = [swings.trim(bout) for bout in bouts]
    else:
        others = np.concatenate([bout for bout, is_one in zip(bouts, strong, strict=True) if is_one])
        found = [swings.trim(bout) if is_one else swings.keep_alike(bout, others) for bout, is_one in zip(bouts, strong, strict=True)]
    return [members for members in found if len(members)]


@dataclass(frozen=True, slots=True)
class _Swings:
    """The cycles of a recording in order of time: kind, start and end [s], and how far they swing [°]."""

    kind: NDArray[np.str_]
    start: Array
    end: Array
    swing: Array

    def finished(self, members: Members) -> NDArray[np.bool_]:
        return np.asarray(self.kind[members] != "aborted")

    def split(self, members: Members) -> list[Members]:
        """Split cycles where nothing happens for long, and then where nothing happens but swings unlike the others of the same stretch."""
        for counted in (members, members[self._is_solid(members)]):
            gaps = np.flatnonzero(self.start[counted[1:]] - self.end[counted[:-1]] > SET_GAP_S)
            if len(gaps):
                # What lies in a gap goes to the set that is nearer; whether it belongs there is asked later.
                middles = (self.end[counted[gaps]] + self.start[counted[gaps + 1]]) / 2
                parts = np.split(members, np.searchsorted(self.start[members], middles))
                return [piece for part in parts for piece in self.split(part)]
        return [members]

    def is_regular(self, members: Members) -> bool:
        """Return whether these are repetitions in a beat, enough to say so."""
        reps = members[self.finished(members)]
        if len(reps) < LEAST_OF_A_SET:
            return False
        sizes, lengths = self.swing[reps], (self.end - self.start)[reps]
        return all(np.median(np.abs(values - np.median(values))) < IRREGULAR * np.median(values) for values in (sizes, lengths))

    def trim(self, members: Members) -> Members:
        """Leave out what steps on and off at the edges of a set."""
        solid = np.flatnonzero(self._is_solid(members))
        if not len(solid):
            return members[:0]
        alike = self._is_alike(members, members)
        first = solid[0] - _run_of(alike[: solid[0]][::-1])
        last = solid[-1] + _run_of(alike[solid[-1] + 1 :])
        return members[first : last + 1]

    def keep_alike(self, members: Members, others: Members) -> Members:
        """Return a few swings between sets if they are like the repetitions of those."""
        alike = self._is_alike(members, others) & (self._share(members, others) >= EDGE_SHARE) & self.finished(members)
        whole = alike & (self.kind[members] == "complete")
        if whole.sum() < LEAST_BETWEEN or alike.mean() <= MOSTLY:
            return members[:0]
        inside = np.flatnonzero(alike)
        return members[inside[0] : inside[-1] + 1]

    def _is_solid(self, members: Members) -> NDArray[np.bool_]:
        share, finished = self._share(members, members), self.finished(members)
        large, fair = share >= EDGE_SHARE_UNLIKE, (share >= EDGE_SHARE) & finished
        return np.asarray((large & self._is_alike(members, members, EDGE_ALIKE**2)) | (fair & self._is_alike(members, members)))

    def _share(self, members: Members, judges: Members) -> Array:
        judges = judges[self.finished(judges)]
        return np.asarray(self.swing[members] / np.median(self.swing[judges])) if len(judges) else np.zeros(len(members))

    def _is_alike(self, members: Members, judges: Members, share: float = EDGE_ALIKE) -> NDArray[np.bool_]:
        """Return which cycles last at least this share of what is usual, and at most so many times as long."""
        judges = judges[self.finished(judges)]
        length = self.end - self.start
        usual = np.median(length[judges]) if len(judges) else np.inf
        return np.asarray((length[members] > share * usual) & (length[members] < usual / share))


def _run_of(alike: NDArray[np.bool_]) -> int:
    """Return how many small swings next to a set keep its tempo, if they are enough: a step is one swing, three in the beat are small repetitions."""
    run = int(np.argmin(np.append(alike, False)))
    return run if run >= LEAST_OF_A_SET else 0
