package dev.finetune4j.azure.blob;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.StagedFolder;
import dev.finetune4j.spi.StoredName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The files of jobs below one address in blob storage. Whatever takes a name takes one below the store. All failures are {@link
 * FineTuneException}s with FT0961 to FT0969, which say whether the same call may succeed later; after any of them it goes on where it was. Safe
 * for use by several threads and processes at once.
 */
public final class BlobStore {
    /** Where what is staged lies, below the store. */
    public static final String INPUTS = "inputs/";

    static final String SHA256 = "sha256";

    /** Enough for the blocks that are sent at once over a line of 2 Mbit/s. */
    static final Duration LONGEST_TRY = Duration.ofMinutes(5);

    private static final String WITHOUT_KEYS = "KeyBasedAuthenticationNotPermitted";
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final int BLOCK_BYTES = 16 << 20;

    private final BlobAddress root;
    private final BlobContainerClient container;
    private final BlobContainerAsyncClient sending;
    private final int retries;
    private final int blockBytes;
    private final @Nullable Signing signing;

    private BlobStore(
            BlobAddress root,
            BlobContainerClientBuilder container,
            int retries,
            int blockBytes,
            @Nullable Signing signing) {
        this.signing = signing;
        this.root = root;
        this.container = container.buildClient();
        this.sending = container.buildAsyncClient();
        this.retries = retries;
        this.blockBytes = blockBytes;
    }

    /**
     * How a store is asked by signatures.
     *
     * @param giver who gives them
     * @param remedy what shows where they come from
     */
    private record Signing(SignedAccess access, String giver, String remedy) {}

    /** A file in the store, called so below what was asked for. */
    public record StoredFile(String name, long bytes, Instant modified) {}

    /**
     * A folder in the store, called so in the one that it lies in.
     *
     * @param bytes size of all of its files
     * @param lastStored when the last of them was stored
     */
    public record StoredFolder(String name, long bytes, Instant lastStored) {
        private StoredFolder plus(StoredFolder other) {
            return new StoredFolder(
                    name, bytes + other.bytes, other.lastStored.isAfter(lastStored) ? other.lastStored : lastStored);
        }
    }

    /** A store. Asks nothing yet. */
    public static BlobStore open(BlobAddress root, AzureConnection connection) {
        return open(root, connection, BLOCK_BYTES);
    }

    /**
     * A store that is moved to and from by shared access signatures, for whoever has no role there. Asks nothing yet.
     *
     * @param secret asks for what signatures are made of
     * @param giver who gives the secret, in a word
     * @param remedy a command that shows where the secret comes from, for whoever is told that the store does not take it
     * @param clock by which the store looks at signatures
     */
    public static BlobStore open(
            BlobAddress root,
            AzureConnection connection,
            Supplier<StoreSecret> secret,
            String giver,
            String remedy,
            Clock clock) {
        SignedAccess access = new SignedAccess(root, secret, clock);
        return new BlobStore(
                root,
                container(root, connection).addPolicy(access),
                connection.retries(),
                BLOCK_BYTES,
                new Signing(access, giver, remedy));
    }

    /** @param blockBytes how much of a file is sent at once */
    static BlobStore open(BlobAddress root, AzureConnection connection, int blockBytes) {
        return new BlobStore(
                root,
                container(root, connection).credential(connection.credential()),
                connection.retries(),
                blockBytes,
                null);
    }

    private static BlobContainerClientBuilder container(BlobAddress root, AzureConnection connection) {
        return new BlobContainerClientBuilder()
                .endpoint(root.endpoint())
                .containerName(root.container())
                .httpClient(connection.http())
                .retryOptions(new RequestRetryOptions(
                        RetryPolicyType.EXPONENTIAL,
                        connection.retries() + 1,
                        LONGEST_TRY,
                        SHORTEST_PAUSE,
                        LONGEST_PAUSE,
                        null));
    }

    /** The store. */
    public BlobAddress root() {
        return root;
    }

    /**
     * Where {@link #stage} would put files; asks nothing.
     *
     * @return a name below the store, which ends with a slash
     */
    public String stagedName(Path source) {
        return INPUTS + digest(source) + "/";
    }

    /** What tells a file, or all files below a folder, from others: SHA-256 over names, sizes and contents, in hexadecimal. */
    public static String digest(Path source) {
        return read(source, BLOCK_BYTES).digest();
    }

    /**
     * Stores a file, or all files below a folder, unless they are there. They lie under the digest of their names and contents, so that the same
     * files are never stored twice, and what was staged never changes. They are as young as the last call, so that whoever removes what is old leaves
     * what a job of somebody else's was launched with a moment ago.
     *
     * @return a name below the store, which ends with a slash
     */
    public String stage(Path source) {
        StagedFolder<StagedFile> staged = read(source, blockBytes);
        String prefix = INPUTS + staged.digest() + "/";
        Map<String, Long> there = list(prefix).stream().collect(Collectors.toMap(StoredFile::name, StoredFile::bytes));
        boolean isSent = false;
        for (StagedFile file : staged.files()) {
            Long bytes = there.get(file.name());
            if (bytes == null || bytes != file.size()) {
                send(file, prefix + file.name(), bytes == null);
                isSent = true;
            }
        }
        if (!isSent) {
            touch(staged.files().get(0), prefix);
        }
        return prefix;
    }

    /** A folder is as young as the youngest of its files. */
    private void touch(StagedFile file, String prefix) {
        make("store", prefix + file.name(), () -> {
            blob(prefix + file.name()).setMetadata(Map.of(SHA256, file.sha256()));
            return file;
        });
    }

    /** Whoever stores the same at the same time is as welcome: what lies under a digest is what it says. */
    private void send(StagedFile file, String name, boolean isNew) {
        BlobRequestConditions conditions =
                isNew ? new BlobRequestConditions().setIfNoneMatch("*") : new BlobRequestConditions();
        make("store", name, () -> {
            try {
                new BlockSender(sending.getBlobAsyncClient(root.key() + name).getBlockBlobAsyncClient(), conditions)
                        .send(file, Map.of(SHA256, file.sha256()));
            } catch (BlobStorageException e) {
                if (!BlobErrorCode.BLOB_ALREADY_EXISTS.equals(e.getErrorCode())) {
                    throw e;
                }
            }
            return name;
        });
    }

    /** Stores a file under a name, unless one is there: for names that belong to one content. */
    public void send(Path source, String name) {
        boolean isThere = make("read", name, () -> blob(name).exists());
        if (!isThere) {
            send(read(source, blockBytes).files().get(0), name, true);
        }
    }

    /** Stores something small, in place of what has that name. */
    public void put(String name, byte[] content) {
        make("store", name, () -> {
            blob(name).upload(BinaryData.fromBytes(content), true);
            return name;
        });
    }

    /** Something small; empty where there is nothing of this name. */
    public Optional<String> read(String name) {
        return make("read", name, () -> {
            try {
                return Optional.of(new String(blob(name).downloadContent().toBytes(), StandardCharsets.UTF_8));
            } catch (BlobStorageException e) {
                if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** The files below a folder, sorted by name. */
    public List<StoredFile> list(String folder) {
        return items(folder).stream()
                .map(item -> new StoredFile(
                        item.getName().substring(root.key().length() + folder.length()),
                        item.getProperties().getContentLength(),
                        item.getProperties().getLastModified().toInstant()))
                .toList();
    }

    /** The folders right below a folder, sorted by name; files that lie in none of them are not told. */
    public List<StoredFolder> folders(String folder) {
        Map<String, StoredFolder> folders = new TreeMap<>();
        for (StoredFile file : list(folder)) {
            int slash = file.name().indexOf('/');
            if (slash > 0) {
                String name = file.name().substring(0, slash);
                folders.merge(name, new StoredFolder(name, file.bytes(), file.modified()), StoredFolder::plus);
            }
        }
        return List.copyOf(folders.values());
    }

    private List<BlobItem> items(String folder) {
        ListBlobsOptions options = new ListBlobsOptions()
                .setPrefix(root.key() + folder)
                .setDetails(new BlobListDetails().setRetrieveMetadata(true));
        return make(
                "list",
                folder,
                () -> container.listBlobs(options, null).stream()
                        // Accounts with real folders list these, too.
                        .filter(item -> !"true".equals(metadata(item).get("hdi_isfolder")))
                        .toList());
    }

    static Map<String, String> metadata(BlobItem item) {
        return item.getMetadata() == null ? Map.of() : item.getMetadata();
    }

    /**
     * Fetches all files below a folder. A file that is there with the same content is left alone.
     *
     * @return the folder on this machine
     * @throws FineTuneException with FT0968 if there are none, FT0967 if one has a name that would lead out of the folder
     */
    public Path download(String folder, Path into) {
        List<BlobItem> items = items(folder);
        if (items.isEmpty()) {
            throw AzureStoreProblems.NO_FILES
                    .error("there is nothing under " + root.below(folder))
                    .asException();
        }
        Map<Path, BlobItem> targets = new HashMap<>();
        for (BlobItem item : items) {
            targets.put(file(into, item, folder), item);
        }
        targets.forEach(this::fetch);
        return into;
    }

    private Path file(Path into, BlobItem item, String folder) {
        try {
            return StoredName.below(
                    into.toAbsolutePath().normalize(),
                    item.getName().substring(root.key().length() + folder.length()));
        } catch (IllegalArgumentException e) {
            throw AzureStoreProblems.BAD_NAME
                    .error("'" + StoredName.printable(item.getName()) + "' cannot become a file")
                    .because(String.valueOf(e.getMessage()))
                    .asException();
        }
    }

    private void fetch(Path file, BlobItem item) {
        make("read", item.getName().substring(root.key().length()), () -> {
                    try {
                        return new BlobFetcher(container, retries).fetch(file, item);
                    } catch (IOException e) {
                        throw local(e, file);
                    }
                })
                .ifPresent(damage -> {
                    throw AzureStoreProblems.DAMAGED
                            .error("what was fetched of " + item.getName() + " is not what was stored")
                            .because(damage)
                            .retry(Retry.after(PAUSE))
                            .asException();
                });
    }

    /** Removes all files below a folder. Without effect where there is nothing. */
    public void delete(String folder) {
        if (folder.isEmpty()) {
            throw new IllegalArgumentException("all of a store is not removed");
        }
        for (BlobItem item : items(folder)) {
            make(
                    "remove",
                    item.getName().substring(root.key().length()),
                    () -> container.getBlobClient(item.getName()).deleteIfExists());
        }
    }

    private BlobClient blob(String name) {
        return container.getBlobClient(root.key() + name);
    }

    private static StagedFolder<StagedFile> read(Path source, int blockBytes) {
        try {
            return StagedFolder.read(source, (name, path) -> StagedFile.read(name, path, blockBytes));
        } catch (IOException e) {
            throw local(e, source);
        }
    }

    private static FineTuneException local(IOException failure, Path path) {
        return AzureStoreProblems.LOCAL
                .error(path + " cannot be read or written")
                .because(String.valueOf(failure.getMessage()))
                .remedy("df -h '" + path + "'")
                .asException(failure);
    }

    private <T> T make(String action, String name, Supplier<T> call) {
        try {
            return made(call);
        } catch (FineTuneException e) {
            throw e;
        } catch (RuntimeException e) {
            AzureFailure.keepInterrupt(e);
            throw told(e, action, name);
        }
    }

    /** A signature that was made a while ago may be of a key that was changed since. */
    private <T> T made(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            if (AzureFailure.of(e) == AzureFailure.DENIED
                    && signing != null
                    && signing.access().forget()) {
                return call.get();
            }
            throw e;
        }
    }

    /** Whether a store was asked by a signature of its keys, and takes tokens only. */
    public static boolean isWithoutKeys(RuntimeException failure) {
        return AzureFailure.codes(failure).contains(WITHOUT_KEYS)
                || AzureFailure.code(failure).equals(WITHOUT_KEYS);
    }

    /** What a failed call means. */
    FineTuneException told(RuntimeException failure, String action, String name) {
        String reason = AzureFailure.reason(failure);
        BlobAddress about = root.below(name);
        Problem.Builder problem = switch (AzureFailure.of(failure)) {
            case DENIED -> denied(failure, action + " " + about);
            case CREDENTIALS ->
                AzureStoreProblems.NO_CREDENTIALS
                        .error("no token that blob storage takes")
                        .because(reason)
                        .remedy(AzureFailure.remedy(failure));
            case BUSY ->
                AzureFailure.busy(AzureStoreProblems.UNREACHABLE, "blob storage", failure)
                        .because(reason);
            case OUTAGE ->
                AzureStoreProblems.UNREACHABLE
                        .error("blob storage does not answer for " + about)
                        .because(reason)
                        .retry(AzureFailure.pause(failure).map(Retry::asked).orElse(Retry.after(PAUSE)));
            case REFUSED ->
                AzureFailure.code(failure).equals("ContainerNotFound")
                        ? AzureStoreProblems.NO_CONTAINER
                                .error("there is no container " + root.container() + " in " + root.account())
                                .because(reason)
                                .remedy("az storage container create --auth-mode login --account-name " + root.account()
                                        + " --name " + root.container())
                        : AzureStoreProblems.UNREACHABLE
                                .error("blob storage does not " + action + " " + about)
                                .because(reason)
                                .retry(Retry.after(PAUSE));
        };
        return problem.build().asException(failure);
    }

    /** By a signature a store is asked without any role, so that none is missing. */
    private Problem.Builder denied(RuntimeException failure, String action) {
        String reason = AzureFailure.reason(failure);
        if (isWithoutKeys(failure)) {
            return AzureStoreProblems.withoutKeys(root, reason);
        }
        if (signing == null) {
            return AzureStoreProblems.DENIED
                    .error("the caller may not " + action)
                    .because(reason)
                    .remedy("finetune policy JOB --for caller");
        }
        String ended =
                signing.access().ended().map(end -> "it ended at " + end + "; ").orElse("");
        return AzureStoreProblems.NO_CREDENTIALS
                .error("the " + signing.giver() + "'s signature does not let anybody " + action)
                .because(ended + reason)
                .remedy(signing.remedy());
    }
}
