"""Chat templates rendered as transformers renders them: shared by the scripts that make fixtures of them. The clock is fixed."""
import datetime

import jinja2
import transformers
from transformers.utils import chat_template_utils as reference

NOW = datetime.datetime(2025, 3, 9, 14, 5, 6)
TOKENS = dict(bos_token="<BOS>", eos_token="<EOS>", unk_token="<unk>", pad_token="<pad>")
ODD = "  Grüße, 你好 🙂 {{ 7*7 }} {% if x %} {# note #} \"q\" 'a' <b>&amp;\\n back\\slash\n\n  tab\there  \n"
VERSIONS = f"transformers {transformers.__version__}, jinja2 {jinja2.__version__}"


class FixedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


reference.datetime = FixedClock


def message(role, content, **more):
    return {"role": role, "content": content, **more}


def render(template, messages, prompt, tools=None, **variables):
    """The text and the spans of the assistant's text in code points (none where the template marks none)."""
    arguments = dict(tools=tools, chat_template=template, add_generation_prompt=prompt, **TOKENS, **variables)
    text = reference.render_jinja_template([messages], **arguments)[0][0]
    if "endgeneration" not in template:
        return text, None
    return text, reference.render_jinja_template([messages], return_assistant_tokens_mask=True, **arguments)[1][0]


def refusal(error):
    """Why a rendering gave nothing: the template refused, it recursed without end, or an operation failed."""
    if type(error) is jinja2.exceptions.TemplateError:
        return "raised"
    return "endless" if isinstance(error, RecursionError) else "failed"
