package dev.finetune4j.offlinecloud.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import dev.finetune4j.offlinecloud.s3.ObjectStore.Found;
import dev.finetune4j.offlinecloud.sagemaker.ChannelPipe.Part;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * What is in a channel: the objects below a prefix, those that a manifest names, or what an augmented manifest has line by line. All of it
 * that is for one machine is fetched before its container begins.
 */
final class ChannelData {
    private static final String FAILED = "Data download failed: ";
    private static final String GATED = "s3://jumpstart-private-cache-prod-";
    /** An attribute whose name ends so is the address of an object. */
    private static final String REFERENCE = "-ref";

    private final InputChannel channel;
    private final ObjectStore store;

    ChannelData(InputChannel channel, ObjectStore store) {
        this.channel = channel;
        this.store = store;
    }

    /**
     * Brings it into a folder.
     *
     * @param aside folder for what the container does not see
     * @throws IOException if something of it cannot be had; its message is for the job's description
     */
    void bring(Path folder, Path aside) throws IOException {
        List<Found> all = objects(aside);
        Files.createDirectories(folder);
        for (Found found : channel.shareOf(all)) {
            fetchInto(folder, found);
        }
    }

    /**
     * Brings it, to be streamed from there.
     *
     * @param aside folder for what the container does not see
     * @return what is streamed, one after the other unless it is shuffled: the parts of one belong together
     * @throws IOException if something of it cannot be had; its message is for the job's description
     */
    List<List<Part>> bringToStream(Path aside) throws IOException {
        Path folder = aside.resolve("objects");
        List<List<Part>> all = new ArrayList<>();
        if (channel.type().equals(InputChannel.AUGMENTED_MANIFEST)) {
            for (JsonNode line : channel.shareOf(lines(aside))) {
                all.add(parts(line, folder.resolve(String.valueOf(all.size()))));
            }
            return all;
        }
        for (Found found : channel.shareOf(objects(aside))) {
            if (!found.isFolder()) {
                all.add(List.of(file(folder, found)));
            }
        }
        return all;
    }

    private Part file(Path folder, Found found) throws IOException {
        fetchInto(folder, found);
        Path file = found.in(folder);
        if (!channel.isPacked()) {
            return new Part.OfFile(file);
        }
        Path unpacked = file.resolveSibling(file.getFileName() + ".unpacked");
        try (InputStream content = new GZIPInputStream(Files.newInputStream(file))) {
            Files.copy(content, unpacked);
        } catch (ZipException | EOFException e) {
            throw new IOException(FAILED + found.uri() + " is not packed with gzip, as CompressionType says", e);
        }
        return new Part.OfFile(unpacked);
    }

    private void fetchInto(Path folder, Found found) throws IOException {
        try {
            store.fetchInto(folder, found);
        } catch (NoSuchFileException e) {
            throw new IOException(FAILED + e.getMessage(), e);
        }
    }

    private List<Found> objects(Path aside) throws IOException {
        refuseUnlicensed();
        if (channel.type().equals(InputChannel.MANIFEST)) {
            return named(aside);
        }
        List<Found> all = store.list(channel.uri());
        if (all.isEmpty()) {
            throw new NoSuchFileException(FAILED + "there are no objects under " + channel.uri());
        }
        return all;
    }

    /** Models with a licence lie in buckets of Amazon's that open for a job whose request accepts it. */
    private void refuseUnlicensed() throws IOException {
        if (channel.uri().startsWith(GATED) && !channel.isLicenceAccepted()) {
            throw new IOException("Failed to download data. User is not allowed to access " + channel.uri()
                    + " (403 Forbidden): the end-user license agreement is not accepted");
        }
    }

    /** A manifest is a list: the prefix that all addresses have, and what follows it in each. */
    private List<Found> named(Path aside) throws IOException {
        JsonNode list = json(manifestText(aside)).orElseThrow(this::noManifest);
        String prefix = list.path(0).path("prefix").asText();
        if (!list.isArray() || prefix.isEmpty()) {
            throw noManifest();
        }
        List<Found> all = new ArrayList<>();
        for (int i = 1; i < list.size(); i++) {
            if (!list.get(i).isTextual()) {
                throw noManifest();
            }
            all.add(new Found(prefix + list.get(i).asText(), list.get(i).asText()));
        }
        return all;
    }

    private IOException noManifest() {
        return new IOException(FAILED + "the manifest file is invalid: " + channel.uri()
                + " must be a JSON list of {\"prefix\": \"s3://...\"} and paths below it");
    }

    private String manifestText(Path aside) throws IOException {
        Found manifest = new Found(channel.uri(), "manifest");
        fetchInto(aside, manifest);
        return Files.readString(manifest.in(aside));
    }

    private List<JsonNode> lines(Path aside) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String text : manifestText(aside).split("\n")) {
            if (!text.isBlank()) {
                lines.add(json(text).filter(JsonNode::isObject).orElseThrow(this::noAugmentedManifest));
            }
        }
        return lines;
    }

    private IOException noAugmentedManifest() {
        return new IOException(FAILED + "the augmented manifest file is invalid: each line of " + channel.uri()
                + " must be a JSON object with " + channel.attributes());
    }

    /** What a line has of each attribute, or what lies at its address. */
    private List<Part> parts(JsonNode line, Path folder) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (String attribute : channel.attributes()) {
            JsonNode value = line.path(attribute);
            if (value.isMissingNode()) {
                throw noAugmentedManifest();
            }
            if (attribute.endsWith(REFERENCE)) {
                parts.add(file(folder, new Found(value.asText(), attribute)));
            } else {
                parts.add(new Part.OfText(value.isTextual() ? value.asText() : value.toString()));
            }
        }
        return parts;
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(Json.read(text, JsonNode.class));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
