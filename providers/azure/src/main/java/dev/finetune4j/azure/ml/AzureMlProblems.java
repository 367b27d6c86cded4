package dev.finetune4j.azure.ml;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;
import java.util.Set;

/** FT0931 to FT0954: jobs at Azure Machine Learning. FT0935 to FT0940 are of its fine-tuning jobs, which are a preview. */
public final class AzureMlProblems implements ProblemCatalogue {
    static final ProblemKind BAD_SETTING = new ProblemKind(
            "FT0931",
            "a setting of Azure ML is not one that it takes",
            ExitCode.INVALID,
            "Azure holds each setting of a job to a form: a subscription is a GUID, a workspace has 3 to 33 letters, digits, hyphens and"
                    + " underscores, a store is the address of a container. What it would refuse is told before anything is sent.",
            "az ml workspace list");

    static final ProblemKind CONTRADICTION = new ProblemKind(
            "FT0932",
            "settings of Azure ML do not go together",
            ExitCode.INVALID,
            "A cluster has its own machines and its own terms, a region lets only some sizes, and a job writes only where a datastore of the"
                    + " workspace is.",
            "leave one of the two settings out");

    static final ProblemKind OTHER_REGION = new ProblemKind(
            "FT0933",
            "the workspace is in another region",
            ExitCode.INVALID,
            "A job runs in the region of its workspace, whatever a plan chose. Prices and quotas differ from region to region, so that a job which"
                    + " was planned in another one would cost something else. Nothing was sent.",
            "places.azure-ml.region: REGION");

    static final ProblemKind NO_MACHINES = new ProblemKind(
            "FT0934",
            "the cluster can have no machine",
            ExitCode.CAPACITY,
            "A cluster that failed to be made, is being removed, or is made for no machine lets a job wait for ever. Nothing was sent.",
            "az ml compute show --name CLUSTER");

    static final ProblemKind PREVIEW = new ProblemKind(
            "FT0935",
            "fine-tuning jobs of Azure ML are a preview",
            ExitCode.INVALID,
            "A warning. Fine-tuning jobs are in preview versions of Azure's API only: they may change, are in few regions, and come without Azure's"
                    + " promises. They have no time limit of their own, so that nothing but finetune4j's watcher ends one where the money would end;"
                    + " they go on from no checkpoint, and the tuned model stays in the workspace.",
            "leave places.azure-ml.fine-tuning out");

    static final ProblemKind NO_COUNTERPART = new ProblemKind(
            "FT0936",
            "a setting has no counterpart in fine-tuning jobs of Azure ML",
            ExitCode.INVALID,
            "A fine-tuning job takes the hyperparameters of the registry's components, and no others. An error where the job would be another one"
                    + " without the setting, else a warning.",
            "leave the setting out");

    static final ProblemKind ROW = new ProblemKind(
            "FT0937",
            "a row has no form in the task of a fine-tuning job of Azure ML",
            ExitCode.INVALID,
            "Each task reads rows of its own columns: a label, a text that holds the answer, one answer. What the task cannot read fails the job"
                    + " after its machine was paid for, so that it is told before anything is sent.",
            "places.azure-ml.task: chat-completion");

    static final ProblemKind UNABLE = new ProblemKind(
            "FT0938",
            "fine-tuning jobs of Azure ML cannot do that",
            ExitCode.INVALID,
            "The service's own fine-tuning jobs train and do nothing else: they run no worker, keep no time limit and go on from no checkpoint.",
            "leave places.azure-ml.fine-tuning out");

    static final ProblemKind NOT_COMPARED = new ProblemKind(
            "FT0940",
            "base and tuned model were not compared at Azure ML",
            ExitCode.OK,
            "A fine-tuning job of the service's own trains and registers the tuned model with the workspace. Held-out rows are not answered and no"
                    + " gate is judged, so that the run ends well whatever the gate says. The model can be brought here, or deployed by hand.",
            "az ml model download --name NAME --version VERSION");

    static final ProblemKind NO_REGISTRY = new ProblemKind(
            "FT0939",
            "there is no such registry",
            ExitCode.INVALID,
            "Rows of a fine-tuning job go into a registry where data-registry names one, which is not there under this name in its resource group,"
                    + " or the caller may not see it. Nothing was stored.",
            "az ml registry list --query '[].name'");

    static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0941",
            "Azure does not accept the credentials",
            ExitCode.CREDENTIALS,
            "No token could be had from the source that is meant (credential: environment, azure-cli, managed-identity or workload-identity), or"
                    + " Azure does not take it: it is of another tenant or cloud, expired, or signed by a clock that is off.",
            "az login");

    static final ProblemKind DENIED = new ProblemKind(
            "FT0942",
            "the caller is not allowed to do that",
            ExitCode.CREDENTIALS,
            "The credentials are good, but no role allows this call. To launch a job takes the role AzureML Data Scientist on the workspace, and"
                    + " where its rows go to a registry AzureML Registry User there. A"
                    + " role that was assigned a moment ago takes up to ten minutes until it is known everywhere; a launch that may see that waits for five.",
            "finetune policy JOB --for caller");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0943",
            "Azure ML does not answer",
            ExitCode.CAPACITY,
            "Azure did not answer, answered with an error of its own, or asked to come less often, in all tries. A job that runs goes on. The"
                    + " same call may be made again at any time: it never launches a second job.",
            "az ml job list --max-results 1");

    static final ProblemKind NAME_TAKEN = new ProblemKind(
            "FT0944",
            "the job's name belongs to another job",
            ExitCode.INVALID,
            "A workspace keeps the name of a job for ever. A job of this name is there, and it was not launched from the same order: somebody"
                    + " else named it so.",
            "az ml job show --name NAME");

    static final ProblemKind QUOTA = new ProblemKind(
            "FT0945",
            "the subscription's quota leaves no machine",
            ExitCode.CAPACITY,
            "Each subscription has a quota of cores of each family of machines for Azure ML, besides that of virtual machines, in each region, and"
                    + " one pool for those of low priority. To try again does not help; another machine, region or a larger quota does.",
            "az ml compute list-usage");

    static final ProblemKind NO_WORKSPACE = new ProblemKind(
            "FT0946",
            "a part of the workspace is not there",
            ExitCode.INVALID,
            "The workspace, or its datastore of the container that the job's files go to, is not there under this name, or the caller may not"
                    + " see it.",
            "az ml datastore list");

    static final ProblemKind REFUSED = new ProblemKind(
            "FT0947",
            "Azure ML refuses a call",
            ExitCode.INVALID,
            "Azure has a reason of its own against a call, which it tells. Nothing was changed.",
            "az ml job show --name NAME");

    static final ProblemKind NO_SUCH_JOB = new ProblemKind(
            "FT0948",
            "there is no such job at Azure ML",
            ExitCode.INVALID,
            "The workspace has no job of this name: it was never launched there, or was deleted.",
            "az ml job list");

    static final ProblemKind WRONG_STATE = new ProblemKind(
            "FT0949",
            "the job's state does not allow that",
            ExitCode.INVALID,
            "A job is fetched and deleted once it has ended, and resumed where it stopped or failed and its time limit leaves it time. A reader of"
                    + " its events goes on where it was in the events of the same job.",
            "finetune show RUN");

    static final ProblemKind NO_CAPACITY = new ProblemKind(
            "FT0951",
            "no machine was free",
            ExitCode.CAPACITY,
            "Azure found no machine of this size in the region. Nothing was paid for. Another size, region or hour may have one.",
            "finetune offers --target azure-ml");

    static final ProblemKind PLATFORM_FAILED = new ProblemKind(
            "FT0952",
            "Azure ML itself failed",
            ExitCode.CAPACITY,
            "Azure ended the job by an error of its own. What was trained up to the last checkpoint is kept.",
            "finetune resume RUN");

    static final ProblemKind WORKER_FAILED = new ProblemKind(
            "FT0953",
            "the worker failed",
            ExitCode.TRAINING_FAILED,
            "The worker ended with an error, which it told as far as it could. Its log has more.",
            "finetune logs RUN");

    static final ProblemKind JOB_FAILED = new ProblemKind(
            "FT0954",
            "Azure ML could not run the job",
            ExitCode.INVALID,
            "Azure took the job and failed before the worker could: it could not read an input, pull the image, or act as the job's identity."
                    + " A fine-tuning job of the service's own has no worker: all that fails in it is told so.",
            "az ml job show --name NAME");

    static final ProblemKind NOT_RESPONDING = new ProblemKind(
            "FT0950",
            "the job's machine does not answer",
            ExitCode.CAPACITY,
            "Azure ML has heard nothing of the job's machine for a while, which is overloaded, or lost. The job may go on at any time, or be told as"
                    + " failed; until then it counts as running.",
            "finetune logs RUN");

    /** What is told of a workspace, or of a registry beside it, that is not as a job has it. */
    static final Set<ProblemKind> OF_WORKSPACE =
            Set.of(CONTRADICTION, OTHER_REGION, NO_MACHINES, QUOTA, NO_WORKSPACE, NO_REGISTRY);

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                BAD_SETTING,
                CONTRADICTION,
                OTHER_REGION,
                NO_MACHINES,
                PREVIEW,
                NO_COUNTERPART,
                ROW,
                UNABLE,
                NO_REGISTRY,
                NOT_COMPARED,
                NO_CREDENTIALS,
                DENIED,
                UNREACHABLE,
                NAME_TAKEN,
                QUOTA,
                NO_WORKSPACE,
                REFUSED,
                NO_SUCH_JOB,
                WRONG_STATE,
                NO_CAPACITY,
                PLATFORM_FAILED,
                WORKER_FAILED,
                JOB_FAILED,
                NOT_RESPONDING);
    }
}
