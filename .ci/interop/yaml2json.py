"""Writes a YAML file as JSON: python yaml2json.py FILE"""

import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as f:
    json.dump(yaml.safe_load(f), sys.stdout)
