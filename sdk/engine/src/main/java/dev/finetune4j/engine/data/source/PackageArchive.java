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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Takes single files out of packages, as if every package were hostile: nothing is ever written but the one file that was asked
 * for, under a name that does not come from the archive; links are refused, and so are files beyond the limits.
 */
public final class PackageArchive {
    /** Largest file that is taken out. */
    static final long MAX_BYTES = 2L << 30;

    /** Most entries that are looked through. */
    static final int MAX_ENTRIES = 200_000;

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
    public PackageArchive(Path archive, String address) {
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
    public Optional<Path> extract(String path, Path folder) {
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

    /**
     * The names of all files of a zip.
     *
     * @throws FineTuneException with FT0205 if it is damaged or has too many
     */
    public List<String> names() {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return entries(zip).stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .toList();
        } catch (IOException e) {
            throw hostile("it is damaged: " + DataProblems.reason(e));
        }
    }

    /** Names of entries that are like a path that was not found, for the message. */
    List<String> similar(String path) {
        String wanted = path.substring(path.lastIndexOf('/') + 1);
        String ending = wanted.substring(wanted.lastIndexOf('.') + 1);
        if (isTar()) {
            return List.of();
        }
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return entries(zip).stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith("." + ending))
                    .limit(NAMED_ENTRIES)
                    .toList();
        } catch (IOException e) {
            throw hostile("it is damaged: " + DataProblems.reason(e));
        }
    }

    /** The names are read here, of all: a name that is no text fails whoever comes to it. */
    private List<ZipEntry> entries(ZipFile zip) throws IOException {
        if (zip.size() > MAX_ENTRIES) {
            throw hostile("it has more than " + MAX_ENTRIES + " entries");
        }
        try {
            return zip.stream().<ZipEntry>map(entry -> entry).toList();
        } catch (IllegalArgumentException e) {
            throw new IOException("the name of a file in it is not UTF-8", e);
        }
    }

    private boolean isTar() {
        String name = archive.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    private boolean fromZip(String path, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            List<ZipEntry> found = entries(zip).stream()
                    .filter(one -> one.getName().equals(path))
                    .toList();
            if (found.isEmpty()) {
                return false;
            }
            // Which of two entries of one name is meant, programs disagree on.
            if (found.size() > 1) {
                throw hostile(path + " is there twice");
            }
            ZipEntry entry = found.get(0);
            if (entry.isDirectory()) {
                return false;
            }
            long packed = entry.getCompressedSize();
            if (packed > Files.size(archive)) {
                throw new IOException(path + " is larger than the package");
            }
            CRC32 checksum = new CRC32();
            try (InputStream in =
                    new CheckedInputStream(new InflationLimit(zip.getInputStream(entry), packed), checksum)) {
                copy(in, target, entry.getSize());
            }
            if (checksum.getValue() != entry.getCrc()) {
                throw new IOException("the checksum of " + path + " is wrong");
            }
            return true;
        }
    }

    /** Reads to the end even after the file, since only there stands the checksum. */
    private boolean fromTar(String path, Path target) throws IOException {
        String found = null;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                InputStream unpacked =
                        new InflationLimit(new GZIPInputStream(file, BUFFER_BYTES), Files.size(archive));
                TarReader tar = new TarReader(unpacked)) {
            int entries = 0;
            while (tar.next()) {
                if (++entries > MAX_ENTRIES) {
                    throw hostile("it has more than " + MAX_ENTRIES + " entries");
                }
                String name = tar.name();
                if (name.equals(found)) {
                    throw hostile(name + " is there twice");
                }
                // A source archive has all its files in one folder, which a job does not name.
                if (found == null
                        && (name.equals(path)
                                || name.substring(name.indexOf('/') + 1).equals(path))) {
                    if (!tar.isFile()) {
                        throw hostile(path + " is a link or a folder, not a file");
                    }
                    copy(tar.content(), target, tar.size());
                    found = name;
                }
            }
            unpacked.transferTo(OutputStream.nullOutputStream());
        }
        return found != null;
    }

    private void copy(InputStream in, Path target, long size) throws IOException {
        if (size > MAX_BYTES) {
            throw hostile(String.format(Locale.ROOT, "a file is larger than %,d bytes", MAX_BYTES));
        }
        long done = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                done += read;
                if (done > MAX_BYTES) {
                    throw hostile(String.format(Locale.ROOT, "a file is larger than %,d bytes", MAX_BYTES));
                }
                out.write(buffer, 0, read);
            }
        }
        if (done != size) {
            throw new IOException("a file of " + size + " bytes has " + done);
        }
    }

    private FineTuneException hostile(String reason) {
        return DataProblems.ARCHIVE
                .error("the package of " + address + " is not safe to open")
                .at(Location.of(address))
                .because(reason)
                .remedy("download the package again, or take the file from elsewhere: from: PATH")
                .asException();
    }
}
