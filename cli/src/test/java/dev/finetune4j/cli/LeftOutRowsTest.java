package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broken rows that a job allows to be left out are findings as any other, and are counted. */
class LeftOutRowsTest {
    private static final Pattern WARNING = Pattern.compile("^warning (FT\\d{4})", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @Test
    void areToldAndCountedAmongTheFindings() throws IOException {
        Path job = TicketsJob.write(folder, 23);
        Files.writeString(job, Files.readString(job) + "check: {max-invalid: 0.05}\n");
        Files.writeString(
                folder.resolve("tickets.jsonl"), "{\"text\": \"please refund\"}\n", StandardOpenOption.APPEND);

        CommandRun check = command("check", job.toString());
        JsonNode json = Json.records()
                .readTree(command("check", job.toString(), "-o", "json").out());

        assertThat(check.exitCode()).as(check.err()).isZero();
        assertThat(CommandRun.oneLine(check.out())).contains("; 1 broken row left out");
        assertThat(WARNING.matcher(check.err()).results().map(found -> found.group(1)))
                .contains("FT0226");
        assertThat(check.out()).containsPattern("the job can run: .*" + warnings(check.err()));
        assertThat(json.at("/profile/leftOutRows").asLong()).isEqualTo(1);
        assertThat(json.at("/problems").findValuesAsText("code")).contains("FT0226");
    }

    private static String warnings(String err) {
        long all = WARNING.matcher(err).results().count();
        return all + (all == 1 ? " warning" : " warnings") + "\\b";
    }

    private CommandRun command(String... words) {
        return CommandRun.below(folder, words);
    }
}
