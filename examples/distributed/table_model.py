"""An export of cvae-compile for rows of a table: what a row's draw is follows from the seed and the row's number alone.

The noise of row i is that of `model.sample(rows, { seed, first: i, independent: true })` in Node.
"""

import functools
import json
import math
import os
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import noise

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is loaded
import onnxruntime  # noqa: E402


def refuse(sentence):
    raise SystemExit(sentence)


class TableModel:
    """Draws, means and likelihoods for rows of a table, in one thread: the same numbers on every worker of a kind of processor."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.about = json.loads((self.folder / "model.json").read_text())
        if self.about.get("steps"):
            refuse(f"{folder}: expected a model that gives y in one call, got one of steps; sample it with cvae-compile sample")
        self.conditions, self.latent = self.about["conditions"], self.about["latent"]
        own = self.about["target"]
        self.targets = own.get("targets") or {"y": own}
        self.several = "targets" in own

    @functools.cached_property
    def files(self):
        return {part: file["file"] for part, file in self.about["files"].items()}

    @functools.lru_cache(maxsize=None)
    def session(self, part):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self.folder / self.files[part]), options, providers=["CPUExecutionProvider"])

    def run(self, part, feeds):
        session = self.session(part)
        names = [each.name for each in session.get_outputs()]
        return dict(zip(names, session.run(names, {each.name: feeds[each.name] for each in session.get_inputs()})))

    # ── a table's cells as inputs ──

    def feeds(self, table, parts=False):
        """Returns the inputs that conditions are; of a model that is given parts of its target, what the table has of it, or nothing."""
        found = {}
        for name, condition in self.conditions.items():
            if "maskOf" in condition:
                continue
            column = condition.get("knownOf", name)
            optional = bool(condition.get("mask")) or "knownOf" in condition
            if "knownOf" in condition and not parts:
                rows = len(table)
                values, known = np.zeros((rows, *condition["shape"]), np.float32), np.zeros(rows, np.float32)
            else:
                values, known = encoded(table, column, condition, optional)
            found[name] = values
            if optional:
                mask = next(key for key, each in self.conditions.items() if each.get("maskOf") == name)
                shape = self.conditions[mask]["shape"]
                found[mask] = np.broadcast_to(known.reshape(-1, *[1] * len(shape)), (len(known), *shape)).astype(np.float32)
        return found

    # ── what is asked ──

    def sample(self, table, first, seed, mean=False, parts=False):
        """Returns a draw of each row's target, or its mean with z at the prior's: columns by name; `parts` keeps what is there."""
        feeds, rows = self.feeds(table, parts), len(table)
        if self.latent:
            gaussian = self.run("prior", feeds) if "prior" in self.files else {}
            z = gaussian.get("mean", np.zeros((rows, self.latent), np.float32))
            if not mean:
                drawn = noise.normals(noise.stream(seed, "z"), rows, self.latent, first)
                z = z + np.exp(gaussian.get("logVar", np.float32(0)) / np.float32(2)) * drawn
            feeds["z"] = z.astype(np.float32)
        drawn = {}
        if not mean and "draw" in self.files:
            drawn = self.run("draw", {**feeds, **self.file_noise(rows, first, seed)})
        if not set(self.targets) <= set(drawn):
            means = self.run("decoder" if self.latent else "predictor", feeds)
            rest = [name for name in self.targets if name not in drawn]
            drawn.update({name: means[name] if mean else self.drawn(name, means, rows, first, seed) for name in rest})
        columns = {}
        for name in self.targets:
            for key, column in self.columns(name, drawn[name]).items():
                if parts and key in table.column_names:
                    given = table.column(key).combine_chunks()
                    column = pc.coalesce(given, column.cast(given.type))
                columns[key] = column
        return columns

    def drawn(self, name, means, rows, first, seed):
        target, prefix = self.targets[name], f"{name}_" if self.several else ""
        key = noise.stream(seed, "y", *([name] if self.several else []))
        size, of, y = math.prod(target["dataShape"]), target["distribution"], means[name]
        if of == "bernoulli":
            return (noise.uniforms(key, rows, size, first).reshape(y.shape) < y).astype(np.float32)
        if of == "categorical":
            uniform = noise.uniforms(key, rows, size, first).reshape(*y.shape[:-1], 1)
            return (uniform >= np.cumsum(y.astype(np.float64), -1)[..., :-1]).sum(-1)
        if of == "normal":
            log_var = means.get(f"{prefix}logVar")
            sigma = np.exp(log_var.astype(np.float64) / 2) if log_var is not None else np.array(target.get("sigma", 1))
            sigma = sigma if sigma.ndim == 0 or log_var is not None else sigma.reshape(target["shape"])
            return (y + sigma * noise.normals(key, rows, size, first).reshape(y.shape)).astype(np.float32)
        refuse(f"{name}: expected a target that this program draws, or one that draw.onnx does, got {of}; give --mean, or use cvae-compile sample")

    def file_noise(self, rows, first, seed):
        found = {}
        inputs = {each.name: each.shape[1:] for each in self.session("draw").get_inputs()}
        for name, shape in inputs.items():
            if name == "z" or name in self.conditions:
                continue
            target, _, kind = name.rpartition("_")
            second = [kind] if kind == "normal" and name[: -len(kind)] + "uniform" in inputs else []
            key = noise.stream(seed, "y", *([target] if target else []), *second)
            size = math.prod(shape)
            if kind == "normal":
                values = noise.normals(key, rows, size, first)
            else:
                values = np.maximum(noise.uniforms(key, rows, size, first), np.float32(2**-25))
            found[name] = values.reshape(rows, *shape)
        return found

    def score(self, table, samples, seed):
        """Returns an estimate of log p(y|x) of each row, in nats: the log of the mean of weights of `samples` draws of z."""
        if "evaluation" not in self.files:
            refuse(f"{self.folder}: expected evaluation.onnx, got none; export with --evaluation")
        feeds = self.feeds(table)
        rows, session = len(table), self.session("evaluation")
        names = {each.name: each.shape for each in session.get_inputs()}
        for name, target in self.targets.items():
            values, known = encoded(table, name, target, f"{name}_mask" in names or "mask" in names)
            feeds[name] = values
            for mask in {f"{name}_mask", "mask"} & set(names):
                shape = target["dataShape"]
                feeds[mask] = np.broadcast_to(known.reshape(-1, *[1] * len(shape)), (rows, *shape)).astype(np.float32)
        outputs = [each.name for each in session.get_outputs()]
        of = next((each for each in ("logWeights", "logLikelihoods") if each in outputs), None)
        taken = {name: feeds[name] for name in names if name in feeds}
        if of is None:
            return {"logLikelihood": -session.run(["deterministic"], taken)[0].astype(np.float64)}
        labels = [name for name in ("noise", "priorNoise") if name in names]
        most = names[labels[0]][1]
        found = []
        for done in range(0, samples, most):
            drawn = {name: noise.normals(noise.stream(seed, "likelihood", name), most, self.latent, done) for name in labels}
            drawn = {name: np.broadcast_to(each, (rows, most, self.latent)).copy() for name, each in drawn.items()}
            found.append(session.run([of], {**taken, **drawn})[0][:, : samples - done])
        weights = np.concatenate(found, 1).astype(np.float64)
        most = weights.max(1, keepdims=True)
        return {"logLikelihood": most[:, 0] + np.log(np.exp(weights - most).mean(1))}

    # ── results as columns ──

    def columns(self, name, value):
        target = self.targets[name]
        names, labels = target.get("names"), target.get("classes")
        rows = len(value)
        if isinstance(labels, list) and value.shape[1:] == tuple(target["dataShape"]) and value.shape[1:] != tuple(target["shape"]):
            value = np.array(labels, object)[value.reshape(rows, -1).astype(np.int64)]
        flat = value.reshape(rows, -1)
        if flat.shape[1] == 1:
            return {name: pa.array(flat[:, 0])}
        if names and len(names) == flat.shape[1]:
            return {key: pa.array(flat[:, i]) for i, key in enumerate(names)}
        return {name: pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])}


def encoded(table, name, of, optional):
    """Returns the values of a variable as files take them, and for each row 1 if all of it is there, else 0."""
    names = [name] if name in table.column_names else of.get("names") or [name]
    missing = [each for each in names if each not in table.column_names]
    if missing:
        refuse(f"{missing[0]}: expected a column of that name, got {', '.join(table.column_names)}; name the columns as the definition does")
    parts = [table.column(each).combine_chunks() for each in names]
    known = np.logical_and.reduce([np.asarray(part.is_valid()) for part in parts])
    if not known.all() and not optional:
        refuse(f"{name}: expected a value in each row, got {(~known).sum()} without one; fill them, or train with a mask")
    shape = of["shape"]
    labels = of.get("classes")
    if labels is not None and pa.types.is_string(parts[0].type):
        if not isinstance(labels, list):
            refuse(f"{name}: expected numbers of classes, got names; train on data that name them")
        places = {label: i for i, label in enumerate(labels)}
        cells = parts[0].to_pylist()
        unknown = next((each for each in cells if each is not None and each not in places), None)
        if unknown is not None:
            refuse(f"{name}: expected one of {', '.join(labels)}, got {unknown}; give one of the classes")
        numbers = np.array([places.get(each, 0) for each in cells], np.float32)[:, None]
    else:
        numbers = np.stack([_numbers(part) for part in parts], 1).reshape(len(table), -1)
    if labels is not None and list(shape) != list(of["dataShape"]):
        numbers = np.eye(shape[-1], dtype=np.float32)[np.nan_to_num(numbers).astype(np.int64)]
    return np.nan_to_num(numbers).astype(np.float32).reshape(len(table), *shape), known.astype(np.float32)


def _numbers(column):
    if pa.types.is_fixed_size_list(column.type) or pa.types.is_list(column.type):
        return np.stack(column.to_numpy(zero_copy_only=False))
    return column.to_numpy(zero_copy_only=False).astype(np.float64)
