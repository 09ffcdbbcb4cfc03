"""Logs of any kind into our own: ``hiphitch import`` without the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from hiphitch_analysis.outputs import write_whole
from hiphitch_analysis.read.exercises import complete_map, guess_exercise, holds, read_map
from hiphitch_analysis.read.logfile import LogFile, Reading, make_hints, read_opened, refuse_repeats
from hiphitch_analysis.read.merging import Merged, append_sets, merge_sets
from hiphitch_analysis.read.mistaken import open_training_log
from hiphitch_analysis.read.rows import read_rows
from hiphitch_analysis.read.text import open_text, read_head
from hiphitch_analysis.read.words import suggest
from hiphitch_analysis.schema import SIDES, Log

OTHER_ATHLETE = "of another athlete"
_SHOWN = 10  # conflicts in a report
NEW_LOG = "For the targets of this import, import everything into a new log (--into another name)"
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Imported:
    """What `import_logs` did.

    Attributes
    ----------
    into : Path
        The log.
    files : tuple of LogFile
    readings : tuple of Reading
        What each file gave.
    merged : tuple of Merged
        What of each was new to the log.
    new_names : tuple of str
        Exercises that were added to the map.
    alike : tuple of (str, str)
        Pseudonyms that were new to the log, each with one of it that differs by capitals only.
    """

    into: Path
    files: tuple[LogFile, ...]
    readings: tuple[Reading, ...]
    merged: tuple[Merged, ...]
    new_names: tuple[str, ...]
    alike: tuple[tuple[str, str], ...] = ()


def import_logs(
    files: Sequence[str | Path],
    into: str | Path,
    *,
    athlete_id: str | None = None,
    mapping: str | Path | None = None,
    plan: str | Path | None = None,
    weight_unit: str | None = None,
) -> Imported:
    """Add the sets of logs of any format to a log in our CSV; what it has already adds nothing.

    Parameters
    ----------
    files : sequence of str or Path
        As for `read_log`.
    into : str or Path
        Our CSV; made where it is not there. Its rows are kept to the letter.
    athlete_id : str, optional
        Whose log it is, for files that do not say; of those that do, only this athlete's sets are taken.
    mapping : str or Path, optional
        Map of exercise names. Where there is no such file it is written, with every exercise and a guess; exercises that it does not hold are
        appended. It is written even where the import then fails, since it may be what has to be corrected.
    plan : str or Path, optional
        What was prescribed.
    weight_unit : {"kg", "lb"}, optional
        Of weights whose unit the file does not say.

    Returns
    -------
    Imported

    Raises
    ------
    ValueError
        As `read_log`, or the log is none of ours. The log is written whole, once, at the end, or not at all.
    """
    into = Path(into)
    opened = tuple(open_training_log(file) for file in files)
    new_names = _complete_map(opened, Path(mapping)) if mapping is not None else ()
    hints = make_hints(athlete_id, mapping if mapping is not None and Path(mapping).exists() else None, plan, weight_unit)
    text, log = _read_into(into)
    before = set(log["athlete_id"])
    readings, merged = [], []
    for file in opened:
        reading = _only(read_opened(file, hints), athlete_id, file.text.name)
        readings.append(reading)
        merged.append(merge_sets(log, reading.log))
        log = pd.concat([log, merged[-1].added], ignore_index=True) if len(log) else merged[-1].added
    added = [result.added for result in merged if len(result.added)]
    if added:
        sets = pd.concat(added, ignore_index=True)
        write_whole(into, append_sets(text, sets, [*Log.to_schema().columns]))
    new = sorted(set(log["athlete_id"]) - before)
    alike = tuple((name, known) for name in new for known in sorted(before) if name.casefold() == known.casefold())
    return Imported(into, opened, tuple(readings), tuple(merged), new_names, alike)


def describe_import(done: Imported) -> str:
    """Return what an import did, in a few lines for a person at a terminal."""
    lines = []
    for file, reading, merged in zip(done.files, done.readings, done.merged, strict=True):
        lines.append(f"{file.text.name} ({file.format}): {_count(len(reading.log), 'set')} of the hip hitch in {_count(reading.rows, 'row')}")
        if reading.exercises:
            lines.append(f"  taken as the hip hitch: {', '.join(reading.exercises)}")
        if reading.sides:
            lines.append(f"  sides: {_describe_sides(reading.sides)}")
        if reading.left_out:
            lines.append(f"  left out: {', '.join(f'{n} {reason}' for reason, n in reading.left_out.most_common())}")
        lines += [f"  {doubt}" for doubt in reading.doubts]
        lines.append(f"  targets: {_describe_targets(reading.log)}")
        lines.append(f"  added: {len(merged.added)}; already there: {merged.present}; in conflict: {len(merged.conflicts)}")
        if merged.other_target:
            lines.append(f"  {_count(merged.other_target, 'set')} already there with another target, or none: left as they were. {NEW_LOG}")
        lines += [f"  conflict, left as it was: {conflict}" for conflict in merged.conflicts[:_SHOWN]]
        lines += [f"  and {len(merged.conflicts) - _SHOWN} more conflicts"] if len(merged.conflicts) > _SHOWN else []
    if done.new_names:
        lines.append(f"map: {_count(len(done.new_names), 'exercise')} added to it; where a guess is wrong, correct it and import into a new log")
    lines += [
        f"{name} is new to the log, which already has {known}: if they are one person, import into a new log as {known}" for name, known in done.alike
    ]
    return "\n".join([*lines, f"log: {done.into}"])


def _complete_map(opened: Sequence[LogFile], path: Path) -> tuple[str, ...]:
    """Write the exercises that a map does not hold yet, likely ones first; return their names."""
    names = sum((file.exercises for file in opened), Counter[str]())
    known = read_map(path) if path.exists() else {}
    missing = sorted((name for name in names if not holds(known, name)), key=lambda name: (not guess_exercise(name).counts, -names[name]))
    if missing:
        write_whole(path, complete_map(_read_raw(path) if path.exists() else "", missing))
    return tuple(missing)


def _read_into(path: Path) -> tuple[str, pd.DataFrame]:
    """Return the log that is there, as text and as table LOG; both empty where there is none."""
    if not path.exists() or not read_head(path, -1).strip():
        return "", pd.DataFrame(columns=list(Log.to_schema().columns))
    text = open_text(path)
    log = read_rows(text, Log, may_be_empty=True)
    refuse_repeats(log, [f"line {i + 1}" for i in log.index], text.name)
    return _read_raw(path), log.reset_index(drop=True)


def _read_raw(path: Path) -> str:
    """Return the text of a file as it is, line ends and byte order mark included, so that it can be written again to the letter."""
    data = read_head(path, -1)
    if data.startswith((b"\x1f\x8b", b"\xfd7zXZ")):
        raise ValueError(f"{path.name}: expected a plain CSV to add to, got a compressed one. Unpack it first.")
    if data.startswith(_WIDE):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _only(reading: Reading, athlete_id: str | None, name: str) -> Reading:
    """Return what a file says of one athlete."""
    if athlete_id is None:
        return reading
    theirs = reading.log["athlete_id"].eq(athlete_id)
    if not theirs.any():
        known = sorted(reading.log["athlete_id"].unique())
        raise ValueError(
            f"{name}: the file is of {', '.join(known[:_SHOWN])}, none of it of {athlete_id}.{suggest(athlete_id, known)} "
            "Correct --athlete, or leave it out to take all."
        )
    left_out = reading.left_out + Counter({OTHER_ATHLETE: int((~theirs).sum())})
    return replace(reading, log=reading.log[theirs].reset_index(drop=True), left_out=left_out)


def _describe_sides(sides: Counter[tuple[str, str]]) -> str:
    """Say where stance sides came from, and how many sets of each.

    >>> _describe_sides(Counter({("from the notes", "right"): 2, ("from the notes", "left"): 3, ("from the map", "left"): 1}))
    'from the notes (3 left, 2 right), from the map (1 left)'
    """
    of_source = {source: [f"{sides[source, side]} {side}" for side in SIDES if sides[source, side]] for source, _ in sides}
    return ", ".join(f"{source} ({', '.join(counts)})" for source, counts in of_source.items())


def _describe_targets(log: pd.DataFrame) -> str:
    source = log["target_source"] if "target_source" in log else pd.Series(None, index=log.index, dtype="str")
    if "target_reps" in log:
        source = source.where(source.notna() | log["target_reps"].isna(), "given")
    counts = source.fillna("unknown").value_counts()
    return ", ".join(f"{n} {word}" for word, n in counts.items())


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
