"""Writes metrics.json: figures of scikit-learn, rouge-score, sacreBLEU and SciPy on generated cases.

The Java tests of dev.finetune4j.engine.evaluate compare their figures with these. Run with a Python that has the packages
named in VERSIONS below:

    python src/test/python/evaluation_fixtures.py src/test/resources/dev/finetune4j/engine/evaluate/metrics.json
"""

import collections
import importlib.metadata
import json
import random
import re
import string
import sys

import numpy
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

VERSIONS = ["scikit-learn", "rouge-score", "sacrebleu", "scipy", "numpy"]
WORDS = (
    "the a an The attacker used Used 1,024 3.14 0.5, U.S. e-mail well-known C&C &amp; &quot;quoted&quot; &lt;tag> "
    "<skipped> naïve Ünïcode 日本語 😀 👩‍👩‍👧 don't cost $5.00 10-20 foo_bar a.b.c x/y (paren) [bracket] {brace} "
    "İstanbul straße Σίσυφος ΟΔΟΣ end. what? yes! semi; colon: 100% #tag @home ~tilde ^caret | \\ ... -- - ' \" "
    "line-\nbreak line\nbreak tab\there nbsp\u00a0here next\u0085line unit\u001fsep zero\u200bwidth").split(" ")


def classification(rng, case):
    count = rng.choice([2, 3, 5, 14])
    labels = [f"label {i}" for i in range(count)]
    rows = rng.choice([1, 7, 40, 90])
    weights = [1 / (i + 1) for i in range(count)]
    references = rng.choices(labels, weights, k=rows)
    if case % 3 == 0:
        references = [label for label in references if label != labels[-1]] or [labels[0]]
    answers = [label if rng.random() < 0.6 else rng.choice(labels) for label in references]
    precision, recall, f1, support = precision_recall_fscore_support(
        references, answers, labels=labels, zero_division=0)
    scores = []
    for answer in answers:
        row = {label: round(rng.gauss(-8, 3), 3) for label in labels}
        row[answer] = round(max(row.values()) + rng.random() * 3, 3)
        scores.append(row)
    return {
        "labels": labels,
        "references": references,
        "answers": answers,
        "scores": scores,
        "accuracy": accuracy_score(references, answers),
        "macroF1": f1_score(references, answers, average="macro", zero_division=0),
        "microF1": f1_score(references, answers, average="micro", zero_division=0),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "confusion": confusion_matrix(references, answers, labels=labels).tolist(),
        "calibrationError": calibration_error(references, answers, scores),
    }


def calibration_error(references, answers, scores):
    confidences = []
    for answer, row in zip(answers, scores):
        values = numpy.array(list(row.values()))
        softmax = numpy.exp(values - values.max())
        confidences.append(softmax[list(row).index(answer)] / softmax.sum())
    confidences = numpy.array(confidences)
    right = numpy.array([float(a == r) for a, r in zip(answers, references)])
    edges = numpy.linspace(0, 1, 11)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidences > low) & (confidences <= high)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidences[inside].mean())
    return error


def squad_words(text):
    """The normalisation of the official SQuAD 2.0 evaluation script."""
    bare = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def squad_f1(reference, answer):
    right, given = squad_words(reference), squad_words(answer)
    if not right or not given:
        return float(right == given)
    shared = sum((collections.Counter(right) & collections.Counter(given)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(given), shared / len(right)
    return 2 * precision * recall / (precision + recall)


# Scripts with and without case, blanks, marks and letters beyond the first plane; none that was added to Unicode of late.
BLOCKS = [(0x20, 0x7E), (0x20, 0x7E), (0x00, 0x24F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x45F), (0x5D0, 0x5EA), (0x620, 0x64A),
          (0x660, 0x669), (0x905, 0x939), (0x93E, 0x94D), (0xE01, 0xE3A), (0x10D0, 0x10F0), (0x1E00, 0x1EFF), (0x1F00, 0x1F15),
          (0x2000, 0x206F), (0x2150, 0x2188), (0x2460, 0x24FF), (0x3000, 0x30FF), (0x4E00, 0x4FFF), (0xAC00, 0xAFFF), (0xFF01, 0xFF5E),
          (0x10400, 0x1044F), (0x1D400, 0x1D454), (0x1F600, 0x1F64F)]
CHINESE = list("攻击者使用计划任务在登录时启动加载程序。，！？「」日本語のテスト、データ１２３")


def characters(rng):
    """A sentence of characters from anywhere, or without blanks in Chinese and Japanese, with English articles between."""
    if rng.random() < 0.3:
        return "".join(rng.choice(CHINESE) for _ in range(rng.choice([0, 1, 2, 12, 30])))
    parts = []
    for _ in range(rng.choice([0, 1, 1, 3, 8])):
        low, high = rng.choice(BLOCKS)
        parts.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 6))))
        parts.append(rng.choice(["", " ", " the ", "a", " An.", "\n"]))
    return "".join(parts)


def sentence(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 20])))


def text(rng, source):
    rows = rng.choice([1, 2, 10, 40])
    references, answers = [], []
    for _ in range(rows):
        reference = source(rng)
        kind = rng.random()
        if kind < 0.2:
            answer = reference
        elif kind < 0.3:
            answer = reference.upper() + "."
        elif kind < 0.8:
            answer = " ".join(w for w in reference.split(" ") if rng.random() < 0.8) + " " + source(rng)
        elif kind < 0.85:
            answer = "".join(c for c in reference if rng.random() < 0.7)
        else:
            answer = source(rng)
        references.append(reference)
        answers.append(answer)
    rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    scores = [rouge.score(r, a) for r, a in zip(references, answers)]
    bigrams = [pair for answer in answers for pair in zip(answer.split(), answer.split()[1:])]
    return {
        "references": references,
        "answers": answers,
        "exactMatch": [float(squad_words(r) == squad_words(a)) for r, a in zip(references, answers)],
        "tokenF1": [squad_f1(r, a) for r, a in zip(references, answers)],
        "rouge1": [score["rouge1"].fmeasure for score in scores],
        "rouge2": [score["rouge2"].fmeasure for score in scores],
        "rougeL": [score["rougeL"].fmeasure for score in scores],
        "distinct2": len(set(bigrams)) / len(bigrams) if bigrams else 0.0,
        "bleu": BLEU().corpus_score(answers, [references]).score,
        "bleuZh": BLEU(tokenize="zh").corpus_score(answers, [references]).score,
        "bleuChar": BLEU(tokenize="char").corpus_score(answers, [references]).score,
        "chrf": CHRF().corpus_score(answers, [references]).score,
    }


def perplexity(rng):
    """Rows of negative log-likelihoods with what torch would make of all their tokens: the exponential of the mean."""
    rows = [[round(rng.expovariate(0.5), 4) for _ in range(rng.choice([1, 2, 9, 40]))] for _ in range(rng.choice([1, 3, 25]))]
    return {"rows": [[sum(row), len(row)] for row in rows], "perplexity": float(numpy.exp(numpy.mean([x for row in rows for x in row])))}


def main(path):
    rng = random.Random(17)
    pairs = [(0, 0), (1, 0), (5, 5), (10, 2), (3, 40), (600, 500), (2000, 1700)]
    fixtures = {
        "versions": {name: importlib.metadata.version(name) for name in VERSIONS},
        "classification": [classification(rng, case) for case in range(24)],
        "text": [text(rng, sentence) for _ in range(24)] + [text(rng, characters) for _ in range(36)],
        "perplexity": [perplexity(rng) for _ in range(8)],
        "mcnemar": [
            {"first": a, "second": b, "pValue": binomtest(min(a, b), a + b).pvalue if a + b else 1.0} for a, b in pairs],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(fixtures, file, separators=(",", ":"), ensure_ascii=True)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
