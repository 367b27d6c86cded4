package dev.finetune4j.offlinecloud.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.testkit.PythonPackages;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same random operations have the same answers at moto's S3, but for what the script lists, each with a reason. */
@Tag("slow")
class MotoDifferentialTest {
    private static final int OPERATIONS = 500;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void answersAsMotoDoes(int seed) throws Exception {
        PythonPackages moto = PythonPackages.of("moto-requirements.txt");
        List<JsonNode> differences = new ArrayList<>();
        JsonNode compared = Json.records().createObjectNode();
        try (OfflineAws aws = OfflineAws.start(
                Account.sample(),
                Clock.systemUTC(),
                Pace.SWIFT,
                PlannedContainer.succeedingAfter(Duration.ofHours(1)))) {
            for (String line : moto.output(
                            "moto_differential.py",
                            aws.endpoint(),
                            aws.accessKeyId(),
                            aws.secretAccessKey(),
                            seed,
                            OPERATIONS)
                    .split("\n")) {
                JsonNode said = Json.read(line, JsonNode.class);
                switch (said.path("what").asText()) {
                    case "difference" -> differences.add(said.path("value"));
                    case "compared" -> compared = said.path("value");
                    default -> assertThat(said.path("what").asText()).isEqualTo("known");
                }
            }
        }

        assertThat(differences).isEmpty();
        assertThat(compared.size())
                .as("kinds of operations, those refused apart: %s", compared)
                .isGreaterThan(25);
    }
}
