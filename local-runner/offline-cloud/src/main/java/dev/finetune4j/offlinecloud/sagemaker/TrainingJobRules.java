package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the service demands of a training job beyond its model: the rules between fields. Like the service it tells of the first that a
 * request breaks.
 */
final class TrainingJobRules {
    private static final long MAX_RUNTIME_SECONDS = 28L * 24 * 3600;
    private static final Pattern ECR_IMAGE =
            Pattern.compile("\\d{12}\\.dkr\\.ecr\\.([a-z0-9-]+)\\.[^/]+/[^:@]+([:@].+)?");
    /** The words of the service, with its slip. */
    private static final String NO_ACCESS_MODE =
            "TrainingImageConfig with TrainingRepositoryAccessMode set to VPC must be provided when using a training image from a private"
                    + " Docker registry. Please provideTrainingImageConfig and TrainingRepositoryAccessMode set to VPC when using a training"
                    + " image from a private Docker registry.";

    private static final int MAX_VOLUME_GB = 16_384;
    /** A key by its id, alias or ARN. */
    private static final Pattern KEY =
            Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias/[a-zA-Z0-9/_-]+"
                    + "|arn:aws[a-z-]*:kms:(?<region>[a-z0-9-]+):\\d{12}:(key|alias)/[a-zA-Z0-9/_-]+");

    /** Folders of which the service itself brings or takes what is in them. */
    private static final Pattern OWN_FOLDER = Pattern.compile("/opt/ml(/(input|model|output)(/.*)?)?/?");

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern S3_URI = Pattern.compile("s3://([^/]+)(/.*)?");

    /** Machines whose disk is part of them, and which take none besides. */
    private static final Pattern OWN_DISK =
            Pattern.compile("ml\\.(g4dn|g5|g6|g6e|g7|g7e|p3dn|p4d|p4de|p5|p5e|p5en|p6.*|r5d|trn\\w+)\\..+");

    /** Machines with an accelerator. */
    private static final Pattern ACCELERATED = Pattern.compile("ml\\.(g\\d|p\\d|trn).*");

    private final JsonNode request;
    private final String region;

    TrainingJobRules(JsonNode request, String region) {
        this.request = request;
        this.region = region;
    }

    /** Refuses a request that the service would not take. */
    void check() throws ServiceError {
        algorithm();
        machines();
        limits();
        output();
        channels();
        tags();
    }

    private void algorithm() throws ServiceError {
        JsonNode algorithm = request.path("AlgorithmSpecification");
        demand(
                algorithm.has("TrainingImage") ^ algorithm.has("AlgorithmName"),
                "You must specify either an algorithm name or a training image, and not both");
        if (algorithm.has("TrainingImage")) {
            Matcher image = ECR_IMAGE.matcher(algorithm.path("TrainingImage").asText());
            if (!image.matches()) {
                privateRegistry(algorithm.path("TrainingImageConfig"));
                return;
            }
            demand(
                    image.group(1).equals(region),
                    "The training image must be in the region of the training job, " + region + ", not in "
                            + image.group(1));
        }
    }

    private void privateRegistry(JsonNode access) throws ServiceError {
        demand(access.path("TrainingRepositoryAccessMode").asText().equals("Vpc"), NO_ACCESS_MODE);
        demand(
                request.has("VpcConfig"),
                "VpcConfig must be provided when using a training image from a private Docker registry");
    }

    private void machines() throws ServiceError {
        JsonNode machines = request.path("ResourceConfig");
        demand(machines.isObject(), "ResourceConfig is required for a training job with a container");
        boolean isOneKind = machines.has("InstanceType");
        demand(
                isOneKind ^ (machines.has("InstanceGroups") || machines.has("InstancePreferences")),
                "You must specify one of InstanceType, InstanceGroups and InstancePreferences");
        if (machines.has("InstancePreferences")) {
            throw ServiceError.invalid("The offline cloud knows no InstancePreferences");
        }
        groups(machines.path("InstanceGroups"), isOneKind);
        for (JsonNode kind : kinds()) {
            int count = kind.path("InstanceCount").asInt();
            demand(count >= 1, "InstanceCount must be at least 1");
            disk(kind.path("InstanceType").asText(), machines);
        }
        key(machines.path("VolumeKmsKeyId").asText());
        demand(
                machines.path("KeepAlivePeriodInSeconds").asInt() == 0 || !isSpot(),
                "KeepAlivePeriodInSeconds can not be used with managed spot training");
    }

    private void groups(JsonNode groups, boolean isOneKind) throws ServiceError {
        Set<String> names = new HashSet<>();
        for (JsonNode group : groups) {
            String name = group.path("InstanceGroupName").asText();
            demand(names.add(name), "Instance group names must be unique: " + name);
        }
        demand(
                isOneKind || !request.path("ResourceConfig").has("InstanceCount"),
                "InstanceCount can not be used with InstanceGroups");
        demand(
                isOneKind
                        || request.at("/ResourceConfig/KeepAlivePeriodInSeconds")
                                        .asInt()
                                == 0,
                "KeepAlivePeriodInSeconds can not be used with InstanceGroups");
        for (JsonNode channel : request.path("InputDataConfig")) {
            for (JsonNode asked : channel.at("/DataSource/S3DataSource/InstanceGroupNames")) {
                demand(
                        names.contains(asked.asText()),
                        "Channel " + channel.path("ChannelName").asText()
                                + " names an instance group that is not there: " + asked.asText());
            }
        }
    }

    /** One kind of machine, or several groups. */
    private Iterable<JsonNode> kinds() {
        JsonNode machines = request.path("ResourceConfig");
        return machines.has("InstanceGroups") ? machines.get("InstanceGroups") : List.of(machines);
    }

    private static void disk(String type, JsonNode machines) throws ServiceError {
        boolean hasOwnDisk = OWN_DISK.matcher(type).matches();
        demand(
                hasOwnDisk || machines.path("VolumeSizeInGB").asInt() >= 1,
                "VolumeSizeInGB must be at least 1 for this instance type");
        demand(
                machines.path("VolumeSizeInGB").asInt() <= MAX_VOLUME_GB,
                "VolumeSizeInGB must be at most " + MAX_VOLUME_GB);
        demand(
                !hasOwnDisk || !machines.has("VolumeKmsKeyId"),
                "VolumeKmsKeyId can not be used with an instance type that has a local disk");
    }

    private void limits() throws ServiceError {
        JsonNode limits = request.path("StoppingCondition");
        long runtime = limits.path("MaxRuntimeInSeconds").asLong(JobRequest.DEFAULT_MAX_RUNTIME_SECONDS);
        demand(
                runtime <= MAX_RUNTIME_SECONDS,
                "Invalid MaxRuntimeInSeconds. It must be less than or equal to " + MAX_RUNTIME_SECONDS);
        long wait = limits.path("MaxWaitTimeInSeconds").asLong();
        demand(
                isSpot() ? wait >= runtime : !limits.has("MaxWaitTimeInSeconds"),
                isSpot()
                        ? "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
                        : "MaxWaitTimeInSeconds can only be used with managed spot training");
        for (JsonNode kind : kinds()) {
            demand(
                    !limits.has("MaxPendingTimeInSeconds")
                            || ACCELERATED
                                    .matcher(kind.path("InstanceType").asText())
                                    .matches(),
                    "MaxPendingTimeInSeconds can only be used with accelerated instance types");
        }
    }

    private void key(String key) throws ServiceError {
        Matcher named = KEY.matcher(key);
        demand(key.isEmpty() || named.matches(), "Invalid KMS key: " + key);
        if (!key.isEmpty() && named.group("region") != null) {
            demand(named.group("region").equals(region), "The KMS key " + key + " must be in region " + region);
        }
    }

    private void output() throws ServiceError {
        key(request.path("OutputDataConfig").path("KmsKeyId").asText());
        bucketOf(request.path("OutputDataConfig").path("S3OutputPath").asText());
        if (request.has("CheckpointConfig")) {
            bucketOf(request.path("CheckpointConfig").path("S3Uri").asText());
            String local = request.path("CheckpointConfig").path("LocalPath").asText("/opt/ml/checkpoints");
            demand(local.startsWith("/"), "LocalPath of CheckpointConfig must be absolute");
            demand(
                    !OWN_FOLDER.matcher(local).matches(),
                    "LocalPath of CheckpointConfig must not be a folder of the service's own, as " + local + " is");
        }
    }

    private void channels() throws ServiceError {
        Set<String> names = new HashSet<>();
        for (JsonNode channel : request.path("InputDataConfig")) {
            String name = channel.path("ChannelName").asText();
            demand(names.add(name), "Channel names must be unique: " + name);
            JsonNode source = channel.path("DataSource");
            demand(source.size() == 1, "Channel " + name + " must have one data source");
            JsonNode store = source.path("S3DataSource");
            if (store.isMissingNode()) {
                throw ServiceError.invalid("The offline cloud knows channels from S3 only");
            }
            bucketOf(store.path("S3Uri").asText());
            kind(name, store, modeOf(channel));
        }
    }

    private static void kind(String name, JsonNode store, String mode) throws ServiceError {
        String type = store.path("S3DataType").asText();
        if (type.equals("Converse")) {
            throw ServiceError.invalid(
                    "The offline cloud knows no data of type Converse, which channel " + name + " has");
        }
        boolean isAugmented = type.equals(InputChannel.AUGMENTED_MANIFEST);
        demand(!isAugmented || mode.equals("Pipe"), "AugmentedManifestFile needs the input mode Pipe: " + name);
        demand(
                isAugmented == store.has("AttributeNames"),
                "AttributeNames are for an AugmentedManifestFile, which needs them: " + name);
    }

    private String modeOf(JsonNode channel) {
        return channel.path("InputMode")
                .asText(request.path("AlgorithmSpecification")
                        .path("TrainingInputMode")
                        .asText());
    }

    private void tags() throws ServiceError {
        Set<String> keys = new HashSet<>();
        for (JsonNode tag : request.path("Tags")) {
            String key = tag.path("Key").asText();
            demand(keys.add(key), "Duplicate tag keys are not allowed: " + key);
            demand(!key.startsWith("aws:"), "Tag keys must not begin with aws:, as " + key + " does");
        }
    }

    private static void bucketOf(String uri) throws ServiceError {
        Matcher place = S3_URI.matcher(S3Link.uri(uri));
        demand(place.matches() && BUCKET.matcher(place.group(1)).matches(), "Invalid S3 URI: " + uri);
    }

    private boolean isSpot() {
        return request.path("EnableManagedSpotTraining").asBoolean();
    }

    private static void demand(boolean isKept, String otherwise) throws ServiceError {
        if (!isKept) {
            throw ServiceError.invalid(otherwise);
        }
    }
}
