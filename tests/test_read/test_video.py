"""Videos: what is no video is said in a sentence; what is one is followed to a fraction of a pixel."""

import numpy as np
import pytest

from hiphitch_analysis.read.edges import fit_square
from hiphitch_analysis.read.video import is_video, track_markers
from hiphitch_analysis.session import analyse

SIZE = (480, 640)  # width, height
NO_OPENCV = "needs OpenCV (extra video)"


def cv():
    return pytest.importorskip("cv2", reason=NO_OPENCV)


def write_video(path, frames, hz=30.0, codec="MJPG"):
    cv2 = cv()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), hz, SIZE)
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def picture(places, cells_px=7):
    """Grey room with OpenCV's own drawing of each marker, its top left black pixel at this place."""
    cv2 = cv()
    words = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_16h5)
    frame = np.full((SIZE[1], SIZE[0]), 120, dtype=np.uint8)
    for marker, (x, y) in places:
        side = 6 * cells_px
        frame[y - cells_px : y + side + cells_px, x - cells_px : x + side + cells_px] = 220
        frame[y : y + side, x : x + side] = np.where(cv2.aruco.generateImageMarker(words, marker, side) > 0, 220, 30)
    return frame


@pytest.mark.parametrize("turn_deg", [0.0, 12.0, 47.0])
def test_corners_are_found_between_pixels(turn_deg):
    """A turned black square, each pixel grey by the share that 8 × 8 points of it cover."""
    fine = (np.arange(8) + 0.5) / 8 - 0.5
    x, y = np.meshgrid((np.arange(80)[:, None] + fine).ravel(), (np.arange(80)[:, None] + fine).ravel())
    turn = np.radians(turn_deg)
    middle, half = np.array([39.25, 40.625]), 15.125  # upright, its sides lie between two of the points
    u, v = (x - middle[0]) * np.cos(turn) + (y - middle[1]) * np.sin(turn), (y - middle[1]) * np.cos(turn) - (x - middle[0]) * np.sin(turn)
    cover = ((np.abs(u) < half) & (np.abs(v) < half)).reshape(80, 8, 80, 8).mean(axis=(1, 3))
    square = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    true = square @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + middle
    rough = true + np.random.default_rng(1).uniform(-1, 1, (4, 2))  # as a detector leaves them
    found = fit_square(np.round(220 - 190 * cover).astype(np.uint8), rough)
    np.testing.assert_allclose(found, true, atol=0.03)  # 64 points per pixel know a share to about 1 %


def test_no_edge_no_square():
    assert fit_square(np.full((60, 60), 120, dtype=np.uint8), np.array([[10, 10], [40, 10], [40, 40], [10, 40]])) is None


def test_moving_markers_are_followed_with_their_times(tmp_path):
    frames = [picture([(0, (100 + i, 200)), (1, (260 + i, 200 + i // 2)), (4, (380, 60)), (9, (60, 420))]) for i in range(40)]
    seen = []
    tracks = track_markers(write_video(tmp_path / "clip.avi", frames), lambda *step: seen.append(step))
    assert tracks.frame_px == SIZE
    assert tracks.rate_hz == pytest.approx(30, rel=1e-3)
    np.testing.assert_allclose(tracks.table.index, np.arange(40) / 30, atol=1e-3)
    assert tracks.missed == {0: 0, 1: 0, 4: 0}  # 9 is no marker of ours
    # the black square's first pixel is at 100 + i, so its edge half a pixel before that
    np.testing.assert_allclose(tracks.table["m0_0_x_px"], 99.5 + np.arange(40), atol=0.1)
    np.testing.assert_allclose(tracks.table["m1_0_y_px"], 199.5 + np.arange(40) // 2, atol=0.1)
    assert seen[-1][:2] == (40, 40)


def test_a_marker_hidden_and_back_is_missed_meanwhile(tmp_path):
    hidden = range(20, 32)
    frames = [picture([(1, (260, 200)), *([] if i in hidden else [(0, (100, 200))])]) for i in range(50)]
    tracks = track_markers(write_video(tmp_path / "clip.avi", frames))
    gone = tracks.table["m0_0_x_px"].isna().to_numpy()
    assert gone[20:32].all() and not gone[:20].any() and not gone[32:].any()
    assert tracks.missed[0] == 12


def test_small_markers_are_found(tmp_path):
    frames = [picture([(0, (100, 200)), (1, (180, 200))], cells_px=3)] * 12  # 18 pixels
    assert track_markers(write_video(tmp_path / "clip.avi", frames)).missed == {0: 0, 1: 0}


def test_a_second_sheet_is_doubted(tmp_path):
    frames = [picture([(0, (100, 200)), (1, (260, 200)), (0, (100, 400))])] * 12
    assert [flag for flag, _ in track_markers(write_video(tmp_path / "clip.avi", frames)).doubts] == ["marker_twice"]


def test_nobody_in_the_picture_is_said(tmp_path):
    with pytest.raises(ValueError, match=r"0 of 12 frames \(markers: none\)"):
        track_markers(write_video(tmp_path / "clip.avi", [picture([])] * 12))


def test_cut_off_and_damaged_videos_are_said(tmp_path):
    cv()
    whole = write_video(tmp_path / "whole.mp4", [picture([(0, (100, 200)), (1, (260, 200))])] * 12, codec="mp4v").read_bytes()
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(whole[: len(whole) // 2])  # the index at the end is gone
    with pytest.raises(ValueError, match="damaged or cut off"):
        track_markers(damaged)


@pytest.mark.parametrize(("content", "message"), [(b"", "an empty file"), (b"time_s,acc\n", "got something else"), (None, "no such file")])
def test_what_is_no_video_is_said(tmp_path, content, message):
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    assert not is_video(path)
    with pytest.raises(ValueError, match=message):
        track_markers(path)


def test_without_opencv_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(100))
    with pytest.raises(ValueError, match=r'pip install "hiphitch-analysis\[video\]"'):
        track_markers(path)


def test_a_video_goes_through_the_front_door(tmp_path):
    path = tmp_path / "any-name"
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(100))
    with pytest.raises(ValueError, match="Give --stance"):
        analyse(path)
    with pytest.raises(ValueError, match="--ap-axis: belongs to other recordings"):
        analyse(path, stance="left", ap_axis="+x")
    cv()
    clip = tmp_path / "clip.avi"
    write_video(clip, [picture([(0, (100, 200)), (1, (260, 200))])] * 60)
    found = analyse(clip, stance="left")
    assert (found.format, found.route) == ("video", "printed markers")
    assert {"no_reps", "relative_zero", "marker_line"} <= set(found.flags)  # two seconds of standing still
    assert found.angles["obliquity_deg"].abs().max() < 0.1
