package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.error.Problem;
import dev.finetune4j.value.ProviderId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sagemaker.model.AlgorithmSpecification;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;

/**
 * Why a job that the service took never came to its worker: in words that the service changes now and then, of which only what matters is
 * looked for.
 */
final class NeverRan {
    private static final Pattern ROLE =
            Pattern.compile("unable to assume|could not assume|perform: sts:AssumeRole", Pattern.CASE_INSENSITIVE);
    private static final Pattern LICENCE = Pattern.compile("eula|license agreement", Pattern.CASE_INSENSITIVE);
    private static final Pattern FORBIDDEN = Pattern.compile(
            "not authorized to perform|access ?denied|\\b403\\b|forbidden|not allowed to access",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_IMAGE = Pattern.compile(
            "pull(ing)? .*image|image .*(not (be )?found|not exist)|repository .*not (exist|found)|manifest .*not found|manifest unknown",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ECR =
            Pattern.compile("(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/([^:@]+)(?::(.+))?");

    private NeverRan() {}

    /**
     * The problem.
     *
     * @param place the target that launched it
     * @param text the reason, without whom it blames
     */
    static Problem told(DescribeTrainingJobResponse job, ProviderId place, String text) {
        String name = job.trainingJobName();
        if (ROLE.matcher(text).find()) {
            return SageMakerProblems.ROLE_UNUSABLE
                    .error("SageMaker may not act as the role of " + name)
                    .because(text)
                    .remedy("aws iam get-role --query Role.AssumeRolePolicyDocument --role-name "
                            + String.valueOf(job.roleArn()).replaceFirst(".*/", ""))
                    .build();
        }
        Problem.Builder problem = SageMakerProblems.JOB_FAILED
                .error(summary(name, text))
                .because(text.isEmpty() ? "no reason is told" : text);
        if (LICENCE.matcher(text).find()) {
            problem.remedy("places." + place + ".accept-eula: true");
        } else if (FORBIDDEN.matcher(text).find()) {
            problem.remedy("finetune policy JOB --for job");
        } else if (NO_IMAGE.matcher(text).find()) {
            problem.remedy(showImage(job));
        } else {
            problem.remedy(describe(job));
        }
        return problem.build();
    }

    private static String summary(String name, String text) {
        if (LICENCE.matcher(text).find()) {
            return "the licence of the model of " + name + " is not accepted";
        }
        if (FORBIDDEN.matcher(text).find()) {
            return "the role of " + name + " may not do what the job takes";
        }
        return NO_IMAGE.matcher(text).find()
                ? "SageMaker could not pull the image of " + name
                : "SageMaker could not run " + name;
    }

    /** Shows the image if it is there, and else says what is not. */
    private static String showImage(DescribeTrainingJobResponse job) {
        String image = Optional.ofNullable(job.algorithmSpecification())
                .map(AlgorithmSpecification::trainingImage)
                .orElse("");
        Matcher ecr = ECR.matcher(image);
        return ecr.matches()
                ? "aws ecr describe-images --registry-id " + ecr.group(1) + " --region " + ecr.group(2)
                        + " --repository-name " + ecr.group(3)
                        + (ecr.group(4) == null ? "" : " --image-ids imageTag=" + ecr.group(4))
                : describe(job);
    }

    private static String describe(DescribeTrainingJobResponse job) {
        return SageMakerErrors.describe(job.trainingJobName(), region(job));
    }

    static String region(DescribeTrainingJobResponse job) {
        return SageMakerErrors.region(job.trainingJobArn());
    }
}
