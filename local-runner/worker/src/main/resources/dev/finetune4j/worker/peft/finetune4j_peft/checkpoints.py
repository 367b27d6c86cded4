"""Checkpoints: all that a training needs to go on in another process as if nothing had been. Random numbers are functions of their place
(step, part, process), so none are in here."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from finetune4j_peft import durable
from finetune4j_peft.ranks import Ranks, own_part, own_rows
from finetune4j_peft.recipe import Pace

KEPT = 2
"""Checkpoints that are kept: if the newest is damaged, the one before it serves."""

_NAME = re.compile(r"checkpoint-(\d{6,9})")
_PROGRESS = "progress.json"
_BEST = "best"


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a training is, apart from weights and moments."""

    identity: str
    steps: int = 0
    validated_steps: int = 0
    best_step: int = 0
    best_loss: float = math.inf
    validations_without_gain: int = 0

    def after_step(self) -> Progress:
        return dataclasses.replace(self, steps=self.steps + 1)

    def after_validation(self, loss: float) -> Progress:
        if loss < self.best_loss:
            return dataclasses.replace(
                self, validated_steps=self.steps, best_step=self.steps, best_loss=loss, validations_without_gain=0
            )
        return dataclasses.replace(
            self, validated_steps=self.steps, validations_without_gain=self.validations_without_gain + 1
        )

    @property
    def has_best(self) -> bool:
        return self.best_step > 0


class CheckpointPace:
    """When to save: every so many steps; or after the first step of each process, and then as often as loses the least time, after every
    sqrt(2 C M) seconds, C those of a checkpoint and M those between failures (https://doi.org/10.1145/361147.361115)."""

    def __init__(self, pace: Pace):
        self._pace = pace
        self._due = 0.0

    def is_due(self, step: int) -> bool:
        if self._pace.every > 0:
            return step % self._pace.every == 0
        return time.monotonic() >= self._due

    def saved(self, seconds: float) -> None:
        """Takes note of what a checkpoint cost."""
        least_loss = math.sqrt(2 * seconds * self._pace.seconds_between_failures)
        pause = max(seconds / self._pace.most_overhead, min(least_loss, self._pace.longest_seconds))
        self._due = time.monotonic() + pause


class SavedState:
    """The tensors of a checkpoint. Where processes had a share of each, every one left a file, and the rows of a tensor lie in their
    order, however many processes read them now."""

    def __init__(self, folder: Path):
        others = len(list(folder.glob(_state_file("*"))))
        self._files = [folder / _state_file(rank) for rank in range(others + 1)]

    def read(self, name: str, target: torch.Tensor) -> None:
        """Copies a tensor, or of one that is shared out this process's rows, into the target."""
        begin, end = own_rows(target)
        part = own_part(target)
        at = 0  # the first row of a file
        for file in self._files:
            with safe_open(file, framework="pt") as tensors:
                saved = tensors.get_slice(name)
                rows = saved.get_shape()[0]
                first, last = max(begin, at), min(end, at + rows)
                if first < last:
                    part[first - begin : last - begin].copy_(saved[first - at : last - at])
            at += rows


class CheckpointStore:
    """The checkpoints in a folder, newest last by name. All processes must ask for what is done together."""

    def __init__(self, folder: Path, ranks: Ranks, is_shared: bool):
        """`is_shared`: each process has a part of the tensors, instead of all."""
        self._folder = folder
        self._ranks = ranks
        self._is_shared = is_shared

    def save(self, tensors: dict[str, torch.Tensor], progress: Progress, best: Path) -> int:
        """Saves weights, moments and progress, with the best result so far; bytes of the checkpoint, now durable, told to the first
        process."""
        name = self._folder / f"checkpoint-{progress.steps:06d}"
        if not self._ranks.is_first:
            if self._is_shared:
                with self._together():
                    save_file(tensors, durable.partial_of(name) / _state_file(self._ranks.rank))
            return 0

        def fill(folder: Path) -> None:
            with self._together():
                save_file(tensors, folder / _state_file(0))
            (folder / _PROGRESS).write_text(json.dumps(dataclasses.asdict(progress)), encoding="utf-8")
            if best.is_dir():
                shutil.copytree(best, folder / _BEST, copy_function=durable.link)  # its files are replaced, never written anew

        durable.write_folder(name, fill, manifest=True)
        kept = [each for each in self._newest_first() if _step(each) <= progress.steps][:KEPT]
        for each in self._newest_first():
            if each not in kept:
                shutil.rmtree(each)
        return durable.size(name)

    @contextlib.contextmanager
    def _together(self) -> Iterator[None]:
        """Begins when the folder is there, ends when every process has written."""
        if self._is_shared:
            self._ranks.wait()
        yield
        if self._is_shared:
            self._ranks.wait()

    def restore(self, identity: str, best: Path, skipped: Callable[[str, str], None]) -> tuple[SavedState, Progress] | None:
        """The newest sound checkpoint of a training, which the first process looks for, and whose best result it puts into a folder."""
        found = self._newest_sound(identity, skipped) if self._ranks.is_first else None
        if found is not None and (found / _BEST).is_dir():
            shutil.copytree(found / _BEST, best, copy_function=durable.link)
        found = self._ranks.gather([found])[0][0]
        return None if found is None else (SavedState(found), _progress(found))

    def _newest_sound(self, identity: str, skipped: Callable[[str, str], None]) -> Path | None:
        for checkpoint in self._newest_first():
            why = durable.damage(checkpoint)
            if why is None and _progress(checkpoint).identity == identity:
                return checkpoint
            skipped(checkpoint.name, why or "it was made for another recipe")
        return None

    def clear(self) -> None:
        """Removes all; they have no use once the result is durable."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _newest_first(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted((each for each in self._folder.iterdir() if _NAME.fullmatch(each.name)), key=_step, reverse=True)


def _state_file(rank: int | str) -> str:
    """The file of a process; that of the first is the only one where nothing is shared out."""
    return f"state-{rank}.safetensors" if rank else "state.safetensors"


def _progress(checkpoint: Path) -> Progress:
    return Progress(**json.loads((checkpoint / _PROGRESS).read_text(encoding="utf-8")))


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.split("-")[1])
