"""Stage `evaluate`: figures and examples of models/demo as it lies there, beside the teacher's. Prints Markdown."""

import json
from collections.abc import Callable

import numpy as np
import torch

from . import settings
from .exported import Exported
from .pairs import HeldOut, cosines, spearman
from .teacher import Teacher, load_vectors

Read = Callable[[list[str]], np.ndarray]

# Glossed terms, which the student was taught by name, stand in the first group.
GLOSSED_EXAMPLES = {
    "JSON": "data format|format|data|text|a text file|XML|YAML|dog|banana|the weather is nice",
    "database": "SQL|PostgreSQL server|a place to store data|filing cabinet|river|a pop song",
    "web server": "nginx|Apache|HTTP|a waiter in a restaurant|mountain",
    "machine learning": "neural networks|artificial intelligence|statistics|washing machine|cheese",
    "programming language": "Python|Java|Rust|French|snake",
    "a rusty nail": "iron|rust|corrosion|Rust programming|a fast car",
}
EVERYDAY_EXAMPLES = {
    "The weather is nice today": "It is a sunny day|a warm afternoon|It is raining|The stock market fell|data format",
    "how do I install a package": "software installation guide|apt-get install|I wrapped the parcel|a recipe for soup",
    "dog": "puppy|a pet animal|cat|wolf|car",
    "The cat sat on the mat": "A kitten rests on a rug|The dog chased the ball|Inflation is rising",
    "king": "queen|monarch|throne|president|cabbage",
    "delete a file": "remove a document|rm|copy a file|create a directory|eat breakfast",
    "I am very happy": "I feel great|I am sad|I am not happy|He is angry|the capital of France",
    "the bank of the river": "a riverside path|the shore|a savings account|loans and interest",
    "The man bit the dog": "The dog bit the man|A person hurt an animal|a quiet evening",
    "Paris": "the capital of France|London|a city in Europe|a kind of cheese",
    "Is it going to rain tomorrow?": "weather forecast|a storm is coming|an umbrella|source code",
    "Das Wetter ist heute schön": "The weather is nice today|Es ist sonnig|a German sentence|data format",
}


def evaluate() -> None:
    """Prints every table of the model card; writes the held-out figures to figures.json."""
    torch.set_num_threads(settings.THREADS)
    exported, teacher = Exported(), Teacher()
    figures = _held_out(exported)
    figures |= _human(lambda texts: exported.read(texts, settings.SHORT_TOKENS), teacher.read)
    settings.FIGURES.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    for title, examples in (("glossed terms", GLOSSED_EXAMPLES), ("everyday words", EVERYDAY_EXAMPLES)):
        print(f"\n{title}: student / teacher")
        _print_examples(examples, exported.read, teacher.read)


def _held_out(exported: Exported) -> dict[str, float]:
    corpus = json.loads(settings.CORPUS.read_text(encoding="utf-8"))
    vectors = load_vectors()
    texts, sources = corpus["held_out"], np.array(corpus["held_out_sources"])
    held_out = HeldOut.of(vectors["held_out"])
    student = exported.read(texts, settings.SHORT_TOKENS)
    figures = {f"held-out pairs, {name}": value for name, value in held_out.score(student).items()}
    figures |= {"pairs, random": len(held_out.random), "pairs, spread": len(held_out.spread)}

    words = np.array([len(text.split()) for text in texts])
    parts = {"without our own sentences": sources != "invented"}
    parts |= {"1 word": words == 1, "2 to 4 words": (words > 1) & (words < 5), "5 words and more": words > 4}
    parts |= {f"from {source}": sources == source for source in sorted(set(corpus["held_out_sources"]))}
    for name, chosen in parts.items():
        part = HeldOut.of(held_out.teacher[chosen])
        figures |= {f"{name}, {kind}": value for kind, value in part.score(student[chosen]).items()}

    passages = HeldOut.of(vectors["held_out_passages"])
    student = exported.read(corpus["held_out_passages"], settings.LONG_TOKENS)
    figures |= {f"passages, {name}": value for name, value in passages.score(student).items()}
    for name, value in figures.items():
        print(f"| {name} | {value:.4g} |")
    return figures


def _human(student: Read, teacher: Read) -> dict[str, float]:
    """Correlation with people's scores, from the test data of gensim; nothing of it is trained on."""
    figures = {}
    for name in ("wordsim353.tsv", "simlex999.txt"):
        rows = [line.split("\t") for line in (settings.HUMAN / name).read_text().splitlines() if line[:1] != "#"]
        rows = [row for row in rows if len(row) == 3 and row[2].replace(".", "", 1).isdigit()]
        scores = np.array([float(row[2]) for row in rows])
        for reader, read in (("student", student), ("teacher", teacher)):
            left, right = read([row[0] for row in rows]), read([row[1] for row in rows])
            figures[f"{name}, {len(rows)} pairs, {reader}"] = spearman((left * right).sum(1), scores)
    documents = (settings.HUMAN / "lee.cor").read_text(encoding="latin-1").splitlines()
    scores = np.loadtxt(settings.HUMAN / "similarities0-1.txt")
    pairs = np.stack(np.triu_indices(len(documents), 1), axis=1)
    for reader, read in (("student", student), ("teacher", teacher)):
        similarities = cosines(read(documents), pairs)
        figures[f"lee.cor, {len(pairs)} pairs, {reader}"] = spearman(similarities, scores[pairs[:, 0], pairs[:, 1]])
    news = (settings.HUMAN / "lee_background.cor").read_text(encoding="latin-1").splitlines()
    pairs = np.stack(np.triu_indices(len(news), 1), axis=1)
    ours, theirs = cosines(student(news), pairs), cosines(teacher(news), pairs)
    figures["lee_background.cor, student to teacher"] = spearman(ours, theirs)
    for name, value in figures.items():
        print(f"| {name} | {value:.3f} |")
    return figures


def _print_examples(examples: dict[str, str], student: Read, teacher: Read) -> None:
    for target, row in examples.items():
        texts = row.split("|")
        ours, theirs = student([target, *texts]), teacher([target, *texts])
        pairs = zip(texts, ours[1:] @ ours[0], theirs[1:] @ theirs[0], strict=True)
        listed = ", ".join(f"{text} {own:.2f}/{other:.2f}" for text, own, other in sorted(pairs, key=lambda p: -p[1]))
        print(f"- {target}: {listed}")
