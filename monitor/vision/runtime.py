"""How a network is run: on one thread that sleeps while it waits, because many workers share few cores.

Each network runs where it runs fastest (docs/decisions/0011-two-runtimes.md): the detector, whose pictures come in all
sizes, on ONNX Runtime; the embedder, whose faces all have one size, on OpenVINO.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import openvino
from numpy.typing import NDArray

cv2.setNumThreads(1)


def session(model: Path) -> onnxruntime.InferenceSession:
    """For pictures of any size."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def compiled(
    model: Path, shape: tuple[int, ...], *, full_precision: bool = False
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """For input of one shape and a network with one output.

    bfloat16 where the processor has it: 1.6 times as fast, and the cosine to the float32 embedding is 0.9999.
    """
    core = openvino.Core()
    network = core.read_model(model)
    network.reshape(list(shape))
    halves = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES") and not full_precision
    options = {
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        "ENABLE_CPU_PINNING": False,  # several processes would be pinned to the same core
        "INFERENCE_PRECISION_HINT": "bf16" if halves else "f32",
    }
    request = core.compile_model(network, "CPU", options).create_infer_request()

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.array(request.infer([batch])[0], np.float32)  # a copy: the request owns its output

    return run
