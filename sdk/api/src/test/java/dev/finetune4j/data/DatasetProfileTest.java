package dev.finetune4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetProfileTest {
    @Test
    void mayHaveNoParts() {
        assertThat(profile(Map.of()).rowsByPart()).isEmpty();
    }

    @Test
    void listsItsPartsInTheirOrder() {
        Map<Part, Long> mixed = new LinkedHashMap<>();
        mixed.put(Part.TEST, 3L);
        mixed.put(Part.TRAIN, 1L);

        assertThat(profile(mixed).rowsByPart().keySet()).containsExactly(Part.TRAIN, Part.TEST);
    }

    private static DatasetProfile profile(Map<Part, Long> rowsByPart) {
        Quantiles none = new Quantiles(0, 0, 0, 0, 0, 0);
        return new DatasetProfile(rowsByPart, Map.of(), none, none, 0, 1, 0, 0, 0, 0, "columns", "0".repeat(64));
    }
}
