"""Files → tables: sensor recordings, poses, training logs, analysed sets."""

from hiphitch_analysis.read.analysed import read_sessions
from hiphitch_analysis.read.imu import read_imu, recognise_imu
from hiphitch_analysis.read.intake import import_logs
from hiphitch_analysis.read.log import read_log, read_logs
from hiphitch_analysis.read.pose import read_pose

__all__ = ["import_logs", "read_imu", "read_log", "read_logs", "read_pose", "read_sessions", "recognise_imu"]
