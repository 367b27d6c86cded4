"""Trains a script that itself asks the services by boto3, and prints what it saw, one JSON a line: script_as_role.py ENDPOINT KEY SECRET PACKAGES"""
import io
import json
import os
import sys
import tarfile

os.environ.update(
    AWS_ENDPOINT_URL=sys.argv[1], AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID=sys.argv[2], AWS_SECRET_ACCESS_KEY=sys.argv[3],
    AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

import boto3
from botocore.exceptions import WaiterError

s3, sagemaker, logs, iam = (boto3.client(name) for name in ("s3", "sagemaker", "logs", "iam"))


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str), flush=True)


SCRIPT = b"""
import json, os
if "AWS_ENDPOINT_URL" not in os.environ:
    raise SystemExit(3)
import boto3
from botocore.exceptions import ClientError
s3 = boto3.client("s3")
print("i am", boto3.client("sts").get_caller_identity()["Arn"])
print("row", s3.get_object(Bucket="my-bucket", Key="rows/a")["Body"].read().decode())
try:
    s3.put_object(Bucket="my-bucket", Key="elsewhere", Body=b"x")
    print("put elsewhere")
except ClientError as error:
    print("elsewhere", error.response["Error"]["Code"])
print("region", os.environ["AWS_REGION"], boto3.session.Session().region_name)
"""
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
MAY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ecr:*", "logs:*", "cloudwatch:PutMetricData"], "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::my-bucket/*"},
    {"Effect": "Allow", "Action": ["s3:PutObject", "s3:AbortMultipartUpload"], "Resource": "arn:aws:s3:::my-bucket/out/*"},
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::my-bucket"}]}
role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
iam.put_role_policy(RoleName="reader", PolicyName="reads", PolicyDocument=json.dumps(MAY))

packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w:gz") as archive:
    entry = tarfile.TarInfo("asks.py")
    entry.size = len(SCRIPT)
    archive.addfile(entry, io.BytesIO(SCRIPT))
s3.put_object(Bucket="my-bucket", Key="source/sourcedir.tar.gz", Body=packed.getvalue())
s3.put_object(Bucket="my-bucket", Key="rows/a", Body=b"one row")


def train(name, **more):
    sagemaker.create_training_job(
        TrainingJobName=name, RoleArn=role, AlgorithmSpecification={
            "TrainingImage": "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.7.1-gpu-py312", "TrainingInputMode": "File"},
        HyperParameters={"sagemaker_program": '"asks.py"', "sagemaker_submit_directory": '"s3://my-bucket/source/sourcedir.tar.gz"'},
        Environment={"PYTHONPATH": sys.argv[4]}, OutputDataConfig={"S3OutputPath": "s3://my-bucket/out"},
        ResourceConfig={"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30},
        StoppingCondition={"MaxRuntimeInSeconds": 600}, **more)
    try:
        sagemaker.get_waiter("training_job_completed_or_stopped").wait(
            TrainingJobName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})
    except WaiterError:
        pass  # it failed
    say(name, sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"])
    say(name + " printed", [event["message"] for event in logs.filter_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=name + "/")["events"]])


train("asks")
train("alone", EnableNetworkIsolation=True)
