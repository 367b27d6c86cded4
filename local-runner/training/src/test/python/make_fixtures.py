#!/usr/bin/env python3
"""Makes the tiny random models that the tests of the training core compare with, and what transformers and PEFT compute on them.

    python make_fixtures.py OUTPUT_FOLDER

Needs torch, transformers, peft, safetensors and gguf. Written to src/test/resources/dev/finetune4j/training/model/fixtures.
Each model folder holds config.json, model.safetensors and expected.json (token ids and logits); a folder peft holds an adapter at its
start and after some steps of AdamW, and the losses between: for the model tied, and without the end in the folders of others. Folders
of VARIANTS hold the same of other settings of LoRA, folders full the losses of training every weight, folders prompt and
prefix those of training virtual tokens, by their embeddings and by their keys and values, and the adapter after it.
"""
import json
import os
import shutil
import sys
import tempfile

import gguf
import torch
from peft import (LoraConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, get_peft_model,
                  initialize_kv_prefix_from_past_key_values)
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (DynamicCache, Gemma2Config, Gemma2ForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig,
                          LlamaForCausalLM, MistralConfig, MistralForCausalLM, Phi3Config, Phi3ForCausalLM, PreTrainedTokenizerFast,
                          Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM)
from transformers.optimization import get_cosine_schedule_with_warmup
from transformers.trainer_pt_utils import get_parameter_names

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../../model-files/src/test/python"))
from nf4_reference import round_trip  # noqa: E402

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
# Settings of LoRA beside the plain ones, on the model untied, for 50 steps.
VARIANTS = {
    "ranks": dict(use_rslora=True, rank_pattern={"q_proj": 2, "down_proj": 6}, alpha_pattern={"down_proj": 3, "v_proj": 16}),
    "layers": dict(layers_to_transform=[1], target_modules=["q_proj", "v_proj", "up_proj"]),
    "qlora": dict(quantized=True),
    "dora": dict(use_dora=True, use_rslora=True, rank_pattern={"q_proj": 2}),
    "qdora": dict(use_dora=True, quantized=True, target_modules=["q_proj", "v_proj", "up_proj", "down_proj"]),
}
# Modules whose own weights are trained beside the adapters, for 50 steps.
BESIDE = {
    "tied": {"embedding": ["embed_tokens"], "head": ["lm_head"]},
    "untied": {"beside": ["embed_tokens", "lm_head"]},
    "gemma2": {"beside": ["embed_tokens", "lm_head"]},
}
# Number formats beside float32 in which PEFT may have saved an adapter.
NARROW = {"bf16": torch.bfloat16, "fp16": torch.float16}
FULL_RATE = 3e-4
PROMPT_RATE = 3e-2
NARROW_PROMPT_RATE = 3e-3  # at 3e-2 the losses of PEFT in bf16 differ by 1.7 % from processor to processor, at 3e-3 by 0.4 %
PREFIX_RATE = 1e-2
NARROW_PREFIX_RATE = 3e-3
PROMPTED = ["tied", "qwen3", "phi3", "gemma2"]
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


def quantize_linears(model):
    """Replaces the weights of the layers by what NF4 leaves of them."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if ".layers." in name and p.dim() == 2:
                p.copy_(round_trip(p))


def write_peft(folder, cls, config, seed, steps=10, lr=1e-2, quantized=False, **settings):
    model = random_model(cls, config, seed)
    if quantized:
        quantize_linears(model)
    torch.manual_seed(7)
    plain = dict(r=4, lora_alpha=8, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(model, LoraConfig(**{**plain, **settings}))
    model.save_pretrained(f"{folder}/start")
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=lr, weight_decay=0.01)
    losses, norms = [], []
    for step in range(steps):
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
        if adapter["modules_to_save"]:
            adapter["modules_to_save"].sort()
        with open(f"{folder}/{part}/adapter_config.json", "w") as file:
            json.dump(adapter, file, indent=2)
        if quantized:
            with open(f"{folder}/{part}/quantization_config.json", "w") as file:
                json.dump(dict(quant_method="bitsandbytes", load_in_4bit=True, bnb_4bit_quant_type="nf4",
                               bnb_4bit_use_double_quant=True), file)


def write_narrow(folder, start, cls, config, seed):
    """The adapter in folder end of start as PEFT saves it in narrower numbers, and what it gives widened again."""
    for name, dtype in NARROW.items():
        model = PeftModel.from_pretrained(random_model(cls, config, seed), f"{start}/end")
        factors = [p for n, p in model.named_parameters() if "lora_" in n]
        for p in factors:
            p.data = p.data.to(dtype)
        model.save_pretrained(f"{folder}/{name}")
        os.remove(f"{folder}/{name}/README.md")
        for p in factors:
            p.data = p.data.float()
        with torch.no_grad():
            logits = [floats(model(torch.tensor([ids])).logits[0][-1]) for ids in SEQUENCES]
        json.dump(dict(sequences=SEQUENCES, last_logits=logits), open(f"{folder}/{name}/expected.json", "w"))


NO_DECAY = [r"bias", r"layernorm", r"rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"]  # Trainer.get_decay_parameter_names


def trained_whole(cls, config, seed, steps, autocast):
    """Every weight trained as Trainer does it: losses, gradient norms and the last logits."""
    model = random_model(cls, config, seed)
    decayed = set(get_parameter_names(model, [torch.nn.LayerNorm], NO_DECAY))
    groups = [dict(params=[p for n, p in model.named_parameters() if n in decayed], weight_decay=0.1),
              dict(params=[p for n, p in model.named_parameters() if n not in decayed], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=FULL_RATE)
    schedule = get_cosine_schedule_with_warmup(optimizer, steps // 10, steps)
    losses, norms, rates = [], [], []
    for step in range(steps):
        micro = [[SEQUENCES[step % 3]], [SEQUENCES[(step + 1) % 3]]]
        count = sum(len(ids) - 3 for batch in micro for ids in batch)
        total = 0
        for batch in micro:
            with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
                loss = loss_of(model, batch, 2) * sum(len(ids) - 3 for ids in batch) / count
            loss.backward()
            total += loss.item()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(total)
    model.eval()
    with torch.no_grad():
        logits = [floats(model(torch.tensor([ids])).logits[0][-1]) for ids in SEQUENCES]
    return dict(losses=losses, norms=norms, rates=rates, last_logits=logits)


def write_full(folder, cls, config, seed, steps):
    os.makedirs(folder, exist_ok=True)
    expected = dict(sequences=SEQUENCES, fp32=trained_whole(cls, config, seed, steps, False))
    if folder.endswith("/tied/full"):
        expected["bf16"] = trained_whole(cls, config, seed, steps, True)
    json.dump(expected, open(f"{folder}/expected.json", "w"))


START_TOKENS = [5, 17, 80]


def prompted(cls, config, seed):
    """The model with virtual tokens that start as START_TOKENS, in turn: PEFT takes them from a text, by way of a tokenizer."""
    words = {f"w{i}": i for i in range(config.vocab_size)}
    tokenizer = Tokenizer(WordLevel(words, unk_token="w0"))
    tokenizer.pre_tokenizer = Whitespace()
    with tempfile.TemporaryDirectory() as temporary:
        PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(temporary)
        return get_peft_model(random_model(cls, config, seed), PromptTuningConfig(
            task_type="CAUSAL_LM", num_virtual_tokens=5, prompt_tuning_init="TEXT",
            prompt_tuning_init_text=" ".join(f"w{i}" for i in START_TOKENS), tokenizer_name_or_path=temporary))


def prefixed(cls, config, seed):
    """The model with keys and values that start as those of START_TOKENS, in turn."""
    model = get_peft_model(random_model(cls, config, seed), PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=5))
    text = torch.tensor([[START_TOKENS[i % len(START_TOKENS)] for i in range(5)]])
    with torch.no_grad(), model.disable_adapter():
        read = model.base_model(text, cache=DynamicCache(), use_cache=True)
    initialize_kv_prefix_from_past_key_values(model, past_key_values=[(layer.keys, layer.values) for layer in read.cache.layers])
    return model


VIRTUAL = {"prompt": (prompted, PROMPT_RATE, NARROW_PROMPT_RATE), "prefix": (prefixed, PREFIX_RATE, NARROW_PREFIX_RATE)}


def trained_prompt(model, steps, rate, narrow):
    if narrow:
        model.base_model.to(torch.bfloat16)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=0.1)
    schedule = get_cosine_schedule_with_warmup(optimizer, steps // 10, steps)
    losses, norms, rates = [], [], []
    for step in range(steps):
        micro = [SEQUENCES[step % 3], SEQUENCES[(step + 1) % 3]]
        count = sum(len(ids) - 3 for ids in micro)
        total = 0
        for ids in micro:
            labels = [-100] * 3 + ids[3:]
            loss = model(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)),
                         labels=torch.tensor([labels])).loss * (len(ids) - 3) / count
            loss.backward()
            total += loss.item()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(total)
    return dict(losses=losses, norms=norms, rates=rates)


def write_prompt(folder, kind, cls, config, seed, steps):
    make, rate, narrow_rate = VIRTUAL[kind]
    folder = f"{folder}/{kind}"
    model = make(cls, config, seed)
    expected = dict(sequences=SEQUENCES, start=floats(model.get_prompt_embedding_to_save("default")),
                    fp32=trained_prompt(model, steps, rate, False))
    model.save_pretrained(f"{folder}/end")
    os.remove(f"{folder}/end/README.md")
    with open(f"{folder}/end/adapter_config.json") as file:
        adapter = json.load(file)
    if "tokenizer_name_or_path" in adapter:
        adapter["tokenizer_name_or_path"] = "made"
    with open(f"{folder}/end/adapter_config.json", "w") as file:
        json.dump(adapter, file, indent=2)
    model.eval()
    with torch.no_grad():
        expected["last_logits"] = [floats(model(
            input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids))).logits[0][-1]) for ids in SEQUENCES]
    if steps == 50:
        expected["bf16"] = trained_prompt(make(cls, config, seed), steps, narrow_rate, True)
    json.dump(expected, open(f"{folder}/expected.json", "w"))


GGUF_NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
              "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
              "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def interleaved(w, heads):
    """Rotary pairs side by side, as llama.cpp's converter lays them."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(w.shape)


# Formats of mixed.gguf; what is not named stays float32.
Q = gguf.GGMLQuantizationType
MIXED = {"embed_tokens": Q.Q8_0, "q_proj": Q.Q8_0, "k_proj": Q.Q4_0, "o_proj": Q.Q4_0, "gate_proj": Q.Q4_1, "up_proj": Q.Q8_0}


def format_of(name, formats):
    return next((kind for part, kind in formats.items() if part in name), Q.F32)


def write_quantized_logits(file, cls, config, seed):
    """What transformers computes on mixed.gguf, its blocks as they are and its other layers after a round trip through NF4."""
    model = random_model(cls, config, seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            kind = format_of(name, MIXED)
            if kind != Q.F32:
                p.copy_(torch.from_numpy(gguf.quants.dequantize(gguf.quants.quantize(p.numpy(), kind), kind)))
            elif ".layers." in name and p.dim() == 2:
                p.copy_(round_trip(p))
        logits = [floats(model(torch.tensor([ids])).logits[0][-1]) for ids in SEQUENCES]
    json.dump(dict(sequences=SEQUENCES, last_logits=logits), open(file, "w"))


def write_gguf(file, cls, config, seed, formats={}):
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
        kind = format_of(name, formats)
        if kind == Q.F32:
            writer.add_tensor(stored, w.copy())
        else:
            writer.add_tensor(stored, gguf.quants.quantize(w.copy(), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    out = sys.argv[1]
    shutil.rmtree(out, ignore_errors=True)
    for seed, (name, (cls, config)) in enumerate(MODELS.items()):
        write_model(f"{out}/{name}", cls, config, seed)
        if name in PROMPTED:
            for kind in VIRTUAL:
                write_prompt(f"{out}/{name}", kind, cls, config, seed, 50 if name == "tied" else 10)
        if name in TRAINED or name in ("tied", "untied", "bias"):
            write_full(f"{out}/{name}/full", cls, config, seed, 50)
        if name in TRAINED:
            write_peft(f"{out}/{name}/peft", cls, config, seed)
            shutil.rmtree(f"{out}/{name}/peft/end")
    cls, config = MODELS["untied"]
    for name, settings in VARIANTS.items():
        write_peft(f"{out}/untied/{name}", cls, config, list(MODELS).index("untied"), steps=50, lr=5e-4, **settings)
    for base, variants in BESIDE.items():
        cls, config = MODELS[base]
        for name, modules in variants.items():
            write_peft(f"{out}/{base}/{name}", cls, config, list(MODELS).index(base), steps=50, lr=5e-4,
                       target_modules=["q_proj", "v_proj"], modules_to_save=modules)
    cls, config = MODELS["tied"]
    write_peft(f"{out}/peft", cls, config, 0)
    write_narrow(f"{out}/peft", f"{out}/peft", cls, config, 0)
    write_gguf(f"{out}/tied.gguf", cls, config, 0)
    write_gguf(f"{out}/mixed.gguf", cls, config, 0, MIXED)
    write_quantized_logits(f"{out}/mixed.json", cls, config, 0)


if __name__ == "__main__":
    main()
