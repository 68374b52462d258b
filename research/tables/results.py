"""Collects scores: python results.py OUT copies what run.mjs and score.py gave to results/, and writes docs/tables.md of all there."""

import json
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "tables.md"
# SDV 2.0.0 (ctgan 0.12.1, copulas 0.14.1), all defaults, torch 2.15.0, measured once with this protocol: by table and task, for each tool
# seeds, AUC, 1−KS within, novelty, and the rows returned of those that were asked for.
SDV = {
    ("weather", "all"): {
        "TVAE": (3, 0.814, 0.752, 1.01, "1,015 of 1,172"),
        "CTGAN": (2, 0.961, 0.545, 3.41, "all"),
        "GaussianCopula": (2, 0.938, 0.563, 3.19, "all"),
    },
    ("penguins", "all"): {
        "TVAE": (3, 0.604, 0.780, 1.70, "all"),
        "CTGAN": (3, 0.910, 0.502, 4.19, "all"),
        "GaussianCopula": (3, 0.661, 0.688, 2.09, "all"),
    },
    ("randhie", "all"): {
        "TVAE": (1, 0.997, 0.746, None, "4,011 of 4,038"),
        "CTGAN": (1, 0.996, 0.784, None, "4,037 of 4,038"),
        "GaussianCopula": (1, 1.000, 0.574, 12.36, "all"),
    },
    ("weather", "one"): {
        "TVAE": (3, 0.831, 0.744, None, "all"),
        "CTGAN": (2, 0.966, 0.545, None, "all"),
        "GaussianCopula": (2, 0.940, 0.549, None, "all"),
    },
    ("penguins", "one"): {
        "TVAE": (3, 0.695, 0.744, None, "all"),
        "CTGAN": (3, 0.927, 0.509, None, "all"),
        "GaussianCopula": (3, 0.669, 0.746, None, "all"),
    },
    ("randhie", "one"): {
        "TVAE": (1, 0.997, 0.756, None, "all"),
        "CTGAN": (1, 0.995, 0.773, None, "all"),
        "GaussianCopula": (1, 1.000, 0.581, None, "all"),
    },
}
TASKS = {"all": "Given all classes", "one": "Given one class, everything else drawn"}


def collect(folder, tool, pattern):
    for path in sorted(Path(folder).glob(pattern)):
        place = path.parent.parent if tool == "cart" else path.parent
        name, task, seed = place.name.rsplit("-", 2)
        facts, checks = path.parent / "facts.json", path.parent / "checks.json"
        cell = {"tool": tool, "seed": int(seed), **json.loads(path.read_text())}
        if checks.exists():
            cell |= json.loads(checks.read_text())
        if facts.exists():
            cell["cost"] = json.loads(facts.read_text())
        rounded = json.loads(json.dumps(cell), parse_float=lambda text: round(float(text), 4))
        (HERE / "results" / f"{tool}-{name}-{task}-{seed}.json").write_text(json.dumps(rounded, indent=1) + "\n")


def number(values, digits=3):
    return f"{median(values):.{digits}f}" if values else ""


def rows(cells, task):
    for name in ["weather", "penguins", "randhie"]:
        for tool in ["cvae-compile", "cart"]:
            own = [c for c in cells if (c["table"], c["task"], c["tool"]) == (name, task, tool)]
            if not own:
                continue
            wrong = max(c["impossible"] for c in own)
            zeros = max(c["zeros"] or 0 for c in own)
            yield [
                name, tool, str(len(own)), number([c["auc"] for c in own]), number([c["auc of scikit-learn"] for c in own]), number([c["within"] for c in own]),
                number([c["predicted"] for c in own]), number([c["novelty"] for c in own], 2),
                number([c["quality"]["overall"] for c in own]), f"{100 * zeros:.1f}", f"{100 * wrong:.1f}",
                "all" if all(c["rows"] == c["wanted"] for c in own) else "not all",
            ]
        for tool, (seeds, auc, within, novelty, returned) in SDV[name, task].items():
            far = "" if novelty is None else f"{novelty:.2f}"
            yield [name, f"SDV's {tool}", str(seeds), "", f"{auc:.3f}", f"{within:.3f}", "", far, "", "", "", returned]


def table(head, lines):
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *lines])


if __name__ == "__main__":
    (HERE / "results").mkdir(exist_ok=True)
    collect(sys.argv[1], "cvae-compile", "*/score.json")
    collect(sys.argv[1], "cart", "*/cart/score.json")
    cells = [json.loads(path.read_text()) for path in sorted((HERE / "results").glob("*.json"))]
    head = ["table", "tool", "seeds", "AUC", "AUC, scikit-learn", "1−KS within", "TSTR", "novelty", "quality", "zeros, points off", "impossible, %", "rows"]
    parts = [f"### {title}\n\n{table(head, rows(cells, task))}\n" for task, title in TASKS.items()]
    costs = [
        [c["table"], c["task"], str(c["seed"]), str(c["cost"]["epochs"]), f"{c['cost']['cpuSeconds']:.0f}"]
        + [f"{c['cost']['bytes'][part] / 1000:.0f}" for part in ["sampler", "draw", "prior"]]
        for c in cells
        if "cpuSeconds" in c.get("cost", {})
    ]
    cost = table(["table", "given", "seed", "epochs", "CPU s to train", "sampler.onnx, kB", "draw.onnx, kB", "prior.onnx, kB"], costs)
    begin, end = "<!-- figures -->\n", "<!-- /figures -->\n"
    text = PAGE.read_text()
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n{chr(10).join(parts)}\n### Cost\n\n{cost}\n\n{end}{after}")
