"""Writes the checkpoints under test/model/fixtures/tensorflow with TensorFlow itself, so that bertops' reader is tested
against files that it did not write.

    python3 -m venv /tmp/tf && /tmp/tf/bin/pip install tensorflow-cpu cramjam google-crc32c
    /tmp/tf/bin/python tools/model-fixtures/tensorflow_checkpoints.py

Last run with TensorFlow 2.21.0, numpy 2. The expected embeddings come from the numpy code at the end of this file.
"""
import json, math, os, shutil, struct
import numpy as np
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
import cramjam, google_crc32c

OUT = os.path.join(os.path.dirname(__file__), "..", "..", "test", "model", "fixtures", "tensorflow")
CONFIG = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
              max_position_embeddings=16, type_vocab_size=2, vocab_size=48, hidden_act="gelu")
VOCABULARY = (["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
              + list("abcdefghijklmnopqrstuvwxyz") + ["the", "cat", "sat", "##s", "##ing", "é", "猫", "data", "json", "text", ".", ",",
              "##a", "##b", "Ä", "Zed"])
TEXTS = [[3, 10, 33, 4], [3, 32, 33, 34, 35, 41, 4], [3, 4], [3] + list(range(6, 20)) + [4]]


def variables(seed):
    r = np.random.default_rng(seed)
    h, i = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    v = {}
    def normal(name, *shape, scale=0.3, centre=0.0):
        v["bert/" + name] = (centre + scale * r.standard_normal(shape)).astype(np.float32)
    def norm(scope):
        normal(scope + "/LayerNorm/gamma", h, scale=0.1, centre=1)
        normal(scope + "/LayerNorm/beta", h, scale=0.1)
    def dense(scope, a, b):
        normal(scope + "/kernel", a, b, scale=a ** -0.5)
        normal(scope + "/bias", b, scale=0.1)
    normal("embeddings/word_embeddings", CONFIG["vocab_size"], h)
    normal("embeddings/position_embeddings", CONFIG["max_position_embeddings"], h)
    normal("embeddings/token_type_embeddings", 2, h)
    norm("embeddings")
    for n in range(CONFIG["num_hidden_layers"]):
        s = f"encoder/layer_{n}"
        for part in ("query", "key", "value"):
            dense(f"{s}/attention/self/{part}", h, h)
        dense(s + "/attention/output/dense", h, h)
        norm(s + "/attention/output")
        dense(s + "/intermediate/dense", h, i)
        dense(s + "/output/dense", i, h)
        norm(s + "/output")
    dense("pooler/dense", h, h)
    return v


def extras(v):
    """What a fine-tuned checkpoint has besides: heads, Adam's slots, a step counter."""
    e = {"global_step": np.int64(7), "output_weights": np.zeros((2, 24), np.float32), "output_bias": np.zeros(2, np.float32),
         "cls/predictions/output_bias": np.zeros(48, np.float32), "cls/seq_relationship/output_weights": np.zeros((2, 24), np.float32)}
    for name in ("bert/embeddings/LayerNorm/gamma", "bert/encoder/layer_0/attention/self/query/kernel"):
        e[name + "/adam_m"] = np.full_like(v[name], np.nan)
        e[name + "/adam_v"] = np.zeros_like(v[name])
    return e


def release(name, config=CONFIG, vocabulary=VOCABULARY, ending="\n"):
    d = os.path.join(OUT, name)
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    with open(os.path.join(d, "bert_config.json"), "w") as f:
        json.dump(config, f)
    with open(os.path.join(d, "vocab.txt"), "w", newline="") as f:
        f.write("".join(piece + ending for piece in vocabulary))
    return d


def save(prefix, tensors):
    names = sorted(tensors)
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names), tensors=[tensors[n] for n in names])


def expect(d, v):
    with open(os.path.join(d, "expected.json"), "w") as f:
        json.dump({"texts": TEXTS, "cls": [[float(f"{x:.8g}") for x in encode(v, t)[0]] for t in TEXTS]}, f)


def main():
    v = variables(1)
    # A fine-tuned model as tf.compat.v1.train.Saver leaves it: two steps, a file `checkpoint` that names the second.
    d = release("saver", ending="\r\n")
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for name, value in {**v, **extras(v)}.items():
            tf.compat.v1.get_variable(name, initializer=value)
        saver = tf.compat.v1.train.Saver()
        session.run(tf.compat.v1.global_variables_initializer())
        saver.save(session, os.path.join(d, "model.ckpt"), global_step=3, write_meta_graph=False)
        saver.save(session, os.path.join(d, "model.ckpt"), global_step=7, write_meta_graph=False)
    os.remove(os.path.join(d, "model.ckpt-3.data-00000-of-00001"))
    with open(os.path.join(d, "checkpoint")) as f:
        state = f.read()
    with open(os.path.join(d, "checkpoint"), "w") as f:
        f.write(state.replace(d, "/home/trainer/run-1"))  # the machine that trained it, as users get it
    expect(d, v)
    # Three data files.
    d = release("shards")
    v = variables(2)
    parts = [os.path.join(d, f"part{n}") for n in range(3)]
    names = sorted(v)
    for n, part in enumerate(parts):
        save(part, {name: v[name] for name in names[n::3]})
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=parts, destination_prefix=os.path.join(d, "bert_model.ckpt"), delete_old_dirs=False)
    expect(d, v)
    # Half precision of both kinds in one checkpoint.
    d = release("halves")
    v = variables(3)
    halves = {n: tf.cast(x, tf.bfloat16 if "/output/" in n else tf.float16) for n, x in v.items()}
    save(os.path.join(d, "bert_model.ckpt"), halves)
    expect(d, {n: tf.cast(x, tf.float32).numpy() for n, x in halves.items()})
    # An index whose blocks are compressed with Snappy.
    d = release("snappy")
    v = variables(4)
    prefix = os.path.join(d, "bert_model.ckpt")
    save(prefix, v)
    compress_index(prefix + ".index")
    expect(d, v)
    # What is refused: a partitioned variable, and the format that was before this one.
    d = release("partitioned")
    names = sorted(v)
    word = "bert/embeddings/word_embeddings"
    tensors, slices, keys = [], [], []
    for name in names:
        if name == word:
            for low in (0, 24):
                keys.append(name); slices.append(f"48 24 {low},24:0,24"); tensors.append(v[name][low:low + 24])
        else:
            keys.append(name); slices.append(""); tensors.append(v[name])
    tf.raw_ops.SaveV2(prefix=os.path.join(d, "bert_model.ckpt"), tensor_names=keys, shape_and_slices=slices, tensors=tensors)
    d = release("v1")
    few = names[:3]
    tf.raw_ops.Save(filename=os.path.join(d, "bert_model.ckpt"), tensor_names=few, data=[v[n] for n in few])


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]; at += 1
        value |= (byte & 127) << shift; shift += 7
        if byte < 128:
            return value, at


def put_varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128]); value >>= 7
    return out + bytes([value])


def compress_index(path):
    """The same table, each block compressed; the index block is built anew, as the offsets move."""
    data = open(path, "rb").read()
    footer = data[-48:]
    meta_at, at = varint(footer, 0)
    meta_size, at = varint(footer, at)
    index_at, at = varint(footer, at)
    index_size, at = varint(footer, at)
    out = b""
    def block(raw):
        nonlocal out
        body = bytes(cramjam.snappy.compress_raw(raw)) + b"\1"
        crc = google_crc32c.value(body)
        handle = put_varint(len(out)) + put_varint(len(body) - 1)
        out += body + struct.pack("<I", ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff)
        return handle
    entries, at = [], index_at
    count = struct.unpack_from("<I", data, index_at + index_size - 4)[0]
    end = index_at + index_size - 4 - 4 * count
    key = b""
    while at < end:
        shared, at = varint(data, at); fresh, at = varint(data, at); length, at = varint(data, at)
        key = key[:shared] + data[at:at + fresh]; at += fresh
        offset, next_at = varint(data, at); size, _ = varint(data, next_at); at += length
        entries.append((key, block(data[offset:offset + size])))
    meta = block(data[meta_at:meta_at + meta_size])
    body = b""
    restarts = []
    for key, handle in entries:
        restarts.append(len(body))
        body += put_varint(0) + put_varint(len(key)) + put_varint(len(handle)) + key + handle
    index = block(body + b"".join(struct.pack("<I", r) for r in restarts) + struct.pack("<I", len(restarts)))
    out += (meta + index).ljust(40, b"\0") + footer[-8:]
    open(path, "wb").write(out)


def encode(v, ids):
    """BERT in numpy, float64."""
    g = lambda name: v["bert/" + name].astype(np.float64)
    dense = lambda s, x: x @ g(s + "/kernel") + g(s + "/bias")
    def norm(s, x):
        m = x.mean(-1, keepdims=True)
        return (x - m) / np.sqrt(((x - m) ** 2).mean(-1, keepdims=True) + 1e-12) * g(s + "/LayerNorm/gamma") + g(s + "/LayerNorm/beta")
    erf = np.vectorize(math.erf)
    x = norm("embeddings", g("embeddings/word_embeddings")[ids] + g("embeddings/position_embeddings")[:len(ids)] + g("embeddings/token_type_embeddings")[0])
    heads = CONFIG["num_attention_heads"]
    for n in range(CONFIG["num_hidden_layers"]):
        s = f"encoder/layer_{n}"
        q, k, w = (dense(f"{s}/attention/self/{p}", x).reshape(len(ids), heads, -1).transpose(1, 0, 2) for p in ("query", "key", "value"))
        a = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1]))
        a = (a / a.sum(-1, keepdims=True)) @ w
        y = norm(s + "/attention/output", dense(s + "/attention/output/dense", a.transpose(1, 0, 2).reshape(len(ids), -1)) + x)
        z = dense(s + "/intermediate/dense", y)
        x = norm(s + "/output", dense(s + "/output/dense", 0.5 * z * (1 + erf(z / math.sqrt(2)))) + y)
    return x


main()
