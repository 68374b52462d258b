"""The tables of the protocol: python tables.py FOLDER writes each as train.csv and test.csv, split 80/20, with spec.json.

Needs pandas, scikit-learn, palmerpenguins 0.1.6, statsmodels and, for the weather, npm.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

# Seattle's weather of 2012 to 2015, from npm's vega-datasets 2.
WEATHER = "0845078a290b48e3149ab8639966824110a251db4e06fc144c06ebb534af23be"


def weather():
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", "vega-datasets@2", "--silent"], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(Path(folder) / packed) as archive:
            text = archive.extractfile("package/data/seattle-weather.csv").read()
    if hashlib.sha256(text).hexdigest() != WEATHER:
        raise SystemExit("seattle-weather.csv: expected the file that the protocol was written for, got another")
    from io import BytesIO

    rows = pd.read_csv(BytesIO(text), parse_dates=["date"])
    rows.insert(0, "month", rows.pop("date").dt.month.map("m{:02d}".format))
    return rows, ["month", "weather"]


def penguins():
    from palmerpenguins import load_penguins

    return load_penguins().dropna().drop(columns="year").reset_index(drop=True), ["species", "island", "sex"]


def randhie():
    import statsmodels.api as sm

    rows = sm.datasets.randhie.load_pandas().data
    health = rows[["hlthg", "hlthf", "hlthp"]].to_numpy().argmax(1) + 1
    some = rows[["hlthg", "hlthf", "hlthp"]].sum(axis=1) > 0
    coins = {value: f"c{i}" for i, value in enumerate(sorted(rows.lncoins.unique()))}
    table = pd.DataFrame(
        {
            "coins": rows.lncoins.map(coins),
            "idp": rows.idp.astype(int).map({0: "no", 1: "yes"}),
            "health": [["excellent", "good", "fair", "poor"][h if s else 0] for h, s in zip(health, some)],
        }
    )
    for name in ["mdvis", "lpi", "fmde", "physlm", "disea"]:
        table[name] = rows[name]
    table["mdvis"] = table.mdvis.astype(int)
    return table, ["coins", "idp", "health"]


TABLES = {"weather": weather, "penguins": penguins, "randhie": randhie}


def split(rows):
    return train_test_split(rows, test_size=0.2, random_state=0)


if __name__ == "__main__":
    for name, load in TABLES.items():
        rows, classes = load()
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        for part, some in zip(["train", "test"], split(rows)):
            some.to_csv(folder / f"{part}.csv", index=False)
        spec = {
            "classes": {column: sorted(rows[column].unique()) for column in classes},
            "numbers": [column for column in rows.columns if column not in classes],
        }
        (folder / "spec.json").write_text(json.dumps(spec, indent=1) + "\n")
        print(name, *(len(part) for part in split(rows)))
