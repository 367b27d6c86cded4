package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Wrap;
import dev.finetune4j.engine.advise.AskedTask;
import dev.finetune4j.engine.advise.Criterion;
import dev.finetune4j.engine.advise.ModelWishes;
import dev.finetune4j.engine.advise.Situation;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.TaskKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Asks a person what is not known of a task; an empty line leaves a question open, the end of input all that are left. */
final class Interview {
    private final Screen screen;
    private final BufferedReader lines;

    Interview(Screen screen, InputStream in) {
        this.screen = screen;
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** What is known afterwards. */
    AskedTask ask(AskedTask known) throws IOException {
        screen.say("a few questions; Enter where you don't know");
        Situation situation = known.situation();
        for (Criterion criterion : Criterion.values()) {
            if (!situation.isKnown(criterion)) {
                situation = ask(criterion, situation);
            }
        }
        return new AskedTask(situation, known.wishes().task() == null ? askTask(known.wishes()) : known.wishes());
    }

    private ModelWishes askTask(ModelWishes known) throws IOException {
        while (true) {
            String line = answer("What is the task? (" + String.join(", ", TaskNames.all()) + ")");
            if (line.isEmpty()) {
                return known;
            }
            TaskKind task = TaskNames.find(line).orElse(null);
            if (task != null) {
                return known.and(new ModelWishes(task, null, null, null, null));
            }
            screen.say("no task is called \"" + line + '"');
        }
    }

    /** What a person says to a question; empty where nothing. */
    private String answer(String question) throws IOException {
        screen.say(Wrap.hanging(question, screen.columns(), 0));
        String line = lines.readLine();
        return line == null ? "" : line.strip();
    }

    private Situation ask(Criterion criterion, Situation situation) throws IOException {
        String words = criterion.words().isEmpty() ? "" : " (" + String.join(", ", criterion.words()) + ")";
        while (true) {
            String line = answer(criterion.question() + words);
            if (line.isEmpty()) {
                return situation;
            }
            try {
                return situation.with(criterion, criterion.parse(line));
            } catch (FineTuneException e) {
                e.problems().forEach(problem -> screen.say(problem.summary()));
            }
        }
    }
}
