package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others choose for a job's settings, on 104 training rows and a model of unknown size. */
class HintsTest {
    @TempDir
    Path folder;

    @Test
    void tellsWhatOthersChooseAndWhereTheySaySo() throws IOException {
        Path job = TicketsJob.write(folder, 17);
        String open = Files.readString(job).replace("epochs: 4, ", "").replace("learning-rate: 1e-2, ", "");
        Files.writeString(job, open);

        CommandRun check = command("check", job.toString());
        CommandRun explain = command("explain", job.toString());
        CommandRun json = command("explain", job.toString(), "-o", "json");

        assertThat(check.out()).contains("1 setting has its default, where another value is advised:");
        assertThat(explain.exitCode()).as(explain.err()).isZero();
        assertThat(explain.out())
                .contains("training.learning-rate  0.0002 here, which nobody chose; others do the same")
                .contains("source: Dettmers et al. 2023, QLoRA, appendix B", "https://arxiv.org/abs/2305.14314")
                .contains("training.epochs  3 here, which nobody chose; others 10", "AWS, Amazon Nova user guide")
                .contains("training.batch-size  8 here; the same is advised here", "source: judgement");
        JsonNode hints = Json.records().readTree(json.out()).at("/hints");
        assertThat(hints)
                .hasSize(4)
                .allSatisfy(hint -> assertThat(hint.at("/source").asText()).isNotBlank());
    }

    private CommandRun command(String... words) {
        return CommandRun.below(folder, words);
    }
}
