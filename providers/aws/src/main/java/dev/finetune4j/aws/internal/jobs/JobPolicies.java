package dev.finetune4j.aws.internal.jobs;

import static dev.finetune4j.aws.internal.PolicyStatement.literally;

import dev.finetune4j.aws.internal.PolicyScope;
import dev.finetune4j.aws.internal.PolicyStatement;
import dev.finetune4j.aws.s3.S3Store;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.StagedOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls that jobs are launched, followed, fetched and removed by, and those that the service makes as the role of a job, as IAM
 * policies. A statement more or less is found by a test that runs jobs with exactly these.
 */
public final class JobPolicies {
    private static final String SCHEME = "s3://";
    private static final String PACKED = ".tar.gz";
    private static final Pattern IMAGE =
            Pattern.compile("(\\d{12})\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/([^:@]+)(?:[:@].+)?");

    private final Bounds bounds;
    private final @Nullable Hub hub;
    private final boolean encryptsDisk;
    private final PolicyScope scope;
    private final String runs;

    /**
     * What jobs are bound to; all of it is in a form that the service takes.
     *
     * @param role ARN of the role that they run as
     * @param region where they run
     * @param store where their files lie
     * @param kmsKey key that results and disks are encrypted with, or null for the account's own
     * @param mayNeedDisk whether they may run on a machine whose disk does not come with it, which the key is for, too
     * @param mayKeepMachine whether one of their machines may be kept after a job, and has to be given back
     * @param subnets of the network that they join; empty for none
     * @param securityGroups in that network
     * @param images addresses of the images that they may run in
     */
    public record Bounds(
            String role,
            String region,
            String store,
            @Nullable String kmsKey,
            boolean mayNeedDisk,
            boolean mayKeepMachine,
            List<String> subnets,
            List<String> securityGroups,
            Collection<String> images) {
        /** Copies the lists. */
        public Bounds {
            subnets = List.copyOf(subnets);
            securityGroups = List.copyOf(securityGroups);
            images = List.copyOf(images);
        }
    }

    /**
     * What a job has of the public hub. Such a job has neither an order nor checkpoints.
     *
     * @param name of the hub
     * @param model id of the model
     * @param buckets of Amazon's, where its files lie
     * @param files S3 addresses of model and script, packed or of a folder
     */
    public record Hub(String name, String model, List<String> buckets, Collection<String> files) {
        /** Copies the lists. */
        public Hub {
            buckets = List.copyOf(buckets);
            files = List.copyOf(files);
        }
    }

    /**
     * Policies.
     *
     * @param hub what the jobs have of it, or null where they run finetune4j's worker
     * @param runs what the ids of the runs begin with
     */
    public JobPolicies(Bounds bounds, @Nullable Hub hub, String runs) {
        this.bounds = bounds;
        this.hub = hub;
        encryptsDisk = bounds.mayNeedDisk() && bounds.kmsKey() != null;
        this.runs = literally(runs);
        scope = new PolicyScope(bounds.role(), bounds.region(), bounds.store());
    }

    private String bucket(String name) {
        return "arn:" + scope.partition() + ":s3:::" + name;
    }

    /** Those of callers and of the jobs themselves. */
    public List<AccessPolicy> all() {
        return List.of(
                PolicyStatement.policy(AccessPolicy.Holder.CALLER, "", caller()),
                PolicyStatement.policy(AccessPolicy.Holder.JOB, bounds.role(), job()));
    }

    private List<PolicyStatement> caller() {
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                PolicyStatement.of(
                        "LaunchAndFollow",
                        "jobs of this name; their tags tell whose they are, and go with a resumed job",
                        ofJobs(),
                        // The service writes names in ARNs in small letters.
                        List.of(scope.arn("sagemaker", "training-job/" + runs.toLowerCase(Locale.ROOT) + "*"))),
                PolicyStatement.of(
                                "HandOverRole",
                                "the job runs as this role, at SageMaker and nowhere else",
                                List.of("iam:PassRole"),
                                List.of(literally(bounds.role())))
                        .when("StringEquals", "iam:PassedToService", "sagemaker.amazonaws.com")));
        if (hub != null) {
            statements.add(PolicyStatement.of(
                    "LookIntoHub",
                    "what the hub says of the model: image, script, files and hyperparameters",
                    List.of("sagemaker:DescribeHubContent"),
                    List.of(
                            ofAmazon("hub/" + hub.name()),
                            ofAmazon("hub-content/" + hub.name() + "/Model/" + literally(hub.model()) + "/*"))));
        }
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
        if (bounds.kmsKey() != null) {
            statements.add(scope.keyBy(
                    "s3", key("UseKeyInS3", "files in the store", List.of("kms:Decrypt", "kms:GenerateDataKey"))));
        }
        if (encryptsDisk) {
            statements.add(
                    key("EncryptDisk", "the disk of the machine", List.of("kms:CreateGrant", "kms:DescribeKey")));
        }
        return statements;
    }

    /** Tags are read to go with a resumed job, which a job of the hub is not; what is updated is how long its machine is kept. */
    private List<String> ofJobs() {
        return Stream.of(
                        "sagemaker:AddTags",
                        "sagemaker:CreateTrainingJob",
                        "sagemaker:DeleteTrainingJob",
                        "sagemaker:DescribeTrainingJob",
                        "sagemaker:ListTags",
                        "sagemaker:StopTrainingJob",
                        "sagemaker:UpdateTrainingJob")
                .filter(action -> hub == null || !action.endsWith("ListTags"))
                .filter(action -> bounds.mayKeepMachine() || !action.endsWith("UpdateTrainingJob"))
                .toList();
    }

    private List<PolicyStatement> callersFiles() {
        List<PolicyStatement> statements = new ArrayList<>(List.of(
                scope.find("FindFiles", "what is staged already, and what a job left"),
                PolicyStatement.of(
                        "FindUploads",
                        "uploads that were begun and not ended; IAM cannot bind this to a part of the bucket",
                        List.of("s3:ListBucketMultipartUploads"),
                        List.of(scope.bucket())),
                PolicyStatement.of(
                        "StageInputs",
                        "rows, model and worker under the digest of their content, which jobs share; nothing is removed there",
                        List.of(
                                "s3:AbortMultipartUpload",
                                "s3:GetObject",
                                "s3:ListMultipartUploadParts",
                                "s3:PutObject"),
                        List.of(scope.below(S3Store.INPUTS)))));
        if (hub == null) {
            statements.add(PolicyStatement.of(
                    "WriteOrder",
                    "what a job is to do",
                    List.of("s3:PutObject"),
                    List.of(scope.below(StagedOrder.FOLDER + runs))));
        }
        statements.add(PolicyStatement.of(
                "FetchResults",
                "what a job left",
                List.of("s3:GetObject"),
                List.of(scope.below(StoreLayout.RESULTS + "/" + runs))));
        Stream<String> own = hub == null
                ? Stream.of(StoreLayout.CHECKPOINTS, StagedOrder.FOLDER, StoreLayout.RESULTS + "/")
                : Stream.of(StoreLayout.RESULTS + "/");
        statements.add(PolicyStatement.of(
                "RemoveRuns",
                "all that a run has, for \"finetune clean\"",
                List.of("s3:AbortMultipartUpload", "s3:DeleteObject"),
                own.map(folder -> scope.below(folder + runs)).toList()));
        return statements;
    }

    private List<PolicyStatement> job() {
        List<PolicyStatement> statements = new ArrayList<>(hub == null ? workersFiles() : scriptsFiles(hub));
        statements.addAll(List.of(
                PolicyStatement.of(
                        "EnterRegistries",
                        "the way to any image" + PolicyScope.NO_RESOURCE,
                        List.of("ecr:GetAuthorizationToken"),
                        List.of("*")),
                PolicyStatement.of(
                        "PullImage",
                        "the image that it runs in",
                        List.of("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                        bounds.images().stream()
                                .map(this::repository)
                                .distinct()
                                .sorted()
                                .toList()),
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
                                "figures of the job and of its machine" + PolicyScope.NO_RESOURCE
                                        + ", only a namespace",
                                List.of("cloudwatch:PutMetricData"),
                                List.of("*"))
                        .when("StringEquals", "cloudwatch:namespace", ContainerLogs.GROUP)));
        if (bounds.kmsKey() != null) {
            statements.add(key(
                    "UseKey", "files in the store", List.of("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")));
        }
        if (encryptsDisk) {
            statements.add(key("EncryptDisk", "the disk of the machine", List.of("kms:CreateGrant")));
        }
        if (!bounds.subnets().isEmpty()) {
            statements.addAll(scope.network(bounds.securityGroups(), bounds.subnets()));
        }
        return statements;
    }

    private List<PolicyStatement> workersFiles() {
        return List.of(
                scope.find("FindInputsAndCheckpoints", "the files of its channels, and where it was"),
                PolicyStatement.of(
                        "ReadInputsAndCheckpoints",
                        "rows, model, worker and order, and where it was",
                        List.of("s3:GetObject"),
                        List.of(
                                scope.below(S3Store.INPUTS),
                                scope.below(StagedOrder.FOLDER + runs),
                                scope.below(StoreLayout.CHECKPOINTS + runs))),
                PolicyStatement.of(
                        "LeaveCheckpointsAndResults",
                        "what it goes on from, and what it leaves",
                        List.of("s3:PutObject", "s3:AbortMultipartUpload"),
                        List.of(
                                scope.below(StoreLayout.CHECKPOINTS + runs),
                                scope.below(StoreLayout.RESULTS + "/" + runs))));
    }

    private List<PolicyStatement> scriptsFiles(Hub of) {
        List<String> amazons = of.buckets().stream().map(this::bucket).toList();
        return List.of(
                scope.find("FindInputs", "the rows"),
                PolicyStatement.of(
                        "ReadInputs", "the rows", List.of("s3:GetObject"), List.of(scope.below(S3Store.INPUTS))),
                PolicyStatement.of(
                                "FindModelAndScript",
                                "in Amazon's own buckets of the region",
                                List.of("s3:ListBucket"),
                                amazons)
                        .when(
                                "StringLike",
                                "s3:prefix",
                                of.files().stream()
                                        .map(file -> literally(keyOf(file)) + "*")
                                        .toList()),
                PolicyStatement.of(
                        "ReadModelAndScript",
                        "from there; a model with a licence opens for a job that accepts it",
                        List.of("s3:GetObject"),
                        of.files().stream()
                                .map(file -> bucket(literally(file.substring(SCHEME.length())))
                                        + (file.endsWith(PACKED) ? "" : "*"))
                                .toList()),
                PolicyStatement.of(
                        "LeaveResults",
                        "the tuned model",
                        List.of("s3:PutObject", "s3:AbortMultipartUpload"),
                        List.of(scope.below(StoreLayout.RESULTS + "/" + runs))));
    }

    private static String keyOf(String file) {
        return file.substring(file.indexOf('/', SCHEME.length()) + 1);
    }

    private PolicyStatement key(String sid, String why, List<String> actions) {
        return scope.key(String.valueOf(bounds.kmsKey()), sid, why, actions);
    }

    private String repository(String address) {
        Matcher image = PolicyScope.matched(IMAGE, address);
        return "arn:" + scope.partition() + ":ecr:" + image.group(2) + ":" + image.group(1) + ":repository/"
                + literally(image.group(3));
    }

    private String logs(String what) {
        return scope.arn("logs", "log-group:" + ContainerLogs.GROUP + ":" + what);
    }

    /** Of what belongs to Amazon the account is {@code aws}. */
    private String ofAmazon(String resource) {
        return "arn:" + scope.partition() + ":sagemaker:" + bounds.region() + ":aws:" + resource;
    }
}
