package dev.finetune4j.aws.sagemaker;

import static dev.finetune4j.aws.internal.PolicyStatement.literally;

import dev.finetune4j.aws.internal.PolicyStatement;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.spi.AccessPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The calls that jobs are launched, followed, fetched and removed by, and those that the service makes as the role of a job, as IAM
 * policies. A statement more or less is found by a test that runs jobs with exactly these.
 */
final class JobPolicies {
    private static final Pattern ROLE = Pattern.compile("arn:(aws[a-z-]*):iam::(\\d{12}):role/.+");
    private static final Pattern STORE = Pattern.compile("s3://([^/]+)(?:/(.*))?", Pattern.DOTALL);
    private static final Pattern IMAGE =
            Pattern.compile("(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/([^:@]+)(?:[:@].+)?");
    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f-]{36}|mrk-[0-9a-f]{32}");
    private static final String NO_RESOURCE = "; IAM knows no resource for it";

    private final SageMakerOptions options;
    private final Collection<String> images;
    private final boolean encryptsDisk;
    private final String partition;
    private final String account;
    private final String dnsSuffix;
    private final String runs;
    private final String bucket;
    private final String prefix;

    /**
     * Policies.
     *
     * @param options how the jobs run; all of it is in a form that the service takes
     * @param images addresses of the images that they may run in
     * @param mayNeedDisk whether they may run on a machine whose disk does not come with it, which the key is for, too
     * @param runs what the ids of the runs begin with
     */
    JobPolicies(SageMakerOptions options, Collection<String> images, boolean mayNeedDisk, String runs) {
        this.options = options;
        this.images = List.copyOf(images);
        encryptsDisk = mayNeedDisk && options.kmsKey() != null;
        this.runs = literally(runs);
        Matcher role = matched(ROLE, options.role());
        partition = role.group(1);
        account = role.group(2);
        dnsSuffix = VendorImages.dnsSuffix(options.region());
        Matcher store = matched(STORE, options.store());
        bucket = "arn:" + partition + ":s3:::" + store.group(1);
        String below = store.group(2) == null || store.group(2).isEmpty() ? "" : store.group(2) + "/";
        prefix = literally(below);
    }

    private static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must match " + pattern + ", was " + text);
        }
        return matcher;
    }

    List<AccessPolicy> all() {
        return List.of(
                PolicyStatement.policy(AccessPolicy.Holder.CALLER, "", caller()),
                PolicyStatement.policy(AccessPolicy.Holder.JOB, options.role(), job()));
    }

    private List<PolicyStatement> caller() {
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                PolicyStatement.of(
                        "LaunchAndFollow",
                        "jobs of this name; their tags tell whose they are, and go with a resumed job",
                        List.of(
                                "sagemaker:AddTags",
                                "sagemaker:CreateTrainingJob",
                                "sagemaker:DeleteTrainingJob",
                                "sagemaker:DescribeTrainingJob",
                                "sagemaker:ListTags",
                                "sagemaker:StopTrainingJob"),
                        // The service writes names in ARNs in small letters.
                        List.of(arn("sagemaker", "training-job/" + runs.toLowerCase(Locale.ROOT) + "*"))),
                PolicyStatement.of(
                                "HandOverRole",
                                "the job runs as this role, at SageMaker and nowhere else",
                                List.of("iam:PassRole"),
                                List.of(literally(options.role())))
                        .when("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com")));
        statements.addAll(callersFiles());
        statements.add(PolicyStatement.of(
                "FindLog",
                "the containers of a job; they are looked for by the job's name in the group of all jobs",
                List.of("logs:DescribeLogStreams"),
                List.of(logs("*"))));
        statements.add(PolicyStatement.of(
                "ReadLog",
                "what the worker tells of its steps",
                List.of("logs:GetLogEvents"),
                List.of(logs("log-stream:" + runs + "*"))));
        if (options.kmsKey() != null) {
            statements.add(key("UseKeyInS3", "files in the store", List.of("kms:Decrypt", "kms:GenerateDataKey"))
                    .when("StringEquals", "kms:ViaService", "s3." + options.region() + "." + dnsSuffix));
        }
        if (encryptsDisk) {
            statements.add(
                    key("EncryptDisk", "the disk of the machine", List.of("kms:CreateGrant", "kms:DescribeKey")));
        }
        return statements;
    }

    private List<PolicyStatement> callersFiles() {
        return List.of(
                find("FindFiles", "what is staged already, and what a job left"),
                PolicyStatement.of(
                        "FindUploads",
                        "uploads that were begun and not ended; IAM cannot bind this to a part of the bucket",
                        List.of("s3:ListBucketMultipartUploads"),
                        List.of(bucket)),
                PolicyStatement.of(
                        "StageInputs",
                        "rows, model and worker under the digest of their content, which jobs share; nothing is removed there",
                        List.of(
                                "s3:AbortMultipartUpload",
                                "s3:GetObject",
                                "s3:ListMultipartUploadParts",
                                "s3:PutObject"),
                        List.of(below(S3Store.INPUTS))),
                PolicyStatement.of(
                        "WriteOrder",
                        "what a job is to do",
                        List.of("s3:PutObject"),
                        List.of(below(Staging.ORDERS + runs))),
                PolicyStatement.of(
                        "FetchResults",
                        "what a job left",
                        List.of("s3:GetObject"),
                        List.of(below(TrainingJobMapper.RESULTS + "/" + runs))),
                PolicyStatement.of(
                        "RemoveRuns",
                        "all that a run has, for \"finetune clean\"",
                        List.of("s3:AbortMultipartUpload", "s3:DeleteObject"),
                        Stream.of(TrainingJobMapper.CHECKPOINTS, Staging.ORDERS, TrainingJobMapper.RESULTS + "/")
                                .map(folder -> below(folder + runs))
                                .toList()));
    }

    private List<PolicyStatement> job() {
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                find("FindInputsAndCheckpoints", "the files of its channels, and where it was"),
                PolicyStatement.of(
                        "ReadInputsAndCheckpoints",
                        "rows, model, worker and order, and where it was",
                        List.of("s3:GetObject"),
                        List.of(
                                below(S3Store.INPUTS),
                                below(Staging.ORDERS + runs),
                                below(TrainingJobMapper.CHECKPOINTS + runs))),
                PolicyStatement.of(
                        "LeaveCheckpointsAndResults",
                        "what it goes on from, and what it leaves",
                        List.of("s3:PutObject", "s3:AbortMultipartUpload"),
                        List.of(
                                below(TrainingJobMapper.CHECKPOINTS + runs),
                                below(TrainingJobMapper.RESULTS + "/" + runs))),
                PolicyStatement.of(
                        "EnterRegistries",
                        "the way to any image" + NO_RESOURCE,
                        List.of("ecr:GetAuthorizationToken"),
                        List.of("*")),
                PolicyStatement.of(
                        "PullImage",
                        "the image that it runs in",
                        List.of("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                        images.stream().map(this::repository).sorted().toList()),
                PolicyStatement.of(
                        "BeginLog",
                        "the group of all training jobs, where it is not there yet",
                        List.of("logs:CreateLogGroup", "logs:DescribeLogStreams"),
                        List.of(logs("*"))),
                PolicyStatement.of(
                        "WriteLog",
                        "what the worker tells of its steps",
                        List.of("logs:CreateLogStream", "logs:PutLogEvents"),
                        List.of(logs("log-stream:" + runs + "*"))),
                PolicyStatement.of(
                                "DrawCurves",
                                "figures of the job and of its machine" + NO_RESOURCE + ", only a namespace",
                                List.of("cloudwatch:PutMetricData"),
                                List.of("*"))
                        .when("StringEquals", "cloudwatch:namespace", ContainerLogs.GROUP)));
        if (options.kmsKey() != null) {
            statements.add(key(
                    "UseKey", "files in the store", List.of("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")));
        }
        if (encryptsDisk) {
            statements.add(key("EncryptDisk", "the disk of the machine", List.of("kms:CreateGrant")));
        }
        if (!options.subnets().isEmpty()) {
            statements.addAll(network());
        }
        return statements;
    }

    private List<PolicyStatement> network() {
        List<String> parts = new ArrayList<>(List.of(arn("ec2", "network-interface/*")));
        options.securityGroups().forEach(group -> parts.add(arn("ec2", "security-group/" + literally(group))));
        options.subnets().forEach(subnet -> parts.add(arn("ec2", "subnet/" + literally(subnet))));
        return List.of(
                PolicyStatement.of(
                        "LookAtNetwork",
                        "what the machine joins" + NO_RESOURCE,
                        List.of(
                                "ec2:DescribeDhcpOptions",
                                "ec2:DescribeNetworkInterfaces",
                                "ec2:DescribeSecurityGroups",
                                "ec2:DescribeSubnets",
                                "ec2:DescribeVpcs"),
                        List.of("*")),
                PolicyStatement.of(
                        "JoinNetwork",
                        "the machine's own interface there, whose id nobody knows before",
                        List.of(
                                "ec2:CreateNetworkInterface",
                                "ec2:CreateNetworkInterfacePermission",
                                "ec2:DeleteNetworkInterface",
                                "ec2:DeleteNetworkInterfacePermission"),
                        parts));
    }

    private PolicyStatement find(String sid, String why) {
        PolicyStatement list = PolicyStatement.of(sid, why, List.of("s3:ListBucket"), List.of(bucket));
        return prefix.isEmpty() ? list : list.when("StringLike", "s3:prefix", prefix + "*");
    }

    /** An alias is no resource of a policy, but a key can be told by it. */
    private PolicyStatement key(String sid, String why, List<String> actions) {
        String key = String.valueOf(options.kmsKey());
        String name = key.substring(key.lastIndexOf(":alias/") + 1);
        if (name.startsWith("alias/")) {
            return PolicyStatement.of(sid, why, actions, List.of(arn("kms", "key/*")))
                    .when("ForAnyValue:StringEquals", "kms:ResourceAliases", name);
        }
        String arn = KEY_ID.matcher(key).matches() ? arn("kms", "key/" + key) : key;
        return PolicyStatement.of(sid, why, actions, List.of(literally(arn)));
    }

    private String repository(String address) {
        Matcher image = matched(IMAGE, address);
        return "arn:" + partition + ":ecr:" + image.group(2) + ":" + image.group(1) + ":repository/"
                + literally(image.group(3));
    }

    private String below(String folder) {
        return bucket + "/" + prefix + folder + "*";
    }

    private String logs(String what) {
        return arn("logs", "log-group:" + ContainerLogs.GROUP + ":" + what);
    }

    private String arn(String service, String resource) {
        return "arn:" + partition + ":" + service + ":" + options.region() + ":" + account + ":" + resource;
    }
}
