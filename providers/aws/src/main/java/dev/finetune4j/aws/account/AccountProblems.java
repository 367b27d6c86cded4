package dev.finetune4j.aws.account;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0855 to FT0857: making an account ready for jobs. */
public final class AccountProblems implements ProblemCatalogue {
    static final ProblemKind NOT_MADE = new ProblemKind(
            "FT0855",
            "what jobs need in the account cannot be made",
            ExitCode.INVALID,
            "CloudFormation makes bucket, roles and log group as one stack, in whole or not at all. It refused the stack, or undid it after one"
                    + " of its parts could not be made, for the reason that is told.",
            "aws cloudformation describe-stack-events --stack-name finetune4j");

    static final ProblemKind NOT_ALLOWED = new ProblemKind(
            "FT0856",
            "the caller may not make what jobs need in the account",
            ExitCode.CREDENTIALS,
            "Credentials are missing, unknown or expired, or do not allow to make stacks. To make a bucket, roles and a log group takes more"
                    + " than to launch a job: it is done once, by who administers the account.",
            "aws sts get-caller-identity");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0857",
            "CloudFormation does not answer",
            ExitCode.CAPACITY,
            "CloudFormation did not answer, or asked to come less often, in all tries. What it has begun it goes on with; the same command may"
                    + " be given again.",
            "aws cloudformation describe-stacks --stack-name finetune4j");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(NOT_MADE, NOT_ALLOWED, UNREACHABLE);
    }
}
