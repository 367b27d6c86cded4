"""Turns scores into predictions, and writes them as finetune4j reads them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from finetune4j_peft.recipe import Question

ROWS_BETWEEN_FORCES = 50


@dataclass(frozen=True)
class Generated:
    """A generated answer, and whether it ended by itself rather than by the token limit; None of a passage, which need not."""

    text: str
    complete: bool | None


def decision_scores(
    question: Question, log_likelihoods: list[float], labels: int, scoring: str, content_free: list[float] | None
) -> dict[str, float]:
    """The figures that the choice between labels is taken on: sums in nats, per token, or less those of a prompt without content."""
    scores = {}
    for number in range(labels):
        score = log_likelihoods[number]
        if scoring == "length-normalized":
            score /= len(question.answers[number].tokens)
        elif scoring == "calibrated" and content_free is not None:
            score -= content_free[number]
        scores[question.answers[number].text] = score
    return scores


def best(scores: dict[str, float]) -> str:
    """The label with the highest score; the first of equals."""
    return max(scores, key=scores.__getitem__) if scores else ""


def prediction(
    question: Question, log_likelihoods: list[float], scores: dict[str, float], generated: Generated | None
) -> dict:
    """One line of a file of predictions."""
    line = {"row": question.row, "reference": question.reference}
    if scores:
        line["answer"] = best(scores)
    elif generated is not None:
        line["answer"] = generated.text
    line["scoreByLabel"] = scores
    line["negativeLogLikelihood"] = -log_likelihoods[question.right] + 0.0
    line["referenceTokens"] = len(question.answers[question.right].tokens)
    if not scores and generated is not None and generated.complete is not None:
        line["complete"] = generated.complete
    return line


class PredictionFile:
    """Grows under another name and gets its own when the last row is durable; keeps the whole lines of an interrupted process."""

    def __init__(self, file: Path):
        self._file = file
        self._partial = file.with_name(file.name + ".partial")
        file.parent.mkdir(parents=True, exist_ok=True)
        self.rows, end = _whole_lines(self._partial)
        self._out = open(self._partial, "r+b" if self._partial.exists() else "w+b")
        self._out.truncate(end)
        self._out.seek(end)

    def append(self, line: dict) -> None:
        """Adds a row."""
        self._out.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
        self.rows += 1
        if self.rows % ROWS_BETWEEN_FORCES == 0:
            self._force()

    def complete(self) -> None:
        """Gives the file its name."""
        self._force()
        self._out.close()
        os.replace(self._partial, self._file)

    def close(self) -> None:
        if not self._out.closed:
            self._force()
            self._out.close()

    def _force(self) -> None:
        self._out.flush()
        os.fsync(self._out.fileno())


def _whole_lines(file: Path) -> tuple[int, int]:
    """Lines that are whole JSON, and the bytes they take."""
    rows = end = 0
    if file.exists():
        with file.open("rb") as lines:
            for line in lines:
                try:
                    if not line.endswith(b"\n") or "row" not in json.loads(line):
                        break
                except ValueError:
                    break
                rows += 1
                end += len(line)
    return rows, end
