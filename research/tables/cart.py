"""Sequential trees, as R's synthpop draws tables: python cart.py DATA TABLE TASK SEED OUT.csv.

Column after column, a tree (at least 5 rows a leaf) of the columns before, and then the value of one of the leaf's rows.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def drawn(train, given, spec, seed):
    random = np.random.default_rng(seed)
    rows = given.copy()
    for column in [c for c in [*spec["classes"], *spec["numbers"]] if c not in given]:
        before = list(rows.columns)
        codes = lambda table: np.column_stack(
            [
                table[c].to_numpy()
                if c in spec["numbers"]
                else (table[c].to_numpy()[:, None] == np.array(spec["classes"][c])[None, :]).astype(float)
                for c in before
            ]
        )
        kind = DecisionTreeRegressor if column in spec["numbers"] else DecisionTreeClassifier
        tree = kind(min_samples_leaf=5, random_state=seed).fit(codes(train), train[column])
        leaves = pd.Series(range(len(train))).groupby(tree.apply(codes(train))).apply(np.array)
        rows[column] = [train[column].iloc[random.choice(leaves[leaf])] for leaf in tree.apply(codes(rows))]
    return rows[train.columns]


if __name__ == "__main__":
    data, name, task, seed, out = sys.argv[1:]
    spec = json.loads((Path(data) / name / "spec.json").read_text())
    train, test = (pd.read_csv(Path(data) / name / f"{part}.csv") for part in ["train", "test"])
    classes = list(spec["classes"])[: 1 if task == "one" else None]
    source = train if task == "one" else pd.concat([test] * (1 if name == "randhie" else 4))
    drawn(train, source[classes].reset_index(drop=True), spec, int(seed)).to_csv(out, index=False)
