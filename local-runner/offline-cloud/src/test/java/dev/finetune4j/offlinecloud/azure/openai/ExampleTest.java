package dev.finetune4j.offlinecloud.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExampleTest {
    @Test
    void aCallOfAToolStandsBesideNoText() throws Example.Refusal {
        String row = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":null,"
                + "\"tool_calls\":[{\"type\":\"function\",\"function\":{\"name\":\"find\"}}]}]}\n";

        List<Example> rows = Example.read(row.repeat(10).getBytes(StandardCharsets.UTF_8));

        assertThat(rows.get(0).exchange().answer()).isEqualTo("{\"name\":\"find\"}\n");
        assertThat(rows.get(0).tokens()).as("17 bytes").isEqualTo(5);
    }
}
