"""Validates a bundle's data package with frictionless, all of its baseline checks on.

    python package.py BUNDLE
"""

import hashlib
import json
import os
import sys
import warnings

import frictionless
from frictionless import Checklist, checks, validate

warnings.filterwarnings("ignore", "Discarding nonzero nanoseconds")  # of pandas, for Python's times


def main(bundle):
    path = os.path.abspath(os.path.join(bundle, "datapackage.json"))
    with open(path) as f:
        package = json.load(f)
    with open(os.path.join(bundle, "manifest.json")) as f:
        manifest = json.load(f)
    baseline = [e.type for e in checks.baseline.Errors]
    report = validate(path, checklist=Checklist(pick_errors=[]))
    faults = [str(e) for e in report.flatten(["rowNumber", "fieldName", "type", "message"])]
    faults += [str(e) for e in report.errors] + list(report.warnings)
    faults += [w for t in report.tasks for w in t.warnings]
    if not report.valid:
        faults.append("the report says that the package is not valid")
    rows, cells = 0, 0
    data = {f["name"]: f for f in manifest["files"] if f["role"] == "data"}
    if sorted(r["path"] for r in package["resources"]) != sorted(data):
        faults.append(f"resources are {[r['path'] for r in package['resources']]}")
    for task, resource in zip(report.tasks, package["resources"], strict=True):
        rows, cells = rows + task.stats["rows"], cells + task.stats["rows"] * task.stats["fields"]
        if task.stats["rows"] != data[resource["path"]]["records"]:
            faults.append(f"{task.name}: {task.stats} is not {data[resource['path']]}")
        with open(os.path.join(bundle, resource["path"]), "rb") as f:  # which frictionless does for text alone
            if "sha256:" + hashlib.sha256(f.read()).hexdigest() != resource["hash"]:
                faults.append(f"{task.name}: the digest is another")
    constraints = sum(len(f.get("constraints", {})) for r in package["resources"] for f in r["schema"]["fields"])
    for fault in faults:
        print(fault[:2000])
    print(f"frictionless {frictionless.__version__}: valid is {report.valid}, {len(baseline)} checks, {len(report.tasks)} resources, "
          f"{rows} rows, {cells} cells, {constraints} constraints; {len(faults)} faults")  # fmt: skip
    return 1 if faults or not cells else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
