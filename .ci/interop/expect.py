"""Writes what a bundle's shards hold, as the other programs here compare readers with it.

    python expect.py DECLARATION BUNDLE FOLDER

The shards are read by Python's own JSON and CSV, and each value is made of what the declaration says and
the shard has: nothing comes from the bundle but the number of records in each file, and which records
were quarantined. FOLDER gets, for every Parquet file of the bundle, a JSON file of its name with the
columns and the rows, and a link to the file.

Values lose nothing: integers and decimals are text, floats the hexadecimal digits of their bits, binary
is hexadecimal, a map is a list of objects with key and value. A top-level time or timestamp is the number
of its units since midnight or 1970, with the unit beside the column's name; one within another value is
Python's text of it in UTC. JSON is the text that the shard has.
"""

import base64
import csv
import datetime
import decimal
import glob
import gzip
import json
import os
import struct
import sys
import tomllib

UNITS = {"ms": 10**3, "us": 10**6, "ns": 10**9}
DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def main(declaration, bundle, folder):
    os.makedirs(folder, exist_ok=True)
    with open(declaration, "rb") as f:
        declared = tomllib.load(f)
    with open(os.path.join(bundle, "manifest.json")) as f:
        manifest = json.load(f)
    counted = 0
    for name, config in configs(declared).items():
        for split in config["splits"]:
            left_out = quarantined(bundle, name, split["name"])
            rows = list(records(os.path.dirname(declaration), config, split, left_out))
            files = [f for f in manifest["files"] if (f.get("config"), f.get("split")) == (name, split["name"])]
            if sum(f["records"] for f in files) != len(rows):
                sys.exit(f"{bundle}: {name}, {split['name']}: the manifest has {files}, the shards {len(rows)} records")
            counted += len(rows)
            for f in files:
                write(folder, bundle, f["name"], config["fields"], rows[: f["records"]])
                rows = rows[f["records"] :]
    print(f"{os.path.basename(bundle)}: {counted} records in the shards")
    return 0 if counted else 1


def configs(declared):
    """The configs by name, each with its splits and fields."""
    if "configs" in declared:
        return declared["configs"]
    return {"default": {"splits": declared["splits"], "fields": declared["fields"]}}


def write(folder, bundle, name, fields, rows):
    columns = []
    for key, field in fields.items():
        column = {"name": key, "type": field["type"]}
        if field["type"] in ("time", "timestamp"):
            column["unit"] = field.get("unit", "us")
        columns.append(column)
    with open(os.path.join(folder, name.removesuffix(".parquet") + ".json"), "w") as f:
        json.dump({"columns": columns, "rows": rows}, f)
    link = os.path.join(folder, name)
    if not os.path.lexists(link):
        os.symlink(os.path.abspath(os.path.join(bundle, name)), link)


def quarantined(bundle, config, split):
    """The shards and lines of the records that were left out."""
    name = bundle + ".quarantine.jsonl"
    if not os.path.exists(name):
        return set()
    with open(name) as f:
        records = [json.loads(line) for line in f]
    return {(r["shard"], r["line"]) for r in records if (r["config"], r["split"]) == (config, split)}


def records(folder, config, split, left_out):
    """The rows of a split, in order."""
    for pattern in split["shards"]:
        paths = sorted(glob.glob(os.path.join(folder, pattern))) or sys.exit(f"{pattern} is no shard")
        for path in paths:
            shard = os.path.relpath(path, folder)
            for line, values in read(path):
                if (shard, line) not in left_out:
                    yield [convert(f, values.get(k), True) for k, f in config["fields"].items()]


def read(path):
    """The records of a shard, with the line each begins on: values are JSON text, or a cell of CSV."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as f:
        if path.endswith(".csv"):
            reader = csv.DictReader(f)
            for row in reader:
                yield reader.line_num, {k: None if v == "" else json.dumps(v) for k, v in row.items()}
        else:
            for number, line in enumerate(f, 1):
                yield number, members(line)


def members(line):
    """The members of a JSON object, each as the text that it has."""
    out, at = {}, skip(line, 0) + 1
    while line[skip(line, at)] != "}":
        key, at = DECODER.raw_decode(line, skip(line, at))
        start = skip(line, skip(line, at) + 1)
        _, at = DECODER.raw_decode(line, start)
        out[key] = line[start:at]
        if line[skip(line, at)] == ",":
            at = skip(line, at) + 1
    return out


def skip(line, at):
    while line[at] in " \t\r\n":
        at += 1
    return at


def convert(field, text, top=False):
    """A value as the other programs compare it."""
    if text is None:
        return None
    if field["type"] == "json":
        return None if text == "null" else text
    return value(field, DECODER.decode(text), top)


def value(field, v, top=False):
    typ = field["type"]
    if v is None:
        return None
    if typ == "list":
        return [value(field["items"], x) for x in v]
    if typ == "struct":
        return {k: value(f, v.get(k)) for k, f in field["fields"].items()}
    if typ == "map":
        return [{"key": k, "value": value(field["values"], x)} for k, x in v.items()]
    if typ in ("string", "bool"):
        return v
    if typ == "binary":
        return base64.b64decode(v).hex()
    if typ == "float32":
        return struct.pack(">d", struct.unpack(">f", struct.pack(">f", float(v)))[0]).hex()
    if typ == "float64":
        return struct.pack(">d", float(v)).hex()
    if typ == "decimal":
        with decimal.localcontext(prec=60):
            return format(decimal.Decimal(v).quantize(decimal.Decimal(1).scaleb(-field["scale"])), "f")
    if typ == "date":
        return datetime.date.fromisoformat(v).isoformat()
    if typ in ("time", "timestamp"):
        return moment(field, v, top)
    return str(int(v))


def moment(field, text, top):
    """A time of day or a timestamp."""
    whole, digits = text, ""
    if "." in text:
        whole, rest = text.split(".")
        zone = next((i for i, c in enumerate(rest) if c in "Z+-"), len(rest))
        digits, whole = rest[:zone], whole + rest[zone:]
    if field["type"] == "time":
        t = datetime.time.fromisoformat(whole)
        seconds = t.hour * 3600 + t.minute * 60 + t.second
    else:
        t = datetime.datetime.fromisoformat(whole)
        if t.tzinfo is None:
            t = t.replace(tzinfo=datetime.timezone.utc)
        seconds = (t - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(seconds=1)
    per = UNITS[field.get("unit", "us")]
    ticks = seconds * per + int((digits + "000000000")[:9]) * per // 10**9
    if top:
        return str(ticks)
    return str(datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(microseconds=ticks * 10**6 // per))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
