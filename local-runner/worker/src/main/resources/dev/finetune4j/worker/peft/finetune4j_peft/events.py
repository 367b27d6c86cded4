"""Tells what happens, one line of JSON each, as the worker of finetune4j's own core does."""

from __future__ import annotations

import json
import os
import platform
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TextIO

from finetune4j_peft.metrics import Metrics

MARK = "finetune4j-event "


class Events:
    """Writes events to the container's log and to a file that only grows; the processes beside the first tell nothing."""

    def __init__(self, log: TextIO | None, file: Path | None, metrics: Metrics | None = None):
        self._log = log
        self._metrics = metrics
        self._file = file.open("a", encoding="utf-8") if file else None

    def tell(self, kind: str, **fields: Any) -> None:
        """An event that happens now."""
        if self._log is None:
            return
        line = json.dumps({"kind": kind, "at": now(), **fields}, ensure_ascii=False)
        if self._file:
            self._file.write(line + "\n")
            self._file.flush()
        self._log.write(MARK + line + "\n")
        self._log.flush()
        if self._metrics:
            self._metrics.tell(kind, fields)

    def state(self, state: str, message: str) -> None:
        """The run goes to a state, or goes on in it with something else."""
        self.tell("state", state=state, message=message)

    def close(self) -> None:
        """What waits to be told elsewhere is told, or given up."""
        if self._metrics:
            self._metrics.close()


def now() -> str:
    """UTC as ISO 8601."""
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def status_bytes(key: str) -> int:
    """VmRSS or VmHWM of this process in bytes; -1 where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":"))
    except (OSError, StopIteration):
        return -1


def host(device: str) -> dict:
    """The machine."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        memory = -1
    architecture = {"x86_64": "amd64"}.get(platform.machine(), platform.machine())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "system": f"{platform.system()} {platform.release()}",
        "architecture": architecture,
        "device": device,
        "cores": cores,
        "memoryBytes": memory,
    }
