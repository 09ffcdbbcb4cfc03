"""What is installed here, what could be, and what stands in each other's way: the words of ``hiphitch doctor``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from importlib.util import find_spec

from hiphitch_analysis.extras import how_to_install, pip_of_this_python

PYTHON = ((3, 11), (3, 14))  # from, and below
# Each extra: the module it brings, and what it is for.
EXTRAS = {
    "xlsx": ("openpyxl", "hand sheets kept as xlsx"),
    "c3d": ("ezc3d", "C3D files of motion capture"),
    "cwa": ("skdh", "Axivity .cwa files"),
    "video": ("cv2", "printed markers in a video"),
    "pdf": ("typst", "pages as PDF"),
    "pose": ("mediapipe", "people in a video without markers; in an environment of its own, Python 3.11 or 3.12"),
}
MEDIAPIPE = "0.10.14"  # carries its pose model in the package and takes our numpy; from 0.10.30 on the model is gone
BAD_OPENCV = "4.12."  # asks for an older numpy than the package needs


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    state : {"ok", "absent", "mend"}
        Absent is no fault: nobody needs every extra.
    text : str
        One sentence; of what is to be mended, with how.
    """

    state: str
    text: str


def examine() -> list[Finding]:
    """Look at Python, at the packages that are needed, at the extras, and at who owns OpenCV.

    Returns
    -------
    list of Finding
        What is to be mended first, then what is there, then what is absent. Nothing is imported for it.
    """
    opencvs = packages_distributions().get("cv2", [])
    found = [_look_at_python(), *_look_at_packages(), *_look_at_extras(), *_look_at_mediapipe(), *_look_at_opencv(opencvs)]
    return sorted(found, key=lambda finding: ("mend", "ok", "absent").index(finding.state))


def describe_findings(found: list[Finding]) -> str:
    """Return the findings, one line each.

    Examples
    --------
    >>> print(describe_findings([Finding("mend", "numpy is missing: run it."), Finding("ok", "Python 3.12")]))
    !  numpy is missing: run it.
       Python 3.12
    """
    signs = {"mend": "! ", "ok": "  ", "absent": "- "}
    return "\n".join(f"{signs[finding.state]} {finding.text}" for finding in found)


def _look_at_python() -> Finding:
    here = sys.version_info[:2]
    least, below = PYTHON
    name = f"Python {here[0]}.{here[1]}"
    if least <= here < below:
        return Finding("ok", name)
    return Finding("mend", f"{name}: expected {least[0]}.{least[1]} up to {below[0]}.{below[1] - 1}. Make the environment with one of these.")


def _look_at_packages() -> list[Finding]:
    """Whether what the package itself asks for is there."""
    names = [line.split(";")[0] for line in requires("hiphitch-analysis") or [] if "extra ==" not in line]
    packages = [name.split("[")[0].split(">")[0].split("=")[0].split("!")[0].split("<")[0].strip() for name in names]
    missing = [name for name in packages if _version(name) is None]
    if missing:
        return [Finding("mend", f"{', '.join(missing)}: not installed. Run `python3 tasks.py setup`, or pip install hiphitch-analysis again.")]
    shown = ", ".join(f"{name} {_version(name)}" for name in ("numpy", "pandas", "matplotlib") if name in packages)
    return [Finding("ok", f"{len(packages)} packages that are needed ({shown} …)")]


def _look_at_extras() -> list[Finding]:
    return [
        Finding("ok", f"extra {name}: {purpose}")
        if find_spec(module) is not None
        else Finding("absent", f"extra {name}, {purpose}: {_how_to_add(name)}")
        for name, (module, purpose) in EXTRAS.items()
    ]


def _how_to_add(extra: str) -> str:
    """Return how to install an extra: into the environment that runs, but for the one that wants its own."""
    return 'pip install "hiphitch-analysis[pose]"' if extra == "pose" else how_to_install(extra)


def _look_at_mediapipe() -> list[Finding]:
    built = _version("mediapipe")
    if built in (None, MEDIAPIPE):
        return []
    return [Finding("mend", f"mediapipe {built}: expected {MEDIAPIPE}, which carries its pose model: {how_to_install('pose')}")]


def _look_at_opencv(owners: list[str]) -> list[Finding]:
    """Two builds of OpenCV own one folder: the one written last wins, and taking either away breaks the other."""
    owners = sorted(set(owners))
    found = []
    if len(owners) > 1:
        keep = owners[0]
        mend = f"{pip_of_this_python()} uninstall {' '.join(owners)}, then {pip_of_this_python()} install {keep}"
        found.append(Finding("mend", f"{' and '.join(owners)} share the folder cv2, and only the one installed last works: {mend}"))
    for owner in owners:
        built = _version(owner) or ""
        if built.startswith(BAD_OPENCV):
            found.append(Finding("mend", f"{owner} {built} asks for an older numpy: {how_to_install('video')} brings another."))
    return found


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
