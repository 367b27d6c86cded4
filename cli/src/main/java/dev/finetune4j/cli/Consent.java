package dev.finetune4j.cli;

import dev.finetune4j.cli.view.MessageView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** A person's word before something happens that costs money or changes an account: said with the command, or asked for. */
final class Consent {
    @Option(
            names = {"-y", "--yes"},
            description = "Agree to what is shown; without a terminal it must be said.")
    boolean yes;

    /** Whether agreement was given beforehand, unseen. */
    boolean isYes() {
        return yes;
    }

    /**
     * Whether the person agrees.
     *
     * @param what such as "launch", which is asked about and said
     * @param view what moves beside the question, and must not
     * @throws UnagreedException if nobody is there to ask
     */
    boolean isGiven(String what, MessageView view, Surroundings surroundings, CommandSpec spec) throws IOException {
        if (yes) {
            return true;
        }
        if (!surroundings.isTyped()) {
            throw new UnagreedException(spec.commandLine(), "nobody is there to agree; say --yes to " + what, "--yes");
        }
        view.rest();
        surroundings.screen().say(what + "? [y/N]");
        String line = new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8)).readLine();
        return line != null && List.of("y", "yes").contains(line.strip().toLowerCase(Locale.ROOT));
    }
}
