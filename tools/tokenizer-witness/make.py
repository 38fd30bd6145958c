"""Tokenises generated texts with Google's published code and prints the results as the tests want them."""

import hashlib
import importlib.util
import json
import pathlib
import sys
import types
import unicodedata

TEXTS = 20_000
CHUNK = 500
MASK = 0xFFFFFFFF


def load(path):
    """Google's module, with stand-ins for what it imports and does not need here."""
    flags = types.SimpleNamespace(
        FLAGS=types.SimpleNamespace(preserve_unused_tokens=False), DEFINE_bool=lambda *_: None
    )
    sys.modules["absl"] = types.SimpleNamespace(flags=flags)
    sys.modules["six"] = types.SimpleNamespace(PY3=True, PY2=False)
    sys.modules["tensorflow"] = types.ModuleType("tensorflow")
    sys.modules["tensorflow.compat"] = types.ModuleType("tensorflow.compat")
    v1 = types.ModuleType("tensorflow.compat.v1")
    v1.gfile = types.SimpleNamespace(GFile=lambda name, mode: open(name, encoding="utf-8", newline="\n"))
    sys.modules["tensorflow.compat.v1"] = v1
    sys.modules["tensorflow.compat"].v1 = v1
    spec = importlib.util.spec_from_file_location("tokenization", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# A combining mark in Unicode 15.1 and a spacing one since 16, so Python and Node.js may disagree.
CHANGED_LATER = {0x1171E}


def assigned_ranges():
    """First and last code point of each run of characters that are known."""
    ranges, start = [], None
    for point in range(0x110000):
        if known(point) and start is None:
            start = point
        if not known(point) and start is not None:
            ranges.append([start, point - 1])
            start = None
    return ranges


class Random:
    """Marsaglia's xorshift32; the same numbers in every language."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        x = self.state
        x ^= (x << 13) & MASK
        x ^= x >> 17
        x ^= (x << 5) & MASK
        self.state = x
        return x % bound


SPECIAL = [
    "[SEP]", "[CLS]", "[MASK]", "[UNK]", "##ing", "don't", "naïve", "Ångström", "ΟΔΟΣ", "Σ", "İstanbul", "ǅ", "ﬁ", "ß",
    "\u0000", "\ufffd", "\u200b", "\u00ad", "\u0085", "\u2028", "\u3000", "\t", "\r\n", "e\u0301", "\u0301", "한국어",
    "日本語", "中文字", "𠀀𪜀", "\U0002b820", "a" * 200, "a" * 201, "é" * 200, "e\u0301" * 150, "x\u200by", "C++", "$1,000.00",
    "U.S.A.", "…", "¿", "—", "\U0001f600", "\u1fef", "\u037e", "\u212b",
]
BASES = [0x41, 0x61, 0xC0, 0x370, 0x400, 0x5D0, 0x620, 0x900, 0xE00, 0x1100, 0x1E00, 0x3040, 0x4E00, 0xAC00, 0xFF00, 0x1D400]


def fuzz_text(random, ranges):
    """One text of up to twelve words."""
    words = []
    for _ in range(1 + random.below(12)):
        kind = random.below(10)
        if kind == 0:
            words.append(SPECIAL[random.below(len(SPECIAL))])
            continue
        length = 1 + random.below(10)
        letters = []
        base = BASES[random.below(len(BASES))]
        for _ in range(length):
            if kind <= 3:
                point = 0x61 + random.below(26)
            elif kind <= 5:
                point = 0x20 + random.below(0x60)
            elif kind <= 7:
                point = base + random.below(64)
            else:
                first, last = ranges[random.below(len(ranges))]
                point = first + random.below(last - first + 1)
            letters.append(chr(point) if known(point) else "?")
        words.append("".join(letters))
    separator = [" ", " ", " ", "", "\u00a0", "\n"][random.below(6)]
    return separator.join(words)


def known(point):
    """Assigned, no surrogate, not for private use, and of the same class in later versions of Unicode."""
    return point not in CHANGED_LATER and unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")


def letters_vocabulary():
    """A vocabulary of single characters of many scripts, so that little is unknown."""
    points = [p for base in BASES for p in range(base, base + 64)] + list(range(0x21, 0x7F)) + list(range(0x300, 0x340))
    characters = [chr(p) for p in dict.fromkeys(points) if known(p)]
    plain = [c for c in characters if c.strip() == c and c != ""]
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *plain, *["##" + c for c in plain], "the", "##ing", "##er", "an", "in"]


def chunks_of(module, vocabulary, lower, ranges):
    """A hash for each 500 texts: over their piece ids in decimal, texts apart by line ends."""
    basic = module.BasicTokenizer(do_lower_case=lower)
    pieces = module.WordpieceTokenizer(vocab=vocabulary)
    random = Random(20181011)
    hashes, digest = [], hashlib.sha256()
    for number in range(TEXTS):
        text = fuzz_text(random, ranges)
        ids = [vocabulary[piece] for word in basic.tokenize(text) for piece in pieces.tokenize(word)]
        digest.update((" ".join(map(str, ids)) + "\n").encode())
        if number % CHUNK == CHUNK - 1:
            hashes.append(digest.hexdigest()[:16])
            digest = hashlib.sha256()
    return hashes


def main():
    module = load(sys.argv[1])
    ranges = assigned_ranges()
    letters = letters_vocabulary()
    own = {piece: number for number, piece in enumerate(letters)}
    basic = {lower: module.BasicTokenizer(do_lower_case=lower) for lower in (True, False)}
    result = {
        "unicode": unicodedata.unidata_version,
        "ranges": ranges,
        "words": [
            {"text": text, "lower": basic[True].tokenize(text), "cased": basic[False].tokenize(text)}
            for text in [*SPECIAL, "a\u2028b\u2029c", " x \u00a0y\u3000z ", "Crème Brûlée!", "ΣΑΣ ΣΑΣ.", "don't [SEP] won't", "\ue000a"]
        ],
        "fuzz": [
            {"vocabulary": "letters", "lower": lower, "hashes": chunks_of(module, own, lower, ranges)}
            for lower in (True, False)
        ],
    }
    for name, lower in [("uncased", True), ("cased", False), ("chinese", True), ("multilingual-cased", False)]:
        path = pathlib.Path(sys.argv[2]) / f"{name}.txt"
        vocabulary = module.load_vocab(str(path))
        hashes = chunks_of(module, vocabulary, lower, ranges)
        result["fuzz"].append({"vocabulary": name, "lower": lower, "hashes": hashes})
    json.dump(result, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    sys.stdout.write("\n")


main()
