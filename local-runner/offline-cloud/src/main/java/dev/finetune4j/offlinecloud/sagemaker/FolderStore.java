package dev.finetune4j.offlinecloud.sagemaker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Objects as files: each bucket is a folder below the root, and is there once its folder is. */
public final class FolderStore implements ObjectStore {
    private static final Pattern URI = Pattern.compile("s3://([^/]+)/?(.*)");

    private final Path root;

    /** A store of the buckets below a folder. */
    public FolderStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /**
     * The file of an object, there or not.
     *
     * @throws IOException if the address leads out of its bucket
     */
    public Path file(String uri) throws IOException {
        Place place = place(uri);
        Path file = place.bucket().resolve(place.key()).normalize();
        if (!file.startsWith(place.bucket())) {
            throw new IOException(uri + " leads out of its bucket");
        }
        return file;
    }

    @Override
    public int download(String prefix, Path folder) throws IOException {
        Place place = place(prefix);
        int base = place.key().lastIndexOf('/') + 1;
        List<Path> files;
        try (Stream<Path> all = Files.walk(place.bucket())) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> key(place, file).startsWith(place.key()))
                    .toList();
        }
        for (Path file : files) {
            Path to = folder.resolve(key(place, file).substring(base));
            Files.createDirectories(to.getParent());
            Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
        }
        return files.size();
    }

    /** A reader sees the old object or the new one, never a part. */
    @Override
    public void upload(Path file, String uri) throws IOException {
        Path to = file(uri);
        Path partial = Files.createTempFile(root, ".upload-", "");
        try {
            Files.copy(file, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.createDirectories(to.getParent());
            Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String key(Place place, Path file) {
        return place.bucket()
                .relativize(file)
                .toString()
                .replace(file.getFileSystem().getSeparator(), "/");
    }

    private Place place(String uri) throws IOException {
        Matcher parts = URI.matcher(uri);
        if (!parts.matches()) {
            throw new IOException(uri + " is no address in S3");
        }
        Path bucket = root.resolve(parts.group(1)).normalize();
        if (!root.equals(bucket.getParent()) || !Files.isDirectory(bucket)) {
            throw new NoSuchFileException("The specified bucket does not exist: " + parts.group(1));
        }
        return new Place(bucket, parts.group(2));
    }

    private record Place(Path bucket, String key) {}
}
