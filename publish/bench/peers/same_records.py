"""Whether every tool wrote the same records, in whatever order: a job whose inputs are folders of Parquet files.

Each is read with pyarrow, brought to the declared types, ordered by its first column, which is the key, and
compared with the first, value for value. Prints the number of records, or says what differs and exits with 1.
"""

import glob
import os
import sys

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from job import Job, arrow_schema


def records(folder, schema):
    files = sorted(glob.glob(os.path.join(glob.escape(folder), "**", "*.parquet"), recursive=True))
    if not files:
        sys.exit(f"{folder}: no Parquet file is there")
    tables = []
    for file in files:
        table = pa.parquet.ParquetFile(file).read()
        if table.column_names != schema.names:
            sys.exit(f"{file}: has the columns {table.column_names}, not {schema.names}")
        tables.append(table.cast(schema))
    table = pa.concat_tables(tables)
    # Records of one order are the common case, and need no second copy in memory.
    keys = table.column(0)
    if pa.compute.all(pa.compute.less(keys[:-1], keys[1:])).as_py() is False:
        table = table.take(pa.compute.sort_indices(keys))
    return table


def differ(first, first_name, second, second_name):
    """The first difference, in words."""
    if first.num_rows != second.num_rows:
        return f"{second_name} wrote {second.num_rows} records, {first_name} {first.num_rows}"
    for name in first.column_names:
        a, b = first.column(name), second.column(name)
        if a.equals(b):
            continue
        for row, (x, y) in enumerate(zip(a, b)):
            if not x.equals(y):
                key = first.column(0)[row]
                return f"record {key}, field {name}: {second_name} wrote {str(y)[:300]}, {first_name} {str(x)[:300]}"
    return None


job = Job()
schema = arrow_schema(job.fields)
names = [os.path.basename(folder) for folder in job.inputs]
first = records(job.inputs[0], schema)
if pa.compute.count_distinct(first.column(0)).as_py() != first.num_rows:
    sys.exit(f"{names[0]}: the key repeats")
for name, folder in zip(names[1:], job.inputs[1:]):
    if difference := differ(first, names[0], records(folder, schema), name):
        sys.exit(difference)
print(first.num_rows)
