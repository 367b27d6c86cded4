#!/usr/bin/env python3
"""The ATT&CK example on more rows, by `finetune run` and by TRL's SFTTrainer with PEFT: same rows, same split, same recipe, one after the other.

    end_to_end.py --finetune LAUNCHER --example FOLDER --models FOLDER --work FOLDER [--precision fp32,bf16] [--json FILE]

Tokens are those of the rows, never padding; seconds are those of training alone, from the first step's begin to the last one's end.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from datetime import datetime

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--finetune", required=True)
parser.add_argument("--example", type=pathlib.Path, required=True)
parser.add_argument("--models", type=pathlib.Path, required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
parser.add_argument("--precision", default="fp32,bf16")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--json", type=pathlib.Path)
args = parser.parse_args()
PASSED_OR_NOT = (0, 9)
ROWS = {"train-rows": 600, "test-rows": 200}  # of which TRL's figures in docs/performance.md are, too


def with_precision(precision):
    """The example, but for its rows, and for precision and threads, which it leaves to the machine."""
    folder = args.work / f"end-to-end-{precision}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(args.example, folder / "example")
    job = folder / "example" / "job.yaml"
    text = job.read_text().replace("\ntraining:\n", f"\ntraining:\n  precision: {precision}\n  threads: {args.threads}\n")
    for key, rows in ROWS.items():
        text, places = re.subn(rf"{key}: \d+", f"{key}: {rows}", text)
        if places != 1:
            sys.exit(f"{args.example / 'job.yaml'} has {key} {places} times; write it once, or change ROWS in {__file__}")
    job.write_text(text)
    return folder, job


def events_of(run):
    with open(run / "events.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def seconds_between(earlier, later):
    return (datetime.fromisoformat(later["at"][:26]) - datetime.fromisoformat(earlier["at"][:26])).total_seconds()


def ours(folder, job):
    home = folder / "home"
    environment = dict(os.environ, FINETUNE_HOME=str(home))
    with open(folder / "finetune.log", "w") as log:
        code = subprocess.run([args.finetune, "run", str(job)], env=environment, stdout=log, stderr=log).returncode
    if code not in PASSED_OR_NOT:
        sys.exit(f"finetune run ended with {code}; {folder / 'finetune.log'} says why")
    run = next((home / "runs").iterdir())
    report = json.loads((run / "report.json").read_text())
    events = events_of(run)
    begin = next(event for event in events if event["kind"] == "training-started")
    steps = [event for event in events if event["kind"] == "step"]
    answered = [event for event in events if event["kind"] == "prediction" and event["variant"] == "tuned"]
    tuned = next(variant for variant in report["evaluation"]["variants"] if variant["variant"] == "tuned")
    seconds = seconds_between(begin, steps[-1])
    figures = {
        "tokensPerSecond": sum(step["tokens"] for step in steps) / seconds,
        "seconds": seconds,
        "peakRssBytes": max(step["residentBytes"] for step in steps),
        "accuracy": tuned["metrics"]["accuracy"],
        "macroF1": tuned["metrics"]["macro-f1"],
        "secondsPerScoredRow": seconds_between(answered[0], answered[-1]) / answered[-1]["totalRows"],
    }
    return run, report["job"], figures


def theirs(folder, run, job, precision):
    training, method = job["training"], job["method"]
    steps = -(-sum(1 for _ in open(run / "data" / "train.jsonl")) // training["batch-size"]) * training["epochs"]
    command = [
        sys.executable, str(pathlib.Path(__file__).with_name("trl_job.py")),
        f"--model={args.models / 'exact'}", f"--train={run / 'data' / 'train.jsonl'}", f"--test={run / 'data' / 'test.jsonl'}",
        f"--precision={precision}", f"--epochs={training['epochs']}", f"--batch={training['batch-size']}",
        f"--learning-rate={training['learning-rate']}", f"--warmup-steps={round(training['warmup-ratio'] * steps)}",
        f"--rank={method['rank']}", f"--alpha={method['alpha']}", f"--threads={args.threads}", f"--output={folder / 'trl'}",
    ]
    with open(folder / "trl.log", "w") as log:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True)
    if done.returncode != 0:
        sys.exit(f"TRL ended with {done.returncode}; {folder / 'trl.log'} says why")
    return json.loads(done.stdout.splitlines()[-1])


def interval(figure):
    return f"{figure['value']:.2f} [{figure['low']:.2f}, {figure['high']:.2f}]"


print("| type | | finetune | TRL | ratio |")
print("|---|---|---:|---:|---:|")
rows = []
for precision in args.precision.split(","):
    folder, job = with_precision(precision)
    run, as_read, core = ours(folder, job)
    peer = theirs(folder, run, as_read, precision)
    rows.append({"name": "attack-tactics", "precision": precision, "core": core, "peer": peer})
    mib = 1024 * 1024
    for what, mine, other, ratio in [
        ("tokens/s", f"{core['tokensPerSecond']:.0f}", f"{peer['tokensPerSecond']:.0f}", core["tokensPerSecond"] / peer["tokensPerSecond"]),
        ("peak MiB", f"{core['peakRssBytes'] / mib:.0f}", f"{peer['peakRssBytes'] / mib:.0f}", core["peakRssBytes"] / peer["peakRssBytes"]),
        ("rows scored a second", f"{1 / core['secondsPerScoredRow']:.2f}", f"{1 / peer['secondsPerScoredRow']:.2f}",
         peer["secondsPerScoredRow"] / core["secondsPerScoredRow"]),
        ("macro-F1", interval(core["macroF1"]), f"{peer['macroF1']:.2f}", None),
        ("accuracy", interval(core["accuracy"]), f"{peer['accuracy']:.2f}", None),
    ]:
        print(f"| {precision} | {what} | {mine} | {other} | {'' if ratio is None else format(ratio, '.2f')} |", flush=True)
if args.json:
    args.json.write_text(json.dumps(rows, indent=2) + "\n")
