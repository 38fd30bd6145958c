"""Stage `export`: models/demo in Google's layout, from student.pt."""

import json
import shutil

import torch
from transformers import BertModel

from . import settings
from .checkpoint import write_checkpoint
from .google_names import to_google
from .student import student_config

CHECKPOINT = settings.MODEL / "bert_model.ckpt"
GOOGLE_MEMBERS = (
    "attention_probs_dropout_prob",
    "hidden_act",
    "hidden_dropout_prob",
    "hidden_size",
    "initializer_range",
    "intermediate_size",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "type_vocab_size",
    "vocab_size",
)


def export() -> None:
    """Writes bert_config.json, vocab.txt and the checkpoint in float16."""
    weights = torch.load(settings.STUDENT, weights_only=True)
    config = student_config(len(weights["embeddings.word_embeddings.weight"]))
    model = BertModel(config)
    model.load_state_dict(weights)
    settings.MODEL.mkdir(parents=True, exist_ok=True)
    write_checkpoint(CHECKPOINT, to_google(model))
    shutil.copyfile(settings.VOCABULARY, settings.MODEL / "vocab.txt")
    written = {member: getattr(config, member) for member in GOOGLE_MEMBERS}
    (settings.MODEL / "bert_config.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    sizes = {path.name: path.stat().st_size for path in sorted(settings.MODEL.iterdir())}
    print(sizes, "in all", sum(sizes.values()), flush=True)
