package dev.finetune4j.aws.price;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0811 to FT0819: asking Amazon for prices. */
public final class AwsPriceProblems implements ProblemCatalogue {
    static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0811",
            "Amazon does not tell its prices without credentials",
            ExitCode.CREDENTIALS,
            "The AWS Price List API asks for credentials that may call pricing:GetProducts. None were found in the environment or in"
                    + " ~/.aws, or Amazon refuses those that were. The prices that were known before stay.",
            "aws sts get-caller-identity");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0812",
            "Amazon's price list cannot be had",
            ExitCode.CAPACITY,
            "The AWS Price List API did not answer, answered with an error, or broke off within its answer. An answer counts as a whole"
                    + " or not at all: the prices that were known before stay.",
            "finetune prices refresh aws");

    /** The list says nothing, or nothing that can be used. */
    public static final ProblemKind NOT_LISTED = new ProblemKind(
            "FT0813",
            "Amazon's price list says nothing usable",
            ExitCode.CAPACITY,
            "The list has no product where there was one before, or one with two prices, or one whose unit is not known. What was known"
                    + " before stays, with its date.",
            "finetune prices");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(NO_CREDENTIALS, UNREACHABLE, NOT_LISTED);
    }
}
