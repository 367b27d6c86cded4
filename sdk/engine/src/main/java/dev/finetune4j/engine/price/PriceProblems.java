package dev.finetune4j.engine.price;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0801 to FT0809: prices that were fetched. */
public final class PriceProblems implements ProblemCatalogue {
    static final ProblemKind DAMAGED = new ProblemKind(
            "FT0801",
            "fetched prices cannot be read",
            ExitCode.INVALID,
            "Prices that were fetched are kept under prices in finetune4j's home folder. The file is damaged, or a newer version of"
                    + " finetune4j wrote it. Until it is fetched anew, the dated table inside finetune4j is used.",
            "finetune prices refresh");

    static final ProblemKind NOT_BELIEVED = new ProblemKind(
            "FT0802",
            "a fetched price is not believable",
            ExitCode.INVALID,
            "A GPU costs between 0.05 and 500 USD an hour, and a million training tokens between 0.01 and 1000 USD. What came back lies"
                    + " outside, so a unit was misread or a meter is dead. The price that was known before stays.",
            "finetune prices");

    static final ProblemKind UNKNOWN_SOURCE = new ProblemKind(
            "FT0803",
            "there is no such source of prices",
            ExitCode.USAGE,
            "Prices come from sources, one for each vendor whose artifact is on the class path.",
            "finetune prices");

    /** For ServiceLoader. */
    public PriceProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(DAMAGED, NOT_BELIEVED, UNKNOWN_SOURCE);
    }
}
