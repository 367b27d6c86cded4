"""Lets the rows of an evaluation be answered."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from operator import attrgetter

from finetune4j_peft.predictions import PredictionFile
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Answers, Question, Recipe
from finetune4j_peft.site import Site

ROWS_AT_ONCE = 16
"""Rows that each process answers between two looks at the stop signal, where nothing is gained by more."""

SECONDS_BETWEEN_PROGRESS = 0.5


class Answerer(ABC):
    """Who answers; all processes must ask as often, and as many questions each time, where it `keeps_step`, since they share what it is
    made of."""

    keeps_step = False

    @abstractmethod
    def ready(self) -> AbstractContextManager[None]:
        """While it answers."""

    def has_room(self, rows: int, longest: Question) -> bool:
        """Whether a process answers so many rows at once, none of them longer than one; the same in all processes."""
        return rows <= ROWS_AT_ONCE

    @abstractmethod
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
        world = self._ranks.world
        for batch in self._batches(done):
            reason = self._site.stop_reason(self._ranks)
            if reason is not None:
                return reason
            own = batch[self._ranks.rank :: world]
            if self._answerer.keeps_step and len(own) < _share(len(batch), world):
                own.append(batch[0])  # whose answer nobody takes
            dealt = self._ranks.gather(self._answerer.predictions(own))
            for place in range(len(batch)):
                line = dealt[place % world][place // world]
                if file:
                    file.append(line)
            done += len(batch)
            if done == self._answers.rows or time.monotonic() - told > SECONDS_BETWEEN_PROGRESS:
                told = time.monotonic()
                self._tell(done)
        return None

    def _tell(self, rows: int) -> None:
        self._site.events.tell("prediction", variant=self._answers.variant, rows=rows, totalRows=self._answers.rows)

    def _batches(self, done: int) -> Iterator[list[Question]]:
        """Questions after those that are done, as many at a time as the processes answer between two looks at the stop signal."""
        batch: list[Question] = []
        for question in islice(self._recipe.questions(self._answers), done, None):
            longest = max(longest, question, key=attrgetter("tokens")) if batch else question
            if batch and not self._answerer.has_room(_share(len(batch) + 1, self._ranks.world), longest):
                yield batch
                batch, longest = [], question
            batch.append(question)
        if batch:
            yield batch


def _share(rows: int, world: int) -> int:
    """Rows that a process gets of some at most."""
    return -(-rows // world)
