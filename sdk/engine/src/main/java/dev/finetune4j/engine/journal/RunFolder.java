package dev.finetune4j.engine.journal;

import dev.finetune4j.value.RunId;
import java.nio.file.Path;

/**
 * The folder of one run and what lies where in it.
 *
 * @param id the run
 * @param path the folder
 */
public record RunFolder(RunId id, Path path) {
    /** The journal. */
    public Path journal() {
        return path.resolve("journal.jsonl");
    }

    /** The file that the driver of the run has locked. */
    public Path lock() {
        return path.resolve("lock");
    }

    /** The rows of each part, in a copy of the run's own. */
    public Path data() {
        return path.resolve("data");
    }

    /** What the worker is to do, one JSON object. */
    public Path order() {
        return path.resolve("order.json");
    }

    /** What lets base and tuned model answer held-out rows on this machine, one JSON object; where the place only trains. */
    public Path comparison() {
        return path.resolve("comparison.json");
    }

    /** The worker's output, unless the provider keeps it elsewhere on this machine. */
    public Path output() {
        return path.resolve("output");
    }

    /** What the run left at its place, where it did not succeed. */
    public Path left() {
        return path.resolve("left");
    }

    /** What the check found, one JSON object. */
    public Path check() {
        return path.resolve("check.json");
    }

    /** Events of the run, one a line, written when it has ended. */
    public Path events() {
        return path.resolve("events.jsonl");
    }

    /** Whether the journal holds a text: told without reading its entries. Yes where it cannot be looked through. */
    public boolean mentions(String text) {
        return JournalContent.mentions(journal(), text);
    }

    /** What the journal holds. */
    public JournalContent read() {
        return JournalContent.read(journal());
    }
}
