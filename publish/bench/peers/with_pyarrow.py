"""pyarrow: its reader of JSON lines with the declared types, shard by shard, into one ParquetWriter.

The reader takes no dates from text. They are read as text and cast.
"""

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet

from job import Job, arrow_schema

job = Job()
if job.threads:
    pa.set_cpu_count(job.threads)
    pa.set_io_thread_count(job.threads)
declared = arrow_schema(job.fields)
parse = pa.json.ParseOptions(explicit_schema=arrow_schema(job.fields, as_text=("date",)), unexpected_field_behavior="error")
read = pa.json.ReadOptions(block_size=job.settings["block_size"], use_threads=job.threads != 1)
with pa.parquet.ParquetWriter(job.output, declared, compression="zstd", compression_level=3) as out:
    for path in job.inputs:
        with pa.input_stream(path, compression="detect") as stream:
            out.write_table(pa.json.read_json(stream, read_options=read, parse_options=parse).cast(declared))
