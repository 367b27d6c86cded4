package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import dev.finetune4j.offlinecloud.container.Machine;
import dev.finetune4j.offlinecloud.container.SavedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The folders of a command job on one machine: its code, its inputs, and its outputs. */
final class CommandMachine implements Machine {
    private static final String MOUNTED = "ReadWriteMount";

    private final Path root;
    private final ObjectNode job;
    private final BlobStore store;
    private final List<SavedFolder> mounted = new ArrayList<>();

    CommandMachine(Path root, ObjectNode job, BlobStore store) {
        this.root = root;
        this.job = job;
        this.store = store;
    }

    @Override
    public String job() {
        return job.path("name").asText();
    }

    @Override
    public Path root() {
        return root;
    }

    /** The folder that the command begins in. */
    Path code() {
        return root.resolve("code");
    }

    /** The command, with paths and values in place of what it calls by name. Values stand there as they are, without quotes. */
    String command() {
        String command = job.at("/properties/command").asText();
        for (Map.Entry<String, String> input : inputs().entrySet()) {
            command = command.replace("${{inputs." + input.getKey() + "}}", input.getValue());
        }
        for (String output : names("outputs")) {
            command = command.replace(
                    "${{outputs." + output + "}}", output(output).toString());
        }
        return command;
    }

    /** What a process is told of its inputs and outputs. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        inputs().forEach((name, value) -> variables.put("AZURE_ML_INPUT_" + name, value));
        for (String output : names("outputs")) {
            variables.put("AZURE_ML_OUTPUT_" + output, output(output).toString());
        }
        return variables;
    }

    private List<String> names(String kind) {
        List<String> names = new ArrayList<>();
        job.path("properties").path(kind).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private Map<String, String> inputs() {
        Map<String, String> inputs = new LinkedHashMap<>();
        for (String name : names("inputs")) {
            JsonNode input = job.path("properties").path("inputs").path(name);
            inputs.put(
                    name,
                    kind(input, "jobInputType").equals("literal")
                            ? input.path("value").asText()
                            : input(name, input).toString());
        }
        return inputs;
    }

    private static String kind(JsonNode inputOrOutput, String field) {
        return inputOrOutput.path(field).asText();
    }

    private Path input(String name, JsonNode input) {
        Path folder = root.resolve("inputs").resolve(name);
        return kind(input, "jobInputType").equals("uri_file")
                ? folder.resolve(fileName(input.path("uri").asText()))
                : folder;
    }

    private Path output(String name) {
        JsonNode output = job.path("properties").path("outputs").path(name);
        Path folder = root.resolve("outputs").resolve(name);
        return kind(output, "jobOutputType").equals("uri_file")
                ? folder.resolve(fileName(output.path("uri").asText()))
                : folder;
    }

    private static String fileName(String uri) {
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    @Override
    public void layOut() throws IOException {
        Files.createDirectories(code());
        if (job.has("codeUri")) {
            bringFolder(job.path("codeUri").asText(), code());
        }
        for (String name : names("inputs")) {
            JsonNode input = job.path("properties").path("inputs").path(name);
            if (!kind(input, "jobInputType").equals("literal")) {
                bringInput(name, input);
            }
        }
        for (String name : names("outputs")) {
            layOutOutput(name);
        }
    }

    private void bringInput(String name, JsonNode input) throws IOException {
        String uri = input.path("uri").asText();
        Path to = input(name, input);
        if (kind(input, "jobInputType").equals("uri_file")) {
            Datastores.Place place = place(uri);
            try {
                place.store().download(place.container(), place.name(), to);
            } catch (IOException e) {
                throw new IOException("Failed to get the input " + name + ": there is nothing at " + uri, e);
            }
        } else {
            Files.createDirectories(to);
            if (bringFolder(uri, to) == 0) {
                throw new IOException("Failed to get the input " + name + ": there is nothing at " + uri);
            }
        }
    }

    private Datastores.Place place(String uri) throws IOException {
        try {
            return Datastores.place(job, uri, store);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Brings all whose name begins with a folder's, and says how many these are. */
    private int bringFolder(String uri, Path to) throws IOException {
        Datastores.Place place = place(uri);
        String prefix = folderName(place);
        List<String> names = place.store().list(place.container(), prefix);
        for (String name : names) {
            Path file = to.resolve(name.substring(prefix.length())).normalize();
            if (!file.startsWith(to)) {
                throw new IOException("the name " + name + " leads out of its folder");
            }
            place.store().download(place.container(), name, file);
        }
        return names.size();
    }

    private static String folderName(Datastores.Place place) {
        return place.name().isEmpty() || place.name().endsWith("/") ? place.name() : place.name() + "/";
    }

    private void layOutOutput(String name) throws IOException {
        JsonNode output = job.path("properties").path("outputs").path(name);
        Path folder = Files.createDirectories(root.resolve("outputs").resolve(name));
        if (!output.path("mode").asText().equals(MOUNTED)) {
            return;
        }
        boolean isFile = kind(output, "jobOutputType").equals("uri_file");
        Datastores.Place place = place(output.path("uri").asText());
        if (!isFile) {
            bringFolder(output.path("uri").asText(), folder);
        }
        SavedFolder kept = new SavedFolder(folder, new Mount(place, isFile));
        kept.settle();
        mounted.add(kept);
    }

    /** Where the files of a mounted output go, at once. */
    private static final class Mount implements SavedFolder.Store {
        private final Datastores.Place place;
        private final boolean isFile;

        Mount(Datastores.Place place, boolean isFile) {
            this.place = place;
            this.isFile = isFile;
        }

        @Override
        public void upload(Path file, String name) throws IOException {
            place.store().put(place.container(), blob(name), file);
        }

        @Override
        public void remove(String name) throws IOException {
            place.store().delete(place.container(), blob(name));
        }

        private String blob(String name) {
            return isFile ? place.name() : folderName(place) + name;
        }
    }

    @Override
    public void save() throws IOException {
        for (SavedFolder output : mounted) {
            output.save();
        }
    }

    /** Outputs that are uploaded at the end, and what lies in the folders that are always kept, whether it failed or not. */
    @Override
    public void saveResults(boolean hasFailed) throws IOException {
        for (String name : names("outputs")) {
            JsonNode output = job.path("properties").path("outputs").path(name);
            if (output.path("mode").asText().equals("Upload")) {
                Datastores.Place place = place(output.path("uri").asText());
                boolean isFile = kind(output, "jobOutputType").equals("uri_file");
                new SavedFolder(root.resolve("outputs").resolve(name), new Mount(place, isFile)).save();
            }
        }
        for (String folder : List.of("outputs", "logs")) {
            Datastores.Place place = place(Datastores.artifacts(job()) + folder + "/");
            new SavedFolder(code().resolve(folder), new Mount(place, false)).save();
        }
    }

    /** Nothing: what a command has to say it prints. */
    @Override
    public String failure() {
        return "";
    }
}
