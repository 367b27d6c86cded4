package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.estimate.TrainingSetup.Loss;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a published run computes logits and loss, and whether the layers before them are patched with it, as Liger does. */
final class RunLoss {
    /** Liger's patches of Transformers: its fused loss is on unless it is said to be off, or other kernels of it alone are named. */
    private static final String LIGER = "(?<![a-z_])(?<!(?:entropy|loss) \\()(?:[a-z]{1,12}_){0,2}liger(?![a-z])"
            + "(?!(?:[ _-]kernels?)?(?: (?:for|of|on))?[ _-](?:the )?(?:cross|rope|rms|swiglu|ge?glu|glu|layer|norm))"
            + "(?:[ _-]kernels?)?(?:[ _-](?:fused[ _-]linear[ _-]cross[ _-]entropy|(?:fused[ _-])?loss))?";

    /** Behind {@link #LIGER}: not where its loss alone is named. */
    private static final String NOT_ITS_LOSS_ALONE =
            "(?<!cross[ _-]entropy|loss)(?!(?:'s)?[ _-](?:kernels?[ _-])?(?:fused[ _-](?:linear|cross|ce\\b|loss)|flce|loss))";

    /** Liger's kernels of the layers that spare memory: norms, and activation functions with their gate; rotations keep no less. */
    private static final String LIGER_LAYERS =
            "liger(?:[ _-]kernels?)?(?: (?:for|of|on))?[ _-](?:the )?(?:rope(?: and|,) )?(?:rms|layer|swiglu|ge?glu|glu|norm)(?:[ _-]?norm)?(?:[ _-]activation)?"
                    + "(?:[ _-]function)?";

    /** The same layers of others: those of flash-attention, of xFormers and of Apex. */
    private static final String FUSED_LAYERS = "\\bfused[ _-](?:rms[ _-]?norm|layer[ _-]?norm|swiglu)\\b";

    /** "No full logits" is what a fused loss has. */
    private static final String WHOLE_LOGITS =
            "whole logits|logits not chunked|plain cross[ -]entropy|(?<!no )full logits (?:loss|kept)"
                    + "|(?<!no )(?:whole|full)[- ]vocabulary logits|(?<!no )logits of the (?:whole|full) vocabulary";

    private static final String FUSED_CROSS_ENTROPY =
            "fused[ _-](?:linear[ _-])?(?:cross(?:[ _-]?entropy)?|ce\\b)(?:[ _-]loss)?";

    private static final String FUSED_LINEAR_CROSS_ENTROPY = "fused[ _-]linear[ _-](?:cross|ce\\b)";

    /**
     * The script of the first Qwen's repository. Of few bits it trains by DeepSpeed in fp16, which has no autocast
     * (finetune/finetune_qlora_single_gpu.sh), and that model's own code hands the logits to the loss as they are.
     */
    private static final String QWEN_SCRIPT = "qwen finetune.py";

    private final RunRow row;

    RunLoss(RunRow row) {
        this.row = row;
    }

    /** How it computes them; null where nobody says it. */
    @Nullable
    Loss loss(Framework framework) {
        RunNotes notes = row.notes();
        if (notes.say(WHOLE_LOGITS)) {
            return Loss.STOCK;
        }
        boolean isFused =
                Stream.of(notes, new RunNotes(row.text("framework"))).anyMatch(said -> saysFusedLoss(said, framework));
        if (isFused && !notes.deny(LIGER + '|' + FUSED_CROSS_ENTROPY)) {
            return Loss.FUSED;
        }
        if (notes.say("chunked[ _-]?(ce|cross|loss)|\\bloss chunks\\b")) {
            return row.framework().isBy(Since.Trainer.TRL) ? Loss.FUSED : Loss.CHUNKED; // its chunks leave no logits
        }
        return framework == Framework.TORCHTUNE && notes.say("ablation step") ? Loss.STOCK : byDefault();
    }

    /** What its release does unless told otherwise; null where that is not known. */
    private @Nullable Loss byDefault() {
        if (row.lower("framework").contains(QWEN_SCRIPT) && row.lower("method").contains("qlora")) {
            return Loss.HALF;
        }
        RunDefaults defaults = new RunDefaults(row);
        if (Boolean.TRUE.equals(defaults.has(Since.NO_LOGITS))) {
            return Loss.FUSED;
        }
        if (Boolean.FALSE.equals(defaults.has(Since.CHUNKED_LOSS))) {
            return Loss.STOCK;
        }
        return byUnsloth(
                defaults.has(Since.CUT_CROSS_ENTROPY),
                defaults.has(Since.WIDE_CHUNKS),
                defaults.has(Since.NARROW_CHUNKS));
    }

    /** Logits that become their gradient in place, or are compiled with it, take as much as those of chunks do. */
    private static @Nullable Loss byUnsloth(
            @Nullable Boolean isCut, @Nullable Boolean isInWideChunks, @Nullable Boolean isInNarrowChunks) {
        boolean isWhole = Boolean.FALSE.equals(isCut);
        boolean isWide = Boolean.TRUE.equals(isInWideChunks) && Boolean.FALSE.equals(isInNarrowChunks);
        if (isWhole || isWide) {
            return Loss.CHUNKED;
        }
        boolean isFused = Boolean.TRUE.equals(isCut) && Boolean.FALSE.equals(isInWideChunks);
        return isFused || Boolean.TRUE.equals(isInNarrowChunks) ? Loss.FUSED : null;
    }

    /** Whether logits are never written out. Megatron's fused cross entropy is one kernel over logits that are there (cross_entropy_loss_fusion). */
    private static boolean saysFusedLoss(RunNotes said, Framework framework) {
        String crossEntropy = framework == Framework.MEGATRON ? FUSED_LINEAR_CROSS_ENTROPY : FUSED_CROSS_ENTROPY;
        return said.say(LIGER + '|' + crossEntropy
                        + "|fused (chunked )?(lm[ -]?)?head|cut[ _-]cross|(?<![a-z])cce(?![a-z])" + "|chunked[ _-]nll")
                || said.say("(no|without) (full|whole)([- ]vocabulary)? logits");
    }

    /** Liger as a whole patches layers and loss; its kernels alone, those that are named. */
    boolean hasLeanLayers() {
        RunNotes notes = row.notes();
        boolean isSaid = Stream.of(notes, new RunNotes(row.text("framework")))
                .anyMatch(said ->
                        said.say(FUSED_LAYERS) || said.say(LIGER_LAYERS) || said.say(LIGER + NOT_ITS_LOSS_ALONE));
        return isSaid && !notes.deny(LIGER + NOT_ITS_LOSS_ALONE);
    }
}
