"""ONNX Runtime, silent: the only door to it.

Its wheels tell their maker about the machine and what is run on it, over the network, and keep an id in the user's
cache. Nothing of that happens here: it is told so before it is loaded, and once more after.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as problems

onnxruntime.disable_telemetry_events()

__all__ = ["onnxruntime", "problems"]
