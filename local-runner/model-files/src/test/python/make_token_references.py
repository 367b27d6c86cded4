#!/usr/bin/env python3
"""Note what transformers makes of the 10,000 texts of token_texts.py, for each tokenizer.

    pip install transformers tokenizers gguf
    python make_token_references.py [FOLDER]

codec/sentencepiece/NAME.json   small tokenizers as SentencePiece ones are converted: llama (a blank in front, bytes for what is unknown),
                                gemma (the same without the blank in front), unigram
codec/token-digests.tsv         a line for each tokenizer, twice: special tokens in a text recognized, and taken for plain text. A digest
                                for every 100 texts
"""
import hashlib
import json
import pathlib
import sys
import tempfile

from gguf import GGUFReader
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from published_tokenizers import fetch
from token_texts import WORDS, texts

CODEC = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/codec"
COUNT, CHUNK = 10_000, 100
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
CORPUS = [pathlib.Path(__file__).read_text(), *texts(400)]


def sentencepiece_bpe(prepends):
    """A BPE over text with ▁ for blanks, as Llama 2's (which puts one in front) and Gemma's."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    blank = normalizers.Replace(" ", "▁")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), blank]) if prepends else blank
    special = ["<unk>", "<s>", "</s>"]
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=900, special_tokens=special + BYTES, limit_alphabet=200, show_progress=False))
    settings = json.loads(tokenizer.to_str())
    settings["model"].update(byte_fallback=True, fuse_unk=True, merges=every_pair(settings["model"]))
    settings["added_tokens"] = [token for token in settings["added_tokens"] if token["content"] in special]
    tokenizer = Tokenizer.from_str(json.dumps(settings))
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()] + ([decoders.Strip(" ", 1, 0)] if prepends else []))
    return tokenizer


def every_pair(model):
    """The pairs that make a token, in the order of the tokens that they make, as SentencePiece's files are converted; training notes one."""
    made = ["".join(pair) for pair in model["merges"]]
    splits = ((token[:at], token[at:]) for token in made for at in range(1, len(token)))
    return [pair for pair in splits if all(part in model["vocab"] for part in pair)]


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.train_from_iterator([CORPUS[0], " ".join(WORDS)], trainers.UnigramTrainer(
        vocab_size=400, special_tokens=["<unk>", "<s>", "</s>", "<mask>"], unk_token="<unk>", show_progress=False))
    return tokenizer


def of_gguf(path, pre, normalizer=None, ignore_merges=False):
    """The tokenizer.json that a GGUF file was made of."""
    fields = GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges, ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    kinds = fields["tokenizer.ggml.token_type"].contents()
    for kind, special in ((3, True), (4, False)):
        added = [AddedToken(token, special=special, normalized=False) for token, k in zip(tokens, kinds) if k == kind]
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)(added)
    return tokenizer


def file(path):
    return Tokenizer.from_file(str(path))


def digests(fast, all_texts):
    for start in range(0, COUNT, CHUNK):
        chunk = [fast.encode(text, add_special_tokens=False) for text in all_texts[start:start + CHUNK]]
        yield hashlib.sha256(json.dumps(chunk).encode("ascii")).hexdigest()[:12]


def makers(folder):
    """How to get each tokenizer, by name."""
    from make_tokenizer_fixtures import PRE  # makes those fixtures anew, which must give the same files

    def gguf(path, pre):
        return lambda: of_gguf(path, PRE[pre], normalizers.NFC() if pre == "qwen2" else None, pre == "llama-bpe")

    small = CODEC / "sentencepiece"
    published = fetch(folder)
    return {
        **{name: lambda name=name: file(small / f"{name}.json") for name in ("gemma", "llama", "unigram")},
        **{name: lambda name=name: file(CODEC / f"encoders/{name}/tokenizer.json") for name in ("bert", "roberta")},
        "metaspace": lambda: file(CODEC / "metaspace.json"),
        **{name: gguf(CODEC / f"{name}.gguf", name) for name in PRE},
        "published-deepseek": lambda: file(published["deepseek"]),
        "published-llama3": lambda: file(published["llama3"]),
        "published-smollm2": gguf(published["smollm2"], "smollm"),
    }


def lines(name, tokenizer, all_texts):
    for split in (False, True):
        fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, split_special_tokens=split)
        yield "\t".join([name, "plain" if split else "special", *digests(fast, all_texts)])


def write_small():
    small = CODEC / "sentencepiece"
    small.mkdir(exist_ok=True)
    for name, tokenizer in dict(llama=sentencepiece_bpe(True), gemma=sentencepiece_bpe(False), unigram=unigram()).items():
        tokenizer.save(str(small / f"{name}.json"), pretty=False)


def main(folder):
    write_small()
    all_texts = texts(COUNT)
    with open(CODEC / "token-digests.tsv", "w") as out:
        for name, make in makers(folder).items():
            out.writelines(line + "\n" for line in lines(name, make(), all_texts))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
