package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.Test;

class KeptSettingsTest {
    @Test
    void tellsNumbersOfAJobAsPeopleWriteThem() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;

        assertThat(KeptSettings.words(nodes.numberNode(2e-4))).isEqualTo("0.0002");
        assertThat(KeptSettings.words(nodes.numberNode(4.0))).isEqualTo("4");
        assertThat(KeptSettings.words(nodes.numberNode(100))).isEqualTo("100");
        assertThat(KeptSettings.words(nodes.numberNode(0.0))).isEqualTo("0");
        assertThat(KeptSettings.words(nodes.booleanNode(true))).isEqualTo("true");
        assertThat(KeptSettings.words(nodes.arrayNode().add("here").add("there")))
                .isEqualTo("[here, there]");
    }
}
