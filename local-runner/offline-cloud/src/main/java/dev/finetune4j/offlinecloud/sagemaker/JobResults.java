package dev.finetune4j.offlinecloud.sagemaker;

import dev.finetune4j.offlinecloud.container.SavedFolder;
import dev.finetune4j.offlinecloud.s3.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the machines of a job leave. The service stores it as one, once the last of them has ended; of files with one name, which it asks jobs
 * not to have, that of the last machine stays. Safe for use by several threads.
 */
final class JobResults {
    private final JobRequest job;
    private final ObjectStore store;
    private final NavigableMap<Integer, Path> roots = new TreeMap<>();
    private boolean hasFailed;

    /**
     * Nothing so far.
     *
     * @param job told how results are to be stored
     * @param store takes them
     */
    JobResults(JobRequest job, ObjectStore store) {
        this.job = job;
        this.store = store;
    }

    /**
     * Takes what a machine left, and stores all if it was the last one. Of a job that failed the data is stored in any case, the model never.
     *
     * @param host which machine, counted from 0
     * @param root its folder
     * @param failed whether its container failed
     */
    synchronized void add(int host, Path root, boolean failed) throws IOException {
        roots.put(host, root);
        if (hasFailed) {
            return;
        }
        hasFailed = failed;
        if (failed) {
            save("output/data", "output");
        } else if (roots.size() == job.hosts().size()) {
            save("model", "model");
            save("output/data", "output");
        }
    }

    private void save(String place, String name) throws IOException {
        String uri = job.outputPath();
        String base = uri + (uri.endsWith("/") ? "" : "/") + job.name() + "/output/";
        Collection<Path> folders =
                roots.values().stream().map(root -> root.resolve(place)).toList();
        if (job.isCompressed()) {
            boolean isEmpty = true;
            for (Path folder : folders) {
                isEmpty = isEmpty && SavedFolder.files(folder).isEmpty();
            }
            if (!isEmpty || name.equals("model")) {
                Path archive = roots.firstEntry().getValue().resolve(name + ".tar.gz");
                pack(folders, archive, ".");
                store.upload(archive, base + name + ".tar.gz");
            }
            return;
        }
        String kind = name.equals("model") ? "model/" : "data/";
        for (Path folder : folders) {
            for (Path file : SavedFolder.files(folder)) {
                store.upload(file, base + kind + folder.relativize(file));
            }
        }
    }

    /** Packs a file of each folder, or all of them. */
    static void pack(Collection<Path> folders, Path archive, String what) throws IOException {
        List<String> command = new ArrayList<>(List.of("tar", "-czf", archive.toString()));
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                command.addAll(List.of("-C", folder.toAbsolutePath().toString(), what));
            }
        }
        Process tar = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (tar.waitFor() != 0) {
                throw new IOException("tar: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while packing", e);
        }
    }
}
