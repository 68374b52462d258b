"""Trains an export of cvae-compile on many processes: torchrun --nproc-per-node 2 train.py --job job --data data --folder run

PyTorch contributes one call, the sum of a vector over all processes (gloo, over any network); onnxruntime computes
gradients and updates. A batch is the same whatever the number of workers, and so are its weights up to rounding. When
a worker is lost, torchrun starts all again, and they go on from the last checkpoint of the run.
"""

import argparse
import os
import time
from datetime import timedelta

import job
from run_folder import RunFolder


def parser(about=__doc__):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", required=True, help="what cvae-compile export --training has written")
    parser.add_argument("--data", required=True, help="what cvae-compile data --arrays has written: a worker needs its own shards only")
    parser.add_argument("--folder", dest="run", metavar="RUN", required=True, help="the folder of a run that cvae-compile train has begun; the first worker needs it")
    parser.add_argument("--epochs", type=int, default=10, help="train to the end of this epoch")
    parser.add_argument("--steps", type=int, help="end after this number of steps of the run")
    parser.add_argument("--checkpoint-steps", type=int, default=500, help="the number of steps between checkpoints")
    parser.add_argument("--other-data", action="store_true", help="the run began on other examples, such as a sample of these")
    parser.add_argument("--device", choices=sorted(job.PROVIDERS), default="cpu")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="a worker that has been silent for so long is lost")
    parser.add_argument("--threads", type=int, default=1, help="threads of a worker's onnxruntime on the CPU")
    return parser


def work(given, worker, workers, share, reduce):
    """
    What each worker does, under any engine: `share` returns the first worker's value to all, and `reduce` adds a flat vector of
    float32 up over all, in place. Returns the metrics of the last step.
    """
    leads = worker == 0
    folder = RunFolder(given.run) if leads else None
    arrays, place, states = share(folder.latest() if leads else None)
    step = job.Step(given.job, given.device, given.threads)
    data = job.Data(given.data, worker, workers)
    facts = place["facts"]
    seed, batch = facts["seed"], facts["batch"]
    if facts["examples"] != data.rows:
        if not given.other_data:
            raise SystemExit(
                f"{given.data}: expected the {facts['examples']} examples of the run, got {data.rows}; "
                "write them with its --seed, or give --other-data if the run began on a sample of them"
            )
        facts["examples"] = data.rows
    rate = facts["learningRate"]
    if not isinstance(rate, (int, float)):  # found by the run, or a schedule of the definition, whose last value the export has
        rate = place.get("pace", {}).get("rate") or step.about["learningRate"]
    for name, value in arrays.items():
        kind, _, rest = name.partition("/")
        if kind in ("weights", "optimiser"):
            step.state[rest] = value

    def checkpoint():
        # Without validation here, the weights after the last whole epoch are the best; `train --resume` measures them.
        kinds = ("weights", "optimiser", "best") if place["step"] == 0 else ("weights", "optimiser")
        for name in arrays:
            kind, _, rest = name.partition("/")
            if kind in kinds:
                arrays[name] = step.state.get(rest, arrays[name])
        folder.keep(arrays, place, states)

    per_epoch = -(-data.rows // batch)
    metrics, began, kept = {}, time.monotonic(), place["step"]
    while place["epoch"] <= given.epochs:
        epoch, index = place["epoch"], place["step"]
        number = (epoch - 1) * per_epoch + index + 1
        if given.steps is not None and number > given.steps:
            break
        parts = data.batches(seed, epoch, index, batch)
        metrics, rows = step.take(parts, seed, ("model", number), number, rate, reduce)
        add(place["means"], metrics, rows)
        place["step"] += 1
        if leads and number % 100 == 0:
            print(f"step {number}: loss {metrics['loss']:.3f}", flush=True)
        if place["step"] == per_epoch:
            train = {name: total / place["means"]["count"] for name, total in place["means"]["sums"].items()}
            seconds = time.monotonic() - began
            place["history"].append({"phase": "model", "epoch": epoch, "train": train, "seconds": seconds})
            place.update(epoch=epoch + 1, step=0, means={"sums": {}, "count": 0}, bestEpoch=epoch, lowest=None)
            began = time.monotonic()
            if leads:
                print(f"epoch {epoch}: loss {train['loss']:.3f}, {seconds:.1f} s", flush=True)
                checkpoint()
        elif leads and number % given.checkpoint_steps == 0:
            checkpoint()
            kept = place["step"]
    if leads:
        if place["step"] and kept != place["step"]:
            checkpoint()
        last = place["history"][-1]["epoch"] if place["history"] else 0
        folder.metrics(place, {"stopped": "finished", "ended": {"by": "epochs", "kept": last, "epochs": last}})
    return metrics


def add(means, metrics, rows):
    """Adds a step to the means of an epoch, as cvae-compile keeps them."""
    means.setdefault("first", metrics["loss"])
    means["around"] = means.get("around", 0) + (metrics["loss"] - means["first"]) ** 2 * rows
    for name, value in metrics.items():
        means["sums"][name] = means["sums"].get(name, 0) + value * rows
    means["count"] += rows


def with_torch(given):
    """Works in the process group that torchrun, or Ray, has assigned this process to."""
    import torch
    import torch.distributed as dist

    def share(value):
        held = [value]
        dist.broadcast_object_list(held, 0)
        return held[0]

    return work(given, dist.get_rank(), dist.get_world_size(), share, lambda flat: dist.all_reduce(torch.from_numpy(flat)))


if __name__ == "__main__":
    import torch.distributed as dist

    arguments = parser().parse_args()
    timeout = timedelta(seconds=arguments.timeout)
    store, rank, size = next(dist.rendezvous("env://", timeout=timeout))
    # After a restart the store of torchrun still has the addresses of the workers before, which would be called in vain.
    store = dist.PrefixStore(f"start {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=size, timeout=timeout)
    with_torch(arguments)
    dist.destroy_process_group()
