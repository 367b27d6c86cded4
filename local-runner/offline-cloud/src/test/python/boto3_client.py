"""Trains with boto3 at an endpoint and prints what it saw, one JSON a line: boto3_client.py ENDPOINT KEY SECRET REQUEST"""
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret, request = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])


def service(name, region="eu-central-1"):
    return boto3.client(
        name,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"mode": "standard", "max_attempts": 3}),
    )


client, logs = service("sagemaker"), service("logs")


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str))


def refused(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"], type(error).__name__]
    return ["accepted"]


sts = service("sts")
say("caller", sts.get_caller_identity()["Arn"])
role = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/finetune4j-training", RoleSessionName="me")
session = role["Credentials"]
say("as role", boto3.client(
    "sts", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"], aws_session_token=session["SessionToken"]).get_caller_identity()["Arn"])
say("no role", refused(lambda: sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/none", RoleSessionName="me")))
own = sts.get_session_token()["Credentials"]
say("own session", boto3.client(
    "sts", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=own["AccessKeyId"],
    aws_secret_access_key=own["SecretAccessKey"], aws_session_token=own["SessionToken"]).get_caller_identity()["Arn"])
say("no such call", refused(lambda: sts.get_access_key_info(AccessKeyId=key)))

prices = service("pricing", "us-east-1")
say("sellers", [seller["ServiceCode"] for seller in prices.describe_services()["Services"]])
machines = [json.loads(text) for page in prices.get_paginator("get_products").paginate(
    ServiceCode="AmazonSageMaker", MaxResults=20, Filters=[
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"},
        {"Type": "TERM_MATCH", "Field": "component", "Value": "Training"}]) for text in page["PriceList"]]
say("price", [rate["pricePerUnit"] for machine in machines if machine["product"]["attributes"]["instanceName"] == "ml.g5.2xlarge"
              for term in machine["terms"]["OnDemand"].values() for rate in term["priceDimensions"].values()])
say("no seller", refused(lambda: prices.get_products(ServiceCode="AmazonNothing")))
say("no attribute", refused(lambda: prices.get_attribute_values(ServiceCode="AmazonSageMaker", AttributeName="color")))

name = request["TrainingJobName"]
say("absent", refused(lambda: client.describe_training_job(TrainingJobName=name)))
say("created", client.create_training_job(**request)["TrainingJobArn"])
say("again", refused(lambda: client.create_training_job(**request)))
say("bad name", refused(lambda: client.create_training_job(**{**request, "TrainingJobName": "a_b"})))
say("bad wait", refused(lambda: client.create_training_job(
    **{**request, "TrainingJobName": "other", "EnableManagedSpotTraining": True})))
say("listed", [job["TrainingJobName"] for job in client.list_training_jobs(NameContains=name[:4])["TrainingJobSummaries"]])
say("found", [found["TrainingJob"]["TrainingJobName"] for page in client.get_paginator("search").paginate(
    Resource="TrainingJob", SearchExpression={"Filters": [
        {"Name": "Tags.finetune4j-run", "Operator": "Equals", "Value": "r1"},
        {"Name": "CreationTime", "Operator": "GreaterThan", "Value": "2026-01-01T00:00:00"}]}) for found in page["Results"]])
say("tags", client.list_tags(ResourceArn=client.describe_training_job(TrainingJobName=name)["TrainingJobArn"])["Tags"])

for _ in range(200):
    job = client.describe_training_job(TrainingJobName=name)
    if job["SecondaryStatus"] == "Training":
        break
    time.sleep(0.05)
say("training", [job["TrainingJobStatus"], job["HyperParameters"], job["StoppingCondition"], str(job["CreationTime"].tzinfo)])

group = "/aws/sagemaker/TrainingJobs"
streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name + "/")["logStreams"]
say("streams", len(streams))
say("log", [event["message"] for event in logs.get_log_events(
    logGroupName=group, logStreamName=streams[0]["logStreamName"], startFromHead=True)["events"]])
say("no log", refused(lambda: logs.get_log_events(logGroupName=group, logStreamName="none/algo-1-1")))

client.stop_training_job(TrainingJobName=name)
client.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
job = client.describe_training_job(TrainingJobName=name)
say("stopped", [job["TrainingJobStatus"], job["SecondaryStatus"]])
say("stopped again", refused(lambda: client.stop_training_job(TrainingJobName=name)))
client.delete_training_job(TrainingJobName=name)
say("deleted", refused(lambda: client.describe_training_job(TrainingJobName=name)))
