"""One recording, from file to form score, and the tables it leaves."""

from hiphitch_analysis.session.correcting import correct_session
from hiphitch_analysis.session.recording import analyse, share_corrections
from hiphitch_analysis.session.results import angles_to_csv, describe_session, session_rows, summarise_session, write_session
from hiphitch_analysis.session.session import Details, Session

__all__ = [
    "Details",
    "Session",
    "analyse",
    "angles_to_csv",
    "correct_session",
    "describe_session",
    "session_rows",
    "share_corrections",
    "summarise_session",
    "write_session",
]
