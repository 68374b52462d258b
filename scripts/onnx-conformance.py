"""What Python's onnx has to say, as lines of JSON, for scripts/onnx-conformance.mjs.

  tests Add,Relu,…   its own backend tests of these operators: models with inputs and expected outputs
  models             all of its backend models, those that it makes and those that it ships
  schemas Add,Relu,… what these operators take and give, at each opset from 13 to 26
  check < lines      for each {name, model, text}: what its checker and its parser make of them
"""

import base64
import json
import pathlib
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
import onnx  # noqa: E402
import onnx.numpy_helper  # noqa: E402
from onnx.backend.test.case.node import collect_testcases  # noqa: E402


def tensor(name, value):
    array = np.ascontiguousarray(value)
    return {
        "name": name,
        "dtype": str(array.dtype),
        "shape": list(np.shape(value)),
        "data": base64.b64encode(array.tobytes()).decode(),
    }


def array(value):
    if isinstance(value, onnx.TensorProto):
        return onnx.numpy_helper.to_array(value)
    return value


def tests(operators):
    for case in collect_testcases(None):
        nodes = case.model.graph.node
        if not all(node.op_type in operators and node.domain == "" for node in nodes):
            continue
        for inputs, outputs in case.data_sets:
            inputs, outputs = [array(x) for x in inputs], [array(x) for x in outputs]
            if not all(isinstance(x, (np.ndarray, np.generic)) for x in [*inputs, *outputs]):
                yield {"name": case.name}
                continue
            yield {
                "name": case.name,
                "model": base64.b64encode(case.model.SerializeToString()).decode(),
                "inputs": [tensor(v.name, x) for v, x in zip(case.model.graph.input, inputs)],
                "outputs": [tensor(v.name, x) for v, x in zip(case.model.graph.output, outputs)],
                "rtol": case.rtol,
                "atol": case.atol,
            }


def models():
    for case in collect_testcases(None):
        yield {"name": case.name, "model": base64.b64encode(case.model.SerializeToString()).decode()}
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    for path in sorted(data.rglob("*.onnx")):
        yield {"name": str(path.relative_to(data)), "model": base64.b64encode(path.read_bytes()).decode()}


def check(lines):
    for line in lines:
        given = json.loads(line)
        result = {"name": given["name"]}
        try:
            model = onnx.load_from_string(base64.b64decode(given["model"]))
            onnx.checker.check_model(model, full_check=True)
            onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        except Exception as error:
            result["checker"] = str(error)
        try:
            parsed = onnx.parser.parse_model(given["text"])
            result["parsed"] = base64.b64encode(parsed.SerializeToString()).decode()
            result["printed"] = onnx.printer.to_text(model)
        except Exception as error:
            result["parser"] = str(error)
        yield result


def schemas(operators):
    def slots(parameters):
        return [{"name": p.name, "option": str(p.option).split(".")[-1]} for p in parameters]

    def attribute(given):
        kind = str(given.type).split(".")[-1].lower()
        result = {"type": kind, "required": given.required}
        if given.default_value.name:
            value = onnx.helper.get_attribute_value(given.default_value)
            result["default"] = value.decode() if isinstance(value, bytes) else value
        return result

    for name in operators:
        for opset in range(13, 27):
            try:
                schema = onnx.defs.get_schema(name, opset, "")
            except onnx.defs.SchemaError:
                continue
            yield {
                "name": name,
                "opset": opset,
                "inputs": slots(schema.inputs),
                "outputs": slots(schema.outputs),
                "attributes": {key: attribute(value) for key, value in schema.attributes.items()},
            }


MODES = {
    "tests": lambda: tests(set(sys.argv[2].split(","))),
    "models": models,
    "schemas": lambda: schemas(sys.argv[2].split(",")),
    "check": lambda: check(sys.stdin),
}
for result in MODES[sys.argv[1]]():
    print(json.dumps(result))
