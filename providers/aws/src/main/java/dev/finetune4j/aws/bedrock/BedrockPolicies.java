package dev.finetune4j.aws.bedrock;

import static dev.finetune4j.aws.internal.PolicyStatement.literally;

import dev.finetune4j.aws.internal.PolicyScope;
import dev.finetune4j.aws.internal.PolicyStatement;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Submission;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that customization jobs are launched, followed, fetched and removed by, and those that the service makes as the role of a job,
 * as IAM policies. ARNs of jobs and models hold ids that the service makes up, and not their names: their base model is the boundary, the
 * tag that says whose they are, and the folder of their files.
 */
final class BedrockPolicies {
    private static final String FIGURES = CustomizationMapper.OUTPUTS + "/model-customization-job-";

    private final BedrockOptions options;
    private final PolicyScope scope;
    private final String model;
    private final String runs;
    private final String jobs;
    private final String models;

    /**
     * Policies.
     *
     * @param options how the jobs run; all of it is in a form that the service takes
     * @param runs what the ids of the runs begin with
     */
    BedrockPolicies(BedrockOptions options, String runs) {
        this.options = options;
        this.runs = literally(runs) + "*";
        model = literally(options.model());
        scope = new PolicyScope(options.role(), options.region(), options.store());
        jobs = scope.arn("bedrock", "model-customization-job/" + model + "/*");
        models = scope.arn("bedrock", "custom-model/" + model + "/*");
    }

    /** A statement about what is made with our tag. */
    private PolicyStatement making(String sid, String why, List<String> actions, List<String> resources) {
        return PolicyStatement.of(sid, why, actions, resources)
                .when("StringLike", "aws:RequestTag/" + Submission.RUN_LABEL, runs);
    }

    /** A statement about what has our tag. */
    private PolicyStatement ending(String sid, String why, List<String> actions, List<String> resources) {
        return PolicyStatement.of(sid, why, actions, resources)
                .when("StringLike", "aws:ResourceTag/" + Submission.RUN_LABEL, runs);
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
                        making(
                                "HostOnDemand",
                                "a deployment of a tuned model, which is paid by the token",
                                List.of("bedrock:CreateCustomModelDeployment"),
                                List.of(models, deployments)),
                        making(
                                "HostByTheHour",
                                "throughput of a tuned model, which is paid by the hour; leave it out where nobody should buy that",
                                List.of("bedrock:CreateProvisionedModelThroughput"),
                                List.of(models, throughputs)),
                        making(
                                "BringIn",
                                "a model that was trained elsewhere",
                                List.of("bedrock:CreateModelImportJob"),
                                List.of(imported, imports)),
                        PolicyStatement.of(
                                "ListBroughtIn",
                                "jobs stay when their models are gone" + PolicyScope.NO_RESOURCE,
                                List.of("bedrock:ListModelImportJobs"),
                                List.of("*")),
                        making(
                                "TagHosted",
                                "tags tell whose they are, and by which order",
                                List.of("bedrock:TagResource"),
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
                                "FollowHosted",
                                "they are looked for by name before they are there, and their ARNs hold ids that nobody knows before",
                                List.of(
                                        "bedrock:GetCustomModelDeployment",
                                        "bedrock:GetImportedModel",
                                        "bedrock:GetModelImportJob",
                                        "bedrock:GetProvisionedModelThroughput",
                                        "bedrock:ListTagsForResource"),
                                List.of(deployments, throughputs, imported, imports)),
                        ending(
                                "EndHosted",
                                "those of these runs; what is paid by the hour is paid until then",
                                List.of(
                                        "bedrock:DeleteCustomModelDeployment",
                                        "bedrock:DeleteImportedModel",
                                        "bedrock:DeleteProvisionedModelThroughput"),
                                List.of(deployments, throughputs, imported)))));
    }

    /** The base model by its id for asking, which lacks the length of the context. */
    private String asked() {
        return model.substring(0, model.lastIndexOf(':'));
    }

    private List<PolicyStatement> caller() {
        String base = "arn:" + scope.partition() + ":bedrock:" + options.region() + "::foundation-model/" + model;
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                making(
                        "Launch",
                        "a job and the model that comes of it",
                        List.of("bedrock:CreateModelCustomizationJob"),
                        List.of(base, models, jobs)),
                making(
                        "Tag",
                        "tags tell whose jobs and models they are",
                        List.of("bedrock:TagResource"),
                        List.of(models, jobs)),
                PolicyStatement.of(
                        "Follow",
                        "jobs, which are looked for by name before they are there",
                        List.of("bedrock:GetModelCustomizationJob"),
                        List.of(scope.arn("bedrock", "model-customization-job/*"))),
                ending(
                        "Stop",
                        "those of these runs; their ARNs hold ids that nobody knows before",
                        List.of("bedrock:StopModelCustomizationJob"),
                        List.of(jobs)),
                PolicyStatement.of(
                        "LookAtModel",
                        "the tuned model; one that is gone has no tag",
                        List.of("bedrock:GetCustomModel"),
                        List.of(models)),
                ending(
                        "RemoveModel",
                        "those of these runs; a model costs something for as long as it is there",
                        List.of("bedrock:DeleteCustomModel"),
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
            statements.addAll(scope.network(
                    options.securityGroups(),
                    options.subnets(),
                    new PolicyScope.InterfaceTag("BedrockManaged", "StringEquals", "true"),
                    new PolicyScope.InterfaceTag(
                            "BedrockModelCustomizationJobArn",
                            "ArnEquals",
                            scope.arn("bedrock", "model-customization-job/*"))));
        }
        return statements;
    }
}
