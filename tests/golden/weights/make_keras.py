"""Weight files as Keras writes them, of the first blocks of a very narrow MobileNetV2, and what they give.

Run:  KERAS_BACKEND=torch python tests/golden/weights/make_keras.py        (in the repository's root)
Made with Keras 3.15.1, h5py 3.16.0 and torch 2.15.0 (the versions are written into keras.json).

Writes keras_legacy.h5, as `model.save_weights("x.h5")` of Keras 2 and as the published weights, with the names
of the layers; keras.weights.h5, as Keras 3 and as within a .keras file, with numbered layers; and keras.json.
The published network is cut after block 6 and 8 channels wide, to keep the files small.
"""

import json
import pathlib
import sys

import h5py
import keras
import numpy
from keras.src.legacy.saving import legacy_h5_format

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "ssd300"))
from make import made_up, summary  # noqa: E402
import torch  # noqa: E402


def main():
    generator = numpy.random.default_rng(1)
    whole = keras.applications.MobileNetV2(input_shape=(64, 64, 3), alpha=0.01, include_top=False, weights=None)
    network = keras.Model(whole.input, whole.get_layer("block_6_project_BN").output)
    for layer in network.layers:
        values = []
        for variable in layer.weights:
            shape, name = tuple(variable.shape), variable.name
            if name == "moving_variance" or name == "gamma":
                values.append(generator.uniform(0.5, 1.5, shape))
            elif len(shape) == 4:
                fan_in = shape[0] * shape[1] * (1 if isinstance(layer, keras.layers.DepthwiseConv2D) else shape[2])
                values.append(generator.normal(0, (2 / fan_in) ** 0.5, shape))
            else:
                values.append(generator.normal(0, 0.1, shape))
        if values:
            layer.set_weights([v.astype("float32") for v in values])
    network.save_weights(HERE / "keras.weights.h5")
    with h5py.File(HERE / "keras_legacy.h5", "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, network)
    picture = made_up("input", (1, 3, 64, 64), 1.0).permute(0, 2, 3, 1).numpy()
    names = ["Conv1_relu", "expanded_conv_add", "block_1_project_BN", "block_2_add", "block_3_project_BN",
             "block_5_add", "block_6_project_BN"]
    probe = keras.Model(network.input, [network.get_layer(name).output for name in names])
    outputs = [torch.as_tensor(keras.ops.convert_to_numpy(o)) for o in probe(picture, training=False)]
    document = {
        "keras": keras.__version__, "h5py": h5py.__version__, "torch": torch.__version__.split("+")[0],
        "layers": [{"name": name, **summary(o.permute(0, 3, 1, 2).contiguous(), 60)}
                   for name, o in zip(names, outputs)],
    }
    (HERE / "keras.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
