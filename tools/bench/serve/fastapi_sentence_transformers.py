"""sentence-transformers behind FastAPI: its encode() sorts by length and cuts into batches of 32."""

import os
import sys

import torch
import uvicorn
from fastapi import FastAPI
from sentence_transformers import SentenceTransformer, models, util

directory, port = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(os.cpu_count() or 1)
word = models.Transformer(directory, max_seq_length=512)
model = SentenceTransformer(
    modules=[word, models.Pooling(word.get_word_embedding_dimension(), pooling_mode="cls")], device="cpu"
)
app = FastAPI()


@app.post("/sim")
def sim(body: dict):
    texts = [body["target"], *body["texts"]]
    found = model.encode(texts, convert_to_tensor=True, show_progress_bar=False)
    sims = util.cos_sim(found[:1], found[1:])[0].tolist() if body["texts"] else []
    return {"context": {**body, "sims": sims}}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
