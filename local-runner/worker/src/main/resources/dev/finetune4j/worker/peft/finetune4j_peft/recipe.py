"""Reads a recipe. Needs nothing but Python, and holds no more than one row."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from finetune4j_peft.problems import damaged, missing

FILE = "recipe.json"
SETUP_FILE = "setup.json"
VERSION = 1


@dataclasses.dataclass(frozen=True)
class Draw:
    """A factor [rows, columns] that starts as numbers drawn from U(-bound, bound)."""

    name: str
    rows: int
    columns: int
    seed: int
    bound: float


@dataclasses.dataclass(frozen=True)
class Optimizer:
    """AdamW and the clipping before it."""

    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    max_gradient_norm: float
    clip_epsilon: float


@dataclasses.dataclass(frozen=True)
class Pace:
    """When a training is saved: every so many steps, or 0 for as often as pays."""

    every: int
    most_overhead: float
    longest_seconds: float
    seconds_between_failures: float


@dataclasses.dataclass(frozen=True)
class Head:
    """The classification head of an encoder: the file of how it starts, whether it is all that is trained, `labels.json` of the result with
    the labels in the order of its outputs, and `config.json` of encoder and head."""

    file: str
    is_alone: bool
    labels: dict
    config: dict

    @property
    def names(self) -> list[str]:
        """Of the labels, in the order of its outputs."""
        return list(self.labels["rowsByLabel"])


@dataclasses.dataclass(frozen=True)
class Training:
    """What is trained, and how."""

    result: str
    adapter: dict
    dropout: float
    draws: list[Draw]
    start_tokens: list[int]
    precision: str
    recompute: str
    seed: int
    steps: int
    rows: int
    validation_rows: int
    max_batch_tokens: int
    optimizer: Optimizer
    patience: int
    checkpoints: Pace
    quantization: dict | None = None
    head: Head | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the result is a model of its own."""
        return not self.adapter

    @property
    def trains_all(self) -> bool:
        """Whether every weight is trained."""
        return self.is_whole and not (self.head and self.head.is_alone)


@dataclasses.dataclass(frozen=True)
class Setup:
    """How a training is computed on its machine: so many rows, or 0 for any number, and tokens with padding at a time, what the backward
    pass computes again, and whether processes share weights out though each may have room for all. Checkpoints go on under another one,
    so that it is no part of the recipe's digest."""

    pass_rows: int
    pass_tokens: int
    recompute: str
    shares_weights: bool


@dataclasses.dataclass(frozen=True)
class Answer:
    """A text whose likelihood is taken, and its tokens behind the prompt; of an encoder one, the number of the output that tells of it,
    negative where there is none."""

    text: str
    tokens: list[int]


@dataclasses.dataclass(frozen=True)
class Question:
    """What a model is asked: a prompt in tokens, and answers of which number `right` is the reference. What it writes goes on from
    `continued`, the beginning of a passage, or else from the prompt."""

    row: dict
    reference: str
    prompt: list[int]
    answers: list[Answer]
    right: int
    new_tokens: int
    continued: list[int] = dataclasses.field(default_factory=list)

    @property
    def tokens(self) -> int:
        """Of what is read before an answer is written, and of the longest that may be."""
        return len(self.continued or self.prompt) + self.new_tokens


@dataclasses.dataclass(frozen=True)
class Answers:
    """Rows that one model answers; `labels` of each question's answers can be chosen, 0 for free answers. Where `prior` is there, no model
    is asked: log p of each output of a head is the same for every row."""

    variant: str
    file: str
    predictions: str
    rows: int
    labels: int
    scoring: str
    content_free: Question | None = None
    prior: list[float] | None = None

    @property
    def is_tuned(self) -> bool:
        return self.variant == "tuned"


@dataclasses.dataclass(frozen=True)
class Step:
    """One optimizer step over the rows of its micro-batches."""

    step: int
    learning_rate: float
    epoch: float
    validate: bool
    rows: list[list[int]]

    @property
    def all_rows(self) -> list[int]:
        return [row for batch in self.rows for row in batch]


class TokenRows:
    """The rows of one file as they lie on disk. A token that is learned is written as minus its id minus 1."""

    def __init__(self, folder: Path, name: str):
        self._index = _mapped(folder / f"{name}.index").cast("q")
        self._tokens = _mapped(folder / f"{name}.tokens").cast("i")

    def __len__(self) -> int:
        return len(self._index) - 1

    def length(self, row: int) -> int:
        """T of a row."""
        return self._index[row + 1] - self._index[row]

    def row(self, row: int) -> tuple[list[int], list[bool]]:
        """Ids [T] of a row, and which of them are learned [T]."""
        marked = self._tokens[self._index[row] : self._index[row + 1]].tolist()
        return [token if token >= 0 else ~token for token in marked], [token < 0 for token in marked]

    def counted(self, row: int) -> int:
        """How much is learned of a row: its tokens."""
        return sum(self.row(row)[1])


class LabelledRows(TokenRows):
    """The rows of an encoder, of each of which a label is learned."""

    def __init__(self, folder: Path, name: str):
        super().__init__(folder, name)
        self._labels = _mapped(folder / f"{name}.labels").cast("i")

    def row(self, row: int) -> tuple[list[int], int]:
        """Ids [T] of a row, and the number of its label."""
        return super().row(row)[0], self._labels[row]

    def counted(self, row: int) -> int:
        """How much is learned of a row: its label."""
        return 1


class Recipe:
    """What is to be done, and where its rows lie."""

    def __init__(self, folder: Path):
        """Reads the settings; raises WorkProblem FT0651 or FT0652 where the recipe is not there, not whole, or of another version."""
        self.folder = folder
        file = folder / FILE
        if not file.exists():
            raise missing("the recipe channel of the job is missing", f"there is no {file}")
        content = file.read_bytes()
        self.digest = hashlib.sha256(content).hexdigest()
        try:
            values = json.loads(content)
            if values["version"] != VERSION:
                raise damaged(FILE, f"its version is {values['version']}, this engine reads {VERSION}")
            self.order_digest: str = values["orderDigest"]
            self.training = _training(values["training"]) if values.get("training") else None
            self.answers = [_answers(each) for each in values["answers"]]
            self.stop_tokens: list[int] = values["stopTokens"]
            self.pad_token: int = values["padToken"]
            self.files: dict[str, dict] = values["files"]
            self.notices: list[dict] = values["notices"]
            self.problems: dict[str, dict] = values["problems"]
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(FILE, f"it is no recipe: {type(error).__name__} {error}") from error

    def setup(self, training: Training) -> Setup:
        """How the training is computed here; as the training says where that was not planned for the machine. Raises WorkProblem FT0652
        where it cannot be read."""
        file = self.folder / SETUP_FILE
        if not file.exists():
            return Setup(0, training.max_batch_tokens, training.recompute, False)
        try:
            return _record(Setup, json.loads(file.read_bytes()))
        except (ValueError, TypeError, AttributeError) as error:
            raise damaged(SETUP_FILE, f"it is no setup: {type(error).__name__} {error}") from error

    def check_files(self) -> None:
        """Raises WorkProblem FT0652 where a file is not the one that was written."""
        for name, written in self.files.items():
            file = self.folder / name
            if not file.exists() or file.stat().st_size != written["bytes"]:
                raise damaged(name, f"it should have {written['bytes']} bytes")
            with file.open("rb") as content:
                digest = hashlib.sha256()
                while block := content.read(1 << 20):
                    digest.update(block)
            if digest.hexdigest() != written["sha256"]:
                raise damaged(name, "its digest is another")

    def train_rows(self) -> TokenRows:
        return self._rows("train")

    def validation_rows(self) -> TokenRows:
        return self._rows("validation")

    def _rows(self, name: str) -> TokenRows:
        return (LabelledRows if self.training and self.training.head else TokenRows)(self.folder, name)

    def steps(self, done: int = 0) -> Iterator[Step]:
        """The steps after those that are done."""
        with (self.folder / "steps.jsonl").open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if number > done:
                    yield _record(Step, json.loads(line))

    def questions(self, answers: Answers) -> Iterator[Question]:
        """Each row of an evaluation; answers that are not told are those of the row before."""
        before: list[dict] = []
        with (self.folder / answers.file).open(encoding="utf-8") as lines:
            for line in lines:
                values = json.loads(line)
                before = values.setdefault("answers", before)
                yield _question(values)


def _mapped(file: Path) -> memoryview:
    if file.stat().st_size == 0:
        return memoryview(b"")
    with file.open("rb") as content:
        return memoryview(mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def _record(kind: Any, values: dict, **made: Any) -> Any:
    """A dataclass from JSON; keys that are not known are survived."""
    known = {field.name for field in dataclasses.fields(kind)}
    read = {_snake(key): value for key, value in values.items()}
    return kind(**{**{key: value for key, value in read.items() if key in known}, **made})


def _training(values: dict) -> Training:
    return _record(
        Training,
        values,
        draws=[_record(Draw, each) for each in values["draws"]],
        optimizer=_record(Optimizer, values["optimizer"]),
        checkpoints=_record(Pace, values["checkpoints"]),
        head=_record(Head, values["head"]) if values.get("head") else None,
    )


def _question(values: dict) -> Question:
    return _record(Question, values, answers=[_record(Answer, each) for each in values["answers"]])


def _answers(values: dict) -> Answers:
    content_free = values.get("contentFree")
    return _record(Answers, values, content_free=_question(content_free) if content_free else None)
