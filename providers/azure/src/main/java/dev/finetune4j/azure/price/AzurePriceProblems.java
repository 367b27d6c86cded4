package dev.finetune4j.azure.price;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0821 to FT0829: asking Microsoft for prices. */
public final class AzurePriceProblems implements ProblemCatalogue {
    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0821",
            "Azure's retail prices cannot be had",
            ExitCode.CAPACITY,
            "The Azure Retail Prices API did not answer, answered with an error, broke off within its answer, or named a next page"
                    + " elsewhere. An answer counts as a whole or not at all: the prices that were known before stay.",
            "finetune prices refresh azure");

    /** The list says nothing, or nothing that can be used. */
    public static final ProblemKind NOT_LISTED = new ProblemKind(
            "FT0822",
            "Azure's retail prices say nothing usable",
            ExitCode.CAPACITY,
            "The list has no meter where there was one before, or two prices for the same, or a unit that is not known. What was known"
                    + " before stays, with its date.",
            "finetune prices");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(UNREACHABLE, NOT_LISTED);
    }
}
