#!/usr/bin/env python3
"""Tell what the package gguf, llama.cpp's own, reads in a file. Needs gguf 0.19.0.

    python read_gguf.py FILE

A line for each key and tensor. A matrix beside one called F32 is compared, byte by byte, with what the package makes of that in its type.
"""
import sys

import numpy
from gguf import GGMLQuantizationType, GGUFReader
from gguf.quants import quantize

reader = GGUFReader(sys.argv[1])
for name, field in reader.fields.items():
    if not name.startswith("GGUF."):
        print(name, "=", repr(field.contents()))
tensors = {tensor.name: tensor for tensor in reader.tensors}
wide = tensors["F32"].data if "F32" in tensors else None
for name, tensor in tensors.items():
    told = f"{name} {tensor.tensor_type.name} {[int(axis) for axis in tensor.shape]}"
    if wide is not None and len(tensor.shape) == 2:
        expected = quantize(wide, GGMLQuantizationType(tensor.tensor_type))
        equal = expected.tobytes() == numpy.ascontiguousarray(tensor.data).tobytes()
        told += " as quantized from F32" if equal else " unlike what is quantized from F32"
    print(told)
