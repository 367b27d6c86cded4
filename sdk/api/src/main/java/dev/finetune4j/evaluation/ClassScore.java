package dev.finetune4j.evaluation;

/**
 * How well one label is told from the others. A quotient without a denominator is 0, as scikit-learn has it with
 * {@code zero_division=0}.
 *
 * @param label the label
 * @param precision share of right answers among the rows that were given this label
 * @param recall share of right answers among the rows that have this label
 * @param f1 harmonic mean of precision and recall
 * @param support rows that have this label
 */
public record ClassScore(String label, double precision, double recall, double f1, long support) {}
