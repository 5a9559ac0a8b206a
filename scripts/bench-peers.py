"""Times the detector beside other programs on the same exported network and the same picture.

Run through scripts/bench-peers, which installs the programs. For each size of the network and number of threads every
program runs in a process of its own, bound to as many processors as it has threads. All of them are loaded first;
each one's outputs must equal tillsight's to 1e-4. Then they take turns: --rounds times, each program computes
--frames pictures in a row after two that do not count, so that whatever else the machine does hits all alike. A
program's time is the median of all its pictures; a ratio is the median over the rounds of the ratio to onnxruntime in
the same round. Where the system allows it, all of them run at real-time priority, and the report says so.

The others do what the exported file says, from pixels to the scores and boxes of all default boxes; tillsight goes on
to detections, non-maximum suppression included, in floats and in 8-bit integers. --isa names the instruction sets of tillsight's engine. The others
use AVX-512 where there is any and have no switch for it, so that tillsight's AVX2 is compared with a copy of
onnxruntime in which the test for AVX-512 is patched to say no; without that copy there is no ratio.
"""

import argparse
import importlib.util
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy
import onnx
from PIL import Image
from safetensors.numpy import load_file

from models import ROOT, checked, in_use, real_time, sized

TOLERANCE = 1e-4


class Program:
    """A program that waits for `run N` on its input and answers with a list of milliseconds."""

    def __init__(self, label, command, threads, path=None):
        processors = sorted(os.sched_getaffinity(0))[:threads]
        names = ("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "MKL_NUM_THREADS")
        self.label = label
        self.rounds = []
        self.failed = None
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **{name: str(threads) for name in names}, **({"PYTHONPATH": str(path)} if path else {})},
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
        )
        self.about = self.answer()

    def answer(self):
        """The next line as JSON; notes why if there is none."""
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        said = [line for line in self.process.stderr.read().splitlines() if line.strip()]
        self.failed = said[-1][:120] if said else f"stopped ({self.process.wait()})"
        return {}

    def round(self, frames):
        """Computes so many pictures and two more that do not count."""
        # Threads of the program before may still wait for work with all their might.
        time.sleep(0.03)
        self.process.stdin.write(f"run {frames + 2}\n")
        self.process.stdin.flush()
        times = self.answer()
        if not self.failed:
            self.rounds.append(times[2:])

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def without_avx512(out):
    """A folder with a copy of onnxruntime that believes that there is no AVX-512, or nothing if it has changed.

    What is patched is the test of bit 16 of EBX of CPUID's leaf 7 (`test reg, 0x10000`), followed by that of the
    system's support for the registers (`not rax; test al, 0xe0`).
    """
    import onnxruntime

    package = Path(onnxruntime.__file__).parent
    folder = out / "no-avx512"
    copy = folder / package.name
    if not copy.exists():
        shutil.copytree(package, copy)
    for library in (copy / "capi").glob("onnxruntime_pybind11_state*.so"):
        original = (package / "capi" / library.name).read_bytes()
        hidden, count = re.subn(
            rb"\x00\x00\x01\x00(\x74.\x4c\x89.\x48\xf7\xd0\xa8\xe0)", rb"\0\0\0\0\1", original, flags=re.DOTALL
        )
        if count:
            library.write_bytes(hidden)
            return folder
    return None


def prepare(arguments, bundle, side):
    """Everything that the programs read for one size: the network, the picture, and the wanted outputs."""
    model = sized(bundle, side, arguments.out)
    path = arguments.out / f"network-{side}.onnx"
    checked([arguments.program, "model", "export", path, "--model", model])
    demo = sorted((ROOT / "assets/demo").glob("*basket*.jpg"))[0]
    pixels = numpy.asarray(Image.open(demo).convert("RGB").resize((side, side), Image.Resampling.BILINEAR))
    png, ours = arguments.out / f"picture-{side}.png", arguments.out / f"ours-{side}.safetensors"
    Image.fromarray(pixels).save(png)
    checked([arguments.program, "model", "outputs", png, "--out", ours, "--model", model])
    inputs = arguments.out / f"inputs-{side}.npz"
    numpy.savez(inputs, **{"0": pixels[None]})
    return {"model": model, "network": path, "picture": png, "inputs": inputs, "want": load_file(ours)}


def peers(arguments, parts, threads):
    """The other programs, loaded; their outputs are compared."""
    known = [(sys.executable, name, None) for name in ("onnxruntime", "opencv")]
    if arguments.plain:
        known.insert(1, (sys.executable, "onnxruntime", arguments.plain))
    if arguments.torch:
        known.append((arguments.torch, "torch", None))
    if threads == 1 and arguments.tract:
        known.append((sys.executable, "tract", None))
    for python, runtime, path in known:
        outputs = arguments.out / f"outputs-{runtime}.npz"
        command = [python, ROOT / "scripts/peers.py", runtime, parts["network"], parts["inputs"], outputs]
        program = Program(runtime, [*command, "--threads", threads, "--serve"], threads, path)
        if not program.failed:
            program.label = f"{runtime} {program.about['version']}{', AVX2' if path else ''}"
            got = numpy.load(outputs)
            difference = max(
                float(numpy.abs(got[f"0.{name}"][0] - parts["want"][f"{name}.0"]).max())
                for name in ("scores", "boxes")
            )
            if difference > TOLERANCE:
                program.failed = f"its outputs differ by {difference:.1e}"
        yield program


def own(arguments, parts, threads):
    """Tillsight's engine with each instruction set, in floats and in 8-bit integers."""
    command = [arguments.program, "bench", "--serve", "--model", parts["model"], "--picture", parts["picture"]]
    for isa in arguments.isa.split(","):
        for engine, label in (("cpu", "tillsight"), ("cpu-int8", "tillsight int8")):
            options = ["--engine", engine, "--isa", isa, "--threads", threads]
            yield Program(f"{label} {isa}", [*command, *options], threads)


def compare(arguments, parts, side, threads):
    """Lets all programs take turns and prints their times; whether every one could be compared."""
    programs = [*own(arguments, parts, threads), *peers(arguments, parts, threads)]
    for _ in range(arguments.rounds):
        for program in programs:
            if not program.failed:
                program.round(arguments.frames)
    references = [program for program in programs if program.label.startswith("onnxruntime")]
    rows = []
    for program in programs:
        if program.failed:
            print(f"{program.label:24} {side:5} {threads:7} {program.failed}")
            continue
        times = sorted(time for one in program.rounds for time in one)
        row = {
            "program": program.label,
            "input": side,
            "threads": threads,
            "median_ms": statistics.median(times),
            "p95_ms": times[len(times) * 95 // 100],
        }
        ratio = ""
        # Like with like: what may not use AVX-512 is compared with what may not either.
        is_plain = program.label.endswith((" avx2", ", AVX2"))
        reference = next((other for other in references if other.label.endswith(", AVX2") == is_plain), None)
        if reference and not reference.failed:
            both = zip(program.rounds, reference.rounds)
            row["ratio"] = statistics.median(statistics.median(a) / statistics.median(b) for a, b in both)
            ratio = f"{row['ratio']:.2f}"
        rows.append(row)
        print(
            f"{program.label:24} {side:5} {threads:7} {row['median_ms']:9.2f} {row['p95_ms']:7.2f} {ratio:>14}",
            flush=True,
        )
    for program in programs:
        program.end()
    return rows, not any(program.failed for program in programs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--torch", help="a Python with torch and onnx")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--sizes", default="224,320")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--isa", default="avx512,avx2")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--frames", type=int, default=20)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    arguments.tract = importlib.util.find_spec("tract") is not None
    arguments.plain = without_avx512(arguments.out) if "avx2" in arguments.isa else None
    bundle = arguments.model or in_use()
    name = json.loads((bundle / "bundle.json").read_text())["name"]
    priority = "real-time priority" if real_time() else "usual priority"
    print(f"{name}, {arguments.rounds} rounds of {arguments.frames} pictures, {os.cpu_count()} processors, {priority}")
    print(f"{'program':24} {'input':>5} {'threads':>7} {'median ms':>9} {'p95 ms':>7} {'of onnxruntime':>14}")
    report, complete = [], True
    for side in map(int, arguments.sizes.split(",")):
        parts = prepare(arguments, bundle, side)
        for threads in map(int, arguments.threads.split(",")):
            rows, all_there = compare(arguments, parts, side, threads)
            report += rows
            complete &= all_there
    (arguments.out / "report.json").write_text(json.dumps({"priority": priority, "rows": report}, indent=1))
    if not complete:
        sys.exit("not every program could be compared")


if __name__ == "__main__":
    main()
