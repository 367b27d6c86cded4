"""Tests of what needs no torch."""
import contextlib
import io
import json
import random
import tempfile
import time
import unittest
from pathlib import Path

from finetune4j_peft import check, durable, events
from finetune4j_peft import metrics as mlflow
from finetune4j_peft.batches import dealt, padded_parts, shared_out
from finetune4j_peft.predictions import Generated, PredictionFile, best, decision_scores, prediction
from finetune4j_peft.problems import WorkProblem, cannot_share
from finetune4j_peft.recipe import Answer, Question


class BatchesTest(unittest.TestCase):
    def test_every_row_is_in_one_part_of_one_share_and_no_part_is_too_large(self):
        chance = random.Random(3)
        for _ in range(300):
            lengths = [chance.randint(1, 40) for _ in range(chance.randint(1, 30))]
            limit = chance.randint(max(lengths), 120)
            shares = chance.randint(1, 5)
            most = chance.randint(0, 4)
            split = shared_out(lengths, shares, limit, most)
            self.assertEqual(sorted(place for parts in split for part in parts for place in part), list(range(len(lengths))))
            self.assertEqual(len({len(parts) for parts in split}), 1)
            for parts in split:
                for part in filter(None, parts):
                    self.assertLessEqual(len(part) * max(lengths[place] for place in part), limit)
                    self.assertLessEqual(len(part), most or len(lengths))

    def test_shares_have_about_as_many_tokens(self):
        self.assertEqual(dealt([9, 5, 4], 2), [[0], [1, 2]])
        self.assertEqual(padded_parts([2, 8, 3], [0, 1, 2], 8), [[1], [2, 0]])

    def test_no_part_has_more_rows_than_are_taken_at_a_time(self):
        self.assertEqual(padded_parts([2, 2, 2, 2, 2], range(5), 100, 2), [[0, 1], [2, 3], [4]])
        self.assertEqual(padded_parts([2, 2, 2, 2, 2], range(5), 100), [[0, 1, 2, 3, 4]])


class MetricsTest(unittest.TestCase):
    """A workspace that takes what it is sent as often as a script says."""

    def setUp(self):
        self.sent = []
        self.answers = []
        self.last, self.retry = mlflow.LAST, mlflow.RETRY
        mlflow.RETRY = 0.01

    def tearDown(self):
        mlflow.LAST, mlflow.RETRY = self.last, self.retry

    def send(self, body):
        self.sent.append((time.monotonic(), body))
        answer = self.answers.pop(0) if self.answers else (200, 0.0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def told(self):
        return [(each["key"], each["step"], each["value"]) for _, body in self.sent for each in body["metrics"]]

    def test_what_a_training_tells_goes_in_one_batch(self):
        metrics = mlflow.Metrics("run-1", self.send)
        for step in range(1, 4):
            metrics.tell("step", {"step": step, "loss": 1 / step, "learningRate": 0.1})
        metrics.tell("validation", {"step": 3, "loss": 0.5, "best": True})
        metrics.tell("checkpoint", {"step": 3, "bytes": 1})
        metrics.close()

        self.assertEqual([body["run_id"] for _, body in self.sent], ["run-1"])
        self.assertEqual(self.told()[0], ("loss", 1, 1.0))
        self.assertEqual(self.told()[1], ("learning_rate", 1, 0.1))
        self.assertEqual(self.told()[-1], ("validation_loss", 3, 0.5))
        self.assertEqual(len(self.told()), 7)

    def test_a_pause_that_is_asked_for_is_kept_and_nothing_is_lost_by_it(self):
        self.answers = [(429, 0.3), OSError("gone"), (503, 0.0)]
        metrics = mlflow.Metrics("run-1", self.send)
        metrics.tell("step", {"step": 1, "loss": 1.0, "learningRate": 0.1})
        metrics.close()

        times = [at for at, _ in self.sent]
        self.assertEqual(len(times), 4)
        self.assertGreaterEqual(times[1] - times[0], 0.3)
        self.assertEqual(self.sent[3][1], self.sent[0][1])

    def test_a_workspace_that_refuses_is_asked_once(self):
        self.answers = [(403, 0.0)]
        metrics = mlflow.Metrics("run-1", self.send)
        metrics.tell("step", {"step": 1, "loss": 1.0, "learningRate": 0.1})
        metrics.close()
        metrics.tell("step", {"step": 2, "loss": 1.0, "learningRate": 0.1})
        metrics.close()

        self.assertEqual(len(self.sent), 1)

    def test_a_token_that_cannot_be_sent_is_told_to_nobody(self):
        self.answers = [ValueError("Invalid header value b'Bearer secret\\n'")]
        metrics = mlflow.Metrics("run-1", self.send)
        metrics.tell("step", {"step": 1, "loss": 1.0, "learningRate": 0.1})
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            metrics.close()

        self.assertEqual(len(self.sent), 1)
        self.assertIn("no metrics are told to MLflow", said.getvalue())
        self.assertNotIn("secret", said.getvalue())

    def test_the_end_of_a_training_is_held_up_for_some_seconds_at_most(self):
        mlflow.LAST = 0.2
        self.answers = [(429, 60.0)]
        metrics = mlflow.Metrics("run-1", self.send)
        metrics.tell("step", {"step": 1, "loss": 1.0, "learningRate": 0.1})
        begun = time.monotonic()
        metrics.close()

        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(len(self.sent), 1)

    def test_while_it_trains_little_is_sent_and_what_is_too_much_waits(self):
        metrics = mlflow.Metrics("run-1", self.send, pause=0.2)
        begun = time.monotonic()
        for step in range(mlflow.MOST):
            metrics.tell("step", {"step": step, "loss": 1.0, "learningRate": 0.1})
        took = time.monotonic() - begun
        self.assertLessEqual(len(self.sent), 1 + took / 0.2)
        metrics.close()

        self.assertLessEqual(max(len(body["metrics"]) for _, body in self.sent), mlflow.BATCH)
        self.assertEqual(self.told()[-1], ("learning_rate", mlflow.MOST - 1, 0.1))

    def test_only_a_run_of_azure_is_told_of(self):
        self.assertIsNone(mlflow.Metrics.of({}))
        self.assertIsNone(mlflow.Metrics.of({"MLFLOW_TRACKING_URI": "https://h", "MLFLOW_RUN_ID": "r", "MLFLOW_TRACKING_TOKEN": "t"}))


class PredictionsTest(unittest.TestCase):
    QUESTION = Question({"source": "a", "row": 1}, "no", [1], [Answer("yes", [1, 2, 3, 4]), Answer("no", [5, 6])], 1, 0)

    def test_scores_are_those_of_the_rule(self):
        def scores(scoring, content_free=None):
            return decision_scores(self.QUESTION, [-4.0, -3.0], 2, scoring, content_free)

        self.assertEqual(scores("likelihood"), {"yes": -4, "no": -3})
        self.assertEqual(scores("length-normalized"), {"yes": -1, "no": -1.5})
        self.assertEqual(scores("calibrated", [-5.0, -1.0]), {"yes": 1, "no": -2})
        self.assertEqual(best({"a": 1.0, "b": 1.0}), "a")

    def test_a_line_holds_the_choice_and_the_likelihood_of_the_reference(self):
        line = prediction(self.QUESTION, [-4.0, -3.0], {"yes": -1.0, "no": -1.5}, None)
        self.assertEqual(
            line,
            {
                "row": {"source": "a", "row": 1},
                "reference": "no",
                "answer": "yes",
                "scoreByLabel": {"yes": -1.0, "no": -1.5},
                "negativeLogLikelihood": 3.0,
                "referenceTokens": 2,
            },
        )
        self.assertNotIn("answer", prediction(self.QUESTION, [-4.0, -3.0], {}, None))

    def test_a_line_holds_what_was_generated_and_whether_it_ended_by_itself(self):
        line = prediction(self.QUESTION, [-4.0, -3.0], {}, Generated("no, it", complete=False))
        self.assertEqual((line["answer"], line["complete"]), ("no, it", False))

    def test_a_passage_that_is_continued_need_not_end(self):
        line = prediction(self.QUESTION, [-4.0, -3.0], {}, Generated("and so on", complete=None))
        self.assertEqual(line["answer"], "and so on")
        self.assertNotIn("complete", line)

    def test_whole_lines_of_an_interrupted_process_are_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "tuned.jsonl"
            first = PredictionFile(file)
            first.append({"row": 1})
            first.close()
            with (Path(folder) / "tuned.jsonl.partial").open("ab") as partial:
                partial.write(b'{"row": 2')
            second = PredictionFile(file)
            self.assertEqual(second.rows, 1)
            self.assertFalse(file.exists())
            second.append({"row": 3})
            second.complete()
            self.assertEqual([json.loads(line)["row"] for line in file.read_text().splitlines()], [1, 3])


class DurableTest(unittest.TestCase):
    def test_a_folder_with_a_changed_file_is_damaged(self):
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root) / "checkpoint"
            durable.write_folder(folder, lambda at: (at / "state").write_text("1"), manifest=True)
            self.assertIsNone(durable.damage(folder))
            (folder / "state").write_text("2")
            self.assertIn("not those of its manifest", durable.damage(folder))
            self.assertEqual([each.name for each in Path(root).iterdir()], ["checkpoint"])


class CheckTest(unittest.TestCase):
    def test_says_what_is_missing_and_what_is_old(self):
        found = {"torch": "2.6.0+cu126", "transformers": "4.49.0", "peft": None, "safetensors": "0.5.2", "numpy": "2.4.6"}
        self.assertEqual(
            check.shortcomings(found), ["transformers is 4.49.0, needed is 4.55 or newer", "peft 0.16 or newer is missing"]
        )
        self.assertEqual(check.shortcomings({**found, "transformers": "5.24.0", "peft": "0.21.2"}), [])


class ProblemsTest(unittest.TestCase):
    def test_a_failure_is_no_longer_than_what_is_shown(self):
        problem = WorkProblem("FT0675", "x" * 2000, [], ["y"], 8)
        self.assertEqual(len(problem.text()), 1024)
        self.assertIsNone(problem.record({}))
        self.assertIn("torch is 2.6.0, needed is 2.7 or newer; ", cannot_share("2.6.0", "2.7").text())
        self.assertRegex(events.now(), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


unittest.main()
