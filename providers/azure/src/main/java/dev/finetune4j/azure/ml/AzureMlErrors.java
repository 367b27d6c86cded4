package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.JobRefusals;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.regex.Pattern;

/** From what Microsoft's client throws to what a person can mend. */
final class AzureMlErrors {
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(30);
    private static final Pattern QUOTA = Pattern.compile("(?i)quota");
    private static final Pattern NO_REGION =
            Pattern.compile("NoRegisteredProviderFound|LocationNotAvailable|InvalidLocation");
    private static final String ENVIRONMENTS = "/environments/";

    private AzureMlErrors() {}

    /** What a failed call means for a job. */
    static FineTuneException told(RuntimeException failure, String name, AzureMlOptions options) {
        String reason = AzureFailure.reason(failure);
        Problem.Builder problem = switch (AzureFailure.of(failure)) {
            case DENIED ->
                AzureMlProblems.DENIED
                        .error("the caller may not do that with " + name)
                        .because(reason)
                        .remedy("finetune policy JOB --for caller");
            case CREDENTIALS ->
                AzureMlProblems.NO_CREDENTIALS
                        .error("Azure does not accept the credentials")
                        .because(reason)
                        .remedy(AzureFailure.remedy(failure));
            case BUSY ->
                AzureFailure.busy(AzureMlProblems.UNREACHABLE, "Azure ML", failure)
                        .because(reason);
            case OUTAGE ->
                AzureFailure.unasked(AzureMlProblems.UNREACHABLE, "Azure ML", failure)
                        .orElseGet(() -> AzureMlProblems.UNREACHABLE
                                .error("Azure ML does not answer for " + name)
                                .retry(Retry.after(OUTAGE_PAUSE)))
                        .because(reason);
            case REFUSED -> refused(failure, reason, name, options);
        };
        return problem.build().asException(failure);
    }

    private static Problem.Builder refused(
            RuntimeException failure, String reason, String name, AzureMlOptions options) {
        if (AzureFailure.codes(failure).stream()
                .anyMatch(code -> QUOTA.matcher(code).find())) {
            return quota(options.machine(), name, options).because(reason);
        }
        if (reason.contains(ENVIRONMENTS)) {
            return AzureMlProblems.REFUSED
                    .error("Azure ML does not take the environment " + options.environment())
                    .because(reason)
                    .at(Location.ofKey(AzureMlSettings.PREFIX + AzureMlSettings.ENVIRONMENT))
                    .remedy(
                            "az ml environment list --registry-name azureml --name acft-hf-nlp-gpu --query '[].version'");
        }
        return AzureFailure.isAbsent(failure)
                        || AzureFailure.isPlaceAbsent(failure)
                        || NO_REGION.matcher(AzureFailure.code(failure)).find()
                ? absent(AzureFailure.code(failure), name, options).because(reason)
                : AzureMlProblems.REFUSED
                        .error("Azure ML does not do that with " + name)
                        .because(reason)
                        .remedy(show(name, options));
    }

    /** By the service's name of what is not there. */
    private static Problem.Builder absent(String code, String name, AzureMlOptions options) {
        if (NO_REGION.matcher(code).find()) {
            return AzureMlProblems.BAD_SETTING
                    .error("Azure ML is in no region " + options.region())
                    .at(Location.ofKey(AzureMlSettings.PREFIX + PlaceSettings.REGION))
                    .remedy("az account list-locations --query '[].name'");
        }
        return switch (code) {
            case "SubscriptionNotFound", "InvalidSubscriptionId" ->
                AzureMlProblems.NO_WORKSPACE
                        .error("there is no subscription " + options.subscription() + " for these credentials")
                        .remedy("az account list --query '[].id'");
            case "ResourceGroupNotFound" ->
                AzureMlProblems.NO_WORKSPACE
                        .error("there is no resource group " + options.resourceGroup())
                        .remedy("az group list --query '[].name'");
            case "ResourceNotFound", "ParentResourceNotFound", "WorkspaceNotFound" ->
                AzureMlProblems.NO_WORKSPACE
                        .error("there is no workspace " + options.workspace() + " in " + options.resourceGroup())
                        .remedy("az ml workspace list --query '[].name'");
            default ->
                AzureMlProblems.REFUSED
                        .error("something that " + name + " takes is not there")
                        .remedy("finetune doctor azure JOB");
        };
    }

    private static String show(String name, AzureMlOptions options) {
        return "az ml job show --name " + name + " --resource-group " + options.resourceGroup() + " --workspace-name "
                + options.workspace();
    }

    /** What a quota lacks. */
    static Problem noQuota(Diagnosis lack) {
        return AzureMlProblems.QUOTA
                .error(lack.found())
                .at(Location.ofKey(AzureMlSettings.PREFIX + PlaceSettings.MACHINE))
                .remedy(lack.remedy())
                .build();
    }

    static FineTuneException noWorkspace(String path) {
        return AzureMlProblems.NO_WORKSPACE
                .error("there is no workspace " + path)
                .remedy("az ml workspace list --query '[].name'")
                .asException();
    }

    static FineTuneException otherRegion(AzureMlOptions options, String found) {
        return AzureMlProblems.OTHER_REGION
                .error(options.workspace() + " is in " + found + ", and the job is planned in " + options.region())
                .because("its machines are in " + found + ", and its cost and its limit go by their price")
                .at(Location.ofKey(AzureMlSettings.PREFIX + PlaceSettings.REGION))
                .remedy(AzureMlSettings.PREFIX + PlaceSettings.REGION + ": " + found)
                .asException();
    }

    static FineTuneException noDatastore(AzureMlOptions options, String found) {
        return AzureMlProblems.NO_WORKSPACE
                .error("the datastore " + options.datastore() + " of " + options.workspace() + " is not of "
                        + options.store().account() + "/" + options.store().container())
                .because(found)
                .remedy("az ml datastore list --resource-group " + options.resourceGroup() + " --workspace-name "
                        + options.workspace())
                .asException();
    }

    static FineTuneException noCluster(AzureMlOptions options, String cluster) {
        return AzureMlProblems.NO_WORKSPACE
                .error("there is no cluster " + cluster + " in " + options.workspace())
                .remedy("az ml compute list --resource-group " + options.resourceGroup() + " --workspace-name "
                        + options.workspace())
                .asException();
    }

    static FineTuneException otherMachines(AzureMlOptions options, Cluster cluster) {
        return AzureMlProblems.CONTRADICTION
                .error("the machines of " + cluster.name() + " are " + cluster.machine()
                        + ", and the job is planned on " + options.machine())
                .because("its cost and its limit go by the price of the machine that is planned")
                .at(Location.ofKey(AzureMlSettings.PREFIX + AzureMlSettings.COMPUTE))
                .remedy(AzureMlSettings.PREFIX + PlaceSettings.MACHINE + ": " + cluster.machine())
                .asException();
    }

    static FineTuneException otherTerms(Cluster cluster) {
        return AzureMlProblems.CONTRADICTION
                .error(
                        cluster.isSpot()
                                ? "the machines of " + cluster.name()
                                        + " may be taken back, and the job is planned on such as may not"
                                : "the machines of " + cluster.name()
                                        + " are never taken back, and the job is planned on such as are")
                .because(
                        "a cluster's machines are on the terms that it was made with, and by them go price and checkpoints")
                .at(Location.ofKey(AzureMlSettings.PREFIX + PlaceSettings.SPOT))
                .remedy(AzureMlSettings.PREFIX + PlaceSettings.SPOT + ": " + cluster.isSpot())
                .asException();
    }

    static FineTuneException noMachines(AzureMlOptions options, Cluster cluster) {
        return AzureMlProblems.NO_MACHINES
                .error("the cluster " + cluster.name() + " can have no machine")
                .because(
                        cluster.isGone() ? "it is " + cluster.state() : "it is made to have 0 machines at once at most")
                .remedy(
                        cluster.isGone()
                                ? "leave " + AzureMlSettings.PREFIX + AzureMlSettings.COMPUTE + " out"
                                : "az ml compute update --max-instances 1 --name " + cluster.name()
                                        + " --resource-group " + options.resourceGroup() + " --workspace-name "
                                        + options.workspace())
                .asException();
    }

    static FineTuneException noQuota(AzureMlOptions options, Cluster cluster, String reason) {
        return quota(options.machine(), cluster.name(), options).because(reason).asException();
    }

    private static Problem.Builder quota(String machine, String name, AzureMlOptions options) {
        return AzureMlProblems.QUOTA
                .error("the subscription's quota leaves no " + machine + " for " + name)
                .remedy("az ml compute list-usage --location " + options.region());
    }

    /** That a job's machine tells nothing, after which it may well go on. */
    static Problem silent(RunId id, String name) {
        return AzureMlProblems.NOT_RESPONDING
                .warning("the machine of " + name + " does not answer Azure ML")
                .because("the job counts as running, and is billed until its end is told")
                .remedy("finetune logs " + id)
                .remedy("finetune stop " + id)
                .build();
    }

    static Problem notCompared(RunId id, AzureJob job, AzureMlOptions options) {
        return AzureMlProblems.NOT_COMPARED
                .warning("base and tuned model of " + id + " were not compared")
                .because("Azure ML tunes and registers the model, and lets none answer held-out rows")
                .remedy("az ml model download --name " + job.registeredModel() + " --version " + job.registeredVersion()
                        + " --resource-group " + options.resourceGroup() + " --workspace-name " + options.workspace())
                .build();
    }

    static FineTuneException taken(AzureJob job, String digest) {
        return AzureMlProblems.NAME_TAKEN
                .error("the name " + job.name() + " belongs to another job")
                .because("the digest of " + job.reference() + " is "
                        + (job.digest().isEmpty() ? "not told" : job.digest()) + ", the new one's is " + digest)
                .asException();
    }

    static FineTuneException hidden(String name) {
        return AzureMlProblems.UNREACHABLE
                .error("Azure ML took " + name + " and does not show it")
                .retry(Retry.after(OUTAGE_PAUSE))
                .asException();
    }

    static FineTuneException absent(RunId id, AzureMlOptions options) {
        return AzureMlProblems.NO_SUCH_JOB
                .error("there is no job " + id + " in " + options.workspace())
                .asException();
    }

    static FineTuneException foreignCursor(RunId id, String cursor) {
        return JobRefusals.foreignCursor(AzureMlProblems.WRONG_STATE, id, cursor);
    }

    /** The service's own fine-tuning jobs have no such ability. */
    static FineTuneException unable(RunId id, String what, String why) {
        return AzureMlProblems.UNABLE
                .error("a fine-tuning job of Azure ML cannot " + what + ": " + id)
                .because(why)
                .asException();
    }

    static FineTuneException wrongState(RunId id, RunState state, String why) {
        return JobRefusals.wrongState(AzureMlProblems.WRONG_STATE, id, state, why);
    }
}
