"""Signs with boto3, rightly and wrongly, and prints what it saw, one JSON a line: boto3_signatures.py ENDPOINT KEY SECRET JOB MODEL"""
import json
import socket
import sys
import urllib.error
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret, job, model = sys.argv[1:6]
ONCE = {"retries": {"total_max_attempts": 1}}
CALLS = {
    "sagemaker": lambda client: client.list_training_jobs(),
    "logs": lambda client: client.describe_log_groups(),
    "bedrock": lambda client: client.list_model_customization_jobs(),
    "sts": lambda client: client.get_caller_identity(),
    "iam": lambda client: client.list_roles(),
    "service-quotas": lambda client: client.list_services(),
    "pricing": lambda client: client.describe_services(),
    "s3": lambda client: client.list_buckets(),
}


def client(name, its_key=key, its_secret=secret, token=None, **config):
    return boto3.client(
        name, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=its_key, aws_secret_access_key=its_secret,
        aws_session_token=token, config=Config(**{**ONCE, **config}))


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str))


def answered(call):
    try:
        return call()
    except ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"], error.response["Error"]["Message"]]


session = client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/finetune4j-training", RoleSessionName="me")["Credentials"]
its = dict(its_key=session["AccessKeyId"], its_secret=session["SecretAccessKey"])
for name, call in CALLS.items():
    def told(**credentials):
        answer = answered(lambda: call(client(name, **credentials)))
        return "good" if isinstance(answer, dict) else answer

    say(name, {
        "right": told(),
        "as a role": told(**its, token=session["SessionToken"]),
        "unknown key": told(its_key="AKIDOFNOBODY"),
        "wrong secret": told(its_secret="guessed"),
        "the user's secret": told(its_key=session["AccessKeyId"], token=session["SessionToken"]),
        "without token": told(**its),
        "wrong token": told(**its, token="guessed"),
        "token too many": told(token=session["SessionToken"]),
        "unsigned": told(signature_version=UNSIGNED),
    })

# paths and queries
bedrock = client("bedrock")
request = json.loads(job)
arn = bedrock.create_model_customization_job(**request)["jobArn"]
say("by ARN", bedrock.get_model_customization_job(jobIdentifier=arn)["jobArn"] == arn)
say("by the ARN of a model", bedrock.get_foundation_model(modelIdentifier=model)["modelDetails"]["modelArn"] == model)
say("with a query", len(bedrock.list_model_customization_jobs(nameContains=request["jobName"], maxResults=1, sortOrder="Descending")
                       ["modelCustomizationJobSummaries"]))

look_up = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **kinds: look_up("127.0.0.1" if host.endswith(".localhost") else host, *more, **kinds)
NAMES = ["a b", "a+b", "a%20b", "a//b", "/a/b", "a/../b", "./a", "~a-b_c.d", "日本/ü", "a?b&c=d#e", "=&", "'(!*)'", "a:b@c,d;e", "\t", "{}|\\^`\"<>"]
for style in "path", "virtual":
    s3 = boto3.client(
        "s3", endpoint_url=endpoint.replace("127.0.0.1", "localhost"), region_name="us-east-1", aws_access_key_id=key,
        aws_secret_access_key=secret, config=Config(**ONCE, s3={"addressing_style": style}))
    for name in NAMES:
        s3.put_object(Bucket="signed", Key=name, Body=name.encode(), Metadata={"two": "a   b"}, ContentType="text/plain; charset=utf-8")
    say(style, [name for name in NAMES if s3.get_object(Bucket="signed", Key=name)["Body"].read() != name.encode()])
    say(style + " list", sorted(one["Key"] for one in s3.list_objects_v2(Bucket="signed", Prefix="a", Delimiter="+")["Contents"]))
    say(style + " tagging", s3.put_object_tagging(Bucket="signed", Key="a b", Tagging={"TagSet": [{"Key": "k", "Value": "a b"}]})
        ["ResponseMetadata"]["HTTPStatusCode"])


def opened(url, change):
    try:
        with urllib.request.urlopen(change(url)) as answer:
            return [answer.status, answer.read().decode()]
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        return [error.code, text.split("<Code>")[1].split("</Code>")[0]]


for version in "s3v4", "s3":
    signer = client("s3", signature_version=version, s3={"addressing_style": "path"})
    for name in "a b", "日本/ü", "/a/b":
        url = signer.generate_presigned_url("get_object", Params={"Bucket": "signed", "Key": name, "ResponseContentType": "text/x+y"})
        say(version + " " + name, [
            opened(url, lambda url: url),
            opened(url, lambda url: url.replace("signed/", "signed/x")),
            opened(url, lambda url: url.replace("text", "test")),
            opened(client("s3", its_secret="guessed", signature_version=version).generate_presigned_url(
                "get_object", Params={"Bucket": "signed", "Key": name}), lambda url: url)])
