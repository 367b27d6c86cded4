package dev.finetune4j.cli;

import dev.finetune4j.engine.spec.ShellWord;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** A command that costs something was given without the word that agrees to it, and nobody is there to ask. */
final class UnagreedException extends ParameterException {
    private static final long serialVersionUID = 1L;

    private final String option;

    /**
     * Of a command.
     *
     * @param option the word that agrees, such as {@code --yes}
     */
    UnagreedException(CommandLine command, String message, String option) {
        super(command, message);
        this.option = option;
    }

    /** The same command with that word. */
    String agreeing() {
        StringBuilder command =
                new StringBuilder(getCommandLine().getCommandSpec().root().name());
        for (String word : getCommandLine()
                .getCommandSpec()
                .root()
                .commandLine()
                .getParseResult()
                .originalArgs()) {
            command.append(' ').append(ShellWord.of(word));
        }
        return command.append(' ').append(option).toString();
    }
}
