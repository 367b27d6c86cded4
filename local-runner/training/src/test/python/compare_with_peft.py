#!/usr/bin/env python3
"""Loads an adapter that finetune4j trained in PEFT and compares how likely each label is there and here.

    python compare_with_peft.py BASE_FOLDER RUN_OUTPUT_FOLDER ROWS_FILE [--rows N] [--tolerance NATS]

BASE_FOLDER is the base model in Hugging Face layout, tokenizer and chat template included. RUN_OUTPUT_FOLDER is a job's output with
adapter/ and predictions/tuned.jsonl, ROWS_FILE the run's data/test.jsonl. The run must be a classification with label scoring
"likelihood"; with precision fp32 the default tolerance holds, with bf16 state a wider one.

A label's score is the sum of log p over its tokens and the token that ends the turn, after the prompt as the chat template writes it.
Fails if PEFT warns, if a tensor of the file is not in the model as it stands in the file, if a score differs by more than the
tolerance, or if another label is the most likely (with bf16, near ties may tip). Written with torch 2.15, transformers 5.24, PEFT 0.21;
needs about a second a row on one core.
"""
import argparse
import json
import sys
import warnings

import torch
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer


def load(base_folder, adapter_folder):
    base = AutoModelForCausalLM.from_pretrained(base_folder, dtype=torch.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", FutureWarning)  # PEFT calling names that transformers has renamed
        model = PeftModel.from_pretrained(base, adapter_folder).eval()
    loaded = get_peft_model_state_dict(model, save_embedding_layers=False)
    written = load_file(f"{adapter_folder}/adapter_model.safetensors")
    if loaded.keys() != written.keys():
        sys.exit(f"tensors only in the model or only in the file: {sorted(loaded.keys() ^ written.keys())}")
    changed = [name for name in written if not torch.equal(loaded[name], written[name].float())]
    if changed:
        sys.exit(f"tensors that PEFT holds otherwise than the file: {changed}")
    print(f"adapter: {len(written)} tensors, all in the model as in the file, no warning", flush=True)
    return model


def encode(tokenizer, text):
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def answer_tokens(tokenizer, messages, prompt, label):
    """The label's tokens up to the end of turn; prompt and answer are tokenized apart."""
    whole = tokenizer.apply_chat_template(messages + [{"role": "assistant", "content": label}], tokenize=False)
    if not whole.startswith(prompt):
        sys.exit("the template writes the prompt otherwise when an answer follows")
    ids = encode(tokenizer, whole[len(prompt):])
    ends = [i for i, token in enumerate(ids) if token in tokenizer.all_special_ids]
    return ids[:ends[0] + 1] if ends else ids


def label_scores(model, tokenizer, messages, labels):
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    start = encode(tokenizer, prompt)
    answers = [answer_tokens(tokenizer, messages, prompt, label) for label in labels]
    longest = max(map(len, answers))
    # Filled up on the right: no token sees what comes after it.
    batch = torch.tensor([answer + [0] * (longest - len(answer)) for answer in answers])
    with torch.no_grad():
        read = model(input_ids=torch.tensor([start]), use_cache=True, logits_to_keep=1)
        read.past_key_values.batch_repeat_interleave(len(answers))
        rest = model(input_ids=batch, past_key_values=read.past_key_values, use_cache=True).logits
    logits = torch.cat([read.logits.expand(len(answers), -1, -1), rest[:, :-1]], dim=1)
    log_p = torch.log_softmax(logits.double(), dim=-1)
    return {label: sum(log_p[i, t, token].item() for t, token in enumerate(answer))
            for i, (label, answer) in enumerate(zip(labels, answers))}


def lines(file):
    with open(file, encoding="utf-8") as opened:
        return [json.loads(line) for line in opened]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("output")
    parser.add_argument("rows_file")
    parser.add_argument("--rows", type=int, help="only the first so many")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="nats a score may differ by")
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    model = load(args.base, f"{args.output}/adapter")
    rows, predictions = lines(args.rows_file), lines(f"{args.output}/predictions/tuned.jsonl")
    if [row["row"] for row in rows] != [prediction["row"] for prediction in predictions]:
        sys.exit("the predictions are not those of the rows file")
    differences, same, compared = [], 0, list(zip(rows, predictions))[:args.rows]
    for row, prediction in compared:
        ours = prediction["scoreByLabel"]
        theirs = label_scores(model, tokenizer, row["messages"][:-1], list(ours))
        differences += [abs(ours[label] - theirs[label]) for label in ours]
        first, second = sorted(theirs, key=theirs.get, reverse=True)[:2]
        if prediction["answer"] == first:
            same += 1
        else:
            print(f"row {row['row']['row']}: here {prediction['answer']}, PEFT {first}, "
                  f"which leads {second} by {theirs[first] - theirs[second]:.4f} nats")
    print(f"scores: {len(differences)}, largest difference {max(differences):.3g} nats, "
          f"mean {sum(differences) / len(differences):.3g}")
    print(f"most likely label: the same in {same} of {len(compared)} rows")
    if same < len(compared) or not max(differences) <= args.tolerance:
        sys.exit(f"differs (tolerance {args.tolerance:g} nats)")


if __name__ == "__main__":
    main()
