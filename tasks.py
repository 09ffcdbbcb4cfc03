#!/usr/bin/env python3
"""Everything a visitor or a developer runs, in one file of the standard library: ``python3 tasks.py VERB`` (Windows: ``py tasks.py VERB``).

Each verb makes ``.venv`` if it is not there, installs the hash-checked lock it needs, shows every command before it runs and hands on its exit
code. A stamp in ``.venv`` says what was installed, so that a second call starts at once and an interrupted one is not taken for complete.

The syntax stays that of Python 3.9: whoever starts this file with an old Python gets a sentence, not a traceback.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
SUPPORTED = ((3, 13), (3, 12), (3, 11))
CORE_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
BUILD_REQUIREMENT = "hatchling>=1.27"
WINDOWS = os.name == "nt"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class TaskError(Exception):
    """One sentence for the person who called, and the exit code to leave with."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


# --- Running ---------------------------------------------------------------------------------------------------------------------------------
def show(command: Sequence[str]) -> str:
    """Return `command` as one would type it in the project's root."""
    inside = str(ROOT) + os.sep
    words = [word[len(inside) :] if word.startswith(inside) else word for word in command]
    return subprocess.list2cmdline(words) if WINDOWS else shlex.join(words)


def run(command: Sequence[str | Path]) -> int:
    """Show `command`, run it in the project's root and return its exit code (128 + signal when a signal ended it)."""
    words = [str(word) for word in command]
    print(f"$ {show(words)}", flush=True)
    try:
        process = subprocess.Popen(words, cwd=ROOT)
    except OSError as error:
        raise TaskError(f"{show(words[:1])} cannot be started ({error}): delete .venv and run this again.") from error
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue  # the command got the same Ctrl-C and decides itself: JupyterLab asks back, pytest writes its summary
        return code if code >= 0 else 128 - code


def answers(command: Sequence[str | Path]) -> str | None:
    """Return what `command` prints, or None when it cannot be run or fails."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


# --- The environment -------------------------------------------------------------------------------------------------------------------------
def venv_program(name: str) -> Path:
    """Return the path of a program of ``.venv``."""
    return ROOT / ".venv" / "Scripts" / f"{name}.exe" if WINDOWS else ROOT / ".venv" / "bin" / name


def supported_path(python: Sequence[str | Path]) -> str | None:
    """Return the interpreter's own path if it runs and has a supported version; a name on PATH may be a shim that only fails."""
    told = answers([*python, "-c", f"import sys; print(sys.executable); sys.exit(sys.version_info[:2] not in {SUPPORTED})"])
    return told.splitlines()[-1] if told else None


def candidates() -> Iterator[list[str]]:
    """Yield the interpreters to try: the running one (of a virtual environment: the one behind it), then the newest supported first."""
    yield [getattr(sys, "_base_executable", None) or sys.executable]
    for major, minor in SUPPORTED:
        if WINDOWS:
            yield ["py", f"-{major}.{minor}"]
        for folder in os.get_exec_path():
            found = shutil.which(f"python{major}.{minor}", path=folder)
            if found:
                yield [found]


def find_python() -> str:
    """Return the path of the Python to make ``.venv`` from."""
    for candidate in candidates():
        path = supported_path(candidate)
        if path:
            return path
    running = ".".join(map(str, sys.version_info[:2]))
    raise TaskError(f"Python 3.11, 3.12 or 3.13 is needed, got {running} and found no other on PATH: install Python 3.13 and run this again.")


def find_uv() -> str | None:
    """Return the path of a uv that runs, or None."""
    uv = shutil.which("uv")
    return uv if uv and answers([uv, "--version"]) else None


def make_venv(python: str) -> None:
    """Make ``.venv`` afresh with `python`: by venv, else virtualenv, else (as uv can install from outside) venv without pip."""
    venv = ROOT / ".venv"
    ways: list[tuple[str, list[str | Path]]] = [
        ("import venv, ensurepip", [python, "-m", "venv", "--clear", venv]),
        ("import virtualenv", [python, "-m", "virtualenv", "--clear", venv]),
    ]
    if find_uv():
        ways.append(("import venv", [python, "-m", "venv", "--clear", "--without-pip", venv]))
    for needed, command in ways:
        if answers([python, "-c", needed]) is not None:
            if run(command):
                raise TaskError(f".venv could not be made with {python}: see above.", code=1)
            return
    raise TaskError(
        f"{python} cannot make a virtual environment, because its venv module has no ensurepip: "
        "install python3-venv (Debian, Ubuntu), virtualenv or uv and run this again."
    )


def find_installer() -> list[str | Path]:
    """Return the start of an install command into ``.venv``, made now if it is missing or unusable."""
    python = venv_program("python")
    uv = find_uv()
    if not supported_path([python]) or not (uv or answers([python, "-c", "import pip"]) is not None):
        if python.parent.exists():
            print(".venv is incomplete or of an unsupported Python: it is made afresh.", flush=True)
        make_venv(find_python())
    if uv:
        return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    return [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]


def stamp_path() -> Path:
    """Return where ``.venv`` remembers what was installed."""
    return ROOT / ".venv" / "installed.json"


def fingerprints(lock: str) -> dict[str, str]:
    """Return what decides whether an installation of `lock` is current; the development lock holds all of the core one."""
    names = [CORE_LOCK, DEV_LOCK, "pyproject.toml"] if lock == DEV_LOCK else [CORE_LOCK, "pyproject.toml"]
    return {"root": str(ROOT), **{name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}}


def is_installed(lock: str) -> bool:
    """Tell whether ``.venv`` runs and holds `lock` and the package as they are now."""
    try:
        stamp = json.loads(stamp_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return fingerprints(lock).items() <= stamp.items() and supported_path([venv_program("python")]) is not None


def install(lock: str) -> None:
    """Bring ``.venv`` up to `lock` and install the package itself, unless that is done already."""
    if is_installed(lock):
        return
    installer = find_installer()
    stamp_path().unlink(missing_ok=True)
    packages = (ROOT / lock).read_text(encoding="utf-8").count("==")
    print(f"Installing {packages} packages of {lock} and this one into .venv: two to five minutes on a first run, without a word unless", end=" ")
    print("something is wrong.", flush=True)
    for what in (["--require-hashes", "-r", lock], ["--no-deps", "--no-build-isolation", "-e", "."]):
        code = run([*installer, *what])
        if code:
            raise TaskError("The installation did not finish: see above, then run this again.", code)
    stamp_path().write_text(json.dumps(fingerprints(lock), indent=1), encoding="utf-8")


# --- The verbs: each one's docstring is its line in the help -----------------------------------------------------------------------------------
def demo(*args: str) -> int:
    """Simulate a squad, analyse it and write its reports."""
    install(CORE_LOCK)
    return run([venv_program("hiphitch"), "demo", *args])


def lab(*args: str) -> int:
    """Open JupyterLab on notebooks/, at the first of them."""
    install(CORE_LOCK)
    set_up_lab()
    # In a container root is often the only user, and JupyterLab refuses it. It listens on 127.0.0.1 alone and asks for a token, as for anybody else.
    root = ["--allow-root"] if not WINDOWS and os.geteuid() == 0 else []
    return run([venv_program("python"), "-m", "jupyterlab", *root, *args, "notebooks/01_quick_start.ipynb"])


def set_up_lab() -> None:
    """Let JupyterLab ask no server for news, and keep its checkpoints out of notebooks/, which goes into the package."""
    settings = {
        "share/jupyter/lab/settings/overrides.json": {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        },
        "etc/jupyter/jupyter_server_config.json": {"FileCheckpoints": {"checkpoint_dir": str(ROOT / ".venv" / "checkpoints")}},
    }
    for name, content in settings.items():
        file = ROOT / ".venv" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")


def reports() -> int:
    """Run every notebook into reports/."""
    install(CORE_LOCK)
    return run([venv_program("hiphitch"), "report", "notebooks"])


def test(*args: str) -> int:
    """Run the tests, all of them on every core; ARGS go to pytest."""
    install(DEV_LOCK)
    for name in ONE_THREAD if not args else ():
        os.environ[name] = "1"  # each core has its own tests already
    return run([venv_program("python"), "-m", "pytest", *(args or ("-n", "auto", "--dist", "loadfile"))])


def check() -> int:
    """Run ruff, its format check and mypy."""
    install(DEV_LOCK)
    tools = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    codes = [run([venv_program("python"), "-m", *tool]) for tool in tools]
    return next((code for code in codes if code), 0)


def bench(*args: str) -> int:
    """Run the scoreboard in tests/benchmarks; ARGS go to pytest."""
    if not list((ROOT / "tests" / "benchmarks").glob("test_*.py")):
        raise TaskError("bench found no benchmarks: they are expected as tests/benchmarks/test_*.py.")
    install(DEV_LOCK)
    for name in ONE_THREAD:
        os.environ[name] = "1"  # processor time is compared, and a thread that waits for another spends it
    return run([venv_program("python"), "-m", "pytest", "tests/benchmarks", *args])


def study(*args: str) -> int:
    """Run the long study tests/studies/NAME.py."""
    names = sorted(path.stem for path in (ROOT / "tests" / "studies").glob("[!_]*.py"))
    if not args or args[0] not in names:
        got = f"got '{args[0]}'" if args else "got no name"
        there = f"choose from {', '.join(names)}" if names else "there is none yet"
        raise TaskError(f"study needs the NAME of a file tests/studies/NAME.py, {got}: {there}.")
    install(DEV_LOCK)
    return run([venv_program("python"), ROOT / "tests" / "studies" / f"{args[0]}.py", *args[1:]])


def setup() -> int:
    """Make .venv and install what demo, lab and reports need, nothing else."""
    install(CORE_LOCK)
    print("Ready: .venv holds what demo, lab and reports need.")
    return 0


def lock(*args: str) -> int:
    """Recompile both locks with uv, keeping pins that still fit (--upgrade renews them)."""
    uv = find_uv()
    if uv is None:
        raise TaskError("lock needs uv, which was not found on PATH: install it (pip install uv) and run this again.")
    resolve = "--universal --fork-strategy fewest --python-version 3.11 --generate-hashes"
    leave_out = "--no-emit-index-url --no-emit-find-links --no-header --no-annotate"
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build.txt"
        build.write_text(f"{BUILD_REQUIREMENT}\n", encoding="utf-8")
        for target, more in ((CORE_LOCK, []), (DEV_LOCK, ["--extra", "dev", "-c", CORE_LOCK])):
            code = run([uv, "pip", "compile", "pyproject.toml", build, *more, *resolve.split(), *leave_out.split(), *args, "-o", target])
            if code:
                return code
    return 0


class Verb(NamedTuple):
    """What a verb calls and the arguments it takes (none when empty)."""

    call: Callable[..., int]
    takes: str = ""


VERBS = {
    "demo": Verb(demo, "[ARGS]"),
    "lab": Verb(lab, "[ARGS]"),
    "reports": Verb(reports),
    "test": Verb(test, "[ARGS]"),
    "check": Verb(check),
    "bench": Verb(bench, "[ARGS]"),
    "study": Verb(study, "NAME"),
    "setup": Verb(setup),
    "lock": Verb(lock, "[ARGS]"),
}


def usage() -> str:
    """Return the help text: one line per verb."""
    start = "py tasks.py" if WINDOWS else "python3 tasks.py"
    lines = [f"  {name + ' ' + verb.takes:<14}{verb.call.__doc__}" for name, verb in VERBS.items()]
    return "\n".join([f"{start} VERB", "", *lines, "", "Each verb but lock first makes .venv and installs what it needs, unless that is done."])


def main(argv: Sequence[str]) -> int:
    """Run the verb named first in `argv` and return the exit code."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    name, *args = argv
    try:
        if name not in VERBS:
            raise TaskError(f"VERB must be one of {', '.join(VERBS)}, got '{name}': `tasks.py help` tells what each does.")
        if args and not VERBS[name].takes:
            raise TaskError(f"{name} takes no arguments, got '{' '.join(args)}': leave them out.")
        return VERBS[name].call(*args)
    except TaskError as error:
        print(error, file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
