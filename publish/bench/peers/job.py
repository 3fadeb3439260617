"""The job that a peer is given: a JSON file named on the command line.

  fields    the declared fields: name, type, and the fields or items within
  inputs    the shards, of JSON lines
  output    the Parquet file to write
  threads   how many to use; 0 for as many as the peer likes
  settings  the peer's own settings
"""

import json
import sys


class Job:
    def __init__(self):
        with open(sys.argv[1], encoding="utf-8") as file:
            job = json.load(file)
        self.fields = job["fields"]
        self.inputs = job["inputs"]
        self.output = job["output"]
        self.threads = job["threads"]
        self.settings = job["settings"]


def arrow_type(field, as_text=()):
    """The declared type in pyarrow's words, with text for the types that are read as text at first."""
    import pyarrow as pa

    kind = field["type"]
    if kind in as_text:
        return pa.string()
    if kind == "list":
        return pa.list_(arrow_type(field["items"], as_text))
    if kind == "struct":
        return pa.struct([(f["name"], arrow_type(f, as_text)) for f in field["fields"]])
    return {
        "string": pa.string(),
        "bool": pa.bool_(),
        "int8": pa.int8(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", "UTC"),
    }[kind]


def arrow_schema(fields, as_text=()):
    import pyarrow as pa

    return pa.schema([(f["name"], arrow_type(f, as_text)) for f in fields])
