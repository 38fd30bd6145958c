"""Writes the models under test/model/fixtures/huggingface with transformers, torch, safetensors and sentence-transformers
themselves, with what those libraries answer, so that bertops' readers are tested against files that they did not write.

    python3 -m venv /tmp/hf && /tmp/hf/bin/pip install torch transformers safetensors sentence-transformers
    /tmp/hf/bin/python tools/model-fixtures/huggingface_models.py

Last run with torch 2.15.0, transformers 5.23.0, safetensors 0.8.0, sentence-transformers 6.2.0. Weights are random.
"""
import json, os, shutil, sys
import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
try:
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
except ImportError:
    from sentence_transformers.models import Normalize, Pooling, Transformer
from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizerFast, DistilBertConfig, DistilBertModel

OUT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "test", "model", "fixtures", "huggingface"))
VOCABULARY = (["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz")
              + ["the", "cat", "sat", "##s", "##ing", "data", "json", "text", ".", ":", "query", "passage", "é"])
SMALL = dict(vocab_size=len(VOCABULARY), hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=36,
             max_position_embeddings=20, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
TEXTS = [[2, 9, 3], [2, 31, 32, 33, 34, 3], [2, 3], [2] + list(range(5, 22)) + [3]]
SENTENCES = ["json", "the cat sats.", "data: text", "query passage the the the cat sating é . unknown"]


def shake(model):
    """Weights wide enough for every operator to matter."""
    generator = torch.Generator().manual_seed(len(list(model.parameters())))
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * (0.3 if p.dim() > 1 else 0.1) + (1.0 if "LayerNorm.weight" in name or "layer_norm.weight" in name else 0.0))
    return model.eval()


def folder(name, config, vocabulary=VOCABULARY):
    d = os.path.join(OUT, name)
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    with open(os.path.join(d, "config.json"), "w") as f:
        json.dump({k: v for k, v in config.to_diff_dict().items()}, f)
    with open(os.path.join(d, "vocab.txt"), "w") as f:
        f.write("".join(p + "\n" for p in vocabulary))
    return d


def answers(model, ids):
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids])).last_hidden_state[0].double()


def expect(d, model, **more):
    states = [answers(model, ids) for ids in TEXTS]
    numbers = lambda v: [float(f"{x:.8g}") for x in v]
    with open(os.path.join(d, "expected.json"), "w") as f:
        json.dump(dict(texts=TEXTS, cls=[numbers(s[0]) for s in states], mean=[numbers(s.mean(0)) for s in states], **more), f)


def rounded(model, dtype):
    """The model whose weights are what the type can hold, in float32."""
    return model.to(dtype).to(torch.float32)


def main():
    torch.manual_seed(0)
    config = BertConfig(**SMALL, layer_norm_eps=1e-5)

    model = shake(BertModel(config))
    d = folder("safetensors", config)
    save_file(model.state_dict(), os.path.join(d, "model.safetensors"), metadata={"format": "pt"})
    expect(d, model)

    model = shake(BertForMaskedLM(BertConfig(**SMALL, hidden_act="gelu_new")))
    d = folder("prefixed", model.config)
    model.save_pretrained(d)
    for name in os.listdir(d):
        if name not in ("config.json", "vocab.txt", "model.safetensors"):
            os.remove(os.path.join(d, name))
    expect(d, model.bert)

    for name, dtype in (("float16", torch.float16), ("bfloat16", torch.bfloat16)):
        model = rounded(shake(BertModel(config)), dtype)
        d = folder(name, config)
        save_file({k: v.to(dtype) for k, v in model.state_dict().items()}, os.path.join(d, "model.safetensors"))
        expect(d, model)

    model = shake(BertModel(config))
    d = folder("sharded", config)
    state = model.state_dict()
    names = sorted(state)
    files = [f"model-{n + 1:05d}-of-00003.safetensors" for n in range(3)]
    for n, file in enumerate(files):
        save_file({k: state[k] for k in names[n::3]}, os.path.join(d, file))
    with open(os.path.join(d, "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {}, "weight_map": {k: files[names.index(k) % 3] for k in names}}, f)
    expect(d, model)

    model = shake(BertModel(BertConfig(**SMALL, hidden_act="relu")))
    d = folder("pytorch-zip", model.config)
    torch.save(model.state_dict(), os.path.join(d, "pytorch_model.bin"))
    expect(d, model)

    # The oldest files: gamma and beta, position_ids, prefix, no model_type, torch.save before 1.6.
    model = shake(BertModel(config))
    d = folder("pytorch-legacy", config)
    with open(os.path.join(d, "config.json")) as f:
        members = json.load(f)
    members.pop("model_type", None)
    with open(os.path.join(d, "config.json"), "w") as f:
        json.dump(members, f)
    old = {"bert." + k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
           for k, v in model.state_dict().items()}
    old["bert.embeddings.position_ids"] = torch.arange(20).unsqueeze(0)
    old["cls.predictions.bias"] = torch.zeros(4)
    torch.save(old, os.path.join(d, "pytorch_model.bin"), _use_new_zipfile_serialization=False)
    expect(d, model)

    model = shake(DistilBertModel(DistilBertConfig(vocab_size=len(VOCABULARY), dim=24, n_layers=2, n_heads=3, hidden_dim=36,
                                                   max_position_embeddings=20, dropout=0.0, attention_dropout=0.0)))
    d = folder("distilbert", model.config)
    save_file({"distilbert." + k: v for k, v in model.state_dict().items()}, os.path.join(d, "model.safetensors"))
    expect(d, model)

    # sentence-transformers, as the library itself saves it: mean pooling, normalisation, prompts, a shorter limit.
    model = shake(BertModel(config))
    with_tokenizer = folder("plain", config)
    model.save_pretrained(with_tokenizer)
    BertTokenizerFast(os.path.join(with_tokenizer, "vocab.txt"), do_lower_case=True).save_pretrained(with_tokenizer)
    whole = SentenceTransformer(
        modules=[Transformer(with_tokenizer, max_seq_length=16), Pooling(24, pooling_mode="mean"), Normalize()],
        prompts={"query": "query: ", "passage": "passage: "}, device="cpu")
    d = os.path.join(OUT, "sentence-transformers")
    shutil.rmtree(d, ignore_errors=True)
    whole.save(d)
    for name in ("README.md",):
        if os.path.exists(os.path.join(d, name)):
            os.remove(os.path.join(d, name))
    shutil.rmtree(with_tokenizer)
    tokenizer = whole.tokenizer
    rows = [tokenizer(s, truncation=True, max_length=16)["input_ids"] for s in SENTENCES]
    vectors = whole.encode(SENTENCES)
    expect(d, model.eval(), sentences=SENTENCES, rows=rows, embeddings=[[float(f"{x:.8g}") for x in v] for v in vectors])

    odd(config)


def odd(config):
    """What real files have and these libraries no longer write by themselves: half precision, views, a table with room to spare."""
    # One storage for everything, its matrices turned over in place as by those who converted from TensorFlow; half precision.
    model = rounded(shake(BertModel(config)), torch.float16)
    d = folder("pytorch-views", config)
    state = {k: v.to(torch.float16) for k, v in model.state_dict().items()}
    shared = torch.cat([(v.t() if v.dim() == 2 else v).reshape(-1) for v in state.values()])
    views, at = {}, 0
    for k, v in state.items():
        part = shared[at:at + v.numel()]
        views[k] = part.view(v.shape[1], v.shape[0]).t() if v.dim() == 2 else part.view(v.shape)
        at += v.numel()
    assert not views["encoder.layer.0.output.dense.weight"].is_contiguous()
    torch.save(views, os.path.join(d, "pytorch_model.bin"))
    expect(d, model)

    # A configuration that leaves to the library what it would take anyway, a tokenizer.json alone with tokens added behind the
    # vocabulary, a table rounded up to a multiple of 8, float64, no token types.
    vocabulary = VOCABULARY + ["[NEW]", "covid"]
    model = shake(BertModel(BertConfig(**{**SMALL, "vocab_size": 48, "type_vocab_size": 1, "max_position_embeddings": 512})))
    d = folder("sparse-config", model.config)
    with open(os.path.join(d, "config.json"), "w") as f:
        json.dump(dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=36, vocab_size=48, type_vocab_size=1), f)
    tokenizer = BertTokenizerFast(os.path.join(d, "vocab.txt"), do_lower_case=True)
    tokenizer.add_tokens(["[NEW]", "covid"])
    tokenizer.save_pretrained(d)
    for name in os.listdir(d):
        if name not in ("config.json", "tokenizer.json", "tokenizer_config.json"):
            os.remove(os.path.join(d, name))
    save_file({k: v.double() for k, v in model.state_dict().items()}, os.path.join(d, "model.safetensors"))
    expect(d, model)

    # A masked language model: its tied decoder is the word embeddings once more, and weights lie there twice.
    model = shake(BertForMaskedLM(config))
    d = folder("tied", config)
    state = model.state_dict()
    assert state["cls.predictions.decoder.weight"].data_ptr() == state["bert.embeddings.word_embeddings.weight"].data_ptr()
    torch.save(state, os.path.join(d, "pytorch_model.bin"))
    save_file({k: v.clone() for k, v in state.items()}, os.path.join(d, "model.safetensors"))
    expect(d, model.bert)


if __name__ == "__main__":
    main() if len(sys.argv) == 1 else odd(BertConfig(**SMALL, layer_norm_eps=1e-5))
