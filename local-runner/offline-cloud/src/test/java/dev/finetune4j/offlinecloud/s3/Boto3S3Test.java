package dev.finetune4j.offlinecloud.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that we did not write stores and reads, and gets the errors that it expects. */
class Boto3S3Test {
    private static final String BUCKET = "my-bucket";
    private static final String ROLE = "arn:aws:iam::123456789012:role/finetune4j-training";
    private static final String MAY_WRITE = """
            {"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::my-bucket/taken"}]}
            """;

    private final Map<String, String> seen = new HashMap<>();

    @TempDir
    private Path folder;

    @Test
    void storesReadsListsAndRemoves() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        try (OfflineAws aws = OfflineAws.start(
                Account.sample(),
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)))) {
            aws.s3().createBucket("away", "us-west-2", "123456789012");
            aws.s3().createBucket("others", "eu-central-1", "999999999999");
            aws.iam().restrictRole(ROLE, MAY_WRITE);
            aws.faults()
                    .throttle("HeadBucket", 1)
                    .breakDown("GetBucketLocation", 1)
                    .loseAnswer("ListBuckets", 1);
            for (String line : boto3.output(
                            "boto3_s3.py", aws.endpoint(), aws.accessKeyId(), aws.secretAccessKey(), folder)
                    .split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.put(said.path("what").asText(), said.path("value").toString());
            }

            assertThat(aws.s3().files()).as("what is left in 'away'").isEqualTo(1);
            assertThat(aws.calls("HeadBucket"))
                    .as("asked again when it was busy")
                    .hasSizeGreaterThan(2);
        }

        assertBuckets();
        assertObjects();
        assertLists();
        assertSettings();
        assertParts();
        assertSignedAddresses();
        assertWhoAndWhere();
    }

    private void assertBuckets() {
        says("no bucket", "[404,\"NoSuchBucket\"]");
        says("no constraint", "[400,\"IllegalLocationConstraintException\"]");
        says("again", "[409,\"BucketAlreadyOwnedByYou\"]");
        says("foreign name", "[409,\"BucketAlreadyExists\"]");
        says("bad name", "[400,\"InvalidBucketName\"]");
        says("head", "\"eu-central-1\"");
        says("location", "\"eu-central-1\"");
        says("buckets", "[\"away\",\"" + BUCKET + "\"]");
        says("not empty", "[409,\"BucketNotEmpty\"]");
        says("gone", "[404,\"404\"]");
    }

    private void assertObjects() {
        says("put", "[\"\\\"5d41402abc4b2a76b9719d911017c592\\\"\",\"AES256\",\"NhCmhg==\"]");
        says(
                "got",
                "[\"hello\",\"\\\"5d41402abc4b2a76b9719d911017c592\\\"\",{\"who\":\"me\"},\"text/plain\",\"no-store\",2]");
        says("tags", "[{\"Key\":\"x\",\"Value\":\"1\"},{\"Key\":\"y\",\"Value\":\"a b\"}]");
        says("ranges", "[\"el\",\"lo\",\"lo\",\"hello\"]");
        says("range", "\"bytes 1-2/5\"");
        says("bad range", "[416,\"InvalidRange\"]");
        says("not there", "[[404,\"NoSuchKey\"],[404,\"404\"]]");
        says("if-match", "[\"hello\",[412,\"PreconditionFailed\"]]");
        says("if-none-match", "[304,\"304\"]");
        says("write once", "[412,\"PreconditionFailed\"]");
        says("write on", "[[412,\"PreconditionFailed\"],[404,\"NoSuchKey\"],[\"accepted\"]]");
        says("CRC32", "[\"NhCmhg==\",\"FULL_OBJECT\",\"hello\"]");
        says("SHA1", "[\"qvTGHdzF6KLavt4PO0gs2a6pQ00=\",\"FULL_OBJECT\",\"hello\"]");
        says("SHA256", "[\"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=\",\"FULL_OBJECT\",\"hello\"]");
        says("wrong sum", "[[400,\"BadDigest\"],[400,\"BadDigest\"]]");
        says("copied", "[\"hello2\",{}]");
        says("replaced", "{\"who\":\"you\"}");
        says("onto itself", "[400,\"InvalidRequest\"]");
        says("empty", "[\"\",[416,\"InvalidRange\"]]");
        says("hostile", "[]");
        says("sorted", "true");
        says("too long", "[400,\"KeyTooLongError\"]");
        says("deleted", "true");
    }

    private void assertLists() {
        says("groups", "[\"list/0/\",\"list/1/\",\"list/2/\"]");
        says("pages", "[[7,7,7,4],300]");
        says("pages of groups", "[[\"list/0/\",\"list/1/\"],[\"list/2/\"]]");
        says("after", "[\"list/2/23\",\"list/2/24\"]");
        says("bad list", "[[400,\"InvalidArgument\"],[400,\"InvalidArgument\"]]");
        says("first version", "[[10,10,5],[null,null,null]]");
        says("groups of the first", "[[[\"list/0/\",\"list/1/\"],\"list/1/\"],[[\"list/2/\"],null]]");
        says("versions", "[[20,true],[5,true]]");
        says(
                "version",
                "[\"xx\",[400,\"InvalidArgument\"],[{\"Key\":\"list/0/02\",\"VersionId\":\"null\"}],[404,\"404\"]]");
        says("resource", "[24,24,0]");
    }

    private void assertSettings() {
        says(
                "settings",
                "[null,[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"AES256\"},\"BucketKeyEnabled\":false}],true,"
                        + "[{\"ObjectOwnership\":\"BucketOwnerEnforced\"}]]");
        says(
                "not set",
                "[[404,\"NoSuchBucketPolicy\"],[404,\"NoSuchLifecycleConfiguration\"],[404,\"NoSuchTagSet\"],"
                        + "[404,\"NoSuchCORSConfiguration\"]]");
        says(
                "kept",
                "{\"bucket_encryption\":true,\"public_access_block\":true,\"bucket_ownership_controls\":true,"
                        + "\"bucket_lifecycle_configuration\":true,\"bucket_tagging\":true,\"bucket_cors\":true,\"bucket_policy\":true}");
        says(
                "removed",
                "[\"accepted\",\"NoSuchPublicAccessBlockConfiguration\",\"OwnershipControlsNotFoundError\","
                        + "\"NoSuchLifecycleConfiguration\",\"NoSuchTagSet\",\"NoSuchCORSConfiguration\",\"NoSuchBucketPolicy\"]");
        says("versioned", "\"Enabled\"");
        says(
                "bad settings",
                "[[400,\"MalformedPolicy\"],[400,\"AccessControlListNotSupported\"],[400,\"MalformedXML\"]]");
        String notHere = "[\"NotImplemented\",\"The offline cloud does not implement ";
        says(
                "not here",
                "[" + notHere + "GetBucketWebsite\"]," + notHere + "GetObjectAcl\"]," + notHere
                        + "GetObject with partNumber\"]]");
    }

    private void assertParts() {
        says("large", "[true,\"-5\\\"\"]");
        says("large copy", "[true,\"-3\",3,24117248,\"FULL_OBJECT\"]");
        says("bad part", "[[400,\"InvalidArgument\"],[400,\"InvalidArgument\"],[404,\"NoSuchKey\"]]");
        says("parts", "[[1,5242880,true],[2,1,true]]");
        says("uploads", "[[\"parts\",true]]");
        says("wrong order", "[400,\"InvalidPartOrder\"]");
        says("no such part", "[400,\"InvalidPart\"]");
        says("wrong algorithm", "[400,\"InvalidRequest\"]");
        says("too small", "[400,\"EntityTooSmall\"]");
        says("complete once", "[412,\"PreconditionFailed\"]");
        says("completed", "[\"-2\\\"\",\"-2\",\"COMPOSITE\",5242881,{\"who\":\"me\"}]");
        says("completed again", "[404,\"NoSuchUpload\"]");
        says("given up", "[404,\"NoSuchUpload\"]");
    }

    private void assertSignedAddresses() {
        for (String version : List.of("s3v4", "s3")) {
            says(
                    "presigned " + version,
                    "[[200,\"given\",\"inline\"],200,\"taken by " + version + "\",[403,\"InvalidAccessKeyId\"]]");
            says("as a role, " + version, "[200,[403,\"AccessDenied\"]]");
        }
        says("signed headers", "{\"who\":\"s3\"}");
        says(
                "too late",
                "[[403,\"AccessDenied\"],[403,\"AccessDenied\"],[400,\"AuthorizationQueryParametersError\"],"
                        + "[400,\"AuthorizationQueryParametersError\"]]");
    }

    private void assertWhoAndWhere() {
        says("owner", "[[\"accepted\"],[403,\"AccessDenied\"],[403,\"AccessDenied\"]]");
        says("unknown key", "[403,\"InvalidAccessKeyId\"]");
        says("followed", "\"followed\"");
        says("redirected", "[301,true,true,\"us-west-2\"]");
        says("malformed", "[400,true,true]");
        says("virtual host", "[404,200,\"a/b\"]");
        says("not there yet", "501");
    }

    private void says(String what, String value) {
        assertThat(seen.get(what)).as("%s, of %s", what, seen).isEqualTo(value);
    }
}
