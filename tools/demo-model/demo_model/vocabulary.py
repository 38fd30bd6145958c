"""The student's vocabulary: the most useful pieces of the teacher's, and frequent words that the teacher splits."""

import math
from collections import Counter

from tokenizers import BertWordPieceTokenizer

from . import settings, sources

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PUNCTUATION = "–—‘’“”…£€°"


def choose_vocabulary(texts: list[str], words: list[str]) -> tuple[list[str], list[int]]:
    """The pieces, and the teacher's ids of those that are the teacher's; `words` come behind these.

    Every ASCII character stays, alone and as a continuation, so that no ASCII word is [UNK].
    """
    teacher = sources.teacher_vocabulary()
    tokenizer = BertWordPieceTokenizer(str(settings.TEACHER / "vocab.txt"), lowercase=True)
    seen: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(texts):
        seen.update(encoding.ids)

    def needed(piece: str) -> bool:
        bare = piece.removeprefix("##")
        return piece in SPECIAL or (len(bare) == 1 and (bare.isascii() or bare in PUNCTUATION))

    def use(id_: int) -> float:  # the teacher's order is by frequency in its own texts, which are wider than ours
        return math.log(1 + seen[id_]) - 0.35 * math.log(1 + id_)

    kept = {id_ for id_, piece in enumerate(teacher) if needed(piece)}
    others = [id_ for id_, piece in enumerate(teacher) if id_ not in kept and piece.isascii() and piece[0] != "["]
    others.sort(key=lambda id_: (-use(id_), id_))
    ids = sorted(kept | set(others[: settings.PIECES - len(kept)]))
    return [teacher[id_] for id_ in ids] + words, ids


def student_tokenizer(tokens: int) -> BertWordPieceTokenizer:
    """The tokenizer over vocab.txt of the work directory, reading `tokens` tokens of a text."""
    tokenizer = BertWordPieceTokenizer(str(settings.VOCABULARY), lowercase=True)
    tokenizer.enable_truncation(tokens)
    return tokenizer
