"""Compares what readers of Parquet see in files with the rows they were made of.

    python tables.py FOLDER

FOLDER has the Parquet files, and beside each a JSON file of its columns and rows, from expect.py or from
TestInterop of publish/parquet. Every column of every row is compared, and for every column a filter that
uses the row groups' statistics must find the rows that a scan finds.
"""

import decimal
import glob
import json
import math
import os
import struct
import sys
import tempfile

import datasets
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def canonical(value, typ):
    """A value of an Arrow type as the expectations have it."""
    if value is None:
        return None
    if pa.types.is_list(typ) or pa.types.is_large_list(typ):
        return [canonical(v, typ.value_type) for v in value]
    if pa.types.is_struct(typ):
        return {f.name: canonical(value[f.name], f.type) for f in typ}
    if pa.types.is_floating(typ):
        return "nan" if math.isnan(value) else struct.pack(">d", value).hex()
    if pa.types.is_decimal(typ):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (str, bool)):
        return value
    return str(value)


def same(got, want):
    """Equality, where decimals may have any form."""
    if isinstance(want, list) and isinstance(got, list):
        if len(got) != len(want):
            return False
        return all(same(g, w) for g, w in zip(got, want))
    if isinstance(want, dict) and isinstance(got, dict):
        return got.keys() == want.keys() and all(same(got[k], want[k]) for k in want)
    if isinstance(got, str) and isinstance(want, str) and got != want and "." in got + want:
        try:
            return decimal.Decimal(got) == decimal.Decimal(want)
        except decimal.InvalidOperation:
            return False
    return got == want


def column(table, spec):
    """A column's values as the expectations have them."""
    data = table.column(spec["name"])
    if isinstance(data.type, pa.BaseExtensionType):
        data = pa.chunked_array([c.storage for c in data.chunks], data.type.storage_type)
    if "unit" in spec:
        have, want = UNITS[data.type.unit], UNITS[spec["unit"]]
        wide = pa.int32() if data.type.bit_width == 32 else pa.int64()
        values = data.cast(wide).to_pylist()
        if have < want:
            raise ValueError(f"{spec['name']} was read as {data.type}: digits are lost")
        return [None if v is None else str(v // (have // want)) for v in values]
    return [canonical(v, data.type) for v in data.to_pylist()]


def compare(reader, name, table, expected):
    faults = []
    if table.num_rows != len(expected["rows"]):
        return [f"{reader}: {name}: {table.num_rows} rows of {len(expected['rows'])}"]
    for i, spec in enumerate(expected["columns"]):
        try:
            got = column(table, spec)
        except Exception as e:
            faults.append(f"{reader}: {name}: {spec['name']}: {type(e).__name__}: {e}")
            continue
        for row, (g, w) in enumerate(zip(got, (r[i] for r in expected["rows"]))):
            if not same(g, w):
                faults.append(f"{reader}: {name}: {spec['name']}[{row}]: got {g!r}, want {w!r}")
                break
    return faults


def read_duckdb(path):
    # DuckDB shows times in its own zone: UTC leaves them as they are.
    c = duckdb.connect()
    c.execute("set timezone='UTC'")
    return c.sql(f"select * from '{path}'").to_arrow_table()


READERS = {
    "pyarrow": lambda path: pq.read_table(path),
    "duckdb": read_duckdb,
    "polars": lambda path: pl.read_parquet(path).to_arrow(),
    "polars-lazy": lambda path: pl.scan_parquet(path).collect().to_arrow(),
    "datasets": lambda path: datasets.Dataset.from_parquet(path, cache_dir=tempfile.mkdtemp()).data.table,
}


def check_filters(path):
    """Every value that a column has is looked for with the statistics in use and without: how many
    filters were tried, and the faults."""
    faults, tried = [], 0
    con = duckdb.connect()
    con.execute("set timezone='UTC'")
    columns = [(r[0], r[1]) for r in con.execute(f"describe select * from '{path}'").fetchall()]
    con.execute(f"create table plain as select * from '{path}'")
    for name, typ in columns:
        if "[" in typ or "(" in typ and not typ.startswith("DECIMAL") or typ == "BLOB":
            continue
        quoted = '"' + name.replace('"', '""') + '"'
        values = con.execute(f"select distinct {quoted} from plain using sample 8").fetchall()
        for op in ("=", "<", ">", "<=", ">="):
            for value in values:
                if value[0] is None:
                    continue
                tried += 1
                counts = [
                    con.execute(f"select count(*) from {source} where {quoted} {op} cast(? as {typ})", [value[0]]).fetchone()[0]
                    for source in ("plain", f"'{path}'")
                ]
                if counts[0] != counts[1]:
                    faults.append(f"duckdb: {path}: {name} {op} {value[0]!r}: {counts[1]} rows of {counts[0]}")
        if name == "*":
            continue  # It would be every column.
        frames = pl.read_parquet(path, columns=[name]), pl.scan_parquet(path).select(name)
        for value in frames[0][name].drop_nulls().unique(maintain_order=True).head(8):
            for op in ("eq", "lt", "gt", "le", "ge"):
                tried += 1
                full = frames[0].filter(getattr(pl.col(name), op)(value)).height
                lazy = frames[1].filter(getattr(pl.col(name), op)(value)).collect().height
                if full != lazy:
                    faults.append(f"polars: {path}: {name} {op} {value!r}: {lazy} rows of {full}")
    return tried, faults


def check_statistics(path):
    """The footer's statistics against the values, as pyarrow has both: how many were compared, and the
    faults."""
    faults, compared = [], 0
    f = pq.ParquetFile(path)
    flat = {c.name for c in f.schema_arrow if not pa.types.is_nested(c.type)}
    for g in range(f.num_row_groups):
        table = f.read_row_group(g)
        for i in range(f.metadata.num_columns):
            chunk = f.metadata.row_group(g).column(i)
            s = chunk.statistics
            if s is None or chunk.path_in_schema not in flat:
                continue
            compared += 1
            col = table.column(chunk.path_in_schema)
            if s.null_count != col.null_count:
                faults.append(f"{path}: {chunk.path_in_schema}: {s.null_count} nulls of {col.null_count}")
            if s.has_min_max:
                values = [v for v in col.to_pylist() if v is not None and v == v]
                if values and (s.min > min(values) or s.max < max(values)):
                    faults.append(f"{path}: {chunk.path_in_schema}: [{s.min}, {s.max}] of [{min(values)}, {max(values)}]")
    return compared, faults


def main(folder):
    datasets.disable_progress_bars()
    faults, values, filters, statistics = [], dict.fromkeys(READERS, 0), 0, 0
    for path in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
        name = os.path.basename(path)
        with open(path.removesuffix(".parquet") + ".json") as f:
            expected = json.load(f)
        for reader, read in READERS.items():
            if reader == "datasets" and not expected["rows"]:
                continue  # It refuses files without rows.
            try:
                table = read(path)
            except Exception as e:
                faults.append(f"{reader}: {name}: {type(e).__name__}: {e}")
                continue
            faults += compare(reader, name, table, expected)
            values[reader] += table.num_rows * table.num_columns
        tried, found = check_filters(path)
        filters, faults = filters + tried, faults + found
        compared, found = check_statistics(path)
        statistics, faults = statistics + compared, faults + found
    for fault in faults:
        print(fault[:600])
    counts = ", ".join(f"{reader} {n}" for reader, n in values.items())
    print(f"values compared: {counts}; {filters} filters, {statistics} statistics; {len(faults)} faults")
    return 1 if faults or not all(values.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
