"""Stage `teach`: the teacher's vector for every text of the corpus. all-MiniLM-L6-v2: mean of all rows, length 1."""

import json
import time

import numpy as np
import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertModel

from . import settings

TOKENS_A_RUN = 6_000
GLOSSED_TOKENS = 48


class Teacher:
    """all-MiniLM-L6-v2 as its package ships it."""

    def __init__(self) -> None:
        self.model = BertModel.from_pretrained(settings.TEACHER).eval()
        self.tokenizer = BertWordPieceTokenizer(str(settings.TEACHER / "vocab.txt"), lowercase=True)

    def read(self, texts: list[str], tokens: int = settings.SHORT_TOKENS) -> np.ndarray:
        """A vector of length 1 a text, float32 [N, 384]; of each text `tokens` tokens are read."""
        self.tokenizer.enable_truncation(tokens)
        return self._embed([encoding.ids for encoding in self.tokenizer.encode_batch(texts)])

    def read_pieces(self) -> np.ndarray:
        """A vector for each piece of the vocabulary alone."""
        cls, sep = self.tokenizer.token_to_id("[CLS]"), self.tokenizer.token_to_id("[SEP]")
        return self._embed([[cls, piece, sep] for piece in range(self.tokenizer.get_vocab_size())])

    @torch.inference_mode()
    def _embed(self, rows: list[list[int]]) -> np.ndarray:
        vectors = np.zeros((len(rows), self.model.config.hidden_size), np.float32)
        by_length = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        began = told = time.monotonic()
        start = 0
        while start < len(rows):
            size = max(16, TOKENS_A_RUN // len(rows[by_length[min(start + 64, len(rows) - 1)]]))
            batch = by_length[start : start + size]
            width = len(rows[batch[-1]])
            ids = torch.tensor([rows[row] + [0] * (width - len(rows[row])) for row in batch])
            mask = torch.tensor([[1] * len(rows[row]) + [0] * (width - len(rows[row])) for row in batch])
            hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            vectors[batch] = torch.nn.functional.normalize(mean, dim=1).numpy()
            start += size
            if time.monotonic() - told > 30:
                told = time.monotonic()
                print(f"  {start} of {len(rows)} texts in {told - began:.0f} s", flush=True)
        return vectors


def teach() -> None:
    """Writes vectors/PART.npy for each part of the corpus; parts that are there already are not read again."""
    torch.set_num_threads(settings.THREADS)
    corpus = json.loads(settings.CORPUS.read_text(encoding="utf-8"))
    teacher = Teacher()
    parts = {
        "terms": lambda: _terms(teacher, corpus["terms"]),
        "words": lambda: teacher.read([told for _, told in corpus["words"]]),
        "pieces": teacher.read_pieces,
        "glossed": lambda: teacher.read([told for _, told, _ in corpus["glossed"]], GLOSSED_TOKENS),
        "held_out": lambda: teacher.read(corpus["held_out"]),
        "held_out_passages": lambda: teacher.read(corpus["held_out_passages"], settings.LONG_TOKENS),
        "passages": lambda: teacher.read(corpus["passages"], settings.LONG_TOKENS),
        "plain": lambda: teacher.read(corpus["plain"]),
    }
    settings.VECTORS.mkdir(exist_ok=True)
    for part, read in parts.items():
        if not (settings.VECTORS / f"{part}.npy").exists():
            print(f"  {part}", flush=True)
            unfinished = settings.VECTORS / f"{part}.unfinished"
            with open(unfinished, "wb") as file:
                np.save(file, read().astype(np.float16))
            unfinished.rename(settings.VECTORS / f"{part}.npy")


def _terms(teacher: Teacher, terms: list[tuple[str, str]]) -> np.ndarray:
    """A term stands half for its gloss: so it also comes near texts that say what it is."""
    vectors = teacher.read([f"{term}, {gloss}" for term, gloss in terms])
    vectors += teacher.read([gloss for _, gloss in terms])
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def load_vectors() -> dict[str, np.ndarray]:
    """What `teach` left, in float32, by part of the corpus."""
    return {path.stem: np.load(path).astype(np.float32) for path in sorted(settings.VECTORS.glob("*.npy"))}
