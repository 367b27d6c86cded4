package dev.finetune4j.aws.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a bucket is told with the one thing to do, and without what nobody may see. */
class StoreErrorsTest {
    private final List<Exception> told = new ArrayList<>();

    @TempDir
    private Path folder;

    private OfflineBuckets buckets;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        buckets = new OfflineBuckets(folder);
        file = Files.writeString(folder.resolve("rows"), "rows");
    }

    @AfterEach
    void close() {
        buckets.close();
        for (Exception failure : told) {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            assertThat(text.toString())
                    .doesNotContain(buckets.session().secret())
                    .doesNotContain(buckets.session().token())
                    .doesNotContain("Signature=");
        }
    }

    @Test
    void namesTheRegionOfABucketThatLiesElsewhere() {
        buckets.aws().s3().createBucket("away", "us-west-2", OfflineBuckets.OWNER);

        Problem problem = problemOf("s3://away/jobs");

        assertThat(problem.code()).isEqualTo("FT0862");
        assertThat(problem.summary()).isEqualTo("the bucket away lies in us-west-2, not in eu-central-1");
        assertThat(problem.causes()).singleElement().asString().endsWith("name it as the store of its place");
        assertThat(problem.remedies()).containsExactly("aws s3 mb s3://away-eu-central-1 --region eu-central-1");
    }

    @Test
    void tellsThatThereIsNoBucket() {
        Problem problem = problemOf("s3://misspelt/jobs");

        assertThat(problem.code()).isEqualTo("FT0861");
        assertThat(problem.remedies()).containsExactly("aws s3 mb s3://misspelt --region eu-central-1");
    }

    @Test
    void tellsAForeignBucketFromOneThatIsDenied() {
        buckets.aws().s3().createBucket("others", OfflineBuckets.REGION, "999999999999");
        assertThat(problemOf("s3://others/jobs").code())
                .as("closed to everybody: nobody can tell whose it is")
                .isEqualTo("FT0864");

        try (S3Store store = S3Store.open(
                OfflineBuckets.STORE, OfflineBuckets.REGION, new BucketOwner("999999999999", ""), buckets.context())) {
            Problem problem = problemOf(() -> store.stage(file));
            assertThat(problem.code()).isEqualTo("FT0863");
            assertThat(problem.summary()).contains("my-bucket").contains("999999999999");
        }
    }

    @Test
    void tellsWhatIsDeniedOnWhat() {
        buckets.aws().faults().denyAccess("PutObject", 1);

        Problem problem = problemOf(OfflineBuckets.STORE);

        assertThat(problem.code()).isEqualTo("FT0864");
        assertThat(problem.summary())
                .startsWith("the caller may not do s3:PutObject on arn:aws:s3:::my-bucket/jobs/inputs/")
                .endsWith("/rows");
        assertThat(problem.retry()).isEqualTo(Retry.NEVER);
    }

    @Test
    void tellsThatCredentialsAreNotGood() {
        buckets.aws().faults().expireToken("ListObjectsV2", 1);
        assertThat(problemOf(OfflineBuckets.STORE).code()).isEqualTo("FT0865");

        try (S3Store store = S3Store.open(
                OfflineBuckets.STORE, OfflineBuckets.REGION, new BucketOwner("", ""), buckets.context("AKIANOBODY"))) {
            assertThat(problemOf(() -> store.stage(file)).code()).isEqualTo("FT0865");
        }
    }

    @Test
    void saysWhichFailuresPass() {
        buckets.aws().faults().throttle("ListObjectsV2", S3Store.ATTEMPTS);
        assertPasses(problemOf(OfflineBuckets.STORE));

        buckets.aws().faults().breakDown("ListObjectsV2", S3Store.ATTEMPTS);
        assertPasses(problemOf(OfflineBuckets.STORE));

        assertThat(buckets.calls("ListObjectsV2")).isEqualTo(2 * S3Store.ATTEMPTS);
        buckets.aws().faults().loseRequest("ListObjectsV2", 2 * S3Store.ATTEMPTS); // the JDK tries each twice
        assertPasses(problemOf(OfflineBuckets.STORE));
    }

    private static void assertPasses(Problem problem) {
        assertThat(problem.code()).isEqualTo("FT0866");
        assertThat(problem.retry()).isInstanceOf(Retry.After.class);
    }

    @Test
    void tellsAnyOtherRefusalInTheWordsOfS3() {
        buckets.aws().faults().refuse("PutObject", 1, ServiceError.of("KMS.DisabledException", "the key is disabled"));

        Problem problem = problemOf(OfflineBuckets.STORE);

        assertThat(problem.code()).isEqualTo("FT0874");
        assertThat(problem.causes()).containsExactly("KMS.DisabledException: the key is disabled");
    }

    @Test
    void refusesAddressesThatAreNone() {
        for (String address : List.of("my-bucket/jobs", "s3:/my-bucket", "s3://B/x", "s3://", "https://s3/x", "")) {
            assertThatThrownBy(() -> buckets.store(address)).as(address).hasMessageContaining("FT0860");
        }
        assertThat(S3Address.parse("s3://my-bucket")).isEqualTo(new S3Address("my-bucket", ""));
        assertThat(S3Address.parse("s3://my-bucket/a/b").below("c")).hasToString("s3://my-bucket/a/b/c");
    }

    @Test
    void putsAndFindsSmallThings() throws IOException {
        try (S3Store store = buckets.store()) {
            String address = store.put("orders/r1/order.json", "{}".getBytes(StandardCharsets.UTF_8));

            assertThat(address)
                    .isEqualTo("s3://my-bucket/jobs/orders/r1/order.json")
                    .isEqualTo(store.address("orders/r1/order.json"));
            assertThat(store.exists("orders/r1/order.json")).isTrue();
            assertThat(store.exists("orders/r1/order")).isFalse();
            assertThat(buckets.aws().s3().file(address)).hasContent("{}");
        }
    }

    private Problem problemOf(String address) {
        try (S3Store store = buckets.store(address)) {
            return problemOf(() -> store.stage(file));
        }
    }

    private Problem problemOf(Runnable call) {
        try {
            call.run();
        } catch (FineTuneException e) {
            told.add(e);
            return e.problems().get(0);
        }
        throw new AssertionError("it went well");
    }
}
