package dev.finetune4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A job on twelve hundred tickets, to be planned from the command line on one day. */
abstract class PlannedTickets {
    static final String CLOUDS = "sagemaker,jumpstart,azure-ml,bedrock,azure-openai";
    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
    static final int STANDING = 3; // columns of CSV
    static final int TARGET = 4;
    static final int LIKELY_COST = 17;
    static final int PRICE = 20;

    @TempDir
    Path folder;

    Path job;

    @BeforeEach
    void writeRows() throws IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 1200; i++) {
            rows.append(Json.line(Map.of(
                            "text",
                            "ticket " + i + ": "
                                    + "the printer on floor seven is out of paper again. ".repeat(1 + i % 17),
                            "answer",
                            "Facilities refill it before noon. ".repeat(1 + i % 3))))
                    .append('\n');
        }
        Files.writeString(folder.resolve("tickets.jsonl"), rows);
        job = write("method: lora");
    }

    /** Writes the job with more lines at its end. */
    final Path write(String more) throws IOException {
        return Files.writeString(folder.resolve("job.yaml"), """
                name: tickets
                model: llama-3.1-8b-instruct
                task: {kind: question-answering, prompt: "{{text}}", answer: "{{answer}}"}
                data: {file: tickets.jsonl, split: {test: 0.1}}
                """ + more + "\n");
    }

    /** What {@code finetune plan} says of the job with these arguments. */
    final CommandRun plan(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "plan";
        all[1] = job.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return CommandRun.at(CLOCK, folder.resolve("home"), Map.of(), all);
    }

    /** The same as JSON. */
    final JsonNode json(String... arguments) throws IOException {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "-o";
        all[arguments.length + 1] = "json";
        return Json.records().readTree(plan(all).out());
    }

    /** The columns of the same as CSV, an option a line. */
    final List<String[]> csv(String... arguments) {
        return plan(with(arguments, "-o", "csv"))
                .out()
                .lines()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
    }

    static String[] with(String[] arguments, String... more) {
        return Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new);
    }

    static BigDecimal amount(JsonNode money) {
        return new BigDecimal(money.asText().replace(" USD", ""));
    }

    static long seconds(JsonNode duration) {
        return Durations.parse(duration.asText()).toSeconds();
    }
}
