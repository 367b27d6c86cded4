package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A bucket: its objects in the order of their names, and the uploads that are not complete. Safe for use by several threads. */
final class Bucket {
    /** As the service sorts names: by their bytes in UTF-8. */
    static final Comparator<String> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private final String name;
    private final String region;
    private final String owner;
    private final Instant created;
    private final ContentFolder contents;
    private final TreeMap<String, StoredObject> objects = new TreeMap<>(BY_BYTES);
    private final Map<String, MultipartUpload> uploads = new TreeMap<>();
    private final Map<String, Xml> settings = new HashMap<>(BucketSettings.OF_NEW);
    private boolean isDeleted;

    Bucket(String name, String region, String owner, Instant created, ContentFolder contents) {
        this.name = name;
        this.region = region;
        this.owner = owner;
        this.created = created;
        this.contents = contents;
    }

    String name() {
        return name;
    }

    String region() {
        return region;
    }

    /** The account that it belongs to. */
    String owner() {
        return owner;
    }

    Instant created() {
        return created;
    }

    ContentFolder contents() {
        return contents;
    }

    /** What it is set to, as a document; empty where it is not set. */
    synchronized Optional<Xml> setting(String of) {
        return Optional.ofNullable(settings.get(of));
    }

    synchronized void set(String of, Xml document) {
        settings.put(of, document);
    }

    synchronized void unset(String of) {
        settings.remove(of);
    }

    /** A condition on what is there, held to it in one step with a change. */
    interface Condition {
        Condition NONE = there -> {};

        void check(Optional<StoredObject> there) throws ServiceError;
    }

    /**
     * Stores an object in place of what has its key. Readers have the old one or the new one.
     *
     * @throws ServiceError if the condition does not hold or the bucket is no more; the object's file is removed then
     */
    void put(StoredObject object, Condition condition) throws ServiceError {
        Optional<StoredObject> old;
        try {
            old = replace(object, condition);
        } catch (ServiceError e) {
            contents.drop(object.content());
            throw e;
        }
        old.filter(before -> !before.content().equals(object.content()))
                .ifPresent(before -> contents.drop(before.content()));
    }

    private synchronized Optional<StoredObject> replace(StoredObject object, Condition condition) throws ServiceError {
        if (isDeleted) {
            throw S3Errors.noSuchBucket(name);
        }
        condition.check(Optional.ofNullable(objects.get(object.key())));
        return Optional.ofNullable(objects.put(object.key(), object));
    }

    synchronized Optional<StoredObject> find(String key) {
        return Optional.ofNullable(objects.get(key));
    }

    /** An object. */
    StoredObject get(String key) throws ServiceError {
        return find(key).orElseThrow(() -> S3Errors.noSuchKey(key));
    }

    /**
     * An object whose bytes are open.
     *
     * @param object the object
     * @param content its bytes, which stay readable whatever becomes of it
     */
    record Opened(StoredObject object, InputStream content) {}

    /** Opens an object. */
    synchronized Opened open(String key) throws ServiceError, IOException {
        StoredObject object = get(key);
        return new Opened(object, Files.newInputStream(object.content()));
    }

    /** Gives an object other tags. */
    synchronized void tag(String key, Map<String, String> tags) throws ServiceError {
        objects.put(key, get(key).withTags(tags));
    }

    /** Removes an object if it is there. */
    synchronized void delete(String key, Condition condition) throws ServiceError {
        StoredObject there = objects.get(key);
        condition.check(Optional.ofNullable(there));
        if (there != null) {
            objects.remove(key);
            contents.drop(there.content());
        }
    }

    /** The objects whose keys come after another one, in their order; a copy. */
    synchronized List<StoredObject> after(String key, String prefix) {
        String from = BY_BYTES.compare(key, prefix) < 0 ? prefix : key;
        List<StoredObject> found = new ArrayList<>();
        for (StoredObject object : objects.tailMap(from, true).values()) {
            if (!object.key().startsWith(prefix)) {
                break;
            }
            if (!object.key().equals(key) || key.isEmpty()) {
                found.add(object);
            }
        }
        return found;
    }

    synchronized void add(MultipartUpload upload) throws ServiceError {
        if (isDeleted) {
            throw S3Errors.noSuchBucket(name);
        }
        uploads.put(upload.id(), upload);
    }

    /** An upload that is not complete. */
    synchronized MultipartUpload upload(String id, String key) throws ServiceError {
        MultipartUpload upload = uploads.get(id);
        if (upload == null || !upload.key().equals(key)) {
            throw S3Errors.noSuchUpload(id);
        }
        return upload;
    }

    /** All uploads that are not complete, by key, then by when they began. */
    synchronized List<MultipartUpload> uploads() {
        return uploads.values().stream()
                .sorted(Comparator.comparing(MultipartUpload::key, BY_BYTES).thenComparing(MultipartUpload::id))
                .toList();
    }

    /** Forgets an upload and removes its parts. */
    void end(MultipartUpload upload) {
        synchronized (this) {
            uploads.remove(upload.id());
        }
        upload.drop();
    }

    /** Marks it as no more there, so that nothing is stored in it by who looked it up before. */
    synchronized void markDeleted() throws ServiceError {
        if (!objects.isEmpty()) {
            throw new ServiceError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty")
                    .with("BucketName", name);
        }
        isDeleted = true;
        uploads.values().forEach(MultipartUpload::drop);
        uploads.clear();
    }
}
