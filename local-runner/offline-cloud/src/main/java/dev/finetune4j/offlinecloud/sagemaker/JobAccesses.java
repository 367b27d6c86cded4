package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.iam.NetworkAccesses;
import dev.finetune4j.offlinecloud.sagemaker.OfflineSageMaker.Account;
import dev.finetune4j.offlinecloud.wire.Access;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What callers must be allowed to do things to jobs, and what jobs must be allowed to do what they do. */
final class JobAccesses {
    /** Account, region and repository of an image. */
    static final Pattern IMAGE = Pattern.compile("(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/([^:@]+)(?:[:@].+)?");

    static final List<String> PULL =
            List.of("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer");

    /** Keys that SageMaker tells of a training job, and where they stand in the request. */
    private static final Map<String, String> CONTEXT = Map.of(
            "sagemaker:EnableRemoteDebug", "/RemoteDebugConfig/EnableRemoteDebug",
            "sagemaker:InterContainerTrafficEncryption", "/EnableInterContainerTrafficEncryption",
            "sagemaker:KeepAlivePeriod", "/ResourceConfig/KeepAlivePeriodInSeconds",
            "sagemaker:MaxRuntimeInSeconds", "/StoppingCondition/MaxRuntimeInSeconds",
            "sagemaker:NetworkIsolation", "/EnableNetworkIsolation",
            "sagemaker:OutputKmsKey", "/OutputDataConfig/KmsKeyId",
            "sagemaker:VolumeKmsKey", "/ResourceConfig/VolumeKmsKeyId",
            "sagemaker:VpcSecurityGroupIds", "/VpcConfig/SecurityGroupIds",
            "sagemaker:VpcSubnets", "/VpcConfig/Subnets");

    private final Account account;

    JobAccesses(Account account) {
        this.account = account;
    }

    /** What an operation takes. */
    List<Access> of(String operation, ObjectNode request) {
        String action = "sagemaker:" + operation;
        return switch (operation) {
            case "CreateTrainingJob" -> ofCreate(request);
            case "AddTags", "ListTags", "DeleteTags" ->
                List.of(tagged(Access.to(action, request.path("ResourceArn").asText()), request));
            case "ListTrainingJobs", "Search" -> List.of(Access.to(action, "*"));
            default -> List.of(Access.to(action, arn(request)));
        };
    }

    private List<Access> ofCreate(ObjectNode request) {
        List<Access> accesses =
                new ArrayList<>(List.of(inContext(Access.to("sagemaker:CreateTrainingJob", arn(request)), request)));
        if (request.has("Tags")) {
            accesses.add(tagged(Access.to("sagemaker:AddTags", arn(request)), request)
                    .with("sagemaker:TaggingAction", "CreateTrainingJob"));
        }
        accesses.add(Access.to("iam:PassRole", request.path("RoleArn").asText())
                .with("iam:PassedToService", "sagemaker.amazonaws.com"));
        String disk = request.at("/ResourceConfig/VolumeKmsKeyId").asText();
        if (!disk.isEmpty()) {
            accesses.add(key("kms:DescribeKey", disk));
            accesses.add(key("kms:CreateGrant", disk));
        }
        return accesses;
    }

    /** What conditions may look at of a job that is asked for; what the request leaves out is not told. */
    private static Access inContext(Access access, ObjectNode job) {
        Access told = tagged(access, job);
        for (Map.Entry<String, String> key : CONTEXT.entrySet()) {
            told = told.with(key.getKey(), values(job.at(key.getValue())));
        }
        List<String> types = new ArrayList<>(values(job.at("/ResourceConfig/InstanceType")));
        job.at("/ResourceConfig/InstanceGroups").forEach(group -> types.addAll(values(group.path("InstanceType"))));
        return told.with("sagemaker:InstanceTypes", types);
    }

    private static Access tagged(Access access, ObjectNode request) {
        Map<String, String> tags = new LinkedHashMap<>();
        request.path("Tags")
                .forEach(tag ->
                        tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
        return access.tagged(tags).with("aws:TagKeys", values(request.path("TagKeys")));
    }

    private static List<String> values(JsonNode node) {
        List<String> values = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(value -> values.add(value.asText()));
        } else if (node.isValueNode()) {
            values.add(node.asText());
        }
        return values;
    }

    private String arn(ObjectNode request) {
        return new JobRequest(request).arn(account.region(), account.id());
    }

    /** What a job's machine does before its container runs: joins the network, unlocks its disk, pulls the image. */
    List<Access> toStart(ObjectNode job) {
        List<Access> accesses = new ArrayList<>();
        if (job.has("VpcConfig")) {
            JsonNode network = job.path("VpcConfig");
            accesses.addAll(NetworkAccesses.toJoin(
                    account.id(),
                    account.region(),
                    network.path("SecurityGroupIds"),
                    network.path("Subnets"),
                    Map.of()));
        }
        String disk = job.at("/ResourceConfig/VolumeKmsKeyId").asText();
        if (!disk.isEmpty()) {
            accesses.add(key("kms:CreateGrant", disk));
        }
        String results = job.at("/OutputDataConfig/KmsKeyId").asText();
        if (!results.isEmpty()) {
            Stream.of("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
                    .forEach(action -> accesses.add(key(action, results)));
        }
        accesses.addAll(toPull(job));
        String lender = job.at("/AlgorithmSpecification/TrainingImageConfig/TrainingRepositoryAuthConfig"
                        + "/TrainingRepositoryCredentialsProviderArn")
                .asText();
        if (!lender.isEmpty()) {
            accesses.add(Access.to("lambda:InvokeFunction", lender));
        }
        return accesses;
    }

    /** What it takes to pull a job's image from Amazon's registry; nothing for a private one, whose password a function of Lambda lends. */
    List<Access> toPull(ObjectNode job) {
        Matcher image =
                IMAGE.matcher(job.at("/AlgorithmSpecification/TrainingImage").asText());
        if (!image.matches()) {
            return List.of();
        }
        String repository = "arn:aws:ecr:" + image.group(2) + ":" + image.group(1) + ":repository/" + image.group(3);
        return Stream.concat(
                        Stream.of(Access.to("ecr:GetAuthorizationToken", "*")),
                        PULL.stream().map(action -> Access.to(action, repository)))
                .toList();
    }

    /** What it takes to log what a container prints on the machine that a job was handed to. */
    List<Access> toLog(ObjectNode job, String group) {
        String arn = here("logs") + "log-group:" + group;
        JobRequest request = new JobRequest(job);
        String stream = arn + ":log-stream:" + request.name() + "/"
                + request.hosts().get(request.host()).name();
        return List.of(
                Access.to("logs:CreateLogGroup", arn + ":log-stream:"),
                Access.to("logs:DescribeLogStreams", arn + ":log-stream:"),
                Access.to("logs:CreateLogStream", stream),
                Access.to("logs:PutLogEvents", stream));
    }

    /** What it takes to draw curves. */
    Access toMeasure(String namespace) {
        return Access.to("cloudwatch:PutMetricData", "*").with("cloudwatch:namespace", namespace);
    }

    private Access key(String action, String key) {
        return Access.to(action, key.startsWith("arn:") ? key : here("kms") + "key/" + key);
    }

    private String here(String service) {
        return "arn:aws:" + service + ":" + account.region() + ":" + account.id() + ":";
    }
}
