package dev.finetune4j.engine.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.source.DownloadException;
import dev.finetune4j.engine.data.source.ExclusiveLock;
import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.engine.data.source.HttpDownload;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Models of the Hugging Face hub: those in the cache of huggingface_hub are used where they lie, others are fetched file by file,
 * each verified against the checksum that the hub states, and kept under {@code models/hub} in finetune4j's home.
 *
 * <p>A branch or tag means the commit that it meant when it was first fetched; name a commit to say so in the job.
 */
final class Hub {
    private static final long MAX_LIST_BYTES = 16 << 20;
    private static final long MAX_FILE_BYTES = 200L << 30;
    private static final int CHECKSUM_TRIES = 2;

    private final Path folder;
    private final HubSettings settings;
    private final HttpDownload lists;
    private final HttpDownload files;
    private final FetchProgress progress;

    /**
     * A hub.
     *
     * @param folder where models are kept
     * @param settings where the hub is
     * @param lists fetches lists of files; little patient, so that a machine without a network goes on soon
     * @param files fetches files
     * @param progress hears how it goes on
     */
    Hub(Path folder, HubSettings settings, HttpDownload lists, HttpDownload files, FetchProgress progress) {
        this.folder = folder;
        this.settings = settings;
        this.lists = lists;
        this.files = files;
        this.progress = progress;
    }

    /** The model's folder if it is complete on this machine. */
    Optional<Path> find(HubRef ref) throws IOException {
        for (Path snapshot : snapshots(ref)) {
            if (isComplete(snapshot)) {
                return Optional.of(snapshot);
            }
        }
        return Optional.empty();
    }

    /** The folders of the commit on this machine, whatever they hold. */
    private List<Path> snapshots(HubRef ref) throws IOException {
        List<Path> snapshots = new ArrayList<>();
        for (Path root : List.of(folder, settings.cache())) {
            Path model = root.resolve(ref.folderName());
            Path known = model.resolve("refs").resolve(ref.revision());
            String commit = ref.isCommit()
                    ? ref.revision()
                    : Files.isRegularFile(known) ? Files.readString(known).strip() : "";
            Path snapshot = model.resolve("snapshots").resolve(commit);
            if (!commit.isEmpty() && Files.isDirectory(snapshot)) {
                snapshots.add(snapshot);
            }
        }
        return snapshots;
    }

    private static boolean isComplete(Path snapshot) throws IOException {
        try {
            ModelLayout.files(snapshot, snapshot.toString());
            return true;
        } catch (FineTuneException e) {
            // Another tool may have fetched only the tokenizer; what is missing is fetched then.
            return false;
        }
    }

    /**
     * Fetches a model.
     *
     * @throws FineTuneException with FT0490 to FT0494, FT0496
     * @throws IOException if what lies on this machine cannot be read
     */
    @SuppressWarnings("try") // the lock is held, not used
    Path fetch(HubRef ref) throws IOException {
        if (settings.isOffline()) {
            refuseAdapterHere(ref);
            throw StoreProblems.UNREACHABLE
                    .error(ref + " is not on this machine")
                    .at(Location.ofKey("model"))
                    .because("HF_HUB_OFFLINE forbids to ask " + settings.host())
                    .asException();
        }
        Path model = folder.resolve(ref.folderName());
        Runnable waiting = () -> progress.at(ref + " (another process fetches it)", 0, FetchProgress.UNKNOWN);
        try (ExclusiveLock lock = ExclusiveLock.acquire(model.resolve(".lock"), waiting)) {
            Optional<Path> meanwhile = find(ref);
            return meanwhile.isPresent() ? meanwhile.get() : fetchTo(model, ref);
        } catch (IOException e) {
            throw StoreProblems.UNWRITABLE
                    .error("cannot store " + ref)
                    .at(Location.of(model.toString()))
                    .because(DataProblems.reason(e))
                    .asException(e);
        }
    }

    /** Where the hub cannot be asked, what lies on this machine tells that fetching would not help either. */
    private void refuseAdapterHere(HubRef ref) throws IOException {
        for (Path snapshot : snapshots(ref)) {
            ModelLayout.refuseAdapter(snapshot, ref.toString());
        }
    }

    private Path fetchTo(Path model, HubRef ref) throws IOException {
        JsonNode list = list(model, ref);
        String commit = list.path("sha").asText();
        Map<String, HubFile> listed = new HashMap<>();
        list.path("siblings").forEach(sibling -> {
            HubFile file = HubFile.of(sibling);
            listed.put(file.name(), file);
        });
        boolean namesCommit = commit.matches("[0-9a-f]{40}");
        if (ModelLayout.isAdapter(listed.keySet())) {
            HubFile config = namesCommit ? listed.get(ModelLayout.ADAPTER_CONFIG) : null;
            throw AdapterRefusal.of(ref.toString(), listed.keySet(), adapterConfig(model, ref, commit, config));
        }
        ModelLayout.refuseIncomplete(listed.keySet(), ref.toString());
        if (!namesCommit) {
            throw unreachable(ref, "the hub named no commit", null);
        }
        Path partial = Files.createDirectories(model.resolve("partial").resolve(commit));
        for (String name : ModelLayout.chosen(listed.keySet())) {
            HubFile file = listed.get(name);
            if (file != null) {
                fetchFile(ref, commit, file, partial.resolve(name));
            }
        }
        Path snapshot = model.resolve("snapshots").resolve(commit);
        Files.createDirectories(model.resolve("snapshots"));
        Files.move(partial, snapshot, StandardCopyOption.ATOMIC_MOVE);
        if (!ref.isCommit()) {
            Path known = model.resolve("refs").resolve(ref.revision());
            Files.createDirectories(parent(known));
            Files.writeString(known, commit);
        }
        return snapshot;
    }

    /** What PEFT says of an adapter; a missing node where that cannot be had: the list alone tells that it is no model. */
    private JsonNode adapterConfig(Path model, HubRef ref, String commit, @Nullable HubFile file) throws IOException {
        if (file == null || file.size() > ModelLayout.MAX_ADAPTER_CONFIG_BYTES) {
            return MissingNode.getInstance();
        }
        Path config = model.resolve(ModelLayout.ADAPTER_CONFIG);
        try {
            fetchFile(ref, commit, file, config);
            return ModelLayout.adapterConfig(config);
        } catch (FineTuneException e) {
            return MissingNode.getInstance();
        } finally {
            Files.deleteIfExists(config);
        }
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private JsonNode list(Path model, HubRef ref) throws IOException {
        URI uri = URI.create(settings.endpoint() + "/api/models/" + ref.repository() + "/revision/"
                + ref.revision().replace("/", "%2F") + "?blobs=true");
        Path file = model.resolve("list.json");
        try {
            lists.to(new HttpDownload.Order(uri, settings.headers(), MAX_LIST_BYTES, ref.toString()), file, progress);
            return new ObjectMapper().readTree(file.toFile());
        } catch (DownloadException e) {
            refuseAdapterHere(ref);
            throw e.status() == 401 || e.status() == 403
                    ? noAccess(ref, e)
                    : unreachable(ref, String.valueOf(e.getMessage()), e);
        } catch (JsonProcessingException e) {
            throw unreachable(ref, "the answer is no list of files; is a proxy or a login page in between?", e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void fetchFile(HubRef ref, String commit, HubFile file, Path target) throws IOException {
        URI uri = URI.create(settings.endpoint() + "/" + ref.repository() + "/resolve/" + commit + "/" + file.name());
        String what = ref.repository() + ": " + file.name();
        for (int attempt = 1; attempt <= CHECKSUM_TRIES; attempt++) {
            if (!Files.exists(target)) {
                try {
                    files.to(new HttpDownload.Order(uri, settings.headers(), MAX_FILE_BYTES, what), target, progress);
                } catch (DownloadException e) {
                    throw e.status() == 401 || e.status() == 403
                            ? noAccess(ref, e)
                            : unreachable(ref, file.name() + ": " + e.getMessage(), e);
                }
            }
            if (file.isSameAs(target)) {
                return;
            }
            Files.delete(target);
        }
        throw StoreProblems.CHECKSUM
                .error(file.name() + " of " + ref + " is not what the hub says it is")
                .at(Location.ofKey("model"))
                .because("from " + settings.host() + ", fetched " + CHECKSUM_TRIES + " times")
                .asException();
    }

    private FineTuneException noAccess(HubRef ref, DownloadException cause) {
        List<String> remedies = new ArrayList<>();
        remedies.add("accept the licence at https://huggingface.co/" + ref.repository());
        remedies.add(
                settings.headers().isEmpty()
                        ? "export HF_TOKEN=... with a token from https://huggingface.co/settings/tokens"
                        : "check that the token in HF_TOKEN may read this model");
        remedies.add("check the spelling: the hub answers the same for a repository that does not exist");
        Problem.Builder problem = StoreProblems.ACCESS
                .error(settings.host() + " does not give access to " + ref)
                .at(Location.ofKey("model"))
                .because(cause.getMessage()
                        + (settings.headers().isEmpty() ? ", asked without a token" : ", asked with a token"));
        remedies.forEach(problem::remedy);
        return problem.asException(cause);
    }

    private FineTuneException unreachable(HubRef ref, String reason, @Nullable IOException cause) {
        Problem.Builder problem = StoreProblems.UNREACHABLE
                .error("cannot fetch " + ref + " from " + settings.host())
                .at(Location.ofKey("model"))
                .because(reason);
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
