package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.container.Machine;
import dev.finetune4j.offlinecloud.container.SavedFolder;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the service lays out below {@code /opt/ml} of one machine, and takes from there. */
final class MachineFolder implements Machine {
    private static final String BASE = "/opt/ml/";
    private static final Path HOSTS = Path.of("/etc/hosts");
    private static final int FAILURE_CHARACTERS = 1024;

    private final Path root;
    private final JobRequest job;
    private final ObjectStore store;
    private final JobResults results;
    private final List<ChannelPipe> pipes = new ArrayList<>();
    private @Nullable SavedFolder checkpoints;

    /**
     * One of the machines of a job.
     *
     * @param root its folder
     * @param job as it is handed to this machine
     * @param store where inputs come from and checkpoints go to
     * @param results takes what is left, with that of the job's other machines
     */
    MachineFolder(Path root, JobRequest job, ObjectStore store, JobResults results) {
        this.root = root;
        this.job = job;
        this.store = store;
        this.results = results;
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
        writeUndocumented(config);
        Files.writeString(OptMl.hostsBeside(root), hosts());
        for (InputChannel channel : InputChannel.of(job)) {
            bring(channel);
        }
        Path kept = Files.createDirectories(checkpointFolder());
        if (job.hasCheckpoints()) {
            store.download(withSlash(checkpointUri()), kept);
            checkpoints = new SavedFolder(kept, (file, name) -> store.upload(file, withSlash(checkpointUri()) + name));
            checkpoints.settle();
        }
    }

    /** Files that the service lays out for itself. Nobody documents what is in them; scripts find the job's own words there. */
    private void writeUndocumented(Path config) throws IOException {
        ObjectNode init = Json.records()
                .createObjectNode()
                .put(
                        "inputMode",
                        job.body()
                                .at("/AlgorithmSpecification/TrainingInputMode")
                                .asText("File")
                                .toUpperCase(Locale.ROOT));
        init.putObject("hostConfig").put("clusterSize", job.hosts().size()).put("hostNumber", job.host() + 1);
        Files.writeString(config.resolve("init-config.json"), init.toString());
        Files.writeString(
                config.resolve("upstreamoutputdataconfig.json"),
                job.body().path("OutputDataConfig").toString());
        Files.writeString(
                config.resolve("trainingjobconfig.json"), job.asRequested().toString());
    }

    private JsonNode settings() {
        return job.body().has("HyperParameters")
                ? job.body().get("HyperParameters")
                : Json.records().createObjectNode();
    }

    private ObjectNode channels() {
        ObjectNode channels = Json.records().createObjectNode();
        InputChannel.of(job).forEach(channel -> channels.set(channel.name(), channel.told()));
        return channels;
    }

    /** What this machine knows, and by which names the machines of the job know each other: all are this one. */
    private String hosts() throws IOException {
        StringBuilder all = new StringBuilder();
        if (Files.isReadable(HOSTS)) {
            all.append(Files.readString(HOSTS).stripTrailing()).append('\n');
        }
        int number = 1;
        for (JobHost host : job.hosts()) {
            all.append("127.0.0.")
                    .append(number++)
                    .append(' ')
                    .append(host.name())
                    .append('\n');
        }
        return all.toString();
    }

    private ObjectNode resources() {
        JobHost own = job.hosts().get(job.host());
        ObjectNode resources = Json.records()
                .createObjectNode()
                .put("current_host", own.name())
                .put("current_instance_type", own.instanceType())
                .put("current_group_name", own.group())
                .put("network_interface_name", "lo");
        ArrayNode hosts = resources.putArray("hosts");
        Map<String, ArrayNode> groups = new LinkedHashMap<>();
        ArrayNode told = resources.putArray("instance_groups");
        for (JobHost host : job.hosts()) {
            hosts.add(host.name());
            groups.computeIfAbsent(
                            host.group(),
                            name -> told.addObject()
                                    .put("instance_group_name", name)
                                    .put("instance_type", host.instanceType())
                                    .putArray("hosts"))
                    .add(host.name());
        }
        return resources;
    }

    private void bring(InputChannel channel) throws IOException {
        ChannelData data = new ChannelData(channel, store);
        Path folder = root.resolve("input/data");
        Path aside = root.resolveSibling(root.getFileName() + "-channels").resolve(channel.name());
        if (channel.isPipe()) {
            pipes.add(ChannelPipe.open(channel, folder, data.bringToStream(aside)));
        } else {
            data.bring(folder.resolve(channel.name()), aside);
        }
    }

    /** Nobody reads from its pipes any more. */
    @Override
    public void release() {
        pipes.forEach(ChannelPipe::close);
    }

    /** Stores what is new among the checkpoints. */
    @Override
    public void save() throws IOException {
        if (checkpoints != null) {
            checkpoints.save();
        }
    }

    @Override
    public void saveResults(boolean hasFailed) throws IOException {
        results.add(job.host(), root, hasFailed);
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
        return S3Link.uri(job.body().path("CheckpointConfig").path("S3Uri").asText());
    }

    private static String withSlash(String uri) {
        return uri.endsWith("/") ? uri : uri + "/";
    }
}
