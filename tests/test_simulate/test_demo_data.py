"""data/demo is what its README's commands make, and small."""

import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hiphitch_analysis import cli

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data/demo"


def test_demo_data_are_remade_by_their_commands(tmp_path, monkeypatch, capsys):
    commands = re.findall(r"^hiphitch simulate .*--out data/demo$", (ROOT / "data/README.md").read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        monkeypatch.setattr(sys, "argv", shlex.split(command.replace("data/demo", str(tmp_path))))
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code
    capsys.readouterr()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in DEMO.iterdir())
    for path in DEMO.glob("*_imu.csv"):
        kept, made = (pd.read_csv(folder / path.name).to_numpy() for folder in (DEMO, tmp_path))
        # another platform's mathematics may differ in the last digit before rounding to the sensor's resolution
        np.testing.assert_allclose(made, kept, atol=2e-3)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "log.csv"), pd.read_csv(DEMO / "log.csv"))


def test_demo_data_are_small():
    assert sum(p.stat().st_size for p in DEMO.iterdir()) < 2_000_000
