package dev.finetune4j.training.model.decoder;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.modelfiles.config.ModelConfig;
import dev.finetune4j.modelfiles.config.RopeScaling;
import dev.finetune4j.modelfiles.decoder.DecoderTensors;
import dev.finetune4j.training.model.ModelProblems;
import java.util.ArrayList;
import java.util.List;

/** Decides whether the blocks compute what a configuration asks for; nothing is computed approximately. */
final class SupportedArchitectures {
    /** Gelu in its tanh form. */
    static final String GELU = "gelu_pytorch_tanh";

    /** Share of the tokens that are supported which virtual ones may be where others are to have room; a judgement. */
    private static final double MOST_VIRTUAL = 0.75;

    private static final List<String> ACTIVATIONS = List.of("silu", GELU);

    private SupportedArchitectures() {}

    /**
     * The sizes of a supported model.
     *
     * @param config what config.json says
     * @param longest the longest sequences that will be computed
     * @param source the file, for messages
     * @throws FineTuneException with FT0470 for everything that is not supported
     */
    static DecoderShape shapeOf(ModelConfig config, LongestTexts longest, String source) {
        List<Problem> problems = new ArrayList<>();
        if (!DecoderTensors.knows(config.architecture())) {
            problems.add(unsupported(
                    "architecture " + config.architecture() + " is not supported",
                    "supported are " + String.join(", ", DecoderTensors.architectures()),
                    source));
        }
        if (!ACTIVATIONS.contains(config.activation())) {
            problems.add(unsupported(
                    "activation " + config.activation() + " is not supported",
                    "supported are " + String.join(", ", ACTIVATIONS),
                    source));
        }
        if (config.ropeScaling() instanceof RopeScaling.Other other) {
            problems.add(unsupported(
                    "rope scaling " + other.type() + " is not supported",
                    "supported are default, linear, llama3, yarn and longrope",
                    source));
        }
        if (config.ropeScaling() instanceof RopeScaling.LongRope longRope
                && longRope.originalContextTokens() < Math.max(longest.rowTokens(), longest.answerTokens())) {
            problems.add(tooLong(longRope.originalContextTokens(), longest, source));
        }
        if (config.traits().bidirectional()) {
            problems.add(unsupported(
                    "bidirectional attention is not supported",
                    "by is_causal or use_bidirectional_attention each token would see those after it, and a language"
                            + " model is asked for them",
                    source));
        }
        int rotaryWidth = config.traits().rotaryWidth();
        if (rotaryWidth < 2 || rotaryWidth % 2 != 0 || rotaryWidth > config.headSize()) {
            problems.add(unsupported(
                    "rotary positions on " + rotaryWidth + " of the " + config.headSize()
                            + " numbers of a head are not supported",
                    "they turn pairs of numbers",
                    source));
        }
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new DecoderShape(
                config.layers(),
                config.hiddenSize(),
                config.heads(),
                config.keyValueHeads(),
                config.headSize(),
                config.feedForwardSize(),
                config.vocabularySize(),
                config.tiedEmbeddings(),
                biases(DecoderTensors.of(config, false)),
                config.traits());
    }

    private static long biases(DecoderTensors tensors) {
        return tensors.weights().stream()
                .filter(tensor -> tensor.name().endsWith(".bias"))
                .mapToLong(tensor -> tensor.shape().get(0))
                .sum();
    }

    /** Beyond a length the positions of a whole sequence turn by other frequencies, those of its first tokens, too. */
    private static Problem tooLong(int limit, LongestTexts longest, String source) {
        Problem.Builder problem = ModelProblems.ARCHITECTURE
                .error("longrope beyond " + limit + " tokens is not supported")
                .at(Location.of(source));
        if (longest.rowTokens() > limit) {
            problem.because("longer sequences turn by other frequencies, and rows of up to " + longest.rowTokens()
                    + " tokens would be learned");
        }
        if (longest.answerTokens() > limit) {
            problem.because("longer sequences turn by other frequencies, and texts of up to " + longest.answerTokens()
                    + " tokens, answers included, would be computed");
        }
        if (longest.rowTokens() == 0) { // nothing is learned, and a single prompt has no job file
            problem.remedy("shorten the prompt, or ask for fewer new tokens: take " + (longest.answerTokens() - limit)
                    + " off --max-new-tokens, or off a job's evaluation.max-new-tokens");
        } else {
            List<String> settings = fittingSettings(limit, longest);
            String first = settings.remove(0);
            problem.remedy(settings.isEmpty() ? first : first + "    # and " + String.join(" and ", settings));
        }
        return problem.build();
    }

    /**
     * Settings by which each text has room, whatever the rows are: a prompt is cut so that its row has no more than training.max-tokens, and
     * what is written in place of the row's answer may be longer than that by all of its tokens. Examples are never cut. Behind virtual tokens
     * that leave little room nothing would be learned of rows, so that there are to be fewer of them.
     */
    private static List<String> fittingSettings(int limit, LongestTexts longest) {
        List<String> settings = new ArrayList<>();
        int mostVirtual = (int) (limit * MOST_VIRTUAL);
        if (longest.virtualTokens() > mostVirtual) {
            settings.add("method.virtual-tokens: " + mostVirtual);
        }
        int room = limit - Math.min(longest.virtualTokens(), mostVirtual);
        if (longest.answerTokens() <= limit) {
            settings.add("training.max-tokens: " + room);
            return settings;
        }
        int newTokens = Math.min(longest.newTokens(), room / 2);
        settings.add("training.max-tokens: " + (room - newTokens));
        if (longest.hasExamples()) {
            settings.add("evaluation.few-shot: 0");
        }
        if (newTokens < longest.newTokens()) {
            settings.add("evaluation.max-new-tokens: " + newTokens);
        }
        return settings;
    }

    private static Problem unsupported(String summary, String cause, String source) {
        return ModelProblems.ARCHITECTURE
                .error(summary)
                .at(Location.of(source))
                .because(cause)
                .build();
    }
}
