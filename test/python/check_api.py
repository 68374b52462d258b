"""Checks a server with NVIDIA's own client: check_api.py HOST:PORT EXPECTED.json"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException, triton_to_np_dtype

address, expected = sys.argv[1], json.load(open(sys.argv[2]))
client = triton.InferenceServerClient(address, concurrency=16)


def tensor(name, datatype, data, binary=True):
    array = np.array(data, dtype=triton_to_np_dtype(datatype))
    found = triton.InferInput(name, list(array.shape), datatype)
    found.set_data_from_numpy(array, binary_data=binary)
    return found


assert client.is_server_live() and client.is_server_ready()
assert client.get_server_metadata()["name"] == "cvae-compile"
names = [entry["name"] for entry in client.get_model_repository_index()]
for name in names:
    assert client.is_model_ready(name) and client.is_model_ready(name, "1")
    about = client.get_model_metadata(name)
    assert about["name"] == name and about["versions"] == ["1"] and about["inputs"] and about["outputs"], about
print("ok health, metadata and index of", len(names), "models")

# Each file on inputs of the shapes that its metadata say, in every form of the protocol.
rng = np.random.default_rng(0)
for name in names:
    about = client.get_model_metadata(name)
    if about["platform"] != "onnxruntime_onnx":
        continue
    arrays = {i["name"]: rng.uniform(0, 1, [3, *i["shape"][1:]]).astype(np.float32) for i in about["inputs"]}
    first = None
    for binary in (True, False):
        for coding in (None, "gzip", "deflate"):
            wanted = [triton.InferRequestedOutput(o["name"], binary_data=binary) for o in about["outputs"]]
            inputs = [tensor(key, "FP32", array, binary) for key, array in arrays.items()]
            result = client.infer(
                name,
                inputs,
                outputs=wanted,
                request_id="7",
                model_version="1",
                request_compression_algorithm=coding,
                response_compression_algorithm=coding,
            )
            assert result.get_response()["id"] == "7"
            found = {o["name"]: result.as_numpy(o["name"]) for o in about["outputs"]}
            for o in about["outputs"]:
                assert list(found[o["name"]].shape) == [3, *o["shape"][1:]], o
            first = first or found
            assert all(np.array_equal(found[key], first[key]) for key in found), (name, binary, coding)
print("ok files in binary and in JSON, compressed or not: the same numbers to the bit")

# Samples are those of the runtime.
for case in expected["samples"]:
    inputs = [tensor(i["name"], i["datatype"], i["data"], binary) for i in case["inputs"] for binary in [True]]
    result = client.infer(case["model"], inputs)
    for key, values in case["outputs"].items():
        array = result.as_numpy(key)
        assert np.allclose(array.ravel(), np.array(values), rtol=0, atol=1e-6), (case["model"], key)
print("ok samples")

# Many at a time, asynchronously: each gets its own.
case = expected["samples"][0]
seeds = list(range(64))


def ask(seed):
    inputs = [tensor(i["name"], i["datatype"], i["data"]) for i in case["inputs"] if i["name"] != "seed"]
    return client.async_infer(case["model"], [*inputs, tensor("seed", "INT64", [seed])])


for seed, pending in zip(seeds, [ask(seed) for seed in seeds]):
    assert pending.get_result().as_numpy("seed").tolist() == [seed]
print("ok 64 requests at a time")

for name, inputs, word in [
    ("nothing", [tensor("z", "FP32", [[0.0]])], "expected one of the models"),
    (names[1], [tensor("z", "FP32", [[0.0]])], "expected"),
]:
    try:
        client.infer(name, inputs)
        raise SystemExit(f"{name}: expected an error")
    except InferenceServerException as error:
        assert word in error.message() and error.status() in ("400", "404"), error
print("ok errors")
