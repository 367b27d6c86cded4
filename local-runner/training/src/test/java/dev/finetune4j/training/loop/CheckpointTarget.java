package dev.finetune4j.training.loop;

import dev.finetune4j.json.Json;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The two files that describe a checkpoint, manifest and progress. */
public final class CheckpointTarget implements ParserTarget {
    @Override
    public String name() {
        return "checkpoint";
    }

    @Override
    public List<byte[]> seeds() {
        return List.of(
                Json.pretty(Progress.start("identity")
                                .afterStep(1, 2.5, 1.0, 64)
                                .afterValidation(2.0))
                        .getBytes(StandardCharsets.UTF_8),
                Json.pretty(new CheckpointManifest(1, Map.of("state.safetensors", "00")))
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        Files.write(scratch.resolve(CheckpointManifest.FILE), input);
        CheckpointManifest.damageOf(scratch);
        Files.write(scratch.resolve("progress.json"), input);
        CheckpointStore.progressOf(scratch);
    }
}
