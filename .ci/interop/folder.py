"""Loads bundles as folders with Hugging Face's datasets, as a researcher does, whole and streaming.

    python folder.py DECLARATION BUNDLE EXPECTED

The features must be those that the declaration asks for, and every value of every split that which the
shards have (EXPECTED is a folder of expect.py).
"""

import glob
import json
import os
import sys
import tempfile
import tomllib

import datasets
import pyarrow as pa

from expect import configs
from tables import compare

PLAIN = {
    "string": pa.string(), "json": pa.string(), "bool": pa.bool_(), "binary": pa.binary(), "date": pa.date32(),
    "int8": pa.int8(), "int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64(),
    "uint8": pa.uint8(), "uint16": pa.uint16(), "uint32": pa.uint32(), "uint64": pa.uint64(),
    "float32": pa.float32(), "float64": pa.float64(),
}  # fmt: skip


def feature(field):
    """The type that a declared field has in datasets. Timestamps are in UTC there, whatever their zone."""
    typ, unit = field["type"], field.get("unit", "us")
    if typ == "list":
        return pa.list_(feature(field["items"]))
    if typ == "struct":
        return pa.struct([pa.field(k, feature(f)) for k, f in field["fields"].items()])
    if typ == "map":
        return pa.list_(pa.struct([pa.field("key", pa.string()), pa.field("value", feature(field["values"]))]))
    if typ == "decimal":
        return pa.decimal128(field["precision"], field["scale"])
    if typ == "time":
        return pa.time32(unit) if unit == "ms" else pa.time64(unit)
    if typ == "timestamp":
        return pa.timestamp(unit, tz=None if field.get("zone") == "none" else "UTC")
    return PLAIN[typ]


def expectation(folder, config, split):
    """The columns and rows of all files of a split."""
    stem = split if config == "default" else f"{config}-{split}"
    files = sorted(glob.glob(os.path.join(folder, glob.escape(stem) + "-?????-of-?????.json")))
    parts = []
    for name in files:
        with open(name) as f:
            parts.append(json.load(f))
    return {"columns": parts[0]["columns"], "rows": [row for p in parts for row in p["rows"]]}


def main(declaration, bundle, expected):
    datasets.disable_progress_bars()
    with open(declaration, "rb") as f:
        declared = configs(tomllib.load(f))
    faults, splits, rows, values = [], 0, 0, 0
    names = datasets.get_dataset_config_names(bundle)
    if sorted(names) != sorted(declared):
        faults.append(f"configs are {names}, declared are {list(declared)}")
    for name in names:
        config = declared[name]
        want = pa.schema([pa.field(k, feature(f)) for k, f in config["fields"].items()])
        whole = datasets.load_dataset(bundle, name, cache_dir=tempfile.mkdtemp())
        streamed = datasets.load_dataset(bundle, name, streaming=True)
        if list(whole) != [s["name"] for s in config["splits"]]:
            faults.append(f"{name}: splits are {list(whole)}")
        for split, data in whole.items():
            have = pa.schema([pa.field(f.name, f.type) for f in data.features.arrow_schema])
            if have != want:
                faults.append(f"{name}, {split}: features are\n{have}\ndeclared are\n{want}")
            expect = expectation(expected, name, split)
            faults += compare("load_dataset", f"{name}, {split}", data.data.table, expect)
            table = pa.Table.from_pylist(list(streamed[split]), schema=streamed[split].features.arrow_schema)
            faults += compare("streaming", f"{name}, {split}", table, expect)
            splits, rows, values = splits + 1, rows + data.num_rows, values + data.num_rows * len(want)
    for fault in faults:
        print(fault[:2000])
    print(f"datasets {datasets.__version__}: {len(names)} configs, {splits} splits, {rows} rows, "
          f"{values} values loaded and {values} streamed; {len(faults)} faults")  # fmt: skip
    return 1 if faults or not values else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
