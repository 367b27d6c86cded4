#!/usr/bin/env python3
"""Tell the tokens of texts as llama.cpp makes them, a list a line. Needs llama-cpp-python 0.3.16.

    python llama_cpp_tokens.py FILE.gguf TEXTS.jsonl

FILE may be a vocabulary without weights. Each line of TEXTS is a JSON string.
"""
import json
import sys

import llama_cpp

path, texts = sys.argv[1:]
model = llama_cpp.Llama(path, vocab_only=True, verbose=False)
with open(texts, encoding="utf-8") as lines:
    for line in lines:
        print(json.dumps(model.tokenize(json.loads(line).encode(), add_bos=False, special=True)))
