"""A decoder of transformers with what is trained of it, by PEFT where that is an adapter."""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import shutil
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from peft.utils import ModulesToSaveWrapper, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM, DynamicCache

from finetune4j_peft.check import version_numbers
from finetune4j_peft.draws import drawn
from finetune4j_peft.packed import BYTES_PER_ELEMENT, PackedLinear, pack, wrapped
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Training
from finetune4j_peft.sharing import WeightBytes, is_to_be_shared, share_frozen, share_trained

IGNORED = -100
WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
QUANTIZATION = "quantization_config.json"
PROMPT = "prompt_embeddings"
PREFIX_KIND = "PREFIX_TUNING"
WEIGHT_ENDINGS = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".index.json", ".h5", ".msgpack", ".onnx")
WHOLE_COPIES = 4
"""Vectors in float32 as long as the weights where all are trained: values, gradient, two moments."""
ACTIVATION_BYTES = 34
"""Bytes that a layer keeps of a token for each number of its width in bf16, attention scores left out
(https://arxiv.org/abs/2205.05198, section 4)."""


def precision_for(asked: str, device: torch.device) -> torch.dtype:
    """The number format: as asked, or bf16 where the device computes in it."""
    if asked == "auto":
        return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported(False) else torch.float32
    return torch.bfloat16 if asked == "bf16" else torch.float32


def stored_dtype(folder: Path) -> torch.dtype:
    """The number format that holds every weight of a folder exactly; float32 where there are several."""
    kinds = set()
    for file in folder.glob("*.safetensors"):
        with safe_open(file, framework="pt") as weights:
            kinds.update(weights.get_slice(name).get_dtype() for name in weights.keys())
    return {("BF16",): torch.bfloat16, ("F16",): torch.float16}.get(tuple(kinds), torch.float32)


def load_decoder(folder: Path, dtype: torch.dtype) -> torch.nn.Module:
    """A decoder from a folder in Hugging Face layout, frozen, on the CPU, without the dropout of its own that the core does not have."""
    key = "dtype" if version_numbers(metadata.version("transformers")) >= (4, 56) else "torch_dtype"
    model = AutoModelForCausalLM.from_pretrained(
        folder, attn_implementation="sdpa", local_files_only=True, use_safetensors=True, **{key: dtype}
    )
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(getattr(module, "attention_dropout", None), float):
            module.attention_dropout = 0.0
    return model.requires_grad_(False)


def decoder_layers(model: torch.nn.Module) -> torch.nn.ModuleList:
    """The layers that are alike: the longest list of modules."""
    lists = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    return max(lists, key=len)


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


class Decoder:
    """A model that answers, and learns where it was told how.

    Texts are padded behind their end and never masked: a decoder looks back only, so that what follows a text changes nothing in it.
    """

    def __init__(
        self, folder: Path, training: Training | None, dtype: torch.dtype, ranks: Ranks, pad_token: int, shares: bool = False
    ):
        """Loads the base model of a folder; `training` says what is trained of it, None where nothing is, and `shares` that weights
        are shared out among several processes though each may have room for all; raises WorkProblem FT0675 where torch is too old for
        it, and FT0604 where there is no room even so."""
        self.folder = folder
        self.training = training
        self.dtype = dtype
        self.device = ranks.device
        self._ranks = ranks
        self.pad_token = pad_token
        self._is_whole = training is not None and training.is_whole
        is_packed = training is not None and training.quantization is not None
        # What is trained is in float32, whatever is computed in, but not on the way: files are mapped, a wider copy is not.
        self.model = load_decoder(folder, stored_dtype(folder) if self._is_whole or is_packed else dtype)
        self.parameters = sum(parameter.numel() for parameter in self.model.parameters())
        self.is_sharded = is_to_be_shared(self._weight_bytes(is_packed), ranks, shares)
        layers = decoder_layers(self.model)
        if is_packed:
            pack(self.model, layers, self.device, torch.device("cpu") if self.is_sharded else self.device, dtype)
        self.peft: torch.nn.Module | None = None
        self.virtual: torch.nn.Parameter | None = None  # [v, C], or of a prefix [v, 2 L K D]
        self._has_prefix = training is not None and training.adapter.get("peft_type") == PREFIX_KIND
        # Newer versions of transformers call it so.
        names = inspect.signature(self.model.forward).parameters
        self.cache_name = "cache" if "cache" in names else "past_key_values"
        self._uses_adapter = training is not None
        if training is not None:
            self._make_trainable(training)
        if self.is_sharded and self._is_whole:
            share_trained(self.model, layers, self.device, dtype)
        elif self.is_sharded:
            share_frozen(self.model, layers, self.device, is_packed)
        elif self._is_whole:
            self.model.float()
        self.model.to(self.device)
        if self.virtual is not None:
            self.virtual.data = self.virtual.data.to(self.device)
        self.model.eval()

    def _weight_bytes(self, is_packed: bool) -> WeightBytes:
        trained = torch.float32.itemsize * WHOLE_COPIES
        if self._is_whole:
            return WeightBytes(self.parameters * trained, 0, trains_all=True, is_packed=False)
        inside = sum(parameter.numel() for parameter in decoder_layers(self.model).parameters())
        each = BYTES_PER_ELEMENT if is_packed else self.dtype.itemsize
        saved = self.training.adapter.get("modules_to_save") or [] if self.training else []
        beside = len(saved) * self.model.get_input_embeddings().weight.numel() * trained
        whole = (self.parameters - inside) * self.dtype.itemsize + beside
        return WeightBytes(inside * each, whole, trains_all=False, is_packed=is_packed)

    def _make_trainable(self, training: Training) -> None:
        if training.is_whole:
            self.model.requires_grad_(True)
        elif training.start_tokens:
            start = torch.tensor(training.start_tokens)
            with torch.no_grad():
                begun = self._kept(start) if self._has_prefix else self.model.get_input_embeddings()(start)
            self.virtual = torch.nn.Parameter(begun.float())
        else:
            with wrapped(decoder_layers(self.model), needs_numbers=training.adapter.get("use_dora", False)):
                self.peft = get_peft_model(self.model, _lora(training))
            # What is not drawn starts as PEFT makes it: factors B as zero, lengths and whole modules as those of the base model.
            start = get_peft_model_state_dict(self.peft, save_embedding_layers=False)
            start.update({draw.name: torch.from_numpy(drawn(draw)) for draw in training.draws})
            set_peft_model_state_dict(self.peft, start)
            for parameter in self.peft.parameters():
                if parameter.requires_grad:
                    parameter.data = parameter.data.float()
            for module in self.peft.modules():
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
        if self.virtual is not None:
            return {PROMPT: self.virtual}
        module = self.peft if self.peft is not None else self.model
        return {name: parameter for name, parameter in module.named_parameters() if parameter.requires_grad}

    def save_memory(self, asked: str, batch_tokens: int) -> str:
        """Decides what the backward pass computes again, and says it: `none` or `layer`."""
        level = asked
        if asked == "auto":
            config = self.model.config.get_text_config()
            kept = ACTIVATION_BYTES * batch_tokens * config.hidden_size * config.num_hidden_layers
            level = "layer" if self.device.type == "cuda" and kept > torch.cuda.mem_get_info()[0] // 2 else "none"
        if level == "none":
            return "none"
        if self._has_prefix:  # transformers computes layers again without what it keeps of earlier tokens
            for layer in decoder_layers(self.model):
                layer.forward = functools.partial(checkpoint, layer.forward, use_reentrant=False)
        elif hasattr(self.model, "activation_checkpointing_enable"):  # what newer versions of transformers call it
            self.model.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
        else:
            self.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        return "layer"

    @contextlib.contextmanager
    def learning(self) -> Iterator[None]:
        """With the dropout of adapters, and with what is trained."""
        self.model.train()
        try:
            yield
        finally:
            self.model.eval()

    @contextlib.contextmanager
    def answering(self, tuned: bool) -> Iterator[None]:
        """As the tuned model or as its base; a model whose every weight is trained has no base any more."""
        if not tuned and self._is_whole:
            raise ValueError("the base model is gone: its own weights are trained")
        off = self.peft.disable_adapter() if self.peft is not None and not tuned else contextlib.nullcontext()
        before, self._uses_adapter = self._uses_adapter, tuned
        try:
            with off, torch.no_grad(), self._unpacked():
                yield
        finally:
            self._uses_adapter = before
            if self.trains_shares:
                self.model.reshard()  # what is outside the layers stays put together for a backward pass, which does not come

    @contextlib.contextmanager
    def _unpacked(self) -> Iterator[None]:
        """Keeps packed matrices unpacked where half of the free memory holds them: each token that is generated goes through all of them."""
        matrices = [module for module in self.model.modules() if isinstance(module, PackedLinear)]
        size = sum(matrix.in_features * matrix.out_features for matrix in matrices) * self.dtype.itemsize
        if not matrices or self.is_sharded or size > self._ranks.free_memory() / 2:
            yield
            return
        with self._ranks.beside_the_peak():
            for matrix in matrices:
                matrix.unpack()
            try:
                yield
            finally:
                for matrix in matrices:
                    matrix.let_go()

    def _computing(self) -> contextlib.AbstractContextManager:
        narrow = self._is_whole and not self.is_sharded and self.dtype == torch.bfloat16
        return torch.autocast(self.device.type, torch.bfloat16) if narrow else contextlib.nullcontext()

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

    @property
    def virtual_tokens(self) -> int:
        """v of texts as they are read now."""
        return self.virtual.shape[0] if self.virtual is not None and self._uses_adapter else 0

    @property
    def has_prefix(self) -> bool:
        """Whether the virtual tokens are nothing that is read, but keys and values."""
        return self._has_prefix and self._uses_adapter

    def padded(self, texts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Texts as ids [B, T]."""
        longest = max(map(len, texts))
        return torch.tensor([[*text, *[self.pad_token] * (longest - len(text))] for text in texts], device=self.device)

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

    @property
    def trains_shares(self) -> bool:
        """Whether what is trained is shared out among the processes, instead of the same in each."""
        return self.is_sharded and self._is_whole

    def gathered(self, is_first: bool) -> dict[str, torch.Tensor] | None:
        """All weights on the CPU, for the first process to write, where each process trains a share of them; None where each has all that
        it trains, and an empty one for the other processes, which must ask, too."""
        if not self.trains_shares:
            return None
        gathered = {}
        for name, parameter in self.trainable().items():
            whole = parameter.detach().full_tensor()
            if is_first:
                gathered[name] = whole.cpu()
        return gathered

    def write(self, folder: Path, gathered: dict[str, torch.Tensor] | None) -> None:
        """Writes what is trained into an existing folder: an adapter in PEFT's format, or a model in Hugging Face layout."""
        if self.training is None:
            raise ValueError("a model that only answers has nothing to write")
        if self._is_whole:
            self.model.save_pretrained(folder, state_dict=gathered, safe_serialization=True)
            _keep_architecture(folder)
            _copy_description(self.folder, folder)
            return
        save_file(self._adapter(), folder / WEIGHTS, metadata={"format": "pt"})
        for file, values in ((CONFIG, self.training.adapter), (QUANTIZATION, self.training.quantization)):
            if values is not None:
                (folder / file).write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    def _adapter(self) -> dict[str, torch.Tensor]:
        if self.virtual is not None:
            return {PROMPT: self.virtual.detach().cpu().contiguous()}
        state = get_peft_model_state_dict(self.peft, save_embedding_layers=False)
        return {name: value.detach().float().cpu().contiguous().clone() for name, value in state.items()}

    def read(self, folder: Path) -> None:
        """Reads what `write` wrote of an adapter."""
        tensors = load_file(folder / WEIGHTS)
        if self.virtual is not None:
            self.virtual.data.copy_(tensors[PROMPT])
        else:
            set_peft_model_state_dict(self.peft, tensors)


def _lora(training: Training) -> LoraConfig:
    """PEFT's settings from `adapter_config.json`, with those of a finished adapter left out."""
    told = {key: value for key, value in training.adapter.items() if key not in ("peft_type", "inference_mode", "revision")}
    told["base_model_name_or_path"] = None
    return LoraConfig(**told)


def _keep_architecture(folder: Path) -> None:
    """Names the model as it was named before: older versions of transformers take the name of the class, which FSDP changes."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["architectures"] = [name.removeprefix("FSDP") for name in config.get("architectures") or []]
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _copy_description(base: Path, folder: Path) -> None:
    """Tokenizer, template and the like stay as the base model has them."""
    for file in base.iterdir():
        if file.is_file() and not file.name.endswith(WEIGHT_ENDINGS) and not (folder / file.name).exists():
            shutil.copy2(file, folder / file.name)
