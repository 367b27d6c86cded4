package dev.finetune4j.junit.baseline;

import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A recorded baseline. To a test it is refused as a failed assertion. */
public final class BaselineTarget implements ParserTarget {
    @Override
    public String name() {
        return "baseline";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        Path file = Files.createTempFile("baseline", ".jsonl");
        try {
            new BaselineFile(file)
                    .write(new Baseline(
                            "job",
                            Map.of(MetricName.ACCURACY, new Interval(0.6, 0.5, 0.7)),
                            List.of(new BaselineCase("id", "a", "b", 1.5, 2))));
            return List.of(Files.readAllBytes(file));
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        try {
            new BaselineFile(Files.write(scratch.resolve("baseline.jsonl"), input)).read();
        } catch (AssertionError refused) {
            String why = String.valueOf(refused.getMessage());
            if (!why.contains("is damaged: ") && !why.contains("is of format ")) {
                throw refused;
            }
        }
    }
}
