"""Colours after a change of saturation and hue by OpenCV, for src/training/augment/colour.rs.

Run: python hsv.py > hsv.json   (needs opencv-python and numpy)
"""

import json

import cv2
import numpy as np

rng = np.random.default_rng(7)
colours = rng.integers(0, 256, (24, 3)).astype(np.float32)
colours[:4] = [[255, 0, 0], [12, 200, 12], [90, 90, 90], [0, 0, 0]]
hsv = cv2.cvtColor(colours[None], cv2.COLOR_RGB2HSV)
hsv[..., 1] *= 1.3
hsv[..., 0] = (hsv[..., 0] + 14) % 360
out = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0]
rows = [[before.tolist(), [round(float(value), 4) for value in after]] for before, after in zip(colours, out)]
print(json.dumps({"opencv": cv2.__version__, "rows": rows}))
