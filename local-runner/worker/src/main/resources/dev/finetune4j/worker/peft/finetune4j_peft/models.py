"""A model of transformers with what is trained of it, by PEFT where that is an adapter."""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict, set_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from finetune4j_peft.check import version_numbers
from finetune4j_peft.draws import drawn
from finetune4j_peft.packed import BYTES_PER_ELEMENT, PackedLinear, pack, wrapped
from finetune4j_peft.ranks import Ranks
from finetune4j_peft.recipe import Training
from finetune4j_peft.sharing import WeightBytes, is_to_be_shared, share_frozen, share_trained

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"
QUANTIZATION = "quantization_config.json"
WEIGHT_ENDINGS = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".index.json", ".h5", ".msgpack", ".onnx")
WHOLE_COPIES = 4
"""Vectors in float32 as long as the weights where all are trained: values, gradient, two moments."""
ACTIVATION_BYTES = 34
"""Bytes that a layer keeps of a token for each number of its width in bf16, attention scores left out
(https://arxiv.org/abs/2205.05198, section 4)."""
OWN_DROPOUTS = ("attention_dropout", "dropout_prob")
"""What modules call a rate of dropout that they have no module for."""


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


def is_of_adapter(name: str) -> bool:
    """Whether PEFT calls a factor of an adapter so, or its lengths."""
    return ".lora_" in name


def alike_layers(model: torch.nn.Module) -> torch.nn.ModuleList:
    """The layers that are alike: the longest list of modules."""
    lists = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    return max(lists, key=len)


def loaded(kind: Any, folder: Path, dtype: torch.dtype, **settings: Any) -> torch.nn.Module:
    """A model from a folder in Hugging Face layout, frozen, on the CPU, without the dropout of its own that the core does not have."""
    key = "dtype" if version_numbers(metadata.version("transformers")) >= (4, 56) else "torch_dtype"
    model = kind.from_pretrained(
        folder, attn_implementation="sdpa", local_files_only=True, use_safetensors=True, **{key: dtype}, **settings
    )
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(module, torch.nn.Embedding):
            module.padding_idx = None  # padding is computed apart from texts, and a text may well hold the token that pads
        for name in OWN_DROPOUTS:
            if isinstance(getattr(module, name, None), float):
                setattr(module, name, 0.0)
    return model.requires_grad_(False)


class TunableModel(ABC):
    """A model that answers, and learns where it was told how. What it reads, and what it is asked, its kinds say."""

    virtual_tokens = 0
    """Tokens that no text has and that are read before each."""

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
        self._trains_all = training is not None and training.trains_all
        is_packed = training is not None and training.quantization is not None
        # What is trained is in float32, whatever is computed in, but not on the way: files are mapped, a wider copy is not.
        self.model = self._load(stored_dtype(folder) if self._trains_all or is_packed else dtype)
        self.parameters = sum(parameter.numel() for parameter in self.model.parameters())
        self.is_sharded = is_to_be_shared(self._weight_bytes(is_packed), ranks, shares)
        layers = alike_layers(self.model)
        if is_packed:
            pack(self.model, layers, self.device, torch.device("cpu") if self.is_sharded else self.device, dtype)
        self.peft: torch.nn.Module | None = None
        if training is not None:
            self._make_trainable(training)
        if self.is_sharded and self._trains_all:
            share_trained(self.model, layers, self.device, dtype)
        elif self.is_sharded:
            share_frozen(self.model, layers, self.device, is_packed)
        elif self._trains_all:
            self.model.float()
        self.model.to(self.device)
        self.model.eval()

    @abstractmethod
    def _load(self, dtype: torch.dtype) -> torch.nn.Module:
        """The model, frozen, on the CPU."""

    @abstractmethod
    def _elements_beside(self) -> int:
        """Elements of modules that are trained as a whole beside adapters."""

    @abstractmethod
    def summed_loss(self, rows: Sequence[tuple[list[int], Any]]) -> torch.Tensor:
        """Summed negative log-likelihood of what is learned of rows, in nats."""

    def _weight_bytes(self, is_packed: bool) -> WeightBytes:
        trained = torch.float32.itemsize * WHOLE_COPIES
        if self._trains_all:
            return WeightBytes(self.parameters * trained, 0, trains_all=True, is_packed=False)
        inside = sum(parameter.numel() for parameter in alike_layers(self.model).parameters())
        each = BYTES_PER_ELEMENT if is_packed else self.dtype.itemsize
        beside = self._elements_beside() * trained if self.training else 0
        whole = (self.parameters - inside) * self.dtype.itemsize + beside
        return WeightBytes(inside * each, whole, trains_all=False, is_packed=is_packed)

    def _make_trainable(self, training: Training) -> None:
        if training.trains_all:
            self.model.requires_grad_(True)
            return
        with wrapped(alike_layers(self.model), needs_numbers=training.adapter.get("use_dora", False)):
            self.peft = get_peft_model(self.model, _lora(training))
        # What is not drawn starts as PEFT makes it: factors B as zero, lengths and whole modules as those of the base model.
        start = get_peft_model_state_dict(self.peft, save_embedding_layers=False)
        start.update({draw.name: torch.from_numpy(drawn(draw)) for draw in training.draws})
        set_peft_model_state_dict(self.peft, start)
        for parameter in self.peft.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()

    def trainable(self) -> dict[str, torch.nn.Parameter]:
        """What is trained, by name."""
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
        self._compute_layers_again()
        return "layer"

    def _compute_layers_again(self) -> None:
        if hasattr(self.model, "activation_checkpointing_enable"):  # what newer versions of transformers call it
            self.model.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
        else:
            self.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})

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
        """As the tuned model or as its base; a model that is trained itself has no base any more."""
        if not tuned and self.training is not None and self.training.is_whole:
            raise ValueError("the base model is gone: its own weights are trained")
        off = self.peft.disable_adapter() if self.peft is not None and not tuned else contextlib.nullcontext()
        try:
            with off, torch.no_grad(), self._unpacked():
                yield
        finally:
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
        with self.beside_the_peak():
            for matrix in matrices:
                matrix.unpack()
            try:
                yield
            finally:
                for matrix in matrices:
                    matrix.let_go()

    def _computing(self) -> contextlib.AbstractContextManager:
        narrow = self._trains_all and not self.is_sharded and self.dtype == torch.bfloat16
        return torch.autocast(self.device.type, torch.bfloat16) if narrow else contextlib.nullcontext()

    def beside_the_peak(self) -> contextlib.AbstractContextManager[None]:
        """Leaves out of the peak of its device what is taken only because there is room for it."""
        return self._ranks.beside_the_peak()

    def keep_step(self, passes: int) -> None:
        """Goes through the weights as often as the process does that has to most often, where they are shared out: each puts them together
        with all others."""
        if self.is_sharded:
            for _ in range(self._ranks.most(passes) - passes):
                self.model(input_ids=self.padded([[self.pad_token]]))

    def padded(self, texts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Texts as ids [B, T]."""
        longest = max(map(len, texts))
        return torch.tensor([[*text, *[self.pad_token] * (longest - len(text))] for text in texts], device=self.device)

    @property
    def trains_shares(self) -> bool:
        """Whether what is trained is shared out among the processes, instead of the same in each."""
        return self.is_sharded and self._trains_all

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
        if self.training.is_whole:
            self._write_whole(folder, gathered)
            _keep_architecture(folder)
            _copy_description(self.folder, folder)
            return
        save_file(self._adapter(), folder / WEIGHTS, metadata={"format": "pt"})
        for file, values in ((CONFIG, self.training.adapter), (QUANTIZATION, self.training.quantization)):
            if values is not None:
                (folder / file).write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")

    def _write_whole(self, folder: Path, gathered: dict[str, torch.Tensor] | None) -> None:
        self.model.save_pretrained(folder, state_dict=gathered, safe_serialization=True)

    def _adapter(self) -> dict[str, torch.Tensor]:
        state = get_peft_model_state_dict(self.peft, save_embedding_layers=False)
        return {name: value.detach().float().cpu().contiguous().clone() for name, value in state.items()}

    def read(self, folder: Path) -> None:
        """Reads what `write` wrote of an adapter."""
        set_peft_model_state_dict(self.peft, load_file(folder / WEIGHTS))


def _lora(training: Training) -> LoraConfig:
    """PEFT's settings from `adapter_config.json`, with those of a finished adapter left out."""
    adapter = copy.deepcopy(training.adapter)  # PEFT adds to its lists
    told = {key: value for key, value in adapter.items() if key not in ("peft_type", "inference_mode", "revision")}
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
