#!/usr/bin/env python3
"""Write texts that tokenizers are compared on, the same ones at each run: a JSON string a line. Needs Python's own library only.

    python token_texts.py COUNT

Characters of many Unicode blocks, words and numbers, code, runs of white space, emoji sequences, combining marks composed and not,
spellings of special tokens and pieces of them.
"""
import json
import random
import sys
import unicodedata

SEED = 20261126
BLOCKS = [
    (0x00, 0x1F), (0x20, 0x7E), (0x20, 0x7E), (0x7F, 0x9F), (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x52F), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x700, 0x74F), (0x900, 0x97F), (0x980, 0x9FF), (0xB80, 0xBFF),
    (0xE00, 0xE7F), (0xF00, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F), (0x13A0, 0x13FF),
    (0x1780, 0x17FF), (0x1800, 0x18AF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x20CF), (0x20D0, 0x20FF),
    (0x2100, 0x218F), (0x2190, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x27BF), (0x2800, 0x28FF), (0x2E80, 0x2FDF), (0x3000, 0x303F),
    (0x3040, 0x30FF), (0x3130, 0x318F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA48F), (0xAC00, 0xD7A3), (0xE000, 0xF8FF),
    (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFE2F), (0xFE70, 0xFEFF), (0xFF00, 0xFFEF), (0xFFF0, 0xFFFF), (0x10000, 0x100FF),
    (0x10300, 0x1034F), (0x1D400, 0x1D7FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F5FF), (0x1F600, 0x1F64F), (0x1F900, 0x1F9FF),
    (0x20000, 0x2A6DF), (0xE0000, 0xE007F), (0xE0100, 0xE01EF), (0xF0000, 0xF00FF), (0x10FF00, 0x10FFFF),
]
WORDS = """the The THE attacker's we'll I'VE don't it's 's 'LL fox Grüße naïve café façade Straße İstanbul ΟΔΟΣ привет мир שלום مرحبا नमस्ते
สวัสดี 你好世界 こんにちは カタカナ 안녕하세요 Việt tiếng ﬁne ½ x² № ㎏ Ⅷ Ǆ ß ſ œuvre 1 42 007 1234 67890 3.14 1,024 1e-5 0x1F 2026-11-26 192.168.0.1
a@b.org https://example.org/a?b=c#d #tag @home C++ C# e-mail U.S. $5.00 100% … — “quoted” «so» antidisestablishmentarianism""".split()
CODE = ["def ", "return ", "if (", ") {\n", "}\n", "    ", "\t", "\t\t", "();\n", "=> ", "!= ", "<= ", "&&", "||", "::", "->", "x", "self.", "i++",
        "\"str\"", "'c'", "/* c */", "// c\n", "# c\n", "<div class=\"a\">", "</div>", "{{ x }}", "{% if %}", "\\n", "\\u00e9", "0b101", "[]", ";\n\n"]
BLANKS = [" ", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\r", "\t", " \n", "\n ", "\u00a0", "\u2003", "\u2028", "\u2029", "\u3000", "\u200b", "\u0085", "\ufeff",
          "\u000b", "\u000c", "\u202f", " " * 17]
EMOJI = ["🙂", "👍🏽", "👩‍👩‍👧‍👦", "👩🏾‍🚀", "🏳️‍🌈", "🇩🇪", "🇩", "❤️", "☺", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\u200d", "\ufe0f", "🏽", "🫠"]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|reserved|>", "<think>", "</think>", "<s>", "</s>", "<unk>", "<pad>", "<mask>", "[CLS]",
           "[SEP]", "[PAD]", "[UNK]", "[MASK]", "<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>", "<|begin_of_text|>", "<|eot_id|>",
           "<|end_of_text|>", "<｜begin▁of▁sentence｜>", "<｜User｜>", "<0x0A>", "▁", "▁▁", "Ġ", "##ing", "<|im_", "|>", "<", "[", "<|", "</"]


def characters(rng):
    low, high = rng.choice(BLOCKS)
    return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 24)))


def blocks(rng):
    return "".join(characters(rng) + rng.choice(["", "", " ", "\n"]) for _ in range(rng.randint(1, 4)))


def words(rng):
    return "".join(rng.choice(WORDS) + rng.choice([" ", " ", " ", "", ", ", ". ", "\n", "-"]) for _ in range(rng.randint(1, 16)))


def code(rng):
    return "".join(rng.choice(CODE) + rng.choice(["", "", " ", rng.choice(WORDS)]) for _ in range(rng.randint(1, 16)))


def blanks(rng):
    return "".join(rng.choice(BLANKS) * rng.randint(1, 4) + rng.choice(["", "a", "1", ".", "é", "你"]) for _ in range(rng.randint(1, 10)))


def emoji(rng):
    return "".join(rng.choice(EMOJI) + rng.choice(["", "", " ", "a"]) for _ in range(rng.randint(1, 12)))


def marks(rng):
    text = "".join(
        rng.choice("aeiounscAEΩиक가한") + "".join(chr(rng.randint(0x300, 0x36F)) for _ in range(rng.randint(0, 3))) for _ in range(rng.randint(1, 16)))
    form = rng.choice(["NFC", "NFD", "NFKD", None])
    return unicodedata.normalize(form, text) if form else text


def special(rng):
    return "".join(rng.choice(SPECIAL) + rng.choice(["", " ", "\n", rng.choice(WORDS)]) for _ in range(rng.randint(1, 8)))


def texts(count):
    rng = random.Random(SEED)
    kinds = [blocks, blocks, words, code, blanks, emoji, marks, special]
    return [kinds[i % len(kinds)](rng) + (rng.choice(kinds)(rng) if rng.random() < 0.25 else "") for i in range(count)]


if __name__ == "__main__":
    for text in texts(int(sys.argv[1])):
        print(json.dumps(text))
