package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shipped coefficients are what the shipped runs give; {@code -Dgolden.rewrite=true} writes them anew. */
class CalibrationTest {
    private static final Path RESOURCE =
            Path.of("src/main/resources/dev/finetune4j/engine/estimate").resolve(Calibration.RESOURCE);

    @Test
    @Tag("slow")
    void theShippedCoefficientsFollowFromTheShippedRuns() throws IOException {
        RunTable runs = PublishedTables.calibrating();
        Map<String, Map<String, Double>> calibrations = new LinkedHashMap<>();
        for (Quantity quantity : Quantity.values()) {
            Calibration calibration = new Calibrator(quantity, runs.runs()).calibrate(Set.of());
            calibrations.put(quantity.key(), calibration.values(quantity));
        }

        String json = Json.pretty(calibrations) + "\n";
        if (Boolean.getBoolean(GoldenFiles.REWRITE)) {
            Files.writeString(RESOURCE, json);
        }

        assertThat(RESOURCE).content().isEqualTo(json);
    }
}
