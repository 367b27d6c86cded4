"""Makes the stack of a template at moto's CloudFormation and prints what is there then, as JSON: account_stack.py TEMPLATE REGION PARAMETERS"""
import ast
import json
import os
import pathlib
import sys
import warnings

os.environ.update(AWS_ACCESS_KEY_ID="moto", AWS_SECRET_ACCESS_KEY="moto", AWS_DEFAULT_REGION=sys.argv[2])

import boto3
from moto import mock_aws

# Policies of buckets and budgets are none of moto's.
warnings.filterwarnings("ignore", "Tried to parse AWS::(S3::BucketPolicy|Budgets::Budget)")
STACK = "finetune4j"


def policies(role):
    """Moto writes documents of a stack as Python does, which is no JSON, and has nulls for elements of lists that are not to be there."""
    iam = boto3.client("iam")
    told = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = ast.literal_eval(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
        told[name] = {**document, "Statement": [statement for statement in document["Statement"] if statement]}
    return told


with mock_aws():
    formation = boto3.client("cloudformation")
    formation.create_stack(
        StackName=STACK, TemplateBody=pathlib.Path(sys.argv[1]).read_text(), Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in json.loads(sys.argv[3]).items()])
    stack = formation.describe_stacks(StackName=STACK)["Stacks"][0]
    print(json.dumps({
        "status": stack["StackStatus"],
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
        "buckets": [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]],
        "keys": [key["KeyArn"] for key in boto3.client("kms").list_keys()["Keys"]],
        "logs": {group["logGroupName"]: group.get("retentionInDays") for group in boto3.client("logs").describe_log_groups()["logGroups"]},
        "roles": {role["Arn"]: {"trust": role["AssumeRolePolicyDocument"], "policies": policies(role["RoleName"])}
                  for role in boto3.client("iam").list_roles()["Roles"]},
    }))
