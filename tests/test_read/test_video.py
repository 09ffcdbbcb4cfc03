"""Videos: what is no video is said in a sentence; what is one is followed to a fraction of a pixel."""

import struct
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from hiphitch_analysis.read.edges import fit_square
from hiphitch_analysis.read.markertracks import track_markers
from hiphitch_analysis.read.tracker import LIKE_CODE, Tracker
from hiphitch_analysis.read.video import grab_frames, is_video
from hiphitch_analysis.session import analyse

SIZE = (480, 640)  # width, height
NO_OPENCV = "needs OpenCV (extra video)"


def cv():
    return pytest.importorskip("cv2", reason=NO_OPENCV)


def write_video(path, frames, hz=30.0, codec="MJPG"):
    cv2 = cv()
    frames = list(frames)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), hz, frames[0].shape[::-1])
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def picture(places, cells_px=7, room=None):
    """Grey room with OpenCV's own drawing of each marker, its top left black pixel at this place."""
    cv2 = cv()
    words = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_16h5)
    frame = np.full((SIZE[1], SIZE[0]), 120, dtype=np.uint8) if room is None else room.copy()
    for marker, (x, y), *cells in places:
        cells_px = cells[0] if cells else cells_px
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


def test_codes_are_told_apart_with_some_to_spare():
    cv2 = cv()
    words = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_16h5)
    codes = [cv2.aruco.generateImageMarker(words, i, 6)[1:5, 1:5].astype(float) for i in range(6)]
    likest = max(
        np.corrcoef(codes[i].ravel(), np.rot90(codes[j], turn).ravel())[0, 1]
        for i in range(6)
        for j in range(6)
        for turn in range(4)
        if i != j or turn
    )
    assert likest < LIKE_CODE - 0.1


@pytest.mark.parametrize("hidden", ["cells", "half", "whole"])
def test_what_lies_over_a_marker_is_not_taken_for_it(hidden):
    """A finger on the code leaves the edges in sight, a palm leaves half of them."""
    shown = picture([(0, (100, 200)), (1, (260, 200))])
    tracker = Tracker(cv())
    for _ in range(3):
        assert np.isfinite(tracker.look(shown)[:2]).all()
    covered = shown.copy()
    rows, columns = {
        "cells": (slice(210, 232), slice(107, 135)),
        "half": (slice(190, 250), slice(120, 150)),
        "whole": (slice(185, 255), slice(85, 155)),
    }[hidden]
    covered[rows, columns] = 150
    for _ in range(4):
        row = tracker.look(covered)
        assert np.isnan(row[0]).all() and np.isfinite(row[1]).all()
    assert np.isfinite(tracker.look(shown)[0]).all()


@pytest.mark.parametrize("mirrored", [False, True])
def test_two_people_with_the_same_markers_are_never_mixed(tmp_path, mirrored):
    """The nearer one is followed; a marker of theirs that a hand hides, and their leaving, do not bring in the other's."""
    near, far = (260, 50) if mirrored else (50, 260)

    def frame(i):
        ours = [(m, (near + 2 * (i % 10) + 150 * m, 200), 6) for m in (0, 1) if not (m == 0 and 20 <= i < 50) and i < 80]
        return picture([*ours, *((m, (far + 100 * m, 400), 4) for m in (0, 1))])

    tracks = track_markers(write_video(tmp_path / "clip.avi", map(frame, range(110))))
    x, y = (tracks.table[[f"m{m}_0_{axis}_px" for m in (0, 1)]].to_numpy() for axis in "xy")
    assert np.isnan(x[20:50, 0]).all() and np.isnan(x[80:]).all()
    assert np.isfinite(x[:80, 1]).all() and np.isfinite(x[:20, 0]).all() and np.isfinite(x[50:80, 0]).all()
    assert np.nanmax(y) < 220  # the other's are at 400
    said = dict(tracks.doubts)["marker_twice"]
    assert "the nearer one" in said and f"on the {'right' if mirrored else 'left'} of the picture" in said


def test_a_second_sheet_is_doubted(tmp_path):
    frames = [picture([(0, (100, 200)), (1, (260, 200)), (0, (100, 400))])] * 12
    assert "marker_twice" in dict(track_markers(write_video(tmp_path / "clip.avi", frames)).doubts)


def test_who_leaves_the_picture_is_said(tmp_path):
    frames = [picture([(m, (x + 130 * m, 200)) for m in (0, 1) if 8 < x + 130 * m < 420]) for x in range(150, 450, 6)]
    tracks = track_markers(write_video(tmp_path / "clip.avi", frames))
    assert "leaves the picture at 0.8 s" in dict(tracks.doubts)["left_picture"]  # the left marker's last whole one is at 280 + 6 × 23 = 418


def find_box(data, *names):
    """Return where each of these nested boxes of an MP4 begins, and where the innermost ends."""
    start, end, starts = 0, len(data), []
    for name in names:
        while data[start + 4 : start + 8] != name:
            start += struct.unpack(">I", data[start : start + 4])[0]
        starts.append(start)
        end, start = start + struct.unpack(">I", data[start : start + 4])[0], start + 8
    return starts, end


def drop_edits(data):
    """Let a player ignore the list that says how much of the clip to show."""
    starts, _ = find_box(data, b"moov", b"trak", b"edts")
    data[starts[-1] + 4 : starts[-1] + 8] = b"free"


def test_a_clip_at_an_uneven_rate_keeps_its_own_times(tmp_path):
    """OpenCV writes even rates only, so the table of durations is rewritten: every third frame lasts twice as long."""
    path = write_video(tmp_path / "clip.mp4", [picture([(0, (100 + i, 200)), (1, (260 + i, 200))]) for i in range(30)], codec="mp4v")
    data = bytearray(path.read_bytes())
    drop_edits(data)
    starts, end = find_box(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts")
    step, clock = struct.unpack(">I", data[starts[-1] + 20 : starts[-1] + 24])[0], 30
    lasts = [2 * step if i % 3 == 0 else step for i in range(30)]
    table = struct.pack(">I4sII", 16 + 8 * 30, b"stts", 0, 30) + b"".join(struct.pack(">II", 1, last) for last in lasts)
    grown = len(table) - (end - starts[-1])
    data[starts[-1] : end] = table
    for start in starts[:-1]:
        data[start : start + 4] = struct.pack(">I", struct.unpack(">I", data[start : start + 4])[0] + grown)
    path.write_bytes(data)
    tracks = track_markers(path)
    expected = np.concatenate([[0], np.cumsum(lasts)[:-1]]) / step / clock
    np.testing.assert_allclose(tracks.table.index, expected, atol=1e-3)
    np.testing.assert_allclose(tracks.table["m0_0_x_px"], 99.5 + np.arange(30), atol=0.1)
    assert not {"frame_times_doubtful", "frames_missing"} & set(dict(tracks.doubts))


def test_a_pause_within_a_clip_is_said(tmp_path):
    path = write_video(tmp_path / "clip.mp4", [picture([(0, (100, 200)), (1, (260, 200))])] * 20, codec="mp4v")
    data = bytearray(path.read_bytes())
    drop_edits(data)
    starts, _ = find_box(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts")
    first = starts[-1] + 16
    step = struct.unpack(">I", data[first + 4 : first + 8])[0]
    data[first : first + 8] = struct.pack(">II", 20, 15 * step)  # two frames per second
    path.write_bytes(data)
    assert "up to 0.5 s between two frames" in dict(track_markers(path).doubts)["frames_missing"]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_picture_on_its_side_is_set_upright(tmp_path, quarters):
    """As filmed by a phone lying on its side, without a word about it in the file."""
    upright = picture([(0, (100, 200)), (1, (260, 215))])
    tracks = track_markers(write_video(tmp_path / "clip.avi", [np.ascontiguousarray(np.rot90(upright, -quarters))] * 12))
    assert tracks.frame_px == SIZE and tracks.quarters == quarters
    np.testing.assert_allclose(tracks.table[["m0_0_x_px", "m0_0_y_px", "m1_0_x_px", "m1_0_y_px"]].iloc[0], [99.5, 199.5, 259.5, 214.5], atol=0.1)
    shown = grab_frames(tmp_path / "clip.avi", [3], tracks.quarters)[3]
    assert np.abs(shown[:, :, 0].astype(int) - upright).mean() < 3  # compressed
    assert "picture_turned" in dict(tracks.doubts)


def test_the_rotation_a_file_states_is_obeyed(tmp_path):
    """A phone upright films lying pictures and states a quarter turn in the file's track header, as a matrix."""
    upright = picture([(0, (100, 200)), (1, (260, 215))])
    path = write_video(tmp_path / "clip.mp4", [np.ascontiguousarray(np.rot90(upright))] * 12, codec="mp4v")
    data = bytearray(path.read_bytes())
    _, end = find_box(data, b"moov", b"trak", b"tkhd")
    matrix = end - 8 - 36
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, SIZE[1] << 16, 0, 0x40000000)
    path.write_bytes(data)
    tracks = track_markers(path)
    assert tracks.frame_px == SIZE and tracks.quarters == 0 and "picture_turned" not in dict(tracks.doubts)
    np.testing.assert_allclose(tracks.table[["m0_0_x_px", "m0_0_y_px"]].iloc[0], [99.5, 199.5], atol=0.15)


@pytest.mark.parametrize(
    ("markers", "moves", "plain", "flag"),
    [
        ((), True, False, "hand_held"),
        ((), False, False, None),
        ((), False, True, "stand_unproven"),
        ((4,), True, True, "hand_held"),
        ((4,), False, True, None),
    ],
)
def test_a_phone_in_a_hand_is_said(tmp_path, markers, moves, plain, flag):
    """By the wall's marker, else by the background; where neither shows it, that is said."""
    cv2, (wide, high) = cv(), SIZE
    coarse = np.random.default_rng(2).uniform(60, 180, (40, 40)).astype(np.float32)
    large = cv2.resize(coarse, (wide + 80, high + 80), interpolation=cv2.INTER_CUBIC).astype(np.uint8)

    def frame(i):
        x, y = (round(25 * np.sin(i / 9)), round(20 * np.cos(i / 7))) if moves else (0, 0)
        room = None if plain else np.ascontiguousarray(large[40 - y : 40 - y + high, 40 - x : 40 - x + wide])
        return picture([(m, (160 + x + 120 * m, 300 + y), 5) for m in (0, 1)] + [(m, (60 + x, 100 + y), 7) for m in markers], room=room)

    tracks = track_markers(write_video(tmp_path / "clip.avi", map(frame, range(62))))
    assert {"hand_held", "stand_unproven"} & set(dict(tracks.doubts)) == ({flag} if flag else set())
    if markers and moves:
        assert tracks.table["m4_0_x_px"].notna().all()  # followed in every frame
        assert "is taken out" in dict(tracks.doubts)["hand_held"]


def test_memory_does_not_grow_with_the_clip(tmp_path):
    """A long clip of few pictures; ten minutes at 15 frames per second, run once by hand, stayed within the same few MB."""
    frames = [picture([(0, (100 + i, 200)), (1, (260 + i, 200))]) for i in range(10)]
    peaks = []
    for times in (1, 6):
        path = write_video(tmp_path / f"{times}.avi", (frames + frames[::-1]) * times)
        tracemalloc.start()
        track_markers(path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    grown = (peaks[1] - peaks[0]) / (100 * SIZE[0] * SIZE[1])
    assert grown < 0.02  # of a grey picture per frame: 48 numbers and the table made of them


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


def test_opencv_says_nothing_of_its_own(tmp_path):
    """In a process of its own, as FFmpeg asks once how much it may say."""
    cv()
    path = tmp_path / "damaged.mp4"
    command = [sys.executable, "-m", "hiphitch_analysis.cli", "analyse", path, "--stance", "left"]
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + np.random.default_rng(0).bytes(5000))
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2 and run.stdout == ""
    assert run.stderr.startswith("hiphitch: damaged.mp4: expected a video") and len(run.stderr.splitlines()) == 1


def test_a_clip_that_breaks_off_is_used_as_far_as_it_goes(tmp_path):
    whole = write_video(tmp_path / "whole.avi", [picture([(0, (100, 200)), (1, (260, 200))])] * 40).read_bytes()
    short = tmp_path / "short.avi"
    short.write_bytes(whole[: len(whole) // 2])
    tracks = track_markers(short)
    assert 15 <= len(tracks.table) <= 25


@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe0\x00\x10JFIF", b"\x89PNG\r\n", b"GIF89a", b"\x00\x00\x00\x20ftypheic"])
@pytest.mark.parametrize("name", ["photo.jpg", "clip.mp4"])
def test_a_still_picture_is_no_video(tmp_path, head, name):
    path = tmp_path / name
    path.write_bytes(head + bytes(100))
    with pytest.raises(ValueError, match="got a still picture"):
        analyse(path, stance="left")


def test_what_is_only_named_a_video_is_said(tmp_path):
    path = tmp_path / "clip.MOV"
    path.write_bytes(b"time_s,acc_x_m_s2\n0,1\n")
    with pytest.raises(ValueError, match=r"expected a video .* got something else"):
        analyse(path, stance="left")


def test_without_opencv_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(100))
    with pytest.raises(ValueError, match=r' -m pip install "hiphitch-analysis\[video\]"'):
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
