package dev.finetune4j.cli;

/** How words are written for a shell. */
final class Shell {
    private Shell() {}

    /** A word as a shell reads it whole; within quotes where it needs them. */
    static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
