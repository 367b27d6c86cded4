package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Takes single files out of packages, as if every package were hostile: nothing is ever written but the one file that was asked
 * for, under a name that does not come from the archive; links are refused, and so are files beyond the limits.
 */
final class PackageArchive {
    /** Largest file that is taken out. */
    static final long MAX_BYTES = 2L << 30;

    /** Most entries that are looked through. */
    static final int MAX_ENTRIES = 200_000;

    /** Largest ratio of unpacked to packed bytes; text rarely packs better than 20 to 1. */
    static final int MAX_RATIO = 200;

    private static final long RATIO_FREE_BYTES = 1 << 20;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NAMED_ENTRIES = 5;

    private final Path archive;
    private final String address;

    /**
     * An archive.
     *
     * @param archive a .whl, .jar, .zip, .tar.gz or .tgz file
     * @param address what problems call it
     */
    PackageArchive(Path archive, String address) {
        this.archive = archive;
        this.address = address;
    }

    /**
     * Takes a file out.
     *
     * @param path the file; after a further {@code !} the file in an archive that is itself in the archive
     * @param folder where the file goes, under the last name of its path
     * @return the file, or empty if the archive has none of that path
     * @throws FineTuneException with FT0205 if the archive is damaged or hostile
     */
    Optional<Path> extract(String path, Path folder) {
        int inner = path.indexOf('!');
        String outer = inner < 0 ? path : path.substring(0, inner);
        if (outer.startsWith("/") || List.of(outer.split("/")).contains("..")) {
            throw hostile("the path " + outer + " leaves the package");
        }
        Path target = folder.resolve(outer.substring(outer.lastIndexOf('/') + 1));
        try {
            boolean found = isTar() ? fromTar(outer, target) : fromZip(outer, target);
            if (!found) {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw hostile("it is damaged: " + DataProblems.reason(e));
        }
        return inner < 0
                ? Optional.of(target)
                : new PackageArchive(target, address).extract(path.substring(inner + 1), folder);
    }

    /** Names of entries that are like a path that was not found, for the message. */
    List<String> similar(String path) {
        String wanted = path.substring(path.lastIndexOf('/') + 1);
        String ending = wanted.substring(wanted.lastIndexOf('.') + 1);
        List<String> names = new ArrayList<>();
        if (isTar()) {
            return names;
        }
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            for (int i = 0; entries.hasMoreElements() && i < MAX_ENTRIES && names.size() < NAMED_ENTRIES; i++) {
                String name = entries.nextElement().getName();
                if (name.endsWith("." + ending)) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw hostile("it is damaged: " + DataProblems.reason(e));
        }
        return names;
    }

    private boolean isTar() {
        String name = archive.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    private boolean fromZip(String path, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.getEntry(path);
            if (entry == null || entry.isDirectory()) {
                return false;
            }
            try (InputStream in = zip.getInputStream(entry)) {
                copy(in, target, Long.MAX_VALUE, Math.max(1, entry.getCompressedSize()));
            }
            return true;
        }
    }

    private boolean fromTar(String path, Path target) throws IOException {
        long packed = Math.max(1, Files.size(archive));
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                TarReader tar = new TarReader(new GZIPInputStream(file, BUFFER_BYTES))) {
            int entries = 0;
            while (tar.next()) {
                if (++entries > MAX_ENTRIES) {
                    throw hostile("it has more than " + MAX_ENTRIES + " entries");
                }
                if (tar.bytesRead() > RATIO_FREE_BYTES + packed * MAX_RATIO) {
                    throw hostile("it unpacks to more than " + MAX_RATIO + " times its size");
                }
                // A source archive has all its files in one folder, which a job does not name.
                String name = tar.name();
                if (name.equals(path) || name.substring(name.indexOf('/') + 1).equals(path)) {
                    if (!tar.isFile()) {
                        throw hostile(path + " is a link or a folder, not a file");
                    }
                    copy(tar.content(), target, tar.size(), packed);
                    return true;
                }
            }
        }
        return false;
    }

    private void copy(InputStream in, Path target, long size, long packed) throws IOException {
        long done = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream out = Files.newOutputStream(target)) {
            while (done < size) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, size - done));
                if (read < 0) {
                    break;
                }
                done += read;
                if (done > MAX_BYTES || done > RATIO_FREE_BYTES + packed * MAX_RATIO) {
                    throw hostile(String.format(
                            Locale.ROOT,
                            "a file unpacks to more than %,d bytes or %d times its size",
                            MAX_BYTES,
                            MAX_RATIO));
                }
                out.write(buffer, 0, read);
            }
        }
        if (size != Long.MAX_VALUE && done != size) {
            throw new IOException("it ends in the middle of a file");
        }
    }

    private FineTuneException hostile(String reason) {
        return DataProblems.ARCHIVE
                .error("the package of " + address + " is not safe to open")
                .at(Location.of(address))
                .because(reason)
                .remedy("Download the package again, or take the file from elsewhere: from: PATH")
                .asException();
    }
}
