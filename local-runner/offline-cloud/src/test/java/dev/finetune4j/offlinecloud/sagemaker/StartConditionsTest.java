package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.Access;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that could not start is refused before there is one. */
class StartConditionsTest {
    private static final Account ACCOUNT = Account.sample();
    private static final String ROLE = ACCOUNT.roles().iterator().next();
    private static final String PULL =
            "\"ecr:GetAuthorizationToken\",\"ecr:BatchCheckLayerAvailability\",\"ecr:BatchGetImage\","
                    + "\"ecr:GetDownloadUrlForLayer\"";

    @TempDir
    private Path folder;

    private final OfflineIam iam = new OfflineIam(ACCOUNT.id(), ACCOUNT.roles(), session -> Optional.empty());
    private final ObjectNode body = JobBody.onDemand("job-1");
    private OfflineS3 store;

    @BeforeEach
    void stage() throws Exception {
        store = JobBody.store(folder);
        store.guard(iam);
        store.createBucket("abroad", "us-east-1", ACCOUNT.id());
        JobBody.put(store, "s3://abroad/rows/a.jsonl");
        store.createBucket("foreign", ACCOUNT.region(), "999999999999");
    }

    @Test
    void letsAJobInWhoseRoleFindsItsInputsAndImage() {
        iam.restrictRole(ROLE, allow("\"s3:ListBucket\"," + PULL));

        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3://my-bucket/elsewhere/", "s3://no-bucket/rows/", "s3://abroad/rows/", "s3://foreign/rows"})
    void refusesAnInputThatIsNotThere(String uri) {
        body.withObject("/InputDataConfig/0/DataSource/S3DataSource").put("S3Uri", uri);

        assertNoObjects(uri);
    }

    @Test
    void refusesAnInputThatTheRoleMayNotList() {
        iam.restrictRole(ROLE, allow("\"s3:GetObject\"," + PULL));

        assertNoObjects("s3://my-bucket/inputs/data/");
    }

    @Test
    void looksForWhatAManifestNamesOnlyOnTheMachine() {
        body.withObject("/InputDataConfig/0/DataSource/S3DataSource")
                .put("S3DataType", "ManifestFile")
                .put("S3Uri", "s3://my-bucket/no-list");

        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void refusesAnImageThatTheRoleMayNotPull() {
        iam.restrictRole(ROLE, allow("\"s3:*\",\"ecr:GetAuthorizationToken\",\"ecr:BatchGetImage\""));

        assertThatThrownBy(this::check)
                .hasMessage(
                        "Access denied for repository: pytorch-training in registry ID: 763104351884. Please check if your ECR"
                                + " repository and image exist and role " + ROLE
                                + " has proper pull permissions for SageMaker:"
                                + " ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer");
    }

    @Test
    void takesTheFunctionThatLendsThePasswordOfAPrivateRegistry() {
        String lender = "arn:aws:lambda:eu-central-1:123456789012:function:registry";
        body.withObject("/AlgorithmSpecification")
                .put("TrainingImage", "registry.example.com/a:1")
                .putObject("TrainingImageConfig")
                .putObject("TrainingRepositoryAuthConfig")
                .put("TrainingRepositoryCredentialsProviderArn", lender);
        JobAccesses accesses = new JobAccesses(ACCOUNT);

        assertThat(accesses.toPull(body)).isEmpty();
        assertThat(accesses.toStart(body)).containsExactly(Access.to("lambda:InvokeFunction", lender));
    }

    private void assertNoObjects(String uri) {
        assertThatThrownBy(this::check)
                .hasMessage("No S3 objects found under S3 URL \"" + uri
                        + "\" given in input data source. Please ensure that the"
                        + " bucket exists in the selected region (eu-central-1), that objects exist under that S3 prefix, and that"
                        + " the role \"" + ROLE + "\" has \"s3:ListBucket\" permissions on bucket \""
                        + uri.split("/", -1)[2] + "\".");
    }

    private void check() throws Exception {
        new StartConditions(new JobRequest(body), ACCOUNT.region(), store, iam).check(new JobAccesses(ACCOUNT));
    }

    private static String allow(String actions) {
        return "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[" + actions + "],\"Resource\":\"*\"}]}";
    }
}
