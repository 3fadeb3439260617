"""Polars: a lazy scan of JSON lines with the declared types, sunk into one Parquet file.

Dates and timestamps are scanned as text and converted by their format, since the scan takes several times as long
to convert them. Small integers are no types of the scan, and are cast.
"""

import os

from job import Job

job = Job()
if job.threads:
    os.environ["POLARS_MAX_THREADS"] = str(job.threads)

import polars as pl  # which reads the number of threads once

TYPES = {
    "string": pl.String,
    "bool": pl.Boolean,
    "int8": pl.Int8,
    "int32": pl.Int32,
    "int64": pl.Int64,
    "float64": pl.Float64,
    "date": pl.Date,
    "timestamp": pl.Datetime("us", "UTC"),
}
SCANNED = TYPES | {"int8": pl.Int64, "date": pl.String, "timestamp": pl.String}


def scanned(field):
    """The type that a field is scanned as."""
    if field["type"] == "list":
        return pl.List(scanned(field["items"]))
    if field["type"] == "struct":
        return pl.Struct({f["name"]: scanned(f) for f in field["fields"]})
    return SCANNED[field["type"]]


def converted(expression, field):
    """The expression with the field's declared type; the same one where it has that already."""
    kind = field["type"]
    if kind == "date":
        return expression.str.to_date("%Y-%m-%d")
    if kind == "timestamp":
        return expression.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    if kind == "list":
        items = converted(element := pl.element(), field["items"])
        return expression if items is element else expression.list.eval(items)
    if kind == "struct":
        inner = [(pl.field(f["name"]), f) for f in field["fields"]]
        inner = [(new, old) for old, f in inner if (new := converted(old, f)) is not old]
        return expression.struct.with_fields(*[new for new, _ in inner]) if inner else expression
    if SCANNED[kind] != TYPES[kind]:
        return expression.cast(TYPES[kind])
    return expression


frame = pl.scan_ndjson(job.inputs, schema={f["name"]: scanned(f) for f in job.fields})
frame = frame.with_columns(converted(pl.col(f["name"]), f) for f in job.fields)
frame.sink_parquet(
    job.output,
    compression="zstd",
    compression_level=3,
    row_group_size=job.settings.get("row_group_size"),
)
