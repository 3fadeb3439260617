"""Hugging Face datasets: load_dataset("json") with the declared types, then to_parquet.

It keeps what it reads in a cache, which is put beside the output so that no run finds that of another.
"""

import os

from job import Job

job = Job()
cache = os.path.join(os.path.dirname(job.output), "cache")
os.environ["HF_HOME"] = cache
os.environ["HF_HUB_OFFLINE"] = "1"

import datasets  # which reads the environment once

KINDS = {"date": "date32", "timestamp": "timestamp[us, tz=UTC]"}


def feature(field):
    if field["type"] == "list":
        return datasets.List(feature(field["items"]))
    if field["type"] == "struct":
        return {f["name"]: feature(f) for f in field["fields"]}
    return datasets.Value(KINDS.get(field["type"], field["type"]))


datasets.disable_progress_bars()
loaded = datasets.load_dataset(
    "json",
    data_files=job.inputs,
    split="train",
    features=datasets.Features({f["name"]: feature(f) for f in job.fields}),
    cache_dir=cache,
    num_proc=job.settings.get("num_proc"),
)
loaded.to_parquet(job.output, compression="zstd", compression_level=3)
