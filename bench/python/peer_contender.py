#!/usr/bin/env python3
"""transformers and PEFT as a contender: does a step whenever it is asked to, so that another contender can take turns with it.

    peer_contender.py --subject lora|full|prompt-tuning|encoder|scoring --model FOLDER --adapter FOLDER --tokens FILE
                      --batch B --length T --precision fp32|bf16 ...

Writes its fresh adapter to the folder, where it has one, then a line {"parameters": trained}; each line of input is a step's number, each
line of output {"loss": mean nats, "seconds": of the step}; at the end of the input {"peakRssBytes": of the process}.
Step i takes tokens [i B T, (i + 1) B T) of the file, little-endian 32-bit integers; every token counts. AdamW as torch's defaults, without
decay of norms and biases, as transformers' Trainer has it.
encoder: sequence b of a step has label b modulo the labels. scoring: T tokens are a prompt, and each of B answers of a few tokens that
follow in the file is scored by itself, as a plain script does; the loss is that of the likeliest.
"""
import argparse
import json
import os
import sys
import time

import numpy
import torch

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--subject", choices=["lora", "full", "prompt-tuning", "encoder", "scoring"], required=True)
parser.add_argument("--model", required=True)
parser.add_argument("--adapter", required=True)
parser.add_argument("--tokens", required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--length", type=int, required=True)
parser.add_argument("--precision", choices=["fp32", "bf16"], required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--rank", type=int, required=True)
parser.add_argument("--alpha", type=float, required=True)
parser.add_argument("--virtual-tokens", type=int, required=True)
parser.add_argument("--answer-tokens", type=int, required=True)
parser.add_argument("--learning-rate", type=float, required=True)
args = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(args.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

from peft import LoraConfig, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification
from transformers.trainer_pt_utils import get_parameter_names

torch.set_num_threads(args.threads)
torch.manual_seed(0)
dtype = torch.bfloat16 if args.precision == "bf16" else torch.float32
tokens = torch.from_numpy(numpy.fromfile(args.tokens, dtype="<i4").astype("int64"))
UNDECAYED = ["bias", "layernorm", "rmsnorm", r"(?:^|\.)norm(?:$|\.)"]


def say(**figures):
    print(json.dumps(figures), flush=True)


def peak_rss_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def loaded():
    kind = AutoModelForSequenceClassification if args.subject == "encoder" else AutoModelForCausalLM
    model = kind.from_pretrained(args.model, dtype=dtype, attn_implementation="sdpa")
    model.config.use_cache = False
    if args.subject == "lora":
        targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        method = LoraConfig(r=args.rank, lora_alpha=args.alpha, lora_dropout=0.0, target_modules=targets, task_type="CAUSAL_LM")
    elif args.subject == "prompt-tuning":
        method = PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=args.virtual_tokens)
    else:
        return model
    model = get_peft_model(model, method, autocast_adapter_dtype=False)
    # The core keeps what it trains in 32 bits whatever the weights have.
    model.save_pretrained(args.adapter, state_dict={name: value.float() for name, value in model.state_dict().items()})
    return model


def optimizer_of(model):
    decayed = set(get_parameter_names(model, [torch.nn.LayerNorm], UNDECAYED))
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for name, p in named if name in decayed], "weight_decay": 0.01},
        {"params": [p for name, p in named if name not in decayed], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=args.learning_rate)


def tokens_of(step):
    size = args.batch * args.length
    return tokens[step * size:(step + 1) * size].view(args.batch, args.length)


def train(step):
    ids = tokens_of(step)
    if args.subject == "encoder":
        labels = torch.arange(args.batch) % model.config.num_labels
    else:
        labels = ids.clone()
        labels[:, 0] = -100  # no token foretells it, though a virtual one could
    loss = model(input_ids=ids, labels=labels, **use_no_cache).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


@torch.no_grad()
def score(step):
    ids = tokens_of(step).flatten()
    prompt, rest = ids[:args.length], ids[args.length:]
    scores = []
    for b in range(args.batch):
        answer = rest[b * args.answer_tokens:(b + 1) * args.answer_tokens]
        logits = model(input_ids=torch.cat([prompt, answer])[None], logits_to_keep=args.answer_tokens + 1).logits
        own = logits[0, :-1].float().log_softmax(-1).gather(1, answer[:, None])
        scores.append(own.sum().item())
    return -max(scores)


model = loaded()
use_no_cache = {} if args.subject == "encoder" else {"use_cache": False}
if args.subject == "scoring":
    model.eval()
    work = score
    say(parameters=0)
else:
    optimizer = optimizer_of(model)
    model.train()
    work = train
    say(parameters=sum(p.numel() for p in model.parameters() if p.requires_grad))
for line in sys.stdin:
    start = time.perf_counter()
    loss = work(int(line))
    say(loss=loss, seconds=time.perf_counter() - start)
say(peakRssBytes=peak_rss_bytes())
