"""Looks into the public hub with boto3 and prints what it saw, one JSON a line: boto3_hub.py ENDPOINT KEY SECRET"""
import json
import sys

import boto3
from botocore.exceptions import ClientError

client = boto3.client(
    "sagemaker",
    endpoint_url=sys.argv[1],
    region_name="eu-central-1",
    aws_access_key_id=sys.argv[2],
    aws_secret_access_key=sys.argv[3],
)
hub = {"HubName": "SageMakerPublicHub", "HubContentType": "Model"}
tiny = {**hub, "HubContentName": "huggingface-llm-offline-tiny"}


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str))


def refused(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], type(error).__name__]
    return ["accepted"]


def listed(size):
    names, more = [], {}
    while True:
        page = client.list_hub_contents(**hub, SortBy="HubContentName", MaxResults=size, **more)
        names += [one["HubContentName"] + " " + one["HubContentVersion"] for one in page["HubContentSummaries"]]
        if "NextToken" not in page:
            return names
        more = {"NextToken": page["NextToken"]}


say("all", listed(100))
say("page by page", listed(1))
say("versions", [one["HubContentVersion"] for one in client.list_hub_content_versions(**tiny)["HubContentSummaries"]])
newest = client.describe_hub_content(**tiny)
say("newest", [newest["HubContentVersion"], newest["HubContentArn"], newest["HubArn"], newest["HubContentStatus"]])
document = json.loads(newest["HubContentDocument"])
say("epochs", [one for one in document["Hyperparameters"] if one["Name"] == "epoch"])
say("image", document["TrainingEcrUri"])
older = client.describe_hub_content(**tiny, HubContentVersion="1.0.0")
say("older", [one["Default"] for one in json.loads(older["HubContentDocument"])["Hyperparameters"] if one["Name"] == "epoch"])
say("no version", refused(lambda: client.describe_hub_content(**tiny, HubContentVersion="9.0.0")))
say("no model", refused(lambda: client.describe_hub_content(**{**tiny, "HubContentName": "none"})))
say("no hub", refused(lambda: client.list_hub_contents(HubName="mine", HubContentType="Model")))
say("bad type", refused(lambda: client.list_hub_contents(HubName="mine", HubContentType="Models")))
say("no notebooks", client.list_hub_contents(HubName=newest["HubArn"], HubContentType="Notebook")["HubContentSummaries"])
say("denied", [
    refused(lambda: client.describe_hub_content(**{**hub, "HubContentName": "meta-textgeneration-llama-3-2-1b-instruct"}))])
