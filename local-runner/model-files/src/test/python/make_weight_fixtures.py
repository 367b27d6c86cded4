#!/usr/bin/env python3
"""Make the weight fixtures of src/test/resources/dev/finetune4j/modelfiles/weights with the reference libraries.

    pip install gguf numpy safetensors torch
    python make_weight_fixtures.py

every-type.gguf         one tensor of each format that is decoded, and one metadata value of each type
every-type.safetensors  the same tensors as float32, decoded by the gguf package
nf4.safetensors         weights, and the same after a round trip through NF4
written.safetensors     what the safetensors package writes for the tensors that SafetensorsWriterTest writes
"""
import pathlib

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Q
from gguf import GGUFValueType as V
from safetensors.numpy import save_file

import nf4_reference

OUT = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/weights"
ROWS, COLUMNS = 2, 512
rng = np.random.default_rng(7)


def blocks(kind):
    """Stored bytes of ROWS x COLUMNS elements."""
    floats = (rng.standard_normal((ROWS, COLUMNS)) * 3).astype(np.float32)
    floats[0, :8] = [0.0, -0.0, 1.0, -1.0, 65504.0, 6e-8, 1e-5, -3e-6]
    if kind == Q.F32:
        return floats
    if kind == Q.F16:
        return floats.astype(np.float16)
    if kind in (Q.BF16, Q.Q4_0, Q.Q4_1, Q.Q8_0):
        return gguf.quants.quantize(floats, kind)
    elements, size = gguf.GGML_QUANT_SIZES[kind]  # no encoder in Python for the K formats: random bytes, small scales
    count = ROWS * COLUMNS // elements
    raw = rng.integers(0, 256, (count, size), dtype=np.uint8)
    scales = (rng.standard_normal((count, 2)) * 0.01).astype(np.float16).view(np.uint8).reshape(count, 4)
    if kind == Q.Q4_K:
        raw[:, :4] = scales
    else:
        raw[:, -2:] = scales[:, :2]
    return raw.reshape(ROWS, -1)


writer = gguf.GGUFWriter(OUT / "every-type.gguf", "llama")
writer.add_uint8("t.uint8", 200)
writer.add_int8("t.int8", -100)
writer.add_uint16("t.uint16", 60000)
writer.add_int16("t.int16", -30000)
writer.add_uint32("t.uint32", 4000000000)
writer.add_int32("t.int32", -2000000000)
writer.add_uint64("t.uint64", 2**63 - 1)
writer.add_int64("t.int64", -(2**62))
writer.add_float32("t.float32", 0.5)
writer.add_float64("t.float64", 0.1)
writer.add_bool("t.bool", True)
writer.add_string("t.string", "Grüße 🙂")
writer.add_array("t.strings", ["a", "", "ü"])
writer.add_array("t.ints", [1, -2, 3])
writer.add_array("t.floats", [0.25, -0.5])
writer.add_key_value("t.bools", [True, False], V.ARRAY, V.BOOL)
expected = {}
for kind in (Q.F32, Q.F16, Q.BF16, Q.Q4_0, Q.Q4_1, Q.Q8_0, Q.Q4_K, Q.Q6_K):
    data = blocks(kind)
    name = f"weight.{kind.name}"
    writer.add_tensor(name, data, raw_dtype=None if kind in (Q.F32, Q.F16) else kind)
    expected[name] = gguf.quants.dequantize(data, kind).astype(np.float32).reshape(ROWS, COLUMNS)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
save_file(expected, OUT / "every-type.safetensors")

save_file(
    {
        "z.weight": np.arange(6, dtype=np.float32).reshape(2, 3),
        "a.half": np.arange(3, dtype=np.float16),
        "b.step": np.array([7], dtype=np.int64),
        "a.weight": np.array([0.5], dtype=np.float32),
        "scalar": np.array(2.5, dtype=np.float32),
    },
    OUT / "written.safetensors",
    metadata={"format": "pt"},
)

torch.manual_seed(3)
wide = 0.02 * torch.randn(161, 128)  # 322 blocks: magnitudes in two of their blocks
odd = torch.randn(37, 40) * torch.logspace(-3, 1, 37).unsqueeze(1)  # the last block is not full
odd[5:7] = 0
save_file(
    {
        "wide": wide.numpy(),
        "wide.quantized": nf4_reference.round_trip(wide).numpy(),
        "odd": odd.numpy(),
        "odd.quantized": nf4_reference.round_trip(odd).numpy(),
        "levels": nf4_reference.dynamic_levels().numpy(),
    },
    OUT / "nf4.safetensors",
)
