"""A training step of an export (`cvae-compile export --training`), split over workers; no framework, numpy and onnxruntime alone.

Each step has one batch, of which every worker computes the gradient of its own rows (gradient.onnx); one sum over all
workers makes it the batch's; and every worker then takes the same optimiser's step (update.onnx).
"""

import json
import math
import os
import pathlib

import numpy as np
from safetensors.numpy import load_file

import noise

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is loaded
import onnxruntime  # noqa: E402

PROVIDERS = {"cpu": ["CPUExecutionProvider"], "cuda": ["CUDAExecutionProvider", "CPUExecutionProvider"]}


def session(path, device="cpu", threads=0):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=PROVIDERS[device])


class Data:
    """The training examples as `cvae-compile data --arrays` writes them: some of the shards, or all."""

    def __init__(self, folder, worker, workers):
        self.folder = pathlib.Path(folder)
        about = json.loads((self.folder / "data.json").read_text())
        self.counts, self.columns, self.rows = about["shards"], about["columns"], about["rows"]
        self.own = [shard for shard in range(len(self.counts)) if shard % workers == worker]
        if len(self.counts) % workers:
            raise SystemExit(
                f"{folder}: expected shards for {workers} workers, got {len(self.counts)}; write them again with --shards {workers}"
            )
        self.arrays = {
            shard: {
                name: np.load(self.folder / f"shard-{shard:05d}" / f"{name}.npy", mmap_mode="r") for name in self.columns
            }
            for shard in self.own
        }
        self.orders = {}

    def share(self, shard, step, batch):
        """Returns which rows of a shard's order belong to a step of an epoch: its part of the batch, of the batch's share."""
        count = self.counts[shard]
        return [min(count, each * batch * count // self.rows) for each in (step, step + 1)]

    def order(self, shard, seed, epoch):
        """Returns the order of a shard's rows in an epoch; with a single shard, that of `cvae-compile train`."""
        if self.orders.get(shard, (None,))[0] != epoch:
            path = ("order", epoch) if len(self.counts) == 1 else ("order", epoch, "shard", shard)
            self.orders[shard] = (epoch, noise.permutation(self.counts[shard], noise.stream(seed, *path)))
        return self.orders[shard][1]

    def batches(self, seed, epoch, step, batch):
        """Yields for each own shard its rows of a step: the values by name, and the place of the first one in the whole batch."""
        place = 0
        for shard in range(len(self.counts)):
            begin, end = self.share(shard, step, batch)
            if shard in self.arrays and end > begin:
                chosen = self.order(shard, seed, epoch)[begin:end]
                yield {name: self.values(shard, name, chosen) for name in self.columns}, place, end - begin
            place += end - begin

    def values(self, shard, name, rows):
        column = self.columns[name]
        held = self.arrays[shard][name][rows]
        if "classes" in column:
            held = np.eye(column["classes"], dtype=np.float32)[held.astype(np.int64)]
        values = held if held.dtype == np.float32 else (held.astype(np.float64) * column["scale"]).astype(np.float32)
        return values.reshape(len(rows), *column["shape"])


class Step:
    """The training step of an export, from a state: parameters and the optimiser's states, by name."""

    def __init__(self, job, device="cpu", threads=0):
        job = pathlib.Path(job)
        self.about = json.loads((job / "model.json").read_text()).get("training") or {}
        if "gradient" not in self.about:
            raise SystemExit(f"{job}: expected an export with gradient.onnx; export it with --training")
        self.gradient = session(job / self.about["gradient"]["file"], device, threads)
        self.update = session(job / self.about["update"]["file"], device, threads)
        self.results = [(each.name, [int(n) for n in each.shape]) for each in self.gradient.get_outputs()]
        self.length = sum(math.prod(shape) for _, shape in self.results) + 1
        self.state = load_file(job / self.about["state"]["file"])

    def noise(self, seed, path, rows, place):
        """Returns the noise of rows from `place` on: what one process draws for these rows of the batch."""
        drawn = {}
        for name, of in self.about["noise"].items():
            draw = noise.normals if of["distribution"] == "normal" else noise.uniforms
            key, lead = noise.stream(seed, "noise", name, *path), of["lead"]
            size = math.prod(of["shape"])
            if lead == 0:
                drawn[name] = draw(key, 1, size).reshape(of["shape"])
            else:
                drawn[name] = draw(key, rows, size * lead, place).reshape(rows * lead, *of["shape"])
        return drawn

    def take(self, parts, seed, path, number, rate, reduce):
        """
        Takes a step, and returns the batch's metrics and its number of rows. `parts` are this worker's rows, `path` names the step
        for its noise, `number` counts it from 1 for the optimiser, and `reduce` adds a flat vector up over all workers, in place.
        """
        flat = np.zeros(self.length, np.float32)
        names = [name for name, _ in self.results]
        scalars = {name: np.array(value, np.float32) for name, value in self.about["scalars"].items()}
        for values, place, rows in parts:
            feeds = {**self.state, **scalars, **values, **self.noise(seed, path, rows, place)}
            found = self.gradient.run(names, _only(feeds, self.gradient))
            # The objective is a mean over rows, so the mean of means is weighted by their numbers.
            flat[:-1] += rows * np.concatenate([np.ravel(each) for each in found])
            flat[-1] += rows
        reduce(flat)
        rows = float(flat[-1])
        found, at = {}, 0
        for name, shape in self.results:
            size = math.prod(shape)
            found[name] = (flat[at : at + size] / np.float32(rows)).reshape(shape)
            at += size
        metrics = {name[8:]: float(value) for name, value in found.items() if name.startswith("metrics/")}
        if not math.isfinite(metrics["loss"]):
            raise FloatingPointError(f"step {number}: expected a finite loss, got {metrics['loss']}; lower the learning rate")
        scalars = {f"optimiser/{name}": np.array(value, np.float32) for name, value in self.scalars(number, rate).items()}
        outputs = [each.name for each in self.update.get_outputs()]
        new = dict(zip(outputs, self.update.run(outputs, _only({**self.state, **found, **scalars}, self.update))))
        new.update({name: value for name, value in found.items() if name.startswith("next/")})
        self.state.update({name[5:]: value for name, value in new.items()})
        return metrics, int(rows)

    def scalars(self, step, rate):
        """Returns the optimiser's numbers of a step, as `optimiserScalars` in cvae-compile computes them."""
        own = self.about["optimiser"]
        if own["name"] == "sgd":
            return {"learningRate": rate}
        spread = math.sqrt((1 - own["beta2"] ** step) / (1 - own["beta2"]))
        return {
            "stepSize": rate * spread * (1 - own["beta1"]) / (1 - own["beta1"] ** step),
            "floor": own["epsilon"] * spread,
            "kept": 1 - rate * own["decay"],
        }


def _only(values, of):
    return {each.name: values[each.name] for each in of.get_inputs()}
