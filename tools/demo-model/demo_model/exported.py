"""The model of models/demo as anybody would load it: transformers' BertModel in float32 from the float16 checkpoint."""

import json

import numpy as np
import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertModel

from . import settings
from .checkpoint import read_checkpoint
from .export import CHECKPOINT
from .google_names import from_google


class Exported:
    """Reads texts one at a time, so that nothing depends on padding."""

    def __init__(self) -> None:
        config = json.loads((settings.MODEL / "bert_config.json").read_text(encoding="utf-8"))
        self.model = BertModel(BertConfig(**config)).eval()
        from_google(self.model, read_checkpoint(CHECKPOINT))
        self.tokenizer = BertWordPieceTokenizer(str(settings.MODEL / "vocab.txt"), lowercase=True)
        self.tokenizer.enable_truncation(settings.POSITIONS)

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text).ids

    @torch.inference_mode()
    def read(self, texts: list[str], tokens: int = settings.POSITIONS) -> np.ndarray:
        """[CLS] of the last layer at length 1, float32 [N, hidden]."""
        self.tokenizer.enable_truncation(tokens)
        rows = [self.model(input_ids=torch.tensor([self.ids(text)])).last_hidden_state[0, 0] for text in texts]
        return torch.nn.functional.normalize(torch.stack(rows), dim=1).numpy()
