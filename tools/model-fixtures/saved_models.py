"""Writes some models under test/model/fixtures/huggingface with heads for other tasks and tokenizers of other ages, all by the
library's own save_pretrained, with what the encoder inside answers.

    python3 -m venv /tmp/hf4 && /tmp/hf4/bin/pip install torch 'transformers<5' safetensors sentence-transformers
    /tmp/hf4/bin/python tools/model-fixtures/saved_models.py

Last run with torch 1.13.0, transformers 4.38.2. Weights are random.
"""
import os, shutil
import torch
from transformers import (BertConfig, BertForPreTraining, BertForSequenceClassification, BertTokenizer, BertTokenizerFast,
                          DistilBertConfig, DistilBertForSequenceClassification, DPRConfig, DPRContextEncoder)

from huggingface_models import OUT, SMALL, VOCABULARY, expect, shake


def saved(name, model, encoder, tokenizer, added=(), **how):
    """Saves the model and a tokenizer of that class in a folder of their own, with what `encoder` of it answers."""
    d = os.path.join(OUT, name)
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    with open(os.path.join(d, "vocab.txt"), "w") as f:
        f.write("".join(p + "\n" for p in VOCABULARY))
    with_vocabulary = tokenizer(os.path.join(d, "vocab.txt"), do_lower_case=True)
    with_vocabulary.add_tokens(list(added))
    with_vocabulary.save_pretrained(d)
    shake(model).to(how.pop("dtype", torch.float32)).save_pretrained(d, **how)
    expect(d, encoder(model.float()))


def main():
    torch.manual_seed(0)
    saved("dpr", DPRContextEncoder(DPRConfig(**SMALL)), lambda m: m.ctx_encoder.bert_model, BertTokenizerFast)
    saved("pretraining", BertForPreTraining(BertConfig(**SMALL)), lambda m: m.bert, BertTokenizerFast,
          dtype=torch.float16, safe_serialization=False, max_shard_size="12KB")
    saved("slow-tokenizer", BertForSequenceClassification(BertConfig(**{**SMALL, "vocab_size": len(VOCABULARY) + 2})),
          lambda m: m.bert, BertTokenizer, added=["[NEW]", "covid"])
    saved("more-tokens-than-rows", BertForSequenceClassification(BertConfig(**SMALL)), lambda m: m.bert, BertTokenizerFast,
          added=["covid"], dtype=torch.bfloat16)
    saved("distilbert-classifier", DistilBertForSequenceClassification(DistilBertConfig(
        vocab_size=len(VOCABULARY), dim=24, n_layers=2, n_heads=3, hidden_dim=36, max_position_embeddings=20, dropout=0.0,
        attention_dropout=0.0, sinusoidal_pos_embds=True)), lambda m: m.distilbert, BertTokenizerFast, safe_serialization=False)


if __name__ == "__main__":
    main()
