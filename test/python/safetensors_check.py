"""Weights to and fro between this package and Python's safetensors: python test/python/safetensors_check.py

Needs the packages safetensors and numpy, and Node with this repository's node_modules.
"""

import pathlib
import subprocess
import tempfile

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).parents[2]


def through_node(source: pathlib.Path, target: pathlib.Path) -> None:
    cli = ROOT / "node_modules" / "jiti" / "lib" / "jiti-cli.mjs"
    script = ROOT / "test" / "python" / "safetensors.ts"
    subprocess.run(["node", cli, script, source, target], check=True)


def main() -> None:
    rng = np.random.default_rng(1)
    floats = {
        "decoder/dense_1/kernel": rng.normal(size=(30, 200)).astype(np.float32),
        "decoder/dense_1/bias": np.zeros(200, np.float32),
        "prior/\u03bc \U0001f600/\"quoted\"": rng.normal(size=(2, 3, 5)).astype(np.float32),
        "scalar": np.array(3.5, np.float32),
        "empty": np.zeros((0, 4), np.float32),
        "special": np.array([np.inf, -np.inf, np.nan, -0.0, 1e-45], np.float32),
    }
    others = {
        "f16": rng.normal(size=50).astype(np.float16),
        "f16_small": np.array([6e-8, 6e-5, 65504, np.inf, -0.0], np.float16),
        "f64": rng.normal(size=(4, 5)),
        "i64": np.array([-5, 0, 2**40]),
        "i32": np.array([-5, 7], np.int32),
        "i16": np.array([-5, 7], np.int16),
        "i8": np.array([-5, 7], np.int8),
        "u8": np.array([0, 255], np.uint8),
        "bool": np.array([True, False]),
    }
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = pathlib.Path(folder, "theirs.safetensors"), pathlib.Path(folder, "ours.safetensors")

        save_file(floats, theirs, metadata={"fingerprint": "0123abcd"})
        through_node(theirs, ours)
        assert ours.read_bytes() == theirs.read_bytes(), "float32 files differ in their bytes"

        save_file({**floats, **others}, theirs, metadata={"fingerprint": "0123abcd", "epoch": "12"})
        through_node(theirs, ours)
        with safe_open(ours, framework="np") as file:
            assert file.metadata() == {"fingerprint": "0123abcd", "epoch": "12"}, file.metadata()
        read = load_file(ours)
        assert read.keys() == {**floats, **others}.keys(), read.keys()
        for name, value in {**floats, **others}.items():
            assert read[name].dtype == np.float32, name
            np.testing.assert_array_equal(read[name], value.astype(np.float32), err_msg=name)
    print(f"{len(floats)} float32 arrays byte for byte, {len(others)} of other formats by value: same in both")


if __name__ == "__main__":
    main()
