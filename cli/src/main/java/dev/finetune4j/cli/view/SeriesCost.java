package dev.finetune4j.cli.view;

import dev.finetune4j.spi.Billing;

/** What a series of runs costs, in words behind how long it takes. */
public final class SeriesCost {
    private SeriesCost() {}

    /** The words for what a place bills. */
    public static String words(Billing billing) {
        return switch (billing) {
            case NOTHING -> "; no money";
            case TIME -> "; the place bills all of that time";
            case TOKENS -> "; the place bills the tokens of each run";
        };
    }
}
