package dev.finetune4j.cli;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Prints what must be the same whatever the language of the machine; run in a process of its own by {@link LocaleTest}. */
final class LocaleProbe {
    private static final Path HOME = Path.of(System.getenv("FINETUNE_HOME"));

    private LocaleProbe() {}

    /** Takes a job file whose data and model can be had, and a file that is not there. */
    public static void main(String[] arguments) {
        String job = arguments[0];
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (List<String> words : List.of(
                List.of("--help"),
                List.of("init", "CLASSIFICATION"),
                List.of("check", "--resolved", job),
                List.of("check", "--resolved", job, "-o", "JSON"),
                List.of("check", job),
                List.of("models"),
                List.of("explain"),
                List.of("explain", "ft0310"),
                List.of("lıst"),
                List.of("check", arguments[1]))) {
            CommandRun run = run(words.toArray(String[]::new));
            out.println(run.exitCode() + "\n" + run.out() + run.err());
        }
        try (FineTuner tuner = FineTuner.builder().home(HOME).build()) {
            PreparedJob prepared = tuner.check(tuner.read(Path.of(job)));
            out.println(
                    Json.digest(prepared.file().job()) + " " + prepared.data().digest());
            out.println(Json.line(prepared.check()));
        }
    }

    private static CommandRun run(String... words) {
        return CommandRun.in(HOME, Map.of("PATH", System.getenv("PATH")), words);
    }
}
