"""Readers of the sources: each gives the texts of one, in the order of the source. Licences: see NOTICE."""

import ast
import gzip
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import settings

PARTS_OF_SPEECH = ("noun", "verb", "adj", "adv")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass
class Synset:
    """One entry of WordNet: its words, its definition and what it gives as examples."""

    offset: str
    field_number: int
    words: list[str]
    definition: str
    examples: list[str] = field(default_factory=list)


def synsets(part_of_speech: str) -> Iterator[Synset]:
    """WordNet's synsets; neighbours in the file are of one subject."""
    for line in _lines(settings.WORDNET / f"data.{part_of_speech}", "latin-1"):
        if line.startswith("  "):  # the licence at the head of the file
            continue
        data, _, gloss = line.partition(" | ")
        columns = data.split(" ")
        words = [columns[4 + 2 * i] for i in range(int(columns[3], 16))]
        words = [re.sub(r"\([a-z]+\)$", "", word).replace("_", " ") for word in words]
        parts = re.split(r';\s*(?=")', gloss.strip())
        definition = re.sub(r"^\([^)]*\)\s*", "", parts[0]) if not parts[0].startswith('"') else ""
        examples = [part.split('"')[1] for part in parts if part.startswith('"')]
        yield Synset(columns[0], int(columns[1]), words, definition, examples)


def first_senses(part_of_speech: str) -> dict[str, str]:
    """Single words that WordNet's annotated texts use, so that people say: the synset of each one's first sense."""
    found = {}
    for line in _lines(settings.WORDNET / f"index.{part_of_speech}", "latin-1"):
        columns = line.split()
        if line.startswith("  ") or "_" in columns[0]:
            continue
        pointers = int(columns[3])
        if int(columns[5 + pointers]) > 0:
            found[columns[0]] = columns[6 + pointers]
    return found


def synopses() -> Iterator[str]:
    """The one-line descriptions of Debian's packages, whole and cut at the first aside."""
    for line in _lines(settings.SYNOPSES, "utf-8"):
        synopsis = line.removeprefix("Description:").strip()
        if re.search(r"debug symbols|transitional|dummy package", synopsis):
            continue
        yield synopsis
        head = re.split(r"\s+[-–(]", synopsis)[0]
        if head != synopsis and len(head) > 8:
            yield head


def jargon_entries() -> Iterator[tuple[str, list[str]]]:
    """The Jargon File: each entry's head and its paragraphs."""
    text = gzip.decompress(settings.JARGON.read_bytes()).decode("utf-8", errors="replace")
    for entry in re.split(r"\n(?=\S)", text):
        head, _, body = re.sub(r"[{}]", "", entry).partition("\n")
        if head.startswith("00-database"):
            continue
        body = re.sub(r"<[^>]*>|\[[^\]]*\]|/[^/\s][^/]*/", "", body)
        body = re.sub(r"^\s*(?:[a-z]+\.,?\s*)+\n", "", body)  # "n." and its kin
        body = body.translate(str.maketrans("‘’“”", "''\"\""))
        yield head.strip(), PARAGRAPH.split(body)


def docstrings() -> Iterator[list[str]]:
    """The first paragraphs of every docstring of the running Python's library."""
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).parts
        if any(part in ("site-packages", "test", "tests", "idlelib", "lib2to3") for part in parts):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                docstring = ast.get_docstring(node)
                if docstring:
                    yield PARAGRAPH.split(docstring)[:4]


def teacher_vocabulary() -> list[str]:
    """The teacher's WordPiece vocabulary; the index is the id."""
    return (settings.TEACHER / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


def _lines(path: Path, encoding: str) -> list[str]:
    return path.read_text(encoding=encoding, errors="replace").splitlines()
