"""Writes the tiny model that the tests of the extension train: two layers of random weights, one token a word."""
import json, sys, torch
from pathlib import Path
from safetensors.torch import save_file
out = Path(sys.argv[1]); out.mkdir(parents=True, exist_ok=True)
words = ["<pad>", "<unk>", "<end>", "<user>", "<assistant>"]
words += "billing technical which team the a my is i and was not please invoice refund payment charge price card crash error login screen update slow wrong again today new".split()
V, C, F, L, H, K = len(words), 32, 48, 2, 4, 2
json.dump({"version": "1.0", "truncation": None, "padding": None,
  "added_tokens": [{"id": i, "content": w, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i, w in enumerate(words[:5])],
  "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
  "model": {"type": "WordLevel", "vocab": {w: i for i, w in enumerate(words)}, "unk_token": "<unk>"}}, open(out/"tokenizer.json", "w"), indent=1)
json.dump({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<end>", "pad_token": "<pad>", "unk_token": "<unk>", "model_max_length": 128,
  "chat_template": "{% for m in messages %}<{{ m.role }}> {{ m.content }}{% if m.role == 'assistant' %} <end>{% endif %} {% endfor %}{% if add_generation_prompt %}<assistant> {% endif %}"}, open(out/"tokenizer_config.json", "w"), indent=1)
json.dump({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": C, "intermediate_size": F, "num_hidden_layers": L, "num_attention_heads": H,
  "num_key_value_heads": K, "vocab_size": V, "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
  "tie_word_embeddings": True, "bos_token_id": 2, "eos_token_id": 2, "torch_dtype": "float32"}, open(out/"config.json", "w"), indent=1)
torch.manual_seed(1)
r = lambda a, b: (torch.rand(a, b) - 0.5) * 0.4
t = {"model.embed_tokens.weight": r(V, C), "model.norm.weight": torch.ones(C)}
for l in range(L):
    n = f"model.layers.{l}."
    t[n+"input_layernorm.weight"] = torch.ones(C); t[n+"post_attention_layernorm.weight"] = torch.ones(C)
    k = C // H * K
    for name, a, b in [("self_attn.q_proj", C, C), ("self_attn.k_proj", k, C), ("self_attn.v_proj", k, C), ("self_attn.o_proj", C, C), ("mlp.gate_proj", F, C), ("mlp.up_proj", F, C), ("mlp.down_proj", C, F)]:
        t[n+name+".weight"] = r(a, b)
save_file(t, out/"model.safetensors", metadata={"format": "pt"})
