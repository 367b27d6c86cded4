package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0831 to FT0859: jobs on SageMaker. */
public final class SageMakerProblems implements ProblemCatalogue {
    public static final ProblemKind BAD_SETTING = new ProblemKind(
            "FT0831",
            "a setting of SageMaker is not one that it takes",
            ExitCode.INVALID,
            "SageMaker holds each setting of a job to a form: a role is a whole ARN, a store is an S3 address, a machine is one that it"
                    + " trains on. What it would refuse is told before anything is sent.",
            "aws sagemaker create-training-job help");

    public static final ProblemKind CONTRADICTION = new ProblemKind(
            "FT0832",
            "settings of SageMaker do not go together",
            ExitCode.INVALID,
            "Some settings of a job exclude or need each other: a spot machine has a longest time to wait and cannot be kept for another"
                    + " job, subnets come with security groups, image and job are in one region. SageMaker would refuse the job.",
            "leave one of the two settings out");

    public static final ProblemKind BEYOND_LIMIT = new ProblemKind(
            "FT0833",
            "the job is larger than SageMaker takes",
            ExitCode.INVALID,
            "SageMaker lets a job run for 28 days at most, gives it at most 20 channels, and takes at most 50 tags of certain characters.",
            "set budget.max-time to 28d or less");

    public static final ProblemKind NO_IMAGE = new ProblemKind(
            "FT0834",
            "no training image of Amazon's is known in the region",
            ExitCode.INVALID,
            "Amazon keeps its training images in a registry of each region. The registry of this region is not known here.",
            "set image to the address of a training image in a registry of the region");

    public static final ProblemKind NO_CREDENTIALS = new ProblemKind(
            "FT0841",
            "no credentials that Amazon accepts",
            ExitCode.CREDENTIALS,
            "None were found in the environment, in ~/.aws or at the machine, or those that were found are expired, unknown, or signed by a"
                    + " clock that is some minutes off. Nothing was launched by this call.",
            "aws sts get-caller-identity");

    public static final ProblemKind DENIED = new ProblemKind(
            "FT0842",
            "the caller is not allowed to do that",
            ExitCode.CREDENTIALS,
            "The credentials are good, but their policies do not allow this call. To launch a job takes sagemaker:CreateTrainingJob and"
                    + " DescribeTrainingJob, and iam:PassRole on the role that the job runs as.",
            "aws sts get-caller-identity");

    public static final ProblemKind UNREACHABLE = new ProblemKind(
            "FT0843",
            "SageMaker does not answer",
            ExitCode.CAPACITY,
            "SageMaker did not answer, answered with an error of its own, or asked to come less often, in all tries. A job that runs goes"
                    + " on. The same call may be made again at any time: it never launches a second job.",
            "aws sagemaker list-training-jobs --max-results 1");

    public static final ProblemKind NAME_TAKEN = new ProblemKind(
            "FT0844",
            "the job's name belongs to another job",
            ExitCode.INVALID,
            "SageMaker keeps the name of a training job until the job is deleted, and runs no name twice. A job of this name is there, and"
                    + " it was not launched from the same order: somebody else named it so.",
            "aws sagemaker describe-training-job --training-job-name NAME");

    public static final ProblemKind QUOTA = new ProblemKind(
            "FT0845",
            "the account's quota leaves no machine",
            ExitCode.CAPACITY,
            "Each account has a quota of machines of each type for training, another one for spot, in each region. Those of machines with"
                    + " GPUs begin at 0. To try again does not help; another machine, region or a larger quota does.",
            "aws service-quotas list-service-quotas --service-code sagemaker");

    public static final ProblemKind ROLE_UNUSABLE = new ProblemKind(
            "FT0846",
            "SageMaker may not act as the job's role",
            ExitCode.CREDENTIALS,
            "A job runs as a role whose trust policy must name sagemaker.amazonaws.com as a principal. The role is not there, does not trust"
                    + " SageMaker, or is so new that it is not known everywhere yet.",
            "aws iam get-role --query Role.AssumeRolePolicyDocument --role-name NAME");

    public static final ProblemKind REFUSED = new ProblemKind(
            "FT0847",
            "SageMaker refuses a call",
            ExitCode.INVALID,
            "SageMaker has a reason of its own against a call, which it tells. Nothing was changed: a job that it refuses to launch is not"
                    + " there.",
            "finetune doctor aws JOB");

    public static final ProblemKind NO_SUCH_JOB = new ProblemKind(
            "FT0848",
            "there is no such job at SageMaker",
            ExitCode.INVALID,
            "SageMaker has no training job of this name in this region and account: it was never launched there, or was deleted.",
            "aws sagemaker list-training-jobs");

    public static final ProblemKind WRONG_STATE = new ProblemKind(
            "FT0849",
            "the job's state does not allow that",
            ExitCode.INVALID,
            "A job is fetched and deleted once it has ended, and resumed where it stopped or failed and its time limit leaves it time. A"
                    + " reader of its events goes on where it was in the events of the same job.",
            "finetune show RUN");

    public static final ProblemKind NO_CAPACITY = new ProblemKind(
            "FT0851",
            "no machine was free",
            ExitCode.CAPACITY,
            "SageMaker looked for a machine of this type for as long as the job may wait and found none in the region. A spot job may have had"
                    + " one before, which was taken back: it is billed for that time. Another type, another region or another hour may have"
                    + " one.",
            "finetune offers");

    public static final ProblemKind PLATFORM_FAILED = new ProblemKind(
            "FT0852",
            "SageMaker itself failed",
            ExitCode.CAPACITY,
            "SageMaker ended the job by an error of its own; it starts the container of a spot job anew once before. What was trained up to the"
                    + " last checkpoint is kept.",
            "finetune resume RUN");

    public static final ProblemKind WORKER_FAILED = new ProblemKind(
            "FT0853",
            "the worker failed",
            ExitCode.TRAINING_FAILED,
            "The worker ended with an error, which it told as far as it could. Its log has more.",
            "aws logs tail /aws/sagemaker/TrainingJobs --log-stream-name-prefix NAME/");

    public static final ProblemKind JOB_FAILED = new ProblemKind(
            "FT0854",
            "SageMaker could not run the job",
            ExitCode.INVALID,
            "SageMaker took the job and failed before the worker could: it could not read an input, pull the image, or act as the job's"
                    + " role.",
            "aws sagemaker describe-training-job --query FailureReason --training-job-name NAME");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                BAD_SETTING,
                CONTRADICTION,
                BEYOND_LIMIT,
                NO_IMAGE,
                NO_CREDENTIALS,
                DENIED,
                UNREACHABLE,
                NAME_TAKEN,
                QUOTA,
                ROLE_UNUSABLE,
                REFUSED,
                NO_SUCH_JOB,
                WRONG_STATE,
                NO_CAPACITY,
                PLATFORM_FAILED,
                WORKER_FAILED,
                JOB_FAILED);
    }
}
