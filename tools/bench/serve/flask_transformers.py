"""The article's way: Flask, transformers, one padded batch for each request."""

import logging
import os
import sys

import torch
from flask import Flask, jsonify, request
from transformers import BertModel, BertTokenizer

directory, port = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(os.cpu_count() or 1)
tokenizer = BertTokenizer.from_pretrained(directory)
model = BertModel.from_pretrained(directory).eval()
app = Flask(__name__)


@app.post("/sim")
def sim():
    body = request.get_json()
    texts = [body["target"], *body["texts"]]
    with torch.inference_mode():
        rows = tokenizer(texts, padding=True, truncation=True, max_length=512, return_tensors="pt")
        first = model(**rows).last_hidden_state[:, 0]
        sims = torch.nn.functional.cosine_similarity(first[:1], first[1:]).tolist() if body["texts"] else []
    return jsonify(context={**body, "sims": sims})


logging.getLogger("werkzeug").setLevel(logging.ERROR)
app.run("127.0.0.1", port, threaded=True)
