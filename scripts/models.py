"""What the scripts that measure share: the model in use, copies of another size, running the program, priority."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def in_use():
    """The model that the program ships."""
    models = ROOT / "models"
    return models / (models / "current").read_text().strip()


def real_time():
    """Whether this process, and so what it starts, may run at real-time priority; takes it if so."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        return True
    except (OSError, AttributeError):
        return False


def checked(command):
    """Runs the program and gives what it printed; says what went wrong and ends if it did."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[1]} {command[2]}: {done.stderr.strip()}")
    return done.stdout


def sized(bundle, side, out):
    """A copy of a model for pictures of another size, sealed anew; the model itself if it has that size."""
    manifest = (bundle / "bundle.json").read_text()
    values = json.loads(manifest)
    if values["architecture"]["input"] == [side, side]:
        return bundle
    folder = out / f"model-{side}"
    folder.mkdir(exist_ok=True)
    shutil.copy(bundle / "weights.safetensors", folder)
    architecture = values["architecture"]
    architecture["input"] = [side, side]
    sides = [side]
    while sides[-1] > 1:
        sides.append(-(-sides[-1] // 2))
    # Maps from an eighth of the side on.
    places = architecture["boxes"]
    if "sides" in places:
        places["sides"] = sides[3 : 3 + len(places["sides"])]
    else:
        for place, cells in zip(places["maps"], sides[3:]):
            place["side"] = cells
    values["manifest_sha256"] = ""
    text = json.dumps(values, indent=2, ensure_ascii=False)
    seal = hashlib.sha256(text.encode()).hexdigest()
    text = text.replace('"manifest_sha256": ""', f'"manifest_sha256": "{seal}"')
    (folder / "bundle.json").write_text(text)
    return folder
