"""A sweep by Ray Tune, on one machine or a cluster: python ray_sweep.py model.ts --out sweep --trials 20

What was tried is in sweep/tune: the same command resumes where it stopped. A trial takes one core.
"""

import argparse
import os
import pathlib
import sys

import ray
from ray import tune

HERE = str(pathlib.Path(__file__).resolve().parent)
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("definition")
parser.add_argument("--out", required=True)
parser.add_argument("--trials", type=int, default=20)
parser.add_argument("--epochs", type=int, default=10)
given = parser.parse_args()
definition, folder = pathlib.Path(given.definition).resolve(), pathlib.Path(given.out).resolve()
epochs = given.epochs


def objective(config):
    sys.path.insert(0, HERE)
    from trial import loss, trained

    options = {"epochs": epochs, "learning-rate": round(config["rate"], 6), "batch": config["batch"]}
    tune.report({"loss": loss(trained(definition, folder, options, {"UNITS": str(config["units"])}))})


ray.init(include_dashboard=False, runtime_env={"env_vars": {key: os.environ[key] for key in ("CVAE_COMPILE",) if key in os.environ}})
if tune.Tuner.can_restore(str(folder / "tune")):
    tuner = tune.Tuner.restore(str(folder / "tune"), objective, resume_unfinished=True, resume_errored=True)
else:
    space = {"rate": tune.loguniform(1e-4, 1e-2), "batch": tune.choice([32, 64, 128]), "units": tune.choice([32, 128])}
    tuner = tune.Tuner(
        objective,
        param_space=space,
        tune_config=tune.TuneConfig(metric="loss", mode="min", num_samples=given.trials),
        run_config=tune.RunConfig(storage_path=str(folder), name="tune"),
    )
best = tuner.fit().get_best_result("loss", "min")
sys.path.insert(0, HERE)
from trial import compared  # noqa: E402

print(f"best of {given.trials}: {best.metrics['loss']:.2f} nats, {best.config}; all: {compared(folder)}")
