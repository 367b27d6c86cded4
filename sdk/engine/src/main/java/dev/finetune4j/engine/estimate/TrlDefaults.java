package dev.finetune4j.engine.estimate;

/** What TRL's SFTTrainer does where nobody says otherwise, by its version: read in the files of its releases, from 0.19.0 to 1.16.0. */
final class TrlDefaults {
    /** Ends with major and minor version: "TRL 1.12", "trl==0.22", "TRL SFTTrainer 1.13". */
    private static final String VERSION =
            "(?<![a-z])trl(?:[ ]?sft[ -]?trainer)?(?:[ ]?==?|[ ]v?)[ ]?\\d\\.\\d{1,2}(?!\\d)";

    /** {@code SFTConfig.gradient_checkpointing} is false in 0.21.0, true in 0.22.0. */
    private static final int CHECKPOINTS = 22;
    /** {@code SFTConfig.loss_type} is "nll" in 1.6.0, "chunked_nll" in 1.7.0: the head is multiplied with some tokens that count at a time. */
    private static final int NO_LOGITS = 107;

    /** A hundred times the major version and the minor; 0 where it is not said, or another trainer is built on TRL. */
    private final int version;

    TrlDefaults(RunRow row) {
        RunNotes said = new RunNotes(row.text("framework") + "; " + row.text("notes"));
        this.version = row.framework().isTrl()
                ? said.first(VERSION).map(TrlDefaults::number).orElse(0)
                : 0;
    }

    private static int number(String version) {
        int point = version.lastIndexOf('.');
        return 100 * Character.digit(version.charAt(point - 1), 10) + Integer.parseInt(version.substring(point + 1));
    }

    /** Whether activations are computed again. */
    boolean checkpoints() {
        return version >= CHECKPOINTS;
    }

    /** Whether the loss leaves no logits as a whole. */
    boolean writesNoLogits() {
        return version >= NO_LOGITS;
    }
}
