"""One recording, from file to form score, and the tables it leaves."""

from hiphitch_analysis.session.recording import Details, Session, analyse
from hiphitch_analysis.session.results import angles_to_csv, describe_session, session_rows, summarise_session, write_session

__all__ = ["Details", "Session", "analyse", "angles_to_csv", "describe_session", "session_rows", "summarise_session", "write_session"]
