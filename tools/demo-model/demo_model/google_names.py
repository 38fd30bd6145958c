"""Google's names for BERT's variables beside Hugging Face's; dense kernels lie the other way round."""

import re

import numpy as np
import torch
from transformers import BertModel

REPLACEMENTS = (
    (r"^embeddings\.(word|position|token_type)_embeddings\.weight$", r"embeddings/\1_embeddings"),
    (r"LayerNorm\.weight$", "LayerNorm/gamma"),
    (r"LayerNorm\.bias$", "LayerNorm/beta"),
    (r"encoder\.layer\.(\d+)", r"encoder/layer_\1"),
    (r"\.weight$", "/kernel"),
    (r"\.", "/"),
)


def google_name(name: str) -> str:
    """`encoder.layer.0.output.dense.weight` -> `bert/encoder/layer_0/output/dense/kernel`."""
    for pattern, replacement in REPLACEMENTS:
        name = re.sub(pattern, replacement, name)
    return f"bert/{name}"


def to_google(model: BertModel) -> dict[str, np.ndarray]:
    """The model's weights as Google stores them, in float16."""
    tensors = {google_name(name): p.detach().numpy().astype(np.float16) for name, p in model.named_parameters()}
    return {name: tensor.T if name.endswith("/kernel") else tensor for name, tensor in tensors.items()}


@torch.no_grad()
def from_google(model: BertModel, tensors: dict[str, np.ndarray]) -> None:
    """Puts Google's tensors into the model, which must want exactly these."""
    wanted = {google_name(name): parameter for name, parameter in model.named_parameters()}
    if wanted.keys() != tensors.keys():
        raise ValueError(f"not the same variables: {wanted.keys() ^ tensors.keys()}")
    for name, parameter in wanted.items():
        tensor = tensors[name].astype(np.float32)
        parameter.copy_(torch.from_numpy(tensor.T.copy() if name.endswith("/kernel") else tensor))
