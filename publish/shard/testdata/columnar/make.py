"""Makes the files in this folder: the same records in many forms, and those records as JSON lines.

Run it in this folder with pyarrow 14 or later, polars and duckdb. flat.jsonl and nested.jsonl are what
every flat-* and nested-* file holds.
"""

import base64
import datetime
import decimal
import json
import re

import duckdb
import polars
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

D = decimal.Decimal
UTC = datetime.timezone.utc
ROWS = 24


def holes(values):
    """Takes every seventh value away."""
    return [None if i % 7 == 3 else v for i, v in enumerate(values)]


def flat():
    n = range(ROWS)
    day = datetime.date(1969, 12, 20)
    moment = datetime.datetime(1969, 12, 31, 23, 59, 59, 999_000)
    second = datetime.timedelta(seconds=86_399, milliseconds=7)
    columns = {
        "id": (pa.int64(), list(n)),
        "i8": (pa.int8(), holes([(-128, 127, 0)[i % 3] for i in n])),
        "i16": (pa.int16(), holes([(-32768, 32767, i)[i % 3] for i in n])),
        "i32": (pa.int32(), holes([(-(2**31), 2**31 - 1, i * 1000)[i % 3] for i in n])),
        "i64": (pa.int64(), holes([(-(2**63), 2**63 - 1, i)[i % 3] for i in n])),
        "u8": (pa.uint8(), holes([(255, 0)[i % 2] for i in n])),
        "u16": (pa.uint16(), holes([(65535, i)[i % 2] for i in n])),
        "u32": (pa.uint32(), holes([(2**32 - 1, i)[i % 2] for i in n])),
        "u64": (pa.uint64(), holes([(2**64 - 1, i)[i % 2] for i in n])),
        "f32": (pa.float32(), holes([(0.5, -1234567.5, i / 8)[i % 3] for i in n])),
        "f64": (pa.float64(), holes([(0.1, -1e300, i / 3)[i % 3] for i in n])),
        "b": (pa.bool_(), holes([i % 3 == 0 for i in n])),
        "s": (pa.string(), holes([("", "þörf", "𝒳" * (i % 5), "line\nfeed")[i % 4] for i in n])),
        "word": (pa.string(), holes([("yes", "no", "perhaps")[i % 3] for i in n])),
        "bin": (pa.binary(), holes([bytes(range(i)) for i in n])),
        "dec": (pa.decimal128(9, 2), holes([D(i * 7919 - 100_000) / 100 for i in n])),
        "wide": (pa.decimal128(38, 10), holes([D(i - 20) * D("12345678901234567890.0123456789") for i in n])),
        "day": (pa.date32(), holes([day + datetime.timedelta(days=i * 1000) for i in n])),
        "clock": (pa.time64("us"), holes([datetime.time(i % 24, i, 59, i * 1001) for i in n])),
        "local": (pa.timestamp("us"), holes([moment + i * second for i in n])),
        "instant": (pa.timestamp("ms", "UTC"), holes([(moment + i * second).replace(tzinfo=UTC) for i in n])),
    }
    return pa.table({name: pa.array(v, t) for name, (t, v) in columns.items()})


def nested():
    n = range(ROWS)
    point = pa.struct([("x", pa.float64()), ("y", pa.list_(pa.int32()))])
    columns = {
        "id": (pa.int64(), list(n)),
        "list": (pa.list_(pa.string()), holes([[None if k == 1 else "a" * k for k in range(i % 4)] for i in n])),
        "lists": (
            pa.list_(pa.list_(pa.int64())),
            holes([[None if k == 2 else list(range(k)) for k in range(i % 5)] for i in n]),
        ),
        "point": (point, holes([{"x": i / 2, "y": None if i % 2 else list(range(i % 3))} for i in n])),
        "points": (
            pa.list_(point),
            holes([[None if k == 1 else {"x": None if k else 1.5, "y": [k, None]} for k in range(i % 4)] for i in n]),
        ),
        "map": (pa.map_(pa.string(), pa.int32()), holes([[(f"k{k}", None if k == 1 else k) for k in range(i % 4)] for i in n])),
        "deep": (
            pa.map_(pa.string(), pa.list_(pa.struct([("v", pa.list_(pa.bool_()))]))),
            holes([[("a", [{"v": [True, None]}, None, {"v": []}]), ("b", None)][: i % 3] for i in n]),
        ),
    }
    return pa.table({name: pa.array(v, t) for name, (t, v) in columns.items()})


def clock(t):
    text = t.strftime("%H:%M:%S")
    if t.microsecond:
        text += f".{t.microsecond:06d}".rstrip("0")
    return text


def plain(v, t):
    """Returns a value as JSON shards have it."""
    if v is None:
        return None
    if pa.types.is_struct(t):
        return {f.name: plain(v[f.name], f.type) for f in t}
    if pa.types.is_map(t):
        return {k: plain(x, t.item_type) for k, x in v}
    if pa.types.is_list(t):
        return [plain(x, t.value_type) for x in v]
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    if isinstance(v, datetime.datetime):
        return v.strftime("%Y-%m-%dT") + clock(v) + ("Z" if v.tzinfo else "")
    if isinstance(v, datetime.date):
        return v.isoformat()
    if isinstance(v, datetime.time):
        return clock(v)
    if isinstance(v, D):
        return {"decimal": str(v)}
    return v


def write_golden(name, table):
    with open(name, "w", encoding="utf-8", newline="\n") as f:
        for row in table.to_pylist():
            record = {c.name: plain(row[c.name], c.type) for c in table.schema}
            text = json.dumps(record, ensure_ascii=False)
            # A decimal is a number with all of its digits, which json.dumps has no way to write.
            f.write(re.sub(r'\{"decimal": "([^"]*)"\}', r"\1", text) + "\n")


def parquets(kind, table):
    def write(name, **options):
        pq.write_table(table, f"{kind}-{name}.parquet", store_schema=False, **options)

    small = {"row_group_size": 13, "data_page_size": 64, "write_batch_size": 5}
    write("pages", compression="none", write_page_checksum=True, **small)
    write("pages-v2", compression="snappy", data_page_version="2.0", **small)
    for codec in ("gzip", "brotli", "zstd", "lz4") if kind == "flat" else ("zstd",):
        write(codec, compression=codec, use_dictionary=codec != "gzip", data_page_version="2.0" if codec == "zstd" else "1.0")
    if kind == "nested":
        write("element-names", use_compliant_nested_type=False, compression="zstd", version="1.0")


def encodings(table):
    integers = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "id", "day", "clock", "local", "instant"]
    pick = {c: "DELTA_BINARY_PACKED" for c in integers}
    pick |= {"s": "DELTA_BYTE_ARRAY", "word": "DELTA_LENGTH_BYTE_ARRAY", "bin": "DELTA_LENGTH_BYTE_ARRAY", "b": "RLE"}
    pick |= {"wide": "DELTA_BYTE_ARRAY", "f32": "BYTE_STREAM_SPLIT", "f64": "BYTE_STREAM_SPLIT"}
    for version in ("1.0", "2.0"):
        pq.write_table(table, f"flat-delta-{version[0]}.parquet", use_dictionary=False, column_encoding=pick,
                       data_page_version=version, compression="zstd", data_page_size=100, write_batch_size=9,
                       store_schema=False)
    split = {c: "BYTE_STREAM_SPLIT" for c in ("i32", "i64", "f32", "f64", "wide", "dec")}
    pq.write_table(table, "flat-split.parquet", use_dictionary=False, column_encoding=split, compression="none", store_schema=False)
    pq.write_table(table, "flat-int96.parquet", use_deprecated_int96_timestamps=True, compression="zstd",
                   store_schema=False)
    pq.write_table(table, "flat-decimal-integers.parquet", store_decimal_as_integer=True, compression="zstd",
                   store_schema=False)


def arrows(kind, table):
    dictionaries = table
    for i, field in enumerate(table.schema):
        if field.name in ("word", "s"):
            dictionaries = dictionaries.set_column(i, field.name, table.column(i).dictionary_encode())
    for name, content, codec, new in (
        ("plain.arrow", table, None, pa.ipc.new_file),
        ("lz4.arrows", table, "lz4", pa.ipc.new_stream),
        ("dictionary.arrow", dictionaries, "zstd", pa.ipc.new_file),
        ("dictionary.arrows", dictionaries, None, pa.ipc.new_stream),
    ):
        if kind == "nested" and "dictionary" in name:
            continue
        options = pa.ipc.IpcWriteOptions(compression=codec, emit_dictionary_deltas=True)
        with new(f"{kind}-{name}", content.schema, options=options) as w:
            w.write_table(content, max_chunksize=13)
    if kind == "flat":
        feather.write_feather(table, "flat-feather.feather", compression="zstd")


def others(flat_table, nested_table):
    frame = polars.from_arrow(flat_table)
    frame.write_parquet("flat-polars.parquet", compression="zstd")
    frame.write_ipc("flat-polars.arrow", compression="zstd")
    polars.from_arrow(nested_table.drop(["map", "deep"])).write_parquet("lists-polars.parquet")
    for kind, table in (("flat", flat_table), ("nested", nested_table)):
        duckdb.sql("SELECT * FROM \"table\"").write_parquet(f"{kind}-duckdb.parquet", compression="zstd")


def main():
    tables = {"flat": flat(), "nested": nested()}
    for kind, table in tables.items():
        write_golden(f"{kind}.jsonl", table)
        parquets(kind, table)
        arrows(kind, table)
    encodings(tables["flat"])
    others(tables["flat"], tables["nested"])


if __name__ == "__main__":
    main()
