package dev.finetune4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Asks a person before something happens that costs money or changes an account.
 *
 * @param surroundings whom to ask
 * @param spec of the command that asks
 */
record Agreement(Surroundings surroundings, CommandSpec spec) {
    /**
     * Whether the person agrees.
     *
     * @param question what to ask
     * @param otherwise what to say where nobody types
     */
    boolean isGiven(String question, String otherwise) throws IOException {
        if (!surroundings.isTyped()) {
            throw new ParameterException(spec.commandLine(), "nobody is there to agree; " + otherwise);
        }
        surroundings.screen().say(question + " [y/N]");
        String line = new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8)).readLine();
        return line != null && List.of("y", "yes").contains(line.strip().toLowerCase(Locale.ROOT));
    }
}
