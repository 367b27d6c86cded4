"""Sends the same random operations to an S3 and to moto's, and prints in what they differ: moto_differential.py ENDPOINT KEY SECRET SEED COUNT"""
import collections
import json
import logging
import random
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

endpoint, key, secret, seed, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
rng = random.Random(seed)
MIB = 1 << 20
KEYS = ["a", "a/b", "a/b/", "a/c/d", "b", "../x", "//s", "c d+e", "ü/日", "q?&=#%41", "<&>"]
PREFIXES = ["", "", "a", "a/", "a/b", "ü", "//", "none", "c "]
B = {"Bucket": "same"}

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()


def client(url, access_key):
    return boto3.client(
        "s3", endpoint_url=url, region_name="eu-central-1", aws_access_key_id=access_key, aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))


pair = [client(endpoint, key), client(f"http://127.0.0.1:{port}", "moto")]
uploads = []  # (key, (our id, moto's id))

# What moto does otherwise than the service, by operation and by what the two answer: why ours is kept.
def refused(status, code):
    return {"status": status, "error": code}


def both_refuse(what, more, ours, theirs):
    return 400 <= ours["status"] < 500 and 400 <= theirs["status"] < 500 if "error" in ours and "error" in theirs else False


MOTO_BROKE = refused(500, "500")
NO_UPLOAD = "moto breaks down where an upload is not there"
ORDER = "a request that is wrong in two ways: the service does not say which it tells first"
KNOWN = [
    ("upload_part", lambda what, more, ours, theirs: ours == refused(404, "NoSuchUpload") and theirs == MOTO_BROKE, NO_UPLOAD),
    ("complete", lambda what, more, ours, theirs: ours == refused(404, "NoSuchUpload") and theirs == MOTO_BROKE, NO_UPLOAD),
    ("complete", both_refuse, ORDER),
    ("copy", both_refuse, ORDER),
    ("get", lambda what, more, ours, theirs: more.get("Range") == "lines=1-2" and ours.get("status") == 200,
     "a range of another unit is no range (RFC 9110, 14.2); moto takes any unit for bytes"),
    ("get", lambda what, more, ours, theirs: more.get("Range") == "bytes=-3" and theirs.get("length") == 0,
     "no range of an object without bytes can be satisfied; moto sends all of it for one that counts from the end"),
    ("bucket", lambda what, more, ours, theirs: what[1] == "bad_name",
     "moto makes buckets of names that the service refuses"),
]


def outcome(call):
    try:
        return call()
    except ClientError as error:
        return {"status": error.response["ResponseMetadata"]["HTTPStatusCode"], "error": error.response["Error"]["Code"]}


def body():
    return bytes([rng.randrange(256)]) * rng.choice([0, 1, 5, 1000, 70000])


def some_key():
    return rng.choice(KEYS)


def etag_of(name):
    try:
        return pair[0].head_object(**B, Key=name)["ETag"]
    except ClientError:
        return '"0123456789abcdef0123456789abcdef"'


def conditions(name, *names):
    if rng.random() < 0.6:
        return {}
    return {rng.choice(names): rng.choice([etag_of(name), '"0123456789abcdef0123456789abcdef"'])}


def described(answer):
    return {"etag": answer["ETag"], "metadata": answer["Metadata"], "type": answer["ContentType"], "length": answer["ContentLength"],
            "range": answer.get("ContentRange"), "status": answer["ResponseMetadata"]["HTTPStatusCode"], "tags": answer.get("TagCount")}


def put():
    name, content = some_key(), body()
    more = dict(rng.choice([{}, {}, {"Metadata": {"k": "v", "other": "x y"}}, {"ContentType": "text/plain"}, {"Tagging": "t=1"},
                            {"IfNoneMatch": "*"}, {"ChecksumAlgorithm": "SHA256"}]))
    return name, more, lambda s3, i: {"etag": s3.put_object(**B, Key=name, Body=content, **more)["ETag"]}


def get():
    name = some_key()
    more = conditions(name, "IfMatch", "IfNoneMatch")
    if rng.random() < 0.4:
        more["Range"] = rng.choice(["bytes=0-0", "bytes=1-", "bytes=-3", "bytes=2-900", "bytes=70000-", "bytes=4-2", "bytes=-0", "lines=1-2"])

    def call(s3, i):
        answer = s3.get_object(**B, Key=name, **more)
        return {**described(answer), "body": hash(answer["Body"].read())}
    return name, more, call


def head():
    name = some_key()
    more = conditions(name, "IfMatch", "IfNoneMatch")
    return name, more, lambda s3, i: described(s3.head_object(**B, Key=name, **more))


def delete():
    name = some_key()
    return name, {}, lambda s3, i: {"status": s3.delete_object(**B, Key=name)["ResponseMetadata"]["HTTPStatusCode"]}


def delete_many():
    names = rng.sample(KEYS, 2)
    return names, {}, lambda s3, i: {"deleted": sorted(
        gone["Key"] for gone in s3.delete_objects(**B, Delete={"Objects": [{"Key": name} for name in names]})["Deleted"])}


def copy():
    source, target = some_key(), some_key()
    more = rng.choice([{}, {"MetadataDirective": "REPLACE", "Metadata": {"n": "1"}}, {"CopySourceIfMatch": etag_of(source)},
                       {"CopySourceIfNoneMatch": etag_of(source)}])
    return [source, target], more, lambda s3, i: {"etag": s3.copy_object(
        **B, Key=target, CopySource={"Bucket": "same", "Key": source}, **more)["CopyObjectResult"]["ETag"]}


def list_objects():
    more = {"Prefix": rng.choice(PREFIXES), "MaxKeys": rng.choice([1, 2, 3, 1000])}
    if rng.random() < 0.6:
        more["Delimiter"] = rng.choice(["/", "/", "b", "a/"])
    if rng.random() < 0.3:
        more["StartAfter"] = rng.choice(KEYS + ["a/", "a/b0"])

    def call(s3, i):
        pages, token = [], {}
        while True:
            page = s3.list_objects_v2(**B, **more, **token)
            pages.append([[(entry["Key"], entry["Size"], entry["ETag"]) for entry in page.get("Contents", [])],
                          [group["Prefix"] for group in page.get("CommonPrefixes", [])], page["KeyCount"], page["IsTruncated"]])
            if not page["IsTruncated"] or len(pages) > 30:
                return {"pages": pages}
            token = {"ContinuationToken": page["NextContinuationToken"]}
    return "", more, call


def tags():
    name = some_key()
    return name, {}, lambda s3, i: {"tags": s3.get_object_tagging(**B, Key=name)["TagSet"]}


def put_tags():
    name = some_key()
    tag_set = [{"Key": "k", "Value": str(rng.randrange(3))}]
    return name, tag_set, lambda s3, i: {"status": s3.put_object_tagging(
        **B, Key=name, Tagging={"TagSet": tag_set})["ResponseMetadata"]["HTTPStatusCode"]}


def create_upload():
    name = some_key()
    ids = {}

    def call(s3, i):
        ids[i] = s3.create_multipart_upload(**B, Key=name, Metadata={"m": "p"})["UploadId"]
        if i == 1:
            uploads.append((name, (ids[0], ids[1])))
        return {"key": name}
    return name, {}, call


def some_upload():
    if uploads and rng.random() < 0.95:
        return rng.choice(uploads)
    return some_key(), ("0123456789abcdef", "0123456789abcdef")


def upload_part():
    name, ids = some_upload()
    number = rng.choice([1, 1, 2, 3, 10001])
    content = b"p" * rng.choice([1, 5 * MIB, 5 * MIB])
    return name, number, lambda s3, i: {"etag": s3.upload_part(
        **B, Key=name, UploadId=ids[i], PartNumber=number, Body=content)["ETag"]}


def list_parts():
    name, ids = some_upload()
    return name, {}, lambda s3, i: {"parts": [(part["PartNumber"], part["Size"], part["ETag"]) for part in s3.list_parts(
        **B, Key=name, UploadId=ids[i]).get("Parts", [])]}


def complete():
    name, ids = some_upload()
    try:
        there = pair[0].list_parts(**B, Key=name, UploadId=ids[0]).get("Parts", [])
    except ClientError:
        there = []
    parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in there]
    kind = rng.random()
    if kind < 0.1:
        parts = parts[::-1]
    elif kind < 0.2:
        parts = parts + [{"PartNumber": 99, "ETag": '"0123456789abcdef0123456789abcdef"'}]
    more = {"IfNoneMatch": "*"} if rng.random() < 0.2 else {}

    def call(s3, i):
        etag = s3.complete_multipart_upload(**B, Key=name, UploadId=ids[i], MultipartUpload={"Parts": parts}, **more)["ETag"]
        forget(name, ids, i)
        return {"etag": etag}
    return name, [[part["PartNumber"] for part in parts], more], call


def forget(name, ids, i):
    """moto goes on to know uploads that are complete."""
    if i == 0:
        uploads.remove((name, ids))


def abort():
    name, ids = some_upload()

    def call(s3, i):
        status = s3.abort_multipart_upload(**B, Key=name, UploadId=ids[i])["ResponseMetadata"]["HTTPStatusCode"]
        forget(name, ids, i)
        return {"status": status}
    return name, {}, call


def list_uploads():
    return "", {}, lambda s3, i: {"uploads": sorted(
        found["Key"] for found in s3.list_multipart_uploads(**B).get("Uploads", []))}


def bucket():
    name = rng.choice(["same", "same", "other", "no", "bad_name"])
    kind = rng.choice(["create_bucket", "head_bucket", "delete_bucket", "get_bucket_location"])
    more = {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}} if kind == "create_bucket" else {}
    return [kind, name], {}, lambda s3, i: {"status": getattr(s3, kind)(
        Bucket=name, **more)["ResponseMetadata"]["HTTPStatusCode"]}


OPERATIONS = [put] * 6 + [get] * 6 + [head] * 2 + [list_objects] * 6 + [delete, delete_many, copy, copy, tags, put_tags, create_upload, create_upload,
              upload_part, upload_part, upload_part, upload_part, list_parts, complete, complete, complete, abort, list_uploads, bucket]

for s3 in pair:
    s3.create_bucket(**B, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

known = collections.Counter()
compared = collections.Counter()
for step in range(count):
    operation = rng.choice(OPERATIONS)
    what, more, call = operation()
    ours, theirs = [outcome(lambda i=i: call(pair[i], i)) for i in range(2)]
    compared[operation.__name__ + (" refused" if "error" in ours else "")] += 1
    if ours == theirs:
        continue
    reasons = [reason for name, fits, reason in KNOWN if name == operation.__name__ and fits(what, more, ours, theirs)]
    if reasons:
        known[reasons[0]] += 1
    else:
        print(json.dumps({"what": "difference", "value": [step, operation.__name__, what, more, ours, theirs]}, default=str))
print(json.dumps({"what": "known", "value": known}))
print(json.dumps({"what": "compared", "value": compared}))
sys.stdout.flush()
server.stop()
