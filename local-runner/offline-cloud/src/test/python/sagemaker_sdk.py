"""Trains with the SageMaker Python SDK and prints what it saw, one JSON a line: sagemaker_sdk.py FOLDER"""
import contextlib
import io
import json
import logging
import os
import pathlib
import re
import sys
import tarfile
import time

folder = pathlib.Path(sys.argv[1])
# Nothing of whoever runs this, and no advice to take another version.
os.environ.update(
    AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null", XDG_CONFIG_HOME=str(folder),
    SAGEMAKER_SUPPRESS_V2_WARNING="1")
logging.disable()  # it tells of each job and of each error, on stderr

import sagemaker.session
import sagemaker_core.main.resources as core
from botocore.exceptions import ClientError
from sagemaker.estimator import Estimator
from sagemaker.huggingface import HuggingFace
from sagemaker.inputs import TrainingInput
from sagemaker.jumpstart.estimator import JumpStartEstimator
from sagemaker.pytorch import PyTorch
from sagemaker.s3 import S3Downloader
from sagemaker_core.main import shapes


class Haste:
    """The SDK asks every 30 s how a job does: to it time goes by a hundred times as fast."""

    @staticmethod
    def time():
        return 100 * time.time()

    @staticmethod
    def sleep(seconds):
        time.sleep(seconds / 100)


sagemaker.session.time = core.time = Haste
sys.excepthook = sys.__excepthook__  # the SDK has one that prints to stdout
told, sys.stdout = sys.stdout, io.StringIO()


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str), file=told)


def refused(call):
    try:
        call()
    except ClientError as error:
        return [type(error).__name__, error.response["Error"]["Code"], error.response["Error"]["Message"]]
    except Exception as error:
        return [type(error).__name__, str(error)]
    return ["accepted"]


session = sagemaker.Session()
say("bucket", session.default_bucket())
(folder / "rows.tsv").write_text("".join(f"{x}\t{3 * x + 1}\n" for x in range(10)))
rows = session.upload_data(str(folder / "rows.tsv"), key_prefix="inputs")
say("rows", rows)

(folder / "descent.awk").write_text(r"""
{ x[NR] = $1; y[NR] = $2 }
END {
  for (epoch = 1; epoch <= epochs; epoch++) {
    loss = da = db = 0
    for (i = 1; i <= NR; i++) { off = a * x[i] + b - y[i]; loss += off * off / NR; da += 2 * off * x[i] / NR; db += 2 * off / NR }
    a -= 0.02 * da; b -= 0.02 * db
    if (epoch % 100 == 0) printf "epoch %d loss %.4f\n", epoch, loss
  }
  printf "%.2f %.2f\n", a, b > "model/line"
}
""")
code = session.upload_data(str(folder / "descent.awk"), key_prefix="code")
DESCENT = "cd $SAGEMAKER_BASE_DIR && awk -v epochs=$EPOCHS -f input/data/code/descent.awk input/data/train/rows.tsv"


ROLE = "arn:aws:iam::123456789012:role/finetune4j-training"


def estimator(command, machine="ml.g5.xlarge", role=ROLE, **more):
    return Estimator(
        image_uri="763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.7.1-gpu-py312",
        role=role, instance_count=more.pop("machines", 1), instance_type=machine, sagemaker_session=session,
        container_entry_point=["sh", "-c", command], hyperparameters={"epochs": 300}, environment={"EPOCHS": "300"},
        max_run=3600,
        tags=[{"Key": "team", "Value": "search"}], base_job_name="line", **more)


def followed(call):
    sys.stdout = io.StringIO()
    with contextlib.redirect_stdout(sys.stdout):
        call()
    return sys.stdout.getvalue()


inputs = {"train": TrainingInput(rows, content_type="text/tab-separated-values"), "code": code}
first = estimator(DESCENT, role="finetune4j-training")
say("followed", followed(lambda: first.fit(inputs, job_name="sdk-1")))
say("model data", first.model_data)
S3Downloader.download(first.model_data, str(folder / "fetched"), sagemaker_session=session)
with tarfile.open(folder / "fetched" / "model.tar.gz") as archive:
    say("model", archive.extractfile("./line").read().decode())
attached = Estimator.attach("sdk-1", sagemaker_session=session)
say("attached", [attached.latest_training_job.name, attached.hyperparameters(), attached.instance_type, attached.tags, attached.model_data])
say("logs again", followed(attached.logs).count("loss"))
say("name taken", refused(lambda: estimator(DESCENT).fit(inputs, job_name="sdk-1")))
say("named by itself", refused(lambda: estimator(DESCENT).fit(inputs, wait=False)))

spot = estimator(DESCENT, use_spot_instances=True, max_wait=7200)
say("spot", followed(lambda: spot.fit(inputs, job_name="sdk-spot")).splitlines()[-1])
say("no wait", refused(lambda: estimator(DESCENT, use_spot_instances=True, max_wait=60).fit(inputs, job_name="sdk-wait")))

stopped = estimator("exec sleep 600")
stopped.fit(inputs, job_name="sdk-stop", wait=False)
for _ in range(200):
    if session.describe_training_job("sdk-stop")["SecondaryStatus"] == "Training":
        break
    time.sleep(0.05)
session.stop_training_job("sdk-stop")
followed(lambda: session.logs_for_job("sdk-stop", wait=True))
say("stopped", session.describe_training_job("sdk-stop")["TrainingJobStatus"])

both = folder / "both"
both.mkdir()
for part in ("a", "b"):
    (both / f"{part}.tsv").write_text(part)
parts = TrainingInput(session.upload_data(str(both), key_prefix="both"), distribution="ShardedByS3Key")
pair = estimator("cd $SAGEMAKER_BASE_DIR; touch model/$(cat input/data/parts/*); echo has part $(cat input/data/parts/*)", machines=2)
say("pair", sorted(re.findall("has part (.)", followed(lambda: pair.fit({"parts": parts}, job_name="sdk-pair")))))
S3Downloader.download(pair.model_data, str(folder / "by-pair"), sagemaker_session=session)
with tarfile.open(folder / "by-pair" / "model.tar.gz") as archive:
    say("pair model", sorted(name for name in archive.getnames() if name != "."))

say("failed", refused(lambda: estimator("printf 'no rows' > $SAGEMAKER_BASE_DIR/output/failure; exit 3").fit(inputs, job_name="sdk-bad")))
say("no machine", refused(lambda: estimator(DESCENT, "ml.g5.48xlarge").fit(inputs, job_name="sdk-sold-out")))
say("no quota", refused(lambda: estimator(DESCENT, "ml.p4d.24xlarge").fit(inputs, job_name="sdk-quota")))
say("no such role", refused(lambda: estimator(DESCENT, role="nobody").fit(inputs, job_name="sdk-role")))
say("no such job", refused(lambda: Estimator.attach("sdk-none", sagemaker_session=session)))
say("no image", refused(lambda: Estimator(
    image_uri=first.image_uri, role=ROLE, instance_count=1, instance_type="ml.g5.xlarge", sagemaker_session=session,
    max_run=3600).fit(inputs, job_name="sdk-image")))

scripts = folder / "scripts"
scripts.mkdir()
(scripts / "descent.py").write_text("""
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--output_dir")
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
given = parser.parse_args()
rows = [tuple(map(float, line.split())) for line in open(given.train + "/rows.tsv")]
if given.epochs == 0:
    raise ValueError("nothing to do")
a = b = 0.0
for epoch in range(given.epochs):
    off = [a * x + b - y for x, y in rows]
    a -= 0.02 * sum(2 * o * x for o, (x, y) in zip(off, rows)) / len(rows)
    b -= 0.02 * sum(2 * o for o in off) / len(rows)
print(f"loss {sum(o * o for o in off) / len(rows):.4f}")
open(given.output_dir + "/line", "w").write(f"{a:.2f} {b:.2f}\\n")
""")


def script(kind, epochs, **versions):
    return kind(
        entry_point="descent.py", source_dir=str(scripts), role=ROLE, instance_count=1, instance_type="ml.g5.xlarge",
        hyperparameters={"epochs": epochs, "output_dir": "/opt/ml/model"}, sagemaker_session=session, max_run=3600, **versions)


by_script = script(PyTorch, 300, framework_version="2.3", py_version="py311")
say("script", "loss 0.0001" in followed(lambda: by_script.fit(inputs, job_name="sdk-script")))
S3Downloader.download(by_script.model_data, str(folder / "by-script"), sagemaker_session=session)
with tarfile.open(folder / "by-script" / "model.tar.gz") as archive:
    say("script model", archive.extractfile("./line").read().decode())
transformers = script(HuggingFace, 0, transformers_version="4.49.0", pytorch_version="2.5.1", py_version="py311")
say("script failed", refused(lambda: transformers.fit(inputs, job_name="sdk-script-bad")))


talks = folder / "talks"
talks.mkdir()
(talks / "train.jsonl").write_text("".join(
    json.dumps({"instruction": f"say {word}", "response": word}) + "\n" for word in ["refund", "invoice", "login", "crash"] * 4))
(talks / "template.json").write_text(json.dumps({"prompt": "{instruction}", "completion": "{response}"}))
tuned = JumpStartEstimator(
    model_id="huggingface-llm-offline-tiny", role=ROLE, instance_type="ml.g5.xlarge", sagemaker_session=session,
    hyperparameters={"epoch": "1", "instruction_tuned": "True", "chat_dataset": "False", "logging_steps": "1"})
say("tuned", "'loss': " in followed(lambda: tuned.fit(
    {"training": session.upload_data(str(talks), key_prefix="talks")}, job_name="sdk-tuned")))
say("tuned model", sorted(
    name.rsplit("/", 1)[1] for name in S3Downloader.list(tuned.model_data["S3DataSource"]["S3Uri"], sagemaker_session=session)))
say("unknown model", refused(lambda: JumpStartEstimator(model_id="no-such-model", role=ROLE, sagemaker_session=session)))


def resource(name, command):
    return core.TrainingJob.create(
        training_job_name=name,
        role_arn=ROLE,
        algorithm_specification=shapes.AlgorithmSpecification(
            training_image=first.image_uri, training_input_mode="File", container_entrypoint=["sh", "-c", command]),
        output_data_config=shapes.OutputDataConfig(s3_output_path=f"s3://{session.default_bucket()}"),
        resource_config=shapes.ResourceConfig(instance_type="ml.g5.xlarge", instance_count=1, volume_size_in_gb=30),
        stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=3600))


job = resource("core-1", "echo hello from core")
job.wait(logs=True)
say("resource", [job.training_job_status, job.secondary_status, job.model_artifacts.s3_model_artifacts])
say("resource failed", refused(resource("core-bad", "exit 3").wait))
say("resources", sorted(found.training_job_name for found in core.TrainingJob.get_all(name_contains="core-")))
job.delete()
job.wait_for_delete()
say("resource deleted", refused(lambda: core.TrainingJob.get("core-1")))
