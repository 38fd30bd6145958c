"""python -m demo_model STAGE…: runs the stages in the order given, and says how long each took."""

import sys
import time
from importlib import import_module

STAGES = {
    "corpus": ("corpus", "make_corpus"),
    "teach": ("teacher", "teach"),
    "train": ("train", "train"),
    "export": ("export", "export"),
    "evaluate": ("evaluate", "evaluate"),
    "reference": ("reference", "write_reference"),
}


def main(stages: list[str]) -> None:
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown or not stages:
        sys.exit(f"usage: python -m demo_model STAGE…, of {', '.join(STAGES)}")
    for stage in stages:
        module, function = STAGES[stage]
        print(f"== {stage}", flush=True)
        began = time.monotonic()
        getattr(import_module(f".{module}", __package__), function)()
        print(f"== {stage}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


main(sys.argv[1:])
