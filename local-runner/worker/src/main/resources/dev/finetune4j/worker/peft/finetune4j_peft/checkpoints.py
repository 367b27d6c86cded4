"""Checkpoints: all that a training needs to go on in another process as if nothing had been. Random numbers are functions of their place
(step, part, process), so none are in here."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from finetune4j_peft import durable
from finetune4j_peft.recipe import Pace

KEPT = 2
"""Checkpoints that are kept: if the newest is damaged, the one before it serves."""

_NAME = re.compile(r"checkpoint-(\d{6,9})")
_STATE = "state.safetensors"
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


class CheckpointStore:
    """The checkpoints in a folder, newest last by name."""

    def __init__(self, folder: Path):
        self._folder = folder

    def save(self, tensors: dict[str, torch.Tensor], progress: Progress, best: Path) -> int:
        """Saves weights, moments and progress, with the best result so far; bytes of the checkpoint, now durable."""
        name = self._folder / f"checkpoint-{progress.steps:06d}"

        def fill(folder: Path) -> None:
            save_file(tensors, folder / _STATE)
            (folder / _PROGRESS).write_text(json.dumps(dataclasses.asdict(progress)), encoding="utf-8")
            if best.is_dir():
                shutil.copytree(best, folder / _BEST)

        durable.write_folder(name, fill, manifest=True)
        kept = [each for each in self._newest_first() if _step(each) <= progress.steps][:KEPT]
        for each in self._newest_first():
            if each not in kept:
                shutil.rmtree(each)
        return durable.size(name)

    def restore(
        self, identity: str, best: Path, skipped: Callable[[str, str], None], writes: bool
    ) -> tuple[dict[str, torch.Tensor], Progress] | None:
        """The newest sound checkpoint of a training, with its best result put into a folder by the process that writes."""
        for checkpoint in self._newest_first():
            why = durable.damage(checkpoint)
            if why is None:
                values = json.loads((checkpoint / _PROGRESS).read_text(encoding="utf-8"))
                progress = Progress(**values)
                if progress.identity == identity:
                    if writes and (checkpoint / _BEST).is_dir():
                        shutil.copytree(checkpoint / _BEST, best)
                    return load_file(checkpoint / _STATE), progress
                why = "it was made for another recipe"
            skipped(checkpoint.name, why)
        return None

    def clear(self) -> None:
        """Removes all; they have no use once the result is durable."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _newest_first(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted((each for each in self._folder.iterdir() if _NAME.fullmatch(each.name)), key=_step, reverse=True)


def _step(checkpoint: Path) -> int:
    return int(checkpoint.name.split("-")[1])
