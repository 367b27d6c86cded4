package dev.finetune4j.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Location;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a finished adapter was tuned, from its {@code adapter_config.json}; whoever only answers with it need not be told. */
final class AdapterMethod {
    private static final long MAX_BYTES = 1 << 20;

    private AdapterMethod() {}

    /**
     * Reads rank, alpha, dropout and target modules.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0651 if there is no such file or it is no LoRA configuration
     */
    static LoraTuning of(Path adapter) {
        Path file = adapter.resolve("adapter_config.json");
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "it is larger than " + MAX_BYTES + " bytes", null);
            }
            JsonNode config = Json.records().readTree(file.toFile());
            List<String> modules = new ArrayList<>();
            config.path("target_modules").forEach(name -> modules.add(name.asText()));
            return new LoraTuning(
                    config.path("r").asInt(),
                    config.path("lora_alpha").asDouble(),
                    config.path("lora_dropout").asDouble(),
                    modules);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static RuntimeException unreadable(Path file, String why, @Nullable Exception cause) {
        var problem = WorkerProblems.CHANNEL_MISSING
                .error("the adapter's configuration cannot be used")
                .at(Location.of(file.toString()))
                .because(why)
                .build();
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
