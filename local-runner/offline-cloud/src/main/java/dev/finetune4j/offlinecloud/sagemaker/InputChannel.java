package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * A channel of a job, with the service's defaults.
 *
 * @param body as the request has it
 * @param job as it is handed to the machine that has the channel
 */
record InputChannel(JsonNode body, JobRequest job) {
    static final String AUGMENTED_MANIFEST = "AugmentedManifestFile";
    static final String MANIFEST = "ManifestFile";
    static final String PREFIX = "S3Prefix";

    /** All that a job has. */
    static List<InputChannel> all(JobRequest job) {
        return StreamSupport.stream(job.body().path("InputDataConfig").spliterator(), false)
                .map(channel -> new InputChannel(channel, job))
                .toList();
    }

    /** Those that are brought to the machine which a job was handed to: all but those for groups of other machines. */
    static List<InputChannel> of(JobRequest job) {
        JobHost own = job.hosts().get(job.host());
        return all(job).stream().filter(channel -> channel.isFor(own)).toList();
    }

    private boolean isFor(JobHost host) {
        JsonNode groups = source().path("InstanceGroupNames");
        return groups.isEmpty()
                || StreamSupport.stream(groups.spliterator(), false)
                        .anyMatch(group -> group.asText().equals(host.group()));
    }

    private JsonNode source() {
        return body.at("/DataSource/S3DataSource");
    }

    String name() {
        return body.path("ChannelName").asText();
    }

    String uri() {
        return S3Link.uri(source().path("S3Uri").asText());
    }

    /** {@code S3Prefix}, or which kind of manifest its address is of. */
    String type() {
        return source().path("S3DataType").asText();
    }

    /** Whether the job accepts the licence of what is in it. */
    boolean isLicenceAccepted() {
        return source().at("/ModelAccessConfig/AcceptEula").asBoolean();
    }

    /** What of each line of an augmented manifest is wanted. */
    List<String> attributes() {
        return StreamSupport.stream(source().path("AttributeNames").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Whether it is a stream, not a folder. */
    boolean isPipe() {
        return mode().equals("Pipe");
    }

    private String mode() {
        String common =
                job.body().at("/AlgorithmSpecification/TrainingInputMode").asText("File");
        return body.path("InputMode").asText(common);
    }

    /** Whether each object of a stream is packed with gzip. */
    boolean isPacked() {
        return body.path("CompressionType").asText().equals("Gzip");
    }

    /** Whether each object of a stream becomes a record of MXNet's RecordIO. */
    boolean isRecordIo() {
        return wrapper().equals("RecordIO");
    }

    private String wrapper() {
        return body.path("RecordWrapperType").asText("None");
    }

    /** By what the order of a stream is drawn anew for each epoch; empty where it stays. */
    OptionalLong shuffleSeed() {
        JsonNode seed = body.at("/ShuffleConfig/Seed");
        return seed.isNumber() ? OptionalLong.of(seed.asLong()) : OptionalLong.empty();
    }

    /** What of its objects or lines is for this machine: all, or what the others do not get. */
    <T> List<T> shareOf(List<T> all) {
        if (!distribution().equals("ShardedByS3Key")) {
            return all;
        }
        List<String> sharers =
                job.hosts().stream().filter(this::isFor).map(JobHost::name).toList();
        int own = sharers.indexOf(job.hosts().get(job.host()).name());
        return IntStream.range(0, all.size())
                .filter(index -> index % sharers.size() == own)
                .mapToObj(all::get)
                .toList();
    }

    private String distribution() {
        return source().path("S3DataDistributionType").asText("FullyReplicated");
    }

    /** What a container is told of it. */
    ObjectNode told() {
        ObjectNode told = Json.records()
                .createObjectNode()
                .put("TrainingInputMode", mode())
                .put("S3DistributionType", distribution())
                .put("RecordWrapperType", wrapper());
        if (body.has("ContentType")) {
            told.set("ContentType", body.get("ContentType"));
        }
        return told;
    }
}
