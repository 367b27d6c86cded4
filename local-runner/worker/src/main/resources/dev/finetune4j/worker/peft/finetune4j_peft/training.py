"""The training loop: the steps of the recipe, validation losses, early stopping, checkpoints."""

from __future__ import annotations

import math
import os
import shutil
import time
from pathlib import Path

import torch

from finetune4j_peft import durable, problems
from finetune4j_peft.batches import shared_out
from finetune4j_peft.checkpoints import CheckpointPace, CheckpointStore, Progress, SavedState
from finetune4j_peft.events import status_bytes
from finetune4j_peft.models import TunableModel, is_of_adapter
from finetune4j_peft.ranks import Ranks, own_part
from finetune4j_peft.recipe import Recipe, Setup, Step, TokenRows, Training
from finetune4j_peft.site import Site


ELEMENTS_AT_ONCE = 1 << 24
"""Elements of a gradient that are held in float64 at once, 128 MiB of them."""


class TrainingLoop:
    """Trains a model as a recipe says. Ended after any step and begun again, it gives the same losses."""

    def __init__(self, site: Site, recipe: Recipe, training: Training, setup: Setup, model: TunableModel, ranks: Ranks):
        self._site = site
        self._recipe = recipe
        self._training = training
        self._setup = setup
        self._model = model
        self._ranks = ranks
        self._rows = recipe.train_rows()
        self._validation = recipe.validation_rows() if training.validation_rows else None
        self._trainable = model.trainable()
        # The gradients of all processes are added up, but come as their mean where weights are shared out.
        self._gradient_scale = ranks.scale_of_mean() if model.trains_shares else 1.0
        self._optimizer = _optimizer(training, self._trainable)
        self._store = CheckpointStore(site.output / "checkpoints", ranks, model.trains_shares)
        self._pace = CheckpointPace(training.checkpoints)
        self._best = site.root / "best"
        self._progress = Progress(recipe.digest)
        self._saved: Progress | None = None

    def run(self) -> str | None:
        """Trains to the end, or until told to stop, and says why it stopped."""
        self._restore()
        steps = self._recipe.steps(self._progress.steps)
        step = next(steps, None)
        stopped = self._validate_again()
        while stopped is None and step is not None and not self._is_out_of_patience():
            stopped = self._step(step)
            if stopped is None and self._is_validated(step):
                stopped = self._validate()
            if stopped is None and step.step < self._training.steps:
                if self._ranks.agree(self._pace.is_due(step.step)):
                    self._save()
            step = next(steps, None) if stopped is None else step
        if stopped is not None:
            self._save()
            return stopped
        self._finish()
        return None

    def _is_validated(self, step: Step) -> bool:
        return step.validate and self._validation is not None

    def _validate_again(self) -> str | None:
        """Takes the validation loss that was due when an earlier process ended between a step and it."""
        if self._progress.steps == 0 or self._progress.validated_steps == self._progress.steps:
            return None
        done = next(self._recipe.steps(self._progress.steps - 1))
        return self._validate() if self._is_validated(done) else None

    def _step(self, step: Step) -> str | None:
        """One optimizer step; why it was stopped, in which case the weights are as before."""
        begun = time.monotonic()
        rows = step.all_rows
        lengths = [self._rows.length(row) + self._model.virtual_tokens for row in rows]
        shares = shared_out(lengths, self._ranks.world, self._setup.pass_tokens, self._setup.pass_rows)
        counted = sum(map(self._rows.counted, rows))
        summed = 0.0
        with self._model.learning():
            for number, part in enumerate(shares[self._ranks.rank]):
                reason = self._site.stop_reason(self._ranks)
                if reason is not None:
                    self._optimizer.zero_grad(set_to_none=True)
                    return reason
                torch.manual_seed(_mixed(self._training.seed, step.step, number, self._ranks.rank))
                loss = self._summed_loss(self._rows, [rows[place] for place in part], rows[0])
                if loss is not None:
                    (loss * self._gradient_scale / counted).backward()
                    summed += loss.item()
        if not self._model.trains_shares:
            self._ranks.sum_gradients(self._trainable.values())
        loss = self._ranks.sum(summed) / counted
        norm = self._clip()
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise problems.not_finite(step.step, loss, norm, step.learning_rate)
        for group in self._optimizer.param_groups:
            group["lr"] = step.learning_rate
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._progress = self._progress.after_step()
        tokens = sum(map(self._rows.length, rows))
        self._tell_step(step, loss, norm, tokens, max(1e-3, time.monotonic() - begun))
        return None

    def _summed_loss(self, table: TokenRows, rows: list[int], stand_in: int) -> torch.Tensor | None:
        """The loss of some rows; of none it is nothing, and 0 where processes that share weights must go through them together."""
        if rows:
            return self._model.summed_loss([table.row(row) for row in rows])
        return 0 * self._model.summed_loss([table.row(stand_in)]) if self._model.is_sharded else None

    def _clip(self) -> float:
        """L2 norm of all gradients, in float64; scales them down to the largest that is allowed, as clip_grad_norm_ does."""
        gradients = [own_part(parameter.grad) for parameter in self._trainable.values() if parameter.grad is not None]
        pieces = (piece for gradient in gradients for piece in gradient.flatten().split(ELEMENTS_AT_ONCE))
        lengths = [torch.linalg.vector_norm(piece, dtype=torch.float64) for piece in pieces]
        norm = torch.linalg.vector_norm(torch.stack(lengths)).item()
        if self._model.trains_shares:
            norm = math.sqrt(self._ranks.sum(norm * norm))
        most = self._training.optimizer.max_gradient_norm
        scale = min(1.0, most / (norm + self._training.optimizer.clip_epsilon)) if most > 0 else 1.0
        if scale < 1:
            torch._foreach_mul_(gradients, scale)
        return norm

    def _tell_step(self, step: Step, loss: float, norm: float, tokens: int, seconds: float) -> None:
        self._site.events.tell(
            "step",
            step=step.step,
            steps=self._training.steps,
            epoch=step.epoch,
            loss=loss,
            learningRate=step.learning_rate,
            gradientNorm=norm,
            tokens=tokens,
            tokensPerSecond=tokens / seconds,
            residentBytes=status_bytes("VmRSS"),
        )

    def _validate(self) -> str | None:
        """Takes the validation loss; why it was stopped, if so."""
        table = self._validation
        lengths = [table.length(row) + self._model.virtual_tokens for row in range(len(table))]
        shares = shared_out(lengths, self._ranks.world, self._setup.pass_tokens, self._setup.pass_rows)
        summed = 0.0
        with self._model.answering(tuned=True):
            for part in shares[self._ranks.rank]:
                reason = self._site.stop_reason(self._ranks)
                if reason is not None:
                    return reason
                loss = self._summed_loss(table, part, 0)
                summed += 0 if loss is None else loss.item()
        counted = sum(map(table.counted, range(len(table))))
        loss = self._ranks.sum(summed) / counted
        if not math.isfinite(loss):
            raise problems.not_finite(self._progress.steps, loss, 0, 0)
        self._progress = self._progress.after_validation(loss)
        is_best = self._progress.best_step == self._progress.steps
        if is_best:
            self._write(self._best)
        self._ranks.wait()
        self._site.events.tell("validation", step=self._progress.steps, loss=loss, best=is_best)
        return None

    def _write(self, folder: Path) -> None:
        """Leaves what is trained in a folder."""
        gathered = self._model.gathered(self._ranks.is_first)
        if self._ranks.is_first:
            durable.write_folder(folder, lambda partial: self._model.write(partial, gathered))

    def _is_out_of_patience(self) -> bool:
        patience = self._training.patience
        return patience > 0 and self._progress.validations_without_gain >= patience

    def _restore(self) -> None:
        if self._ranks.is_first:
            shutil.rmtree(self._best, ignore_errors=True)
        restored = self._store.restore(self._recipe.digest, self._best, self._skipped)
        if restored is None:
            return
        state, self._progress = restored
        self._saved = self._progress
        _put_state(self._trainable, self._optimizer, state, self._progress.steps)
        self._site.events.tell("resumed", step=self._progress.steps)

    def _skipped(self, checkpoint: str, why: str) -> None:
        skip = problems.WorkProblem("FT0626", f"{checkpoint} was skipped", [why], ["none is needed: an older one serves"], problems.OK)
        record = skip.record(self._recipe.problems, "warning")
        if record:
            self._site.events.tell("problem", problem=record)

    def _save(self) -> None:
        if self._progress.steps == 0 or self._progress == self._saved:
            return
        begun = time.monotonic()
        tensors = _state(self._trainable, self._optimizer) if self._ranks.is_first or self._model.trains_shares else {}
        size = self._store.save(tensors, self._progress, self._best)
        self._ranks.wait()
        self._site.events.tell("checkpoint", step=self._progress.steps, bytes=size)
        self._pace.saved(time.monotonic() - begun)
        self._saved = self._progress

    def _finish(self) -> None:
        """Puts the best result, or the present one where no validation told which is best, in its place."""
        progress = self._progress
        if progress.steps < self._training.steps:
            reason = (
                f"{progress.validations_without_gain} validations without a lower loss than {progress.best_loss:.4f}"
                f" at step {progress.best_step}"
            )
            self._site.events.tell("stopped-early", step=progress.steps, reason=reason)
        result = self._site.output / self._training.result
        if not progress.has_best:
            self._write(result)
        elif self._ranks.is_first:
            result.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._best, result)
        if self._ranks.is_first:
            self._store.clear()
        self._ranks.wait()


def _optimizer(training: Training, trainable: dict[str, torch.nn.Parameter]) -> torch.optim.AdamW:
    """AdamW; vectors do not decay, which are norms and biases, but for those of adapters."""
    settings = training.optimizer
    decayed = [each for name, each in trainable.items() if each.dim() > 1 or is_of_adapter(name)]
    plain = [each for name, each in trainable.items() if each.dim() <= 1 and not is_of_adapter(name)]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=0.0,
        betas=(settings.beta1, settings.beta2),
        eps=settings.epsilon,
        # What is trained is on one device; fused, no copy of the second moments is made for their roots.
        fused=all(each.device.type == "cuda" for each in trainable.values()),
    )


def _state(trainable: dict[str, torch.nn.Parameter], optimizer: torch.optim.AdamW) -> dict[str, torch.Tensor]:
    """Values and both moments, by name; of those that are shared out, this process's part."""
    tensors = {}
    for name, parameter in trainable.items():
        moments = optimizer.state[parameter]
        for kind, value in (("value", parameter), ("first", moments["exp_avg"]), ("second", moments["exp_avg_sq"])):
            tensors[f"{kind} {name}"] = own_part(value.detach()).cpu().contiguous().clone()
    return tensors


def _put_state(
    trainable: dict[str, torch.nn.Parameter], optimizer: torch.optim.AdamW, state: SavedState, steps: int
) -> None:
    for name, parameter in trainable.items():
        moments = {"exp_avg": torch.empty_like(parameter), "exp_avg_sq": torch.empty_like(parameter)}
        for kind, target in (("value", parameter.data), ("first", moments["exp_avg"]), ("second", moments["exp_avg_sq"])):
            state.read(f"{kind} {name}", target)
        # A fused step counts on the device.
        optimizer.state[parameter] = {"step": torch.tensor(float(steps), device=parameter.device), **moments}


def _mixed(*numbers: int) -> int:
    """A seed for a place: 63 bits by SplitMix64's mixer."""
    state = 0
    for number in numbers:
        state = (state + number + 0x9E3779B97F4A7C15) % 2**64
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) % 2**64
        state ^= state >> 31
    return state >> 1
