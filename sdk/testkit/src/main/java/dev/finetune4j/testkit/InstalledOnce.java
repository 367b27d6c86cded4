package dev.finetune4j.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What tests need of other programs, in a folder that tests share, whichever process they run in. */
final class InstalledOnce {
    /** What makes a folder. */
    interface Installation {
        void run() throws IOException, InterruptedException;
    }

    private InstalledOnce() {}

    /**
     * Installs into a folder, unless the same is there already; whoever comes meanwhile waits.
     *
     * @param wanted what is installed, line by line
     */
    static synchronized void into(Path folder, List<String> wanted, Installation installation)
            throws IOException, InterruptedException {
        Path installed = folder.resolve("installed.txt");
        Files.createDirectories(folder.toAbsolutePath().getParent());
        try (FileChannel lock = FileChannel.open(
                folder.resolveSibling(folder.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            lock.lock(); // until the channel is closed
            if (!Files.exists(installed) || !Files.readAllLines(installed).equals(wanted)) {
                installation.run();
                Files.write(installed, wanted);
            }
        }
    }
}
