"""What is said of an installation: this one, and broken ones."""

import sys

import pytest

from hiphitch_analysis import doctor
from hiphitch_analysis.doctor import EXTRAS, Finding, describe_findings, examine


def states(found):
    return {finding.text: finding.state for finding in found}


def test_this_installation_has_what_it_needs(hiphitch):
    found = examine()
    assert not [finding for finding in found if finding.state == "mend"]
    assert any(finding.text.startswith(f"Python 3.{sys.version_info.minor}") for finding in found)
    assert sum(finding.text.startswith("extra") for finding in found) == len(EXTRAS)
    code, out, _ = hiphitch("doctor")
    assert code == 0
    assert out.strip() == describe_findings(found).strip()


def test_an_absent_extra_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda module: None)
    absent = [finding.text for finding in examine() if finding.state == "absent"]
    assert f'extra c3d, C3D files of motion capture: {sys.executable} -m pip install "hiphitch-analysis[c3d]"' in absent
    assert any(text.endswith(', Python 3.11 or 3.12: pip install "hiphitch-analysis[pose]"') for text in absent)  # not into this environment


def test_two_opencvs_in_one_folder_are_told(monkeypatch):
    monkeypatch.setattr(doctor, "packages_distributions", lambda: {"cv2": ["opencv-python-headless", "opencv-contrib-python"]})
    (first, *_) = examine()  # what is to be mended comes first
    assert first.state == "mend"
    assert "opencv-contrib-python and opencv-python-headless share the folder cv2" in first.text
    assert "-m pip uninstall opencv-contrib-python opencv-python-headless, then " in first.text
    assert first.text.endswith("-m pip install opencv-contrib-python")


def test_an_opencv_for_an_older_numpy_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "packages_distributions", lambda: {"cv2": ["opencv-python-headless"]})
    monkeypatch.setattr(doctor, "version", lambda package: "4.12.0.88" if package.startswith("opencv") else "9.9")
    assert any("4.12.0.88 asks for an older numpy" in finding.text for finding in examine() if finding.state == "mend")


def test_a_mediapipe_without_its_model_is_told(monkeypatch):
    pinned = next(line for line in doctor.requires("hiphitch-analysis") if line.startswith("mediapipe"))
    assert f"mediapipe=={doctor.MEDIAPIPE};" in pinned.replace(" ", "").replace("'", '"')
    monkeypatch.setattr(doctor, "version", lambda package: "0.10.31" if package == "mediapipe" else "9.9")
    assert any(text.startswith("mediapipe 0.10.31: expected 0.10.14") and state == "mend" for text, state in states(examine()).items())
    monkeypatch.setattr(doctor, "version", lambda package: doctor.MEDIAPIPE if package == "mediapipe" else "9.9")
    assert not any(text.startswith("mediapipe") for text in states(examine()))


def test_a_missing_package_and_a_wrong_python_are_told(monkeypatch):
    def gone(package):
        if package == "vqf":
            raise doctor.PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(doctor, "version", gone)
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 0))
    texts = [finding.text for finding in examine() if finding.state == "mend"]
    assert any(text.startswith("vqf: not installed") for text in texts)
    assert any(text.startswith("Python 3.10: expected 3.11 up to 3.13") for text in texts)


@pytest.mark.parametrize("state", ["ok", "absent", "mend"])
def test_each_state_has_its_sign(state):
    assert describe_findings([Finding(state, "x")]) in ("   x", "-  x", "!  x")
