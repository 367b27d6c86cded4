"""An encoder with a classification head: it reads whole texts, and says which label each has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
import transformers
from safetensors import safe_open
from transformers import AutoConfig, AutoModelForSequenceClassification

from finetune4j_peft.models import TunableModel, alike_layers, loaded
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Head, Training

LABELS = "labels.json"
COUNTING_BEHIND_PADDING = "roberta"
"""The `model_type` whose positions begin behind the number of the padding token."""


class SingleLinear(torch.nn.Linear):
    """A linear layer of a head, which computes in float32 whatever is computed in around it; a class, since PEFT copies modules."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, I] in any number format to [B, O] in float32."""
        with torch.autocast(x.device.type, enabled=False):
            return F.linear(x.float(), self.weight.float(), self.bias.float())


class Classifier(TunableModel):
    """A model that answers with a label. Texts are padded behind their end, and the padding is masked."""

    def __init__(
        self,
        folder: Path,
        head: Head,
        start: Path | None,
        training: Training | None,
        dtype: torch.dtype,
        ranks: Ranks,
        pad_token: int,
        shares: bool = False,
    ):
        """Loads it, and the head from the file `start`, or from the folder where that is None; raises WorkProblem as TunableModel does."""
        self._head = head
        self._start = start
        super().__init__(folder, training, dtype, ranks, pad_token, shares)

    def _load(self, dtype: torch.dtype) -> torch.nn.Module:
        told = transformers.utils.logging.get_verbosity()
        transformers.utils.logging.set_verbosity_error()  # of a head that the folder lacks: it is read below
        try:
            model = loaded(
                AutoModelForSequenceClassification,
                self.folder,
                dtype,
                config=AutoConfig.from_pretrained(self.folder, local_files_only=True, num_labels=len(self._head.names)),
                ignore_mismatched_sizes=True,
            )
        finally:
            transformers.utils.logging.set_verbosity(told)
        model._weight_conversions = None  # by which transformers 5.3 writes norms under the names that TensorFlow had for them
        start = _tensors([self._start] if self._start else sorted(self.folder.glob("*.safetensors")))
        for name, module in _head_of(model).items():
            module.__class__ = SingleLinear
            module.float()
            with torch.no_grad():
                module.weight.copy_(start(f"{name}.weight"))
                module.bias.copy_(start(f"{name}.bias"))
        return model

    def _elements_beside(self) -> int:
        return sum(parameter.numel() for module in _head_of(self.model).values() for parameter in module.parameters())

    def _make_trainable(self, training: Training) -> None:
        if training.trains_all or not training.is_whole:
            super()._make_trainable(training)
        else:
            for module in _head_of(self.model).values():
                module.requires_grad_(True)

    def summed_loss(self, rows: Sequence[tuple[list[int], int]]) -> torch.Tensor:
        """Summed negative log-likelihood of the labels of rows, in nats."""
        labels = torch.tensor([label for _, label in rows], device=self.device)  # [B]
        return F.cross_entropy(self._logits([tokens for tokens, _ in rows]), labels, reduction="sum")

    def log_likelihoods(self, texts: Sequence[list[int]]) -> list[list[float]]:
        """log p of each output for each text, in nats."""
        return self._logits(texts).double().log_softmax(-1).tolist()

    def _logits(self, texts: Sequence[list[int]]) -> torch.Tensor:
        """[B, K] float32."""
        ids = self.padded(texts)  # [B, T]
        places = torch.arange(ids.shape[1], device=self.device)  # [T]
        lengths = torch.tensor([len(text) for text in texts], device=self.device)  # [B]
        inputs = {"input_ids": ids, "attention_mask": (places < lengths[:, None]).long()}  # [B, T]
        config = self.model.config
        if config.model_type == COUNTING_BEHIND_PADDING:  # a text may hold the padding token, which transformers would not count
            inputs["position_ids"] = (config.pad_token_id + 1 + places).expand_as(ids)
        with self._computing():
            return self.model(**inputs).logits

    def write(self, folder: Path, gathered: dict[str, torch.Tensor] | None) -> None:
        """Writes what is trained into an existing folder, with the labels."""
        super().write(folder, gathered)
        (folder / LABELS).write_text(json.dumps(self._head.labels, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if self.training.is_whole:
            (folder / "config.json").write_text(json.dumps(self._head.config, indent=2) + "\n", encoding="utf-8")

    def _write_whole(self, folder: Path, gathered: dict[str, torch.Tensor] | None) -> None:
        if self._trains_all:
            super()._write_whole(folder, gathered)
            return
        whole = self._load(torch.float32)  # what is not trained may be here in fewer bits than in its file
        whole.load_state_dict(
            {f"{path}.{name}": value for path, module in _head_of(self.model).items() for name, value in module.state_dict().items()},
            strict=False,
        )
        whole.save_pretrained(folder, safe_serialization=True)


def _head_of(model: torch.nn.Module) -> dict[str, torch.nn.Linear]:
    """The linear layers that are in none of the layers that are alike, by name."""
    inside = set(alike_layers(model).modules())
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module not in inside
    }


def _tensors(files: Sequence[Path]) -> Any:
    """What reads a tensor of some files by its name."""

    def read(name: str) -> torch.Tensor:
        for file in files:
            with safe_open(file, framework="pt") as weights:
                if name in weights.keys():
                    return weights.get_tensor(name)
        raise KeyError(f"{name} is in none of {', '.join(map(str, files))}")

    return read
