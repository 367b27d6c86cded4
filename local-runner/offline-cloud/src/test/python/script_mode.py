"""Trains scripts in script mode as it is done at Amazon, and prints what it saw, one JSON a line: script_mode.py ENDPOINT KEY SECRET"""
import io
import json
import os
import sys
import tarfile
import time
import zipfile

os.environ.update(
    AWS_ENDPOINT_URL=sys.argv[1], AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID=sys.argv[2], AWS_SECRET_ACCESS_KEY=sys.argv[3],
    AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

import boto3
from botocore.exceptions import WaiterError

BUCKET, ROLE = "my-bucket", "arn:aws:iam::123456789012:role/finetune4j-training"
IMAGE = "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.7.1-gpu-py312"
s3, sagemaker, logs = boto3.client("s3"), boto3.client("sagemaker"), boto3.client("logs")


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str), flush=True)


def packed(**files):
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("_dot_", "."))
            entry.size, entry.uid, entry.gid = len(content), 1000, 1000
            archive.addfile(entry, io.BytesIO(content))
    return into.getvalue()


def create(name, hyperparameters, keep=0, **files):
    archive = f"s3://{BUCKET}/{name}/source/sourcedir.tar.gz"
    if files:
        s3.put_object(Bucket=BUCKET, Key=f"{name}/source/sourcedir.tar.gz", Body=packed(**files))
    given = {"sagemaker_submit_directory": archive, "sagemaker_container_log_level": 20, "sagemaker_job_name": name, **hyperparameters}
    sagemaker.create_training_job(
        TrainingJobName=name, RoleArn=ROLE, AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        HyperParameters={key: json.dumps(value) for key, value in given.items()},
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {
            "S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/rows/", "S3DataDistributionType": "FullyReplicated"}}}],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        ResourceConfig={"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30, "KeepAlivePeriodInSeconds": keep},
        StoppingCondition={"MaxRuntimeInSeconds": 3600})


def ended(name):
    try:
        sagemaker.get_waiter("training_job_completed_or_stopped").wait(
            TrainingJobName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    except WaiterError:
        pass  # it failed
    job = sagemaker.describe_training_job(TrainingJobName=name)
    return [job["TrainingJobStatus"], job.get("FailureReason", "")]


def printed(name):
    group = "/aws/sagemaker/TrainingJobs"
    try:
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name + "/")["logStreams"]
    except logs.exceptions.ResourceNotFoundException:
        return []  # nothing was printed yet
    return [
        event["message"] for stream in streams
        for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)["events"]]


def model(name, file):
    archive = s3.get_object(Bucket=BUCKET, Key=f"out/{name}/output/model.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.extractfile("./" + file).read().decode()


s3.put_object(Bucket=BUCKET, Key="rows/rows.tsv", Body="".join(f"{x}\t{3 * x + 1}\n" for x in range(10)).encode())
DESCENT = b"""
import argparse, json, os
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--learning-rate", type=float)
parser.add_argument("--output_dir")
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
given = parser.parse_args()
from greeting import GREETING
rows = [tuple(map(float, line.split())) for line in open(given.train + "/rows.tsv")]
a = b = 0.0
for epoch in range(1, given.epochs + 1):
    off = [a * x + b - y for x, y in rows]
    a -= given.learning_rate * sum(2 * o * x for o, (x, y) in zip(off, rows)) / len(rows)
    b -= given.learning_rate * sum(2 * o for o in off) / len(rows)
    if epoch % 100 == 0:
        print(f"epoch {epoch} loss {sum(o * o for o in off) / len(rows):.4f}")
assert given.output_dir == os.environ["SM_MODEL_DIR"]
assert json.loads(os.environ["SM_HPS"])["epochs"] == int(os.environ["SM_HP_EPOCHS"]) == given.epochs
print(GREETING, os.environ["SM_CHANNELS"], os.environ["SM_CURRENT_HOST"], os.path.basename(os.getcwd()))
open(given.output_dir + "/line", "w").write(f"{a:.2f} {b:.2f}")
"""
wheel = io.BytesIO()
with zipfile.ZipFile(wheel, "w") as archive:
    archive.writestr("greeting.py", "GREETING = 'hello from a requirement'")
    archive.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
    archive.writestr("greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    archive.writestr("greeting-1.0.dist-info/RECORD", "")
LONG = b"""
import os, signal, sys, time
def saves(number, frame):
    open(os.environ["SM_MODEL_DIR"] + "/line", "w").write("saved")
    sys.exit(0)
signal.signal(signal.SIGTERM, saves)
print("ready")
time.sleep(600)
"""
STEPS = {"epochs": 300, "learning-rate": 0.02, "output_dir": "/opt/ml/model"}
create(
    "line", {"sagemaker_program": "descent.py", **STEPS}, descent_dot_py=DESCENT,
    requirements_dot_txt=b"./greeting-1.0-py3-none-any.whl\n", **{"greeting-1.0-py3-none-any.whl": wheel.getvalue()})
create("bad", {"sagemaker_program": "bad.py", "n": 3}, bad_dot_py=b"import sys; raise ValueError('no rows in ' + sys.argv[2])")
create("exit", {"sagemaker_program": "bad.sh"}, bad_dot_sh=b"#!/bin/sh\necho ends; exit 5\n")
create("lost", {"sagemaker_program": "descent.py"})
create("long", {"sagemaker_program": "long.py"}, long_dot_py=LONG)
say("line", ended("line"))
say("line logged", [line for line in printed("line") if line.startswith(("epoch", "hello"))])
say("line model", model("line", "line"))
say("bad", ended("bad"))
say("exit", ended("exit"))
say("lost", ended("lost"))
while "ready" not in printed("long"):
    time.sleep(0.05)
sagemaker.stop_training_job(TrainingJobName="long")
say("long", ended("long"))
say("long model", model("long", "line"))

ENDS = b"#!/bin/sh\necho ends"
create("kept", {"sagemaker_program": "ends.sh"}, keep=600, ends_dot_sh=ENDS)
say("kept", [*ended("kept"), sagemaker.describe_training_job(TrainingJobName="kept")["WarmPoolStatus"]["Status"]])
create("next", {"sagemaker_program": "ends.sh"}, ends_dot_sh=ENDS)
pool = sagemaker.describe_training_job(TrainingJobName="kept")["WarmPoolStatus"]
say("next", [*ended("next"), pool["Status"], pool["ReusedByJob"]])
