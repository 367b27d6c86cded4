"""Makes roles, plans faults, and looks at quotas with boto3, and prints what it saw, one JSON a line: boto3_account.py ENDPOINT KEY SECRET CONTROL REQUEST CODE"""
import json
import os
import sys
import time
import urllib.error
import urllib.request

os.environ.update(
    AWS_ENDPOINT_URL=sys.argv[1], AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID=sys.argv[2], AWS_SECRET_ACCESS_KEY=sys.argv[3],
    OFFLINE_CLOUD_CONTROL=sys.argv[4],
    AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})
iam, sts, s3, quotas = (boto3.client(name) for name in ("iam", "sts", "s3", "service-quotas"))
sagemaker, logs = boto3.client("sagemaker", config=ONCE), boto3.client("logs")
request = json.loads(sys.argv[5])


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str), flush=True)


def refused(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]
    except ConnectionClosedError:
        return ["closed"]
    return ["accepted"]


def order(**what):
    sent = urllib.request.Request(sys.argv[4], data=json.dumps(what).encode(), method="POST")
    try:
        with urllib.request.urlopen(sent) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def until(name, *states):
    for _ in range(3000):
        job = sagemaker.describe_training_job(TrainingJobName=name)
        if job["SecondaryStatus"] in states:
            return job
        time.sleep(0.02)
    raise TimeoutError(f"{name} is {job['SecondaryStatus']}, not one of {states}")


def trust(**principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


def create(name, **more):
    return sagemaker.create_training_job(**{**request, "TrainingJobName": name, **more})


listed = [quota for page in quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker") for quota in page["Quotas"]]
named = {quota["QuotaName"]: quota for quota in listed}
say("quotas", [named["ml.g5.2xlarge for " + use]["Value"] for use in (
    "training job usage", "spot training job usage", "training warm pool usage")])
say("code", quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode="L-2D6DEB3C")["Quota"]["QuotaName"])
CODE = {"ServiceCode": "sagemaker", "QuotaCode": "L-2D6DEB3C"}
say("services", [service["ServiceCode"] for service in quotas.list_services()["Services"]])
say("defaults", [quotas.list_aws_default_service_quotas(ServiceCode="sagemaker")["Quotas"] == listed[:100],
                 quotas.get_aws_default_service_quota(**CODE)["Quota"]["Value"]])
asked = quotas.request_service_quota_increase(**CODE, DesiredValue=200)["RequestedQuota"]
say("asked", [asked["Status"], quotas.get_requested_service_quota_change(RequestId=asked["Id"])["RequestedQuota"] == asked,
              [one["DesiredValue"] for one in quotas.list_requested_service_quota_change_history(ServiceCode="sagemaker")["RequestedQuotas"]],
              refused(lambda: quotas.request_service_quota_increase(**CODE, DesiredValue=300))[0],
              refused(lambda: quotas.request_service_quota_increase(**CODE, DesiredValue=100))[0],
              refused(lambda: quotas.request_service_quota_increase(ServiceCode="sagemaker", QuotaCode="L-1", DesiredValue=2))[0]])
say("tunings", [quota["QuotaName"] for quota in quotas.list_service_quotas(ServiceCode="bedrock")["Quotas"]])

arn = iam.create_role(RoleName="mine", AssumeRolePolicyDocument=trust(Service="sagemaker.amazonaws.com"))["Role"]["Arn"]
iam.get_waiter("role_exists").wait(RoleName="mine", WaiterConfig={"Delay": 1, "MaxAttempts": 2})
say("role", [arn, iam.get_role(RoleName="mine")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]])
say("roles", [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]])
say("twice", refused(lambda: iam.create_role(RoleName="mine", AssumeRolePolicyDocument=trust(Service="x"))))
say("no policy", refused(lambda: iam.put_role_policy(RoleName="mine", PolicyName="p", PolicyDocument="{")))
say("nobody trusts me", refused(lambda: sts.assume_role(RoleArn=arn, RoleSessionName="me")))
say("bare", refused(lambda: create("bare", RoleArn=arn)))
iam.attach_role_policy(RoleName="mine", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
say("no image", refused(lambda: create("bare", RoleArn=arn)))
say("not there", refused(lambda: sagemaker.describe_training_job(TrainingJobName="bare"))[0])
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["ecr:*", "logs:*", "cloudwatch:*"], "Resource": "*"}]})
iam.put_role_policy(RoleName="mine", PolicyName="runs", PolicyDocument=POLICY)
say("policies", [
    iam.list_role_policies(RoleName="mine")["PolicyNames"],
    iam.get_role_policy(RoleName="mine", PolicyName="runs")["PolicyDocument"]["Statement"][0]["Action"],
    [one["PolicyName"] for one in iam.list_attached_role_policies(RoleName="mine")["AttachedPolicies"]]])
create("good", RoleArn=arn)
say("good", until("good", "Training")["SecondaryStatus"])
say("in use", refused(lambda: iam.delete_role(RoleName="mine"))[0])

create("measured", AlgorithmSpecification={
    **request["AlgorithmSpecification"], "MetricDefinitions": [{"Name": "hours", "Regex": "compute for ([0-9]+)h"}]})
until("measured", "Training")
watch, now = boto3.client("cloudwatch"), time.time()
OF_JOB = {"Namespace": "/aws/sagemaker/TrainingJobs", "MetricName": "hours", "Dimensions": [{"Name": "TrainingJobName", "Value": "measured"}]}
for _ in range(100):
    told = watch.get_metric_statistics(**OF_JOB, StartTime=now - 600, EndTime=now + 600, Period=60, Statistics=["Average", "SampleCount"])
    if told["Datapoints"]:
        break
    time.sleep(0.1)
say("metric", [told["Label"], [[point["Average"], point["SampleCount"]] for point in told["Datapoints"]]])
say("metrics", [metric for page in watch.get_paginator("list_metrics").paginate(Namespace=OF_JOB["Namespace"])
                for metric in page["Metrics"]] == [OF_JOB])
say("metric data", [result["Values"] for result in watch.get_metric_data(
    StartTime=now - 600, EndTime=now + 600, MetricDataQueries=[
        {"Id": "a", "MetricStat": {"Metric": OF_JOB, "Period": 60, "Stat": "Maximum"}},
        {"Id": "b", "MetricStat": {"Metric": {**OF_JOB, "MetricName": "days"}, "Period": 60, "Stat": "Sum"}}])["MetricDataResults"]])
say("bad period", refused(lambda: watch.get_metric_statistics(
    **OF_JOB, StartTime=now - 600, EndTime=now, Period=61, Statistics=["Sum"]))[0])
say("absent", [refused(call) for call in (
    boto3.client("ec2").describe_subnets, boto3.client("cloudformation").list_stacks, boto3.client("lambda").list_functions)])

iam.update_assume_role_policy(RoleName="mine", PolicyDocument=trust(AWS="arn:aws:iam::123456789012:root"))
say("not sagemaker", refused(lambda: create("other", RoleArn=arn)))
session = sts.assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
mine = boto3.client("s3", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                    aws_session_token=session["SessionToken"])
s3.create_bucket(Bucket="rows", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
say("reads", mine.list_objects_v2(Bucket="rows")["KeyCount"])
say("does not write", refused(lambda: mine.put_object(Bucket="rows", Key="a", Body=b""))[0])
iam.detach_role_policy(RoleName="mine", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
say("reads no more", refused(lambda: mine.list_objects_v2(Bucket="rows"))[0])
iam.delete_role_policy(RoleName="mine", PolicyName="runs")
iam.delete_role(RoleName="mine")
say("gone", refused(lambda: iam.get_role(RoleName="mine"))[0])

def simulated(answer):
    return [result["EvalDecision"] for result in answer["EvaluationResults"]]


def document(effect, action, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*", **more}]})


PASS = document("Allow", "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})
TO = [{"ContextKeyName": "iam:PassedToService", "ContextKeyType": "string", "ContextKeyValues": ["sagemaker.amazonaws.com"]}]
USER = iam.get_user()["User"]["Arn"]
say("simulated", [simulated(call) for call in (
    iam.simulate_custom_policy(PolicyInputList=[PASS], ActionNames=["iam:PassRole"], ContextEntries=TO),
    iam.simulate_custom_policy(PolicyInputList=[PASS], ActionNames=["iam:PassRole"]),
    iam.simulate_custom_policy(PolicyInputList=[document("Allow", "s3:*"), document("Deny", "s3:PutObject")],
                               ActionNames=["s3:GetObject", "s3:PutObject"],
                               PermissionsBoundaryPolicyInputList=[document("Allow", "s3:Put*")]),
    iam.simulate_principal_policy(PolicySourceArn=USER, PolicyInputList=[document("Deny", "s3:*")],
                                  ActionNames=["s3:GetObject", "iam:GetUser"]))])
say("context keys", iam.get_context_keys_for_custom_policy(PolicyInputList=[PASS])["ContextKeyNames"])
role = iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=trust(AWS="arn:aws:iam::123456789012:root"),
                       Tags=[{"Key": "team", "Value": "a"}])["Role"]
iam.tag_role(RoleName="bounded", Tags=[{"Key": "run", "Value": "b"}])
iam.untag_role(RoleName="bounded", TagKeys=["team"])
iam.update_role(RoleName="bounded", Description="mine", MaxSessionDuration=7200)
changed = iam.get_role(RoleName="bounded")["Role"]
say("changed", [role["Tags"], iam.list_role_tags(RoleName="bounded")["Tags"], changed["Description"], changed["MaxSessionDuration"]])
say("page by page", [role["RoleName"] for page in iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
                     for role in page["Roles"]])
managed = iam.create_policy(PolicyName="reads", PolicyDocument=document("Allow", ["s3:ListBucket", "s3:Get*"]))["Policy"]["Arn"]
iam.attach_role_policy(RoleName="bounded", PolicyArn=managed)
say("managed", [[policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]],
                iam.get_policy(PolicyArn=managed)["Policy"]["AttachmentCount"],
                iam.get_policy_version(PolicyArn=managed, VersionId="v1")["PolicyVersion"]["Document"]["Statement"][0]["Action"],
                iam.list_policy_versions(PolicyArn=managed)["Versions"][0]["IsDefaultVersion"]])


def bounded(**by):
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me", **by)["Credentials"]
    client = boto3.client("s3", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
                          aws_session_token=session["SessionToken"])
    return refused(lambda: client.list_objects_v2(Bucket="rows"))[-1].split(" because ")[-1].split(" with ")[-1]


say("bounded", [bounded(), bounded(Policy=document("Deny", "*")), bounded(Policy=document("Allow", "s3:Put*")),
                bounded(PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]),
                refused(lambda: bounded(Policy="{"))[0]])
iam.put_user_policy(UserName="offline", PolicyName="held", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "NotAction": "bedrock:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "sagemaker:CreateTrainingJob", "Resource": "*",
     "Condition": {"ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": "ml.g5.*"}}},
    {"Effect": "Deny", "Action": "sagemaker:CreateTrainingJob", "Resource": "*",
     "Condition": {"NumericGreaterThan": {"sagemaker:MaxRuntimeInSeconds": "36000"}}},
    {"Effect": "Deny", "Action": "sagemaker:CreateTrainingJob", "Resource": "*",
     "Condition": {"StringNotEqualsIfExists": {"aws:RequestTag/finetune4j-run": "r1"}}},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:ResourceAccount": "123456789012"}}}]}))
say("held", [refused(lambda: create("held-" + str(number), **more))[0] for number, more in enumerate((
    {}, {"ResourceConfig": {**request["ResourceConfig"], "InstanceType": "ml.p4d.24xlarge"}},
    {"StoppingCondition": {"MaxRuntimeInSeconds": 36001}}, {"Tags": [{"Key": "finetune4j-run", "Value": "r2"}]}))])
say("own bucket", s3.list_objects_v2(Bucket="rows")["KeyCount"])
iam.put_user_policy(UserName="offline", PolicyName="all", PolicyDocument=document("Allow", "*"))
iam.delete_user_policy(UserName="offline", PolicyName="held")

say("events", [event["message"] for event in logs.filter_log_events(
    logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="good/", filterPattern="compute")["events"]])
say("hubs", [hub["HubName"] for hub in sagemaker.list_hubs()["HubSummaries"]])

order(do="throttle", operation="CreateTrainingJob", times=1)
say("throttled", refused(lambda: create("spot"))[0])
order(do="break-down", operation="CreateTrainingJob")
say("broken", refused(lambda: create("spot"))[0])
order(do="break-after", operation="CreateTrainingJob")
say("broken after", [refused(lambda: create("after"))[0],
                     sagemaker.describe_training_job(TrainingJobName="after")["TrainingJobName"]])
order(do="expire-token", operation="CreateTrainingJob")
say("expired", refused(lambda: create("spot"))[0])
order(do="lose-answer", operation="CreateTrainingJob")
SPOT = {"EnableManagedSpotTraining": True, "StoppingCondition": {"MaxRuntimeInSeconds": 36000, "MaxWaitTimeInSeconds": 36000},
        "CheckpointConfig": {"S3Uri": "s3://rows/checkpoints"}}
say("lost", refused(lambda: create("spot", **SPOT)))
until("spot", "Training")
order(do="fail-internally", job="flaky", status="Training", times=2)
create("flaky", RetryStrategy={"MaximumRetryAttempts": 1})
flaky = until("flaky", "Failed")
say("flaky", [flaky["FailureReason"], [past["Status"] for past in flaky["SecondaryStatusTransitions"]].count("Restarting")])
say("no status", order(do="fail-internally", job="flaky", status="Busy")["error"])
order(do="skew-clock", seconds=600)
say("clock off", [refused(sagemaker.list_training_jobs), refused(sts.get_caller_identity), refused(s3.list_buckets)])
order(do="skew-clock", seconds=-1200)
say("clock far off", [refused(sts.get_caller_identity), refused(s3.list_buckets)])
order(do="skew-clock", seconds=0)
exec(sys.argv[6], {})  # what README shows: sells ml.g5.xlarge out
order(do="reclaim", job="spot")
say("reclaimed", until("spot", "Interrupted", "Starting")["SecondaryStatus"] in ("Interrupted", "Starting"))
create("waits")
say("sold out", until("waits", "Failed")["FailureReason"])
order(do="delay-logs", seconds=3600)
say("late", refused(lambda: logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs"))[0])
order(do="quota", machine="ml.g5.xlarge", value=0)
say("no quota", refused(lambda: create("more"))[0])
say("bad order", order(do="explode")["error"])
say("bad status", [order(do="refuse", operation="Search", code="Odd", status=status)["error"] for status in (399, 600)])
say("bad job", order(do="reclaim", job="none")["error"])
with urllib.request.urlopen(sys.argv[4]) as answer:
    say("made", [call for call in json.load(answer)["calls"] if call["operation"] == "CreateTrainingJob"][-3:])
