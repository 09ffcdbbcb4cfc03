"""Something to start with: an empty training log, a sheet to keep by hand and the recording protocol, as text."""

from __future__ import annotations

LOG_COLUMNS = (
    "athlete_id", "date", "session", "side", "set", "target_reps", "reps", "ankle_kg",
    "body_mass_kg", "rest_s", "rpe", "pain", "technique", "stop_reason", "amrap", "notes",
)  # fmt: skip
LOG_EXAMPLES = (
    ("A01", "2026-01-05", "1", "left", "1", "20", "20", "0", "62", "", "4", "0", "", "target", "false", "example: replace me"),
    ("A01", "2026-01-05", "1", "left", "2", "20", "17", "0", "62", "60", "8", "0", "", "fatigue", "false", "example: replace me"),
)

PROTOCOL = """\
RECORDING A HIP HITCH WITH ONE SENSOR                                   one page

Wear     On the back of the pelvis, over the sacrum, between the two dimples,
         on a tight belt. Label outwards, so that somebody behind can read it.
         Note which way is up, and keep it the same every time.
Place    Level floor, a small step beside you if the drop needs room. Something
         near to hold on to, not held.
Set      60 samples a second or more; accelerometer and gyroscope both.

Record   1  Start the recording.
         2  Stand still, both feet on level floor, for 5 seconds: this is "level".
         3  Step onto the stance leg (floor or small step). Free leg a little
            bent, hanging, not lifted.
         4  Repetitions at 60 beats a minute: one beat down, one beat up, back
            to level every time. Pelvis square to the front. Small: the width
            of two or three fingers at the free hip.
         5  Stop at the target, or when form goes. Say which.
         6  Both feet, still, 5 seconds. Stop the recording.
         Next side or set: after a noted rest, in a recording of its own.

Write    Athlete's pseudonym, date, side (the leg stood on), set, repetitions,
         ankle weight, why it stopped (target, fatigue, technique, pain, other).
         `hiphitch template log` prints a table for it.

Film     As well, if you can: phone upright at the height of the pelvis, square
         to the front, 2.5 to 3 m away, the whole body in view. The sensor
         cannot see the trunk or the free leg.

Stop     For pain. Pain is a reason to stop, never something to train through.
"""


HAND_SHEET_COLUMNS = ("date", "athlete", "target", "left", "right", "ankle kg", "pain", "stop reason", "notes")
HAND_SHEET_EXAMPLES = (
    ("2026-01-05", "A01", "2x20", "2x20", "20/17", "0", "0", "fatigue", "example: replace me"),
    ("2026-01-07", "A01", "2x20", "2x20", "20/19", "0", "1", "technique", "example: left and right are the leg stood on"),
)


CORRECTIONS_COLUMNS = ("recording", "rep", "start_s", "bottom_s", "end_s", "keep")
CORRECTIONS_EXAMPLES = (
    ("example-replace-me", "26", "", "", "", "false"),
    ("example-replace-me", "31", "", "", "64.2", "true"),
)


def corrections_template() -> str:
    """Return a file of rep corrections as CSV, with two example rows: one repetition left out, the end of another moved.

    >>> print(corrections_template(), end="")
    recording,rep,start_s,bottom_s,end_s,keep
    example-replace-me,26,,,,false
    example-replace-me,31,,,64.2,true
    """
    return "\n".join(",".join(row) for row in (CORRECTIONS_COLUMNS, *CORRECTIONS_EXAMPLES)) + "\n"


def log_template() -> str:
    """Return an empty training log as CSV, with two example rows.

    >>> print(log_template().splitlines()[0][:40])
    athlete_id,date,session,side,set,target_
    """
    return "\n".join(",".join(row) for row in (LOG_COLUMNS, *LOG_EXAMPLES)) + "\n"


def hand_sheet_template() -> str:
    """Return the sheet a coach can keep by hand, one row per date, as CSV with two example rows.

    >>> print(hand_sheet_template().splitlines()[1][:37])
    2026-01-05,A01,2x20,2x20,20/17,0,0,fa
    """
    return "\n".join(",".join(row) for row in (HAND_SHEET_COLUMNS, *HAND_SHEET_EXAMPLES)) + "\n"


def protocol() -> str:
    """Return the recording protocol, one page of plain text.

    >>> max(len(line) for line in protocol().splitlines()) <= 84
    True
    """
    return PROTOCOL
