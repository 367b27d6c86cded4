package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * SageMaker's public hub in one region: the models of JumpStart, of each a document for every version. Documents are data in the service's
 * own shape, and nothing here knows what is in them but whoever runs them. Safe for use by several threads.
 */
public final class OfflineHub {
    /** The hub's name, the same in each region. */
    public static final String NAME = "SageMakerPublicHub";

    /** The only kind of content that it has. */
    static final String MODEL = "Model";

    private static final Pattern VERSION = Pattern.compile("\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}");
    private static final String REGION_MARK = "${region}";

    private final String region;
    private final Clock clock;
    private final Instant since;
    private final Map<String, NavigableMap<Version, Content>> models = new TreeMap<>();

    /**
     * A hub without a model.
     *
     * @param region the region whose hub it is
     * @param clock tells when something was published
     */
    public OfflineHub(String region, Clock clock) {
        this.region = region;
        this.clock = clock;
        since = clock.instant();
    }

    /** Since when it is there. */
    Instant since() {
        return since;
    }

    /**
     * A hub with three models that the project ships: one that anybody may tune, one with a licence to accept, and one that cannot be tuned.
     * Their files are for the user to put into the buckets that the documents name.
     */
    public static OfflineHub shipped(String region, Clock clock) {
        OfflineHub hub = new OfflineHub(region, clock);
        List<Shipped> all = Json.resource(OfflineHub.class, "hub-models.json", new TypeReference<>() {});
        for (Shipped one : all) {
            String text = one.document().toString().replace(REGION_MARK, region);
            hub.publish(one.name(), one.version(), Json.read(text, ObjectNode.class));
        }
        return hub;
    }

    private record Shipped(String name, String version, JsonNode document) {}

    /**
     * A model of a version.
     *
     * @param name the model's id
     * @param version three numbers with dots between
     * @param createdAt when it was published
     * @param document what the service hands out as a text
     */
    public record Content(String name, String version, Instant createdAt, ObjectNode document) {}

    private record Version(int major, int minor, int patch) implements Comparable<Version> {
        static Version of(String text) {
            String[] parts = text.split("\\.", -1);
            return new Version(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
        }

        @Override
        public int compareTo(Version other) {
            int first = Integer.compare(major, other.major);
            int second = first == 0 ? Integer.compare(minor, other.minor) : first;
            return second == 0 ? Integer.compare(patch, other.patch) : second;
        }
    }

    /**
     * Publishes a version of a model, in place of what it was before.
     *
     * @param name the model's id
     * @param version three numbers with dots between
     * @param document in the service's shape, with the addresses of this region
     */
    public synchronized OfflineHub publish(String name, String version, ObjectNode document) {
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("version must be three numbers with dots between, was " + version);
        }
        models.computeIfAbsent(name, key -> new TreeMap<>())
                .put(Version.of(version), new Content(name, version, clock.instant(), document.deepCopy()));
        return this;
    }

    /** The newest version of a model; empty where there is no such model. */
    public synchronized Optional<Content> newest(String name) {
        return Optional.ofNullable(models.get(name))
                .map(versions -> versions.lastEntry().getValue());
    }

    /** A version of a model. */
    synchronized Optional<Content> find(String name, String version) {
        return VERSION.matcher(version).matches()
                ? Optional.ofNullable(models.get(name)).map(versions -> versions.get(Version.of(version)))
                : Optional.empty();
    }

    /** The document of the model that a job tunes, by the image and the script that it runs and the files that it begins with. */
    synchronized Optional<ObjectNode> ofJob(String image, String script, String artifact) {
        return models.values().stream()
                .flatMap(versions -> versions.values().stream())
                .map(Content::document)
                .filter(document -> document.path("TrainingScriptUri").asText().equals(script)
                        && document.path("TrainingArtifactUri").asText().equals(artifact)
                        && document.toString().contains("\"" + image + "\""))
                .reduce((older, newer) -> newer);
    }

    /** All versions of a model, oldest first. */
    synchronized List<Content> versions(String name) {
        return models.containsKey(name) ? List.copyOf(models.get(name).values()) : List.of();
    }

    /** The newest version of each model, by name. */
    synchronized List<Content> models() {
        return models.values().stream()
                .map(versions -> versions.lastEntry().getValue())
                .toList();
    }

    /** Its ARN; the account of what belongs to Amazon is {@code aws}. */
    String arn() {
        return own("hub/" + NAME);
    }

    /** ARN of a version of a model. */
    String arn(String name, String version) {
        return own("hub-content/" + NAME + "/" + MODEL + "/" + name + "/" + version);
    }

    private String own(String resource) {
        return "arn:aws:sagemaker:" + region + ":aws:" + resource;
    }
}
