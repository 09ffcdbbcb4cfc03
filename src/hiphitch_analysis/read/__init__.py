"""Files → tables: sensor recordings, training logs, analysed sessions."""

from hiphitch_analysis.read.imu import read_imu, recognise_imu

__all__ = ["read_imu", "recognise_imu"]
