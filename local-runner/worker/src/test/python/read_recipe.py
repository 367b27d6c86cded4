"""Prints a recipe as the engine reads it, as JSON: rows with what is learned of them, steps, questions."""
import dataclasses
import json
import sys
from pathlib import Path

from finetune4j_peft.recipe import Recipe

recipe = Recipe(Path(sys.argv[1]))
recipe.check_files()
training = recipe.training
read = {"questions": {}}
if training:
    rows = recipe.train_rows()
    assert len(rows) == training.rows
    read["rows"] = [rows.row(row) for row in range(len(rows))]
    assert [rows.length(row) for row in range(len(rows))] == [len(ids) for ids, _ in read["rows"]]
    validation = recipe.validation_rows() if training.validation_rows else []
    assert len(validation) == training.validation_rows
    read["validation"] = [validation.row(row) for row in range(len(validation))]
    read["maxBatchTokens"] = training.max_batch_tokens
    read["setup"] = dataclasses.asdict(recipe.setup(training))
    read["steps"] = [
        {"learningRate": step.learning_rate, "epoch": step.epoch, "validate": step.validate, "rows": step.rows}
        for step in recipe.steps()
    ]
    if training.steps > 1:
        assert next(recipe.steps(1)).step == 2
    if training.head:
        read["headIsAlone"] = training.head.is_alone
        read["labels"] = training.head.names
        read["trainsAll"] = training.trains_all
for answers in recipe.answers:
    read.setdefault("priors", {})[answers.variant] = answers.prior
    read["questions"][answers.variant] = [dataclasses.asdict(question) for question in recipe.questions(answers)]
    assert len(read["questions"][answers.variant]) == answers.rows
print(json.dumps(read))
