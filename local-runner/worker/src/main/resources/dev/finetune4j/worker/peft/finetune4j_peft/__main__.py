"""One process of the engine: `python3 -m torch.distributed.run ... -m finetune4j_peft BASE`."""

from __future__ import annotations

import gc
import os
import platform
import sys
import traceback
from pathlib import Path

import peft
import torch
import transformers

from finetune4j_peft import problems
from finetune4j_peft.answers import Answerer, Answering
from finetune4j_peft.choosing import Choosing, Guessing
from finetune4j_peft.classifier import Classifier
from finetune4j_peft.decoder import Decoder
from finetune4j_peft.events import host, status_bytes
from finetune4j_peft.models import TunableModel, precision_for
from finetune4j_peft.problems import WorkProblem
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Answers, Recipe, Training
from finetune4j_peft.site import Site
from finetune4j_peft.speaking import Speaking
from finetune4j_peft.training import TrainingLoop


class Work:
    """The steps of one job. Those whose result is complete are skipped, so that a container may be started anew at any time."""

    def __init__(self, site: Site, recipe: Recipe, ranks: Ranks):
        self._site = site
        self._recipe = recipe
        self._ranks = ranks
        self._model: TunableModel | None = None
        asked = recipe.training.precision if recipe.training else "auto"
        self._dtype = precision_for(asked, ranks.device)
        self._setup = recipe.setup(recipe.training) if recipe.training else None

    def run(self) -> str | None:
        """Works to the end; why it stopped before, if so."""
        for notice in self._recipe.notices:
            self._site.events.tell("problem", problem=notice)
        before = [each for each in self._recipe.answers if not each.is_tuned]
        after = [each for each in self._recipe.answers if each.is_tuned]
        # A whole model has no base beside it: what the base answers is asked before it is trained.
        return self._answer(before) or self._train() or self._answer(after)

    def _answer(self, wanted: list[Answers]) -> str | None:
        for answers in wanted:
            if (self._site.output / "predictions" / answers.predictions).exists():
                continue
            stopped = self._answer_all(answers)
            if stopped is not None:
                return stopped
        return None

    def _answer_all(self, answers: Answers) -> str | None:
        answerer = self._answerer(answers)
        self._site.events.state("evaluating", f"{answers.variant} answers {answers.rows} rows")
        return Answering(self._site, self._recipe, answers, answerer, self._ranks).run()

    def _answerer(self, answers: Answers) -> Answerer:
        if answers.prior is not None:
            return Guessing(answers)
        model = self._answering_model(answers)
        if isinstance(model, Classifier):
            return Choosing(model, answers)
        return Speaking(model, self._recipe, answers, self._site.model_folder())

    def _answering_model(self, answers: Answers) -> TunableModel:
        """The model that a variant asks for. An adapter is read from the result, since the best state is in there, not the last."""
        training = self._recipe.training
        if training is None or not answers.is_tuned:
            whole = training is None or training.is_whole
            return self._loaded(None if whole else training)
        result = self._site.output / training.result
        if training.is_whole:
            self._let_go()
            self._model = self._open(result, None)
            return self._model
        model = self._loaded(training)
        model.read(result)
        return model

    def _let_go(self) -> None:
        """Frees the model, which refers to itself where its weights are shared out."""
        self._model = None
        gc.collect()
        if self._ranks.device.type == "cuda":
            torch.cuda.empty_cache()

    def _open(self, folder: Path, training: Training | None, shares: bool = False) -> TunableModel:
        """The model in the base model's folder, or in the result's, which holds its head."""
        settings = training, self._dtype, self._ranks, self._recipe.pad_token, shares
        head = self._recipe.training.head if self._recipe.training else None
        if head is None:
            return Decoder(folder, *settings)
        is_base = folder == self._site.model_folder()
        return Classifier(folder, head, self._recipe.folder / head.file if is_base else None, *settings)

    def _loaded(self, training: Training | None) -> TunableModel:
        if self._model is None or self._model.training is not training:
            self._let_go()
            self._site.events.state("evaluating" if training is None else "training", "loading the model")
            shares = training is not None and self._setup is not None and self._setup.shares_weights
            self._model = self._open(self._site.model_folder(), training, shares)
            if self._model.is_sharded:
                self._site.events.state("training", f"the weights are shared out among {self._ranks.world} processes")
        return self._model

    def _train(self) -> str | None:
        training = self._recipe.training
        if training is None or self._setup is None or (self._site.output / training.result).is_dir():
            return None
        model = self._loaded(training)
        steps = "1 step" if training.steps == 1 else f"{training.steps} steps"
        rows = "1 row" if training.rows == 1 else f"{training.rows} rows"
        self._site.events.state("training", f"{steps} over {rows}")
        recompute = model.save_memory(self._setup.recompute, self._setup.pass_tokens)
        self._site.events.tell(
            "training-started",
            parameters=model.parameters,
            trainableParameters=sum(each.numel() for each in model.trainable().values()),
            steps=training.steps,
            precision="bf16" if self._dtype == torch.bfloat16 else "fp32",
            recompute=recompute,
            threads=torch.get_num_threads(),
            predictedPeakBytes=-1,
        )
        return TrainingLoop(self._site, self._recipe, training, self._setup, model, self._ranks).run()


def versions() -> dict[str, str]:
    return {
        "Python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "PEFT": peft.__version__,
    }


def device_name(ranks: Ranks) -> str:
    if ranks.device.type == "cpu":
        return "cpu"
    name = torch.cuda.get_device_name(ranks.device)
    return name if ranks.world == 1 else f"{ranks.world} x {name}"


def work(site: Site, ranks: Ranks) -> int:
    """Does the job and says how it ended."""
    recipe: Recipe | None = None
    try:
        recipe = Recipe(site.channel("recipe"))
        site.check_order(recipe)
        site.events.state("starting", "the worker has begun")
        site.events.tell("worker-started", host=host(device_name(ranks)), versions=versions())
        recipe.check_files()
        stopped = Work(site, recipe, ranks).run()
        if ranks.is_first:
            site.events.tell(
                "worker-ended", peakResidentBytes=status_bytes("VmHWM"), peakGpuBytes=ranks.peak_gpu_bytes()
            )
            site.events.state("succeeded" if stopped is None else "stopped", stopped or "all results are complete")
            site.link_results()
        return problems.OK if stopped is None else problems.INTERRUPTED
    except WorkProblem as problem:
        return fail(site, recipe, problem)
    except torch.OutOfMemoryError as error:
        traceback.print_exc()
        return fail(site, recipe, problems.out_of_memory(error))
    except Exception as error:  # whatever a library throws must reach the file of the failure
        traceback.print_exc()
        return fail(site, recipe, problems.failed(error))


def fail(site: Site, recipe: Recipe | None, problem: WorkProblem) -> int:
    """Tells why, everywhere where somebody may look."""
    site.leave_failure(problem)
    record = problem.record(recipe.problems) if recipe else None
    if record:
        site.events.tell("problem", problem=record)
    site.events.tell("worker-ended", peakResidentBytes=status_bytes("VmHWM"))
    site.events.state("failed", f"{problem.code}: {problem.summary}")
    if recipe:
        site.link_results()
    return problem.exit_code


def main() -> int:
    transformers.utils.logging.disable_progress_bar()
    site = Site(Path(sys.argv[1]), os.environ.get("RANK", "0") == "0")
    ranks = Ranks()
    code = work(site, ranks)
    failed = code not in (problems.OK, problems.INTERRUPTED)
    if failed or ranks.is_first:
        site.leave_exit(code)
    site.events.close()  # takes seconds, in which the machine may go
    if failed:
        os._exit(code)  # peers may wait for this process for ever; torchrun ends them once it is gone
    ranks.end()
    return 0  # the shell reads the code from its file


if __name__ == "__main__":
    sys.exit(main())
