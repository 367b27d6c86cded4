"""Trains with version 3 of the SageMaker Python SDK and prints what it saw, one JSON a line: sagemaker_train.py FOLDER"""
import io
import json
import logging
import os
import pathlib
import sys
import tarfile
import time

folder = pathlib.Path(sys.argv[1])
# Nothing of whoever runs this.
os.environ.update(AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null", XDG_CONFIG_HOME=str(folder))
told, sys.stdout = sys.stdout, io.StringIO()  # the SDK prints how a job does, in boxes

import sagemaker.core.resources as resources
from botocore.exceptions import ClientError
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.jumpstart import JumpStartConfig
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, SourceCode, StoppingCondition

logging.disable()
sys.excepthook = sys.__excepthook__


class Haste:
    """The SDK asks every 5 s how a job does: to it time goes by a hundred times as fast."""

    @staticmethod
    def time():
        return 100 * time.time()

    @staticmethod
    def sleep(seconds):
        time.sleep(seconds / 100)


resources.time = Haste
session = Session()


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


def trainer(command, **more):
    return ModelTrainer(
        sagemaker_session=session,
        training_image="763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.7.1-gpu-py312",
        role="arn:aws:iam::123456789012:role/finetune4j-training",
        source_code=SourceCode(source_dir=str(code), command=command),
        compute=Compute(instance_type=more.pop("machine", "ml.g5.xlarge"), instance_count=more.pop("machines", 1)),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=3600),
        hyperparameters={"epochs": 300}, **more)


code = folder / "code"
code.mkdir()
(code / "descent.py").write_text("""
import os, json
rows = [tuple(map(float, line.split())) for line in open(os.environ["SM_CHANNEL_TRAIN"] + "/rows.tsv")]
epochs = json.loads(os.environ["SM_HPS"])["epochs"]
a = b = 0.0
for epoch in range(1, epochs + 1):
    off = [a * x + b - y for x, y in rows]
    a -= 0.02 * sum(2 * o * x for o, (x, y) in zip(off, rows)) / len(rows)
    b -= 0.02 * sum(2 * o for o in off) / len(rows)
    if epoch % 100 == 0:
        print(f"epoch {epoch} loss {sum(o * o for o in off) / len(rows):.4f}", flush=True)
open(os.environ["SM_MODEL_DIR"] + "/line", "w").write(f"{a:.2f} {b:.2f}\\n")
""")
(folder / "rows").mkdir()
(folder / "rows" / "rows.tsv").write_text("".join(f"{x}\t{3 * x + 1}\n" for x in range(10)))
data = [InputData(channel_name="train", data_source=str(folder / "rows"))]

first = trainer("python3 descent.py", base_job_name="line")
first.train(input_data_config=data, wait=True, logs=True)
job = first._latest_training_job
job.refresh()
logs, group = session.boto_session.client("logs"), "/aws/sagemaker/TrainingJobs"
stream = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job.training_job_name)["logStreams"][0]["logStreamName"]
say("logged", [event["message"] for event in logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]])
say("job", [job.training_job_name, job.training_job_status, job.model_artifacts.s3_model_artifacts])
bucket, _, name = job.model_artifacts.s3_model_artifacts.removeprefix("s3://").partition("/")
session.boto_session.client("s3").download_file(bucket, name, str(folder / "model.tar.gz"))
with tarfile.open(folder / "model.tar.gz") as archive:
    say("model", archive.extractfile("./line").read().decode())

say("failed", refused(lambda: trainer("exit 3", base_job_name="bad").train(input_data_config=data, wait=True, logs=False)))
say("no quota", refused(lambda: trainer("true", machine="ml.p4d.24xlarge", base_job_name="none").train(wait=False)))



def tuner(model, given=None, **more):
    return ModelTrainer.from_jumpstart_config(
        JumpStartConfig(model_id=model, **more), sagemaker_session=session, role="arn:aws:iam::123456789012:role/finetune4j-training",
        base_job_name="tuned", hyperparameters=given)


def tuned(model, **more):
    made = tuner(model, **more)
    return [made.training_image, made.hyperparameters["epoch"], sorted(channel.channel_name for channel in made.input_data_config)]


say("jumpstart", tuned("huggingface-llm-offline-tiny"))
say("gated", [refused(lambda: tuned("meta-textgeneration-llama-3-2-1b-instruct"))[0],
              tuned("meta-textgeneration-llama-3-2-1b-instruct", accept_eula=True)[2]])

talks = folder / "talks"
talks.mkdir()
(talks / "train.jsonl").write_text("".join(
    json.dumps({"instruction": f"say {word}", "response": word}) + "\n" for word in ["refund", "invoice", "login", "crash"] * 4))
(talks / "template.json").write_text(json.dumps({"prompt": "{instruction}", "completion": "{response}"}))
tune = tuner("huggingface-llm-offline-tiny", {"epoch": "1", "instruction_tuned": "True", "chat_dataset": "False"})
tune.train(input_data_config=[InputData(channel_name="training", data_source=str(talks))], wait=True, logs=False)
made = tune._latest_training_job
made.refresh()
bucket, _, prefix = made.model_artifacts.s3_model_artifacts.removeprefix("s3://").partition("/")
say("tuned", [made.training_job_status, sorted(
    each["Key"].rsplit("/", 1)[1] for each in session.boto_session.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"])])

pair = trainer("echo $SM_CURRENT_HOST of $SM_HOST_COUNT > $SM_MODEL_DIR/$SM_CURRENT_HOST", base_job_name="pair", machines=2)
pair.train(input_data_config=data, wait=True, logs=False)
made = pair._latest_training_job
made.refresh()
bucket, _, name = made.model_artifacts.s3_model_artifacts.removeprefix("s3://").partition("/")
session.boto_session.client("s3").download_file(bucket, name, str(folder / "pair.tar.gz"))
with tarfile.open(folder / "pair.tar.gz") as archive:
    say("pair", [archive.extractfile(f"./algo-{host}").read().decode() for host in (1, 2)])

last = trainer("sleep 600", base_job_name="long")
last.train(input_data_config=data, wait=False, logs=False)
last._latest_training_job.stop()
for _ in range(3000):
    last._latest_training_job.refresh()
    if last._latest_training_job.training_job_status not in ("InProgress", "Stopping"):
        break
    time.sleep(0.05)
say("stopped", last._latest_training_job.training_job_status)
