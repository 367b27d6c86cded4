"""Runs the estimators that other packages ship and writes what they answer, for PeerTest.

    pip download --no-deps accelerate==1.15.0 deepspeed==0.19.8 training_hub==0.11.2 -d FOLDER
    python3 estimate_peers.py FOLDER > ../resources/dev/finetune4j/engine/estimate/peers.tsv

Neither torch nor a GPU is needed: the functions are taken out of the packages' sources and run as they are. training_hub loads a
model only to count; here it is told the counts of Llama 3.1 8B.
"""

import ast
import glob
import sys
import tarfile
import types
import typing
import zipfile

P = 8_030_261_248  # Llama 3.1 8B: parameters, layers, width, vocabulary, largest layer
LAYERS, WIDTH, VOCABULARY, LARGEST = 32, 4096, 128_256, 128_256 * 4096
# in + out of the seven matrices of each layer
ADAPTED = LAYERS * ((4096 + 4096) * 2 + (4096 + 1024) * 2 + (4096 + 14336) * 3)


def function(source, name):
    """The function of a name, as it stands in the source, without what else the file imports."""
    found = next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name)
    space = {"Optional": typing.Optional}
    exec(ast.get_source_segment(source, found), space)
    return space[name]


def training_hub(source):
    def module(name, **members):
        made = types.ModuleType(name)
        made.__dict__.update(members)
        sys.modules[name] = made

    module("torch")
    module("transformers", AutoModel=None)
    module("mini_trainer")
    module("mini_trainer.osft_utils", MODEL_CONFIGS={"default": {"patterns": []}})
    module("torch.distributed")
    module("torch.distributed.fsdp", ShardingStrategy=types.SimpleNamespace(NO_SHARD=None))
    module("pandas")
    sys.modules["torch"].device = None
    space = {"__file__": "estimator.py", "__name__": "training_hub.profiling.memory_estimator"}
    exec(source.replace("from typing import override", "override = lambda f: f"), space)

    def load(self, warn, trust_remote_code=False):
        self.num_params = self.num_trainable_params = P
        self.num_layers, self.hidden_size = LAYERS, WIDTH

    base = space["BasicEstimator"]
    base._load_model = load
    base._update_model_storage = lambda self: None
    base._get_vocab_size = lambda self: VOCABULARY
    base._calc_weight_size = lambda self, terms: ADAPTED
    return space


def main(folder):
    def read(wheel, path):
        return zipfile.ZipFile(glob.glob(f"{folder}/{wheel}-*.whl")[0]).read(path).decode()

    sdist = tarfile.open(glob.glob(f"{folder}/deepspeed-*.tar.gz")[0])
    root = sdist.getnames()[0].split("/")[0]
    zero = {
        2: sdist.extractfile(f"{root}/deepspeed/runtime/zero/stage_1_and_2.py").read().decode(),
        3: sdist.extractfile(f"{root}/deepspeed/runtime/zero/stage3.py").read().decode(),
    }
    print("peer\tcase\tgib")

    def row(peer, case, size):
        print(f"{peer}\t{case}\t{size / 2**30:.6f}")

    usage = function(read("accelerate", "accelerate/commands/estimate.py"), "estimate_training_usage")
    for dtype in ("float32", "bfloat16"):
        row("accelerate", dtype, max(usage(4 * P, dtype).values()))
    two = function(zero[2], "estimate_zero2_model_states_mem_needs")
    three = function(zero[3], "estimate_zero3_model_states_mem_needs")
    for gpus in (1, 8):
        row("deepspeed", f"zero2 {gpus}", two(P, gpus, 1, cpu_offload=False)[1])
        row("deepspeed", f"zero3 {gpus}", three(P, LARGEST, gpus, 1, cpu_offload=False, cpu_offload_params=False)[1])
    row("deepspeed", "zero2 8 offload", two(P, 8, 1, cpu_offload=True)[1])
    row("deepspeed", "zero3 8 offload", three(P, LARGEST, 8, 1, cpu_offload=True, cpu_offload_params=False)[1])
    row("deepspeed", "zero3 8 offload-all", three(P, LARGEST, 8, 1)[1])
    hub = training_hub(read("training_hub", "training_hub/profiling/memory_estimator.py"))
    for gpus in (1, 8):
        for liger in (False, True):
            case = f"{gpus}{' liger' if liger else ''}"
            more = {"num_gpus": gpus, "batch_size": 2 * gpus, "max_seq_len": 2048, "use_liger": liger, "verbose": 0}
            row("training_hub", f"full {case}", hub["BasicEstimator"](**more).estimate()[1])
            row("training_hub", f"lora {case}", hub["LoRAEstimator"](lora_r=16, **more).estimate()[1])
            row("training_hub", f"qlora {case}", hub["QLoRAEstimator"](lora_r=16, **more).estimate()[1])


if __name__ == "__main__":
    main(sys.argv[1])
