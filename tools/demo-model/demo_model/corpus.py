"""Stage `corpus`: what the teacher and the student will read, and what is held out."""

import json
import random
import re
from collections import Counter

from . import glosses, settings, sources
from .sentences import invented_sentences


def make_corpus() -> None:
    """Writes corpus.json."""
    chance = random.Random(settings.SEED)
    taken = _distinct_texts(chance)
    texts = list(taken)
    chance.shuffle(texts)
    held_out = texts[: settings.HELD_OUT]
    plain = texts[settings.HELD_OUT :][: settings.TEXTS]

    known = set(sources.teacher_vocabulary())
    passages = _passages(chance)
    corpus = {
        "held_out": held_out,
        "held_out_sources": [taken[text] for text in held_out],
        "plain": plain,
        "held_out_passages": passages[: settings.HELD_OUT_PASSAGES],
        "passages": passages[settings.HELD_OUT_PASSAGES :],
        "glossed": glosses.glossed_texts(plain, known, chance),
        "terms": glosses.glosses(),
        "words": _words_to_add(plain, known),
    }
    settings.CORPUS.write_text(json.dumps(corpus), encoding="utf-8")
    print("texts by source:", dict(Counter(taken[text] for text in plain).most_common()))
    print({name: len(part) for name, part in corpus.items()}, flush=True)


def _distinct_texts(chance: random.Random) -> dict[str, str]:
    """Text -> source; of texts that differ in case only, the first. Glossed terms are not here: they come apart."""
    taken: dict[str, str] = {}
    seen = {term.lower() for term, _ in glosses.glosses()}

    def add(text: str, source: str) -> None:
        text = _tidy(text)
        if text.lower() not in seen and _readable(text):
            seen.add(text.lower())
            taken[text] = source

    for piece in sources.teacher_vocabulary():
        if piece.isascii() and piece.isalpha() and len(piece) > 1:
            add(piece, "vocabulary")
    lemmas: list[str] = []
    for part_of_speech in sources.PARTS_OF_SPEECH:
        for synset in sources.synsets(part_of_speech):
            lemmas += synset.words
            for text in (synset.definition, *synset.examples):
                add(text, "wordnet")
    lemmas = sorted(set(lemmas))
    for lemma in chance.sample(lemmas, settings.LEMMAS):
        add(lemma, "wordnet")
    for synopsis in sources.synopses():
        add(synopsis, "synopses")
    for head, paragraphs in sources.jargon_entries():
        add(head, "jargon")
        for paragraph in paragraphs:
            for sentence in sources.SENTENCE_END.split(_tidy(paragraph))[:4]:
                if len(sentence) > 15:
                    add(sentence, "jargon")
    for paragraphs in sources.docstrings():
        for paragraph in paragraphs:
            for sentence in sources.SENTENCE_END.split(_tidy(paragraph))[:3]:
                if len(sentence) > 15:
                    add(sentence, "docstrings")
    for sentence in invented_sentences(settings.SENTENCES, chance):
        add(sentence, "invented")
    return taken


def _passages(chance: random.Random) -> list[str]:
    """Texts of some sentences about one thing: docstrings, Jargon entries, neighbouring entries of WordNet."""
    found: list[str] = []
    for paragraphs in sources.docstrings():
        found.append(" ".join(paragraphs))
    for head, paragraphs in sources.jargon_entries():
        found += [f"{head}: {paragraphs[0]}", *paragraphs[1:]]
    for part_of_speech in sources.PARTS_OF_SPEECH:
        pending, wanted = "", chance.randint(150, 500)
        for synset in sources.synsets(part_of_speech):
            pending += f"{synset.words[0]}: {'; '.join([synset.definition, *synset.examples])}. "
            if len(pending) > wanted:
                found.append(pending)
                pending, wanted = "", chance.randint(150, 500)
    found = sorted({text for text in map(_tidy, found) if len(text) > 150 and _readable(text[:220])})
    return chance.sample(found, min(settings.PASSAGES, len(found)))


def _words_to_add(texts: list[str], known: set[str]) -> list[tuple[str, str]]:
    """Whole words that the teacher splits and our texts use often, with what the teacher reads for them."""
    told = {term.lower(): f"{term}, {gloss}" for term, gloss in glosses.glosses()}
    counts = {word: len(found) for word, found in glosses.texts_by_word(texts).items()}
    unknown = [word for word in counts if word.isalpha() and len(word) > 2 and word not in known]
    frequent = sorted(unknown, key=lambda word: (-counts[word], word))[: settings.ADDED_WORDS]
    terms = [term for term in told if term.isalpha() and term not in known]
    return [(word, told.get(word, word)) for word in dict.fromkeys([*terms, *frequent])]


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ;,")


def _readable(text: str) -> bool:
    """ASCII, between 2 and 220 characters, and mostly letters."""
    letters = sum(character.isalpha() or character == " " for character in text)
    return 2 <= len(text) <= 220 and text.isascii() and letters > 0.75 * len(text)
