#!/usr/bin/env python3
"""A classification job with TRL's SFTTrainer and PEFT, as a Python user would write it, over rows that finetune has prepared.

    trl_job.py --model FOLDER --train train.jsonl --test test.jsonl --precision fp32|bf16 --epochs E --batch B --learning-rate R

Prints one line of JSON: {"tokensPerSecond": real tokens of the rows, "seconds", "peakRssBytes": while it trains, "accuracy", "macroF1",
"secondsPerScoredRow": all labels of a held-out row, each scored by itself}.
"""
import argparse
import json
import os
import sys
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--model", required=True)
parser.add_argument("--train", required=True)
parser.add_argument("--test", required=True)
parser.add_argument("--precision", choices=["fp32", "bf16"], required=True)
parser.add_argument("--epochs", type=float, required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--learning-rate", type=float, required=True)
parser.add_argument("--warmup-steps", type=int, required=True)
parser.add_argument("--rank", type=int, required=True)
parser.add_argument("--alpha", type=float, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--output", required=True)
args = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(args.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from datasets import Dataset
from peft import LoraConfig
from sklearn.metrics import accuracy_score, f1_score
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

torch.set_num_threads(args.threads)
MOST_TOKENS = 512


def rows_of(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def peak_rss_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def encode(messages, **how):
    return tokenizer.apply_chat_template(messages, **how)["input_ids"]


@torch.no_grad()
def answer(row, answers):
    """The label whose tokens are likeliest after the prompt; each is read with the whole prompt."""
    prompt = encode(row["messages"][:-1], add_generation_prompt=True)
    scores = {}
    for label, tokens in answers.items():
        logits = model(input_ids=torch.tensor([prompt + tokens]), logits_to_keep=len(tokens) + 1).logits[0, :-1]
        scores[label] = logits.float().log_softmax(-1).gather(1, torch.tensor(tokens)[:, None]).sum().item()
    return max(scores, key=scores.get)


train, test = rows_of(args.train), rows_of(args.test)
labels = sorted({row["label"] for row in train + test})
tokenizer = AutoTokenizer.from_pretrained(args.model)
model = AutoModelForCausalLM.from_pretrained(args.model, dtype=torch.bfloat16 if args.precision == "bf16" else torch.float32)
trainer = SFTTrainer(
    model=model,
    args=SFTConfig(
        output_dir=args.output, num_train_epochs=args.epochs, per_device_train_batch_size=args.batch,
        learning_rate=args.learning_rate, lr_scheduler_type="cosine", warmup_steps=args.warmup_steps, logging_steps=50,
        save_strategy="no", report_to=[], bf16=False, gradient_checkpointing=False, use_cpu=True, max_length=MOST_TOKENS),
    train_dataset=Dataset.from_list([{"prompt": row["messages"][:-1], "completion": row["messages"][-1:]} for row in train]),
    processing_class=tokenizer,
    peft_config=LoraConfig(r=args.rank, lora_alpha=args.alpha, target_modules="all-linear"),
)
start = time.perf_counter()
trainer.train()
seconds = time.perf_counter() - start
peak = peak_rss_bytes()
tokens = sum(len(encode(row["messages"])) for row in train) * args.epochs
model = trainer.model.eval()
answers = {label: tokenizer(label, add_special_tokens=False).input_ids + [tokenizer.eos_token_id] for label in labels}
start = time.perf_counter()
predicted = [answer(row, answers) for row in test]
gold = [row["label"] for row in test]
print(
    json.dumps({
        "tokensPerSecond": tokens / seconds,
        "seconds": seconds,
        "peakRssBytes": peak,
        "accuracy": accuracy_score(gold, predicted),
        "macroF1": f1_score(gold, predicted, average="macro"),
        "secondsPerScoredRow": (time.perf_counter() - start) / len(test),
    }),
    file=sys.__stdout__,
    flush=True,
)
