#!/usr/bin/env python3
"""The machine's roof: the fastest matrix product of torch, in floating point operations a second, as one line of JSON.

    roof.py --threads N        prints {"fp32": ..., "bf16": ...}

Shapes are those of SmolLM2-135M's layers for 2,048 tokens; the best of seven rounds each, by torch.mm and in fp32 also by oneDNN, which torch.mm
takes in bf16 alone.
"""
import argparse
import json
import time

import torch

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--threads", type=int, required=True)
torch.set_num_threads(parser.parse_args().threads)


def best_rate(dtype):
    best = 0
    for rows, inner, columns in [(2048, 576, 576), (2048, 576, 1536), (2048, 1536, 576)]:
        x, weight = torch.randn(rows, inner).to(dtype), torch.randn(columns, inner).to(dtype)
        out = torch.empty(rows, columns, dtype=dtype)
        products = [lambda: torch.mm(x, weight.t(), out=out)]
        if dtype == torch.float32 and torch.backends.mkldnn.is_available():
            products.append(lambda: torch.ops.mkldnn._linear_pointwise(x, weight, None, "none", [], ""))
        for product in products:
            for _ in range(7):
                start = time.perf_counter()
                for _ in range(20):
                    product()
                best = max(best, 20 * 2 * rows * inner * columns / (time.perf_counter() - start))
    return best


print(json.dumps({"fp32": best_rate(torch.float32), "bf16": best_rate(torch.bfloat16)}))
