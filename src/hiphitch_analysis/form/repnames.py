"""Repetitions by their numbers, as a coach reads them: on a page and at a terminal in the same words."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_LIST = 3  # runs of repetitions that are named; beyond it, they are counted


def name_reps(reps: Iterable[int]) -> str:
    r"""Name repetitions by their runs; where there are more than three runs, count them.

    Parameters
    ----------
    reps : iterable of int
        Numbers of repetitions, as in REPS; at least one.

    Returns
    -------
    str
        A no-break space stands before the numbers.

    Examples
    --------
    >>> name_reps([3, 26, 27, 28]), name_reps([7]), name_reps([1, 3, 5, 7])
    ('reps\xa03, 26–28', 'rep\xa07', '4 reps')
    """
    runs: list[list[int]] = []
    for rep in sorted(reps):
        if runs and rep == runs[-1][-1] + 1:
            runs[-1].append(rep)
        else:
            runs.append([rep])
    number = sum(map(len, runs))
    if len(runs) > LONGEST_LIST:
        return f"{number} reps"
    names = ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"rep{'s' if number > 1 else ''}\N{NO-BREAK SPACE}{names}"
