package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a run's model once another base model lies where its own lay. */
class ChangedBaseTest {
    @TempDir
    Path folder;

    @Test
    void aModelOfTheSameShapeIsNotTakenForTheBaseModelOfARun() throws IOException {
        Path job = TicketsJob.writeUncompared(folder, 4719);
        CommandRun trained = command("run", job.toString());
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        exchangeModel();

        for (List<String> asked : List.of(
                List.of("generate", "tickets", "--prompt", "please refund my card"),
                List.of("export", "tickets", "--to", folder.resolve("exported").toString()))) {
            CommandRun refused = command(asked.toArray(String[]::new));

            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
            assertThat(CommandRun.oneLine(refused.err()))
                    .contains("FT0541", "finetune run " + job, "# trains with the base model as it is now");
        }
        assertThat(folder.resolve("exported")).doesNotExist();
    }

    /** Puts a copy with another byte where the model was. */
    private void exchangeModel() throws IOException {
        Path model = folder.resolve("model");
        Files.delete(model); // a link
        Files.createDirectory(model);
        try (Stream<Path> files = Files.list(TicketsJob.MODEL)) {
            for (Path file : files.toList()) {
                byte[] content = Files.readAllBytes(file);
                if (file.endsWith("model.safetensors")) {
                    content[content.length - 1] ^= 1;
                }
                Files.write(model.resolve(file.getFileName().toString()), content);
            }
        }
    }

    private CommandRun command(String... arguments) {
        return CommandRun.below(folder, arguments);
    }
}
