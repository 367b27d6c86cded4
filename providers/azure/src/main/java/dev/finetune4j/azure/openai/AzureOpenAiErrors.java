package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.JobRefusals;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** From what Microsoft's client throws to what a person can mend. */
final class AzureOpenAiErrors {
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(30);
    private static final Duration READING_PAUSE = Duration.ofMinutes(1);
    private static final Pattern QUOTA =
            Pattern.compile("(?i)quota|(?<!size )(limit|maximum)(?! (file )?size).*(job|file|reached|exceeded)");
    private static final Pattern NOT_TUNABLE =
            Pattern.compile("(?i)does not support fine.?tuning|model.*not (available|supported)");
    private static final Pattern OF_A_FILE = Pattern.compile("(?i)(training|validation).?file|file.?size|jsonl");

    /** Of the whole path; a file or a job that is absent is told in other words. */
    private static final Pattern NO_SUCH_PATH = Pattern.compile("(?i)^\\W*404\\W+resource not found");

    private static final Pattern BEING_CHANGED = Pattern.compile("(?i)conflict|InProgress|NotTerminal");

    private static final String LIST_ENDPOINTS = "az cognitiveservices account list --query '[].properties.endpoint'";

    /** Where a path of the resource manager has the group, counted from the slash in front. */
    private static final int GROUP_PART = 4;

    private AzureOpenAiErrors() {}

    /** What a failed call means for a job, or what else has a name. */
    static FineTuneException told(RuntimeException failure, String name, AzureOpenAiOptions options) {
        String reason = AzureFailure.reason(failure);
        Problem.Builder problem = switch (AzureFailure.of(failure)) {
            case DENIED ->
                AzureOpenAiProblems.DENIED
                        .error("the caller may not do that with " + name + " at " + options.account())
                        .remedy("finetune policy JOB --for caller");
            case CREDENTIALS ->
                AzureOpenAiProblems.NO_CREDENTIALS
                        .error(options.endpoint() + " does not accept the credentials")
                        .remedy(AzureFailure.remedy(failure));
            case BUSY -> AzureFailure.busy(AzureOpenAiProblems.UNREACHABLE, "Azure OpenAI", failure);
            case OUTAGE -> unanswered(failure, name, options);
            case REFUSED ->
                AzureFailure.isAbsent(failure) && NO_SUCH_PATH.matcher(reason).find()
                        ? noSuchPath(options)
                        : refused(reason, name, options);
        };
        return problem.because(reason).asException(failure);
    }

    private static Problem.Builder unanswered(RuntimeException failure, String name, AzureOpenAiOptions options) {
        if (AzureFailure.isHostUnknown(failure)) {
            return unknown(options);
        }
        return AzureFailure.unasked(AzureOpenAiProblems.UNREACHABLE, "Azure OpenAI", failure)
                .orElseGet(() -> AzureOpenAiProblems.UNREACHABLE
                        .error("Azure OpenAI at " + options.endpoint() + " does not answer for " + name)
                        .retry(Retry.after(OUTAGE_PAUSE)));
    }

    /** No outage, most likely; a line that is down for a while, whoever follows a job outlasts. */
    private static Problem.Builder unknown(AzureOpenAiOptions options) {
        return AzureOpenAiProblems.BAD_SETTING
                .error("there is no resource at " + options.endpoint())
                .at(Location.ofKey(AzureOpenAiSettings.PREFIX + AzureOpenAiSettings.ENDPOINT))
                .remedy(LIST_ENDPOINTS)
                .retry(Retry.after(OUTAGE_PAUSE));
    }

    /** Somebody answers there, and has no such path: no resource, or one to which the version that is part of the path is unknown. */
    private static Problem.Builder noSuchPath(AzureOpenAiOptions options) {
        String setting = AzureOpenAiSettings.PREFIX + AzureOpenAiSettings.API_VERSION;
        return AzureOpenAiProblems.BAD_SETTING
                .error("there is no resource at " + options.endpoint() + ", or none that knows the api-version "
                        + options.apiVersion())
                .at(Location.ofKey(
                        options.isV1() ? AzureOpenAiSettings.PREFIX + AzureOpenAiSettings.ENDPOINT : setting))
                .remedy(options.isV1() ? LIST_ENDPOINTS : setting + ": " + AzureOpenAiOptions.V1)
                .remedy(options.isV1() ? setting + ": " + AzureOpenAiOptions.DATED : LIST_ENDPOINTS);
    }

    /** A file is not sent for which there is no room. */
    static FineTuneException noRoom(String name, long bytes, long there, long most, AzureOpenAiOptions options) {
        return AzureOpenAiProblems.QUOTA
                .error("the files of " + options.account() + " leave no room for " + name)
                .because(there + " bytes are there, " + bytes + " are to come, and a resource keeps " + most
                        + " for tuning")
                .remedy("finetune gc JOB")
                .remedy(listFiles(options))
                .asException();
    }

    /** Those of others, too, which {@code gc} does not show. */
    private static String listFiles(AzureOpenAiOptions options) {
        String audience = AzureCloud.of(AzureCloud.ofRegion(options.region()))
                .orElseThrow()
                .cognitiveAudience();
        return "az rest --method get --resource " + audience + " --url \"" + options.endpoint()
                + (options.isV1() ? "/openai/v1/files" : "/openai/files?api-version=" + options.apiVersion())
                + "\" --query \"data[?purpose=='" + TuningFile.TUNING + "'].[id,filename,bytes]\"";
    }

    private static Problem.Builder refused(String reason, String name, AzureOpenAiOptions options) {
        if (NOT_TUNABLE.matcher(reason).find()) {
            return AzureOpenAiProblems.NOT_TUNABLE
                    .error("Azure OpenAI does not tune " + options.serviceModel() + " at " + options.account() + " ("
                            + options.trainingType() + ")")
                    .remedy("finetune offers --target azure-openai");
        }
        if (QUOTA.matcher(reason).find()) {
            return AzureOpenAiProblems.QUOTA
                    .error("the limits of " + options.account() + " leave no place for " + name)
                    .remedy("finetune gc JOB");
        }
        return OF_A_FILE.matcher(reason).find()
                ? AzureOpenAiProblems.DATA_REFUSED.error("Azure OpenAI does not take the rows of " + name)
                : AzureOpenAiProblems.REFUSED.error("Azure OpenAI does not do that with " + name);
    }

    /** The run has a job of another order. */
    static FineTuneException taken(RunId run, TuningJob job, String found, String digest) {
        return AzureOpenAiProblems.NAME_TAKEN
                .error(run + " belongs to another job")
                .because("the digest of " + job.id() + " is " + found + ", the new one's is " + digest)
                .asException();
    }

    static FineTuneException absent(RunId id, AzureOpenAiOptions options) {
        return AzureOpenAiProblems.NO_SUCH_JOB
                .error("there is no job of " + id + " at " + options.account())
                .asException();
    }

    static FineTuneException wrongState(RunId id, RunState state, String why) {
        return JobRefusals.wrongState(AzureOpenAiProblems.WRONG_STATE, id, state, why);
    }

    static FineTuneException foreignCursor(RunId id, String cursor) {
        return JobRefusals.foreignCursor(AzureOpenAiProblems.WRONG_STATE, id, cursor);
    }

    /** The service does nothing of the kind. */
    static FineTuneException unable(RunId id, String what, String reason) {
        return AzureOpenAiProblems.UNABLE
                .error("Azure OpenAI does not " + what + ", as " + id + " asks")
                .because(reason)
                .asException();
    }

    /** A file took longer to be read than anybody waits. */
    static FineTuneException notProcessed(TuningFile file, Duration waited) {
        return AzureOpenAiProblems.NOT_PROCESSED
                .error("Azure OpenAI has not read " + file.name() + " in " + waited.toMinutes() + " min")
                .because(file.id() + " is " + file.status())
                .retry(Retry.after(READING_PAUSE))
                .asException();
    }

    /** The service read a file and does not take it. */
    static FineTuneException unusable(TuningFile file) {
        return AzureOpenAiProblems.DATA_REFUSED
                .error("Azure OpenAI does not take " + file.name())
                .because(file.details().isEmpty() ? "it gives no reason for " + file.id() : file.details())
                .asException();
    }

    /** The service took something and does not show it. */
    static FineTuneException hidden(String name) {
        return AzureOpenAiProblems.UNREACHABLE
                .error("Azure OpenAI took " + name + " and does not show it")
                .retry(Retry.after(OUTAGE_PAUSE))
                .asException();
    }

    /** What a failed call means that deploys a model, or looks at what is deployed: another permission than that to tune. */
    static FineTuneException deploying(RuntimeException failure, String name, AzureOpenAiOptions options) {
        String reason = AzureFailure.reason(failure);
        Problem.Builder problem = switch (AzureFailure.of(failure)) {
            case DENIED ->
                AzureOpenAiProblems.MAY_NOT_DEPLOY
                        .error("the caller may not deploy models of " + options.account() + ", nor look at " + name)
                        .remedy("finetune policy JOB --for host");
            case BUSY -> AzureFailure.busy(AzureOpenAiProblems.UNREACHABLE, "Azure's resource manager", failure);
            case OUTAGE ->
                AzureOpenAiProblems.UNREACHABLE
                        .error("Azure's resource manager does not answer for " + name)
                        .retry(Retry.after(OUTAGE_PAUSE));
            case CREDENTIALS ->
                AzureOpenAiProblems.NO_CREDENTIALS
                        .error("Azure's resource manager does not accept the credentials")
                        .remedy(AzureFailure.remedy(failure));
            case REFUSED -> notDeployed(failure, name, options);
        };
        return problem.because(reason).asException(failure);
    }

    private static Problem.Builder notDeployed(RuntimeException failure, String name, AzureOpenAiOptions options) {
        if (AzureFailure.isAbsent(failure) || AzureFailure.isPlaceAbsent(failure)) {
            return AzureOpenAiProblems.BAD_SETTING
                    .error("there is no resource " + options.account() + " in the group " + options.resourceGroup()
                            + " of the subscription " + options.subscription())
                    .remedy("az cognitiveservices account list --query '[].id'");
        }
        if (QUOTA.matcher(AzureFailure.reason(failure)).find()) {
            return AzureOpenAiProblems.QUOTA
                    .error("the limits of " + options.account() + " leave no place for the deployment " + name)
                    .remedy("finetune host --list    # what is hosted, to end one")
                    .remedy(
                            "az cognitiveservices account list-deleted --query '[].id'"
                                    + "    # deleted resources keep their quota for 48 hours, or until az cognitiveservices account purge");
        }
        Problem.Builder refused = AzureOpenAiProblems.NOT_DEPLOYED.error(
                "Azure OpenAI does not deploy " + name + " at " + options.account());
        return isBeingChanged(failure) ? refused.retry(Retry.after(READING_PAUSE)) : refused;
    }

    /** Whether the service refuses since it has not done with what it was told before. */
    static boolean isBeingChanged(RuntimeException failure) {
        return BEING_CHANGED.matcher(AzureFailure.code(failure)).find();
    }

    /** A question that was not answered. */
    static FineTuneException asking(RuntimeException failure, String deployment, AzureOpenAiOptions options) {
        return AzureFailure.code(failure).equals("DeploymentNotFound")
                ? AzureOpenAiProblems.UNREACHABLE
                        .error("the deployment " + deployment + " of " + options.account() + " does not answer yet")
                        .because(AzureFailure.reason(failure))
                        .retry(Retry.after(READING_PAUSE))
                        .asException(failure)
                : told(failure, deployment, options);
    }

    /** A deployment came to nothing. */
    static Problem.Builder notDeployed(String name, AzureOpenAiOptions options, String reason) {
        return AzureOpenAiProblems.NOT_DEPLOYED
                .error("Azure OpenAI could not deploy " + name + " at " + options.account())
                .because(reason.isEmpty() ? "its reason stands in the activity log of the resource" : reason);
    }

    /** A model is not deployed in that way, or not so often. */
    static FineTuneException notDeployedSo(HostingOrder order) {
        return AzureOpenAiProblems.NOT_DEPLOYED_SO
                .error("Azure OpenAI does not deploy a model " + order.way() + " with " + order.units() + " units")
                .because("there is " + String.join(", ", DeploymentWays.NAMES) + ", each with 1 unit")
                .remedy("finetune host " + order.run() + " --way " + DeploymentWays.DEVELOPER)
                .asException();
    }

    /** The run's model is deployed by another order. */
    static FineTuneException hostedOtherwise(RunId run, Deployed found) {
        return AzureOpenAiProblems.DEPLOYMENT_TAKEN
                .error(run + " is hosted already, by another order: " + found.sku())
                .because(found.id())
                .remedy("finetune host " + run + " --remove")
                .asException();
    }

    /** A deployment that nobody made from here has the name. */
    static FineTuneException nameTaken(Deployed found, AzureOpenAiOptions options) {
        return AzureOpenAiProblems.DEPLOYMENT_TAKEN
                .error("the name " + found.name() + " belongs to a deployment of " + options.account()
                        + " that was not made from here")
                .because("it is one of " + found.model())
                .remedy("az cognitiveservices account deployment delete --ids " + found.id())
                .asException();
    }

    /** The tuned model goes on being paid. */
    static FineTuneException stillHosted(RunId run) {
        return AzureOpenAiProblems.WRONG_STATE
                .error("the tuned model of " + run + " is hosted")
                .because("it is paid for until that is ended, and is known by its run")
                .remedy("finetune host " + run + " --remove")
                .asException();
    }

    /** There is no deployment of the base model. */
    static FineTuneException noBase(RunId run, String model, String accountPath) {
        String[] parts = accountPath.split("/", -1);
        String group = parts.length > GROUP_PART ? parts[GROUP_PART] : "GROUP";
        String account = parts[parts.length - 1];
        String name = DeploymentMapper.deployedName(model);
        String version = model.length() > name.length() ? model.substring(name.length() + 1) : "1";
        return AzureOpenAiProblems.NO_BASE
                .error("no deployment of " + model + " at " + account + " answers, to be compared with " + run)
                .because(
                        "a base model answers by a deployment, and the service took none when the tuned one was deployed")
                .remedy("az cognitiveservices account deployment create --resource-group " + group + " --name "
                        + account
                        + " --deployment-name " + name + " --model-name " + name + " --model-version " + version
                        + " --model-format OpenAI --sku-name GlobalStandard --sku-capacity 50")
                .asException();
    }

    /** Nobody knows where the resource is in the resource manager. */
    static FineTuneException noSubscription(AzureOpenAiOptions options) {
        return AzureOpenAiProblems.BAD_SETTING
                .error("models are deployed by the resource manager, and the subscription of " + options.account()
                        + " is not known")
                .because("neither " + AzureOpenAiSettings.PREFIX + AzureOpenAiSettings.SUBSCRIPTION + " nor "
                        + AzureOpenAiSettings.SUBSCRIPTION_VARIABLE + " names it")
                .remedy("export " + AzureOpenAiSettings.SUBSCRIPTION_VARIABLE
                        + "=$(az account show --query id --output tsv)")
                .asException();
    }

    /** The subscription has no such resource. */
    static FineTuneException noResource(AzureOpenAiOptions options) {
        return AzureOpenAiProblems.BAD_SETTING
                .error("the subscription " + options.subscription() + " has no resource " + options.account()
                        + " that the caller may see")
                .because("models are deployed by the resource manager, which knows resources by their names")
                .remedy("az cognitiveservices account list --query '[].id'")
                .asException();
    }

    /**
     * The settings say where the resource is; where the resource manager tells otherwise, neither price nor model is what was agreed to.
     *
     * @param region as the resource manager tells it; empty where it does not
     * @throws FineTuneException with FT0972
     */
    static void refuseOtherRegion(AzureOpenAiOptions options, Optional<String> region) {
        region.filter(found -> !found.equalsIgnoreCase(options.region())).ifPresent(found -> {
            throw elsewhere(options, found);
        });
    }

    /** The resource is elsewhere than the job says, by whose region price and models were looked up. */
    static FineTuneException elsewhere(AzureOpenAiOptions options, String region) {
        List<String> regions = TunableModels.regions(options.model(), options.scope());
        boolean isTuned = regions.contains(region);
        return AzureOpenAiProblems.NOT_TUNABLE
                .error(options.account() + " is in " + region + ", and the job in " + options.region())
                .because(options.model() + " is tuned (" + options.scope() + ") in " + String.join(", ", regions)
                        + (isTuned ? "" : ", and a resource that only answers may be elsewhere"))
                .remedy(
                        isTuned
                                ? AzureOpenAiSettings.PREFIX + PlaceSettings.REGION + ": " + region
                                : "az cognitiveservices account list --query '[].{name:name,region:location}'")
                .asException();
    }
}
