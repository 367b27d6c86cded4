package dev.finetune4j.engine.spec;

import java.nio.file.Path;

/** Words of a command that can be pasted into a shell. */
public final class ShellWord {
    private ShellWord() {}

    /** The word as a shell reads it whole; within quotes where it needs them. */
    public static String of(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /**
     * A file or folder as a command finds it that is pasted where finetune was called: relative to the working directory where it
     * lies below, else absolute. What the job calls a file is relative to the job's folder.
     */
    public static String of(Path file) {
        Path whole = file.toAbsolutePath().normalize();
        Path here = Path.of("").toAbsolutePath().normalize();
        if (whole.equals(here)) {
            return ".";
        }
        return of((whole.startsWith(here) ? here.relativize(whole) : whole).toString());
    }
}
