"""DuckDB: read_json with the declared types, COPY to one Parquet file."""

import duckdb

from job import Job

TYPES = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "int8": "TINYINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def text(value):
    return "'" + value.replace("'", "''") + "'"


def sql_type(field):
    if field["type"] == "list":
        return sql_type(field["items"]) + "[]"
    if field["type"] == "struct":
        return "STRUCT(" + ", ".join(quoted(f["name"]) + " " + sql_type(f) for f in field["fields"]) + ")"
    return TYPES[field["type"]]


job = Job()
if job.threads:
    duckdb.sql(f"SET threads = {job.threads}")
if job.settings.get("preserve_insertion_order") is False:
    duckdb.sql("SET preserve_insertion_order = false")
options = ["FORMAT parquet", "COMPRESSION zstd", "COMPRESSION_LEVEL 3"]
if rows := job.settings.get("row_group_size"):
    options.append(f"ROW_GROUP_SIZE {rows}")
columns = ", ".join(quoted(f["name"]) + ": " + text(sql_type(f)) for f in job.fields)
inputs = ", ".join(map(text, job.inputs))
duckdb.sql(f"""
    COPY (FROM read_json([{inputs}], format = 'newline_delimited', columns = {{{columns}}}))
    TO {text(job.output)} ({', '.join(options)})
""")
