package dev.finetune4j.cli;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.Location;
import picocli.CommandLine.Parameters;

/** The run that a command is about. */
final class RunArgument {
    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id, or the start of it; see finetune ps.")
    String run = "";

    /**
     * Passes a run whose journal tells of one.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0007 if it is empty
     */
    static void refuseUnbegun(RunFolder folder) {
        if (RunView.of(folder.read()).isEmpty()) {
            throw CliProblems.NOT_BEGUN
                    .error("run " + folder.id() + " has not begun: its journal is empty")
                    .at(Location.of(folder.journal().toString()))
                    .remedy("finetune clean " + folder.id())
                    .asException();
        }
    }
}
