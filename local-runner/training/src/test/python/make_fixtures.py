#!/usr/bin/env python3
"""Makes the tiny random models that the tests of the training core compare with, and what transformers and PEFT compute on them.

    python make_fixtures.py OUTPUT_FOLDER

Needs torch, transformers, peft, safetensors and gguf. Written to src/test/resources/dev/finetune4j/training/model/fixtures.
Each model folder holds config.json, model.safetensors and expected.json (token ids and logits); a folder peft holds an adapter at its
start and after some steps of AdamW, and the losses between: for the model tied, and without the end in the folders of others.
"""
import json
import os
import shutil
import sys

import gguf
import torch
from peft import LoraConfig, get_peft_model
from transformers import (Gemma2Config, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM,
                          MistralConfig, MistralForCausalLM, Phi3Config, Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen3Config, Qwen3ForCausalLM)

SIZES = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=256, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2,
             pad_token_id=2)
LLAMA3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=64)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=64)
LONG_SIZES = {**SIZES, "max_position_embeddings": 1024}
LONG_ROPE = dict(rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=512, partial_rotary_factor=0.75,
                 short_factor=[1.0, 1.25, 1.5], long_factor=[1.0, 4.0, 8.0])
# Gemma's norms add 1 to their weights, and its embedding is scaled up.
GEMMA = dict(head_dim=12, query_pre_attn_scalar=20, sliding_window=24, hidden_activation="gelu_pytorch_tanh")
MODELS = {
    "tied": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=True)),
    "untied": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=False, head_dim=12)),
    "bias": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=True, attention_bias=True, mlp_bias=True)),
    "llama3": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=True, rope_parameters=LLAMA3)),
    "linear": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=True, rope_parameters=dict(
        rope_type="linear", rope_theta=10000.0, factor=4.0))),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SIZES, tie_word_embeddings=True, use_sliding_window=False)),
    "yarn": (LlamaForCausalLM, LlamaConfig(**SIZES, tie_word_embeddings=True, rope_parameters=YARN)),
    "mistral": (MistralForCausalLM, MistralConfig(**SIZES, tie_word_embeddings=False, head_dim=12, sliding_window=24)),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**SIZES, tie_word_embeddings=True, head_dim=12, use_sliding_window=True,
                                            sliding_window=24, max_window_layers=1)),
    "phi3": (Phi3ForCausalLM, Phi3Config(**LONG_SIZES, tie_word_embeddings=False, sliding_window=24,
                                         original_max_position_embeddings=512, rope_parameters=LONG_ROPE)),
    "gemma2": (Gemma2ForCausalLM, Gemma2Config(**SIZES, **GEMMA, attn_logit_softcapping=2.0, final_logit_softcapping=3.0)),
    "gemma3": (Gemma3ForCausalLM, Gemma3TextConfig(
        **SIZES, **GEMMA, layer_types=["sliding_attention", "full_attention"], rope_parameters=dict(
            sliding_attention=dict(rope_type="default", rope_theta=10000.0),
            full_attention=dict(rope_type="linear", rope_theta=1000000.0, factor=8.0)))),
}
TRAINED = ["mistral", "qwen3", "phi3", "gemma2", "gemma3"]
SEQUENCES = [[5, 17, 80, 33, 2, 9, 41, 60, 7, 90, 11], [3, 3, 71, 25, 64], list(range(10, 90))]


def random_model(cls, config, seed):
    torch.manual_seed(seed)
    if "Gemma" in cls.__name__:
        config._attn_implementation = "eager"  # the others leave out the cap of the scores
    model = cls(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith("norm.weight"):
                p.copy_((0 if "Gemma" in cls.__name__ else 1) + 0.2 * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * (0.6 if "embed" in name or "lm_head" in name else 0.25))
    return model


def floats(t):
    return [float("%.7g" % x) for x in t.flatten().tolist()]


def write_model(folder, cls, config, seed):
    model = random_model(cls, config, seed)
    model.save_pretrained(folder)
    for extra in ("generation_config.json", "README.md"):
        if os.path.exists(f"{folder}/{extra}"):
            os.remove(f"{folder}/{extra}")
    expected = []
    with torch.no_grad():
        for ids in SEQUENCES:
            logits = model(torch.tensor([ids])).logits[0]
            loss = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:]), reduction="sum")
            expected.append(dict(ids=ids, last_logits=floats(logits[-1]), loss=loss.item()))
    spoken = list(SEQUENCES[0])
    with torch.no_grad():
        for _ in range(12):
            spoken.append(int(model(torch.tensor([spoken])).logits[0, -1].argmax()))
    json.dump(dict(sequences=expected, greedy=spoken[len(SEQUENCES[0]):]), open(f"{folder}/expected.json", "w"))
    return model


def loss_of(model, sequences, first_target):
    total, count = 0, 0
    for ids in sequences:
        logits = model(torch.tensor([ids])).logits[0]
        total = total + torch.nn.functional.cross_entropy(
            logits[first_target:-1], torch.tensor(ids[first_target + 1:]), reduction="sum")
        count += len(ids) - 1 - first_target
    return total / count


def write_peft(folder, cls, config, seed):
    model = random_model(cls, config, seed)
    torch.manual_seed(7)
    model = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, target_modules="all-linear",
                                             task_type="CAUSAL_LM"))
    model.save_pretrained(f"{folder}/start")
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2, weight_decay=0.01)
    losses, norms = [], []
    for step in range(10):
        sequences = [SEQUENCES[step % 3], SEQUENCES[(step + 1) % 3]]
        loss = loss_of(model, sequences, 2)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
    model.save_pretrained(f"{folder}/end")
    model.eval()
    with torch.no_grad():
        logits = [floats(model(torch.tensor([ids])).logits[0][-1]) for ids in SEQUENCES]
    json.dump(dict(losses=losses, norms=norms, sequences=SEQUENCES, last_logits=logits),
              open(f"{folder}/expected.json", "w"))
    for part in ("start", "end"):
        os.remove(f"{folder}/{part}/README.md")
        with open(f"{folder}/{part}/adapter_config.json") as file:
            adapter = json.load(file)
        adapter["target_modules"].sort()
        with open(f"{folder}/{part}/adapter_config.json", "w") as file:
            json.dump(adapter, file, indent=2)


GGUF_NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
              "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
              "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def interleaved(w, heads):
    """Rotary pairs side by side, as llama.cpp's converter lays them."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(w.shape)


def write_gguf(file, cls, config, seed):
    """The same weights as in folder tied, as llama.cpp stores them."""
    model = random_model(cls, config, seed)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10000.0)
    for name, p in model.state_dict().items():
        w = p.numpy()
        if name == "lm_head.weight":
            continue
        if name == "model.embed_tokens.weight":
            stored = "token_embd.weight"
        elif name == "model.norm.weight":
            stored = "output_norm.weight"
        else:
            _, _, layer, path = name.split(".", 3)
            stored = f"blk.{layer}.{GGUF_NAMES[path[:-len('.weight')]]}.weight"
            if "q_proj" in path:
                w = interleaved(w, config.num_attention_heads)
            if "k_proj" in path:
                w = interleaved(w, config.num_key_value_heads)
        writer.add_tensor(stored, w.copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    out = sys.argv[1]
    shutil.rmtree(out, ignore_errors=True)
    for seed, (name, (cls, config)) in enumerate(MODELS.items()):
        write_model(f"{out}/{name}", cls, config, seed)
        if name in TRAINED:
            write_peft(f"{out}/{name}/peft", cls, config, seed)
            shutil.rmtree(f"{out}/{name}/peft/end")
    cls, config = MODELS["tied"]
    write_peft(f"{out}/peft", cls, config, 0)
    write_gguf(f"{out}/tied.gguf", cls, config, 0)


if __name__ == "__main__":
    main()
