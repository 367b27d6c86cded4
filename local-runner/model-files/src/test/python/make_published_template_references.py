#!/usr/bin/env python3
"""Render the templates that published_templates.py fetches with transformers, and note what each gives.

    pip install transformers jinja2
    python make_published_template_references.py [FOLDER]

template/published-conversations.json  what the templates see: messages as transformers hands them over, tools, further variables
template/published.tsv                 one template a line: its package, and by conversation a digest of text and spans, or why there
                                       is none (raised, failed, endless)
"""
import copy
import hashlib
import json
import pathlib
import sys
import tempfile

from published_templates import PACKAGES, collect
from template_reference import ODD, VERSIONS, message, reference, refusal, render

OUT = pathlib.Path(__file__).parent.parent / "resources/dev/finetune4j/modelfiles/template"
TOOLS = [{"type": "function", "function": {
    "name": "get_weather",
    "description": 'Wetter für <city> & "more".\nSecond line',
    "parameters": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "The city"},
            "days": {"type": "integer", "enum": [1, 3, 7]},
            "unit": {"type": ["string", "null"]},
        },
        "required": ["city"],
    },
    "return": {"type": "number", "description": "degrees"},
}}]


def call(id, arguments):
    return {"id": id, "type": "function", "function": {"name": "get_weather", "arguments": arguments}}


def system(text="You are terse."):
    return message("system", text)


def user(content):
    return message("user", content)


def assistant(content, **more):
    return message("assistant", content, **more)


CITY = call("abc123XYZ", {"city": "Zürich", "days": 3, "exact": True, "x": 1.5, "none": None})
THINKING = dict(enable_thinking=True, thinking=True, reasoning_effort="high")
DOCUMENTS = [{"title": "T <1>", "text": "Körper\nzwei"}, {"title": "T2", "text": "b", "doc_id": 5}]
CONVERSATIONS = {
    "question": dict(messages=[system(), user("Hi there!")], prompt=True),
    "turns": dict(
        messages=[system(), user("2+2?"), assistant("<think>\nadd them\n</think>\n\nIt is 4."), user("And 3+3?"), assistant("6")],
        prompt=False),
    "without-system": dict(messages=[user("Hi there!")], prompt=True),
    "turns-without-system": dict(messages=[user("Hi"), assistant("Hello.\n"), user("Bye")], prompt=True),
    "odd-text": dict(messages=[user(ODD), assistant(ODD)], prompt=False),
    "wrong-roles": dict(messages=[assistant("I start"), user("a"), user("b")], prompt=False),
    "tools": dict(
        messages=[
            system("Use tools."), user("Weather in Zürich?"), assistant("", tool_calls=[CITY]),
            message("tool", '{"t": 7.5}', name="get_weather", tool_call_id="abc123XYZ"), assistant("7.5 degrees"), user("Thanks {x}"),
        ],
        tools=TOOLS, prompt=True),
    "tools-as-text": dict(
        messages=[
            user("Weather?"), assistant(None, tool_calls=[call("abc123XYZ", '{"city": "Zürich"}'), {**CITY, "id": "def456UVW"}]),
            message("tool", "7", tool_call_id="abc123XYZ"), message("tool", {"t": [1, None, 2.50]}, tool_call_id="def456UVW"),
        ],
        tools=TOOLS * 2, prompt=True),
    "parts": dict(
        messages=[
            system("sys"),
            user([{"type": "text", "text": "Look "}, {"type": "image"}, {"type": "text", "text": ODD}]),
            assistant([{"type": "text", "text": "ok"}]),
        ],
        prompt=True),
    "without-thinking": dict(
        messages=[user("Hi"), assistant("Hello", reasoning_content=" because\n"), user("Bye /no_think")],
        variables=dict(enable_thinking=False, thinking=False), prompt=True),
    "thinking": dict(
        messages=[system("/think sys"), user("Hi"), assistant("Hello", reasoning_content=" because\n"), user("Bye")],
        variables=THINKING, prompt=True),
    "documents": dict(
        messages=[system("sys"), user("What?")],
        variables=dict(documents=DOCUMENTS, tools_in_user_message=False, date_string="01 Jan 2024", custom_tools=None), prompt=True),
    "long": dict(
        messages=[system("s")] + [turn(f"turn {i} 🙂 \n") for i in range(12) for turn in (user, assistant)], prompt=False),
}


def outcome(template, conversation):
    given = copy.deepcopy(conversation)
    try:
        text, spans = render(template, given["messages"], given["prompt"], given.get("tools"), **given.get("variables", {}))
    except Exception as error:
        return refusal(error)
    return hashlib.sha256((text + "\0" + json.dumps(spans or [])).encode("utf-8")).hexdigest()[:16]


def main(folder):
    package_by_name = collect(folder, list(PACKAGES))
    for conversation in CONVERSATIONS.values():
        conversation["messages"] = reference._alias_reasoning_fields(conversation["messages"])
    with open(OUT / "published-conversations.json", "w", encoding="utf-8") as out:
        json.dump(CONVERSATIONS, out, ensure_ascii=False, indent=1)
        out.write("\n")
    lines = ["\t".join(["template", "package", *CONVERSATIONS])]
    for name in sorted(package_by_name):
        template = (folder / f"{name}.jinja").read_bytes().decode("utf-8")
        lines.append("\t".join([name, package_by_name[name], *(outcome(template, c) for c in CONVERSATIONS.values())]))
    (OUT / "published.tsv").write_text("\n".join(lines) + "\n")
    print(VERSIONS, len(lines) - 1, "templates")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
