"""A sweep by Optuna: python optuna_sweep.py model.ts --out sweep --trials 20

What was tried is in sweep/study.db: the same command resumes where it stopped.
"""

import argparse
import pathlib

import optuna
from optuna.trial import TrialState

from trial import compared, loss, trained

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("definition")
parser.add_argument("--out", required=True)
parser.add_argument("--trials", type=int, default=20)
parser.add_argument("--epochs", type=int, default=10)
given = parser.parse_args()
folder = pathlib.Path(given.out).resolve()
folder.mkdir(parents=True, exist_ok=True)


def objective(trial):
    options = {
        "epochs": given.epochs,
        "learning-rate": round(trial.suggest_float("rate", 1e-4, 1e-2, log=True), 6),
        "batch": trial.suggest_categorical("batch", [32, 64, 128]),
    }
    variables = {"UNITS": str(trial.suggest_categorical("units", [32, 128]))}  # the definition reads it
    return loss(trained(given.definition, folder, options, variables))


study = optuna.create_study(
    study_name="sweep",
    storage=f"sqlite:///{folder / 'study.db'}",
    load_if_exists=True,
)
study.sampler = optuna.samplers.TPESampler(seed=len(study.trials) + 1)  # a resumed search draws anew
# Those that were under way when a process was ended are tried again first: their runs are resumed.
tried = [trial.params for trial in study.get_trials(states=[TrialState.COMPLETE])]
for lost in study.get_trials(states=[TrialState.RUNNING, TrialState.FAIL]):
    if lost.state == TrialState.RUNNING:
        study.tell(lost.number, state=TrialState.FAIL)
    if lost.params and lost.params not in tried:
        study.enqueue_trial(lost.params)
        tried.append(lost.params)
left = given.trials - len(study.get_trials(states=[TrialState.COMPLETE]))
study.optimize(objective, n_trials=max(0, left))
print(f"best of {given.trials}: {study.best_value:.2f} nats, {study.best_params}; all: {compared(folder)}")
