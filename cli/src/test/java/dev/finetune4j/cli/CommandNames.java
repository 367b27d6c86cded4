package dev.finetune4j.cli;

import java.util.Set;
import java.util.TreeSet;

/** The names of all commands but {@code help}, which is picocli's own. */
final class CommandNames {
    private CommandNames() {}

    static Set<String> all() {
        Set<String> names = new TreeSet<>(
                Main.commandLine(Surroundings.system()).getSubcommands().keySet());
        names.remove("help");
        return names;
    }
}
