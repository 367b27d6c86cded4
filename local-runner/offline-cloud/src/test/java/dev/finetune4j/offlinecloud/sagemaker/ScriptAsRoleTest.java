package dev.finetune4j.offlinecloud.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.testkit.PythonPackages;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container asks of the services is asked of this cloud, as the job's role, and held to the role's policies. */
class ScriptAsRoleTest {
    private static final Account ACCOUNT = Account.sample();

    @TempDir
    private Path folder;

    @Test
    void asksAsTheRoleOfItsJob() throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT.id(), ACCOUNT.region(), Clock.systemUTC())
                .createBucket("my-bucket");
        ProcessContainer containers = new ProcessContainer(
                folder.resolve("machines"), store, Map.of("PATH", "/usr/bin:/bin"), Clock.systemUTC());
        ObjectNode seen = Json.records().createObjectNode();

        try (OfflineAws aws = OfflineAws.start(ACCOUNT, Clock.systemUTC(), Pace.SWIFT, containers, store)) {
            String output = boto3.output(
                    "script_as_role.py",
                    aws.endpoint(),
                    aws.accessKeyId(),
                    aws.secretAccessKey(),
                    boto3.folder().toAbsolutePath());
            for (String line : output.split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        assertThat(seen.path("asks").asText()).as(seen.toString()).isEqualTo("Completed");
        assertThat(seen.path("asks printed").toString())
                .contains(
                        "i am arn:aws:sts::123456789012:assumed-role/reader/SageMaker",
                        "row one row",
                        "elsewhere AccessDenied",
                        "region eu-central-1 eu-central-1");
        assertThat(seen.path("alone").asText()).as("cut off from the network").isEqualTo("Failed");
    }
}
