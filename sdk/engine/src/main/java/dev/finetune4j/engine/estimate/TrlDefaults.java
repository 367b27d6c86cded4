package dev.finetune4j.engine.estimate;

import java.util.OptionalDouble;

/** What TRL's SFTTrainer does where nobody says otherwise, by its version: read in the files of its releases, from 0.18.0 to 1.16.0. */
final class TrlDefaults {
    /** Major and minor version, "TRL 1.12.0", "trl==0.22", "TRL SFTTrainer 1.13". */
    private static final String OF_TRL = "(?<![a-z])trl(?:[ ]?sft[ -]?trainer)?(?:[ ]?==?|[ ]v?)[ ]?";

    private static final String MINOR_OF_0 = OF_TRL + "0\\.(\\d{1,2})(?!\\d)";
    private static final String MINOR_OF_1 = OF_TRL + "1\\.(\\d{1,2})(?!\\d)";
    private static final String FIRST_OF_1 = OF_TRL + "1(?:\\.0)?(?!\\d)(?![\\d.]*[1-9])";

    /** {@code SFTConfig.gradient_checkpointing} is false in 0.21.0, true in 0.22.0. */
    private static final int CHECKPOINTS = 22;
    /** {@code SFTConfig.loss_type} is "nll" in 1.6.0, "chunked_nll" in 1.7.0: the head is multiplied with some tokens that count at a time. */
    private static final int NO_LOGITS = 7;

    private final RunNotes said;

    TrlDefaults(RunRow row) {
        this.said = new RunNotes(row.text("framework") + "; " + row.text("notes"));
    }

    /** Whether activations are computed again. */
    boolean checkpoints() {
        return said.number(MINOR_OF_0).orElse(0) >= CHECKPOINTS
                || said.number(MINOR_OF_1).isPresent()
                || said.say(FIRST_OF_1);
    }

    /** Whether the loss leaves no logits as a whole. */
    boolean writesNoLogits() {
        OptionalDouble minor = said.number(MINOR_OF_1);
        return minor.orElse(0) >= NO_LOGITS;
    }
}
