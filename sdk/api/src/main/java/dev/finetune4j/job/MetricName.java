package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import java.util.List;

/**
 * The name of a quality metric. The first of a task is the one that is compared and plotted.
 *
 * @param value one of the constants' values
 */
public record MetricName(String value) {
    /** Share of right answers. */
    public static final MetricName ACCURACY = new MetricName("accuracy");

    /** Mean over labels of the harmonic mean of precision and recall. */
    public static final MetricName MACRO_F1 = new MetricName("macro-f1");

    /** Exponential of the mean negative log-likelihood per counted token, in nats; lower is better. */
    public static final MetricName PERPLEXITY = new MetricName("perplexity");

    /** Share of answers equal to the reference after SQuAD normalisation. */
    public static final MetricName EXACT_MATCH = new MetricName("exact-match");

    /** Mean token overlap F1 with the reference after SQuAD normalisation. */
    public static final MetricName TOKEN_F1 = new MetricName("token-f1");

    /** ROUGE-1 F-measure: single words in common. */
    public static final MetricName ROUGE_1 = new MetricName("rouge-1");

    /** ROUGE-2 F-measure: pairs of neighbouring words in common. */
    public static final MetricName ROUGE_2 = new MetricName("rouge-2");

    /** ROUGE-L F-measure: the longest common subsequence of words. */
    public static final MetricName ROUGE_L = new MetricName("rouge-l");

    /** Corpus BLEU, 0 to 100; of characters where right answers put no spaces between words. */
    public static final MetricName BLEU = new MetricName("bleu");

    /** Corpus chrF2, 0 to 100. */
    public static final MetricName CHRF = new MetricName("chrf");

    /** Share of distinct bigrams among all bigrams of the answers. */
    public static final MetricName DISTINCT_2 = new MetricName("distinct-2");

    /** Share of answers that keep the form of the right ones: complete, of their length and structure, without marks of a template. */
    public static final MetricName FORMAT = new MetricName("format");

    /** Refuses a blank name. */
    public MetricName {
        Checks.notBlank("metric", value);
    }

    /** The metrics of a task, the main one first. */
    public static List<MetricName> of(TaskKind kind) {
        return switch (kind) {
            case CLASSIFICATION, SENTIMENT -> List.of(MACRO_F1, ACCURACY);
            case QUESTION_ANSWERING -> List.of(TOKEN_F1, EXACT_MATCH, PERPLEXITY);
            case GENERATION -> List.of(PERPLEXITY, DISTINCT_2);
            case SUMMARIZATION -> List.of(ROUGE_L, ROUGE_1, ROUGE_2, PERPLEXITY);
            case TRANSLATION -> List.of(CHRF, BLEU, PERPLEXITY);
            case CHAT -> List.of(PERPLEXITY, FORMAT);
            case PREFERENCE -> List.of(PERPLEXITY);
        };
    }

    /** Same as the constructor; for symmetry with {@link #toString()}. */
    public static MetricName parse(String text) {
        return new MetricName(text);
    }

    /** Whether a smaller value is better. */
    public boolean isLowerBetter() {
        return equals(PERPLEXITY);
    }

    @Override
    public String toString() {
        return value;
    }
}
