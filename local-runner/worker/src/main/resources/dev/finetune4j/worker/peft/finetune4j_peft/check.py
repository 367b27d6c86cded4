"""Checks what the image has before anything begins: `python3 -m finetune4j_peft.check BASE` prints "PROCESSES PORT", or says what is missing.

FINETUNE4J_PROCESSES overrides the number of processes, which is that of the GPUs, or 1.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from importlib import metadata
from pathlib import Path

from finetune4j_peft.problems import INVALID, WorkProblem

NEEDED = {"torch": (2, 6), "transformers": (4, 55), "peft": (0, 16), "safetensors": (0, 4), "numpy": (1, 24)}


def version_numbers(text: str) -> tuple[int, ...]:
    """(2, 6) of 2.6.0+cu126."""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:2])


def shortcomings(found: dict[str, str | None]) -> list[str]:
    """What of the needed packages is missing or too old."""
    lacks = []
    for name, least in NEEDED.items():
        needed = ".".join(map(str, least))
        version = found.get(name)
        if version is None:
            lacks.append(f"{name} {needed} or newer is missing")
        elif version_numbers(version) < least:
            lacks.append(f"{name} is {version}, needed is {needed} or newer")
    return lacks


def requirements() -> list[str]:
    """All of what is needed, as a shell and pip take it."""
    return [f"'{name}>={'.'.join(map(str, least))}'" for name, least in NEEDED.items()]


def installed() -> dict[str, str | None]:
    """Versions of the needed packages; None where one is missing."""
    versions: dict[str, str | None] = {}
    for name in NEEDED:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def processes() -> int:
    """One for each GPU, or one."""
    asked = os.environ.get("FINETUNE4J_PROCESSES")
    if asked:
        return int(asked)
    import torch

    return max(1, torch.cuda.device_count())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> int:
    lacks = shortcomings(installed())
    if not lacks:
        print(processes(), free_port())
        return 0
    problem = WorkProblem(
        "FT0675",
        "the image lacks what the engine needs",
        [*lacks, f"looked with {sys.executable}"],
        [f"RUN {sys.executable} -m pip install {' '.join(requirements())}    # a line for the Dockerfile of the image"],
        INVALID,
    )
    output = Path(sys.argv[1]) / "output"
    output.mkdir(parents=True, exist_ok=True)
    (output / "failure").write_text(problem.text(), encoding="utf-8")
    print(problem.text(), file=sys.stderr)
    return INVALID


if __name__ == "__main__":
    sys.exit(main())
