"""Run every line that a card tells its reader to copy, and compare what comes of it with the manifest.

    python run_lines.py BUNDLE...

Each BUNDLE is a folder NAME-VERSION. The lines run in the folder that holds it, as the card says. Needs
datasets, pandas, polars and duckdb; the lines for a shell need sha256sum, and those that call bindery are
run where BINDERY names the program. Lines that fetch are left to the tests of the program.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import duckdb


def blocks(card):
    """The fenced blocks of a card: pairs of a language and lines."""
    return re.findall(r"^(?P<fence>`{3,})(\w+)\n(.*?)^(?P=fence)$", card, re.S | re.M)


def records(manifest, config, split=None):
    return sum(c["written"] for c in manifest["splits"] if c["config"] == config and split in (None, c["split"]))


def run(bundle):
    manifest = json.load(open(os.path.join(bundle, "manifest.json"), encoding="utf-8"))
    card = open(os.path.join(bundle, "README.md"), encoding="utf-8").read()
    config, split = manifest["splits"][0]["config"], manifest["splits"][0]["split"]
    parent = os.path.dirname(os.path.abspath(bundle))
    ran = []
    for _, language, lines in blocks(card):
        os.chdir(parent)
        if language == "python":
            names = {}
            exec(compile(lines, "card", "exec"), names)
            if "dataset" in names:
                got, want = sum(len(s) for s in names["dataset"].values()), records(manifest, config)
            else:
                got, want = len(names["frame"]), records(manifest, config, split)
        elif language == "sql":
            # The line shows the first ten records; without that it has them all.
            shown = duckdb.sql(lines).fetchall()
            got = len(duckdb.sql(re.sub(r" LIMIT \d+;", ";", lines)).fetchall())
            want = records(manifest, config, split)
            assert len(shown) == min(10, want), (bundle, lines, len(shown))
        elif language == "sh":
            for line in lines.splitlines():
                if line.startswith("bindery get"):
                    continue
                program = os.environ.get("BINDERY")
                if line.startswith("bindery ") and not program:
                    continue
                line = re.sub(r"^bindery ", f"{program} ", line)
                subprocess.run(line, shell=True, check=True, stdout=subprocess.DEVNULL, cwd=parent)
                ran.append(line.split()[0])
            continue
        else:
            continue
        assert got == want, f"{bundle}: {lines!r} gives {got} records, the manifest says {want}"
        ran.append(language)
    assert {"python", "sql"} <= set(ran), f"{bundle}: the card has no lines to run: {ran}"
    print(f"{os.path.basename(bundle)}: {len(ran)} ways to open and check it ran: {' '.join(ran)}")


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_DATASETS_CACHE", tempfile.mkdtemp())
    for name in [os.path.abspath(a.rstrip("/")) for a in sys.argv[1:]]:
        run(name)
