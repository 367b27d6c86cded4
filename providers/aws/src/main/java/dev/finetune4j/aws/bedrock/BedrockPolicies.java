package dev.finetune4j.aws.bedrock;

import static dev.finetune4j.aws.internal.PolicyStatement.literally;

import dev.finetune4j.aws.internal.PolicyScope;
import dev.finetune4j.aws.internal.PolicyStatement;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that customization jobs are launched, followed, fetched and removed by, and those that the service makes as the role of a job,
 * as IAM policies. ARNs of jobs and models hold ids that the service makes up, and not their names: their kind is the boundary, and the
 * folder of their files.
 */
final class BedrockPolicies {
    private static final String FIGURES = CustomizationMapper.OUTPUTS + "/model-customization-job-";

    private final BedrockOptions options;
    private final PolicyScope scope;
    private final String model;
    private final String jobs;
    private final String models;

    /**
     * Policies.
     *
     * @param options how the jobs run; all of it is in a form that the service takes
     * @param isAnyModel whether they may tune another base model than the options name
     */
    BedrockPolicies(BedrockOptions options, boolean isAnyModel) {
        this.options = options;
        model = isAnyModel ? "*" : literally(options.model());
        scope = new PolicyScope(options.role(), options.region(), options.store());
        jobs = scope.arn("bedrock", "model-customization-job/*");
        models = scope.arn("bedrock", "custom-model/*");
    }

    List<AccessPolicy> all() {
        return List.of(
                PolicyStatement.policy(AccessPolicy.Holder.CALLER, "", caller()),
                PolicyStatement.policy(AccessPolicy.Holder.JOB, options.role(), job()));
    }

    /** What whoever hosts their models must be allowed beyond that. */
    List<AccessPolicy> ofHosting() {
        String deployments = scope.arn("bedrock", "custom-model-deployment/*");
        String throughputs = scope.arn("bedrock", "provisioned-model/*");
        String imports = scope.arn("bedrock", "model-import-job/*");
        String imported = scope.arn("bedrock", "imported-model/*");
        return List.of(PolicyStatement.policy(
                AccessPolicy.Holder.HOST,
                "",
                List.of(
                        PolicyStatement.of(
                                "HostOnDemand",
                                "a deployment of a tuned model, which is paid by the token",
                                List.of("bedrock:CreateCustomModelDeployment"),
                                List.of(models, deployments)),
                        PolicyStatement.of(
                                "HostByTheHour",
                                "throughput of a tuned model, which is paid by the hour; leave it out where nobody should buy that",
                                List.of("bedrock:CreateProvisionedModelThroughput"),
                                List.of(models, throughputs)),
                        PolicyStatement.of(
                                "BringIn",
                                "a model that was trained elsewhere",
                                List.of("bedrock:CreateModelImportJob"),
                                List.of(imported, imports)),
                        PolicyStatement.of(
                                "ListBroughtIn",
                                "jobs stay when their models are gone" + PolicyScope.NO_RESOURCE,
                                List.of("bedrock:ListModelImportJobs"),
                                List.of("*")),
                        PolicyStatement.of(
                                "TagHosted",
                                "tags tell whose they are, and by which order",
                                List.of("bedrock:ListTagsForResource", "bedrock:TagResource"),
                                List.of(deployments, throughputs, imported, imports)),
                        PolicyStatement.of(
                                "Ask",
                                "questions to what is hosted, and to the base model to compare it with",
                                List.of("bedrock:InvokeModel"),
                                List.of(
                                        "arn:" + scope.partition() + ":bedrock:" + options.region()
                                                + "::foundation-model/" + asked(),
                                        deployments,
                                        throughputs)),
                        PolicyStatement.of(
                                "FollowAndEnd",
                                "their ARNs hold ids that nobody knows before",
                                List.of(
                                        "bedrock:DeleteCustomModelDeployment",
                                        "bedrock:DeleteImportedModel",
                                        "bedrock:DeleteProvisionedModelThroughput",
                                        "bedrock:GetCustomModelDeployment",
                                        "bedrock:GetImportedModel",
                                        "bedrock:GetModelImportJob",
                                        "bedrock:GetProvisionedModelThroughput"),
                                List.of(deployments, throughputs, imported, imports)))));
    }

    /** The base model by its id for asking, which lacks the length of the context. */
    private String asked() {
        return model.equals("*") ? model : model.substring(0, model.lastIndexOf(':'));
    }

    private List<PolicyStatement> caller() {
        String base = "arn:" + scope.partition() + ":bedrock:" + options.region() + "::foundation-model/" + model;
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                PolicyStatement.of(
                        "Launch",
                        "a job and the model that comes of it; which base model stands in the job file or under places.bedrock.model",
                        List.of("bedrock:CreateModelCustomizationJob"),
                        List.of(base, models, jobs)),
                PolicyStatement.of(
                        "Tag",
                        "tags tell whose jobs and models they are",
                        List.of("bedrock:TagResource"),
                        List.of(models, jobs)),
                PolicyStatement.of(
                        "FollowAndStop",
                        "jobs; their ARNs hold ids that nobody knows before",
                        List.of("bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob"),
                        List.of(jobs)),
                PolicyStatement.of(
                        "LookAtAndRemoveModel",
                        "the tuned model, which costs something for as long as it is there",
                        List.of("bedrock:DeleteCustomModel", "bedrock:GetCustomModel"),
                        List.of(models)),
                PolicyStatement.of(
                                "HandOverRole",
                                "the job runs as this role, at Bedrock and nowhere else",
                                List.of("iam:PassRole"),
                                List.of(literally(options.role())))
                        .when("StringEquals", "iam:PassedToService", "bedrock.amazonaws.com")));
        statements.addAll(callersFiles());
        if (options.kmsKey() != null) {
            statements.add(scope.keyBy(
                    "s3",
                    scope.key(
                            options.kmsKey(),
                            "UseKeyInS3",
                            "files in the store",
                            List.of("kms:Decrypt", "kms:GenerateDataKey"))));
            statements.add(scope.keyBy(
                    "bedrock",
                    scope.key(
                            options.kmsKey(),
                            "EncryptModel",
                            "the tuned model",
                            List.of("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"))));
        }
        return statements;
    }

    private List<PolicyStatement> callersFiles() {
        return List.of(
                scope.find("FindFiles", "what is staged already, and what a job left"),
                PolicyStatement.of(
                        "FindUploads",
                        "uploads that were begun and not ended; IAM cannot bind this to a part of the bucket",
                        List.of("s3:ListBucketMultipartUploads"),
                        List.of(scope.bucket())),
                PolicyStatement.of(
                        "StageRows",
                        "rows under the digest of their content, which jobs share; nothing is removed there",
                        List.of(
                                "s3:AbortMultipartUpload",
                                "s3:GetObject",
                                "s3:ListMultipartUploadParts",
                                "s3:PutObject"),
                        List.of(scope.below(S3Store.INPUTS))),
                PolicyStatement.of(
                        "FetchFigures",
                        "what jobs leave, in folders that the service calls by the jobs' ids",
                        List.of("s3:GetObject"),
                        List.of(scope.below(FIGURES))),
                PolicyStatement.of(
                        "RemoveFigures",
                        "the same, for \"finetune clean\"",
                        List.of("s3:AbortMultipartUpload", "s3:DeleteObject"),
                        List.of(scope.below(FIGURES))));
    }

    private List<PolicyStatement> job() {
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                scope.find("FindRows", "the records that it learns from"),
                PolicyStatement.of(
                        "ReadRows", "the same", List.of("s3:GetObject"), List.of(scope.below(S3Store.INPUTS))),
                PolicyStatement.of(
                        "LeaveFigures",
                        "what it leaves",
                        List.of("s3:PutObject", "s3:AbortMultipartUpload"),
                        List.of(scope.below(CustomizationMapper.OUTPUTS + "/")))));
        if (options.kmsKey() != null) {
            statements.add(scope.key(
                    options.kmsKey(),
                    "UseKey",
                    "files in the store",
                    List.of("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")));
        }
        if (!options.subnets().isEmpty()) {
            statements.addAll(scope.network(options.securityGroups(), options.subnets()));
        }
        return statements;
    }
}
