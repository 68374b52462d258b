"""Measures what a step of distributed training is made of: torchrun --nproc-per-node 2 measure.py --job job --data data

Prints the parameters P, milliseconds of a gradient for several numbers of rows, of an update and of the sum over all
workers, and the rates that docs/scale.md computes with. Medians of --rounds.
"""

import argparse
import statistics
import time

import numpy as np
import torch
import torch.distributed as dist

import job
import noise


def median(what, rounds):
    times = []
    for _ in range(rounds + 2):
        dist.barrier()
        began = time.perf_counter()
        what()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[2:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    dist.init_process_group("gloo")
    worker, workers = dist.get_rank(), dist.get_world_size()
    step, data = job.Step(given.job, threads=1), job.Data(given.data, worker, workers)
    names = [name for name, _ in step.results]
    trained = sum(step.state[name[9:]].size for name in names if name.startswith("gradient/"))

    def inputs(rows):
        shard = data.own[0]
        chosen = np.arange(rows) % data.counts[shard]
        scalars = {name: np.array(value, np.float32) for name, value in step.about["scalars"].items()}
        values = {name: data.values(shard, name, chosen) for name in data.columns}
        return {**step.state, **scalars, **values, **step.noise(1, ("model", 1), rows, 0)}

    say = print if worker == 0 else lambda *_: None
    say(f"{workers} workers, {trained:,} trained parameters, {4 * step.length:,} bytes are added up in a step")
    gradients = {}
    for rows in (32, 128, 512, 2048):
        feeds = job._only(inputs(rows), step.gradient)
        gradients[rows] = median(lambda: step.gradient.run(names, feeds), given.rounds)
        prepared = median(lambda: inputs(rows), given.rounds)
        say(f"gradient of {rows} rows: {gradients[rows]:.2f} ms; its rows and noise: {prepared:.2f} ms")
    rate = (2048 - 512) / (gradients[2048] - gradients[512]) * 1000
    say(f"rows a second of a worker, in large batches: {rate:,.0f}")
    found = {name: np.zeros(shape, np.float32) for name, shape in step.results}
    scalars = {f"optimiser/{name}": np.array(value, np.float32) for name, value in step.scalars(1, 1e-3).items()}
    outputs = [each.name for each in step.update.get_outputs()]
    feeds = job._only({**step.state, **found, **scalars}, step.update)
    say(f"update: {median(lambda: step.update.run(outputs, feeds), given.rounds):.2f} ms")
    for length in (1, step.length, 10_000_000):
        flat = torch.zeros(length)
        took = median(lambda: dist.all_reduce(flat), given.rounds)
        say(f"sum of {4 * length:,} bytes over {workers} workers: {took:.2f} ms, {8 * length / took / 1e6:.2f} GB/s each way")
    began = time.perf_counter()
    noise.permutation(1_000_000, noise.stream(1, "order", 1))
    say(f"order of 1,000,000 rows: {time.perf_counter() - began:.2f} s, once an epoch")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
