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
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts that were written for the images of Amazon's frameworks train here, wherever the machine lets them find {@code /opt/ml}. */
class ScriptModeTest {
    private static final Account ACCOUNT = Account.sample();

    private final ObjectNode seen = Json.records().createObjectNode();

    @TempDir
    private Path folder;

    private static Stream<OptMl> places() {
        return Stream.of(OptMl.ofThisMachine(), OptMl.ELSEWHERE).distinct();
    }

    @ParameterizedTest
    @MethodSource("places")
    void runsScriptsAsTheImagesDo(OptMl place) throws Exception {
        PythonPackages boto3 = PythonPackages.of("boto3-requirements.txt");
        OfflineS3 store = new OfflineS3(folder.resolve("s3"), ACCOUNT.id(), ACCOUNT.region(), Clock.systemUTC())
                .createBucket("my-bucket");
        ProcessContainer containers = new ProcessContainer(
                folder.resolve("machines"), store, Map.of("PATH", "/usr/bin:/bin"), Clock.systemUTC(), place);
        try (OfflineAws aws = OfflineAws.start(ACCOUNT, Clock.systemUTC(), Pace.SWIFT, containers, store)) {
            for (String line : boto3.output("script_mode.py", aws.endpoint(), aws.accessKeyId(), aws.secretAccessKey())
                    .split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                seen.set(said.path("what").asText(), said.path("value"));
            }
        }

        assertThat(seen.path("line")).hasToString("[\"Completed\",\"\"]");
        assertThat(seen.path("line logged"))
                .hasToString("[\"epoch 100 loss 0.0079\",\"epoch 200 loss 0.0008\",\"epoch 300 loss 0.0001\","
                        + "\"hello from a requirement [\\\"train\\\"] algo-1 code\"]");
        assertThat(seen.path("line model").asText()).as("of 3 x + 1").isEqualTo("3.00 0.98");
        assertThat(seen.at("/bad/0").asText()).isEqualTo("Failed");
        assertThat(seen.at("/bad/1").asText())
                .startsWith("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"")
                .contains("ValueError: no rows in 3")
                .contains("\"\nCommand \"")
                .endsWith("bad.py -n 3\", exit code: 1");
        assertThat(seen.at("/exit/1").asText())
                .isEqualTo("AlgorithmError: ExecuteUserScriptError:\nExitCode 5\nErrorMessage \"\"\nCommand"
                        + " \"/bin/sh -c \"./bad.sh \"\", exit code: 1");
        assertThat(seen.at("/lost/1").asText())
                .startsWith("AlgorithmError: Framework Error: An error occurred (404)")
                .contains("s3://my-bucket/lost/source/sourcedir.tar.gz");
        assertThat(seen.path("long")).hasToString("[\"Stopped\",\"\"]");
        assertThat(seen.path("long model").asText()).as("on SIGTERM").isEqualTo("saved");
        assertThat(seen.path("kept")).hasToString("[\"Completed\",\"\",\"Available\"]");
        assertThat(seen.path("next")).hasToString("[\"Completed\",\"\",\"Reused\",\"next\"]");
    }
}
