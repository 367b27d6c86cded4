package dev.finetune4j.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AskedModelTest {
    @Test
    void aQuestionIsTheSameInWhateverOrderItsColumnsCome() {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("text", "my invoice");
        row.put("team", "billing");

        assertThat(AskedModel.lines(List.of(row, Map.of("team", "technical"))))
                .isEqualTo("{\"team\":\"billing\",\"text\":\"my invoice\"}\n{\"team\":\"technical\"}\n");
    }
}
