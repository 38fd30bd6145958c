"""The student: Google's BERT, small, and a way through it that computes nothing but [CLS]."""

import numpy as np
import torch
import torch.nn.functional as F
from transformers import BertConfig, BertModel

from . import settings


def student_config(vocabulary: int) -> BertConfig:
    """BERT's architecture as Google's, 192 wide; no dropout, since distilling has targets enough."""
    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=settings.HIDDEN,
        num_hidden_layers=settings.LAYERS,
        num_attention_heads=settings.HEADS,
        intermediate_size=4 * settings.HIDDEN,
        max_position_embeddings=settings.POSITIONS,
        hidden_act="gelu",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        initializer_range=0.05,
    )


@torch.no_grad()
def start(model: BertModel, piece_vectors: np.ndarray) -> None:
    """Starting weights that already mean something: [CLS] begins as nearly the mean of its words' vectors.

    A piece starts as the teacher's output for it alone, by principal components cut to the student's width.
    """
    centred = torch.from_numpy(piece_vectors - piece_vectors.mean(0))
    axes = torch.linalg.svd(centred, full_matrices=False).Vh[: settings.HIDDEN]
    words = centred @ axes.T
    model.embeddings.word_embeddings.weight.copy_(words / words.std() * 0.15)
    model.embeddings.position_embeddings.weight.normal_(0, 0.02)
    model.embeddings.token_type_embeddings.weight.normal_(0, 0.02)
    attention = model.encoder.layer[0].attention
    for dense in (attention.self.value, attention.output.dense):
        dense.weight.copy_(torch.eye(settings.HIDDEN) + 0.02 * torch.randn(settings.HIDDEN, settings.HIDDEN))
    # Nothing trains the pooler, and nothing here reads it. As the identity it at least says tanh([CLS]), not noise.
    model.pooler.dense.weight.copy_(torch.eye(settings.HIDDEN))
    model.pooler.dense.bias.zero_()


def cls_rows(model: BertModel, texts: list[np.ndarray]) -> torch.Tensor:
    """[CLS] of the last layer, [B, hidden], for B texts of token ids.

    Rows are packed: padding exists in attention only. The last layer computes the first row of each text and no other.
    """
    lengths = torch.tensor([len(text) for text in texts])
    batch, longest = len(texts), int(lengths.max())
    ids = torch.from_numpy(np.concatenate(texts))
    first = torch.cumsum(lengths, 0) - lengths
    positions = torch.arange(len(ids)) - torch.repeat_interleave(first, lengths)
    cells = torch.repeat_interleave(torch.arange(batch) * longest, lengths) + positions
    mask = (torch.arange(longest) < lengths[:, None])[:, None, None, :]
    heads, width = settings.HEADS, settings.HIDDEN // settings.HEADS

    def on_grid(rows: torch.Tensor) -> torch.Tensor:
        grid = rows.new_zeros(batch * longest, settings.HIDDEN).index_copy(0, cells, rows)
        return grid.view(batch, longest, heads, width).transpose(1, 2)

    tables = model.embeddings
    hidden = tables.word_embeddings(ids) + tables.position_embeddings(positions)
    hidden = tables.LayerNorm(hidden + tables.token_type_embeddings.weight[0])
    for number, layer in enumerate(model.encoder.layer):
        attention = layer.attention
        keys, values = on_grid(attention.self.key(hidden)), on_grid(attention.self.value(hidden))
        if number == settings.LAYERS - 1:
            rows = hidden[first]
            queries = attention.self.query(rows).view(batch, 1, heads, width).transpose(1, 2)
            seen = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
            seen = seen.transpose(1, 2).reshape(batch, settings.HIDDEN)
        else:
            rows = hidden
            queries = on_grid(attention.self.query(rows))
            seen = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
            seen = seen.transpose(1, 2).reshape(batch * longest, settings.HIDDEN)[cells]
        rows = attention.output.LayerNorm(attention.output.dense(seen) + rows)
        hidden = layer.output.LayerNorm(layer.output.dense(F.gelu(layer.intermediate.dense(rows))) + rows)
    return hidden


@torch.no_grad()
def embed(model: BertModel, texts: list[np.ndarray]) -> np.ndarray:
    """Vectors of length 1, float32 [N, hidden]."""
    parts = [F.normalize(cls_rows(model, texts[i : i + 256]), dim=1) for i in range(0, len(texts), 256)]
    return torch.cat(parts).numpy()
