package dev.finetune4j.cli;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.run.RunOutcome;
import java.nio.file.Path;

/** The Java that README shows, as a program of its own; ExamplesTest runs it and ReadmeTest compares the text. */
final class JavaSnippet {
    private JavaSnippet() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (FineTuner tuner = FineTuner.open()) {
            RunOutcome outcome = tuner.run(tuner.read(Path.of("job.yaml")));
            if (outcome instanceof RunOutcome.Succeeded done) {
                done.reports().forEach(System.out::println);
            }
        }
    }
}
