package dev.finetune4j.cli.view;

/** What a series of runs costs, in words behind how long it takes. */
public final class SeriesCost {
    private SeriesCost() {}

    /** The words for a place that bills time, or does not. */
    public static String words(boolean billsTime) {
        return billsTime ? "; the place bills all of that time" : "; no money";
    }
}
