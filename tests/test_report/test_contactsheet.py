"""What was seen in a video: which frames are shown, what of them, and that the sheet is whole, small and left where asked for."""

import io

import numpy as np
import pytest
from tests.test_read.test_video import picture, write_video

from hiphitch_analysis.report import contactsheet
from hiphitch_analysis.report.contactsheet import choose_moments, write_contact_sheet
from hiphitch_analysis.session import analyse
from hiphitch_analysis.simulate import simulate_set, write_set


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """Four seconds of standing; a hand over the right marker for half a second; a breastbone marker."""
    pytest.importorskip("cv2", reason="needs OpenCV (extra video)")

    def frame(i):
        return picture([(1, (260, 300)), (2, (180, 130)), *([] if 60 <= i < 75 else [(0, (100, 300))])])

    video = write_video(tmp_path_factory.mktemp("clip") / "set$1$.avi", map(frame, range(120)))
    return video, analyse(video, stance="left")


def test_frames_are_spread_and_show_what_was_missed(filmed):
    moments = choose_moments(filmed[1])
    assert 8 <= len(moments) <= 12
    assert [moment.number for moment in moments] == sorted({moment.number for moment in moments})
    assert {moment.number: moment.what for moment in moments}[67] == "hip marker missed"  # the middle of 60 to 74
    assert (moments[0].number, moments[-1].number) == (0, 119)


def test_the_face_is_left_out(filmed):
    corners = contactsheet._corners(filmed[1].source)
    _, top, _, bottom = contactsheet._crop(corners, corners, (480, 640))
    assert 90 < top < 130  # just above the breastbone's marker
    assert bottom == 608  # middles of the hips' markers at 320.5 and 160 px apart: 1.8 times that below them
    corners[:, 2] = np.nan
    assert contactsheet._crop(corners, corners, (480, 640))[1] == 80  # without it 1.5 times that above them


def test_the_sheet_is_left_whole_and_small(filmed, tmp_path):
    from PIL import Image

    sheet = write_contact_sheet(*filmed, tmp_path / "new")
    assert sheet.name == "set$1$_seen.jpg" and sheet.stat().st_size < 400_000
    assert [path.name for path in (tmp_path / "new").iterdir()] == [sheet.name]
    image = np.asarray(Image.open(io.BytesIO(sheet.read_bytes())).convert("RGB"), dtype=int)
    red, green, blue = image.transpose(2, 0, 1)
    assert ((green > red + 60) & (green > blue + 10)).sum() > 500  # outlines
    assert ((red > 190) & (green < 120) & (blue < 60)).sum() > 300  # the frame that lacks a marker


def test_no_video_no_sheet(tmp_path):
    made = simulate_set(2, "left", 8.0, seed=1)
    recording = next(path for path in write_set(made, tmp_path, "set") if path.name.endswith("imu.csv"))
    assert write_contact_sheet(recording, analyse(recording, stance="left"), tmp_path) is None
