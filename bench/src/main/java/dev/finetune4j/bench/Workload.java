package dev.finetune4j.bench;

import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.method.PromptTuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What both contenders do in a step: whole batches of random tokens that all count.
 *
 * @param subject what is measured
 * @param rank rank of the adapters, where there are any
 * @param batch B sequences a step; of scoring, answers
 * @param length T tokens of each; of scoring, of the prompt
 * @param precision of weights and activations
 * @param recompute what the backward pass computes again
 */
record Workload(Subject subject, int rank, int batch, int length, Precision precision, Recompute recompute) {
    static final int USUAL_RANK = 16;
    private static final double LEARNING_RATE = 1e-3;
    /** Of all weights: at the rate of adapters, differences of rounding grow twentyfold in a few steps. */
    private static final double LEARNING_RATE_OF_WEIGHTS = 2e-5;

    static final int VIRTUAL_TOKENS = PromptTuning.DEFAULT_VIRTUAL_TOKENS;
    static final int ANSWER_TOKENS = 4;

    private static final Pattern FORM = Pattern.compile(
            "(?:(?<subject>[a-z-]+?)(?<rank>\\d+)?:)?(?<batch>\\d+)x(?<length>\\d+)-(?<precision>fp32|bf16)(?:-(?<recompute>layer))?");

    /**
     * The tables of docs/performance.md: LoRA in three shapes and both precisions, the largest with whole-layer recompute beside a peer
     * that keeps everything; and what else there is, in 32 bits.
     */
    static List<Workload> table() {
        List<String> table = new ArrayList<>();
        for (String precision : List.of("fp32", "bf16")) {
            table.addAll(List.of(
                    "4x512-" + precision,
                    "1x1024-" + precision,
                    "8x128-" + precision,
                    "4x512-" + precision + "-layer"));
        }
        table.addAll(
                List.of("full:4x512-fp32", "prompt-tuning:4x512-fp32", "encoder:8x128-fp32", "scoring:14x96-fp32"));
        return table.stream().map(Workload::parse).toList();
    }

    /** Reads {@code 4x512-bf16}, {@code 4x512-bf16-layer}, {@code lora64:4x512-bf16} or {@code full:4x512-fp32}. */
    static Workload parse(String text) {
        Matcher parts = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a workload is [SUBJECT:]BATCHxLENGTH-PRECISION[-layer], such as full:4x512-bf16-layer, was "
                            + text);
        }
        return new Workload(
                Optional.ofNullable(parts.group("subject")).map(Subject::parse).orElse(Subject.LORA),
                Optional.ofNullable(parts.group("rank")).map(Integer::parseInt).orElse(USUAL_RANK),
                Integer.parseInt(parts.group("batch")),
                Integer.parseInt(parts.group("length")),
                Precision.valueOf(parts.group("precision").toUpperCase(Locale.ROOT)),
                parts.group("recompute") == null ? Recompute.NONE : Recompute.LAYER);
    }

    double learningRate() {
        return subject == Subject.FULL ? LEARNING_RATE_OF_WEIGHTS : LEARNING_RATE;
    }

    String name() {
        String name = rank == USUAL_RANK ? subject.label() : subject.label() + rank;
        return recompute == Recompute.NONE ? name : name + ", recompute " + lower(recompute);
    }

    String shape() {
        return batch + "x" + length;
    }

    String precisionName() {
        return lower(precision);
    }

    /** As PEFT's users choose it. */
    double alpha() {
        return 2.0 * rank;
    }

    /** Tokens that a step takes from the file. */
    int tokensOfStep() {
        return batch * length;
    }

    /** Tokens by which speed is counted: those of the rows, whatever is computed for them. */
    int rowTokensOfStep() {
        return subject == Subject.SCORING ? length : tokensOfStep();
    }

    /** Tokens that are computed at least once. */
    int computedTokensOfStep() {
        return switch (subject) {
            case SCORING -> length + batch * ANSWER_TOKENS;
            case PROMPT_TUNING -> batch * (length + VIRTUAL_TOKENS);
            case LORA, FULL, ENCODER -> tokensOfStep();
        };
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        String text = subject.label() + (subject == Subject.LORA ? rank : "") + ":" + shape() + "-" + precisionName();
        return recompute == Recompute.NONE ? text : text + "-" + lower(recompute);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
