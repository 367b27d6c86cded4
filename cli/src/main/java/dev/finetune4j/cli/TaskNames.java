package dev.finetune4j.cli;

import dev.finetune4j.error.Spelling;
import dev.finetune4j.job.TaskKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The kinds of task as the command line names them. */
final class TaskNames {
    private TaskNames() {}

    /** The kind of a name; {@code parameter} is told to a person who misspelt it. */
    static TaskKind parse(String name, String parameter, CommandSpec spec) {
        return find(name)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        parameter + " must be one of " + String.join(", ", all()) + ", was " + name
                                + Spelling.nearest(name, all())
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse("")));
    }

    /** The kind of a name, if there is one. */
    static Optional<TaskKind> find(String name) {
        return Arrays.stream(TaskKind.values())
                .filter(kind -> of(kind).equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** All names. */
    static List<String> all() {
        return Arrays.stream(TaskKind.values()).map(TaskNames::of).toList();
    }

    private static String of(TaskKind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
