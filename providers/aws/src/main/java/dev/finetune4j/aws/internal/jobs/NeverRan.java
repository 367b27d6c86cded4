package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.value.ProviderId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sagemaker.model.AlgorithmSpecification;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;

/**
 * Why a job never came to its worker, be it that the service refused it or took it and failed: in words that the service changes now and
 * then, of which only what matters is looked for.
 */
final class NeverRan {
    private static final Pattern ROLE =
            Pattern.compile("unable to assume|could not assume|perform: sts:AssumeRole", Pattern.CASE_INSENSITIVE);
    private static final Pattern LICENCE = Pattern.compile("\\beula\\b|license agreement", Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_INPUT =
            Pattern.compile("no S3 objects found|s3:ListBucket", Pattern.CASE_INSENSITIVE);
    private static final Pattern FORBIDDEN = Pattern.compile(
            "not authorized to perform|access ?denied|\\b403\\b|forbidden|not allowed to access",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_IMAGE = Pattern.compile(
            "pull(ing)? .*image|image .*(not (be )?found|not exist)|repository .*not (exist|found)|manifest .*not found|manifest unknown"
                    + "|cannot find (the )?(requested )?(image|repository)|pull permissions",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ECR =
            Pattern.compile("(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/([^:@]+)(?::(.+))?");

    private final String name;
    private final String role;
    private final String image;
    private final String otherwise;

    private NeverRan(String name, @Nullable String role, @Nullable AlgorithmSpecification algorithm, String otherwise) {
        this.name = name;
        this.role = String.valueOf(role).replaceFirst(".*/", "");
        image = Optional.ofNullable(algorithm)
                .map(AlgorithmSpecification::trainingImage)
                .orElse("");
        this.otherwise = otherwise;
    }

    /**
     * The problem of a job that the service took.
     *
     * @param place the target that launched it
     * @param text the reason, without whom it blames
     */
    static Problem told(DescribeTrainingJobResponse job, ProviderId place, String text) {
        String show = SageMakerErrors.describe(job.trainingJobName(), region(job));
        NeverRan told = new NeverRan(job.trainingJobName(), job.roleArn(), job.algorithmSpecification(), show);
        String licence = "places." + place + ".accept-eula: true";
        return told.problem(SageMakerProblems.JOB_FAILED, "SageMaker could not run ", licence, text);
    }

    /**
     * The problem of a job that the service refused: there is none to look at, but all that it is to be made of.
     *
     * @param text the reason
     */
    static Problem refused(CreateTrainingJobRequest job, String text) {
        String look = "finetune doctor aws JOB";
        NeverRan told = new NeverRan(job.trainingJobName(), job.roleArn(), job.algorithmSpecification(), look);
        return told.problem(SageMakerProblems.REFUSED, "SageMaker does not launch ", look, text);
    }

    private Problem problem(ProblemKind kind, String summary, String licence, String text) {
        String why = text.isEmpty() ? "no reason is told" : text;
        if (ROLE.matcher(text).find()) {
            return SageMakerProblems.ROLE_UNUSABLE
                    .error("SageMaker may not act as the role of " + name)
                    .because(why)
                    .remedy("aws iam get-role --query Role.AssumeRolePolicyDocument --role-name " + role)
                    .build();
        }
        Problem.Builder problem;
        if (LICENCE.matcher(text).find()) {
            problem = kind.error("the licence of the model of " + name + " is not accepted")
                    .remedy(licence);
        } else if (NO_INPUT.matcher(text).find()) {
            problem = kind.error("SageMaker finds no input of " + name + " as the job's role")
                    .remedy("finetune policy JOB --for job");
        } else if (FORBIDDEN.matcher(text).find()) {
            problem = kind.error("the role of " + name + " may not do what the job takes")
                    .remedy("finetune policy JOB --for job");
        } else if (NO_IMAGE.matcher(text).find()) {
            problem =
                    kind.error("SageMaker could not pull the image of " + name).remedy(showImage());
        } else {
            problem = kind.error(summary + name).remedy(otherwise);
        }
        return problem.because(why).build();
    }

    /** Shows the image if it is there, and else says what is not. */
    private String showImage() {
        Matcher ecr = ECR.matcher(image);
        return ecr.matches()
                ? "aws ecr describe-images --registry-id " + ecr.group(1) + " --region " + ecr.group(2)
                        + " --repository-name " + ecr.group(3)
                        + (ecr.group(4) == null ? "" : " --image-ids imageTag=" + ecr.group(4))
                : otherwise;
    }

    static String region(DescribeTrainingJobResponse job) {
        return SageMakerErrors.region(job.trainingJobArn());
    }
}
