"""The same training under Ray Train: python ray_train.py --workers 2 --job job --data data --folder run

The step is that of train.py. Ray starts the workers on the machines of its cluster, gives them each other's addresses, and starts
them again when one is lost. The folders are named absolutely, on a file system that all machines have.
"""

import pathlib

import train


def main():
    parser = train.parser(__doc__)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    for name in ("job", "data", "run"):
        setattr(given, name, str(pathlib.Path(getattr(given, name)).resolve()))

    import ray
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    here = str(pathlib.Path(__file__).resolve().parent)

    def worker(settings):
        import argparse
        import sys

        sys.path.insert(0, here)
        import train as own

        own.with_torch(argparse.Namespace(**settings))

    ray.init(include_dashboard=False)
    TorchTrainer(
        worker,
        train_loop_config=vars(given),
        torch_config=TorchConfig(backend="gloo", timeout_s=given.timeout),
        scaling_config=ScalingConfig(num_workers=given.workers),
        run_config=RunConfig(
            storage_path=str(pathlib.Path(given.run) / "ray"), failure_config=FailureConfig(max_failures=3)
        ),
    ).fit()


if __name__ == "__main__":
    main()
