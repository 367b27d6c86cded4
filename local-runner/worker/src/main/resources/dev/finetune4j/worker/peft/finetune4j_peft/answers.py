"""Lets the rows of an evaluation be answered."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Protocol

from finetune4j_peft.predictions import PredictionFile
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Answers, Question, Recipe
from finetune4j_peft.site import Site

ROWS_AT_ONCE = 16
"""Rows that each process answers between two looks at the stop signal."""

SECONDS_BETWEEN_PROGRESS = 0.5


class Answerer(Protocol):
    """Who answers; all processes must ask for the same questions where `answers_alike`, since they share what it is made of."""

    answers_alike: bool

    def ready(self) -> AbstractContextManager[None]:
        """While it answers."""

    def predictions(self, questions: Sequence[Question]) -> list[dict]:
        """A line for each question."""


class Answering:
    """The answers to one file of questions, in the order of the rows. Those that an interrupted process left are kept."""

    def __init__(self, site: Site, recipe: Recipe, answers: Answers, answerer: Answerer, ranks: Ranks):
        self._site = site
        self._recipe = recipe
        self._answers = answers
        self._answerer = answerer
        self._ranks = ranks

    def run(self) -> str | None:
        """Answers all rows; why it stopped before the last, if so."""
        file = PredictionFile(self._site.output / "predictions" / self._answers.predictions) if self._ranks.is_first else None
        # What the first process has done already, the others leave out, too.
        done = int(self._ranks.sum(file.rows if file else 0))
        try:
            with self._answerer.ready():
                stopped = self._answer(file, done)
            if stopped is None and file:
                file.complete()
            self._ranks.wait()
            return stopped
        finally:
            if file:
                file.close()

    def _answer(self, file: PredictionFile | None, done: int) -> str | None:
        told = 0.0
        self._tell(done)
        shares = 1 if self._answerer.answers_alike else self._ranks.world
        for batch in _batches(self._recipe.questions(self._answers), ROWS_AT_ONCE * shares, done):
            reason = self._site.stop_reason(self._ranks)
            if reason is not None:
                return reason
            own = batch[self._ranks.rank % shares :: shares]
            dealt = self._ranks.gather(self._answerer.predictions(own))
            for place in range(len(batch)):
                line = dealt[place % shares][place // shares]
                if file:
                    file.append(line)
            done += len(batch)
            if done == self._answers.rows or time.monotonic() - told > SECONDS_BETWEEN_PROGRESS:
                told = time.monotonic()
                self._tell(done)
        return None

    def _tell(self, rows: int) -> None:
        self._site.events.tell("prediction", variant=self._answers.variant, rows=rows, totalRows=self._answers.rows)


def _batches(questions: Iterator[Question], size: int, done: int) -> Iterator[list[Question]]:
    """Questions some at a time, after those that are done."""
    left = islice(questions, done, None)
    while batch := list(islice(left, size)):
        yield batch
