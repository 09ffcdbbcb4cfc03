"""Running a notebook: parameters are values and never code, and an error is one sentence."""

import pytest

from hiphitch_analysis.report.run import inject_parameters, read_notebook, run_notebook


@pytest.mark.parametrize("value", ["x'); import os #", 3, 0.1, True, None, -1.5e-9, "ü\n\"'\\", ["a.csv", "it's; import os"], []])
def test_a_parameter_arrives_as_it_was_given(write_notebook, value):
    notebook = read_notebook(write_notebook("given = 'old'", "given"))
    inject_parameters(notebook, {"given": value}, "n")
    names: dict[str, object] = {}
    exec(notebook.cells[1].source, names)
    assert names["given"] == value
    assert type(names["given"]) is type(value)


def test_run_puts_parameters_behind_their_cell_and_starts_in_the_folder(write_notebook, tmp_path, capfd):
    (tmp_path / "data.txt").write_text("seven")
    path = write_notebook("name = ''\nn: int = 1", "print(name, n, open(name).read())")
    before = path.read_bytes()
    seen: list[tuple[int, int, str]] = []
    notebook = run_notebook(path, {"name": "data.txt", "n": 2}, tmp_path, lambda *told: seen.append(told))
    assert seen == [(i, 3, f"sheet: cell {i + 1}") for i in range(3)]  # the third holds the parameters
    assert notebook.cells[2].outputs[0].text == "data.txt 2 seven\n"
    assert path.read_bytes() == before
    # libzmq may say a last word of its own when a kernel ends under load; what the kernel prints of its transport must not be there.
    assert "TCP" not in capfd.readouterr().err  # the kernel is quiet


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"other": 1}, "unknown parameter 'other'; it knows 'given', 'n'"),
        ({"given; import os": 1}, "unknown parameter"),
        ({"given": [1]}, r"parameter 'given' must be text, a list of texts, a finite number, true, false or empty, got \[1\]"),
        ({"given": float("nan")}, "must be text, a list of texts, a finite number"),
        ({"given": type("Evil", (str,), {"__repr__": lambda self: "import os"})()}, "must be text"),
    ],
)
def test_only_known_names_and_plain_values(write_notebook, parameters, told):
    with pytest.raises(ValueError, match=told):
        run_notebook(write_notebook("given = ''\nn = 1"), parameters)


def test_a_notebook_without_a_parameters_cell_takes_none(write_notebook):
    path = write_notebook("1")
    notebook = read_notebook(path)
    notebook.cells[0].metadata.clear()
    with pytest.raises(ValueError, match="no cell is tagged 'parameters'"):
        inject_parameters(notebook, {"a": 1}, "sheet.ipynb")
    assert inject_parameters(notebook, {}, "sheet.ipynb") is notebook


def test_a_cells_value_error_becomes_one_sentence(write_notebook):
    path = write_notebook("n = 1", "raise ValueError('imu: too short.\\nRecord again.')")
    with pytest.raises(ValueError, match=r"^imu: too short\. Record again\.$"):
        run_notebook(path)


def test_lost_samples_are_told_as_any_sentence_of_ours(write_notebook):
    cell = "from hiphitch_analysis.motion.conditioning import LostSamplesError\nraise LostSamplesError('imu: 45% are missing.')"
    with pytest.raises(ValueError, match=r"^imu: 45% are missing\.$"):
        run_notebook(write_notebook("n = 1", cell))


def test_any_other_error_of_a_cell_is_named(write_notebook):
    with pytest.raises(RuntimeError, match=r"^sheet\.ipynb: cell 1 stopped with: ZeroDivisionError: division by zero$"):
        run_notebook(write_notebook("1 / 0"))


def test_what_is_no_notebook_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"nothing\.ipynb does not exist"):
        run_notebook(tmp_path / "nothing.ipynb")
    for text in ("not json", "[]", '{"cells": 1}'):
        (tmp_path / "bad.ipynb").write_text(text)
        with pytest.raises(ValueError, match=r"bad\.ipynb is no Jupyter notebook"):
            run_notebook(tmp_path / "bad.ipynb")
