"""How an encoder is asked: which label a text has."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Sequence

from finetune4j_peft.answers import Answerer
from finetune4j_peft.classifier import Classifier
from finetune4j_peft.predictions import decision_scores, prediction
from finetune4j_peft.recipe import Answers, Question

IMPOSSIBLE = sys.float_info.min
"""p of a label that a head has no output for, as the core says it."""


class Choosing(Answerer):
    """An encoder that answers questions."""

    def __init__(self, model: Classifier, answers: Answers):
        self._model = model
        self._answers = answers
        self.keeps_step = model.is_sharded

    def ready(self) -> contextlib.AbstractContextManager[None]:
        """While it answers."""
        return self._model.answering(self._answers.is_tuned)

    def predictions(self, questions: Sequence[Question]) -> list[dict]:
        """A line for each question."""
        outputs = self._model.log_likelihoods([question.prompt for question in questions]) if questions else []
        return [_line(question, told, self._answers) for question, told in zip(questions, outputs)]


class Guessing(Answerer):
    """What answers where an encoder has no head yet: it knows how many rows have which label, and reads no text."""

    def __init__(self, answers: Answers):
        self._answers = answers

    def ready(self) -> contextlib.AbstractContextManager[None]:
        """While it answers."""
        return contextlib.nullcontext()

    def predictions(self, questions: Sequence[Question]) -> list[dict]:
        """A line for each question."""
        return [_line(question, self._answers.prior, self._answers) for question in questions]


def _line(question: Question, outputs: list[float], answers: Answers) -> dict:
    likelihoods = [math.log(IMPOSSIBLE) if answer.tokens[0] < 0 else outputs[answer.tokens[0]] for answer in question.answers]
    return prediction(question, likelihoods, decision_scores(question, likelihoods, answers.labels, answers.scoring, None), None)
