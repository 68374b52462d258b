"""Checks a model repository with NVIDIA's own protobuf, and runs its ensemble step by step: check_triton.py REPOSITORY EXPECTED.json"""

import importlib.util
import json
import os
import sys

import numpy as np
import onnxruntime
import tritonclient
from google.protobuf import text_format

# By its path: the package around it would need gRPC.
path = os.path.join(os.path.dirname(tritonclient.__file__), "grpc", "model_config_pb2.py")
spec = importlib.util.spec_from_file_location("model_config_pb2", path)
proto = importlib.util.module_from_spec(spec)
spec.loader.exec_module(proto)

repository, expected = sys.argv[1], json.load(open(sys.argv[2]))
configs, sessions = {}, {}
for name in sorted(os.listdir(repository)):
    folder = os.path.join(repository, name)
    config = text_format.Parse(open(os.path.join(folder, "config.pbtxt")).read(), proto.ModelConfig())
    assert config.name == name and config.max_batch_size > 0, name
    assert all(tensor.data_type == proto.TYPE_FP32 for tensor in [*config.input, *config.output]), name
    version = str(max(int(entry) for entry in os.listdir(folder) if entry.isdigit()))
    configs[name] = config
    if config.platform == "ensemble":
        assert config.WhichOneof("scheduling_choice") == "ensemble_scheduling", name
        continue
    assert config.backend == "onnxruntime" and config.WhichOneof("scheduling_choice") == "dynamic_batching", name
    session = onnxruntime.InferenceSession(os.path.join(folder, version, "model.onnx"), providers=["CPUExecutionProvider"])
    sessions[name] = session
    for listed, found in ((config.input, session.get_inputs()), (config.output, session.get_outputs())):
        shapes = {t.name: list(t.reshape.shape) if t.HasField("reshape") else list(t.dims) for t in listed}
        assert shapes == {t.name: list(t.shape[1:]) for t in found}, (name, shapes)
    print("ok", name)

for name, config in configs.items():
    if config.platform != "ensemble":
        continue
    given = {t.name: np.array(expected["inputs"][t.name], np.float32) for t in config.input}
    for t in config.input:
        assert list(given[t.name].shape[1:]) == list(t.dims), t.name
    for step in config.ensemble_scheduling.step:
        own = configs[step.model_name]
        assert set(step.input_map) == {t.name for t in own.input}, step.model_name
        feeds = {key: given[value] for key, value in step.input_map.items()}
        names = list(step.output_map)
        for key, value in zip(names, sessions[step.model_name].run(names, feeds)):
            given[step.output_map[key]] = value
    for t in config.output:
        far = float(np.abs(given[t.name] - np.array(expected["outputs"][t.name], np.float32)).max())
        assert far < 1e-5, (t.name, far)
    print("ok", name, "as an ensemble")
