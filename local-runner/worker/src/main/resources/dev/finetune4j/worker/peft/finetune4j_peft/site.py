"""The folders of one container, laid out as SageMaker does, and the ways to report and to be stopped."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from finetune4j_peft import durable
from finetune4j_peft.events import Events
from finetune4j_peft.metrics import Metrics
from finetune4j_peft.problems import WorkProblem, damaged, missing
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Recipe

DIGEST_SETTING = "finetune4j-digest"
TICKET = "job.json"


class Site:
    """What lies where below `/opt/ml`: channels in `input/data`, the work in `checkpoints/job`, which is put back where the container is
    started anew, results in `model`, and why it failed in `output/failure`."""

    def __init__(self, base: Path, is_first: bool):
        self.base = base
        self.root = base / "checkpoints" / "job"
        self.output = self.root / "output"
        self._state = Path(os.environ["FINETUNE4J_STATE"]) if "FINETUNE4J_STATE" in os.environ else self.root
        self._is_first = is_first
        if is_first:
            self.root.mkdir(parents=True, exist_ok=True)
        self.events = (
            Events(sys.stdout, self.root / "events.jsonl", Metrics.of(os.environ)) if is_first else Events(None, None)
        )

    def channel(self, name: str) -> Path:
        return self.base / "input" / "data" / name

    def model_folder(self) -> Path:
        """The base model; raises WorkProblem FT0651 where it is missing."""
        folder = self.channel("model")
        if not (folder / "config.json").exists():
            raise missing("the model channel of the job is missing", f"there is no {folder / 'config.json'}")
        return folder

    def check_order(self, recipe: Recipe) -> None:
        """Raises WorkProblem FT0651 or FT0652 unless order, job, recipe and what an earlier container left belong together."""
        file = self.channel("order") / "order.json"
        if not file.exists():
            raise missing("the order channel of the job is missing", f"there is no {file}")
        try:
            order = json.loads(file.read_text(encoding="utf-8"))
            settings = self.base / "input" / "config" / "hyperparameters.json"
            expected = json.loads(settings.read_text(encoding="utf-8")).get(DIGEST_SETTING, "") if settings.exists() else ""
            mine = {"id": order["id"], "digest": order["order"]["digest"], "recipe": recipe.digest}
        except (ValueError, KeyError, TypeError) as error:
            raise damaged("order.json", f"it is no order of this version: {type(error).__name__} {error}") from error
        if mine["digest"] != expected:
            told = f"is {expected}" if expected else "is not told"
            raise damaged("order.json", f"its digest is {mine['digest']}, the job's {told}")
        if recipe.order_digest != expected:
            raise damaged("recipe.json", f"it was made from order {recipe.order_digest}, the job's is {expected}")
        ticket = self.root / TICKET
        if ticket.exists():
            earlier = json.loads(ticket.read_text(encoding="utf-8"))
            if earlier != mine:
                raise damaged(TICKET, f"the checkpoints are of {earlier.get('id')}, digest {earlier.get('digest')}")
        elif self._is_first:
            durable.write_text(ticket, json.dumps(mine))

    def stop_reason(self, ranks: Ranks) -> str | None:
        """Why the work is to be stopped, if so; all processes get the same answer."""
        told = ranks.agree(ranks.is_first and (self._state / "stop").exists())
        return "the process was told to end" if told else None

    def link_results(self) -> None:
        """Puts what there is of results where the service takes them."""
        target = self.base / "model"
        target.mkdir(parents=True, exist_ok=True)
        if self.output.is_dir():
            durable.link_tree(self.output, target, leave_out="checkpoints")

    def leave_failure(self, problem: WorkProblem) -> None:
        """Says why where the service looks for it; the first of several processes to say it counts."""
        file = self.base / "output" / "failure"
        if not file.exists():
            durable.write_text(file, problem.text())

    def leave_exit(self, code: int) -> None:
        """Tells the shell what to end with."""
        (self._state / "exit").write_text(str(code), encoding="ascii")
