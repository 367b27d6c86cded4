#!/usr/bin/env python3
"""Writes SmolLM2's GGUF, dequantised, as a Hugging Face folder, so that every contender reads the same weights.

    gguf_to_hf.py MODEL.gguf FOLDER --dtype float32|bfloat16

GGUF interleaves the rotary halves of the query and key projections of the llama architecture; that is undone here.
"""
import argparse
import json
import pathlib

import torch
from gguf import GGUFReader, dequantize
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OTHER_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
CONTROL_TOKEN = 3

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("gguf")
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--dtype", choices=["float32", "bfloat16"], required=True)
args = parser.parse_args()
reader = GGUFReader(args.gguf)
metadata = {key: field.contents() for key, field in reader.fields.items()}
of_model = {key.removeprefix("llama."): value for key, value in metadata.items() if key.startswith("llama.")}
heads, key_heads = of_model["attention.head_count"], of_model["attention.head_count_kv"]


def halves(weight, heads):
    """[heads, D / 2 pairs, 2] back to [heads, 2 halves, D / 2], along the rows."""
    return weight.view(heads, -1, 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def named(tensor):
    weight = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).float()
    if tensor.name in OTHER_NAMES:
        return OTHER_NAMES[tensor.name], weight
    _, layer, part, _ = tensor.name.split(".")
    if part in ("attn_q", "attn_k"):
        weight = halves(weight, heads if part == "attn_q" else key_heads)
    return f"model.layers.{layer}.{LAYER_NAMES[part]}.weight", weight


weights = dict(named(tensor) for tensor in reader.tensors)
weights = {name: weight.to(getattr(torch, args.dtype)).contiguous() for name, weight in weights.items()}
bos, eos = metadata["tokenizer.ggml.bos_token_id"], metadata["tokenizer.ggml.eos_token_id"]
config = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": of_model["embedding_length"],
    "vocab_size": weights["model.embed_tokens.weight"].shape[0],
    "intermediate_size": of_model["feed_forward_length"],
    "num_hidden_layers": of_model["block_count"],
    "num_attention_heads": heads,
    "num_key_value_heads": key_heads,
    "max_position_embeddings": of_model["context_length"],
    "rms_norm_eps": of_model["attention.layer_norm_rms_epsilon"],
    "rope_theta": of_model["rope.freq_base"],
    "hidden_act": "silu",
    "tie_word_embeddings": "lm_head.weight" not in weights,
    "bos_token_id": bos,
    "eos_token_id": eos,
    "torch_dtype": args.dtype,
}
args.folder.mkdir(parents=True, exist_ok=True)
(args.folder / "config.json").write_text(json.dumps(config, indent=2))
save_file(weights, args.folder / "model.safetensors", metadata={"format": "pt"})

texts = metadata["tokenizer.ggml.tokens"]
merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
tokenizer = Tokenizer(models.BPE(vocab={text: i for i, text in enumerate(texts)}, merges=merges))
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
)
tokenizer.decoder = decoders.ByteLevel()
types = metadata["tokenizer.ggml.token_type"]
tokenizer.add_special_tokens(
    [AddedToken(text, special=True, normalized=False) for text, kind in zip(texts, types) if kind == CONTROL_TOKEN]
)
tokenizer.save(str(args.folder / "tokenizer.json"))
(args.folder / "tokenizer_config.json").write_text(
    json.dumps(
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": texts[bos],
            "eos_token": texts[eos],
            "pad_token": texts[eos],
            "chat_template": metadata["tokenizer.chat_template"],
        },
        indent=2,
    )
)
