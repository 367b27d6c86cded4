package dev.finetune4j.cli;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Says at once which command runs, so that nobody sits before a silent terminal while the rest of finetune is loaded. Loads
 * nothing heavy itself: the one line of JSON is written by hand.
 */
final class FirstSign {
    private static final Set<String> ASKS_FOR_HELP = Set.of("-h", "--help", "-V", "--version");

    private FirstSign() {}

    /** The sign; empty where the answer is help, or a command line that names no command. */
    static Optional<String> of(OutputFormat format, Instant now, String... arguments) {
        // no other word gets into the JSON
        if (arguments.length == 0 || !CommandList.ALL.containsKey(arguments[0])) {
            return Optional.empty();
        }
        for (String argument : arguments) {
            if (ASKS_FOR_HELP.contains(argument)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                format == OutputFormat.JSON
                        ? "{\"kind\":\"command\",\"at\":\"" + now + "\",\"command\":\"" + arguments[0] + "\"}"
                        : "finetune " + arguments[0] + firstArgument(arguments));
    }

    private static String firstArgument(String... arguments) {
        return arguments.length > 1 && !arguments[1].startsWith("-") ? " " + arguments[1] : "";
    }
}
