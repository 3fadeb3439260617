"""Reads a bundle's card with huggingface_hub, and its metadata against the declaration and the bundle.

    python card.py DECLARATION BUNDLE

The Hub's own check of metadata needs the Hub. What can be held to without it: the header is YAML without
repeated keys, it is what the card's class takes and gives back, and its names, licence, languages, sizes
and files are those of the declaration and the manifest.
"""

import fnmatch
import json
import os
import sys
import tomllib

import huggingface_hub
import yaml
from datasets.utils.metadata import MetadataConfigs
from huggingface_hub import DatasetCard, DatasetCardData

from expect import configs


class Strict(yaml.SafeLoader):
    """A loader that refuses a mapping with a key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(k, deep=deep) for k, _ in node.value]
        if len(keys) != len(set(map(str, keys))):
            raise ValueError(f"a key is there twice: {keys}")
        return super().construct_mapping(node, deep)


def main(declaration, bundle):
    with open(declaration, "rb") as f:
        declared = tomllib.load(f)
    with open(os.path.join(bundle, "manifest.json")) as f:
        manifest = json.load(f)
    path = os.path.join(bundle, "README.md")
    card = DatasetCard.load(path)
    with open(path, newline="") as f:
        text = f.read()
    header = yaml.load(text.split("\n---\n")[0].removeprefix("---\n"), Strict)
    data, dataset = card.data.to_dict(), declared["dataset"]
    faults, checked = [], 0

    def check(what, have, want):
        nonlocal checked
        checked += 1
        if have != want:
            faults.append(f"{what}: {have!r} is not {want!r}")

    check("header", data, header)
    check("card data", DatasetCardData(**data).to_dict(), data)
    check("pretty_name", data["pretty_name"], dataset["title"])
    check("tags", [t for t in data.get("tags", []) if t in dataset.get("keywords", [])], dataset.get("keywords", []))
    languages = list(dict.fromkeys(t.split("-")[0] for t in dataset.get("languages", [])))
    check("language", data.get("language", []), languages)
    check("license", isinstance(data["license"], str), True)
    if data["license"] == "other":
        check("license_link", os.path.exists(os.path.join(bundle, data["license_link"])), True)
    for key in ("license", "pretty_name", "size_categories", "tags", "language", "task_ids", "task_categories"):
        for value in data.get(key) or []:
            check(f"{key} has texts alone", isinstance(value, str), True)
    records = sum(s["written"] for s in manifest["splits"])
    check("size_categories", data["size_categories"], [size(records)])
    check("configs", [c["config_name"] for c in data["configs"]], list(configs(declared)))
    check("configs as datasets reads them", sorted(MetadataConfigs.from_dataset_card_data(card.data)), sorted(configs(declared)))
    for config in data["configs"]:
        for split in config["data_files"]:
            named = {f["name"] for f in manifest["files"] if fnmatch.fnmatchcase(f["name"], split["path"])}
            owned = {
                f["name"] for f in manifest["files"]
                if (f.get("config"), f.get("split")) == (config["config_name"], split["split"])
            }  # fmt: skip
            check(f"files of {config['config_name']}, {split['split']}", named, owned)
    for info in infos(data):
        for split in info.get("splits", []):
            counts = [s["written"] for s in manifest["splits"]
                      if (s["config"], s["split"]) == (info.get("config_name", "default"), split["name"])]  # fmt: skip
            check("num_examples", [split["num_examples"]], counts)
    for fault in faults:
        print(fault[:2000])
    print(f"huggingface_hub {huggingface_hub.__version__}: {len(data)} keys, {checked} checks; {len(faults)} faults")
    return 1 if faults or not checked else 0


def infos(data):
    info = data.get("dataset_info") or []
    return info if isinstance(info, list) else [info]


def size(n):
    """The Hub's category of sizes."""
    limits = [(10**k, name) for k, name in zip(range(3, 13), "1K 10K 100K 1M 10M 100M 1B 10B 100B 1T".split())]
    below = "n"
    for limit, name in limits:
        if n < limit:
            return f"n<{name}" if below == "n" else f"{below}<n<{name}"
        below = name
    return "n>1T"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
