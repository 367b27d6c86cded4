package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.BucketOwner;
import dev.finetune4j.aws.s3.S3Calls.Entry;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.StagedFolder;
import dev.finetune4j.spi.StagedOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The files of jobs below one address in S3. Whatever takes a name takes one below the store, such as {@code runs/r1/order.json}, or a whole
 * address in its bucket. All failures are {@link FineTuneException}s with FT0860 to FT0876, which say whether the same call may succeed later;
 * after any of them it goes on where it was. Safe for use by several threads and processes at once.
 *
 * <pre>{@code
 * try (S3Store store = S3Store.open("s3://my-bucket/jobs", "eu-central-1", BucketOwner.of(settings), context)) {
 *     String data = store.stage(Path.of("data")); // s3://my-bucket/jobs/inputs/0c1f.../
 *     store.download("outputs/r1", Path.of("r1"));
 * }
 * }</pre>
 */
public final class S3Store implements AutoCloseable {
    /** Tries of one call by Amazon's client. All calls may be repeated. */
    static final int ATTEMPTS = 5;

    /** Of one call with all tries: a part of 16 MiB on a line of 1 Mbit/s takes two minutes. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(15);

    /** Where what is staged lies, below the store. */
    public static final String INPUTS = "inputs/";

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final S3Address root;
    private final String inputs;
    private final S3Calls calls;

    private S3Store(S3Address root, String inputs, S3Calls calls) {
        this.root = root;
        this.inputs = inputs;
        this.calls = calls;
    }

    /**
     * A store, with the credentials of the environment, a profile or the machine. Asks nothing yet.
     *
     * @param store {@code s3://BUCKET/PREFIX}
     * @param region where its bucket must lie
     * @param owner whose it must be
     * @throws FineTuneException with FT0860 if that is no address
     */
    public static S3Store open(String store, String region, BucketOwner owner, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "S3", ATTEMPTS, LONGEST_CALL);
        S3Client client = connection.open(S3Client.builder().forcePathStyle(connection.isElsewhere(context)), context);
        S3Address root = S3Address.parse(store);
        String listed = root.asFolder().key();
        return new S3Store(
                root,
                INPUTS,
                new S3Calls(
                        client, new StoreErrors(region), listed, owner.account().orElse(null)));
    }

    /**
     * The same files, where what is staged lies apart: whoever removes it can ask the services that read it there, and no others.
     *
     * @param folder below {@link #INPUTS}; no digest, by which others call theirs
     * @return a store over the same connection, which closing either of the two closes
     */
    public S3Store stagingApart(String folder) {
        return new S3Store(root, INPUTS + folder + "/", calls);
    }

    /**
     * What is against the store for certain, as a look into it tells: FT0861 to FT0863. Nothing where the caller may not look, or nobody answers;
     * whether the caller may write is not asked.
     */
    public List<Problem> objections() {
        try {
            calls.look(resolve(StagedOrder.FOLDER));
            return List.of();
        } catch (FineTuneException e) {
            return e.problems().stream()
                    .filter(problem -> AwsStoreProblems.OF_BUCKET.contains(problem.kind()))
                    .toList();
        }
    }

    /** The whole address of what has a name below the store. */
    public String address(String name) {
        return resolve(name).toString();
    }

    /** What has been staged, sorted by digest; what else lies there is not told. */
    public List<StoredFolder> staged() {
        return folders(inputs).stream()
                .filter(folder -> DIGEST.matcher(folder.name()).matches())
                .toList();
    }

    /** Where all that is staged lies: {@code s3://BUCKET/PREFIX/inputs/}. */
    public String stagedRoot() {
        return address(inputs);
    }

    /**
     * Where {@link #stage} would put files; asks nothing.
     *
     * @return {@code s3://BUCKET/PREFIX/inputs/DIGEST/}
     */
    public String stagedAddress(Path source) {
        return prefix(read(source)).toString();
    }

    /** {@link #stage(Path, Progress)} for which nobody waits. */
    public String stage(Path source) {
        return stage(source, Progress.NONE);
    }

    /**
     * Stores a file, or all files below a folder, unless they are there. They lie under the digest of their names and contents, so that
     * the same files are never stored twice, and what was staged never changes.
     *
     * @return {@code s3://BUCKET/PREFIX/inputs/DIGEST/}
     * @throws FineTuneException with FT0869 if a file changes meanwhile, or FT0870 if something else lies there
     */
    public String stage(Path source, Progress progress) {
        StagedFolder<StagedFile> folder = read(source);
        S3Address prefix = prefix(folder);
        new Stager(calls, prefix, new Tally(progress, folder.bytes())).stage(folder);
        return prefix.toString();
    }

    /**
     * Stores something small, in place of what has that name.
     *
     * @return its whole address
     */
    public String put(String name, byte[] content) {
        S3Address object = resolve(name);
        String sha256 = HexFormat.of().formatHex(Proof.sha256().digest(content));
        calls.make(
                "s3:PutObject",
                object,
                () -> calls.client()
                        .putObject(
                                request -> request.bucket(object.bucket())
                                        .key(object.key())
                                        .metadata(Map.of(Proof.METADATA, sha256))
                                        .expectedBucketOwner(calls.owner()),
                                RequestBody.fromBytes(content)));
        return object.toString();
    }

    /** {@link #download(String, Path, Progress)} for which nobody waits. */
    public Path download(String prefix, Path into) {
        return download(prefix, into, Progress.NONE);
    }

    /**
     * Fetches all files below a prefix into a folder. A file that is there with the same size and checksum is left alone.
     *
     * @param prefix as a folder: what lies beside it under a name that only begins the same is not meant
     * @return the folder
     * @throws FineTuneException with FT0875 if there are none, FT0871 if one has a name that would lead out of the folder, or FT0868 if the
     *     disk has no room
     */
    public Path download(String prefix, Path into, Progress progress) {
        S3Address from = resolve(prefix).asFolder();
        List<Entry> objects = calls.list(from);
        if (objects.isEmpty()) {
            throw AwsStoreProblems.NO_OBJECTS
                    .error("there is nothing under " + from)
                    .remedy("aws s3 ls --recursive " + root.asFolder())
                    .asException();
        }
        Path folder = into.toAbsolutePath().normalize();
        FetchPlan plan = FetchPlan.of(from, objects, folder);
        try {
            Files.createDirectories(folder);
            Fetcher.refuseWithoutRoom(plan, folder);
        } catch (IOException e) {
            throw StoreErrors.local(e, folder);
        }
        long bytes = objects.stream().mapToLong(Entry::size).sum();
        new Fetcher(calls, folder, new Tally(progress, bytes)).fetch(plan);
        return into;
    }

    /** The files below a prefix, sorted by name. */
    public List<StoredFile> list(String prefix) {
        S3Address from = resolve(prefix).asFolder();
        return calls.list(from).stream()
                .map(object -> new StoredFile(
                        object.address().key().substring(from.key().length()),
                        object.address().toString(),
                        object.size(),
                        object.modified()))
                .toList();
    }

    /** The folders right below a prefix, sorted by name; files that lie in none of them are not told. */
    public List<StoredFolder> folders(String prefix) {
        Map<String, StoredFolder> folders = new TreeMap<>();
        for (StoredFile file : list(prefix)) {
            int slash = file.name().indexOf('/');
            if (slash > 0) {
                String name = file.name().substring(0, slash);
                String address = file.address()
                        .substring(0, file.address().length() - file.name().length() + slash + 1);
                folders.merge(name, new StoredFolder(name, address, file.bytes(), file.modified()), StoredFolder::plus);
            }
        }
        return List.copyOf(folders.values());
    }

    /** Whether there is a file of exactly this name. */
    public boolean exists(String name) {
        return calls.head(resolve(name)).isPresent();
    }

    /**
     * Removes all files below a prefix, and what was begun to be stored there. Without effect where there is nothing.
     *
     * @throws IllegalArgumentException if the prefix is not below the store, or is all of it
     */
    public void delete(String prefix) {
        S3Address from = resolve(prefix).asFolder();
        String all = root.asFolder().key();
        if (!from.key().startsWith(all) || from.key().equals(all)) {
            throw new IllegalArgumentException("prefix must be below " + root + ", was " + prefix);
        }
        Removal removal = new Removal(calls, from);
        removal.removeObjects();
        removal.removeUploads();
    }

    private static StagedFolder<StagedFile> read(Path source) {
        try {
            return StagedFolder.read(source, StagedFile::read);
        } catch (IOException e) {
            throw StoreErrors.local(e, source);
        }
    }

    private S3Address prefix(StagedFolder<StagedFile> folder) {
        return root.below(inputs + folder.digest()).asFolder();
    }

    private S3Address resolve(String name) {
        if (!name.startsWith("s3://")) {
            return root.below(name);
        }
        S3Address address = S3Address.parse(name);
        if (!address.bucket().equals(root.bucket())) {
            throw new IllegalArgumentException("address must be in the bucket of " + root + ", was " + name);
        }
        return address;
    }

    @Override
    public void close() {
        calls.close();
    }
}
