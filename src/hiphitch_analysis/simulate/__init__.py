"""Truth first, then what a sensor or a training log would show of it. Imports no analysis code: its priors are its own."""

from hiphitch_analysis.simulate.athlete import TIRELESS, Athlete, Technique, draw_athlete
from hiphitch_analysis.simulate.body import Body
from hiphitch_analysis.simulate.camera import Camera, PoseModel, estimate_pose, project_skeleton
from hiphitch_analysis.simulate.courses import POLICIES, STANDARD, ClimbLadder, FollowOpenSet, GoToFailure, KeepTimetable, fine_ladder
from hiphitch_analysis.simulate.devices import DEVICES
from hiphitch_analysis.simulate.exports import Habits
from hiphitch_analysis.simulate.fatigue import Muscle
from hiphitch_analysis.simulate.faults import FAULTS, Fault, list_faults
from hiphitch_analysis.simulate.log import SimulatedLog, simulate_log
from hiphitch_analysis.simulate.logfiles import LOG_FORMATS, write_log_files
from hiphitch_analysis.simulate.mechanistic import Training, simulate_mechanistic_season
from hiphitch_analysis.simulate.policy import Policy, Prescribed, Shown
from hiphitch_analysis.simulate.population import Population, Squad, draw_squad
from hiphitch_analysis.simulate.posefiles import write_film
from hiphitch_analysis.simulate.recording import SimulatedSet, simulate_set, simulate_still, write_set
from hiphitch_analysis.simulate.reference import SimulatedSeason, simulate_season
from hiphitch_analysis.simulate.season import Season
from hiphitch_analysis.simulate.seasonfiles import write_season
from hiphitch_analysis.simulate.squad import SquadFiles, simulate_squad, write_log
from hiphitch_analysis.simulate.stimulus import Stimulus

__all__ = [
    "DEVICES",
    "FAULTS",
    "LOG_FORMATS",
    "POLICIES",
    "STANDARD",
    "TIRELESS",
    "Athlete",
    "Body",
    "Camera",
    "ClimbLadder",
    "Fault",
    "FollowOpenSet",
    "GoToFailure",
    "Habits",
    "KeepTimetable",
    "Muscle",
    "Policy",
    "Population",
    "PoseModel",
    "Prescribed",
    "Season",
    "Shown",
    "SimulatedLog",
    "SimulatedSeason",
    "SimulatedSet",
    "Squad",
    "SquadFiles",
    "Stimulus",
    "Technique",
    "Training",
    "draw_athlete",
    "draw_squad",
    "estimate_pose",
    "fine_ladder",
    "list_faults",
    "project_skeleton",
    "simulate_log",
    "simulate_mechanistic_season",
    "simulate_season",
    "simulate_set",
    "simulate_squad",
    "simulate_still",
    "write_film",
    "write_log",
    "write_log_files",
    "write_season",
    "write_set",
]
