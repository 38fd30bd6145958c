"""Writes the models under test/model/fixtures/sentence-transformers with sentence-transformers itself, with what it answers: one
BERT (`base`), and for each kind of pooling and head the modules that go on top of it.

    python3 -m venv /tmp/st && /tmp/st/bin/pip install torch transformers safetensors sentence-transformers
    /tmp/st/bin/python tools/model-fixtures/sentence_models.py

Last run with torch 1.13.0, transformers 4.38.2, sentence-transformers 2.7.0. Weights are random.
"""
import json, os, shutil, tempfile
import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Dropout, Normalize, Pooling, Transformer
from torch import nn
from transformers import BertConfig, BertModel, BertTokenizerFast

from huggingface_models import SENTENCES, SMALL, VOCABULARY, shake

OUT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "test", "model", "fixtures", "sentence-transformers"))
FLAGS = dict(cls="cls_token", max="max_tokens", mean="mean_tokens", mean_sqrt_len="mean_sqrt_len_tokens",
             weightedmean="weightedmean_tokens", last="lasttoken")


def pooling(*modes):
    return Pooling(24, **{f"pooling_mode_{flag}": mode in modes for mode, flag in FLAGS.items()})


def dense(into, out, activation, bias=True):
    layer = Dense(into, out, bias=bias, activation_function=activation)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(torch.randn(p.shape) * 0.4)
    return layer


def variants():
    yield "labse", [pooling("cls"), dense(24, 24, nn.Tanh()), Normalize()]
    yield "distiluse", [pooling("mean"), dense(24, 16, nn.Tanh())]
    for mode in ("max", "mean_sqrt_len", "weightedmean", "last"):
        yield mode, [pooling(mode)]
    yield "several", [pooling("cls", "max", "mean"), Dropout(0.3), Normalize()]
    yield "all", [pooling(*FLAGS), dense(144, 20, nn.Identity(), bias=False), Normalize(), dense(20, 30, nn.GELU())]
    yield "activations", [pooling("cls", "mean"), dense(48, 24, nn.ReLU()), dense(24, 24, nn.Sigmoid()), dense(24, 24, nn.SiLU()), Normalize()]


def main():
    torch.manual_seed(0)
    shutil.rmtree(OUT, ignore_errors=True)
    base = os.path.join(OUT, "base")
    os.makedirs(base)
    shake(BertModel(BertConfig(**SMALL))).save_pretrained(base)
    with open(os.path.join(base, "vocab.txt"), "w") as f:
        f.write("".join(p + "\n" for p in VOCABULARY))
    BertTokenizerFast(os.path.join(base, "vocab.txt"), do_lower_case=True).save_pretrained(base)
    for name, modules in variants():
        whole = SentenceTransformer(modules=[Transformer(base, max_seq_length=16), *modules], device="cpu").eval()
        d = os.path.join(OUT, name)
        with tempfile.TemporaryDirectory() as saved:
            whole.save(saved)
            os.makedirs(d)
            for entry in os.listdir(saved):
                if entry == "modules.json" or entry == "sentence_bert_config.json":
                    shutil.copy(os.path.join(saved, entry), d)
                elif entry[0].isdigit() and os.listdir(os.path.join(saved, entry)):
                    shutil.copytree(os.path.join(saved, entry), os.path.join(d, entry))
        # As newer versions of the library save it.
        if name == "distiluse":
            file = os.path.join(d, "2_Dense", "pytorch_model.bin")
            save_file(torch.load(file), os.path.join(d, "2_Dense", "model.safetensors"))
            os.remove(file)
        rows = [whole.tokenizer(s, truncation=True, max_length=16)["input_ids"] for s in SENTENCES]
        vectors = [[float(f"{x:.8g}") for x in v] for v in whole.encode(SENTENCES)]
        with open(os.path.join(d, "expected.json"), "w") as f:
            json.dump(dict(sentences=SENTENCES, rows=rows, embeddings=vectors), f)


if __name__ == "__main__":
    main()
