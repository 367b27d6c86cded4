package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.Machine;
import dev.finetune4j.offlinecloud.container.SavedFolder;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the service lays out below {@code /opt/ml} of one machine, and takes from there. */
final class MachineFolder implements Machine {
    private static final String BASE = "/opt/ml/";
    private static final String GATED = "s3://jumpstart-private-cache-prod-";
    private static final String HOST = "algo-1";
    /** The service's name for the machines of a job of one type. */
    private static final String GROUP = "homogeneousCluster";

    private static final int FAILURE_CHARACTERS = 1024;

    private final Path root;
    private final JobRequest job;
    private final ObjectStore store;
    private @Nullable SavedFolder checkpoints;

    MachineFolder(Path root, JobRequest job, ObjectStore store) {
        this.root = root;
        this.job = job;
        this.store = store;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public String job() {
        return job.name();
    }

    @Override
    public void layOut() throws IOException {
        for (String folder : List.of("input/config", "input/data", "model", "output/data")) {
            Files.createDirectories(root.resolve(folder));
        }
        Path config = root.resolve("input/config");
        Files.writeString(config.resolve("hyperparameters.json"), settings().toString());
        Files.writeString(config.resolve("inputdataconfig.json"), channels().toString());
        Files.writeString(config.resolve("resourceconfig.json"), resources().toString());
        for (JsonNode channel : job.body().path("InputDataConfig")) {
            bring(channel);
        }
        Path kept = Files.createDirectories(checkpointFolder());
        if (job.hasCheckpoints()) {
            store.download(withSlash(checkpointUri()), kept);
            checkpoints = new SavedFolder(kept, (file, name) -> store.upload(file, withSlash(checkpointUri()) + name));
            checkpoints.settle();
        }
    }

    private JsonNode settings() {
        return job.body().has("HyperParameters")
                ? job.body().get("HyperParameters")
                : Json.records().createObjectNode();
    }

    private ObjectNode channels() {
        ObjectNode channels = Json.records().createObjectNode();
        for (JsonNode channel : job.body().path("InputDataConfig")) {
            ObjectNode told = channels.putObject(channel.path("ChannelName").asText())
                    .put("TrainingInputMode", mode(channel))
                    .put(
                            "S3DistributionType",
                            channel.at("/DataSource/S3DataSource/S3DataDistributionType")
                                    .asText("FullyReplicated"))
                    .put("RecordWrapperType", channel.path("RecordWrapperType").asText("None"));
            if (channel.has("ContentType")) {
                told.set("ContentType", channel.get("ContentType"));
            }
        }
        return channels;
    }

    private String mode(JsonNode channel) {
        String common =
                job.body().at("/AlgorithmSpecification/TrainingInputMode").asText("File");
        return channel.path("InputMode").asText(common);
    }

    private ObjectNode resources() {
        ObjectNode resources = Json.records()
                .createObjectNode()
                .put("current_host", HOST)
                .put("current_instance_type", job.instanceType())
                .put("current_group_name", GROUP)
                .put("network_interface_name", "lo");
        resources.putArray("hosts").add(HOST);
        resources
                .putArray("instance_groups")
                .addObject()
                .put("instance_group_name", GROUP)
                .put("instance_type", job.instanceType())
                .putArray("hosts")
                .add(HOST);
        return resources;
    }

    private void bring(JsonNode channel) throws IOException {
        String name = channel.path("ChannelName").asText();
        JsonNode source = channel.path("DataSource").path("S3DataSource");
        if (!source.path("S3DataType").asText().equals("S3Prefix")) {
            throw new IOException("the offline cloud brings channels of type S3Prefix only, not " + name);
        }
        if (mode(channel).equals("Pipe")) {
            throw new IOException(
                    "the offline cloud brings channels as files, not as the pipe that " + name + " asks for");
        }
        String uri = source.path("S3Uri").asText();
        refuseUnlicensed(uri, source.at("/ModelAccessConfig/AcceptEula").asBoolean());
        Path folder = Files.createDirectories(root.resolve("input/data").resolve(name));
        if (store.download(uri, folder) == 0) {
            throw new NoSuchFileException("Data download failed: there are no objects under " + uri);
        }
    }

    /** Models with a licence lie in buckets of Amazon's that open for a job whose request accepts it. */
    private static void refuseUnlicensed(String uri, boolean isAccepted) throws IOException {
        if (uri.startsWith(GATED) && !isAccepted) {
            throw new IOException("Failed to download data. User is not allowed to access " + uri
                    + " (403 Forbidden): the end-user license agreement is not accepted");
        }
    }

    /** Stores what is new among the checkpoints. */
    @Override
    public void save() throws IOException {
        if (checkpoints != null) {
            checkpoints.save();
        }
    }

    /** Stores the data in any case, the model only of a job that did not fail. */
    @Override
    public void saveResults(boolean hasFailed) throws IOException {
        if (!hasFailed) {
            save(root.resolve("model"), "model");
        }
        save(root.resolve("output/data"), "output");
    }

    private void save(Path folder, String name) throws IOException {
        String base = withSlash(job.outputPath()) + job.name() + "/output/";
        List<Path> files = SavedFolder.files(folder);
        if (job.isCompressed()) {
            if (!files.isEmpty() || name.equals("model")) {
                Path archive = root.resolve(name + ".tar.gz");
                pack(folder, archive, ".");
                store.upload(archive, base + name + ".tar.gz");
            }
            return;
        }
        String kind = name.equals("model") ? "model/" : "data/";
        for (Path file : files) {
            store.upload(file, base + kind + below(folder, file));
        }
    }

    /** Packs a file of a folder, or all of it. */
    static void pack(Path folder, Path archive, String what) throws IOException {
        Process tar = new ProcessBuilder("tar", "-czf", archive.toString(), "-C", folder.toString(), what)
                .redirectErrorStream(true)
                .start();
        String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while packing", e);
        }
    }

    @Override
    public String failure() throws IOException {
        Path file = root.resolve("output/failure");
        if (!Files.exists(file)) {
            return "";
        }
        String text = Files.readString(file);
        return text.substring(0, Math.min(text.length(), FAILURE_CHARACTERS));
    }

    private Path checkpointFolder() throws IOException {
        String path = job.body().path("CheckpointConfig").path("LocalPath").asText(BASE + "checkpoints");
        if (!path.startsWith(BASE)) {
            throw new IOException("the offline cloud lays out " + BASE + " only, not " + path);
        }
        return root.resolve(path.substring(BASE.length()));
    }

    private String checkpointUri() {
        return job.body().path("CheckpointConfig").path("S3Uri").asText();
    }

    private static String below(Path folder, Path file) {
        return folder.relativize(file).toString();
    }

    private static String withSlash(String uri) {
        return uri.endsWith("/") ? uri : uri + "/";
    }
}
