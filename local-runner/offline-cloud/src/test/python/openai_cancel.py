"""Cancels and deletes a job of Azure OpenAI, by OpenAI's Python client, and prints what it saw as lines of JSON.

usage: openai_cancel.py VARIABLES ENDPOINT KEY   (VARIABLES: a JSON object)
"""

import json
import os
import sys

os.environ.update(json.loads(sys.argv[1]))
endpoint, key = sys.argv[2:4]

import openai  # noqa: E402

azure = openai.AzureOpenAI(azure_endpoint=endpoint, api_version="2024-10-21", api_key=key)
training = next(file for file in azure.files.list() if file.purpose == "fine-tune" and file.status == "processed")


def say(what, value):
    print(json.dumps({"what": what, "value": value}), flush=True)


def refused(name, call):
    try:
        call()
        say(name, "taken")
    except openai.APIStatusError as e:
        say(name, [type(e).__name__, e.code, e.message])


job = azure.fine_tuning.jobs.create(model="gpt-4o-mini-2024-07-18", training_file=training.id)
say("cancelled", azure.fine_tuning.jobs.cancel(job.id).status)
refused("cancelled again", lambda: azure.fine_tuning.jobs.cancel(job.id))
azure.delete(f"/fine_tuning/jobs/{job.id}", cast_to=openai.NoneType)
refused("deleted", lambda: azure.fine_tuning.jobs.retrieve(job.id))
