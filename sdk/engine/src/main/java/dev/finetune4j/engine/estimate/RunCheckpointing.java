package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Checkpointing;
import org.jspecify.annotations.Nullable;

/** Which activations a published run computes again. */
final class RunCheckpointing {
    /** Layers that are computed again, all of them or all of their inside: "full, block 1". */
    private static final String EVERY_LAYER = "^(?:full\\b|(?:all|every|each|per)[ -](?:layer|block)s?\\b)";

    private static final String CHECKPOINTING =
            "(?:(?:activation|gradient|grad)[ _-](?:checkpointing|recomputation)|(?<![\\w-])recomput(?:e|ation)(?![\\w-]))";

    private static final String CHECKPOINTING_IS = CHECKPOINTING + "[ =:]{1,3}(?:is |was )?";

    /** Also where nothing but its being on or off tells which checkpoints are meant: not those of the run that are saved. */
    private static final String ANY_CHECKPOINTING = CHECKPOINTING
            + "|(?<=\\b(?:no|with|without|w/o|full) )checkpointing(?! (?:every|each|to|at|of the|interval|time)\\b)"
            + "|(?<![\\w-])checkpointing(?= ?[=:]? ?(?:is |was )?(?:on|off|enabled|disabled|none|true|false)\\b)";

    private static final String ON = "(?:on|enabled|active|full|yes|true)\\b";

    /** As people write that it is on; alone between commas, too, where nothing of the list is left unsaid. */
    private static final String CHECKPOINTING_ON = CHECKPOINTING_IS + ON
            + "|(?<![\\w-])checkpointing ?[=:]? ?(?:is |was )?" + ON
            + "|(?<=\\b(?:with|using|full) |\\buse_|--|\\+ )(?:" + ANY_CHECKPOINTING + ')'
            + '|' + CHECKPOINTING + " (?:is |was )?used\\b"
            + "|(?<=^|[;,(\"+] ?)" + CHECKPOINTING + "(?=[ ]?(?:[;,.)\"+]|$))(?![^.;]*\\b(?:not|un(?:known|clear))\\b)";

    private static final String SELECTIVE = CHECKPOINTING_IS + "selective"
            + "|(?<![\\w-])selective (?:(?:per-)?op )?(?:activation |gradient )?(?:checkpointing|recompute|recomputation)\\b";

    /** Checkpoints of activations in the host's memory; not those of the run on a disk. */
    private static final String OFFLOADED_CHECKPOINTS = "act(?:ivation)?s?[ _-](?:cpu[ _-])?off-?load(?:ing|ed)?"
            + "|off-?load(?:ing|ed)?[ _-](?:of[ _-])?(?:the[ _-])?act(?:ivation)?s?(?![a-z])"
            + "|(?:activation|gradient)[ _-]checkpoint(?:s|ing)?[ _-](?:are |were )?(?:cpu[ _-])?off-?load(?:ing|ed)?"
            + "|checkpoint(?:ing)?[ _-]off-?load(?:ing)?+(?! to\\b)"
            + "|checkpoint(?:s|ing)? (?:are |were )?off-?load(?:ing|ed)? (?:in)?to (?:the )?(?:cpu|host|ram)";

    /** Without it PEFT turns checkpointing on where it prepares a model for few bits, and a Trainer that is told nothing or "false" leaves it so. */
    private static final String UNPREPARED = "use_gradient_checkpointing[ =:\"']{1,4}false";

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
        boolean isPrepared = Boolean.TRUE.equals(row.notes().preparesForFewBits());
        if (isInNotes && isPrepared && !row.notes().say(UNPREPARED)) {
            return Checkpointing.FULL;
        }
        if (isInNotes && row.notes().tellBoth(ANY_CHECKPOINTING)) {
            return null;
        }
        Checkpointing inNotes = isInNotes ? checkpointingInNotes() : null;
        if (inNotes != null) {
            return inNotes;
        }
        return byDefault();
    }

    private @Nullable Checkpointing byDefault() {
        RunDefaults defaults = new RunDefaults(row);
        if (row.framework().isBy(Since.Trainer.UNSLOTH)) { // LLaMA-Factory, too, where it is told to train by it
            return Boolean.FALSE.equals(defaults.has(Since.UNSLOTH_OFFLOADS)) ? Checkpointing.FULL : null;
        }
        return Boolean.TRUE.equals(defaults.has(Since.CHECKPOINTING))
                ? Checkpointing.FULL
                : row.framework().checkpointing();
    }

    private @Nullable Checkpointing checkpointingInNotes() {
        RunNotes notes = row.notes();
        if (notes.say(SELECTIVE)) {
            return Checkpointing.SELECTIVE;
        }
        if (notes.deny(ANY_CHECKPOINTING)) {
            return Checkpointing.NONE;
        }
        return notes.say(CHECKPOINTING_ON) ? Checkpointing.FULL : null;
    }
}
