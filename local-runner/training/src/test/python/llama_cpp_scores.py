#!/usr/bin/env python3
"""Tell the log-probability of each next token as llama.cpp computes it, in JSON. Needs llama-cpp-python 0.3.16.

    python llama_cpp_scores.py FILE.gguf TEXT TOKEN...

Also the tokens of TEXT and the model's name. Keys and values are kept in 32 bits: llama.cpp's own choice of 16 moves logits by some 1e-2.
"""
import json
import sys

import llama_cpp
import numpy

FLOAT32 = 0
path, text, *tokens = sys.argv[1:]
model = llama_cpp.Llama(
    path, n_ctx=64, n_threads=1, logits_all=True, verbose=False, type_k=FLOAT32, type_v=FLOAT32, flash_attn=False)
model.eval([int(token) for token in tokens])
logits = numpy.array(model.scores[len(tokens) - 1], dtype=numpy.float64)
scores = logits - logits.max()
scores -= numpy.log(numpy.exp(scores).sum())
print(json.dumps({
    "name": model.metadata["general.name"],
    "tokens": model.tokenize(text.encode(), add_bos=False, special=True),
    "scores": scores.tolist(),
}))
