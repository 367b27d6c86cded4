package dev.finetune4j.azure.account;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0955 to FT0957: making a resource group ready for jobs. */
public final class AzureAccountProblems implements ProblemCatalogue {
    static final ProblemKind NOT_MADE = new ProblemKind(
            "FT0955",
            "what jobs need in the resource group cannot be made",
            ExitCode.INVALID,
            "Azure makes workspace, storage, key vault, identity and roles as one deployment. It refused it, or one of its parts, for the reason"
                    + " that is told; what was made by then stays, and the same command goes on with it.",
            "az deployment operation group list --resource-group GROUP --name finetune4j");

    static final ProblemKind NOT_ALLOWED = new ProblemKind(
            "FT0956",
            "the caller may not make what jobs need in the resource group",
            ExitCode.CREDENTIALS,
            "Credentials are missing or expired, or do not allow to make resources and to assign roles. That takes more than to launch a job: it is"
                    + " done once, by who owns the resource group.",
            "az login");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0957",
            "Azure's resource manager does not answer",
            ExitCode.CAPACITY,
            "The resource manager did not answer, or is not done after half an hour. What it has begun it goes on with; the same command may be"
                    + " given again.",
            "az deployment group show --resource-group GROUP --name finetune4j");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(NOT_MADE, NOT_ALLOWED, UNREACHABLE);
    }
}
