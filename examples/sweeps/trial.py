"""One run of a sweep: `cvae-compile train` in a folder that is named by its settings, so that an interrupted one is resumed there."""

import hashlib
import json
import os
import pathlib
import shlex
import subprocess

COMMAND = shlex.split(os.environ.get("CVAE_COMPILE", "npx cvae-compile"))


def trained(definition, folder, options, variables):
    """
    Trains with options of the command line, and variables of the environment that the definition reads (process.env.UNITS);
    returns what `train --json` says: validation, test, the epoch that was kept.
    """
    settings = json.dumps([options, variables], sort_keys=True)
    run = pathlib.Path(folder) / f"run-{hashlib.sha256(settings.encode()).hexdigest()[:8]}"
    words = [*COMMAND, "train", str(definition), "--out", str(run), "--json"]
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    if any((run / "checkpoints").glob("*.safetensors")):
        words.append("--resume")
    done = subprocess.run(words, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True, check=True)
    (run / "settings.json").write_text(settings)
    return json.loads(done.stdout.splitlines()[-1])


def loss(result):
    """Returns what a sweep minimises: −ELBO of the held-out examples, in nats."""
    return result["validation"]["negativeElbo"]


def compared(folder):
    """Puts all runs of a sweep into one page."""
    page = pathlib.Path(folder) / "compare.html"
    runs = sorted(str(run.parent) for run in pathlib.Path(folder).glob("run-*/run.json"))
    subprocess.run([*COMMAND, "compare", *runs, "--out", str(page)], check=True)
    return page
