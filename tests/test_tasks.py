"""tasks.py without a network: which Python is taken, when an installation counts as done, what is run and with which exit code.

The commands that would install are replaced by a recorder; the real installation runs wherever somebody types ``python3 tasks.py setup``.
"""

import ast
import importlib.util
import json
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="writes small shell scripts")


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tasks.py as it would be loaded from a folder with a space in its name, holding locks of its own."""
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path / "a copy"
    root.mkdir()
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (root / name).write_text(f"{name}\n")
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(module, "find_uv", lambda: None)
    return module


@pytest.fixture
def installs(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands run, recorded; all of them succeed, the ``.venv`` runs and the installer is called ``installer``."""
    commands = []
    (tasks.ROOT / ".venv").mkdir()
    monkeypatch.setattr(tasks, "run", lambda command: commands.append([str(word) for word in command]) or 0)
    monkeypatch.setattr(tasks, "supported_path", lambda python: "python")
    monkeypatch.setattr(tasks, "find_installer", lambda: ["installer"])
    return commands


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


# --- Running ---------------------------------------------------------------------------------------------------------------------------------
def test_a_command_is_shown_and_its_exit_code_handed_on(tasks: ModuleType, capfd: pytest.CaptureFixture[str]):
    code = tasks.run([sys.executable, "-c", "import os; print(os.getcwd()); raise SystemExit(7)"])
    shown, folder = capfd.readouterr().out.splitlines()
    assert code == 7
    assert shown.startswith("$ ")
    assert Path(folder).resolve() == tasks.ROOT.resolve()


@POSIX
def test_a_signal_becomes_128_and_its_number(tasks: ModuleType):
    assert tasks.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"]) == 128 + 15


@POSIX
def test_a_command_is_shown_as_one_would_type_it(tasks: ModuleType):
    assert tasks.show([str(tasks.ROOT / ".venv/bin/python"), "-k", "two words"]) == ".venv/bin/python -k 'two words'"


def test_a_missing_program_is_one_sentence(tasks: ModuleType):
    with pytest.raises(tasks.TaskError, match=r"cannot be started .*: delete \.venv and run this again"):
        tasks.run([tasks.venv_program("hiphitch")])


def test_windows_programs_are_found_in_scripts(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks, "WINDOWS", True)
    assert tasks.venv_program("python").relative_to(tasks.ROOT).parts == (".venv", "Scripts", "python.exe")


# --- Which Python ----------------------------------------------------------------------------------------------------------------------------
def test_the_running_python_is_taken_when_it_fits(tasks: ModuleType):
    # The tests themselves run on a supported Python, since the package requires one.
    assert tasks.supported_path([sys.executable]) == sys.executable


@POSIX
def test_a_shim_that_fails_is_passed_over(tasks: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shim = script(tmp_path / "shims" / "python3.13", "echo 'command not found' >&2; exit 127")
    too_new = script(tmp_path / "shims" / "python3.12", f"exec {sys.executable} -c 'import sys; sys.exit(1)'")
    real = script(tmp_path / "real" / "python3.12", "echo /the/real/python3.12")
    monkeypatch.setenv("PATH", f"{shim.parent}:{real.parent}")
    monkeypatch.setattr(tasks.sys, "_base_executable", str(tmp_path / "none"), raising=False)
    assert [[str(shim)], [str(too_new)], [str(real)]] == list(tasks.candidates())[1:4]
    assert tasks.find_python() == "/the/real/python3.12"


def test_an_unsupported_version_is_refused(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks, "SUPPORTED", ((2, 7),))
    assert tasks.supported_path([sys.executable]) is None


def test_no_python_is_one_sentence(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks, "supported_path", lambda python: None)
    with pytest.raises(
        tasks.TaskError, match=r"^Python 3\.11, 3\.12 or 3\.13 is needed, got 3\.\d+ and .*: install Python 3\.13 and run this again\.$"
    ):
        tasks.find_python()


# --- Making .venv ----------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("importable", "uv", "made_by"),
    [
        ({"import venv, ensurepip", "import virtualenv", "import venv"}, "uv", ["-m", "venv", "--clear"]),
        ({"import virtualenv", "import venv"}, "uv", ["-m", "virtualenv", "--clear"]),
        ({"import venv"}, "uv", ["-m", "venv", "--clear", "--without-pip"]),
    ],
)
def test_the_environment_is_made_by_what_there_is(
    tasks: ModuleType, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch, importable: set[str], uv: str, made_by: list[str]
):
    monkeypatch.setattr(tasks, "answers", lambda command: "" if command[-1] in importable else None)
    monkeypatch.setattr(tasks, "find_uv", lambda: uv)
    tasks.make_venv("python3.12")
    assert installs == [["python3.12", *made_by, str(tasks.ROOT / ".venv")]]


def test_no_way_to_make_an_environment_is_one_sentence(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks, "answers", lambda command: "" if command[-1] == "import venv" else None)
    with pytest.raises(tasks.TaskError, match=r"python3\.12 cannot make a virtual environment.*install python3-venv .* or uv and run this again"):
        tasks.make_venv("python3.12")


def test_an_environment_without_pip_is_made_afresh_unless_uv_is_there(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch):
    made = []
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tasks.ROOT / ".venv")], check=True)
    monkeypatch.setattr(tasks, "make_venv", made.append)
    python = tasks.venv_program("python")
    assert tasks.find_installer() == [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    assert len(made) == 1
    monkeypatch.setattr(tasks, "find_uv", lambda: "uv")
    assert tasks.find_installer() == ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    assert len(made) == 1


# --- When an installation counts as done -----------------------------------------------------------------------------------------------------------
def test_the_lock_is_installed_with_hashes_then_the_package_alone(tasks: ModuleType, installs: list[list[str]]):
    tasks.install(tasks.CORE_LOCK)
    assert installs == [
        ["installer", "--require-hashes", "-r", "requirements.lock"],
        ["installer", "--no-deps", "--no-build-isolation", "-e", "."],
    ]


def test_before_an_installation_one_line_says_how_much_and_how_long(tasks: ModuleType, installs: list[list[str]], capsys: pytest.CaptureFixture[str]):
    (tasks.ROOT / "requirements.lock").write_text("numpy==2.0 \\\n    --hash=sha256:0\npandas==3.0 \\\n    --hash=sha256:1\n")
    tasks.install(tasks.CORE_LOCK)
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith("Installing 2 packages of requirements.lock") and "two to five minutes" in said
    tasks.install(tasks.CORE_LOCK)
    assert capsys.readouterr().out == ""


def test_a_second_call_installs_nothing(tasks: ModuleType, installs: list[list[str]]):
    tasks.install(tasks.CORE_LOCK)
    tasks.install(tasks.CORE_LOCK)
    assert len(installs) == 2


def test_the_development_lock_serves_the_core_verbs_but_not_the_reverse(tasks: ModuleType, installs: list[list[str]]):
    tasks.install(tasks.CORE_LOCK)
    assert not tasks.is_installed(tasks.DEV_LOCK)
    tasks.install(tasks.DEV_LOCK)
    assert tasks.is_installed(tasks.DEV_LOCK)
    assert tasks.is_installed(tasks.CORE_LOCK)


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_installs_again(tasks: ModuleType, installs: list[list[str]], name: str):
    tasks.install(tasks.CORE_LOCK)
    (tasks.ROOT / name).write_text("changed\n")
    tasks.install(tasks.CORE_LOCK)
    assert len(installs) == 4


def test_a_moved_folder_installs_again(tasks: ModuleType, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    tasks.install(tasks.CORE_LOCK)
    monkeypatch.setattr(tasks, "ROOT", tasks.ROOT.rename(tasks.ROOT.with_name("moved")))
    assert not tasks.is_installed(tasks.CORE_LOCK)


@pytest.mark.parametrize("failing", [1, 2])
def test_an_interrupted_installation_is_not_taken_for_complete(
    tasks: ModuleType, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch, failing: int
):
    tasks.install(tasks.CORE_LOCK)
    (tasks.ROOT / "requirements.lock").write_text("changed\n")
    codes = iter([0] * (failing - 1) + [130])
    monkeypatch.setattr(tasks, "run", lambda command: next(codes))
    with pytest.raises(tasks.TaskError, match="did not finish") as raised:
        tasks.install(tasks.CORE_LOCK)
    assert raised.value.code == 130
    (tasks.ROOT / "requirements.lock").write_text("requirements.lock\n")  # back to what the stamp of the first installation said
    assert not tasks.is_installed(tasks.CORE_LOCK)


def test_a_half_written_stamp_is_no_stamp(tasks: ModuleType, installs: list[list[str]]):
    tasks.install(tasks.CORE_LOCK)
    tasks.stamp_path().write_text(tasks.stamp_path().read_text()[:20])
    assert not tasks.is_installed(tasks.CORE_LOCK)


# --- The verbs -------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("argv", "lock", "command"),
    [
        (["demo", "--out", "x"], "requirements.lock", ["hiphitch", "demo", "--out", "x"]),
        (["reports"], "requirements.lock", ["hiphitch", "report", "notebooks"]),
        (
            ["lab", "--no-browser"],
            "requirements.lock",
            ["python", "-m", "jupyterlab", "--no-browser", "notebooks/01_quick_start.ipynb"],
        ),
        (["test", "-k", "reps"], "requirements-dev.lock", ["python", "-m", "pytest", "-k", "reps"]),
        (["bench", "-q"], "requirements-dev.lock", ["python", "-m", "pytest", "tests/benchmarks", "-q"]),
    ],
)
def test_a_verb_installs_its_lock_and_runs_its_command(
    tasks: ModuleType, installs: list[list[str]], argv: list[str], lock: str, command: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tasks, "venv_program", lambda name: name)
    monkeypatch.setattr(tasks.os, "geteuid", lambda: 1000, raising=False)
    script(tasks.ROOT / "tests" / "benchmarks" / "test_peers.py", "")
    assert tasks.main(argv) == 0
    assert installs[0] == ["installer", "--require-hashes", "-r", lock]
    assert installs[2:] == [command]


def test_jupyterlab_starts_as_root_too(tasks: ModuleType, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    """As in a container; JupyterLab refuses root unless it is told."""
    monkeypatch.setattr(tasks, "venv_program", lambda name: name)
    monkeypatch.setattr(tasks, "WINDOWS", False)
    monkeypatch.setattr(tasks.os, "geteuid", lambda: 0, raising=False)
    assert tasks.main(["lab", "--no-browser"]) == 0
    assert installs[-1] == ["python", "-m", "jupyterlab", "--allow-root", "--no-browser", "notebooks/01_quick_start.ipynb"]


def test_jupyterlab_asks_no_server_and_leaves_nothing_among_the_notebooks(tasks: ModuleType):
    tasks.set_up_lab()
    read = {path.name: json.loads(path.read_text("utf-8")) for path in (tasks.ROOT / ".venv").rglob("*.json")}
    assert read["overrides.json"]["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false", "checkForUpdates": False}
    checkpoints = Path(read["jupyter_server_config.json"]["FileCheckpoints"]["checkpoint_dir"])
    assert checkpoints.is_absolute() and tasks.ROOT / "notebooks" not in checkpoints.parents


def test_check_runs_all_three_tools_and_fails_if_one_does(tasks: ModuleType, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    ran = []
    tasks.install(tasks.DEV_LOCK)
    monkeypatch.setattr(tasks, "run", lambda command: ran.append(command[2:]) or int("format" in command))
    assert tasks.main(["check"]) == 1
    assert ran == [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]


def test_study_runs_the_named_file_and_lists_what_there_is(tasks: ModuleType, installs: list[list[str]], capsys: pytest.CaptureFixture[str]):
    path = script(tasks.ROOT / "tests" / "studies" / "reps.py", "")
    script(path.with_name("__init__.py"), "")
    assert tasks.main(["study", "reps", "--n", "3"]) == 0
    assert installs[-1] == [str(tasks.venv_program("python")), str(path), "--n", "3"]
    assert tasks.main(["study", "../reps"]) == 2
    assert capsys.readouterr().err == "study needs the NAME of a file tests/studies/NAME.py, got '../reps': choose from reps.\n"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["study"], "study needs the NAME of a file tests/studies/NAME.py, got no name: there is none yet."),
        (["bench"], "bench found no benchmarks: they are expected as tests/benchmarks/test_*.py."),
        (["lock"], "lock needs uv, which was not found on PATH: install it (pip install uv) and run this again."),
        (["check", "--fix"], "check takes no arguments, got '--fix': leave them out."),
        (
            ["dmeo"],
            "VERB must be one of demo, lab, reports, test, check, bench, study, setup, lock, got 'dmeo': `tasks.py help` tells what each does.",
        ),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_2(tasks: ModuleType, capsys: pytest.CaptureFixture[str], argv: list[str], told: str):
    assert tasks.main(argv) == 2
    assert capsys.readouterr().err == f"{told}\n"


def test_no_verb_shows_a_line_per_verb(tasks: ModuleType, capsys: pytest.CaptureFixture[str]):
    assert tasks.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [
        "demo",
        "lab",
        "reports",
        "test",
        "check",
        "bench",
        "study",
        "setup",
        "lock",
    ]


def test_lock_compiles_core_first_and_stops_when_it_fails(tasks: ModuleType, installs: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tasks, "find_uv", lambda: "uv")
    assert tasks.main(["lock", "--upgrade"]) == 0
    assert [command[-2:] for command in installs] == [["-o", "requirements.lock"], ["-o", "requirements-dev.lock"]]
    assert "--extra" not in installs[0]
    assert installs[1][installs[1].index("--extra") :][:4] == ["--extra", "dev", "-c", "requirements.lock"]
    assert all({"--generate-hashes", "--universal", "--upgrade"} <= set(command) for command in installs)
    monkeypatch.setattr(tasks, "run", lambda command: installs.append(command) or 1)
    assert tasks.main(["lock"]) == 1
    assert len(installs) == 3


# --- The locks themselves ----------------------------------------------------------------------------------------------------------------------
def pins(name: str) -> dict[str, str]:
    """Package → pin with its marker, as the lock has them."""
    return dict(re.findall(r"^([a-z0-9._-]+)(==[^\\\n]+?) *\\?$", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in requirements}


def extras_of(line: str, extras: dict[str, list[str]]) -> list[str]:
    """The requirements that a line like ``hiphitch-analysis[pdf,video]`` stands for; none for any other line."""
    own = re.fullmatch(r"hiphitch-analysis\[([a-z0-9,]+)\]", line)
    return [needed for name in own[1].split(",") for needed in extras[name]] if own else []


def test_the_development_lock_holds_the_core_lock():
    core, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    # Versions only: a marker may widen when a development tool needs the package on more platforms.
    assert {name: pin.split(" ")[0] for name, pin in core.items()}.items() <= {name: pin.split(" ")[0] for name, pin in dev.items()}.items()


def test_the_locks_hold_every_direct_dependency_and_the_build_backend(tasks: ModuleType):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["build-system"]["requires"] == [tasks.BUILD_REQUIREMENT]
    core = names([*project["project"]["dependencies"], *project["build-system"]["requires"]])
    assert core <= set(pins("requirements.lock"))
    extras = project["project"]["optional-dependencies"]
    dev = [name for line in extras["dev"] for name in (extras_of(line, extras) or [line])]
    assert core | names(dev) <= set(pins("requirements-dev.lock"))


def test_supported_pythons_are_those_of_the_project(tasks: ModuleType):
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert wanted == f">={min(tasks.SUPPORTED)[0]}.{min(tasks.SUPPORTED)[1]},<{max(tasks.SUPPORTED)[0]}.{max(tasks.SUPPORTED)[1] + 1}"


def test_tasks_parses_on_an_old_python():
    ast.parse((ROOT / "tasks.py").read_text("utf-8"), feature_version=(3, 9))
