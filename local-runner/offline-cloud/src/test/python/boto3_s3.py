"""Stores and reads with boto3 at an endpoint and prints what it saw, one JSON a line: boto3_s3.py ENDPOINT KEY SECRET FOLDER"""
import hashlib
import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from xml.etree import ElementTree

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

endpoint, key, secret, folder = sys.argv[1:5]
MIB = 1 << 20


def service(region="eu-central-1", access_key=key, version="s3v4", token=None, its_secret=secret):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=its_secret,
        aws_session_token=token,
        config=Config(signature_version=version, retries={"mode": "standard", "max_attempts": 3}, s3={"addressing_style": "path"}),
    )


s3 = service()
B = {"Bucket": "my-bucket"}


def say(what, value):
    print(json.dumps({"what": what, "value": value}, default=str))


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]]
    return ["accepted"]


def fetch(name, **arguments):
    return s3.get_object(**B, Key=name, **arguments)["Body"].read().decode()


# buckets
say("no bucket", refused(s3.list_objects_v2, **B))
say("no constraint", refused(s3.create_bucket, **B))
s3.create_bucket(**B, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
say("again", refused(s3.create_bucket, **B, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}))
say("foreign name", refused(s3.create_bucket, Bucket="others", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}))
say("bad name", refused(s3.create_bucket, Bucket="my..bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}))
say("head", s3.head_bucket(**B)["BucketRegion"])
say("location", s3.get_bucket_location(**B)["LocationConstraint"])
say("buckets", [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])

# objects
put = s3.put_object(
    **B, Key="a", Body=b"hello", Metadata={"who": "me"}, ContentType="text/plain", CacheControl="no-store", Tagging="x=1&y=a%20b")
say("put", [put["ETag"], put["ServerSideEncryption"], put["ChecksumCRC32"]])
got = s3.get_object(**B, Key="a")
say("got", [got["Body"].read().decode(), got["ETag"], got["Metadata"], got["ContentType"], got["CacheControl"], got["TagCount"]])
say("tags", s3.get_object_tagging(**B, Key="a")["TagSet"])
say("ranges", [fetch("a", Range="bytes=1-2"), fetch("a", Range="bytes=-2"), fetch("a", Range="bytes=3-"), fetch("a", Range="bytes=0-99")])
say("range", s3.get_object(**B, Key="a", Range="bytes=1-2")["ContentRange"])
say("bad range", refused(s3.get_object, **B, Key="a", Range="bytes=5-"))
say("not there", [refused(s3.get_object, **B, Key="none"), refused(s3.head_object, **B, Key="none")])
say("if-match", [fetch("a", IfMatch=put["ETag"]), refused(s3.get_object, **B, Key="a", IfMatch='"x"')])
say("if-none-match", refused(s3.get_object, **B, Key="a", IfNoneMatch=put["ETag"]))
say("write once", refused(s3.put_object, **B, Key="a", Body=b"other", IfNoneMatch="*"))
say("write on", [
    refused(s3.put_object, **B, Key="a", Body=b"other", IfMatch='"x"'),
    refused(s3.put_object, **B, Key="none", Body=b"other", IfMatch='"x"'),
    refused(s3.put_object, **B, Key="a", Body=b"hello2", IfMatch=put["ETag"])])
for algorithm in "CRC32", "SHA1", "SHA256":
    s3.put_object(**B, Key="sum", Body=b"hello", ChecksumAlgorithm=algorithm)
    head = s3.head_object(**B, Key="sum", ChecksumMode="ENABLED")
    say(algorithm, [head["Checksum" + algorithm], head["ChecksumType"], fetch("sum", ChecksumMode="ENABLED")])
say("wrong sum", [
    refused(s3.put_object, **B, Key="sum", Body=b"hello", ChecksumSHA256="LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCU="),
    refused(s3.put_object, **B, Key="sum", Body=b"hello", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")])
s3.copy_object(**B, Key="copy", CopySource="my-bucket/a")
say("copied", [fetch("copy"), s3.head_object(**B, Key="copy")["Metadata"]])
s3.copy_object(**B, Key="copy", CopySource={"Bucket": "my-bucket", "Key": "a"}, MetadataDirective="REPLACE", Metadata={"who": "you"})
say("replaced", s3.head_object(**B, Key="copy")["Metadata"])
say("onto itself", refused(s3.copy_object, **B, Key="a", CopySource="my-bucket/a"))
s3.put_object(**B, Key="empty", Body=b"")
say("empty", [fetch("empty"), refused(s3.get_object, **B, Key="empty", Range="bytes=0-")])

# keys that mean harm
hostile = ["../../up", "x/../../y", "//double", "/lead", "tail/", "a/b", "a/b/c", "ü/日本", "with space+plus%41", "q?x=1&y#z", "'\"<&>", "cr\rlf\n", "."]
for name in hostile:
    s3.put_object(**B, Key=name, Body=name.encode())
listed = [entry["Key"] for entry in s3.list_objects_v2(**B)["Contents"]]
say("hostile", [name for name in hostile if name not in listed or fetch(name) != name])
say("sorted", listed == sorted(listed, key=lambda name: name.encode()))
say("too long", refused(s3.put_object, **B, Key="k" * 1025, Body=b""))

# lists
for i in range(25):
    s3.put_object(**B, Key=f"list/{i // 10}/{i:02}", Body=b"x" * i)
say("groups", [group["Prefix"] for group in s3.list_objects_v2(**B, Prefix="list/", Delimiter="/")["CommonPrefixes"]])
pages = list(s3.get_paginator("list_objects_v2").paginate(**B, Prefix="list/", PaginationConfig={"PageSize": 7}))
say("pages", [[page["KeyCount"] for page in pages], sum(entry["Size"] for page in pages for entry in page["Contents"])])
pages = list(s3.get_paginator("list_objects_v2").paginate(**B, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 2}))
say("pages of groups", [[group["Prefix"] for group in page["CommonPrefixes"]] for page in pages])
say("after", [entry["Key"] for entry in s3.list_objects_v2(**B, Prefix="list/2", StartAfter="list/2/22")["Contents"]])
say("bad list", [refused(s3.list_objects_v2, **B, MaxKeys=-1), refused(s3.list_objects_v2, **B, ContinuationToken="!")])

pages = list(s3.get_paginator("list_objects").paginate(**B, Prefix="list/", PaginationConfig={"PageSize": 10}))
say("first version", [[len(page["Contents"]) for page in pages], [page.get("NextMarker") for page in pages]])
pages = list(s3.get_paginator("list_objects").paginate(**B, Prefix="list/", Delimiter="/", PaginationConfig={"PageSize": 2}))
say("groups of the first", [[[group["Prefix"] for group in page["CommonPrefixes"]], page.get("NextMarker")] for page in pages])
pages = list(s3.get_paginator("list_object_versions").paginate(**B, Prefix="list/", PaginationConfig={"PageSize": 20}))
say("versions", [[len(page["Versions"]), {(version["VersionId"], version["IsLatest"]) for version in page["Versions"]} == {("null", True)}]
                 for page in pages])
say("version", [fetch("list/0/02", VersionId="null"), refused(s3.get_object, **B, Key="list/0/02", VersionId="x"),
                s3.delete_objects(**B, Delete={"Objects": [{"Key": "list/0/02", "VersionId": "null"}]})["Deleted"],
                refused(s3.head_object, **B, Key="list/0/02")])
bucket = boto3.resource(
    "s3", endpoint_url=endpoint, region_name="eu-central-1", aws_access_key_id=key, aws_secret_access_key=secret).Bucket("my-bucket")
say("resource", [len(list(bucket.objects.filter(Prefix="list/"))), len(bucket.objects.filter(Prefix="list/").delete()[0]["Deleted"]),
                 len(list(bucket.objects.filter(Prefix="list/")))])

# settings
say("settings", [s3.get_bucket_versioning(**B).get("Status"), s3.get_bucket_encryption(**B)["ServerSideEncryptionConfiguration"]["Rules"],
                 set(s3.get_public_access_block(**B)["PublicAccessBlockConfiguration"].values()) == {True},
                 s3.get_bucket_ownership_controls(**B)["OwnershipControls"]["Rules"]])
say("not set", [refused(call, **B) for call in (
    s3.get_bucket_policy, s3.get_bucket_lifecycle_configuration, s3.get_bucket_tagging, s3.get_bucket_cors)])


def not_here(call, **arguments):
    try:
        call(**B, **arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]


SET = {
    "bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k-1"}, "BucketKeyEnabled": True}]}},
    "public_access_block": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "IgnorePublicAcls": False}},
    "bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}},
    "bucket_lifecycle_configuration": {"LifecycleConfiguration": {"Rules": [
        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "jobs/"}, "Expiration": {"Days": 30}}]}},
    "bucket_tagging": {"Tagging": {"TagSet": [{"Key": "team", "Value": "a"}]}},
    "bucket_cors": {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}},
    "bucket_policy": {"Policy": json.dumps({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                                                           "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]})},
}


def kept(name, given):
    getattr(s3, "put_" + name)(**B, **given)
    told = getattr(s3, "get_" + name)(**B)
    member, document = next(iter(given.items()))
    return told[member] == document if member in told else all(told.get(part) == value for part, value in document.items())


say("kept", {name: kept(name, given) for name, given in SET.items()})
for name in SET:
    getattr(s3, "delete_" + name.replace("lifecycle_configuration", "lifecycle"))(**B)
say("removed", [refused(getattr(s3, "get_" + name), **B)[-1] for name in SET])
s3.put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
say("versioned", s3.get_bucket_versioning(**B)["Status"])
s3.put_bucket_versioning(**B, VersioningConfiguration={"Status": "Suspended"})
say("bad settings", [refused(s3.put_bucket_policy, **B, Policy="x"), refused(s3.put_bucket_acl, **B, ACL="public-read"),
                     refused(s3.put_bucket_encryption, **B, ServerSideEncryptionConfiguration={"Rules": [
                         {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "rot13"}}]})])

say("not here", [not_here(s3.get_bucket_website), not_here(s3.get_object_acl, Key="a"),
                 not_here(s3.get_object, Key="a", PartNumber=1)])

# parts
path = os.path.join(folder, "large")
with open(path, "wb") as out:
    for i in range(23):
        out.write(hashlib.sha256(str(i).encode()).digest() * (MIB // 32))
s3.upload_file(path, "my-bucket", "large", Config=TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB))
s3.download_file("my-bucket", "large", path + "2", Config=TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB))
say("large", [open(path, "rb").read() == open(path + "2", "rb").read(), s3.head_object(**B, Key="large")["ETag"][-3:]])
s3.copy({"Bucket": "my-bucket", "Key": "large"}, "my-bucket", "large copy",
        Config=TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=9 * MIB))
s3.download_file("my-bucket", "large copy", path + "3")
known = s3.get_object_attributes(**B, Key="large copy", ObjectAttributes=["ETag", "ObjectParts", "ObjectSize", "Checksum"])
say("large copy", [open(path, "rb").read() == open(path + "3", "rb").read(), known["ETag"][-2:], known["ObjectParts"]["TotalPartsCount"],
                   known["ObjectSize"], known["Checksum"]["ChecksumType"]])
upload = s3.create_multipart_upload(**B, Key="of a part")
U = {**B, "Key": "of a part", "UploadId": upload["UploadId"], "PartNumber": 1}
say("bad part", [refused(s3.upload_part_copy, **U, CopySource="my-bucket/a", CopySourceRange="bytes=2-6"),
                 refused(s3.upload_part_copy, **U, CopySource="my-bucket/a", CopySourceRange="bytes=2-"),
                 refused(s3.upload_part_copy, **U, CopySource="my-bucket/none")])
s3.abort_multipart_upload(**B, Key="of a part", UploadId=upload["UploadId"])
upload = s3.create_multipart_upload(**B, Key="parts", ChecksumAlgorithm="SHA256", Metadata={"who": "me"})
U = {**B, "Key": "parts", "UploadId": upload["UploadId"]}
one = s3.upload_part(**U, PartNumber=1, Body=b"1" * 5 * MIB, ChecksumAlgorithm="SHA256")
two = s3.upload_part(**U, PartNumber=2, Body=b"2", ChecksumAlgorithm="SHA256")
say("parts", [[part["PartNumber"], part["Size"], part["ChecksumSHA256"] in (one["ChecksumSHA256"], two["ChecksumSHA256"])]
              for part in s3.list_parts(**U)["Parts"]])
say("uploads", [[found["Key"], found["UploadId"] == U["UploadId"]] for found in s3.list_multipart_uploads(**B)["Uploads"]])


def complete(*parts, **more):
    named = [{"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]} for number, part in parts]
    return s3.complete_multipart_upload(**U, MultipartUpload={"Parts": named}, **more)


say("wrong order", refused(lambda: complete((2, two), (1, one))))
say("no such part", refused(lambda: complete((1, two))))
say("wrong algorithm", refused(s3.upload_part, **U, PartNumber=3, Body=b"3", ChecksumAlgorithm="SHA1"))
s3.upload_part(**U, PartNumber=3, Body=b"3", ChecksumAlgorithm="SHA256")
small = s3.upload_part(**U, PartNumber=3, Body=b"3", ChecksumAlgorithm="SHA256")
say("too small", refused(lambda: complete((2, two), (3, small))))
s3.put_object(**B, Key="parts", Body=b"")
say("complete once", refused(lambda: complete((1, one), (2, two), IfNoneMatch="*")))
done = complete((1, one), (2, two))
say("completed", [done["ETag"][-3:], done["ChecksumSHA256"][-2:], done["ChecksumType"],
                  s3.head_object(**B, Key="parts")["ContentLength"], s3.head_object(**B, Key="parts")["Metadata"]])
say("completed again", refused(lambda: complete((1, one), (2, two))))
upload = s3.create_multipart_upload(**B, Key="given up")
s3.upload_part(**B, Key="given up", UploadId=upload["UploadId"], PartNumber=1, Body=b"1")
s3.abort_multipart_upload(**B, Key="given up", UploadId=upload["UploadId"])
say("given up", refused(s3.list_parts, **B, Key="given up", UploadId=upload["UploadId"]))

# addresses that are signed


def opened(client, method, name, body=None, seconds=60, change=lambda url: url, **arguments):
    url = client.generate_presigned_url(method, Params={**B, "Key": name, **arguments}, ExpiresIn=seconds)
    kind = {"put_object": "PUT", "get_object": "GET"}[method]
    headers = {"x-amz-meta-" + name: value for name, value in arguments.get("Metadata", {}).items()}
    if body is not None:
        headers["Content-Type"] = arguments.get("ContentType")
    try:
        with urllib.request.urlopen(urllib.request.Request(change(url), method=kind, data=body, headers=headers)) as answer:
            return [answer.status, answer.read().decode(), answer.headers["Content-Disposition"]]
    except urllib.error.HTTPError as error:
        return [error.code, ElementTree.fromstring(error.read()).findtext("Code")]


s3.put_object(**B, Key="given", Body=b"given")
for version in "s3v4", "s3":
    signer = service(version=version)
    say("presigned " + version, [
        opened(signer, "get_object", "given", ResponseContentDisposition="inline"),
        opened(signer, "put_object", "taken", b"taken by " + version.encode(), Metadata={"who": version}, ContentType="text/plain")[0],
        fetch("taken"),
        opened(signer, "get_object", "given", change=lambda url: url.replace(key, "AKIANOBODY"))])
say("signed headers", s3.head_object(**B, Key="taken")["Metadata"])
say("too late", [opened(service(version="s3"), "get_object", "given", seconds=-2),
                 opened(s3, "get_object", "given", change=lambda url: re.sub("X-Amz-Date=20", "X-Amz-Date=19", url)),
                 opened(s3, "get_object", "given", seconds=604801),
                 opened(s3, "get_object", "given", change=lambda url: re.sub("&X-Amz-Signature=[0-9a-f]+", "", url))])

lent = boto3.client("sts", endpoint_url=endpoint, region_name="eu-central-1", aws_access_key_id=key, aws_secret_access_key=secret).assume_role(
    RoleArn="arn:aws:iam::123456789012:role/finetune4j-training", RoleSessionName="writer")["Credentials"]
for version in "s3v4", "s3":
    writer = service(access_key=lent["AccessKeyId"], version=version, token=lent["SessionToken"], its_secret=lent["SecretAccessKey"])
    say("as a role, " + version, [opened(writer, "put_object", "taken", b"x", ContentType="text/plain")[0], opened(writer, "get_object", "given")])

# who and where
say("owner", [refused(s3.head_object, **B, Key="a", ExpectedBucketOwner="123456789012"),
              refused(s3.get_object, **B, Key="a", ExpectedBucketOwner="999999999999"),
              refused(s3.list_objects_v2, Bucket="others")])
say("unknown key", refused(service(access_key="AKIANOBODY").list_objects_v2, **B))
away = {"Bucket": "away"}
s3.put_object(**away, Key="k", Body=b"followed")
say("followed", s3.get_object(**away, Key="k")["Body"].read().decode())


def raw(method, target, host, region):
    where = urllib.parse.urlparse(endpoint)
    connection = http.client.HTTPConnection(where.hostname, where.port)
    request = AWSRequest(method, f"http://{host}{target}", headers={"Host": host})
    S3SigV4Auth(Credentials(key, secret), "s3", region).add_auth(request)
    connection.request(method, target, headers=dict(request.headers))
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


status, text, headers = raw("GET", "/away?list-type=2", "127.0.0.1", "eu-central-1")
say("redirected", [status, "<Code>PermanentRedirect</Code>" in text, "<Endpoint>away.s3.us-west-2.amazonaws.com</Endpoint>" in text,
                   headers["x-amz-bucket-region"]])
status, text, headers = raw("GET", "/my-bucket?list-type=2", "127.0.0.1", "us-west-2")
say("malformed", [status, "<Code>AuthorizationHeaderMalformed</Code>" in text, "<Region>eu-central-1</Region>" in text])
say("virtual host", raw("GET", "/ranges", "my-bucket.s3.eu-central-1.amazonaws.com", "eu-central-1")[0:1]
    + raw("GET", "/a/b", "my-bucket.localhost:1", "eu-central-1")[0:2])
say("not there yet", raw("GET", "/my-bucket?acl", "127.0.0.1", "eu-central-1")[0])

# the end
say("not empty", refused(s3.delete_bucket, **B))
s3.delete_object(**B, Key="none")
names = [entry["Key"] for entry in s3.list_objects_v2(**B)["Contents"]]
safe = [name for name in names if "\r" not in name]
say("deleted", len(s3.delete_objects(**B, Delete={"Objects": [{"Key": name} for name in safe]})["Deleted"]) == len(safe))
for name in names:
    s3.delete_object(**B, Key=name)
s3.delete_bucket(**B)
say("gone", refused(s3.head_bucket, **B))
