"""Draws, scores or completes large tables: python rows.py sample MODEL --data in.parquet --out folder --engine ray --workers 8

Parquet in, Parquet out: each row group of the input is one file of the output, written whole or not at all, so that the same
command goes on where it was ended. A row's draw follows from the seed and its number, and a row group is computed alone and
in blocks of a fixed size, so that the output is the same to the bit for any number of workers. A cluster is no more than what
Ray or Dask make of it: --address names its scheduler.

    sample    a draw of the target for each row (--mean: its mean)
    impute    the same for a model that is given parts of its target: empty cells are drawn, others stay
    evaluate  log p(y|x) of each row, in nats
"""

import argparse
import functools
import hashlib
import json
import os
import pathlib
import sys
import time

HERE = str(pathlib.Path(__file__).resolve().parent)
BLOCK = 1024


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["sample", "impute", "evaluate"])
    parser.add_argument("model", help="the folder that cvae-compile export has written")
    parser.add_argument("--data", required=True, help="a Parquet file, or a folder of them: a column for each condition")
    parser.add_argument("--out", required=True, help="the folder of the results: part-00000.parquet, …")
    parser.add_argument("--engine", choices=["process", "dask", "ray"], default="process")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--address", help="of a scheduler of Dask, or a cluster of Ray; by default this machine alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=100, help="draws of z for each row that is evaluated")
    parser.add_argument("--mean", action="store_true", help="means in place of draws")
    given = parser.parse_args()
    if given.seed < 0 or given.samples < 2:
        parser.error("expected --seed from 0 and --samples from 2")
    return given


def units(data):
    """Returns the row groups of the input in order: the file, the group, and the number of its first row."""
    import pyarrow.parquet as pq

    data = pathlib.Path(data).resolve()
    files = sorted(data.glob("*.parquet")) if data.is_dir() else [data]
    if not files or not files[0].exists():
        raise SystemExit(f"{data}: expected a Parquet file, or a folder of them, got none; name the table")
    found, first = [], 0
    for file in files:
        metadata = pq.ParquetFile(file).metadata
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            found.append({"file": str(file), "group": group, "first": first, "rows": rows, "part": len(found)})
            first += rows
    return found


@functools.lru_cache(maxsize=1)
def opened(model):
    if HERE not in sys.path:
        sys.path.insert(0, HERE)
    from table_model import TableModel

    return TableModel(model)


def work(unit, job):
    """Computes a row group and writes its part; returns the number of its rows."""
    model = opened(job["model"])
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = pathlib.Path(job["out"]) / f"part-{unit['part']:05d}.parquet"
    if out.exists():
        return 0
    table = pq.ParquetFile(unit["file"]).read_row_group(unit["group"])
    blocks = []
    for at in range(0, len(table), BLOCK):
        block = table.slice(at, BLOCK)
        if job["verb"] == "evaluate":
            columns = model.score(block, job["samples"], job["seed"])
        else:
            columns = model.sample(block, unit["first"] + at, job["seed"], job["mean"], job["verb"] == "impute")
        kept = {name: block.column(name) for name in block.column_names if name not in columns}
        blocks.append(pa.table({**kept, **columns}))
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    pq.write_table(pa.concat_tables(blocks), temporary, compression="zstd")
    os.replace(temporary, out)
    return len(table)


class Actor:
    """A worker of Ray: its session stays open from part to part."""

    def __init__(self, job):
        self.job = job

    def __call__(self, batch):
        return {"rows": [work(json.loads(unit), self.job) for unit in batch["unit"]]}


def under_ray(todo, job, workers, address):
    import ray

    ray.init(address=address, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": HERE}}, **({} if address else {"num_cpus": workers + 1}))
    data = ray.data.from_items([{"unit": json.dumps(unit)} for unit in todo], override_num_blocks=len(todo))
    done = data.map_batches(Actor, fn_constructor_args=[job], batch_size=1, num_cpus=1, compute=ray.data.ActorPoolStrategy(size=workers))
    rows = sum(row["rows"] for row in done.iter_rows())
    ray.shutdown()
    return rows


def under_dask(todo, job, workers, address):
    from dask.distributed import Client, LocalCluster

    cluster = address or LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    with Client(cluster) as client:
        rows = sum(client.gather(client.map(functools.partial(work, job=job), todo, pure=False)))
        if not address:
            client.shutdown()
    return rows


def begun(given, todo):
    """Records what the output is of, and refuses to continue with the output of something else."""
    model = pathlib.Path(given.model) / "model.json"
    if not model.exists():
        raise SystemExit(f"{given.model}: expected the folder of an exported model, got one without model.json; name what export has written")
    job = {
        "verb": given.verb,
        "model": str(pathlib.Path(given.model).resolve()),
        "out": str(pathlib.Path(given.out).resolve()),
        "seed": given.seed,
        "samples": given.samples,
        "mean": given.mean,
    }
    about = {**job, "sha256": hashlib.sha256(model.read_bytes()).hexdigest(), "rows": [unit["rows"] for unit in todo]}
    record = pathlib.Path(given.out) / "_job.json"  # a name that readers of Parquet folders pass over
    record.parent.mkdir(parents=True, exist_ok=True)
    if record.exists() and json.loads(record.read_text()) != about:
        raise SystemExit(f"{given.out}: expected the results of the same model, data and settings, got different ones; name another folder")
    record.write_text(json.dumps(about))
    return job


def main():
    given = options()
    all_units = units(given.data)
    job = begun(given, all_units)
    todo = [unit for unit in all_units if not (pathlib.Path(given.out) / f"part-{unit['part']:05d}.parquet").exists()]
    began = time.monotonic()
    if not todo:
        rows = 0
    elif given.engine == "process":
        rows = sum(work(unit, job) for unit in todo)
    else:
        rows = (under_ray if given.engine == "ray" else under_dask)(todo, job, given.workers, given.address)
    print(f"{rows} rows, {len(todo)} of {len(all_units)} parts, {time.monotonic() - began:.1f} s: {given.out}")


if __name__ == "__main__":
    sys.path.insert(0, HERE)
    # Workers of Dask find the functions by the name of this module.
    import rows as module

    module.main()
