"""Truth first, then what a sensor or a training log would show of it. Imports no analysis code: its priors are its own."""

from hiphitch_analysis.simulate.log import SimulatedLog, simulate_log
from hiphitch_analysis.simulate.recording import SimulatedSet, simulate_set, write_set
from hiphitch_analysis.simulate.squad import SquadFiles, simulate_squad, write_log

__all__ = ["SimulatedLog", "SimulatedSet", "SquadFiles", "simulate_log", "simulate_set", "simulate_squad", "write_log", "write_set"]
