package dev.finetune4j.engine.data;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Shares as people write them into a job. */
public final class Shares {
    private static final int DECIMALS = 3;

    private Shares() {}

    /** The smallest share of three decimals that allows {@code part} of {@code all}, such as {@code 0.025}. */
    public static String allowing(long part, long all) {
        return BigDecimal.valueOf(part)
                .divide(BigDecimal.valueOf(Math.max(1, all)), DECIMALS, RoundingMode.CEILING)
                .stripTrailingZeros()
                .toPlainString();
    }
}
