"""What commands share: options and how their words are read, where JSON goes, what is never written over, and a bar that shows how far it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

# Those of `read.imu.FORMATS`, which would take long to load for a help text.
FORMAT_NAMES = (
    "own", "xsens_dot", "xsens_mtw", "mvnx", "opensim", "apdm", "ximu3", "shimmer", "sensor_logger", "phyphox", "sensorlog", "polar", "axivity",
    "labelled",
)  # fmt: skip

# Of one recording, for `analyse` and `report session`.
Stance = Annotated[str | None, typer.Option("--stance", metavar="left|right", help="The leg stood on in the first set.")]
ApAxis = Annotated[str | None, typer.Option("--ap-axis", metavar="+x|-x|+y|-y|+z|-z", help="Sensor axis that points forward, when known.")]
RateHz = Annotated[float | None, typer.Option("--rate-hz", help="Samples per second, for files that do not say.")]
FileFormat = Annotated[
    str | None, typer.Option("--format", help=f"File format; by default recognised from the content. One of {', '.join(FORMAT_NAMES)}.")
]
Sensor = Annotated[str | None, typer.Option("--sensor", metavar="NAME", help="The pelvis sensor, where a recording holds several.")]
AccUnit = Annotated[str | None, typer.Option("--acc-unit", metavar="m/s2|g|mg", help="Unit of the accelerations, for files that do not say.")]
GyrUnit = Annotated[str | None, typer.Option("--gyr-unit", metavar="rad/s|deg/s", help="Unit of the angular rates, for files that do not say.")]
Frame = Annotated[str | None, typer.Option("--frame", metavar="WxH", help="Size of the picture in pixels, for landmarks that are shares of it.")]
Markerless = Annotated[bool, typer.Option("--markerless", help="Follow the body itself through a video; weaker than printed markers.")]
Thigh = Annotated[Path | None, typer.Option("--thigh", metavar="FILE", help="Sensor on the free thigh, same recording.")]
Trunk = Annotated[Path | None, typer.Option("--trunk", metavar="FILE", help="Sensor on the breastbone, same recording.")]
Athlete = Annotated[str | None, typer.Option("--athlete", metavar="ID", help="Pseudonym of the athlete.")]
MassKg = Annotated[float | None, typer.Option("--mass-kg", help="Body mass.")]
HeightM = Annotated[float | None, typer.Option("--height-m", help="Body height.")]
Sex = Annotated[str | None, typer.Option("--sex", metavar="male|female", help="For the body segment parameters.")]
AnkleKg = Annotated[float | None, typer.Option("--ankle-kg", help="Ankle weight.")]
Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the recording.")]
SessionNumber = Annotated[int | None, typer.Option("--session", help="Number of the athlete's session.")]
SetNumber = Annotated[int, typer.Option("--set", min=1, help="Number of the first set.")]
Corrections = Annotated[Path | None, typer.Option("--corrections", metavar="FILE.csv", help="Repetitions moved, left out or added by hand.")]

Map = Annotated[Path | None, typer.Option("--map", metavar="MAP.csv", help="Which exercises of an app are the hip hitch; `import` writes one.")]
Plan = Annotated[Path | None, typer.Option("--plan", metavar="PLAN.csv", help="What was prescribed: columns date, sets, target_reps.")]
Today = Annotated[
    str | None, typer.Option("--today", metavar="YYYY-MM-DD", help="Day of the decision; by default the last day in the log, or of a recording.")
]
Json = Annotated[str | None, typer.Option("--json", metavar="-|FILE", help="Print everything as JSON (-), or write it to a file.")]


def give_json(value: Any, where: str) -> None:
    """Print a value as JSON where `where` is ``-``, else write it to that file."""
    from hiphitch_analysis.outputs import write_whole

    text = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    if where == "-":
        typer.echo(text)
    else:
        write_whole(where, text + "\n")


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Yield a function (done, total, text) that moves a bar on stderr; in a file or pipe it shows nothing."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(task, completed=done, total=total, description=text)


def spare_inputs(inputs: list[Path], *outputs: Path | str | None) -> None:
    """Refuse to write a result over a file it was made from."""
    for output in outputs:
        if output not in (None, "-") and Path(str(output)).is_dir():
            raise ValueError(f"{output}: expected the name of a file to write, got a folder. Add a file name.")
        if output not in (None, "-") and any(Path(str(output)).resolve() == path.resolve() for path in inputs):
            raise ValueError(f"{output}: this is the input itself, which is never changed. Give another name for the result.")


def check_athlete(athlete: str | None) -> str | None:
    """Return a pseudonym as it is, or refuse it."""
    from hiphitch_analysis.schema import ATHLETE_ID

    if athlete is not None and not re.fullmatch(ATHLETE_ID, athlete):
        raise ValueError(f"--athlete: expected a pseudonym of 1 to 32 letters, digits, - or _, got {athlete!r}.")
    return athlete


def read_frame(frame: str | None) -> tuple[float, float] | None:
    """Read the size of a picture [px]."""
    if frame is None:
        return None
    size = re.fullmatch(r"(\d{2,5})\s*[x×]\s*(\d{2,5})", frame.strip().lower())
    if size is None:
        raise ValueError(f"--frame: expected width and height in pixels like 1080x1920, got {frame!r}.")
    return float(size[1]), float(size[2])


def read_day(date: str | None, option: str = "--date") -> Any:
    """Read a day as a Timestamp; `option` is named where it is none."""
    import pandas as pd

    if date is None:
        return None
    try:
        return pd.Timestamp(datetime.strptime(date, "%Y-%m-%d"))  # pandas would take "today" as well
    except ValueError:
        raise ValueError(f"{option}: expected a day like 2026-01-31, got {date!r}.") from None
