"""Reads the committed event file with TensorBoard's own reader and compares tags, steps and values.

Run once with TensorBoard 2.21 installed: python tests/golden/tensorboard/check.py
"""

from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

EXPECTED = {
    "loss/classification": [(10, 1_700_000_001.5, 2.5), (20, 1_700_000_003.0, 1.25)],
    "rate": [(10, 1_700_000_001.5, 0.001), (20, 1_700_000_003.0, 0.001)],
}


def main():
    file = Path(__file__).with_name("events.out.tfevents.1700000000.tillsight")
    events = EventAccumulator(str(file)).Reload()
    assert sorted(events.Tags()["scalars"]) == sorted(EXPECTED), events.Tags()
    for tag, expected in EXPECTED.items():
        found = [(e.step, e.wall_time, e.value) for e in events.Scalars(tag)]
        assert len(found) == len(expected), found
        for (step, time, value), (own_step, own_time, own_value) in zip(found, expected):
            assert (step, time) == (own_step, own_time) and abs(value - own_value) < 1e-7, found
    assert events.file_version == 2.0, events.file_version
    print("TensorBoard reads", file.name, "as it was written")


main()
