"""What goes wrong, told as the rest of finetune4j tells it."""

from __future__ import annotations

OK = 0
INTERNAL = 1
INVALID = 3
TRAINING_FAILED = 8
INTERRUPTED = 130

FAILURE_CHARACTERS = 1024
"""A cloud shows so many characters of a failure."""


class WorkProblem(Exception):
    """One thing that is wrong, for the person who can mend it.

    code: of the catalogue, such as FT0622. summary: what happened, in one line. causes: number against number, one line each.
    remedies: what to do, the best first. exit_code: what the process ends with.
    """

    def __init__(self, code: str, summary: str, causes: list[str], remedies: list[str], exit_code: int):
        super().__init__(f"{code}: {summary}")
        self.code = code
        self.summary = summary
        self.causes = causes
        self.remedies = remedies
        self.exit_code = exit_code

    def text(self) -> str:
        """All of it in one line, as the file of a failure has it."""
        return "; ".join([f"{self.code}: {self.summary}", *self.causes, f"try: {self.remedies[0]}"])[:FAILURE_CHARACTERS]

    def record(self, kinds: dict, severity: str = "error") -> dict | None:
        """As events carry it; None where the catalogue came without the code."""
        if self.code not in kinds:
            return None
        return {
            "kind": kinds[self.code],
            "severity": severity,
            "summary": self.summary,
            "causes": self.causes,
            "remedies": self.remedies,
            "retry": {"kind": "never"},
        }


def missing(what: str, cause: str) -> WorkProblem:
    """An input that is not there."""
    return WorkProblem("FT0651", what, [cause], ["launch the job again from its job file, so that its inputs are prepared again"], INVALID)


def damaged(file: str, cause: str) -> WorkProblem:
    """A file that is not that of the job."""
    return WorkProblem(
        "FT0652", f"{file} is not that of the job", [cause], ["delete the job's folder and launch the job again from its job file"], INVALID
    )


def not_finite(step: int, loss: float, norm: float, rate: float) -> WorkProblem:
    """A step that would spoil the weights."""
    return WorkProblem(
        "FT0622",
        f"the loss is not a number at step {step}",
        [f"loss {loss}, gradient norm {norm}", f"the learning rate of the step is {rate:.3g}"],
        [f"training.learning-rate: {rate / 10:.3g}", "training.warmup-ratio: 0.1"],
        TRAINING_FAILED,
    )


def out_of_memory(error: BaseException) -> WorkProblem:
    """Memory that a device does not have."""
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return WorkProblem(
        "FT0604", "the memory of the device is not enough", [first], ["training.recompute: layer", "training.batch-size: 1"], TRAINING_FAILED
    )


def does_not_fit(needed: float, room: int, whole: bool, packed: bool, processes: int) -> WorkProblem:
    """What each process would have to hold of the weights, shared out where they can be, is more than its device has."""
    gibibyte = 1 << 30
    return WorkProblem(
        "FT0604",
        "the model does not fit the GPUs",
        [
            f"its weights{', gradient and moments' if whole else ''} take {needed / gibibyte:.1f} GiB of a GPU that has {room / gibibyte:.1f} GiB",
            f"there {'is 1 GPU' if processes == 1 else f'are {processes} GPUs'}; torch 2.7 or newer shares weights out among several",
        ],
        [*([] if packed else ["method: lora" if whole else "method: qlora"]), "a machine whose GPUs have more memory"],
        TRAINING_FAILED,
    )


def cannot_share(version: str, needed: str) -> WorkProblem:
    """Weights that are to be shared out, by a torch that does not do it."""
    return WorkProblem(
        "FT0675",
        "the image cannot share the weights out among its GPUs",
        [f"torch is {version}, needed is {needed} or newer", "the plan counts on shared weights, whose memory and time are others"],
        ["leave the image out of the job, so that the vendor's image of torch 2.7.1 is taken"],
        INVALID,
    )


def failed(error: BaseException) -> WorkProblem:
    """A defect here or in a library below."""
    return WorkProblem(
        "FT0675",
        "the engine met an unexpected error",
        [f"{type(error).__name__}: {error}", "the trace is in the job's log"],
        ["finetune resume RUN"],
        INTERNAL,
    )
