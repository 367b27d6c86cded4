package dev.finetune4j.engine.check;

/**
 * How even the labels of the training rows are.
 *
 * @param labels labels with at least one training row
 * @param largest the most frequent label
 * @param largestShare its share of the training rows; what always answering it would score
 * @param smallest the rarest label
 * @param smallestShare its share of the training rows
 * @param evenness Shannon entropy of the shares over its maximum, ln of the labels: 1 for equal shares, 0 for one label
 */
public record LabelBalance(
        int labels, String largest, double largestShare, String smallest, double smallestShare, double evenness) {}
