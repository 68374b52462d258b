"""What others say of drawn rows: python score.py DATA TABLE TASK DRAWN.csv prints SDMetrics' quality and scikit-learn's AUC as JSON.

The scores of the page are those of cvae-compile's scoreTable; this is a check of them, with the same folds of pairs.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score


def features(rows, spec):
    classes = [
        (rows[name].to_numpy()[:, None] == np.array(values)[None, :]).astype(float)
        for name, values in spec["classes"].items()
    ]
    return np.hstack([rows[spec["numbers"]].to_numpy(float), *classes])


def auc(real, drawn, seed, paired):
    random = np.random.default_rng(seed)
    own = random.permutation(len(real)) % 5
    other = own if paired else random.permutation(len(drawn)) % 5
    x, y, fold = np.vstack([real, drawn]), np.r_[np.zeros(len(real)), np.ones(len(drawn))], np.r_[own, other]
    chances = np.zeros(len(y))
    for one in range(5):
        model = GradientBoostingClassifier(random_state=seed).fit(x[fold != one], y[fold != one])
        chances[fold == one] = model.predict_proba(x[fold == one])[:, 1]
    return roc_auc_score(y, chances)


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


def score(data, name, task, drawn):
    spec = json.loads((Path(data) / name / "spec.json").read_text())
    train, test = (pd.read_csv(Path(data) / name / f"{part}.csv") for part in ["train", "test"])
    drawn = drawn[train.columns]
    real, own = features(test, spec), features(drawn, spec)
    size = len(test)
    order = np.arange(len(drawn)) if task == "all" else np.random.default_rng(0).permutation(len(drawn))
    rounds = [order[i * size : (i + 1) * size] for i in range(max(1, min(4, len(drawn) // size)))]
    return {
        "auc of scikit-learn": float(np.mean([auc(real, own[r], i, task == "all") for i, r in enumerate(rounds)])),
        "quality": {k: float(v) for k, v in quality(test if task == "all" else train, drawn, spec, task == "all").items()},
    }


if __name__ == "__main__":
    data, name, task, path = sys.argv[1:]
    print(json.dumps(score(data, name, task, pd.read_csv(path)), indent=1))
