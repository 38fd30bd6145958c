"""Batches that hold near neighbours beside strangers: similarities inside one batch are what is learnt."""

from collections.abc import Iterator

import numpy as np

from . import settings


def clusters(vectors: np.ndarray, count: int, chance: np.random.Generator, rounds: int = 4) -> list[np.ndarray]:
    """k-means over vectors of length 1: the members of each cluster."""
    count = min(count, len(vectors))
    centres = vectors[chance.choice(len(vectors), count, replace=False)]
    for _ in range(rounds):
        nearest = np.concatenate([(part @ centres.T).argmax(1) for part in _parts(vectors)])
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        centres = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    order = np.argsort(nearest, kind="stable")
    return np.split(order, np.cumsum(np.bincount(nearest, minlength=count))[:-1])


def _parts(vectors: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(vectors), 20_000):
        yield vectors[start : start + 20_000]


def endless(groups: list[np.ndarray], size: int, chance: np.random.Generator) -> Iterator[np.ndarray]:
    """Epoch after epoch, `size` members a batch: chunks of one group each, the chunks shuffled."""
    while True:
        chunks = []
        for group in groups:
            shuffled = chance.permutation(group)
            chunks += [shuffled[i : i + settings.CHUNK] for i in range(0, len(shuffled), settings.CHUNK)]
        order = chance.permutation(len(chunks))
        a_batch = size // settings.CHUNK
        for start in range(0, len(order) - a_batch + 1, a_batch):
            yield np.concatenate([chunks[i] for i in order[start : start + a_batch]])
