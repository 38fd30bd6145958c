"""Stage `reference`: similarities of some texts by transformers' BertModel, for the product's tests to agree with."""

import hashlib
import json

import numpy as np

from . import settings
from .exported import CHECKPOINT, Exported

TEXTS = [
    "JSON",
    "text",
    "format",
    "data",
    "data format",
    "a text file",
    "banana",
    "dog",
    "the weather is nice",
    "The weather is nice today.",
    "It is a sunny day!",
    "How do I install a package?",
    "software installation guide",
    "apt-get install",
    "web server",
    "nginx",
    "PostgreSQL is a relational database.",
    "a place to store data",
    "The cat sat on the mat.",
    "A kitten rests on a rug.",
    "I am very happy",
    "I'm sad; don't ask why...",
    "king",
    "queen",
    "Café crème à la carte",
    "C++, C# & Objective-C",
    "https://example.org/a/b?c=d#e",
    "100 % of 3.14",
    "数据 format",
    "antidisestablishmentarianism",
    "A model that is served over HTTP reads the text, cuts it into pieces, and answers with one vector for all of it; "
    "two texts are alike when their vectors point the same way, whatever words they use.",
    " ".join(["data"] * 200),
]


def write_reference() -> None:
    """Writes the fixture: token ids, and all cosines of raw [CLS] in float32 from the committed float16 weights."""
    exported = Exported()
    vectors = exported.read(TEXTS).astype(np.float64)
    cosines = vectors @ vectors.T
    data = CHECKPOINT.with_name(f"{CHECKPOINT.name}.data-00000-of-00001").read_bytes()
    fields = {
        "about": "by tools/demo-model: BertModel of transformers, float32 from float16, raw [CLS]; ids by tokenizers",
        "dataSha256": hashlib.sha256(data).hexdigest(),
        "maxTokens": settings.POSITIONS,
    }
    lines = [f'  "{name}": {json.dumps(value, ensure_ascii=False)},' for name, value in fields.items()]
    lines += _rows("texts", [json.dumps(text, ensure_ascii=False) for text in TEXTS], ",")
    lines += _rows("ids", [json.dumps(exported.ids(text)) for text in TEXTS], ",")
    # Row i holds the cosines with texts 0 to i.
    lines += _rows("cosines", [json.dumps([round(c, 6) for c in row[: i + 1]]) for i, row in enumerate(cosines)], "")
    settings.REFERENCE.parent.mkdir(parents=True, exist_ok=True)
    settings.REFERENCE.write_text("\n".join(["{", *lines, "}"]) + "\n", encoding="utf-8")
    json.loads(settings.REFERENCE.read_text(encoding="utf-8"))


def _rows(name: str, rows: list[str], after: str) -> list[str]:
    return [f'  "{name}": [', *[f"    {row}," for row in rows[:-1]], f"    {rows[-1]}", f"  ]{after}"]
