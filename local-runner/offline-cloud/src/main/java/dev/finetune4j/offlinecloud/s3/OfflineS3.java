package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.iam.OfflineIam;
import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Gate;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The buckets of an account, and some that are not its own. Objects lie in files of a folder, under names that have nothing of their keys;
 * what they are called and all about them is kept in memory, so that nothing is left once the process ends. Safe for use by several
 * threads.
 */
public final class OfflineS3 implements ObjectStore, AutoCloseable {
    private static final Pattern URI = Pattern.compile("s3://([^/]+)/?(.*)", Pattern.DOTALL);

    private static final Set<String> READING =
            Set.of("HeadBucket", "GetBucketLocation", "HeadObject", "GetObject", "ListObjects", "ListObjectsV2");

    private final ContentFolder contents;
    private final String account;
    private final String region;
    private final Clock clock;
    private final Map<String, Bucket> buckets = new TreeMap<>();
    private final Map<String, String> keys = new ConcurrentHashMap<>();
    private final Set<String> shared = ConcurrentHashMap.newKeySet();
    private final Set<String> published = ConcurrentHashMap.newKeySet();
    private volatile Gate gate;

    /**
     * A store without buckets.
     *
     * @param folder for the contents; made when it is needed
     * @param account twelve digits
     * @param region where its clients are, and its buckets unless said otherwise
     * @param clock what objects are dated by
     */
    public OfflineS3(Path folder, String account, String region, Clock clock) {
        contents = new ContentFolder(folder);
        this.account = account;
        this.region = region;
        this.clock = clock;
        gate = new OfflineIam(account, Set.of(), session -> Optional.empty());
    }

    /** From now on who stores or reads in a bucket must be allowed to use a key, too, by its ARN. */
    public OfflineS3 encrypt(String bucket, String key) {
        keys.put(bucket, key);
        return this;
    }

    /** The same by a key's id or ARN, as a client names it; by no key where it is empty. */
    void encryptBy(Bucket bucket, String key) {
        if (key.isEmpty()) {
            keys.remove(bucket.name());
        } else {
            String prefix = "arn:aws:kms:" + bucket.region() + ":" + bucket.owner() + ":";
            String resource = key.startsWith("alias/") ? key : "key/" + key;
            keys.put(bucket.name(), key.startsWith("arn:") ? key : prefix + resource);
        }
    }

    /** The key of a bucket; empty where S3's own does. */
    Optional<String> keyOf(String bucket) {
        return Optional.ofNullable(keys.get(bucket));
    }

    /** From now on all who act as a role are asked about by whoever decides what they may do; before, all may do everything. */
    public void guard(Gate by) {
        gate = by;
    }

    Gate gate() {
        return gate;
    }

    /** An access to a bucket or an object with whose it is and where, which the ARN does not say. */
    Access told(Access access) {
        Optional<Bucket> bucket =
                find(access.resource().replaceFirst("^arn:[^:]*:s3:::", "").replaceFirst("/.*", ""));
        return bucket.map(there ->
                        access.with("aws:ResourceAccount", there.owner()).with("aws:RequestedRegion", there.region()))
                .orElse(access);
    }

    String account() {
        return account;
    }

    String region() {
        return region;
    }

    Clock clock() {
        return clock;
    }

    /**
     * Makes a bucket of the account.
     *
     * @throws IllegalStateException if there is one of that name
     */
    public OfflineS3 createBucket(String name) {
        return createBucket(name, region, account);
    }

    /**
     * Makes a bucket in any region, of any account: clients are sent to the region, and kept out of what is not theirs.
     *
     * @throws IllegalStateException if there is one of that name
     */
    public OfflineS3 createBucket(String name, String inRegion, String owner) {
        try {
            make(name, inRegion, owner);
        } catch (ServiceError e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return this;
    }

    /** From now on jobs of any account may read a bucket, whosever it is, and nobody's may write to it: Amazon's own are so. */
    public OfflineS3 share(String bucket) {
        shared.add(bucket);
        return this;
    }

    /** From now on anybody may read a bucket, whosever it is: Amazon's public ones are so. */
    public OfflineS3 publish(String bucket) {
        published.add(bucket);
        return this;
    }

    boolean isShared(String bucket) {
        return shared.contains(bucket);
    }

    synchronized void make(String name, String inRegion, String owner) throws ServiceError {
        Bucket there = buckets.get(name);
        if (there == null) {
            buckets.put(
                    name, new Bucket(name, inRegion, owner, clock.instant().truncatedTo(ChronoUnit.SECONDS), contents));
        } else if (!there.owner().equals(account)) {
            throw S3Errors.conflict(
                    "BucketAlreadyExists",
                    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select"
                            + " a different name and try again.",
                    name);
        } else if (!inRegion.equals("us-east-1") || !there.region().equals(inRegion)) {
            throw S3Errors.conflict(
                    "BucketAlreadyOwnedByYou",
                    "Your previous request to create the named bucket succeeded and you already own it.",
                    name);
        }
    }

    /** Removes a bucket with all that it was set to. */
    synchronized void remove(Bucket bucket) throws ServiceError {
        bucket.markDeleted();
        buckets.remove(bucket.name());
        keys.remove(bucket.name());
        shared.remove(bucket.name());
        published.remove(bucket.name());
    }

    synchronized List<Bucket> buckets() {
        return List.copyOf(buckets.values());
    }

    synchronized Optional<Bucket> find(String name) {
        return Optional.ofNullable(buckets.get(name));
    }

    /**
     * The bucket that a call is about: one of the account, or one that anybody may read.
     *
     * @param expectedOwner whose it must be, if the client says so
     * @throws ServiceError if it is not there, or belongs to somebody else who does not let the call in
     */
    Bucket bucketFor(String operation, String name, Optional<String> expectedOwner) throws ServiceError {
        Optional<Bucket> open = published.contains(name) && READING.contains(operation) ? find(name) : Optional.empty();
        return open.isPresent() && expectedOwner.isEmpty() ? open.get() : bucketOf(name, expectedOwner);
    }

    /**
     * A bucket of the account.
     *
     * @param expectedOwner whose it must be, if the client says so
     * @throws ServiceError if it is not there, or belongs to somebody else
     */
    Bucket bucketOf(String name, Optional<String> expectedOwner) throws ServiceError {
        Bucket bucket = find(name).orElseThrow(() -> S3Errors.noSuchBucket(name));
        if (!bucket.owner().equals(account) || !expectedOwner.orElse(account).equals(account)) {
            throw S3Errors.denied();
        }
        return bucket;
    }

    /** The keys of all objects whose addresses begin with {@code s3://BUCKET/PREFIX}, sorted; none where the bucket is not there. */
    public List<String> keys(String uri) {
        try {
            Place place = place(uri);
            return place.bucket().after("", place.key()).stream()
                    .map(StoredObject::key)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The keys of all uploads that were begun below {@code s3://BUCKET/PREFIX} and are neither complete nor given up. */
    public List<String> uploads(String uri) {
        try {
            Place place = place(uri);
            return place.bucket().uploads().stream()
                    .map(MultipartUpload::key)
                    .filter(key -> key.startsWith(place.key()))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * The bytes of an object, in a file which is not to be changed and goes when the object is replaced.
     *
     * @throws IOException if it is not there
     */
    public Path file(String uri) throws IOException {
        Place place = place(uri);
        return place.bucket()
                .find(place.key())
                .map(StoredObject::content)
                .orElseThrow(() -> new NoSuchFileException("there is no object " + uri));
    }

    /** How many files there are of objects, parts and what is on its way. */
    public int files() throws IOException {
        return contents.count();
    }

    @Override
    public List<Found> list(String prefix) throws IOException {
        Place place = place(prefix);
        int base = place.key().lastIndexOf('/') + 1;
        return place.bucket().after("", place.key()).stream()
                .map(StoredObject::key)
                // A folder may be named without its last slash, as Amazon's own SDK does.
                .map(key -> new Found(
                        "s3://" + place.bucket().name() + "/" + key,
                        key.startsWith(place.key() + "/")
                                ? key.substring(place.key().length() + 1)
                                : key.substring(base)))
                .toList();
    }

    @Override
    public void fetch(String uri, Path file) throws IOException {
        Place place = place(uri);
        copy(place.bucket(), place.key(), file);
    }

    private static void copy(Bucket bucket, String key, Path to) throws IOException {
        Files.createDirectories(to.toAbsolutePath().getParent());
        try (InputStream content = bucket.open(key).content()) {
            Files.copy(content, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (ServiceError e) {
            throw new NoSuchFileException(e.getMessage() + ": " + key);
        }
    }

    @Override
    public void upload(Path file, String uri) throws IOException {
        Place place = place(uri);
        Content content;
        try (InputStream from = Files.newInputStream(file)) {
            content = contents.take(from, List.of(ChecksumKind.CRC64NVME));
        }
        StoredObject object = new StoredObject(
                place.key(),
                content.file(),
                content.size(),
                content.md5(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                Map.of("content-type", "binary/octet-stream", ObjectHeaders.ENCRYPTION, "AES256"),
                Map.of(),
                content.checksum(ChecksumKind.CRC64NVME));
        try {
            place.bucket().put(object, Bucket.Condition.NONE);
        } catch (ServiceError e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public ObjectStore actingAs(String role, String inRegion) {
        return new StoreAsRole(this, role, inRegion);
    }

    /** Removes all contents, and the folder if nothing else is in it. */
    @Override
    public void close() {
        contents.clear();
    }

    private Place place(String uri) throws IOException {
        Matcher parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IOException(uri + " is no address in S3");
        }
        try {
            Optional<Bucket> open = isShared(parts.group(1)) ? find(parts.group(1)) : Optional.empty();
            Bucket bucket = open.isPresent() ? open.get() : bucketOf(parts.group(1), Optional.empty());
            return new Place(bucket, parts.group(2));
        } catch (ServiceError e) {
            throw new NoSuchFileException(e.getMessage() + ": " + parts.group(1));
        }
    }

    private record Place(Bucket bucket, String key) {}
}
