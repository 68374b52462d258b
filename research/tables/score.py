"""Scores of drawn rows by the protocol: python score.py DATA TABLE TASK DRAWN.csv prints them as JSON."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors

# The class that a row is told by, and the condition when one is given.
TOLD = {"weather": "weather", "penguins": "species", "randhie": "coins"}


def features(rows, spec):
    classes = [
        (rows[name].to_numpy()[:, None] == np.array(values)[None, :]).astype(float)
        for name, values in spec["classes"].items()
    ]
    return np.hstack([rows[spec["numbers"]].to_numpy(float), *classes])


def auc(real, drawn, seed):
    x = np.vstack([real, drawn])
    y = np.r_[np.zeros(len(real)), np.ones(len(drawn))]
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    chances = np.zeros(len(y))
    for fit, test in folds.split(x, y):
        model = GradientBoostingClassifier(random_state=seed).fit(x[fit], y[fit])
        chances[test] = model.predict_proba(x[test])[:, 1]
    return roc_auc_score(y, chances)


def within(test, drawn, spec, by):
    total = 0
    for level, real in test.groupby(by):
        own = drawn[drawn[by] == level]
        if len(own):
            total += len(real) * np.mean([1 - ks_2samp(real[c], own[c]).statistic for c in spec["numbers"]])
    return total / len(test)


def novelty(train, test, drawn, spec):
    count = len(spec["numbers"])
    scale = train[:, :count].std(0)
    scaled = [np.hstack([x[:, :count] / scale, x[:, count:]]) for x in (train, test, drawn)]
    near = NearestNeighbors(n_neighbors=1).fit(scaled[0])
    distance = [near.kneighbors(x)[0].mean() for x in scaled[1:]]
    return distance[1] / distance[0]


def quality(real, drawn, spec, numbers_only):
    from sdmetrics.reports.single_table import QualityReport

    columns = {c: {"sdtype": "categorical"} for c in spec["classes"]} | {
        c: {"sdtype": "numerical"} for c in spec["numbers"]
    }
    report = QualityReport()
    report.generate(real, drawn, {"columns": columns}, verbose=False)
    shapes, pairs = report.get_details("Column Shapes"), report.get_details("Column Pair Trends")
    if numbers_only:
        shapes = shapes[shapes.Column.isin(spec["numbers"])]
        pairs = pairs[pairs["Column 1"].isin(spec["numbers"]) | pairs["Column 2"].isin(spec["numbers"])]
    scores = [shapes.Score.mean(), pairs.Score.mean()]
    return {"shapes": scores[0], "pairs": scores[1], "overall": np.mean(scores)}


def impossible(name, rows, train, spec):
    found = {}
    for column in spec["numbers"]:
        real, own = train[column], rows[column]
        digits = max(len(repr(float(v)).split(".")[1].rstrip("0")) for v in real.unique())
        found[column] = {
            "outside": float(((own < real.min()) | (own > real.max())).mean()),
            "decimals": float((np.abs(own.round(digits) - own) > 1e-6 * np.maximum(1, own.abs())).mean()),
            "zeros": float((own == 0).mean()),
            "zeros of train": float((real == 0).mean()),
            "held by train": float(own.round(6).isin(real.round(6)).mean()),
        }
    if name == "weather":
        found["rain on sunny days"] = float(((rows.weather == "sun") & (rows.precipitation > 0)).mean())
        found["least over largest temperature"] = float((rows.temp_min > rows.temp_max).mean())
    return found


def score(data, name, task, drawn):
    spec = json.loads((Path(data) / name / "spec.json").read_text())
    train, test = (pd.read_csv(Path(data) / name / f"{part}.csv") for part in ["train", "test"])
    drawn = drawn[train.columns]
    real, own = features(test, spec), features(drawn, spec)
    times = 1 if name == "randhie" else 4
    order = np.random.default_rng(0).permutation(len(drawn))
    # Given all classes, each round has those of all test rows once; otherwise rounds are disjoint samples.
    size = len(test)
    rounds = [
        np.arange(i * size, (i + 1) * size) if task == "all" else order[i * size : (i + 1) * size] for i in range(times)
    ]
    rounds = [r for r in rounds if len(r) == size] or [order]
    by = next(iter(spec["classes"]))
    told = TOLD[name]
    x, y = features(drawn.assign(**{told: "-"}), spec), drawn[told]
    forest = RandomForestClassifier(200, random_state=0).fit(x, y)
    accuracy = forest.score(features(test.assign(**{told: "-"}), spec), test[told])
    return {
        "table": name,
        "task": task,
        "rows": len(drawn),
        "wanted": len(train) if task == "one" else times * len(test),
        "auc": float(np.mean([auc(real, own[r], i) for i, r in enumerate(rounds)])),
        "within": float(within(test, drawn, spec, by)),
        "tstr": float(accuracy),
        "novelty": float(novelty(features(train, spec), real, own, spec)),
        "quality": {k: float(v) for k, v in quality(test if task == "all" else train, drawn, spec, task == "all").items()},
        "impossible": impossible(name, drawn, train, spec),
    }


if __name__ == "__main__":
    data, name, task, path = sys.argv[1:]
    print(json.dumps(score(data, name, task, pd.read_csv(path)), indent=1))
