package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.s3.OfflineS3;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Amazon's buckets with what the documents of a hub name: packed scripts, licences, and the files of models. */
public final class JumpStartBuckets {
    /** Whose they are. */
    private static final String OWNER = "394053978034";

    /** What anybody may read lies there. */
    private static final String PUBLIC = "jumpstart-cache-prod-";

    private static final String SCRIPT =
            "raise SystemExit('the offline cloud plays this script by a worker of this machine, and starts no other with it')\n";

    private final OfflineS3 store;
    private final String region;
    private final Set<String> made = new HashSet<>();

    private JumpStartBuckets(OfflineS3 store, String region) {
        this.store = store;
        this.region = region;
    }

    /**
     * Makes the buckets of all models that can be tuned.
     *
     * @param region where they lie
     * @param model folder with the files that each of the models has
     */
    public static void fill(OfflineS3 store, String region, OfflineHub hub, Path model) throws IOException {
        JumpStartBuckets buckets = new JumpStartBuckets(store, region);
        buckets.describe(hub);
        for (OfflineHub.Content content : hub.models()) {
            if (content.document().path("TrainingSupported").asBoolean()) {
                buckets.fill(content.document(), model);
            }
        }
    }

    /**
     * Makes the bucket in which clients that do not ask the hub read of all its models, in all their versions.
     *
     * @param region where it lies
     */
    public static void describe(OfflineS3 store, String region, OfflineHub hub) throws IOException {
        new JumpStartBuckets(store, region).describe(hub);
    }

    private void describe(OfflineHub hub) throws IOException {
        String bucket = PUBLIC + region;
        ArrayNode manifest = Json.records().createArrayNode();
        for (OfflineHub.Content newest : hub.models()) {
            for (OfflineHub.Content content : hub.versions(newest.name())) {
                manifest.add(JumpStartSpecs.header(content));
                put(JumpStartSpecs.spec(content, region), "s3://" + bucket + "/" + JumpStartSpecs.key(content));
            }
        }
        put(manifest, "s3://" + bucket + "/" + JumpStartSpecs.MANIFEST);
        put(Json.records().createArrayNode(), "s3://" + bucket + "/" + JumpStartSpecs.PROPRIETARY_MANIFEST);
        store.publish(bucket);
    }

    private void put(JsonNode content, String uri) throws IOException {
        Path file = Files.writeString(Files.createTempFile("offline-jumpstart-", ".json"), content.toString());
        try {
            put(file, uri);
        } finally {
            Files.delete(file);
        }
    }

    private void fill(ObjectNode document, Path model) throws IOException {
        Path folder = Files.createTempDirectory("offline-jumpstart-");
        Path script = Files.writeString(folder.resolve("transfer_learning.py"), SCRIPT, StandardCharsets.UTF_8);
        Path archive = folder.resolve("sourcedir.tar.gz");
        try {
            JobResults.pack(List.of(folder), archive, "transfer_learning.py");
            put(archive, document.path("TrainingScriptUri").asText());
            String licence = document.path("HostingEulaUri").asText();
            if (!licence.isEmpty()) {
                put(script, licence);
            }
        } finally {
            for (Path file : List.of(archive, script, folder)) {
                Files.deleteIfExists(file);
            }
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(model)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            put(file, document.path("TrainingArtifactUri").asText() + model.relativize(file));
        }
    }

    private void put(Path file, String uri) throws IOException {
        String bucket = uri.replaceFirst("^s3://([^/]+)/.*", "$1");
        if (made.add(bucket)) {
            store.createBucket(bucket, region, OWNER).share(bucket);
        }
        store.upload(file, uri);
    }
}
