package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GGUF file is planned with as what it says of itself. */
class GgufPlanTest {
    @TempDir
    Path folder;

    private Path job;

    @BeforeEach
    void writeJob() throws IOException {
        job = TicketsJob.write(folder, 4716);
    }

    @Test
    void isPlannedWithAsTheFolderThatItWasMadeOf() throws IOException {
        Path file = TinyGguf.write(folder);
        JsonNode plain = workload();
        name(file);

        JsonNode packed = workload();

        assertThat(packed.at("/parameters").asLong())
                .isPositive()
                .isEqualTo(plain.at("/parameters").asLong());
        assertThat(packed.at("/trainableParameters").asLong())
                .isEqualTo(plain.at("/trainableParameters").asLong());
        assertThat(packed.at("/downloadBytes").asLong()).isEqualTo(Files.size(file));
    }

    /** What a machine with GPUs is sent is larger: the numbers that its blocks stand for. */
    @Test
    void itsBytesAreToldAsThoseOfTheFileAndNotOfWeightsToSend() throws IOException {
        Path file = TinyGguf.write(folder);
        name(file);

        CommandRun plan = plan("--target", "sagemaker");

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(oneLine(plan.out()))
                .contains(" trained; " + Figures.bytes(Files.size(file)) + " in its file, ")
                .doesNotContain("of weights and");
    }

    @Test
    void whatKeepsItFromBeingReadIsToldAndNotThatItBeFetched() throws IOException {
        Path file = Files.writeString(folder.resolve("model.gguf"), "no model");
        name(file);

        CommandRun refused = plan("--target", "sagemaker");

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(oneLine(refused.err()))
                .contains("FT0401: model.gguf is no GGUF file")
                .doesNotContain("finetune check", "FT0481");
    }

    private void name(Path model) throws IOException {
        Files.writeString(job, Files.readString(job).replace("model: " + TicketsJob.MODEL, "model: " + model));
    }

    private JsonNode workload() throws IOException {
        CommandRun plan = plan("--target", "sagemaker", "-o", "json");
        assertThat(plan.exitCode()).as(plan.err()).isZero();
        return Json.records().readTree(plan.out()).path("workload");
    }

    private CommandRun plan(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "plan";
        all[1] = job.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return CommandRun.at(Clock.systemUTC(), folder.resolve("home"), Map.of(), all);
    }
}
