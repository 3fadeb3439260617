"""Validates a bundle's croissant.json with mlcroissant, and compares the records that it loads with the shards.

    python croissant.py BUNDLE EXPECTED

There must be no error, no warning, and nothing said in the log. Every record of every record set is loaded.
A record set of splits must be the manifest's; of a config's, every value that a field has a source for must
be that of the shards (EXPECTED is a folder of expect.py), as far as pandas holds it: integers in a column
with nulls are floats to it, and decimals are to mlcroissant. What lies in lists of structs within lists of
structs has no source, and must be all that has none.
"""

import datetime
import decimal
import importlib.metadata
import json
import logging
import math
import os
import struct
import sys

import mlcroissant as mlc
import numpy as np
import pandas as pd

UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Log(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def plain(v):
    """A loaded value as Python's plainest: numbers, text, nanoseconds, lists."""
    if isinstance(v, (list, np.ndarray)):
        return [plain(x) for x in v]
    if v is None or v is pd.NaT or isinstance(v, (float, np.floating)) and math.isnan(v):
        return None
    if isinstance(v, bytes):
        try:
            return v.decode()
        except UnicodeDecodeError:
            return v.hex()
    if isinstance(v, pd.Timestamp):
        zoned = v if v.tzinfo else v.tz_localize("UTC")
        return (zoned.to_pydatetime(warn=False) - EPOCH) // datetime.timedelta(microseconds=1) * 1000 + v.nanosecond
    if isinstance(v, datetime.time):
        return ((v.hour * 60 + v.minute) * 60 + v.second) * 10**9 + v.microsecond * 1000
    return v.item() if isinstance(v, np.generic) else v


def wanted(v, types, unit):
    """An expected value in the form of plain, by the types of its field."""
    if isinstance(v, list):
        return [wanted(x, types, unit) for x in v]
    if v is None:
        return None
    name = types[0].rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    if name.startswith(("Int", "UInt")):
        return int(v)
    if name.startswith("Float"):
        if any(t.endswith("#decimal") for t in types):
            return float(decimal.Decimal(v))
        return wanted_float(v)
    if name == "Date":
        return (datetime.date.fromisoformat(v) - EPOCH.date()).days * 86400 * 10**9
    if name in ("DateTime", "Time"):
        if unit:
            return int(v) * UNITS[unit]
        return (datetime.datetime.fromisoformat(v) - EPOCH) // datetime.timedelta(microseconds=1) * 1000
    if any(t.endswith("#hexBinary") for t in types):
        return plain(bytes.fromhex(v))
    return v


def wanted_float(bits):
    v = struct.unpack(">d", bytes.fromhex(bits))[0] if bits != "nan" else math.nan
    return None if math.isnan(v) else v


def leaves(fields, names=(), lists=0, parent=None):
    """Every field without fields of its own: it, the one that it is in, the names on the way, and how many
    lists of structs are on it."""
    for f in fields:
        shape = len((f.array_shape or "").split(",")) if f.is_array else 0
        if f.sub_fields:
            yield from leaves(f.sub_fields, names + (f.name,), lists + shape, f)
        else:
            yield f, parent, names + (f.name,), lists


def member(v, name):
    if isinstance(v, list):
        return [member(x, name) for x in v]
    return None if v is None else v[name]


def loaded(record, field, parent):
    """The value of a field in a record as mlcroissant lays it out."""
    if parent is None:
        return record[field.id]
    held = record[parent.id]
    return [h[field.id] for h in held] if isinstance(held, list) else held[field.id]


def types_of(field):
    known = [t for t in map(str, field.data_types) if "XMLSchema" not in t and "rdf-syntax" not in t]
    return known + [t for t in map(str, field.data_types) if t not in known]


def config_set(dataset, record_set, files):
    """The faults of a config's record set, and how many values were compared. Records come in the order
    of the files' names."""
    rows, faults, compared, columns = [], [], 0, {}
    for name in sorted(files):
        with open(files[name][0]) as f:
            expected = json.load(f)
        columns = {c["name"]: i for i, c in enumerate(expected["columns"])}
        units = {c["name"]: c.get("unit") for c in expected["columns"]}
        rows += [(files[name][1], row) for row in expected["rows"]]
    records = list(dataset.records(record_set.id))
    if len(records) != len(rows):
        return [f"{record_set.id}: {len(records)} records of {len(rows)}"], 0
    for i, (record, (split, row)) in enumerate(zip(records, rows)):
        for field, parent, names, lists in leaves(record_set.fields):
            if field.source.extract.file_property:
                want, have = split, plain(record[field.id])
            else:
                if bool(field.source) != (lists <= 1):
                    faults.append(f"{field.id}: is below {lists} lists, and its source is {field.source}")
                if not field.source:
                    continue
                value = row[columns[names[0]]]
                for name in names[1:]:
                    value = member(value, name)
                want = wanted(value, types_of(field), units[names[0]] if len(names) == 1 else None)
                if want is None and parent is not None and parent.is_array:
                    want = [None]  # mlcroissant makes one item of no list.
                have = plain(loaded(record, field, parent))
            compared += 1
            if have != want and len(faults) < 20:
                faults.append(f"{field.id}[{i}]: got {have!r}, want {want!r}")
    return faults, compared


def main(bundle, expected):
    log = Log()
    logging.getLogger().addHandler(log)
    logging.getLogger("absl").addHandler(log)
    dataset = mlc.Dataset(os.path.join(bundle, "croissant.json"))
    issues = dataset.metadata.ctx.issues
    faults = [f"error: {e}" for e in issues.errors] + [f"warning: {w}" for w in issues.warnings]
    with open(os.path.join(bundle, "manifest.json")) as f:
        manifest = json.load(f)
    sizes = {f.id: (f.content_size, f.sha256) for f in dataset.metadata.file_objects}
    for f in manifest["files"]:
        if f["name"] != "croissant.json" and sizes.get(f["name"]) != (f"{f['size']} B", f["sha256"]):
            faults.append(f"{f['name']}: is {sizes.get(f['name'])}")
    compared, splits, filtered = 0, 0, 0
    for record_set in dataset.metadata.record_sets:
        if record_set.data is not None:
            names = [list(r.values())[0] for r in dataset.records(record_set.id)]
            config = record_set.name.removesuffix(" splits")
            if names != [s["split"] for s in manifest["splits"] if s["config"] == config]:
                faults.append(f"{record_set.id}: splits are {names}")
            splits += len(names)
            continue
        files = {
            f["name"]: (os.path.join(expected, f["name"].removesuffix(".parquet") + ".json"), f["split"])
            for f in manifest["files"] if f.get("config") == record_set.name
        }  # fmt: skip
        found, n = config_set(dataset, record_set, files)
        faults, compared = faults + found, compared + n
        for split in sorted({s for _, s in files.values()}):
            count = [s["written"] for s in manifest["splits"] if (s["config"], s["split"]) == (record_set.name, split)]
            field = next(f for f in record_set.fields if f.source.extract.file_property)
            again = mlc.Dataset(os.path.join(bundle, "croissant.json"))  # A filter changes its data set.
            got = sum(1 for _ in again.records(record_set.id, filters={field.id: split}))
            filtered += 1
            if [got] != count:
                faults.append(f"{record_set.id}: the filter for {split} finds {got} records of {count}")
    faults += [f"log: {line}" for line in log.lines]
    for fault in faults:
        print(fault[:2000])
    print(f"mlcroissant {importlib.metadata.version('mlcroissant')}: {len(issues.errors)} errors, {len(issues.warnings)} warnings, "
          f"{len(sizes)} files, {len(dataset.metadata.record_sets)} record sets, {splits} splits, {filtered} filters, "
          f"{compared} values compared; {len(faults)} faults")  # fmt: skip
    return 1 if faults or not compared or not splits else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
