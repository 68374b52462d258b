"""Checks exported models with Python's onnx and onnxruntime: python check_onnx.py <folder>...

Each folder holds `*.onnx`, and for each of them `<name>.expected.json` with inputs and outputs by name, as
{"data": [...], "shape": [...]}. A file must pass onnx.checker with full_check and strict shape inference, and give the
outputs to 1e-5. Prints one line a file; exits with 1 where one fails.
"""

import json
import os
import pathlib
import sys

import numpy
import onnx

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is loaded
import onnxruntime

TOLERANCE = 1e-5


def array(value):
    return numpy.array(value["data"], dtype=numpy.float32).reshape(value["shape"])


def check(path):
    # By path, so that weights in a file next to it are found.
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(str(path), load_external_data=False)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    types = {value.name for value in inferred.graph.value_info} | {value.name for value in model.graph.output}
    unknown = [name for node in model.graph.node for name in node.output if name and name not in types]
    if unknown:
        raise ValueError(f"no shape was inferred for {unknown}")

    expected = json.loads(path.with_suffix(".expected.json").read_text())
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = list(expected["outputs"])
    found = session.run(names, {name: array(value) for name, value in expected["inputs"].items()})
    worst = 0.0
    for name, value in zip(names, found):
        wanted = array(expected["outputs"][name])
        if value.shape != wanted.shape or value.dtype != numpy.float32:
            raise ValueError(f"{name} is {value.dtype}{list(value.shape)} instead of float32{list(wanted.shape)}")
        worst = max(worst, float(numpy.max(numpy.abs(value - wanted), initial=0.0)))
    if not worst <= TOLERANCE:
        raise ValueError(f"{worst} apart")
    return worst


def main(folders):
    failed = 0
    for folder in folders:
        for path in sorted(pathlib.Path(folder).glob("*.onnx")):
            try:
                print(f"ok {path.name} {check(path):.1e}")
            except Exception as error:  # whatever is wrong, the other files are checked too
                failed += 1
                print(f"FAILED {path.name}: {error}")
    print(f"onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
