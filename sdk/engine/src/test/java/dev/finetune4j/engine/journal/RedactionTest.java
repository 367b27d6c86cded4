package dev.finetune4j.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.PlantedSecrets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedactionTest {
    @Test
    void hidesEveryVariableWhoseNameSaysThatItIsSecret() {
        PlantedSecrets secrets = new PlantedSecrets(50, 3);
        Redaction redaction = Redaction.of(secrets.environment(), Set.of());

        String clean = redaction.apply(String.join(" and ", secrets.values()));

        secrets.assertAbsentFrom("redacted text", clean);
        secrets.assertAbsentFrom("toString", redaction.toString());
    }

    @Test
    void hidesWhatAProviderNamesAndWhatAJobFileTookFromTheEnvironment() {
        Redaction redaction = Redaction.of(Map.of("SIGN_IN", "open-sesame"), Set.of("SIGN_IN"))
                .and(List.of("from-env-1234"));

        assertThat(redaction.apply("open-sesame from-env-1234 rest")).isEqualTo("[redacted] [redacted] rest");
    }

    @Test
    void leavesOrdinaryVariablesAndShortValuesAlone() {
        Redaction redaction = Redaction.of(Map.of("LANGUAGE_TAG", "classification", "MY_KEY", "on"), Set.of());

        assertThat(redaction.apply("classification is on")).isEqualTo("classification is on");
    }

    @Test
    void hidesUserAndSignatureOfAddresses() {
        Redaction redaction = Redaction.of(Map.of(), Set.of());

        assertThat(redaction.apply("https://me:pw@host/a?x=1&sig=abc%3D&X-Amz-Signature=ff#end"))
                .isEqualTo("https://[redacted]@host/a?x=1&sig=[redacted]&X-Amz-Signature=[redacted]#end");
        assertThat(redaction.apply("file:///home/a@b/c")).isEqualTo("file:///home/a@b/c");
    }

    @Test
    void cleansTextsInATreeButNotItsKeysAndKinds() throws Exception {
        Redaction redaction = Redaction.of(Map.of("A_TOKEN", "in-query"), Set.of());
        var tree = Json.records().readTree("{\"kind\":\"in-query\",\"in-query\":[\"an in-query here\",7]}");

        assertThat(redaction.apply(tree))
                .hasToString("{\"kind\":\"in-query\",\"in-query\":[\"an [redacted] here\",7]}");
    }
}
