package dev.finetune4j.aws.bedrock;

import dev.finetune4j.run.RunEvent;
import java.util.Locale;

/** A job's history as lines of a log. */
final class HistoryLines {
    private HistoryLines() {}

    /** One event of {@link JobHistory}: its time, and what was told. */
    static String line(RunEvent event) {
        return event.at() + " " + words(event);
    }

    private static String words(RunEvent event) {
        if (event instanceof RunEvent.StateChanged changed) {
            String state = changed.state().name().toLowerCase(Locale.ROOT);
            return changed.message().isEmpty() ? state : state + ": " + changed.message();
        } else if (event instanceof RunEvent.StepCompleted step) {
            return "step " + step.step() + "/" + step.steps() + " training loss " + step.loss();
        } else if (event instanceof RunEvent.ValidationCompleted validation) {
            return "step " + validation.step() + " validation loss " + validation.loss();
        } else if (event instanceof RunEvent.Noticed noticed) {
            return noticed.problem().code() + ": " + noticed.problem().summary();
        }
        return event.toString();
    }
}
