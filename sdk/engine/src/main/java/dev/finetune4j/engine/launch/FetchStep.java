package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.Provider;
import java.nio.file.Path;

/** Brings the output of an ended job to this machine. */
final class FetchStep {
    private final Journal journal;
    private final Provider provider;

    FetchStep(Journal journal, Provider provider) {
        this.journal = journal;
        this.provider = provider;
    }

    /**
     * Returns the folder with the output.
     *
     * @throws FineTuneException if the provider cannot give it, or with FT0501 if the journal cannot be written
     */
    Path fetch(RunFolder folder) {
        Path output = provider.fetch(folder.id(), folder.output());
        journal.append(new JournalEntry.Fetched(output));
        return output;
    }
}
