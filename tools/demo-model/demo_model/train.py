"""Stage `train`: the student learns the teacher's similarities. Reads corpus.json and vectors/, writes student.pt."""

import json
import time

import numpy as np
import torch
import torch.nn.functional as F
from transformers import BertModel

from . import settings
from .batches import clusters, endless
from .pairs import HeldOut
from .student import cls_rows, embed, start, student_config
from .teacher import load_vectors
from .vocabulary import choose_vocabulary, student_tokenizer


def train() -> None:
    """Writes vocab.txt and student.pt."""
    torch.set_num_threads(settings.THREADS)
    torch.manual_seed(settings.SEED)
    chance = np.random.default_rng(settings.SEED)
    corpus = json.loads(settings.CORPUS.read_text(encoding="utf-8"))
    vectors = load_vectors()

    pieces, ids = choose_vocabulary(corpus["plain"], [word for word, _ in corpus["words"]])
    settings.VOCABULARY.write_text("\n".join(pieces) + "\n", encoding="utf-8")
    model = BertModel(student_config(len(pieces)))
    start(model, np.concatenate([vectors["pieces"][ids], vectors["words"]]))
    print(f"{len(pieces)} pieces, {sum(p.numel() for p in model.parameters())} parameters", flush=True)

    lesson = Lesson(corpus, vectors, chance)
    Training(model, vectors["terms"].shape[1]).run(lesson)
    _fill_late_positions(model)
    torch.save(model.state_dict(), settings.STUDENT)


class Lesson:
    """What is learnt: token rows with the teacher's vectors, batch by batch, and held-out texts."""

    def __init__(self, corpus: dict, vectors: dict[str, np.ndarray], chance: np.random.Generator) -> None:
        # A text that the teacher also read with a gloss is learnt with the gloss only.
        told = {text for text, _, _ in corpus["glossed"]}
        kept = np.array([i for i, text in enumerate(corpus["plain"]) if text not in told])
        copies = np.repeat(np.arange(len(corpus["glossed"])), [copies for _, _, copies in corpus["glossed"]])
        texts = [corpus["plain"][i] for i in kept] + [corpus["glossed"][i][0] for i in copies]
        learnt = np.concatenate([vectors["plain"][kept], vectors["glossed"][copies]])
        terms = np.arange(len(texts), len(texts) + len(corpus["terms"]))
        passages = terms[-1] + 1 + np.arange(len(corpus["passages"]))

        self.rows = tokens_of(texts + [term for term, _ in corpus["terms"]], settings.SHORT_TOKENS)
        self.rows += tokens_of(corpus["passages"], settings.LONG_TOKENS)
        self.targets = torch.from_numpy(np.concatenate([learnt, vectors["terms"], vectors["passages"]]))
        self.terms, self.chance = terms, chance
        self.short = endless(clusters(learnt, settings.CLUSTERS, chance), settings.BATCH, chance)
        groups = clusters(vectors["passages"], len(passages) // 60, chance)
        self.long = endless([passages[group] for group in groups], settings.PASSAGE_BATCH, chance)
        self.epoch = len(texts) / settings.BATCH  # steps
        self.held_out = HeldOut.of(vectors["held_out"])
        self.held_out_rows = tokens_of(corpus["held_out"], settings.SHORT_TOKENS)

    def batch(self, step: int) -> np.ndarray:
        """Indices into rows and targets. Some glossed terms are in every batch: else they only ever meet their like."""
        texts = next(self.long if step % settings.PASSAGES_EVERY == 0 else self.short)
        return np.concatenate([texts, self.chance.choice(self.terms, settings.TERMS_A_BATCH, replace=False)])


class Training:
    """AdamW on two losses: all cosines of a batch's raw [CLS], and the teacher's vector from [CLS] by one matrix."""

    def __init__(self, model: BertModel, teacher_width: int) -> None:
        self.model = model
        self.to_teacher = torch.nn.Linear(settings.HIDDEN, teacher_width)
        named = [(name, p) for name, p in model.named_parameters() if "pooler" not in name]
        matrices = [p for name, p in named if p.dim() > 1 and "embeddings" not in name]
        others = [p for name, p in named if p.dim() == 1 or "embeddings" in name]
        groups = [
            {"params": matrices, "weight_decay": 0.01},
            {"params": [*others, *self.to_teacher.parameters()], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=settings.LEARNING_RATE, betas=(0.9, 0.98), fused=True)

    def run(self, lesson: Lesson) -> None:
        """All steps, with a line every 200 and the held-out figures every 1,000."""
        print("untrained:", _score(self.model, lesson), flush=True)
        began, cpu = time.monotonic(), time.process_time()
        losses = []
        for step in range(settings.STEPS):
            losses.append(self.step(step, lesson))
            if (step + 1) % 200 == 0:
                near, apart = np.mean(losses, axis=0)
                minutes = (time.monotonic() - began) / 60
                told = f"similarities {near:.5f} vectors {apart:.4f} {minutes:.1f} minutes"
                print(f"step {step + 1} epoch {(step + 1) / lesson.epoch:.2f} {told}", flush=True)
                losses = []
            if (step + 1) % 1000 == 0:
                print("  held out:", _score(self.model, lesson), flush=True)
        minutes, of_cpu = (time.monotonic() - began) / 60, (time.process_time() - cpu) / 60
        print(f"trained: {minutes:.1f} minutes, {of_cpu:.1f} of CPU time", flush=True)

    def step(self, step: int, lesson: Lesson) -> tuple[float, float]:
        """One batch; gives both losses."""
        rate = settings.LEARNING_RATE * min(1, (step + 1) / settings.WARM_UP) * max(0.01, 1 - step / settings.STEPS)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        batch = lesson.batch(step)
        target = lesson.targets[batch]
        hidden = cls_rows(self.model, [lesson.rows[i] for i in batch])
        unit = F.normalize(hidden, dim=1)
        wanted = target @ target.T
        weight = (1 - torch.eye(len(batch))) * (1 + settings.NEAR_WEIGHT * F.relu(wanted - 0.2))
        similarities = (weight * (unit @ unit.T - wanted) ** 2).sum() / weight.sum()
        apart = (1 - F.cosine_similarity(self.to_teacher(hidden), target)).mean()
        self.optimizer.zero_grad()
        (settings.SIMILARITY_WEIGHT * similarities + apart).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return similarities.item(), apart.item()


def tokens_of(texts: list[str], tokens: int) -> list[np.ndarray]:
    """Token ids by the student's vocabulary."""
    return [np.array(encoding.ids) for encoding in student_tokenizer(tokens).encode_batch(texts)]


def _score(model: BertModel, lesson: Lesson) -> str:
    score = lesson.held_out.score(embed(model, lesson.held_out_rows))
    return ", ".join(f"{name} {value:.4f}" for name, value in score.items())


@torch.no_grad()
def _fill_late_positions(model: BertModel) -> None:
    """The last positions were never seen: they get the mean of the last ones that were."""
    table = model.embeddings.position_embeddings.weight
    table[settings.LONG_TOKENS :] = table[settings.LONG_TOKENS - 16 : settings.LONG_TOKENS].mean(0)
