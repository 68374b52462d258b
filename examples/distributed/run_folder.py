"""The folder of a run, as `cvae-compile train` writes it: checkpoints that it resumes from, weights that `export` reads."""

import hashlib
import json
import os
import pathlib

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

SEAL = ("cvae.sealed", "cvae.sha256")


def _read(path):
    """Reads a file and its metadata; a ValueError if its checksum is not that of its bytes."""
    with safe_open(str(path), "np") as file:
        metadata = file.metadata() or {}
        arrays = {name: file.get_tensor(name) for name in file.keys()}
    expected = metadata.get(SEAL[1])
    if expected:
        content = path.read_bytes().replace(f'"{SEAL[1]}":"{expected}"'.encode(), f'"{SEAL[1]}":"{"0" * 64}"'.encode(), 1)
        if hashlib.sha256(content).hexdigest() != expected:
            raise ValueError("its bytes have changed")
    return arrays, {name: value for name, value in metadata.items() if name not in SEAL}


def _write(path, arrays, metadata):
    """Writes a file whole, or not at all: a process may die between any two lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    save_file({name: np.ascontiguousarray(value) for name, value in arrays.items()}, str(temporary), metadata)
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


class RunFolder:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.checkpoints = self.folder / "checkpoints"

    def latest(self):
        """Returns the last checkpoint that is whole: its arrays, and where the run is."""
        for path in sorted(self.checkpoints.glob("*-*-epoch-*.safetensors"), reverse=True):
            try:
                arrays, metadata = _read(path)
                place = json.loads(metadata["checkpoint"])
            except Exception as error:  # whatever a killed process may have left
                print(f"{path} is damaged ({error}); the previous checkpoint is used", flush=True)
                continue
            if place["phase"] != "model":
                raise SystemExit(f"{self.folder}: expected a run past its baseline; let cvae-compile train take it there first")
            if any(name.startswith("average/") for name in arrays):
                raise SystemExit(f"{self.folder}: expected a run without averaging; begin one without it")
            return arrays, place, json.loads(metadata["states"])
        raise SystemExit(
            f"{self.folder}: expected a checkpoint, got none; begin the run with cvae-compile train --steps 1 --out {self.folder}"
        )

    def keep(self, arrays, place, states, last=2):
        """Writes a checkpoint, its weights and the metrics so far, and removes all but the last checkpoints."""
        before = sorted(self.checkpoints.glob("[0-9]*-*.safetensors"))
        number = int(before[-1].name.split("-")[0]) + 1 if before else 1
        name = f"{number:06d}-model-epoch-{place['epoch']}-step-{place['step']}.safetensors"
        text = {"checkpoint": json.dumps(place), "states": json.dumps(states)}
        _write(self.checkpoints / name, arrays, text)
        for old in before[: len(before) + 1 - last]:
            old.unlink(missing_ok=True)
        weights = self.folder / "weights.safetensors"
        metadata = _read(weights)[1] if weights.exists() else {"fingerprint": place["facts"]["fingerprint"]}
        _write(weights, {name[8:]: value for name, value in arrays.items() if name.startswith("weights/")}, metadata)
        self.metrics(place)

    def metrics(self, place, *ending):
        """Writes the epochs of a checkpoint as the run's metrics."""
        path = self.folder / "metrics.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        kept = [line for line in lines if "warning" in line]
        text = "".join(json.dumps(line) + "\n" for line in [*kept, *place["earlier"], *place["history"], *ending])
        temporary = path.with_name(f".metrics.{os.getpid()}.tmp")
        temporary.write_text(text)
        os.replace(temporary, path)
