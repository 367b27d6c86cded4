"""Tunes models of Azure OpenAI by OpenAI's Python client, in both ways in which it finds Azure, and prints what it saw as lines of JSON.

usage: openai_client.py VARIABLES ENDPOINT KEY DEPLOYMENT   (VARIABLES: a JSON object, DEPLOYMENT: its address at the resource manager)
"""

import io
import json
import os
import sys
import time

os.environ.update(json.loads(sys.argv[1]))
endpoint, key, deployment = sys.argv[2:5]

import httpx2  # noqa: E402
import openai  # noqa: E402
from azure.identity import ClientSecretCredential, get_bearer_token_provider  # noqa: E402

MODEL = "gpt-4o-mini-2024-07-18"


def say(what, value):
    print(json.dumps({"what": what, "value": value}), flush=True)


def rows(count):
    return "\n".join(
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"ticket {i}: the {'invoice' if i % 2 else 'page'} is wrong"},
                    {"role": "assistant", "content": "billing" if i % 2 else "bug"},
                ]
            }
        )
        for i in range(count)
    ).encode()


credential = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"],
    os.environ["AZURE_CLIENT_ID"],
    os.environ["AZURE_CLIENT_SECRET"],
    disable_instance_discovery=True,
)
scope = "https://cognitiveservices.azure.com/.default"
azure = openai.AzureOpenAI(
    azure_endpoint=endpoint,
    api_version="2024-10-21",
    azure_ad_token_provider=get_bearer_token_provider(credential, scope),
)
plain = openai.OpenAI(base_url=endpoint + "/openai/v1", api_key=key)


def uploaded(client, name, content):
    sent = client.files.create(file=(name, io.BytesIO(content), "application/jsonl"), purpose="fine-tune")
    while client.files.retrieve(sent.id).status == "pending":
        time.sleep(0.05)
    return client.files.retrieve(sent.id)


def followed(client, job):
    seen = []
    while True:
        found = client.fine_tuning.jobs.retrieve(job.id)
        if found.status not in seen:
            seen.append(found.status)
        if found.status in ("succeeded", "failed", "cancelled"):
            return found, seen
        time.sleep(0.05)


def tuned(name, client, **more):
    training = uploaded(client, "train.jsonl", rows(20))
    validation = uploaded(client, "valid.jsonl", rows(10))
    job = client.fine_tuning.jobs.create(
        model=MODEL,
        training_file=training.id,
        validation_file=validation.id,
        suffix="tickets",
        seed=7,
        extra_body={"trainingType": "Standard"},
        **more,
    )
    done, seen = followed(client, job)
    say(name + " states", [job.status, *seen])
    say(name + " model", done.fine_tuned_model)
    say(name + " tokens", done.trained_tokens)
    events = list(client.fine_tuning.jobs.list_events(job.id, limit=5))  # goes on by pages
    say(name + " events", [events[0].message, len(events) == len({event.id for event in events})])
    say(name + " metrics", next(event.data["train_loss"] for event in events if event.type == "metrics"))
    say(
        name + " checkpoints",
        [one.step_number for one in client.fine_tuning.jobs.checkpoints.list(job.id)],
    )
    say(name + " table", client.files.content(done.result_files[0]).text.splitlines()[:2])
    say(name + " listed", job.id in [one.id for one in client.fine_tuning.jobs.list(limit=1)])
    return done


def refused(name, call):
    try:
        call()
        say(name, "taken")
    except openai.APIStatusError as e:
        say(name, [type(e).__name__, e.code, e.message])


four = {"n_epochs": 4, "batch_size": 5}
tuned("azure", azure, hyperparameters=four)
done = tuned("v1", plain, method={"type": "supervised", "supervised": {"hyperparameters": four}}, metadata={"run": "r1"})
say("metadata", plain.fine_tuning.jobs.retrieve(done.id).metadata)

say("deleted file", azure.files.delete(done.training_file).deleted)

refused("no such model", lambda: azure.fine_tuning.jobs.create(model="gpt-2", training_file=done.validation_file))
few = uploaded(plain, "few.jsonl", rows(3))
say("few rows", [few.status, few.status_details])
refused("file in error", lambda: plain.fine_tuning.jobs.create(model=MODEL, training_file=few.id))
once = azure.with_options(max_retries=0)
refused("throttled", lambda: once.files.list())
refused("no key", lambda: plain.with_options(api_key="guess").files.list())
wrong = get_bearer_token_provider(credential, "https://management.azure.com/.default")
other = openai.AzureOpenAI(azure_endpoint=endpoint, api_version="2024-10-21", azure_ad_token_provider=wrong)
refused("other audience", lambda: other.files.list())
old = openai.AzureOpenAI(azure_endpoint=endpoint, api_version="2021-01-01", api_key=key)
refused("old version", lambda: old.files.list())

large = rows(30) + b"\n"
upload = azure.uploads.create(
    bytes=len(large), filename="large.jsonl", mime_type="application/jsonl", purpose="fine-tune"
)
parts = [azure.uploads.parts.create(upload.id, data=half).id for half in (large[:500], large[500:])]
whole = azure.uploads.complete(upload.id, part_ids=parts)
say("upload", [whole.status, azure.files.content(whole.file.id).content == large])

manager = credential.get_token("https://management.azure.com/.default").token

body = {
    "sku": {"name": "Standard", "capacity": 1},
    "properties": {"model": {"format": "OpenAI", "name": done.fine_tuned_model, "version": "1"}},
}
made = httpx2.put(deployment, json=body, headers={"Authorization": "Bearer " + manager})
say("deployed", made.status_code)
while httpx2.get(deployment, headers={"Authorization": "Bearer " + manager}).json()["properties"][
    "provisioningState"
] != "Succeeded":
    time.sleep(0.05)
question = [{"role": "user", "content": "My invoice!"}]
for name, client in (("azure", azure), ("v1", plain)):
    said = client.chat.completions.create(model="tickets", messages=question)
    say(name + " answer", said.choices[0].message.content)
