package dev.finetune4j.worker.pack;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.WorkerEngine;
import dev.finetune4j.spi.WorkerPackage;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Packs the worker on this program's class path, with the Java that runs the program. The same content gives the same bytes. */
public final class WorkerArchive implements WorkerPackage {
    private static final String SUM_FILE = FILE + ".sha256";

    private final ArchiveContent content;
    private @Nullable String digest;

    /** The worker that this class belongs to. */
    public WorkerArchive() {
        this(TrimmedRuntime.ofThisJava());
    }

    /** The same with another Java. */
    WorkerArchive(TrimmedRuntime runtime) {
        this(new WorkerContent(WorkerArchive.class.getClassLoader(), runtime));
    }

    /** An archive of something else, made in the same way. */
    WorkerArchive(ArchiveContent content) {
        this.content = content;
    }

    @Override
    public String engine() {
        return WorkerEngine.CORE;
    }

    @Override
    public synchronized String digest() {
        if (digest == null) {
            try {
                digest = content.digest();
            } catch (IOException e) {
                throw unreadable(e);
            }
        }
        return digest;
    }

    @Override
    public Path archive(Path cache) {
        Path folder = cache.resolve(digest());
        Path archive = folder.resolve(FILE);
        try {
            if (!isWhole(archive)) {
                Files.createDirectories(cache);
                makeUnlessSomebodyElseDoes(folder, cache.resolve(digest() + DurableFiles.PARTIAL));
            }
            return archive;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Threads wait at the class, programs at the file; the second finds what the first made. */
    private void makeUnlessSomebodyElseDoes(Path folder, Path partial) throws IOException {
        synchronized (WorkerArchive.class) {
            try (FileChannel channel = FileChannel.open(
                            folder.resolveSibling(folder.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !isWhole(folder.resolve(FILE))) {
                    make(folder, partial);
                }
            }
        }
    }

    /** Lays the archive out, packs it, and gives it its name once it is whole. */
    private void make(Path folder, Path partial) throws IOException {
        DurableFiles.deleteTree(partial); // of a program that was ended
        Path laidOut = Files.createDirectories(partial.resolve("content"));
        content.layOut(laidOut);
        Path packed = Files.createDirectories(partial.resolve("packed"));
        Files.writeString(packed.resolve(SUM_FILE), pack(laidOut, packed.resolve(FILE)));
        DurableFiles.forceTree(packed);
        DurableFiles.moveFolder(packed, folder);
        DurableFiles.deleteTree(partial);
    }

    /** Packs a folder's files, and gives the digest of the archive. */
    private static String pack(Path folder, Path archive) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            // A link, as jlink makes them between licences, is packed as the file that it leads to.
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        MessageDigest sum = sha256();
        try (OutputStream out = Files.newOutputStream(archive);
                OutputStream summed = new BufferedOutputStream(new DigestOutputStream(out, sum));
                TarFile tar = new TarFile(new GZIPOutputStream(summed))) {
            for (Path file : files) {
                tar.add(folder.relativize(file).toString(), file, Files.isExecutable(file));
            }
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    private static boolean isWhole(Path archive) throws IOException {
        Path written = archive.resolveSibling(SUM_FILE);
        if (!Files.exists(archive) || !Files.exists(written)) {
            return false;
        }
        return Files.readString(written).equals(DurableFiles.sha256(archive));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static FineTuneException unreadable(IOException failure) {
        return WorkerProblems.NOT_PACKABLE
                .error("a file could not be read or written when the worker was packed")
                .because(failure.toString())
                .remedy("finetune doctor")
                .asException(failure);
    }
}
