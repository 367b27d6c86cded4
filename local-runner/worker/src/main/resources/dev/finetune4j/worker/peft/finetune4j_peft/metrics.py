"""Tells MLflow loss, learning rate and validation loss, where Azure Machine Learning names a run of it.

In batches, three calls a minute at most while it trains: a workspace answers whoever logs each step with 429. It asks to stay away longer, and is obeyed. A thread
of its own sends, so that no step waits for it, and what cannot be told is dropped: a training never ends of it.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from typing import Any, Callable, Mapping

SCHEME = "azureml://"
PAUSE = 20.0  # seconds between two calls
RETRY = 1.0  # before the same batch is sent once more
LAST = 15.0  # how long the end of a training may be held up
ANSWERING = 10.0
BATCH = 1000  # MLflow takes no more at once
MOST = 10_000  # those that wait for a workspace that does not answer; older ones are dropped

Send = Callable[[dict], "tuple[int, float]"]


class Metrics:
    """Figures of one run. `send` takes the body of a batch and gives the status of HTTP, and how long to send nothing."""

    def __init__(self, run: str, send: Send, pause: float = PAUSE):
        self._run = run
        self._send = send
        self._pause = pause
        self._waiting: deque[dict] = deque()
        self._changed = threading.Condition()
        self._is_over = False
        self._is_refused = False
        self._dropped = 0
        self._sender = threading.Thread(target=self._work, name="mlflow", daemon=True)
        self._sender.start()

    @staticmethod
    def of(environment: Mapping[str, str]) -> Metrics | None:
        """To the run that the environment names, if it names one."""
        address = environment.get("MLFLOW_TRACKING_URI", "").partition("?")[0].rstrip("/")
        run, token = environment.get("MLFLOW_RUN_ID", ""), environment.get("MLFLOW_TRACKING_TOKEN", "").strip()
        if not address.startswith(SCHEME) or not run or not token:
            return None
        return Metrics(run, _sender(f"https://{address[len(SCHEME):]}/api/2.0/mlflow/runs/log-batch", token))

    def tell(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Takes the figures of an event, if it has any."""
        if kind == "step":
            self._add("loss", fields["loss"], fields["step"])
            self._add("learning_rate", fields["learningRate"], fields["step"])
        elif kind == "validation":
            self._add("validation_loss", fields["loss"], fields["step"])

    def _add(self, key: str, value: float, step: int) -> None:
        with self._changed:
            if self._is_refused:
                return
            self._waiting.append({"key": key, "value": value, "timestamp": int(time.time() * 1000), "step": step})
            while len(self._waiting) > MOST:
                self._waiting.popleft()
                self._dropped += 1

    def _work(self) -> None:
        wait = self._pause
        while self._rest(wait):
            wait = self._send_batch(self._pause)
        until, wait = time.monotonic() + LAST, 0.0
        while self._waiting and time.monotonic() + wait < until:
            time.sleep(wait)
            wait = self._send_batch(0.0)

    def _rest(self, seconds: float) -> bool:
        """Waits for the next call; false once the training is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over, seconds)
            return not self._is_over

    def _send_batch(self, usual: float) -> float:
        """Sends what waits, as much as goes at once; how long to wait then."""
        with self._changed:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        if not batch:
            return usual
        try:
            status, pause = self._send({"run_id": self._run, "metrics": batch})
        except (OSError, http.client.HTTPException):  # no answer, or none of HTTP
            status, pause = 503, 0.0
        except ValueError:  # whose message may hold the token
            status, pause = 400, 0.0
        if status == 429 or status >= 500:
            with self._changed:
                self._waiting.extendleft(reversed(batch))
            return max(pause, usual, RETRY)
        if status >= 400:
            with self._changed:
                self._is_refused = True
                self._waiting.clear()
            print(f"no metrics are told to MLflow: it answers {status}", file=sys.stderr)
        return usual

    def close(self) -> None:
        """Sends what waits, for some seconds at most."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        self._sender.join(LAST)
        lost = self._dropped + len(self._waiting)
        if lost:
            print(f"{lost} figures could not be told to MLflow", file=sys.stderr)


def _sender(address: str, token: str) -> Send:
    def send(body: dict) -> tuple[int, float]:
        request = urllib.request.Request(
            address,
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWERING) as answer:
                return answer.status, 0.0
        except urllib.error.HTTPError as error:
            seconds = error.headers.get("Retry-After", "")
            return error.code, float(seconds) if seconds.isdecimal() else 0.0

    return send
