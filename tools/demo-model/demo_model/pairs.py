"""Pairs of held-out texts, and how well one set of similarities follows another."""

from dataclasses import dataclass

import numpy as np

from . import settings


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(ranks(np.asarray(a)), ranks(np.asarray(b)))[0, 1])


def cosines(vectors: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return (vectors[pairs[:, 0]] * vectors[pairs[:, 1]]).sum(1)


@dataclass
class HeldOut:
    """The teacher's vectors of texts that nobody trained on; random pairs, and pairs spread over its range."""

    teacher: np.ndarray
    random: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, teacher: np.ndarray, pairs: int = 20_000, a_bin: int = 200) -> "HeldOut":
        """`pairs` random ones; and of every tenth from -0.05 to 0.95 `a_bin` pairs, fewer where there are fewer."""
        chance = np.random.default_rng(settings.SEED)
        random = chance.integers(0, len(teacher), (pairs, 2))
        random = random[random[:, 0] != random[:, 1]]
        left, right = np.triu_indices(len(teacher), 1)
        similarities = (teacher @ teacher.T)[left, right]
        spread = []
        for low in np.arange(-0.05, 0.95, 0.1):
            inside = np.flatnonzero((similarities >= low) & (similarities < low + 0.1))
            chosen = chance.choice(inside, min(a_bin, len(inside)), replace=False)
            spread.append(np.stack([left[chosen], right[chosen]], axis=1))
        return cls(teacher, random, np.concatenate(spread))

    def score(self, student: np.ndarray) -> dict[str, float]:
        """Spearman's correlation of the student's similarities with the teacher's."""
        return {
            "random": spearman(cosines(student, self.random), cosines(self.teacher, self.random)),
            "spread": spearman(cosines(student, self.spread), cosines(self.teacher, self.spread)),
        }
