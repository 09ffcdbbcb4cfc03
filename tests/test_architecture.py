"""The walls of the house, read from the source by ``ast``: which room may import which; and what tracked files may hold.

The walls are first tried on small made-up trees, each with one violation, so that a wall that cannot fail would be seen.
"""

import ast
import graphlib
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hiphitch_analysis.schema import data_dictionary

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "hiphitch_analysis"
SOURCE = ROOT / "src" / PACKAGE

ROOMS_BY_FLOOR = {
    1: ("schema", "norms", "agreement", "precision", "certainty", "outputs", "templates", "extras"),
    2: ("read", "motion", "reps", "form", "workload", "simulate"),
    3: ("session", "progress"),
    4: ("report", "interactive", "store", "batch", "validate", "demo", "console", "doctor"),
    5: ("cli_simulate", "cli_report"),  # groups of commands of their own size; the command line gathers the groups
    6: ("cli",),
}
FLOORS = {room: floor for floor, rooms in ROOMS_BY_FLOOR.items() for room in rooms}
ALLOWED_BELOW = {"simulate": {"schema"}}  # the truth shares nothing with the analysis, not even its reference values
DRAWING_ROOMS = {"report", "interactive"}
DRAWING_LIBRARIES = {"matplotlib", "mpl_toolkits", "pylab"}
MODULE_LINES = 400
FUNCTION_LINES = 60


# --- Reading the source ------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Import:
    """`module` imports `target` (both dotted, from the package's name on for our own) in this line."""

    module: str
    target: str
    line: int


def module_names(source: Path) -> dict[str, Path]:
    """Every module under the package folder `source` by its dotted name."""
    paths = {}
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source.parent).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return paths


def _targets(node: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            base = ".".join([*parts[: len(parts) - node.level + is_package], *([node.module] if node.module else [])])
        yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("import_module", "__import__"):
            target = node.args[0].value
            yield importlib.util.resolve_name(target, module if is_package else module.rpartition(".")[0])


def read_imports(source: Path) -> list[Import]:
    """Every import statement of the package, also those inside functions and those written as a call; our own shortened to the module meant."""
    modules = module_names(source)
    found = []
    for module, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in _targets(node, module, path.name == "__init__.py"):
                while target.startswith(f"{source.name}.") and target not in modules and target.rpartition(".")[0] in modules:
                    target = target.rpartition(".")[0]
                found.append(Import(module, target, getattr(node, "lineno", 0)))
    return found


# --- The walls -------------------------------------------------------------------------------------------------------------------------------
def _room(module: str) -> str:
    """The room a module lies in; empty for the package's face."""
    return module.partition(".")[2].partition(".")[0]


def _broken_wall(found: Import, package: str) -> str | None:
    """Say which wall `found` breaks, or None."""
    room, library = _room(found.module), found.target.split(".")[0]
    if library in DRAWING_LIBRARIES:
        return None if room in DRAWING_ROOMS else f"{library} belongs in report/ and interactive/ only"
    if library != package or not room:
        return None
    other = _room(found.target)
    if other == room:
        return None
    if not other:
        return "rooms import one another, not the package's face"
    if other not in FLOORS:
        return f"{other} stands on no floor"
    if FLOORS[other] >= FLOORS.get(room, 0):
        return f"{room} (floor {FLOORS.get(room)}) may import only from lower floors, {other} stands on floor {FLOORS.get(other)}"
    if other not in ALLOWED_BELOW.get(room, FLOORS):
        return f"{room} may import only {', '.join(ALLOWED_BELOW[room])}"
    return None


def find_violations(source: Path) -> list[str]:
    """Every broken wall of the package folder `source`, one sentence each."""
    modules, imports = module_names(source), read_imports(source)
    rooms = {_room(module) for module in modules} - {"", "__main__"}
    told = [f"room '{room}' stands on no floor: place it in ROOMS_BY_FLOOR" for room in sorted(rooms - set(FLOORS))]
    for found in imports:
        wall = None if found.module.endswith(".__main__") else _broken_wall(found, source.name)
        told += [f"{found.module}:{found.line} imports {found.target}: {wall}"] if wall else []
    inside = {module: {i.target for i in imports if i.module == module and i.target in modules} - {module} for module in modules}
    try:
        graphlib.TopologicalSorter(inside).prepare()
    except graphlib.CycleError as error:
        told.append(f"modules import in a circle: {' → '.join(reversed(error.args[1]))}")
    return told


def find_large(source: Path) -> list[str]:
    """Modules and functions longer than the house likes (docstrings do not count for functions), to be split where that makes them clearer."""
    told = []
    for module, path in module_names(source).items():
        text = path.read_text(encoding="utf-8")
        lines = text.count("\n")
        told += [f"{module}: {lines} lines"] if lines > MODULE_LINES else []
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[1] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body[0]
                size = (node.end_lineno or 0) - first.lineno + 1
                told += [f"{module}.{node.name}: {size} code lines"] if size > FUNCTION_LINES else []
    return told


def test_the_house_keeps_its_walls(capsys: pytest.CaptureFixture[str]):
    violations = find_violations(SOURCE)
    large = find_large(SOURCE)
    if large:
        with capsys.disabled():
            print("\nto be split where splitting makes it clearer:", *large, sep="\n  ")
    assert not violations, "\n".join(violations)


# --- The walls can fail ----------------------------------------------------------------------------------------------------------------------
def build(folder: Path, files: dict[str, str]) -> Path:
    """Write a small package of the house's name and return its folder; missing ``__init__.py`` are added empty."""
    source = folder / PACKAGE
    for name, text in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in [source, *(p for p in source.rglob("*") if p.is_dir())]:
        (path / "__init__.py").touch()
    return source


SOUND = {
    "schema.py": "import pandas\n",
    "norms.py": "",
    "motion/pelvis.py": f"from {PACKAGE} import norms\nfrom ..schema import check_table\nfrom .noise import level\n",
    "motion/noise.py": "level = 1\n",
    "motion/__init__.py": "from .pelvis import level\n",
    "simulate/motion.py": f"from {PACKAGE}.schema import Imu\nimport numpy\n",
    "session.py": f"import {PACKAGE}.motion.pelvis\n",
    "report/figures.py": "from matplotlib.axes import Axes\n",
    "cli.py": "def report():\n    from .report import figures\n",
    "__init__.py": "def __getattr__(name):\n    from . import session\n",
    "__main__.py": f"from {PACKAGE}.cli import app\n",
}


def test_a_sound_tree_has_no_violation(tmp_path: Path):
    assert find_violations(build(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("motion/bad.py", f"import {PACKAGE}.session\n", "motion (floor 2) may import only from lower floors, session stands on floor 3"),
        ("motion/bad.py", f"from {PACKAGE} import session\n", "session stands on floor 3"),
        ("motion/bad.py", "from .. import session\n", "session stands on floor 3"),
        ("motion/bad.py", "from ..session import analyse\n", "session stands on floor 3"),
        ("motion/bad.py", "def f():\n    from ..session import analyse\n", "hiphitch_analysis.motion.bad:2 imports"),
        ("motion/deep/bad.py", "from ...session import analyse\n", "session stands on floor 3"),
        ("motion/deep/__init__.py", "from ...session import analyse\n", "session stands on floor 3"),
        ("motion/__init__.py", "from ..session import analyse\n", "session stands on floor 3"),
        ("motion/bad.py", f"import importlib\nimportlib.import_module('{PACKAGE}.session')\n", "session stands on floor 3"),
        ("motion/bad.py", "from importlib import import_module\nimport_module('..session', __package__)\n", "session stands on floor 3"),
        ("reps/bad.py", "from ..motion import pelvis\n", "reps (floor 2) may import only from lower floors, motion stands on floor 2"),
        ("simulate/bad.py", "from ..norms import GRAVITY_M_S2\n", "simulate may import only schema"),
        ("simulate/bad.py", "from ..motion.pelvis import level\n", "simulate (floor 2) may import only from lower floors"),
        ("motion/bad.py", "import matplotlib.pyplot as plt\n", "matplotlib belongs in report/ and interactive/ only"),
        ("session.py", "def f():\n    from matplotlib import colors\n", "matplotlib belongs in report/ and interactive/ only"),
        ("__init__.py", "import matplotlib\n", "matplotlib belongs in report/ and interactive/ only"),
        ("motion/noise.py", "from .pelvis import level\n", "hiphitch_analysis.motion.noise → hiphitch_analysis.motion.pelvis"),
        ("motion/noise.py", "def f():\n    from . import pelvis\n", "modules import in a circle"),
        ("motion/pelvis.py", "from . import level\n", "modules import in a circle"),
        ("cli.py", f"from {PACKAGE} import analyse\n", "rooms import one another, not the package's face"),
        ("helpers.py", "", "room 'helpers' stands on no floor"),
        ("cli.py", "from . import helpers\n", "hiphitch_analysis.cli:1 imports hiphitch_analysis.helpers: helpers stands on no floor"),
    ],
)
def test_each_wall_can_fail(tmp_path: Path, name: str, text: str, told: str):
    files = SOUND | {name: text} | ({"helpers.py": ""} if "helpers" in text else {})
    violations = find_violations(build(tmp_path, files))
    assert any(told in violation for violation in violations), violations


def test_large_modules_and_functions_are_named(tmp_path: Path):
    docstring = '    """Long.\n' + "    word\n" * 70 + '    """\n'
    files = {
        "session.py": "x = 1\n" * 401,
        "cli.py": "def long():\n" + "    x = 1\n" * 61,
        "norms.py": "x = 1\n" * 330 + "def short():\n" + "    x = 1\n" * 60,
        "schema.py": "def told():\n" + docstring + "    x = 1\n" * 60,
    }
    assert find_large(build(tmp_path, files)) == [f"{PACKAGE}.cli.long: 61 code lines", f"{PACKAGE}.session: 401 lines"]


# --- The face is light -----------------------------------------------------------------------------------------------------------------------
def test_importing_the_package_loads_neither_pandas_nor_matplotlib():
    program = f"import sys, {PACKAGE}; print(*sorted({{'pandas', 'matplotlib'}} & set(sys.modules)), '{PACKAGE}' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]


# --- What tracked files hold -------------------------------------------------------------------------------------------------------------------
# Written so that these patterns do not find themselves; the lock options that keep an address out are no address.
REGISTRY = re.compile(
    r"(?<!no-emit-)(?:index|extra-index)[-_]url\s*[= ]|(?<!no-emit-)find[-_]links\s*[= ]|://[^\s/]*/simple\b|pypi\.org|pythonhosted\.org"
    r"|conda\.anaconda\.org|registry\.npmjs\.org",
    re.IGNORECASE,
)


def find_registries(text: str) -> list[str]:
    """Lines that name a package registry or an option leading to one."""
    return [line.strip()[:120] for line in text.splitlines() if REGISTRY.search(line)]


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("--index" + "-url https://host.example/x", True),
        ("--find" + "-links some/folder", True),
        ("PIP_INDEX" + "_URL=x", True),
        ("https://mirror.example" + "/simple/numpy", True),
        ("see https://pypi" + ".org/project/numpy", True),
        ("https://files.python" + "hosted.org/x.whl", True),
        ("uv pip compile --no-emit-index" + "-url --no-emit-find" + "-links", False),
        ("https://doi.org/10.1000/simple", False),
        ("numpy==2.4.6 --hash=sha256:00", False),
    ],
)
def test_a_registry_is_recognised(line: str, bad: bool):
    assert bool(find_registries(line)) is bad


def tracked_files() -> list[Path]:
    """The files git tracks; the test is skipped outside a git checkout."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files are tracked is not known")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_registry():
    found = [f"{path.relative_to(ROOT)}: {line}" for path in tracked_files() for line in find_registries(path.read_text("utf-8", errors="replace"))]
    assert not found, "\n".join(found)


def test_locks_hold_no_address():
    found = [f"{path.name}: {line}" for path in ROOT.glob("*.lock") for line in path.read_text("utf-8").splitlines() if "://" in line]
    assert not found, "\n".join(found)


# --- Notebooks are stripped --------------------------------------------------------------------------------------------------------------------
def find_outputs(notebook: dict) -> list[str]:
    """What a notebook holds besides its source: outputs, counts, widget state."""
    told = ["metadata.widgets"] if "widgets" in notebook["metadata"] else []
    for number, cell in enumerate(notebook["cells"], start=1):
        told += [f"cell {number}: outputs"] if cell.get("outputs") else []
        told += [f"cell {number}: execution_count"] if cell.get("execution_count") is not None else []
    return told


def test_outputs_are_found():
    clean = {"cell_type": "code", "source": "1", "outputs": [], "execution_count": None}
    shown = clean | {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]}
    counted = clean | {"execution_count": 3}
    text = {"cell_type": "markdown", "source": "words"}
    assert find_outputs({"metadata": {}, "cells": [clean, text]}) == []
    told = find_outputs({"metadata": {"widgets": {}}, "cells": [text, shown, counted]})
    assert told == ["metadata.widgets", "cell 2: outputs", "cell 3: execution_count"]


def test_notebooks_hold_no_outputs():
    notebooks = [path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    found = [f"{path.relative_to(ROOT)}: {what}" for path in notebooks for what in find_outputs(json.loads(path.read_text("utf-8")))]
    assert not found, "\n".join([*found, "mend it with: .venv/bin/nbstripout notebooks/*.ipynb"])


# --- Documents that repeat what the code says ----------------------------------------------------------------------------------------------------
def test_data_dictionary_is_current():
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    generated = text.partition("<!-- dictionary: begin -->\n")[2].partition("<!-- dictionary: end -->")[0]
    how = 'put the output of: .venv/bin/python -c "from hiphitch_analysis.schema import data_dictionary; print(data_dictionary())"'
    assert generated.strip() == data_dictionary().strip(), f"data/README.md is older than schema.py; between its two markers {how}"


def test_every_document_names_the_same_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
