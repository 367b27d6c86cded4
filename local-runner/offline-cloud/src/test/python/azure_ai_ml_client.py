"""Launches, follows, fetches and cancels command jobs, and launches fine-tuning jobs, one of them on a registry's data, by Microsoft's Python client, and prints
what it saw as lines of JSON.

usage: azure_ai_ml_client.py VARIABLES SUBSCRIPTION GROUP WORKSPACE FOLDER   (VARIABLES: a JSON object)
"""

import contextlib
import io
import json
import os
import pathlib
import socket
import sys
import time

os.environ.update(json.loads(sys.argv[1]))
subscription, group, workspace, folder = sys.argv[2:6]
folder = pathlib.Path(folder)

# Names below localhost are this machine (RFC 6761); not every C library knows.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **named: resolve(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *more, **named
)

from azure.ai.ml import Input, MLClient, Output, command  # noqa: E402
from azure.ai.ml._restclient.arm_ml_service import MachineLearningServicesMgmtClient  # noqa: E402
from azure.ai.ml.entities import AmlCompute, JobResourceConfiguration, QueueSettings  # noqa: E402
from azure.ai.ml.exceptions import JobException  # noqa: E402
from azure.ai.ml.finetuning import FineTuningTaskType, create_finetuning_job  # noqa: E402
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError  # noqa: E402
from azure.identity import ClientSecretCredential  # noqa: E402
from azure.storage.blob import ContainerClient  # noqa: E402


def say(what, value):
    print(json.dumps({"what": what, "value": value}), flush=True)


credential = ClientSecretCredential(
    os.environ["AZURE_TENANT_ID"],
    os.environ["AZURE_CLIENT_ID"],
    os.environ["AZURE_CLIENT_SECRET"],
    disable_instance_discovery=True,
)
client = MLClient(credential, subscription, group, workspace, enable_telemetry=False, show_progress=False)
say("workspace", client.workspaces.get(workspace).location)
say("default datastore", client.datastores.get_default().container_name)

code = folder / "src"
code.mkdir()
(code / "train.py").write_text(
    "import os, sys\n"
    "import time; print(open(sys.argv[1]).read(), sys.argv[2], flush=True); time.sleep(5)\n"
    "open(os.path.join(sys.argv[3], 'adapter.bin'), 'w').write(os.environ['AZUREML_RUN_ID'])\n"
)
data = folder / "train.jsonl"
data.write_text('{"a": 1}')


def job(name, line, **more):
    made = command(
        name=name,
        display_name="tune",
        experiment_name="ft",
        command=line,
        environment="azureml://registries/azureml/environments/acft-hf-nlp-gpu/versions/122",
        tags={"finetune4j-run": "r1"},
        outputs={"model": Output(type="uri_folder", mode="rw_mount")},
        **more,
    )
    made.resources = JobResourceConfiguration(instance_count=1, instance_type="Standard_NC24ads_A100_v4")
    made.queue_settings = QueueSettings(job_tier="Spot")
    return made


trained = job(
    "py-1",
    "python3 train.py ${{inputs.train}} ${{inputs.lr}} ${{outputs.model}}",
    code=str(code),
    inputs={"train": Input(type="uri_file", path=str(data)), "lr": "1e-4"},
)
created = client.jobs.create_or_update(trained)
say("created", [created.name, created.status, created.type])
with contextlib.redirect_stdout(io.StringIO()) as streamed:
    client.jobs.stream("py-1")
say("streamed", streamed.getvalue())
say("status", client.jobs.get("py-1").status)
client.jobs.download("py-1", download_path=str(folder / "fetched"), all=True)
client.jobs.download("py-1", download_path=str(folder / "fetched"), output_name="model")
say(
    "fetched",
    {
        str(path.relative_to(folder / "fetched")): path.read_text()
        for path in sorted((folder / "fetched").rglob("*"))
        if path.is_file()
    },
)
again = client.jobs.create_or_update(job("py-2", "sleep 60", code=str(code)))
say("code again", again.code.split("/")[-3:] == created.code.split("/")[-3:])
client.jobs.begin_cancel("py-2").result()
say("cancelled", client.jobs.get("py-2").status)
say("listed", sorted(one.name for one in client.jobs.list()))
client.jobs.archive("py-2")
say("after archive", [one.name for one in client.jobs.list()])
changed = client.jobs.get("py-1")
changed.tags["seen"] = "yes"
say("tags", client.jobs.create_or_update(changed).tags)
client.jobs.create_or_update(job("py-3", "echo no such layer; exit 3"))
try:
    with contextlib.redirect_stdout(io.StringIO()):
        client.jobs.stream("py-3")
except JobException as e:
    say("failed", str(e))
try:
    client.jobs.create_or_update(job("py-3", "echo another"))
except HttpResponseError as e:
    say("other definition", [e.status_code, e.error.code, e.error.message])
try:
    client.jobs.get("py-4")
except ResourceNotFoundError as e:
    say("unknown", [e.status_code, e.error.code])
chat = folder / "chat.jsonl"
chat.write_text('{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n')
tuned = create_finetuning_job(
    task=FineTuningTaskType.CHAT_COMPLETION,
    training_data=str(chat),
    validation_data=str(chat),
    hyperparameters={"per_device_train_batch_size": "1", "learning_rate": "0.00002", "num_train_epochs": "1"},
    model="azureml://registries/azureml/models/Phi-3-mini-4k-instruct/versions/13",
    name="py-5",
    instance_types=["Standard_NC24ads_A100_v4"],
    output_model_name_prefix="mine",
)
created = client.jobs.create_or_update(tuned)
say("tuned", [created.type, created.outputs["registered_model"].type])
while client.jobs.get("py-5").status not in ("Completed", "Failed"):
    time.sleep(0.5)
say("tuned status", client.jobs.get("py-5").status)
arm = MachineLearningServicesMgmtClient(
    credential,
    subscription,
    base_url=os.environ["ARM_CLOUD_METADATA_URL"].split("/metadata/")[0],
    api_version="2024-10-01",
)
upload = arm.registry_data_versions.create_or_get_start_pending_upload(
    group, "my-registry", "rows", "1", {"pendingUploadType": "TemporaryBlobReference"}
).blob_reference_for_consumption
ContainerClient.from_container_url(upload.credential.sas_uri).upload_blob("chat.jsonl", chat.read_bytes())
kept = arm.registry_data_versions.begin_create_or_update(
    group,
    "my-registry",
    "rows",
    "1",
    {"properties": {"dataType": "uri_file", "dataUri": upload.blob_uri + "/chat.jsonl"}},
    polling_interval=0.1,
).result()
say("registry", [kept.properties.data_type, arm.registry_data_versions.get(group, "my-registry", "rows", "1").name])
shared = create_finetuning_job(
    task=FineTuningTaskType.CHAT_COMPLETION,
    training_data="azureml://registries/my-registry/data/rows/versions/1",
    validation_data="azureml://registries/my-registry/data/rows/versions/1",
    hyperparameters={"num_train_epochs": "1"},
    model="azureml://registries/azureml/models/Phi-3-mini-4k-instruct/versions/13",
    name="py-6",
    instance_types=["Standard_NC24ads_A100_v4"],
    output_model_name_prefix="mine",
)
client.jobs.create_or_update(shared)
while client.jobs.get("py-6").status not in ("Completed", "Failed"):
    time.sleep(0.5)
say("shared status", client.jobs.get("py-6").status)
cluster = AmlCompute(name="gpu", size="Standard_NC24ads_A100_v4", tier="low_priority", min_instances=0, max_instances=1)
made = client.compute.begin_create_or_update(cluster).result()
say("cluster", [made.name, made.provisioning_state, made.tier, made.size])
say("usage", sorted(usage.name["value"] for usage in client.compute.list_usage())[:1])
say("sizes", "Standard_NC24ads_A100_v4" in [size.name for size in client.compute.list_sizes()])
client.compute.begin_delete("gpu").result()
