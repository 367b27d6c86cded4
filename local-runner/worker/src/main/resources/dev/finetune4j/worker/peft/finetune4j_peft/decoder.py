"""A decoder: it reads texts from their beginning on, and says which token comes next."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from peft.utils import ModulesToSaveWrapper
from safetensors.torch import load_file
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM, DynamicCache

from finetune4j_peft.models import WEIGHTS, TunableModel, alike_layers, loaded
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Training

IGNORED = -100
PROMPT = "prompt_embeddings"
PREFIX_KIND = "PREFIX_TUNING"
PASSED_WIDTHS = 6
"""Vectors as wide as the model that a layer holds of a token while it computes; of those that are as wide as its feed-forward layer three."""


def compute_in(module: torch.nn.Module, dtype: torch.dtype) -> None:
    """Has an embedding or a head, whose weights are trained in float32, compute in another number format."""
    if isinstance(module, torch.nn.Embedding):
        module.register_forward_hook(lambda _, __, embedded: embedded.to(dtype))
    elif isinstance(module, torch.nn.Linear):
        module.forward = lambda x: F.linear(x, module.weight.to(x.dtype), module.bias)


class UnchangingCache(DynamicCache):
    """Keys and values that a pass goes on from and adds none to, so that its layers can be computed again."""

    def update(self, key_states, value_states, layer_idx, *_, **__):
        """Keys and values of the layer with the new ones behind them."""
        layer = self.layers[layer_idx]
        return torch.cat([layer.keys, key_states], dim=-2), torch.cat([layer.values, value_states], dim=-2)


class Decoder(TunableModel):
    """A model that answers with a text.

    Texts are padded behind their end and never masked: a decoder looks back only, so that what follows a text changes nothing in it.
    """

    def __init__(
        self, folder: Path, training: Training | None, dtype: torch.dtype, ranks: Ranks, pad_token: int, shares: bool = False
    ):
        """Loads it; raises WorkProblem as TunableModel does."""
        self.virtual: torch.nn.Parameter | None = None  # [v, C], or of a prefix [v, 2 L K D]
        self._has_prefix = training is not None and training.adapter.get("peft_type") == PREFIX_KIND
        self._uses_adapter = training is not None
        super().__init__(folder, training, dtype, ranks, pad_token, shares)
        if self.virtual is not None:
            self.virtual.data = self.virtual.data.to(self.device)

    def _load(self, dtype: torch.dtype) -> torch.nn.Module:
        model = loaded(AutoModelForCausalLM, self.folder, dtype)
        # Newer versions of transformers call it so.
        self.cache_name = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
        return model

    def _elements_beside(self) -> int:
        saved = self.training.adapter.get("modules_to_save") or []
        return len(saved) * self.model.get_input_embeddings().weight.numel()

    def _make_trainable(self, training: Training) -> None:
        if training.start_tokens:
            start = torch.tensor(training.start_tokens)
            with torch.no_grad():
                begun = self._kept(start) if self._has_prefix else self.model.get_input_embeddings()(start)
            self.virtual = torch.nn.Parameter(begun.float())
            return
        super()._make_trainable(training)
        for module in self.peft.modules() if self.peft is not None else ():
            if isinstance(module, ModulesToSaveWrapper):
                for saved in module.modules_to_save.values():
                    compute_in(saved, self.dtype)

    def _kept(self, ids: torch.Tensor) -> torch.Tensor:
        """Keys and values that the layers have of a text [v], in PEFT's order: [v, 2 L K D]."""
        cache = DynamicCache()
        self.model(input_ids=ids[None], use_cache=True, **{self.cache_name: cache})
        kept = [states[0].transpose(0, 1) for layer in cache.layers for states in (layer.keys, layer.values)]  # 2 L of [v, K, D]
        return torch.stack(kept, dim=1).flatten(1)

    def _prefix(self, kind: type[DynamicCache], texts: int) -> DynamicCache:
        """Trained keys and values as what so many texts go on from."""
        layers, heads = self.training.adapter["num_layers"], self.training.adapter["num_attention_heads"]
        states = self.virtual.to(self.dtype).view(len(self.virtual), 2 * layers, heads, -1).permute(1, 2, 0, 3)  # [2 L, K, v, D]
        cache = kind()
        for layer in range(layers):
            keys, values = (each.expand(texts, -1, -1, -1) for each in states[2 * layer : 2 * layer + 2])  # [B, K, v, D]
            DynamicCache.update(cache, keys, values, layer)
        return cache

    def trainable(self) -> dict[str, torch.nn.Parameter]:
        """What is trained, by name."""
        return super().trainable() if self.virtual is None else {PROMPT: self.virtual}

    def _compute_layers_again(self) -> None:
        if not self._has_prefix:
            super()._compute_layers_again()
            return
        for layer in alike_layers(self.model):  # transformers computes layers again without what it keeps of earlier tokens
            layer.forward = functools.partial(checkpoint, layer.forward, use_reentrant=False)

    @contextlib.contextmanager
    def answering(self, tuned: bool) -> Iterator[None]:
        """As the tuned model or as its base; a model that is trained itself has no base any more."""
        before, self._uses_adapter = self._uses_adapter, tuned
        try:
            with super().answering(tuned):
                yield
        finally:
            self._uses_adapter = before

    def inputs(self, ids: torch.Tensor, cache: type[DynamicCache] = DynamicCache) -> dict[str, Any]:
        """What the model reads: ids [B, T], behind virtual tokens where it has them, which are embeddings [B, v + T, C] then, or a
        prefix in a cache of the kind."""
        if not self.virtual_tokens:
            return {"input_ids": ids}
        if self._has_prefix:
            return {"input_ids": ids, self.cache_name: self._prefix(cache, len(ids))}
        embedded = self.model.get_input_embeddings()(ids)  # [B, T, C]
        before = self.virtual.to(embedded.dtype).expand(ids.shape[0], -1, -1)  # [B, v, C]
        return {"inputs_embeds": torch.cat([before, embedded], dim=1)}

    def tokens_kept(self, most: int) -> int:
        """How many tokens have room in half of the free memory with their keys and values and with what a layer holds of them while it
        computes, up to a number; the same in all processes."""
        config = self.model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        kept = 2 * config.num_hidden_layers * heads * width
        passed = PASSED_WIDTHS * config.hidden_size + 3 * getattr(config, "intermediate_size", 4 * config.hidden_size)
        size = (kept + passed) * self.dtype.itemsize
        return self._ranks.least(min(most, self._ranks.free_memory() // 2 // size))

    @property
    def virtual_tokens(self) -> int:
        """v of texts as they are read now."""
        return self.virtual.shape[0] if self.virtual is not None and self._uses_adapter else 0

    @property
    def has_prefix(self) -> bool:
        """Whether the virtual tokens are nothing that is read, but keys and values."""
        return self._has_prefix and self._uses_adapter

    def summed_loss(self, rows: Sequence[tuple[list[int], list[bool]]]) -> torch.Tensor:
        """Summed negative log-likelihood of the learned tokens of rows, in nats. Logits are made for positions that some row learns at."""
        ids = self.padded([tokens for tokens, _ in rows])  # [B, T]
        targets = torch.full_like(ids, IGNORED)  # [B, T]
        for place, (tokens, learned) in enumerate(rows):
            for t in range(1, len(tokens)):
                if learned[t]:
                    targets[place, t - 1] = tokens[t]
        positions = (targets != IGNORED).any(dim=0).nonzero().flatten()  # [K]
        wanted = targets[:, positions]  # [B, K]
        read_before = 0 if self.has_prefix else self.virtual_tokens
        with self._computing():
            logits = self.model(
                **self.inputs(ids, UnchangingCache), logits_to_keep=positions + read_before, use_cache=False
            ).logits  # [B, K, V]
        counted = wanted != IGNORED
        return F.cross_entropy(logits[counted].float(), wanted[counted], reduction="sum")

    def _adapter(self) -> dict[str, torch.Tensor]:
        return super()._adapter() if self.virtual is None else {PROMPT: self.virtual.detach().cpu().contiguous()}

    def read(self, folder: Path) -> None:
        """Reads what `write` wrote of an adapter."""
        if self.virtual is None:
            super().read(folder)
        else:
            self.virtual.data.copy_(load_file(folder / WEIGHTS)[PROMPT])
