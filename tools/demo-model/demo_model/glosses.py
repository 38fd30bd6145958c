"""Technical terms that the teacher does not know: it reads "JSON" as j + ##son, and finds a banana in it.

The teacher reads such a term together with our own gloss (glosses.tsv), the student reads the term alone.
"""

import random
import re
from collections import defaultdict
from pathlib import Path

CONTEXTS = 60  # texts a term
COPIES = 4  # of the bare term, beside its places in every batch

Glossed = tuple[str, str, int]  # what the student reads, what the teacher reads, how often an epoch


def glosses() -> list[tuple[str, str]]:
    """Terms with their glosses."""
    lines = (Path(__file__).parent / "glosses.tsv").read_text(encoding="utf-8").splitlines()
    return [(term, gloss) for term, gloss in (line.split("\t") for line in lines)]


def glossed_texts(texts: list[str], known: set[str], chance: random.Random) -> list[Glossed]:
    """The terms in a few settings of their own, and in texts that hold a term which is not among the `known` words."""
    holding = texts_by_word(texts)
    result: list[Glossed] = []
    for term, gloss in glosses():
        told = f"{term}, {gloss}"
        kind = gloss.removeprefix("a ").removeprefix("the ").split(" that ")[0].split(" for ")[0]
        result += [(term, told, COPIES), (f"the {term}", told, 1), (f"what is {term}?", f"what is {told}?", 1)]
        result += [(f"{term}, {kind}", told, 1)]
        contexts = holding.get(term.lower(), []) if term.lower() not in known else []
        pattern = re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE)
        for text in chance.sample(contexts, min(CONTEXTS, len(contexts))):
            result.append((text, pattern.sub(rf"\g<0> ({gloss})", text, count=1), 1))
    return result


def texts_by_word(texts: list[str]) -> dict[str, list[str]]:
    """For each lower-cased word the texts that hold it."""
    holding: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        for word in sorted(set(re.findall(r"[a-z][a-z0-9+.-]*[a-z0-9]", text.lower()))):
            holding[word].append(text)
    return holding
