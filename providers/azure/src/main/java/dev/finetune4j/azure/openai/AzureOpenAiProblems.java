package dev.finetune4j.azure.openai;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0970 to FT0997: models that Azure OpenAI tunes. */
public final class AzureOpenAiProblems implements ProblemCatalogue {
    static final ProblemKind BAD_SETTING = new ProblemKind(
            "FT0970",
            "a setting of Azure OpenAI is not one that it takes",
            ExitCode.INVALID,
            "A resource is named by its name or the address of its endpoint, with the region in which it is. What Azure would refuse is told before"
                    + " anything is sent.",
            "az cognitiveservices account list --query '[].properties.endpoint'");

    static final ProblemKind CONTRADICTION = new ProblemKind(
            "FT0971",
            "settings of Azure OpenAI do not go together",
            ExitCode.INVALID,
            "Microsoft's clouds share no accounts, and each scope of training has a training type of its own, by which its price goes.",
            "leave one of the two settings out");

    static final ProblemKind NOT_TUNABLE = new ProblemKind(
            "FT0972",
            "Azure OpenAI does not tune this model there",
            ExitCode.INVALID,
            "Azure OpenAI tunes few models, each in some regions and scopes, which are not those in which it lets them answer. The resource must be"
                    + " in such a region.",
            "finetune offers --target azure-openai");

    static final ProblemKind HYPER_PARAMETER = new ProblemKind(
            "FT0973",
            "Azure OpenAI does not take this training setting",
            ExitCode.INVALID,
            "Azure OpenAI has the hyperparameters n_epochs, batch_size and learning_rate_multiplier, and beta, from above 0 to 2, where it learns which"
                    + " of two answers is better (task.kind: preference). What a job says of its training is put into them where there is a"
                    + " counterpart; places.azure-openai may name all but the first, with hyphens. The epochs are training.epochs alone,"
                    + " by which a price is told.",
            "places.azure-openai.learning-rate-multiplier: 1");

    static final ProblemKind NO_COUNTERPART = new ProblemKind(
            "FT0974",
            "Azure OpenAI has no such training setting",
            ExitCode.INVALID,
            "Azure OpenAI chooses its own adapters, schedule and number format, and leaves few settings to a job. What has no counterpart there has"
                    + " no effect.",
            "leave the setting out");

    static final ProblemKind ROW = new ProblemKind(
            "FT0975",
            "a row is not one that Azure OpenAI can tune with",
            ExitCode.INVALID,
            "Azure OpenAI reads rows once the job has begun and fails it for the first that it does not take: a row is a conversation, or one with"
                    + " two answers, and no message of it is empty.",
            "mend the row, or leave it out");

    static final ProblemKind ROW_COUNT = new ProblemKind(
            "FT0976",
            "too few rows, or too much in a file, for Azure OpenAI",
            ExitCode.INVALID,
            "Azure OpenAI trains on 10 rows or more, from a file of at most 512 MB. Rows to compare with on the way come in such a file, too: 10 or"
                    + " more, or none.",
            "add rows, or leave some out");

    static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0977",
            "Azure OpenAI does not accept the credentials",
            ExitCode.CREDENTIALS,
            "No token could be had from the source that is meant (credential: environment, azure-cli, managed-identity or workload-identity), or the"
                    + " resource does not take it: it is of another tenant or cloud, or expired. The resource needs a domain of its own.",
            "az login");

    static final ProblemKind DENIED = new ProblemKind(
            "FT0978",
            "the caller is not allowed to do that at Azure OpenAI",
            ExitCode.CREDENTIALS,
            "The credentials are good, but no role allows this call. To tune takes a role on the resource, which a policy for the caller names. A"
                    + " role that was assigned a moment ago takes up to ten minutes until it is known everywhere; a launch that may see that waits for five.",
            "finetune policy JOB --for caller");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0979",
            "Azure OpenAI does not answer",
            ExitCode.CAPACITY,
            "Azure OpenAI did not answer, answered with an error of its own, or asked to come less often, in all tries. A job that runs goes on. The"
                    + " same call may be made again at any time: it looks for the job before it launches one.",
            "finetune doctor azure JOB");

    static final ProblemKind NAME_TAKEN = new ProblemKind(
            "FT0981",
            "the run belongs to another job at Azure OpenAI",
            ExitCode.INVALID,
            "A job is known by the name of its training file, which holds the run and the digest of its order. There is a job of this run from another"
                    + " order.",
            "finetune ps");

    static final ProblemKind QUOTA = new ProblemKind(
            "FT0982",
            "the limits of the resource leave no place for the job",
            ExitCode.CAPACITY,
            "A resource keeps at most 100 jobs, 50 files for tuning and 1 GB of them, and has few jobs run or wait at once.",
            "finetune gc JOB");

    static final ProblemKind REFUSED = new ProblemKind(
            "FT0983",
            "Azure OpenAI refuses a call",
            ExitCode.INVALID,
            "Azure OpenAI has a reason of its own against a call, which it tells. Nothing was changed: a job that it refuses to launch is not there.",
            "finetune doctor azure JOB");

    static final ProblemKind NO_SUCH_JOB = new ProblemKind(
            "FT0984",
            "there is no such job at Azure OpenAI",
            ExitCode.INVALID,
            "The resource has no job of this run: it was never launched there, or its training file was deleted, by whose name it is known.",
            "finetune ps");

    static final ProblemKind DATA_REFUSED = new ProblemKind(
            "FT0985",
            "Azure OpenAI does not take the job's rows",
            ExitCode.INVALID,
            "Azure OpenAI read the file, or was to, and found what it does not take: of the form, or of the content, which it holds to its rules.",
            "mend the rows that it names, and launch the job again");

    static final ProblemKind JOB_FAILED = new ProblemKind(
            "FT0986",
            "Azure OpenAI could not run the job",
            ExitCode.TRAINING_FAILED,
            "Azure OpenAI took the job and failed, for a reason that it tells. There is no tuned model, and no log beyond what it tells.",
            "finetune logs RUN");

    static final ProblemKind WRONG_STATE = new ProblemKind(
            "FT0987",
            "the job at Azure OpenAI is not in a state for that",
            ExitCode.INVALID,
            "Results come once a job has ended; a job that runs is not deleted, and one that has ended is not taken up again. A reader of its events"
                    + " goes on where it was in the events of the same job.",
            "finetune show RUN");

    static final ProblemKind UNABLE = new ProblemKind(
            "FT0988",
            "Azure OpenAI does not do that",
            ExitCode.INVALID,
            "Azure OpenAI trains and nothing else: it runs no worker, answers no rows of a job, lets no job go on from a checkpoint, and knows no time"
                    + " limit, since it bills the tokens of the rows.",
            "finetune plan JOB");

    static final ProblemKind NOT_COMPARED = new ProblemKind(
            "FT0989",
            "base and tuned model were not compared at Azure OpenAI",
            ExitCode.OK,
            "Azure OpenAI trains and keeps the tuned model. To ask it, it must be deployed, which all ways but developer bill by the hour until that is"
                    + " ended. finetune4j deploys nothing by itself, so that held-out rows are not answered and no gate is judged. Hosted on request,"
                    + " it is compared by eval, but for one that learned preferences, of which no metric tells.",
            "finetune host RUN");

    static final ProblemKind TWINS = new ProblemKind(
            "FT0991",
            "more than one job came of one launch",
            ExitCode.CAPACITY,
            "Azure OpenAI knows no name for a job that is not there yet, so that a launch whose answer was lost can make two. All have the training file"
                    + " of the launch; the oldest that has not failed is kept, and the others are cancelled. What these trained until then is"
                    + " billed.",
            "finetune show RUN");

    static final ProblemKind NOT_PROCESSED = new ProblemKind(
            "FT0992",
            "Azure OpenAI has not read a file yet",
            ExitCode.CAPACITY,
            "A job takes only files that Azure OpenAI has read, which takes from seconds to some minutes. The file stays there: the same launch goes on"
                    + " with it.",
            "launch the job again in some minutes");

    static final ProblemKind MAY_NOT_DEPLOY = new ProblemKind(
            "FT0993",
            "the caller is not allowed to deploy models of Azure OpenAI",
            ExitCode.CREDENTIALS,
            "Models are deployed by Azure's resource manager, which is another permission than that to tune: a run may train and its model may not be"
                    + " hosted. The role that a policy for the host names allows it.",
            "finetune policy JOB --for host");

    static final ProblemKind NOT_DEPLOYED = new ProblemKind(
            "FT0994",
            "Azure OpenAI could not deploy the model",
            ExitCode.CAPACITY,
            "Azure OpenAI refused the deployment, or took it and failed, for a reason that it tells: a scope that the model does not have there, too"
                    + " little capacity, or an error of its own. One that failed stays until it is removed; the model stays anyway.",
            "finetune host RUN --remove");

    static final ProblemKind NO_BASE = new ProblemKind(
            "FT0995",
            "the base model is not deployed at Azure OpenAI",
            ExitCode.INVALID,
            "At Azure OpenAI a base model answers by a deployment, too. Hosting makes one where the resource has none; where the service did not take it,"
                    + " the tuned model answers alone, and nothing can be compared.",
            "az cognitiveservices account deployment create");

    static final ProblemKind DEPLOYMENT_TAKEN = new ProblemKind(
            "FT0996",
            "the deployment's name is taken at Azure OpenAI",
            ExitCode.INVALID,
            "A deployment has its name from the run and its order on a tag. Another order has it, or somebody who did not go by finetune4j: it is left"
                    + " alone, since another deployment in its place would end it.",
            "finetune host RUN --remove");

    static final ProblemKind NOT_DEPLOYED_SO = new ProblemKind(
            "FT0997",
            "Azure OpenAI does not deploy a model in this way",
            ExitCode.INVALID,
            "Tuned models are deployed in the scopes developer, global and regional, each once; how much a deployment takes is the setting capacity. A"
                    + " model that was trained elsewhere is not taken in.",
            "finetune host RUN --dry-run");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                BAD_SETTING,
                CONTRADICTION,
                NOT_TUNABLE,
                HYPER_PARAMETER,
                NO_COUNTERPART,
                ROW,
                ROW_COUNT,
                NO_CREDENTIALS,
                DENIED,
                UNREACHABLE,
                NAME_TAKEN,
                QUOTA,
                REFUSED,
                NO_SUCH_JOB,
                DATA_REFUSED,
                JOB_FAILED,
                WRONG_STATE,
                UNABLE,
                NOT_COMPARED,
                TWINS,
                NOT_PROCESSED,
                MAY_NOT_DEPLOY,
                NOT_DEPLOYED,
                NO_BASE,
                DEPLOYMENT_TAKEN,
                NOT_DEPLOYED_SO);
    }
}
