"""Tests of what needs no torch."""
import json
import random
import tempfile
import unittest
from pathlib import Path

from finetune4j_peft import check, durable, events
from finetune4j_peft.batches import dealt, padded_parts, shared_out
from finetune4j_peft.predictions import PredictionFile, best, decision_scores, prediction
from finetune4j_peft.problems import WorkProblem
from finetune4j_peft.recipe import Answer, Question


class BatchesTest(unittest.TestCase):
    def test_every_row_is_in_one_part_of_one_share_and_no_part_is_too_large(self):
        chance = random.Random(3)
        for _ in range(300):
            lengths = [chance.randint(1, 40) for _ in range(chance.randint(1, 30))]
            limit = chance.randint(max(lengths), 120)
            shares = chance.randint(1, 5)
            split = shared_out(lengths, shares, limit)
            self.assertEqual(sorted(place for parts in split for part in parts for place in part), list(range(len(lengths))))
            self.assertEqual(len({len(parts) for parts in split}), 1)
            for parts in split:
                for part in filter(None, parts):
                    self.assertLessEqual(len(part) * max(lengths[place] for place in part), limit)

    def test_shares_have_about_as_many_tokens(self):
        self.assertEqual(dealt([9, 5, 4], 2), [[0], [1, 2]])
        self.assertEqual(padded_parts([2, 8, 3], [0, 1, 2], 8), [[1], [2, 0]])


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
            check.shortcomings(found), ["transformers is 4.49.0, needed is 4.55 or newer", "peft 0.15 or newer is missing"]
        )
        self.assertEqual(check.shortcomings({**found, "transformers": "5.24.0", "peft": "0.21.2"}), [])


class ProblemsTest(unittest.TestCase):
    def test_a_failure_is_no_longer_than_what_is_shown(self):
        problem = WorkProblem("FT0675", "x" * 2000, [], ["y"], 8)
        self.assertEqual(len(problem.text()), 1024)
        self.assertIsNone(problem.record({}))
        self.assertRegex(events.now(), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


unittest.main()
