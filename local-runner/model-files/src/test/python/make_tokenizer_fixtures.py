#!/usr/bin/env python3
"""Make small tokenizers, as a model folder and as GGUF, and what transformers gives for them.

    pip install gguf numpy tokenizers transformers
    python make_tokenizer_fixtures.py

codec/model/            a model folder without weights: config.json, tokenizer.json, tokenizer_config.json
codec/metaspace.json    a tokenizer that puts a blank before the first word
codec/PRE.gguf          the same vocabulary with each pre-tokenizer that is known, one embedding row of one number each
codec/tokens.json       texts and their tokens for each
"""
import json
import pathlib
import random

import gguf
import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/codec"
VOCABULARY = 600
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|reserved|>"]
WORDS = ["<think>", "</think>"]
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
GPT2 = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
SEQUENCE = pre_tokenizers.Sequence
PRE = {
    "gpt-2": GPT2,
    "smollm": SEQUENCE([pre_tokenizers.Digits(individual_digits=True), GPT2]),
    "llama-bpe": SEQUENCE([pre_tokenizers.Split(Regex(PATTERN % r"\p{N}{1,3}"), "isolated"), BYTES]),
    "qwen2": SEQUENCE([pre_tokenizers.Split(Regex(PATTERN % r"\p{N}"), "isolated"), BYTES]),
}
TEXT = pathlib.Path(__file__).read_text() + """
The quick brown fox jumps over the lazy dog. It's what they'll say: we've seen 12, 345 and 67890 foxes, haven't we?
Grüße aus Zürich; naïve café façade. The user asks a question, the assistant answers it. What is the answer? The answer is 42.
Sentences about attackers: the malware collects files, the group sends mail, the tool reads the registry of the host.
"""


def byte_level(pre):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


trained = byte_level(PRE["smollm"])
trained.train_from_iterator(
    [TEXT] * 3,
    trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(WORDS),
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
trained.add_tokens([AddedToken(word, special=False, normalized=False) for word in WORDS])
model = json.loads(trained.to_str())["model"]
size = trained.get_vocab_size()
tokens = [trained.id_to_token(i) for i in range(size)]
merges = [" ".join(pair) for pair in model["merges"]]

folder = OUT / "model"
folder.mkdir(parents=True, exist_ok=True)
trained.save(str(folder / "tokenizer.json"))
config = dict(
    architectures=["LlamaForCausalLM"],
    hidden_size=8,
    intermediate_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    num_key_value_heads=1,
    vocab_size=size,
    max_position_embeddings=256,
    rms_norm_eps=1e-5,
    rope_theta=10000.0,
    tie_word_embeddings=True,
    bos_token_id=1,
    eos_token_id=0,
)
(folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
chatml = (OUT.parent / "template/chat/chatml.jinja").read_text()
settings = dict(bos_token="<|im_start|>", eos_token="<|endoftext|>", chat_template=chatml)
(folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")

metaspace = Tokenizer(models.BPE(unk_token="<unk>"))
metaspace.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
metaspace.decoder = decoders.Metaspace(prepend_scheme="first")
metaspace.train_from_iterator(
    [TEXT] * 3,
    trainers.BpeTrainer(vocab_size=300, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False),
)
metaspace.save(str(OUT / "metaspace.json"))

random.seed(5)
ALPHABET = "abc XYZ 0123456789 \n\t.,;'’\"äöüßéñ你好世界🙂\u00a0\u2028\u200b\u0301'll 's 'VE <|{}[]#$%^&*"
texts = [line for line in TEXT.split("\n") if line]
texts += ["".join(random.choice(ALPHABET) for _ in range(random.randint(1, 60))) for _ in range(150)]
texts += ["<|im_start|>user\nHi<|im_end|>\n", "<think>\nso\n</think>\n\nfox", "e\u0301 é", "1234567", "  two  blanks  "]
expected = {}
for name, pre in PRE.items():
    tokenizer = byte_level(pre)
    tokenizer.model = models.BPE(
        vocab={token: i for i, token in enumerate(tokens)},
        merges=[tuple(merge.split(" ")) for merge in merges],
        ignore_merges=name == "llama-bpe",
    )
    if name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    tokenizer.add_tokens([AddedToken(word, special=False, normalized=False) for word in WORDS])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer)
    expected[name] = [fast.encode(text, add_special_tokens=False) for text in texts]

    writer = gguf.GGUFWriter(OUT / f"{name}.gguf", "llama")
    writer.add_context_length(256)
    writer.add_embedding_length(8)
    writer.add_block_count(1)
    writer.add_feed_forward_length(16)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(name)
    writer.add_token_list(tokens)
    writer.add_token_merges(merges)
    kinds = [gguf.TokenType.CONTROL if t in SPECIAL else gguf.TokenType.USER_DEFINED if t in WORDS else gguf.TokenType.NORMAL for t in tokens]
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(name == "llama-bpe")
    if name != "gpt-2":
        writer.add_chat_template(chatml)
    writer.add_tensor("token_embd.weight", np.zeros((size, 1), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

with open(OUT / "tokens.json", "w", encoding="utf-8") as out:
    json.dump(dict(texts=texts, tokens=expected), out, ensure_ascii=False)
    out.write("\n")
print(size, "tokens,", len(texts), "texts")
