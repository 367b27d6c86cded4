package dev.finetune4j.aws.bedrock;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0880 to FT0909: model customization on Bedrock. */
public final class BedrockProblems implements ProblemCatalogue {
    static final ProblemKind BAD_SETTING = new ProblemKind(
            "FT0880",
            "a setting of Bedrock is not one that it takes",
            ExitCode.INVALID,
            "Bedrock holds each setting of a job to a form: a role is a whole ARN, a store is an S3 address of few characters, a key is one"
                    + " of KMS. What it would refuse is told before anything is sent.",
            "aws bedrock create-model-customization-job help");

    static final ProblemKind CONTRADICTION = new ProblemKind(
            "FT0881",
            "settings of Bedrock do not go together",
            ExitCode.INVALID,
            "Some settings of a job exclude or need each other: subnets come with security groups, role and region are of one partition,"
                    + " early stopping needs rows to compare with. Bedrock would refuse the job.",
            "leave one of the two settings out");

    static final ProblemKind NOT_TUNABLE = new ProblemKind(
            "FT0882",
            "Bedrock does not tune this model there",
            ExitCode.INVALID,
            "Bedrock tunes few models, each in some regions, and knows them for tuning by ids that end with the length of their context,"
                    + " such as amazon.nova-micro-v1:0:128k.",
            "aws bedrock list-foundation-models --by-customization-type FINE_TUNING --region us-east-1");

    static final ProblemKind HYPER_PARAMETER = new ProblemKind(
            "FT0883",
            "the model does not take this training setting",
            ExitCode.INVALID,
            "Each model that Bedrock tunes has hyperparameters of its own with ranges of their own. What a job says of its training is put into"
                    + " them where there is a counterpart; places.bedrock may name them in the model's own words.",
            "finetune offers --target bedrock");

    static final ProblemKind NO_COUNTERPART = new ProblemKind(
            "FT0884",
            "Bedrock has no such training setting",
            ExitCode.INVALID,
            "Bedrock chooses its own adapters, schedule and number format, and leaves few settings to a job. What has no counterpart there has"
                    + " no effect.",
            "leave the setting out");

    static final ProblemKind BEYOND_LIMIT = new ProblemKind(
            "FT0885",
            "the job is larger than Bedrock takes",
            ExitCode.INVALID,
            "Bedrock takes at most 200 tags of certain characters.",
            "leave labels out");

    static final ProblemKind ROW = new ProblemKind(
            "FT0886",
            "a row is not one that the model can be tuned with",
            ExitCode.INVALID,
            "Bedrock reads rows once the job has begun and fails it minutes later for the first that it does not take: user and assistant speak"
                    + " in turns, no message is empty, and Nova refuses texts that it takes for marks of its own, such as \"User:\".",
            "mend the row, or leave it out");

    static final ProblemKind ROW_COUNT = new ProblemKind(
            "FT0887",
            "too few or too many rows for the model",
            ExitCode.INVALID,
            "Each model that Bedrock tunes takes a number of rows within bounds: Nova 8 to 20,000, Llama at most 10,000 to train on and 1,000 to"
                    + " compare with. Beyond them the job fails minutes after its launch.",
            "add rows, or leave some out");

    static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0891",
            "no credentials that Amazon accepts for Bedrock",
            ExitCode.CREDENTIALS,
            "None were found in the environment, in ~/.aws or at the machine, or those that were found are expired, unknown, or signed by a"
                    + " clock that is some minutes off. Nothing was launched by this call.",
            "aws sts get-caller-identity");

    static final ProblemKind DENIED = new ProblemKind(
            "FT0892",
            "the caller is not allowed to do that at Bedrock",
            ExitCode.CREDENTIALS,
            "The credentials are good, but their policies do not allow this call. To launch a job takes bedrock:CreateModelCustomizationJob,"
                    + " GetModelCustomizationJob and TagResource, and iam:PassRole on the role of the job.",
            "aws sts get-caller-identity");

    static final ProblemKind NO_MODEL_ACCESS = new ProblemKind(
            "FT0893",
            "the account has no access to the base model",
            ExitCode.CREDENTIALS,
            "Somebody has to ask for access to a base model once, and to accept its licence, before an account may use or tune it.",
            "aws bedrock get-foundation-model-availability --model-id MODEL");

    static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0894",
            "Bedrock does not answer",
            ExitCode.CAPACITY,
            "Bedrock did not answer, answered with an error of its own, or asked to come less often, in all tries. A job that runs goes on. The"
                    + " same call may be made again at any time: it never launches a second job.",
            "aws bedrock list-model-customization-jobs --max-results 1");

    static final ProblemKind NAME_TAKEN = new ProblemKind(
            "FT0895",
            "the name of the job or of its model is taken",
            ExitCode.INVALID,
            "Bedrock runs no job name twice, and has each custom model's name once. One of this name is there, and it was not launched from the"
                    + " same order: somebody else named it so.",
            "aws bedrock get-model-customization-job --job-identifier NAME");

    static final ProblemKind QUOTA = new ProblemKind(
            "FT0896",
            "the account's quota leaves no place for the job",
            ExitCode.CAPACITY,
            "Each account has a quota of customization jobs at once, often 2, and of custom models. The job can be launched once another one has"
                    + " ended, or with a larger quota.",
            "aws service-quotas list-service-quotas --service-code bedrock");

    static final ProblemKind ROLE_UNUSABLE = new ProblemKind(
            "FT0897",
            "Bedrock may not act as the job's role",
            ExitCode.CREDENTIALS,
            "A job runs as a role whose trust policy must name bedrock.amazonaws.com as a principal. The role is not there, does not trust"
                    + " Bedrock, or is so new that it is not known everywhere yet.",
            "aws iam get-role --query Role.AssumeRolePolicyDocument --role-name NAME");

    static final ProblemKind REFUSED = new ProblemKind(
            "FT0898",
            "Bedrock refuses a call",
            ExitCode.INVALID,
            "Bedrock has a reason of its own against a call, which it tells. Nothing was changed: a job that it refuses to launch is not there.",
            "finetune doctor aws JOB");

    static final ProblemKind NO_SUCH_JOB = new ProblemKind(
            "FT0899",
            "there is no such job at Bedrock",
            ExitCode.INVALID,
            "Bedrock has no customization job of this name in this region and account: it was never launched there.",
            "aws bedrock list-model-customization-jobs");

    static final ProblemKind DATA_REFUSED = new ProblemKind(
            "FT0901",
            "Bedrock does not take the job's rows",
            ExitCode.INVALID,
            "Bedrock read the rows after the launch and found some that it does not take, or could not read them as the job's role.",
            "aws bedrock get-model-customization-job --query trainingDataConfig.s3Uri --job-identifier NAME");

    static final ProblemKind JOB_FAILED = new ProblemKind(
            "FT0902",
            "Bedrock could not run the job",
            ExitCode.TRAINING_FAILED,
            "Bedrock took the job and failed, for a reason that it tells. There is no tuned model, and no log beyond that reason.",
            "aws bedrock get-model-customization-job --job-identifier NAME");

    static final ProblemKind WRONG_STATE = new ProblemKind(
            "FT0903",
            "the job at Bedrock is not in a state for that",
            ExitCode.INVALID,
            "Results come once a job has ended and as long as its model is there; a job that runs is not deleted, and one that has ended is not"
                    + " taken up again.",
            "finetune ps");

    static final ProblemKind UNABLE = new ProblemKind(
            "FT0904",
            "Bedrock does not do that",
            ExitCode.INVALID,
            "Bedrock trains and nothing else: it runs no worker, answers no rows, keeps no checkpoint to go on from, and knows no time limit, since"
                    + " it bills the tokens of the rows.",
            "finetune plan JOB");

    static final ProblemKind FOREIGN_CURSOR = new ProblemKind(
            "FT0905",
            "the place in the events of a job is not one of its own",
            ExitCode.INVALID,
            "Events are read on from a place that an earlier call gave. This one was given for another job, or by another place.",
            "finetune logs RUN");

    static final ProblemKind NOT_COMPARED = new ProblemKind(
            "FT0906",
            "base and tuned model were not compared at Bedrock",
            ExitCode.OK,
            "Bedrock trains and keeps the tuned model. To ask it, it must be hosted: on demand, where its family can be, or by the hour until that is"
                    + " ended. finetune4j hosts nothing by itself, so that held-out rows are not answered and no gate is judged.",
            "finetune host RUN");

    static final ProblemKind HOSTING_FAILED = new ProblemKind(
            "FT0907",
            "Bedrock could not host the model",
            ExitCode.CAPACITY,
            "Bedrock took the order and failed, for a reason that it tells. What failed stays there until it is ended, and the model cannot be"
                    + " hosted in the same way before.",
            "finetune host RUN --remove");

    static final ProblemKind NOT_HOSTED_SO = new ProblemKind(
            "FT0908",
            "Bedrock does not host the model in that way",
            ExitCode.INVALID,
            "Some families of models are hosted on demand, all are by the hour, in model units. Without a commitment one unit is sold; more are"
                    + " to whoever takes them for a month or for six.",
            "finetune host RUN --dry-run");

    static final ProblemKind NOT_IMPORTED = new ProblemKind(
            "FT0909",
            "Bedrock does not take the model in",
            ExitCode.INVALID,
            "Bedrock takes models in that were trained elsewhere as a folder in Hugging Face layout with merged weights: those of some"
                    + " architectures, in some regions, in FP32, FP16 or BF16.",
            "finetune export RUN --to FOLDER");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                BAD_SETTING,
                CONTRADICTION,
                NOT_TUNABLE,
                HYPER_PARAMETER,
                NO_COUNTERPART,
                BEYOND_LIMIT,
                ROW,
                ROW_COUNT,
                NO_CREDENTIALS,
                DENIED,
                NO_MODEL_ACCESS,
                UNREACHABLE,
                NAME_TAKEN,
                QUOTA,
                ROLE_UNUSABLE,
                REFUSED,
                NO_SUCH_JOB,
                DATA_REFUSED,
                JOB_FAILED,
                WRONG_STATE,
                UNABLE,
                FOREIGN_CURSOR,
                NOT_COMPARED,
                HOSTING_FAILED,
                NOT_HOSTED_SO,
                NOT_IMPORTED);
    }
}
