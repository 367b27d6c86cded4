"""Customizes a model with boto3 at an endpoint and prints what it saw, one JSON a line: boto3_bedrock.py ENDPOINT KEY SECRET REQUEST"""
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret, request = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])


def open_client(service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"mode": "standard", "max_attempts": 3}),
    )


client = open_client("bedrock")


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str))


def refused(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"], type(error).__name__]
    return ["accepted"]


def until(status):
    for _ in range(200):
        job = client.get_model_customization_job(jobIdentifier=name)
        if job["status"] == status:
            return job
        time.sleep(0.05)
    return job


name = request["jobName"]
other = {**request, "jobName": "other", "customModelName": "other", "clientRequestToken": "other"}
say("tunable", [model["modelId"] for model in client.list_foundation_models(byCustomizationType="FINE_TUNING")["modelSummaries"]])
say("absent", refused(lambda: client.get_model_customization_job(jobIdentifier=name)))
arn = client.create_model_customization_job(**request)["jobArn"]
say("created", arn)
say("repeated", client.create_model_customization_job(**request)["jobArn"] == arn)
say("name taken", refused(lambda: client.create_model_customization_job(**{**request, "clientRequestToken": "second"})))
say("bad name", refused(lambda: client.create_model_customization_job(**{**other, "jobName": "a_b"})))
say("bad model", refused(lambda: client.create_model_customization_job(**{**other, "baseModelIdentifier": "amazon.nova-micro-v1:0"})))
say("bad role", refused(lambda: client.create_model_customization_job(**{**other, "roleArn": request["roleArn"] + "x"})))
say("by arn", client.get_model_customization_job(jobIdentifier=arn)["jobName"])
say("listed", [job["jobName"] for job in client.list_model_customization_jobs(nameContains=name[:4], maxResults=5)["modelCustomizationJobSummaries"]])
say("tags", client.list_tags_for_resource(resourceARN=arn)["tags"])
job = until("Completed")
say("completed", [job["status"], job["trainingMetrics"]["trainingLoss"] > 0, job["hyperParameters"], str(job["endTime"].tzinfo)])
say("model", client.get_custom_model(modelIdentifier=job["outputModelArn"])["modelName"])
say("stopped late", refused(lambda: client.stop_model_customization_job(jobIdentifier=name)))

name = "stopping"
client.create_model_customization_job(**{**other, "jobName": name, "customModelName": name})
client.stop_model_customization_job(jobIdentifier=name)
say("stopped", until("Stopped")["status"])

name = "failing"
client.create_model_customization_job(
    **{**other, "jobName": name, "customModelName": name, "clientRequestToken": "failing",
       "trainingDataConfig": {"s3Uri": "s3://my-bucket/inputs/nothing.jsonl"}})
say("failed", until("Failed")["failureMessage"])

deployment = client.create_custom_model_deployment(modelDeploymentName="tickets", modelArn=job["outputModelArn"])["customModelDeploymentArn"]
runtime = open_client("bedrock-runtime")
asked = {"messages": [{"role": "user", "content": [{"text": "a"}]}], "inferenceConfig": {"maxTokens": 16, "temperature": 0}}


def answer(model, **more):
    said = runtime.converse(modelId=model, **{**asked, **more})
    return [said["output"]["message"]["content"][0]["text"], said["stopReason"], said["usage"]["outputTokens"]]


for _ in range(100):
    if client.get_custom_model_deployment(customModelDeploymentIdentifier=deployment)["status"] == "Active":
        break
    time.sleep(0.05)
say("deployed", [[one["customModelDeploymentName"], one["status"]] for one in client.list_custom_model_deployments(nameContains="tick")["modelDeploymentSummaries"]])
say("throughput", client.list_provisioned_model_throughputs()["provisionedModelSummaries"])
say("tuned answers", answer(deployment))
say("base answers", answer("amazon.nova-micro-v1:0"))
say("no such model", refused(lambda: answer("amazon.nova-nano-v1:0")))
say("no turns", refused(lambda: answer(deployment, messages=asked["messages"] * 2)))
arn = client.create_model_import_job(
    jobName="bring-in", importedModelName="brought-in", roleArn=request["roleArn"],
    modelDataSource={"s3DataSource": {"s3Uri": "s3://my-bucket/nothing/"}})["jobArn"]
for _ in range(100):
    brought = client.get_model_import_job(jobIdentifier=arn)
    if brought["status"] != "InProgress":
        break
    time.sleep(0.05)
say("import", [brought["status"], brought["failureMessage"]])
say("imports", [one["jobName"] for one in client.list_model_import_jobs(statusEquals="Failed")["modelImportJobSummaries"]])
say("imported", refused(lambda: client.get_imported_model(modelIdentifier="brought-in")))
say("in use", refused(lambda: client.delete_custom_model(modelIdentifier=request["customModelName"])))
client.delete_custom_model_deployment(customModelDeploymentIdentifier=deployment)
client.delete_custom_model(modelIdentifier=request["customModelName"])
say("deleted", [model["modelName"] for model in client.list_custom_models()["modelSummaries"]])
