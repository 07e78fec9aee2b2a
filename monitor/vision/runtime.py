"""How a network is run."""

from pathlib import Path

import cv2
import onnxruntime

cv2.setNumThreads(1)


def session(model: Path) -> onnxruntime.InferenceSession:
    """One thread that sleeps while it waits: many workers share few cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
