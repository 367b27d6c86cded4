package dev.finetune4j.aws.sagemaker;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * How much dearer a machine is at SageMaker Training than at EC2 in the same region. Amazon documents no such rule; these ratios hold, to
 * the last digit, for all 50 types of which both prices are known, in up to four regions.
 */
final class SageMakerMarkup {
    private static final BigDecimal SMALLEST = new BigDecimal("1.40");
    private static final BigDecimal USUAL = new BigDecimal("1.25");
    private static final BigDecimal LARGE = new BigDecimal("1.15");
    private static final BigDecimal GENERAL = new BigDecimal("1.20");

    private static final Map<String, BigDecimal> BY_FAMILY = Map.of(
            "g4dn", USUAL, "g5", USUAL, "g6", USUAL, "g6e", USUAL, "g7e", USUAL, "p3dn", LARGE, "p4d", LARGE, "p4de",
            LARGE, "m5", GENERAL, "c5", GENERAL);

    private static final Map<String, BigDecimal> BY_TYPE = Map.ofEntries(
            Map.entry("g4dn.xlarge", SMALLEST),
            Map.entry("g5.xlarge", SMALLEST),
            Map.entry("g6.xlarge", SMALLEST),
            Map.entry("g6e.xlarge", SMALLEST),
            Map.entry("p3.2xlarge", USUAL),
            Map.entry("p3.8xlarge", GENERAL),
            Map.entry("p3.16xlarge", LARGE),
            Map.entry("p5.48xlarge", LARGE),
            Map.entry("trn1.32xlarge", new BigDecimal("1.325")));

    private SageMakerMarkup() {}

    /** The ratio of an EC2 type; empty where both prices were never seen together. */
    static Optional<BigDecimal> of(String type) {
        String family = type.substring(0, type.indexOf('.'));
        return Optional.ofNullable(BY_TYPE.getOrDefault(type, BY_FAMILY.get(family)));
    }
}
