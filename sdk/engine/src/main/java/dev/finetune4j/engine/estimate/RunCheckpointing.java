package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import org.jspecify.annotations.Nullable;

/** Which activations a published run computes again. */
final class RunCheckpointing {
    /** Layers that are computed again, all of them or all of their inside: "full, block 1". */
    private static final String EVERY_LAYER = "^(?:full\\b|(?:all|every|each|per)[ -](?:layer|block)s?\\b)";

    private static final String CHECKPOINTING =
            "(?:(?:activation|gradient)[ _-](?:checkpointing|recomputation)|(?<![\\w-])recomput(?:e|ation)(?![\\w-]))";

    private static final String CHECKPOINTING_IS = CHECKPOINTING + "[ =:]{1,3}(?:is |was )?";

    /** Also where nothing but its being on and off tells which checkpoints are meant. */
    private static final String ANY_CHECKPOINTING = CHECKPOINTING + "|(?<![\\w-])checkpointing";

    /** Checkpoints of activations in the host's memory; not those of the run on a disk. */
    private static final String OFFLOADED_CHECKPOINTS = "act(?:ivation)?s?[ _-](?:cpu[ _-])?off-?load(?:ing|ed)?"
            + "|off-?load(?:ing|ed)?[ _-](?:of[ _-])?(?:the[ _-])?act(?:ivation)?s?(?![a-z])"
            + "|(?:activation|gradient)[ _-]checkpoint(?:s|ing)?[ _-](?:are |were )?(?:cpu[ _-])?off-?load(?:ing|ed)?"
            + "|checkpoint(?:ing)?[ _-]off-?load(?:ing)?+(?! to\\b)"
            + "|checkpoint(?:s|ing)? (?:are |were )?off-?load(?:ing|ed)? (?:in)?to (?:the )?(?:cpu|host|ram)";

    private final RunRow row;

    RunCheckpointing(RunRow row) {
        this.row = row;
    }

    /** As its column says it or, where that is empty, the notes, or else as the framework does by default; null where nobody says it, or both. */
    @Nullable
    Checkpointing checkpointing() {
        RunNotes said = new RunNotes(row.text("activation_checkpointing"));
        if (said.say("unsloth|off-?load") || row.notes().say(OFFLOADED_CHECKPOINTS)) {
            return Checkpointing.FULL_OFFLOADED;
        }
        if (said.say("selective")) { // "yes (selective)", too
            return Checkpointing.SELECTIVE;
        }
        if (said.say(EVERY_LAYER) || row.saysYes("activation_checkpointing")) {
            return Checkpointing.FULL;
        }
        if (row.saysNo("activation_checkpointing")) {
            return Checkpointing.NONE;
        }
        boolean isInNotes = row.text("activation_checkpointing").isEmpty();
        if (isInNotes && row.notes().tellBoth(ANY_CHECKPOINTING)) {
            return null;
        }
        Checkpointing inNotes = isInNotes ? checkpointingInNotes() : null;
        return inNotes != null ? inNotes : row.framework().checkpointing();
    }

    private @Nullable Checkpointing checkpointingInNotes() {
        RunNotes notes = row.notes();
        if (notes.say(CHECKPOINTING_IS + "selective|selective activation checkpointing")) {
            return Checkpointing.SELECTIVE;
        }
        boolean isOff =
                notes.deny(CHECKPOINTING) || notes.say(CHECKPOINTING_IS + "(?:off|disabled|inactive|none|false)\\b");
        if (isOff) {
            return Checkpointing.NONE;
        }
        boolean isOn = notes.say(CHECKPOINTING_IS + "(?:on|enabled|active|full|yes|true)\\b");
        return isOn ? Checkpointing.FULL : null;
    }
}
