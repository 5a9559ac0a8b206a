#!/usr/bin/env python3
"""Teach a model products one after the other and measure what it learns and what it forgets.

    scripts/measure-teaching.py --program target/release/tillsight --cutouts INDEX.csv --old SET \
        --backgrounds DIR --out DIR --kind lemon=Lemon_Lemon --kind kiwi=Kiwi_Kiwi ...

Each kind is taken out of the cut-outs whose file name contains the part behind the `=`. Two thirds of its
sources make the photos and cut-outs that a shop would take, the others the scenes it is measured on. SET is a
labelled set of the products that the model knows (`coco:ANNOTATIONS:IMAGES`). Nothing of it is learned from.
Every step's AP50 goes to DIR/results.json, and seconds of processor and wall time with it.
"""

import argparse
import csv
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

OLD = ("apple", "banana", "milk")


def run(program, *arguments):
    begun, before = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, time.time() - begun, cpu


def source_of(name):
    """What the cut-out was cut from: those of one photograph stay together."""
    found = re.match(r"(.*?\d+)", name)
    return found.group(1) if found else name


def split(rows, part):
    own = [row for row in rows if part in row["file"]]
    if not own:
        sys.exit(f"no cut-out is called {part}")
    sources = sorted({source_of(row["file"]) for row in own})
    kept = set(sources[2::3])
    return ([row for row in own if source_of(row["file"]) not in kept],
            [row for row in own if source_of(row["file"]) in kept])


def write_index(path, folder, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "class", "split"])
        for name, kind in rows:
            writer.writerow([folder / name, kind, "train"])


def ap50(program, model, dataset, classes):
    text, _, _ = run(program, "--json", "eval", dataset, "--model", model)
    found = json.loads(text)["classes"]
    return {name: found[name]["ap50"] for name in classes if name in found}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cutouts", required=True, type=pathlib.Path)
    parser.add_argument("--old", required=True)
    parser.add_argument("--backgrounds", action="append", default=[])
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--kind", action="append", required=True)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--photos", type=int, default=30)
    parser.add_argument("--settings")
    args = parser.parse_args()
    folder = args.cutouts.parent.resolve()
    rows = list(csv.DictReader(open(args.cutouts)))
    kinds = dict(kind.split("=") for kind in args.kind)
    args.out.mkdir(parents=True, exist_ok=True)
    learned, measured = {}, []
    for name, part in kinds.items():
        learned[name], kept = split(rows, part)
        measured += [(row["file"], name) for row in kept]
    known = {row["file"] for rows_ in learned.values() for row in rows_} | {file for file, _ in measured}
    measured += [(row["file"], row["class"]) for row in rows if row["split"] == "val" and row["file"] not in known]
    write_index(args.out / "val.csv", folder, measured)
    backgrounds = [part for path in args.backgrounds for part in ("--photos", path)]
    new_set = args.out / "val"
    if not new_set.exists():
        run(args.program, "synth", "--out", new_set, "--count", 240, "--seed", 77, "--size", 320, "--cutouts",
            args.out / "val.csv", "--render-share", 0, "--drawn-share", 0, "--classes", ",".join([*kinds, *OLD]), *backgrounds)
    new_set = f"coco:{new_set}/annotations.json:{new_set}/images"
    results = [{"model": str(args.model), "old": ap50(args.program, args.model, args.old, OLD)}]
    print(json.dumps(results[-1]), flush=True)
    model, taught, sets, indices = args.model, [], [], []
    for step, name in enumerate(kinds):
        shots = args.out / f"photos-{name}"
        index = args.out / f"cutouts-{name}.csv"
        chosen = learned[name][:args.photos]
        write_index(index, folder, [(row["file"], name) for row in chosen])
        if not shots.exists():
            run(args.program, "synth", "--out", shots, "--count", args.photos, "--seed", 100 + step, "--size", 480,
                "--cutouts", index, "--classes", name, "--render-share", 0, "--negative-share", 0, "--empty-share", 0,
                "--hand-share", 0.1, "--garden-share", 0, "--pile-share", 0.05, "--single-share", 0.7)
        sets += ["--photos", f"coco:{shots}/annotations.json:{shots}/images"]
        indices += ["--cutouts", index]
        taught.append(name)
        folder_of_run = args.out / f"run-{step}"
        settings = ["--settings", args.settings] if args.settings else []
        _, wall, cpu = run(args.program, "teach", "--out", folder_of_run, "--model", model, "--name", f"after-{name}",
                           "--no-judging", *sets, *indices, *settings)
        model = folder_of_run / "candidate"
        results.append({
            "taught": name, "wall_s": round(wall), "cpu_s": round(cpu), "load": os.getloadavg()[0],
            "old": ap50(args.program, model, args.old, OLD),
            "new": ap50(args.program, model, new_set, taught),
        })
        print(json.dumps(results[-1]), flush=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
