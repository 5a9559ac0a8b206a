"""Times the detector beside other programs on the same exported network.

Run through scripts/bench-peers, which installs the programs. Each program runs in a process of its own, bound to as
many processors as it has threads, one after the other, on the same picture at the network's size; its outputs must
equal tillsight's to 1e-4 first. Times are medians over --repeat pictures after ten to warm up. The others do what
the exported file says, from pixels to scores and boxes; tillsight's `bench` is the whole way from a picture of
1280 x 720, resizing and NMS included, and is measured first and last, the smaller median counting.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import onnx
from PIL import Image
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE = 1e-4


def bound(command, threads):
    """Runs a command on that many processors and gives the JSON of its last line."""
    processors = sorted(os.sched_getaffinity(0))[:threads]
    environment = {
        **os.environ,
        **{name: str(threads) for name in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "MKL_NUM_THREADS")},
    }
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env=environment,
        preexec_fn=lambda: os.sched_setaffinity(0, processors),
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return {"failed": said[-1][:120] if said else f"stopped ({done.returncode})"}
    return json.loads(done.stdout.splitlines()[-1])


def own(arguments, model, threads):
    """Medians of tillsight's engines, by name."""
    helped = subprocess.run([arguments.program, "bench", "--help"], capture_output=True, text=True).stdout
    command = [arguments.program, "bench", "--json", "--frames", arguments.repeat, *model]
    if "--threads" in helped:
        command += ["--threads", threads]
    report = bound(command, threads)
    if "failed" in report:
        sys.exit(f"tillsight bench: {report['failed']}")
    runs = [run for run in report["runs"] if run.get("threads") == threads] or report["runs"]
    return {f"tillsight {run['engine']}": run for run in runs}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--torch", help="a Python with torch and onnx")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeat", type=int, default=100)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = ["--model", arguments.model] if arguments.model else []

    def tillsight(*command):
        done = subprocess.run([arguments.program, *map(str, command), *model], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"tillsight {command[0]} {command[1]}: {done.stderr.strip()}")

    path = arguments.out / "network.onnx"
    tillsight("model", "export", path)
    metadata = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    side = json.loads(metadata["input_size"])[0]
    picture = sorted((ROOT / "assets/demo").glob("*basket*.jpg"))[0]
    pixels = numpy.asarray(Image.open(picture).convert("RGB").resize((side, side), Image.Resampling.BILINEAR))
    png, ours = arguments.out / "picture.png", arguments.out / "ours.safetensors"
    Image.fromarray(pixels).save(png)
    tillsight("model", "outputs", png, "--out", ours)
    want = load_file(ours)
    inputs, outputs = arguments.out / "inputs.npz", arguments.out / "outputs.npz"
    numpy.savez(inputs, **{"0": pixels[None]})

    peers = [(sys.executable, name) for name in ("onnxruntime", "opencv", "tract")]
    if arguments.torch:
        peers.insert(2, (arguments.torch, "torch"))
    print(f"{metadata['name']}, {side} x {side}, {arguments.repeat} pictures, {os.cpu_count()} processors")
    print(f"{'program':24} {'threads':>7} {'median ms':>9} {'p95 ms':>7} {'of onnxruntime':>14}")
    failed = False
    for threads in map(int, arguments.threads.split(",")):
        rows = own(arguments, model, threads)
        for python, runtime in peers:
            if runtime == "tract" and threads > 1:
                continue
            report = bound(
                [python, ROOT / "scripts/peers.py", runtime, path, inputs, outputs]
                + ["--threads", threads, "--repeat", arguments.repeat],
                threads,
            )
            label = f"{runtime} {report.get('version', '')}"
            rows[label] = report
            if "failed" in report:
                continue
            got = numpy.load(outputs)
            difference = max(
                float(numpy.abs(got[f"0.{name}"][0] - want[f"{name}.0"]).max()) for name in ("scores", "boxes")
            )
            if difference > TOLERANCE:
                rows[label] = {"failed": f"its outputs differ by {difference:.1e}"}
        for label, again in own(arguments, model, threads).items():
            if again["median_ms"] < rows[label]["median_ms"]:
                rows[label] = again
        reference = next((r.get("median_ms") for l, r in rows.items() if l.startswith("onnxruntime")), None)
        for label, row in rows.items():
            if "failed" in row:
                failed = True
                print(f"{label:24} {threads:7} {row['failed']}")
                continue
            ratio = f"{row['median_ms'] / reference:.2f}" if reference else ""
            print(f"{label:24} {threads:7} {row['median_ms']:9.2f} {row['p95_ms']:7.2f} {ratio:>14}")
    if failed:
        sys.exit("not every program could be compared")


if __name__ == "__main__":
    main()
