#!/usr/bin/env python3
"""Render the templates of src/test/resources/dev/finetune4j/modelfiles/template with transformers, into cases.json beside them.

    pip install transformers jinja2
    python make_template_fixtures.py

micro/ has one feature of the language each, chat/ whole templates in the manner of well-known models. The clock is fixed.
"""
import json
import pathlib

from template_reference import ODD, VERSIONS, message, refusal, render

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/template"
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
cases = []
for group, conversations in (("micro", MICRO), ("chat", CHAT)):
    for path in sorted((FOLDER / group).glob("*.jinja")):
        template = path.read_text(encoding="utf-8")
        for name, (messages, prompt) in conversations.items():
            case = dict(template=f"{group}/{path.name}", conversation=name, messages=messages, generationPrompt=prompt)
            try:
                case["text"], spans = render(template, messages, prompt)
                if spans is not None:
                    case["spans"] = spans
            except Exception as error:
                case["error"] = refusal(error)
                case["message"] = str(error)
            cases.append(case)

with open(FOLDER / "cases.json", "w", encoding="utf-8") as out:
    json.dump(cases, out, ensure_ascii=False, indent=1)
    out.write("\n")
print(VERSIONS, len(cases), "cases")
