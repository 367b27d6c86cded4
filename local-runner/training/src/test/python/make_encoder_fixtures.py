#!/usr/bin/env python3
"""Makes the tiny random encoders that the tests of the training core compare with, and what transformers and PEFT compute on them.

    python make_encoder_fixtures.py OUTPUT_FOLDER

Needs torch, transformers, peft and safetensors. Written to src/test/resources/dev/finetune4j/training/model/encoder/fixtures.
Each folder holds config.json, model.safetensors and expected.json: token ids with their logits, and for each method the losses and
gradient norms of 50 steps of AdamW (two micro-batches a step, clipped, learning rate warmed up and then falling) and the logits after
them. Dropout is off throughout. For each kind of adapter two folders hold it as PEFT wrote it, at its start and after the steps.
"""
import json
import os
import shutil
import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import (BertConfig, BertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification,
                          RobertaConfig, RobertaForSequenceClassification, get_linear_schedule_with_warmup)
from transformers.trainer_pt_utils import get_parameter_names

OFF = dict(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
SIZES = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, **OFF)
MODELS = {
    "bert": (BertForSequenceClassification, BertConfig(**SIZES, max_position_embeddings=128, num_labels=3),
             dict(lora=dict(target_modules="all-linear", modules_to_save=["pooler"]),
                  dora=dict(target_modules=["query", "dense"], use_dora=True, modules_to_save=["pooler"], layers_to_transform=[1]))),
    "distilbert": (DistilBertForSequenceClassification, DistilBertConfig(
        vocab_size=96, dim=32, hidden_dim=48, n_layers=2, n_heads=4, max_position_embeddings=128, num_labels=3, dropout=0.0,
        attention_dropout=0.0, seq_classif_dropout=0.0),
        dict(lora=dict(target_modules=["q_lin", "v_lin", "lin2"], use_rslora=True, rank_pattern={"v_lin": 2}, lora_alpha=4))),
    "roberta": (RobertaForSequenceClassification, RobertaConfig(
        **SIZES, max_position_embeddings=130, type_vocab_size=1, hidden_act="gelu_new", num_labels=3),
        dict(lora=dict(target_modules="all-linear"))),
}
STEPS = 50
LEARNING_RATE = 2e-3
TEXTS = [([5, 17, 80, 33, 3, 9, 41, 60, 7, 90, 11], 0), ([4, 3, 71, 25, 64], 1), (list(range(10, 90)), 2), ([8, 8, 30], 1),
         ([40, 41, 42, 43, 44], 0), (list(range(95, 20, -1)), 2), ([77, 12, 13], 2)]


def random_model(cls, config, seed):
    torch.manual_seed(seed)
    model = cls(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name.lower():
                p.copy_((1 if name.endswith("weight") else 0) + 0.2 * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * (0.5 if "embeddings" in name else 0.2))
    return model


def floats(t):
    return [float("%.7g" % x) for x in t.flatten().tolist()]


def logits(model):
    with torch.no_grad():
        return [floats(model(torch.tensor([ids])).logits[0]) for ids, _ in TEXTS]


def micro_batches(step):
    """Two of three texts each, as the Java test takes them."""
    at = [TEXTS[(6 * step + i) % len(TEXTS)] for i in range(6)]
    return [at[:3], at[3:]]


def train(model):
    """transformers' Trainer: no decay of norms and biases; the loss of a step is the mean over its texts."""
    decayed = get_parameter_names(model, [torch.nn.LayerNorm], ["bias", "layernorm", "rmsnorm", r"(?:^|\.)norm(?:$|\.)"])
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    groups = [dict(params=[p for n, p in named if n in decayed], weight_decay=0.01),
              dict(params=[p for n, p in named if n not in decayed], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE)
    schedule = get_linear_schedule_with_warmup(optimizer, 5, STEPS)
    losses, norms, rates = [], [], []
    for step in range(STEPS):
        rates.append(schedule.get_last_lr()[0])
        loss = 0.0
        for batch in micro_batches(step):
            for ids, label in batch:
                part = torch.nn.functional.cross_entropy(model(torch.tensor([ids])).logits, torch.tensor([label])) / 6
                part.backward()
                loss += part.item()
        norms.append(torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0).item())
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss)
    return dict(losses=losses, norms=norms, rates=rates, logits=logits(model.eval()))


def is_head(name):
    return "classifier" in name or "pooler" in name


def write(folder, cls, config, adapters, seed):
    model = random_model(cls, config, seed)
    model.save_pretrained(folder)
    expected = dict(texts=[dict(ids=ids, label=label) for ids, label in TEXTS], logits=logits(model))
    expected["full"] = train(model)
    model = random_model(cls, config, seed)
    for name, p in model.named_parameters():
        p.requires_grad_(is_head(name))
    expected["head"] = train(model)
    for kind, settings in adapters.items():
        torch.manual_seed(seed)
        lora = LoraConfig(**{**dict(task_type="SEQ_CLS", r=4, lora_alpha=8), **settings})
        model = get_peft_model(random_model(cls, config, seed), lora)
        model.save_pretrained(f"{folder}/{kind}-start")
        expected[kind] = train(model)
        model.save_pretrained(f"{folder}/{kind}-end")
    with open(f"{folder}/expected.json", "w") as file:
        json.dump(expected, file)


def main():
    out = sys.argv[1]
    shutil.rmtree(out, ignore_errors=True)
    for seed, (name, (cls, config, adapters)) in enumerate(MODELS.items()):
        write(f"{out}/{name}", cls, config, adapters, seed)


if __name__ == "__main__":
    main()
