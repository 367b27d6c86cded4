#!/usr/bin/env python3
"""Render the templates of src/test/resources/dev/finetune4j/modelfiles/template with transformers, into cases.json beside them.

    pip install transformers jinja2
    python make_template_fixtures.py

micro/ has one feature of the language each, chat/ whole templates in the manner of well-known models. The clock is fixed.
"""
import datetime
import json
import pathlib

import jinja2
import transformers
from transformers.utils import chat_template_utils as reference

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/template"
NOW = datetime.datetime(2025, 3, 9, 14, 5, 6)


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


reference.datetime = FixedClock


def message(role, content):
    return {"role": role, "content": content}


ODD = "  Grüße, 你好 🙂 {{ 7*7 }} {% if x %} {# note #} \"q\" 'a' <b>&amp;\\n back\\slash\n\n  tab\there  \n"
MICRO = {"features": ([message("system", "sys"), message("user", ODD), message("assistant", "ok"), message("user", "bye")], True)}
CHAT = {
    "question": ([message("system", "You are terse."), message("user", "Hi there!")], True),
    "turns": (
        [
            message("system", "You are terse."),
            message("user", "2+2?"),
            message("assistant", "<think>\nadd them\n</think>\n\nIt is 4."),
            message("user", "And 3+3?"),
            message("assistant", "6"),
        ],
        False,
    ),
    "without-system": ([message("user", "Hi"), message("assistant", "Hello.\n"), message("user", "Bye")], True),
    "odd-text": ([message("user", ODD), message("assistant", ODD)], False),
    "wrong-roles": ([message("assistant", "I start"), message("user", "a"), message("user", "b")], False),
    "long": ([message("system", "s")] + [message(r, f"turn {i} 🙂 \n") for i in range(12) for r in ("user", "assistant")], False),
}
TOKENS = dict(bos_token="<BOS>", eos_token="<EOS>", unk_token="<unk>", pad_token="<pad>")

cases = []
for group, conversations in (("micro", MICRO), ("chat", CHAT)):
    for path in sorted((FOLDER / group).glob("*.jinja")):
        template = path.read_text(encoding="utf-8")
        for name, (messages, prompt) in conversations.items():
            case = dict(template=f"{group}/{path.name}", conversation=name, messages=messages, generationPrompt=prompt)
            arguments = dict(tools=None, chat_template=template, add_generation_prompt=prompt, **TOKENS)
            try:
                case["text"] = reference.render_jinja_template([messages], **arguments)[0][0]
                if "endgeneration" in template:  # spans in code points
                    case["spans"] = reference.render_jinja_template([messages], return_assistant_tokens_mask=True, **arguments)[1][0]
            except Exception as error:
                raised = type(error) is jinja2.exceptions.TemplateError
                case["error"] = "raised" if raised else "failed"
                case["message"] = str(error)
            cases.append(case)

with open(FOLDER / "cases.json", "w", encoding="utf-8") as out:
    json.dump(cases, out, ensure_ascii=False, indent=1)
    out.write("\n")
print("transformers", transformers.__version__, "jinja2", jinja2.__version__, len(cases), "cases")
