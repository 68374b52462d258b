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

import draws
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
            if "knownOf" in condition and not (parts and present(table, column, condition)):
                values = np.zeros((len(table), *condition["shape"]), np.float32)
                known = np.zeros((len(table), *condition["dataShape"]), np.float32)
            else:
                values, known = encoded(table, column, condition, optional)
            found[name] = values
            if optional:
                mask = next(key for key, each in self.conditions.items() if each.get("maskOf") == name)
                found[mask] = known.reshape(len(known), *self.conditions[mask]["shape"])
        return found

    # ── what is asked ──

    def sample(self, table, first, seed, mean=False, parts=False):
        """Returns a draw of each row's target, or its mean with z at the prior's: columns by name; `parts` keeps what is there."""
        if parts and not any("knownOf" in condition for condition in self.conditions.values()):
            refuse(
                f"{self.folder}: expected a model that is given parts of its target, got one that is not; "
                "define it with known: anyPart(), and train it"
            )
        feeds, rows = self.feeds(table, parts), len(table)
        if self.latent:
            gaussian = self.run("prior", feeds) if "prior" in self.files else {}
            z = gaussian.get("mean", np.zeros((rows, self.latent), np.float32))
            if not mean:
                drawn = noise.normals(noise.stream(seed, "z"), rows, self.latent, first)
                z = z + np.exp(gaussian.get("logVar", np.float32(0)) / np.float32(2)) * drawn
            feeds["z"] = z.astype(np.float32)
        drawn, means = {}, {}
        if not mean and "draw" in self.files:
            means = self.run("draw", {**feeds, **self.file_noise(rows, first, seed)})
            drawn = {name: means[name] for name in self.targets if self.draws_itself(name)}
        rest = [name for name in self.targets if name not in drawn]
        if rest:
            means = means or self.run("decoder" if self.latent else "predictor", feeds)
            drawn.update({name: means[name] if mean else self.drawn(name, means, rows, first, seed) for name in rest})
        columns = {}
        for name in self.targets:
            for key, column in self.columns(name, drawn[name]).items():
                if parts and key in table.column_names:
                    places = self.targets[name]["dataShape"] if key == name else [1]
                    column = filled(table.column(key).combine_chunks(), column, places)
                columns[key] = column
        return columns

    def draws_itself(self, name):
        """Whether the file draw.onnx draws a target, rather than give what its draws are made of, as of others."""
        inputs = {each.name for each in self.session("draw").get_inputs()}
        return not self.several or bool({f"{name}_normal", f"{name}_uniform"} & inputs)

    def drawn(self, name, means, rows, first, seed):
        target, prefix = self.targets[name], f"{name}_" if self.several else ""
        if not draws.drawable(target):
            known = ", ".join(draws.DRAWS)
            refuse(
                f"{name}: expected a target of {known}, or one that draw.onnx draws, got {target['distribution']}; "
                "give --mean, or use cvae-compile sample"
            )
        outputs = [*(target.get("outputs") or {}), "logVar"]
        decoded = {key: means[prefix + key] for key in outputs if prefix + key in means}
        return draws.drawn(target, {**decoded, "y": means[name]}, noise.stream(seed, "y", *([name] if self.several else [])), first)

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
                feeds[mask] = known
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


def columns_of(table, name, of):
    """Returns the columns that a variable has: one of its name, or those of its elements."""
    return [name] if name in table.column_names else of.get("names") or [name]


def present(table, name, of):
    return set(columns_of(table, name, of)) <= set(table.column_names)


def filled(given, drawn, places):
    """Returns a column with what is drawn in place of what is null, within lists too."""
    if not pa.types.is_fixed_size_list(drawn.type):
        return pc.coalesce(given, drawn.cast(given.type))
    cells = _cells(given, places)
    whole = pc.coalesce(cells, drawn.flatten().cast(cells.type))
    return pa.FixedSizeListArray.from_arrays(whole, len(whole) // len(given))


def encoded(table, name, of, optional):
    """Returns the values of a variable as files take them, and 1 for each element that is there, else 0."""
    names = columns_of(table, name, of)
    missing = [each for each in names if each not in table.column_names]
    if missing:
        refuse(f"{missing[0]}: expected a column of that name, got {', '.join(table.column_names)}; name the columns as the definition does")
    rows, shape, places = len(table), of["shape"], of["dataShape"]
    own = [1] * len(places) if len(names) > 1 else places
    columns = [_cells(table.column(each).combine_chunks(), own) for each in names]
    labels = of.get("classes")
    if labels is not None:
        columns = [_classes(each, name, labels) for each in columns]
    wanted = {math.prod(places), math.prod(shape)}
    count = sum(map(len, columns))
    if count not in {each * rows for each in wanted} or len({len(each) for each in columns}) > 1:
        refuse(f"{name}: expected {min(wanted)} values in each row, got {count} in {rows} rows; give them as a list, or in columns of its elements")
    numbers = np.stack([_numbers(each, name).reshape(rows, -1) for each in columns], -1).reshape(rows, -1)
    known = ~np.isnan(numbers)
    if not known.all() and not optional:
        refuse(f"{name}: expected a value in each row, got {(~known.all(1)).sum()} without one; fill them, or train with a mask")
    numbers = np.nan_to_num(numbers)
    if labels is not None and numbers.shape[1] != math.prod(shape):
        wrong = numbers[(numbers < 0) | (numbers >= shape[-1]) | (numbers % 1 != 0)]
        if len(wrong):
            refuse(f"{name}: expected a class from 0 to {shape[-1] - 1}, got {wrong[0]:g}; give one of them")
        numbers = np.eye(shape[-1], dtype=np.float32)[numbers.astype(np.int64)]
    if known.shape[1] != math.prod(places):
        known = known.reshape(rows, math.prod(places), -1).all(-1)  # weights of classes
    return numbers.astype(np.float32).reshape(rows, *shape), known.astype(np.float32).reshape(rows, *places)


def _cells(column, shape):
    """Returns the cells of a column as one array, row after row, those of lists too: null for each element of a list that is null."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    for axis in range(len(shape)):
        if not (pa.types.is_fixed_size_list(column.type) or pa.types.is_list(column.type) or pa.types.is_large_list(column.type)):
            break
        if column.null_count:
            inner = None
            for length in reversed(shape[axis:]):
                inner = [inner] * length
            column = pa.array([inner if cell is None else cell for cell in column.to_pylist()], column.type)
        column = column.flatten()
    return column


def _numbers(cells, name):
    if pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
        refuse(f"{name}: expected numbers, got text; write the column as numbers")
    return cells.to_numpy(zero_copy_only=False).astype(np.float64)


def _classes(cells, name, labels):
    """Returns the numbers of classes that are given by names; others as they are."""
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return cells
    if not isinstance(labels, list):
        refuse(f"{name}: expected numbers of classes, got names; train on data that name them")
    numbers = pc.index_in(cells, pa.array(labels, cells.type))
    unknown = cells.filter(pc.and_(cells.is_valid(), numbers.is_null()))
    if len(unknown):
        refuse(f"{name}: expected one of {', '.join(labels)}, got {unknown[0]}; give one of the classes")
    return numbers
