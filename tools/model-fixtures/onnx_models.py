"""Writes the ONNX exports under test/model/fixtures/onnx with optimum, torch, onnxruntime, tokenizers and sentencepiece
themselves, with what transformers answers in PyTorch, so that bertops is tested against files that it did not write.

    python3 -m venv /tmp/onnx && /tmp/onnx/bin/pip install torch "transformers<5" optimum-onnx onnxscript onnxruntime sentencepiece
    /tmp/onnx/bin/python tools/model-fixtures/onnx_models.py

Last run with torch 2.15.0, transformers 4.57.6, optimum-onnx 0.1.0, onnx 1.23.2, tokenizers 0.22.2. Weights are random.
"""
import json, os, shutil, sys, tempfile
import onnx, torch
from onnx.external_data_helper import convert_model_to_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.exporters.onnx import onnx_export_from_model
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (AutoTokenizer, BertConfig, BertModel, DistilBertConfig, DistilBertModel, ModernBertConfig, ModernBertModel,
                          PreTrainedTokenizerFast, RobertaConfig, RobertaModel, XLMRobertaConfig, XLMRobertaModel, XLMRobertaTokenizer,
                          XLMRobertaTokenizerFast)

OUT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "test", "model", "fixtures", "onnx"))
TEXTS = [
    "JSON", "a text format for data", "The weather is nice today.", "  spaces\t and\n lines  ", "don't; it's 3.14 (or 42)!",
    "Das Wetter ist heute schön.", "Il fait beau aujourd'hui à Paris.", "¿Dónde está la biblioteca?", "Сегодня хорошая погода.",
    "今天天气很好。", "今日は天気がいいです。", "الطقس جميل اليوم", "हिन्दी में", "ﬁne ①②③ ｆｕｌｌ ｗｉｄｔｈ", "e\u0301 é \u200b\u200d zero\u00a0width",
    "🙂👩‍👩‍👧 emoji", "𠮷野家 𝔘𝔫𝔦", "<s> </s> <pad> <mask> [CLS] [SEP]", "x" * 120, "", "the the the the the the the the the the the the the the the",
]
MORE = ["query: what is a model", "passage: a model is a file of numbers", "word pieces, bytes and unigrams are tokens"]


def shake(model, seed):
    """Weights wide enough for every operator to matter."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            norm = p.dim() == 1 and "norm" in name.lower() and name.endswith("weight")
            p.copy_(torch.randn(p.shape, generator=generator) * (0.3 if p.dim() > 1 else 0.1) + (1.0 if norm else 0.0))
    return model.eval()


def byte_level(specials, cls, sep, roberta):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator((TEXTS + MORE) * 3, trainers.BpeTrainer(vocab_size=420, special_tokens=specials, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    ids = (cls, tokenizer.token_to_id(cls)), (sep, tokenizer.token_to_id(sep))
    tokenizer.post_processor = (processors.RobertaProcessing(sep=ids[1], cls=ids[0], add_prefix_space=False) if roberta else
                                processors.TemplateProcessing(single=f"{cls} $A {sep}", pair=f"{cls} $A {sep} $B {sep}", special_tokens=list(ids)))
    return tokenizer


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator((TEXTS + MORE) * 3, trainers.WordPieceTrainer(vocab_size=300, show_progress=False,
                                  special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    tokenizer.post_processor = processors.BertProcessing(sep=("[SEP]", 3), cls=("[CLS]", 2))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
                                   mask_token="[MASK]", model_max_length=24)


def unigram():
    """A SentencePiece model with XLM-R's normalisation, as transformers turns it into a tokenizer.json."""
    import sentencepiece
    with tempfile.TemporaryDirectory() as d:
        with open(os.path.join(d, "texts"), "w") as f:
            f.write("\n".join(t for t in (TEXTS + MORE) * 20 if t.strip()))
        sentencepiece.SentencePieceTrainer.train(input=os.path.join(d, "texts"), model_prefix=os.path.join(d, "sentencepiece.bpe"), vocab_size=230,
                                                 model_type="unigram", normalization_rule_name="nmt_nfkc", hard_vocab_limit=False,
                                                 num_threads=1, minloglevel=2)
        slow = XLMRobertaTokenizer(os.path.join(d, "sentencepiece.bpe.model"))
        slow.save_pretrained(d)
        fast = XLMRobertaTokenizerFast.from_pretrained(d)
    fast.model_max_length = 24
    return fast


def folder(name):
    d = os.path.join(OUT, name)
    shutil.rmtree(d, ignore_errors=True)
    os.makedirs(d)
    return d


def answers(model, tokenizer, limit):
    ids, cls, mean = [], [], []
    takes = model.forward.__code__.co_varnames
    numbers = lambda v: [float(f"{x:.8g}") for x in v.double()]
    for text in TEXTS:
        batch = tokenizer(text, truncation=True, max_length=limit, return_tensors="pt")
        with torch.no_grad():
            state = model(**{k: v for k, v in batch.items() if k in takes}).last_hidden_state[0]
        ids.append(batch["input_ids"][0].tolist())
        cls.append(numbers(state[0]))
        mean.append(numbers(state.mean(0)))
    return dict(texts=TEXTS, ids=ids, cls=cls, mean=mean)


def export(name, model, tokenizer, limit, task="feature-extraction", **more):
    d = folder(name)
    onnx_export_from_model(model, d, task=task, opset=17, do_validation=False, **more)
    tokenizer.save_pretrained(d)
    for file in os.listdir(d):
        if file not in ("model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json"):
            os.remove(os.path.join(d, file))
    with open(os.path.join(d, "expected.json"), "w") as f:
        json.dump(answers(model, tokenizer, limit), f, ensure_ascii=False)
    return d


def write(d, name, value):
    os.makedirs(os.path.dirname(os.path.join(d, name)), exist_ok=True)
    with open(os.path.join(d, name), "w") as f:
        json.dump(value, f)


SMALL = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24)


def roberta():
    fast = byte_level(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<s>", "</s>", True)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=fast, bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>",
                                        unk_token="<unk>", pad_token="<pad>", mask_token="<mask>")
    config = RobertaConfig(**SMALL, vocab_size=fast.get_vocab_size(), max_position_embeddings=26, type_vocab_size=1)
    d = export("roberta", shake(RobertaModel(config, add_pooling_layer=False), 1), tokenizer, 24)
    # Its weights beside the graph, in two files, as large exports have them.
    proto = onnx.load(os.path.join(d, "model.onnx"))
    convert_model_to_external_data(proto, all_tensors_to_one_file=True, location="model.onnx_data", size_threshold=256)
    onnx.save(proto, os.path.join(d, "model.onnx"))


def xlm_roberta():
    tokenizer = unigram()
    config = XLMRobertaConfig(**SMALL, vocab_size=len(tokenizer), max_position_embeddings=26, type_vocab_size=1)
    export("xlm-roberta", shake(XLMRobertaModel(config, add_pooling_layer=False), 2), tokenizer, 24)


def modernbert():
    fast = byte_level(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], "[CLS]", "[SEP]", False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=fast, cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]", pad_token="[PAD]",
                                        mask_token="[MASK]", model_max_length=32, model_input_names=["input_ids", "attention_mask"])
    config = ModernBertConfig(**{**SMALL, "num_hidden_layers": 3}, vocab_size=fast.get_vocab_size(), max_position_embeddings=32, pad_token_id=0,
                              bos_token_id=1, cls_token_id=1, eos_token_id=2, sep_token_id=2, local_attention=8, reference_compile=False,
                              attn_implementation="eager")
    export("modernbert", shake(ModernBertModel(config), 3), tokenizer, 32)


def sentence_transformers():
    """A directory as it lies on a model hub: modules.json, and the exports in a folder, one of them with 8-bit weights."""
    tokenizer = wordpiece()
    config = BertConfig(**SMALL, vocab_size=len(tokenizer), max_position_embeddings=24)
    model = shake(BertModel(config, add_pooling_layer=False), 4)
    d = export("sentence-transformers", model, tokenizer, 20)
    os.makedirs(os.path.join(d, "onnx"))
    os.rename(os.path.join(d, "model.onnx"), os.path.join(d, "onnx", "model.onnx"))
    quantize_dynamic(os.path.join(d, "onnx", "model.onnx"), os.path.join(d, "onnx", "model_quantized.onnx"), weight_type=QuantType.QUInt8)
    write(d, "modules.json", [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                              {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                              {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])
    write(d, "1_Pooling/config.json", {"word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True})
    write(d, "sentence_bert_config.json", {"max_seq_length": 20, "do_lower_case": False})
    write(d, "config_sentence_transformers.json", {"prompts": {"query": "query: "}, "default_prompt_name": None})
    # A tokenizer that was saved with padding and truncation switched on: neither may leak into the answers.
    file = os.path.join(d, "tokenizer.json")
    fast = Tokenizer.from_file(file)
    fast.enable_padding(length=20, pad_id=0, pad_token="[PAD]")
    fast.enable_truncation(8)
    fast.save(file)


class Pooled(torch.nn.Module):
    """An encoder that answers one vector a text, as sentence-transformers exports it."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, input_ids, attention_mask):
        state = self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(state.dtype)
        return state, (state * mask).sum(1) / mask.sum(1)


def sentence_embedding():
    """Written by torch's own exporter: a newer opset, functions of its own, data beside the graph, and a pooled output."""
    tokenizer = wordpiece()
    config = DistilBertConfig(dim=16, n_layers=2, n_heads=2, hidden_dim=24, vocab_size=len(tokenizer), max_position_embeddings=24,
                              attn_implementation="eager")
    model = shake(DistilBertModel(config), 5)
    d = folder("sentence-embedding")
    tokenizer.save_pretrained(d)
    os.remove(os.path.join(d, "special_tokens_map.json"))
    config.save_pretrained(d)
    sample = (torch.tensor([[2, 5, 3], [2, 3, 0]]), torch.tensor([[1, 1, 1], [1, 1, 0]]))
    dynamic = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    program = torch.onnx.export(Pooled(model).eval(), sample, dynamo=True, input_names=["input_ids", "attention_mask"],
                                output_names=["token_embeddings", "sentence_embedding"], dynamic_shapes=(dynamic, dynamic))
    program.save(os.path.join(d, "model.onnx"), external_data=True)
    with open(os.path.join(d, "expected.json"), "w") as f:
        json.dump(answers(model, tokenizer, 24), f, ensure_ascii=False)


def classifier():
    """An export of another task, which has no hidden states to make vectors of."""
    from transformers import BertForSequenceClassification
    tokenizer = wordpiece()
    model = shake(BertForSequenceClassification(BertConfig(**{**SMALL, "num_hidden_layers": 1}, vocab_size=len(tokenizer), max_position_embeddings=24)), 6)
    d = folder("classifier")
    onnx_export_from_model(model, d, task="text-classification", opset=17, do_validation=False)
    tokenizer.save_pretrained(d)
    for file in ("vocab.txt", "special_tokens_map.json"):
        if os.path.exists(os.path.join(d, file)):
            os.remove(os.path.join(d, file))


for make in (roberta, xlm_roberta, modernbert, sentence_transformers, sentence_embedding, classifier):
    if len(sys.argv) == 1 or make.__name__ in sys.argv[1:]:
        make()
        print(make.__name__)
