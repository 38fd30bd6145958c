"""Reads models/demo with TensorFlow itself. Run it in an environment that has tensorflow and numpy."""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).parent))
from demo_model.checkpoint import read_checkpoint  # noqa: E402

prefix = Path(__file__).resolve().parents[2] / "models" / "demo" / "bert_model.ckpt"
theirs = tf.train.load_checkpoint(str(prefix))
ours = read_checkpoint(prefix)
shapes = theirs.get_variable_to_shape_map()
assert shapes.keys() == ours.keys(), shapes.keys() ^ ours.keys()
for name, tensor in ours.items():
    read = theirs.get_tensor(name)
    assert read.dtype == tensor.dtype and read.shape == tensor.shape, name
    assert np.array_equal(read, tensor), name
    print(f"{name} {read.dtype} {list(read.shape)}")
print(f"TensorFlow {tf.__version__} reads all {len(ours)} variables as they were written")
