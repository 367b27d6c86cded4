package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.s3.S3Calls.Entry;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.StoredName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which object becomes which file. Names of objects come from whoever could write to the bucket: none leads out of the folder, and no two
 * are in each other's way.
 *
 * @param targets a file for each object, but for those that mark folders
 */
record FetchPlan(List<Target> targets) {
    FetchPlan {
        targets = List.copyOf(targets);
    }

    /** An object and its file. */
    record Target(Entry object, Path file) {}

    /** @throws FineTuneException with FT0871 if an object's name is none for a file */
    static FetchPlan of(S3Address prefix, List<Entry> objects, Path into) {
        List<Target> targets = new ArrayList<>();
        Set<Path> files = new HashSet<>();
        Set<Path> folders = new HashSet<>();
        for (Entry object : objects) {
            String name = object.address().key().substring(prefix.key().length());
            if ((name.isEmpty() || name.endsWith("/")) && object.size() == 0) {
                continue; // some tools mark a folder so
            }
            Path file = file(into, name, object);
            for (Path folder = file.getParent();
                    folder != null && folder.startsWith(into);
                    folder = folder.getParent()) {
                folders.add(folder);
            }
            files.add(file);
            targets.add(new Target(object, file));
        }
        for (Target target : targets) {
            if (folders.contains(target.file())) {
                throw bad(target.object(), "other objects are called as if it were a folder");
            }
        }
        if (files.size() < targets.size()) {
            throw bad(targets.get(0).object(), "another object has a name that becomes the same file");
        }
        return new FetchPlan(targets);
    }

    private static Path file(Path into, String name, Entry object) {
        try {
            return StoredName.below(into, name);
        } catch (IllegalArgumentException e) {
            throw bad(object, String.valueOf(e.getMessage()));
        }
    }

    static FineTuneException bad(Entry object, String why) {
        return AwsStoreProblems.BAD_NAME
                .error("'" + StoredName.printable(object.address().toString()) + "' cannot become a file")
                .because(why)
                .remedy("aws s3 rm '" + StoredName.printable(object.address().toString()) + "'")
                .asException();
    }
}
