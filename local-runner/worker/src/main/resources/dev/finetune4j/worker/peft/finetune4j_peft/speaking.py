"""How a decoder is asked: by the likelihood of answers, or to write one."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig

from finetune4j_peft.answers import Answerer
from finetune4j_peft.decoder import Decoder
from finetune4j_peft.predictions import Generated, decision_scores, prediction
from finetune4j_peft.recipe import Answer, Answers, Question, Recipe

TOKENS_AT_ONCE = 65536
"""Tokens, prompts counted anew for each answer, whose keys and values are held at once where there is room."""

ROWS_WRITTEN_AT_ONCE = 64
"""Rows whose answers are written side by side where there is room."""


class Speaking(Answerer):
    """A decoder that answers questions."""

    def __init__(self, model: Decoder, recipe: Recipe, answers: Answers, folder: Path):
        """`folder` holds the tokenizer."""
        self._model = model
        self._recipe = recipe
        self._answers = answers
        self._folder = folder
        self._tokenizer: Tokenizer | None = None
        self._cache = model.cache_name
        self._content_free: list[float] | None = None
        self._kept = 0
        self.keeps_step = model.is_sharded

    @contextlib.contextmanager
    def ready(self) -> Iterator[None]:
        """While it answers."""
        with self._model.answering(self._answers.is_tuned), self._model.beside_the_peak():
            self._kept = self._model.tokens_kept(TOKENS_AT_ONCE)
            if self._answers.content_free is not None:
                self._content_free = self._log_likelihoods(self._answers.content_free)
            yield

    def has_room(self, rows: int, longest: Question) -> bool:
        """Whether so many rows are answered at once: those that are only read are so one by one, and the others side by side."""
        if longest.new_tokens == 0:
            return super().has_room(rows, longest)
        return rows <= ROWS_WRITTEN_AT_ONCE and rows * longest.tokens <= self._kept

    def predictions(self, questions: Sequence[Question]) -> list[dict]:
        """A line for each question."""
        spoken = self._generate(questions)
        lines = []
        for question, generated in zip(questions, spoken):
            likelihoods = self._log_likelihoods(question)
            scores = decision_scores(
                question, likelihoods, self._answers.labels, self._answers.scoring, self._content_free
            )
            lines.append(prediction(question, likelihoods, scores, generated))
        return lines

    def _log_likelihoods(self, question: Question) -> list[float]:
        """log p of each answer behind the prompt, in nats. The prompt is read once; the answers read its keys and values."""
        prompt = self._model.model(
            **self._model.inputs(self._model.padded([question.prompt])), logits_to_keep=1, use_cache=True
        )
        first = prompt.logits[0, -1].float().log_softmax(-1)  # [V]
        length = len(question.prompt) + self._model.virtual_tokens
        sums = [first[answer.tokens[0]].item() if answer.tokens else 0.0 for answer in question.answers]
        longer = [place for place, answer in enumerate(question.answers) if len(answer.tokens) > 1]
        read = getattr(prompt, self._cache)
        groups = list(_side_by_side(question.answers, longer, length, self._kept))
        for places in groups:
            rest = self._rest([question.answers[place] for place in places], copy.deepcopy(read))
            for place, value in zip(places, rest):
                sums[place] += value
        self._model.keep_step(len(groups))
        return sums

    def _rest(self, answers: Sequence[Answer], cache: Any) -> list[float]:
        """log p of the tokens after the first of some answers, behind the keys and values of a prompt, which grow."""
        cache.batch_repeat_interleave(len(answers))
        read = self._model.padded([answer.tokens[:-1] for answer in answers])  # [B, T]
        logits = self._model.model(input_ids=read, use_cache=True, **{self._cache: cache}).logits  # [B, T, V]
        sums = []
        for place, answer in enumerate(answers):
            follow = torch.tensor(answer.tokens[1:], device=logits.device)  # [T]
            own = logits[place, : len(follow)].float().log_softmax(-1)  # [T, V]
            sums.append(own.gather(1, follow[:, None]).double().sum().item())
        return sums

    def _generate(self, questions: Sequence[Question]) -> list[Generated | None]:
        """Greedy answers; None where none is wanted."""
        spoken: list[Generated | None] = [None] * len(questions)
        wanted = [place for place, question in enumerate(questions) if question.new_tokens > 0]
        if not wanted:
            return spoken
        asked = [
            dataclasses.replace(question, prompt=question.continued or question.prompt)
            for question in (questions[place] for place in wanted)
        ]
        for place, tokens in zip(wanted, self._written(asked)):
            question = questions[place]
            most = question.new_tokens
            # Nobody waits for a passage to end.
            complete = None if question.continued else len(tokens) < most
            spoken[place] = Generated(self._decode(tokens[:most]), complete)
        return spoken

    def _written(self, questions: Sequence[Question]) -> list[list[int]]:
        """Tokens of each answer up to where the model stops, that token left out. Prompts are padded in front, and the padding masked."""
        longest = max(len(question.prompt) for question in questions)
        pad = self._recipe.pad_token
        ids = [[pad] * (longest - len(question.prompt)) + question.prompt for question in questions]
        mask = [[0] * (longest - len(question.prompt)) + [1] * len(question.prompt) for question in questions]
        if self._model.virtual_tokens:
            return [self._written_alone(question) for question in questions] if longest else []
        inputs = self._model.inputs(torch.tensor(ids, device=self._model.device))
        settings = self._settings(max(question.new_tokens for question in questions))
        whole = self._model.model.generate(
            **inputs,
            attention_mask=torch.tensor(mask, device=self._model.device),
            generation_config=settings,
            synced_gpus=self.keeps_step,
        )
        return [self._until_stop(tokens) for tokens in whole[:, longest:].tolist()]

    def _written_alone(self, question: Question) -> list[int]:
        """The same behind virtual tokens, which no padding may come between."""
        virtual = self._model.virtual_tokens
        inputs = self._model.inputs(self._model.padded([question.prompt]))
        echoed = 0
        if self._model.has_prefix:  # transformers wants ids of kept tokens, too, and gives back all ids that it was given
            inputs["input_ids"] = self._model.padded([[self._recipe.pad_token] * virtual + question.prompt])
            echoed = virtual + len(question.prompt)
        mask = torch.ones(1, virtual + len(question.prompt), dtype=torch.long, device=self._model.device)
        spoken = self._model.model.generate(
            **inputs,
            attention_mask=mask,
            generation_config=self._settings(question.new_tokens),
            synced_gpus=self.keeps_step,
        )
        return self._until_stop(spoken[0, echoed:].tolist())

    def _settings(self, new_tokens: int) -> GenerationConfig:
        """Greedy, whatever the model's own settings say."""
        settings = GenerationConfig(
            do_sample=False,
            num_beams=1,
            max_new_tokens=new_tokens,
            eos_token_id=self._recipe.stop_tokens,
            pad_token_id=self._recipe.pad_token,
        )
        self._model.model.generation_config = settings
        return settings

    def _until_stop(self, tokens: list[int]) -> list[int]:
        for place, token in enumerate(tokens):
            if token in self._recipe.stop_tokens:
                return tokens[:place]
        return tokens

    def _decode(self, tokens: list[int]) -> str:
        if self._tokenizer is None:
            self._tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        return self._tokenizer.decode(tokens, skip_special_tokens=True)


def _side_by_side(answers: Sequence[Answer], places: Sequence[int], prompt: int, room: int) -> Iterator[list[int]]:
    """Places of answers that are read at once, behind a prompt of so many tokens each, where there is room for some."""
    group: list[int] = []
    longest = 0
    for place in places:
        widest = max(longest, len(answers[place].tokens))
        if group and (len(group) + 1) * (prompt + widest) > room:
            yield group
            group, widest = [], len(answers[place].tokens)
        group.append(place)
        longest = widest
    if group:
        yield group
