package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.data.source.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The training run of the class data archive that the launcher keeps: goes the ways that most commands go, so that their classes
 * are in it. It prints nothing, needs no network and leaves nothing behind.
 */
final class StartupTraining {
    private static final List<List<String>> WAYS = List.of(
            List.of("--help"),
            List.of("run", "--help"),
            List.of("ps"),
            List.of("ps", "-o", "json"),
            List.of("show", "nothing"),
            List.of("show", "nothing", "-o", "json"),
            List.of("models"),
            List.of("explain", "FT0101"),
            List.of("check", "--resolved", "job.yaml"),
            List.of("check", "job.yaml"),
            List.of("check", "job.yaml", "-o", "json"),
            List.of("plan", "planned.yaml"),
            List.of("plan", "planned.yaml", "-o", "json"),
            List.of("offers"),
            List.of("prices"),
            List.of("advise", "--rows", "20", "--form", "fixed"));

    private static final String JOB = """
            name: training-run
            model: %s
            task: {kind: classification, prompt: "{{text}}", answer: "{{label}}"}
            data: {file: rows.jsonl}
            """;

    private StartupTraining() {}

    /** Goes every way once. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("finetune-startup");
        try {
            walk(folder);
        } finally {
            FileTree.remove(folder);
        }
    }

    private static void walk(Path folder) throws IOException {
        Files.writeString(folder.resolve("job.yaml"), JOB.formatted("./none"));
        Files.writeString(
                folder.resolve("planned.yaml"), JOB.formatted("smollm2-135m-instruct")); // not fetched to plan
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            String label = i % 2 == 0 ? "even" : "odd";
            rows.append("{\"text\":\"row ")
                    .append(i)
                    .append("\",\"label\":\"")
                    .append(label)
                    .append("\"}\n");
        }
        Files.writeString(folder.resolve("rows.jsonl"), rows);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Screen screen = new Screen(nowhere, nowhere, false, false, false, Screen.DEFAULT_COLUMNS);
        Surroundings surroundings = new Surroundings(
                screen, Map.of(), folder.resolve("home"), Surroundings.system().clock());
        for (List<String> way : WAYS) {
            Main.start(
                    surroundings,
                    way.stream()
                            .map(word -> word.endsWith(".yaml")
                                    ? folder.resolve(word).toString()
                                    : word)
                            .toArray(String[]::new));
        }
    }
}
