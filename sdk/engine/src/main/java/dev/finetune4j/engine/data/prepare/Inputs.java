package dev.finetune4j.engine.data.prepare;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.query.SqlText;
import dev.finetune4j.engine.data.source.FetchedSource;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that rows are made from, on this machine.
 *
 * @param sources the files of each name: the query's sources, or {@code data.file}; and {@code data.split.validation-file} and
 *     {@code data.split.test-file} where the job has them
 * @param sql the query, or null where rows come from a file
 */
record Inputs(Map<String, FetchedSource> sources, @Nullable SqlText sql) {
    /** The name of the file with the rows. */
    static final String FILE = "data.file";

    private static final long MAX_SQL_BYTES = 1 << 20;
    private static final String VALIDATION_FILE = "data.split.validation-file";
    private static final String TEST_FILE = "data.split.test-file";

    /** What a digest of the inputs covers besides the rows' files. */
    private record Fingerprint(
            DataSpec data, TaskSpec task, boolean speaks, double maxInvalid, Map<String, String> files, String sql) {}

    /** Fetches all of them, and reports all that fail together. */
    static Inputs fetch(FineTuneJob job, Path baseFolder, SourceCache cache) {
        Map<String, SourceSpec> wanted = new LinkedHashMap<>();
        DataSpec data = job.data();
        if (data.file() != null) {
            wanted.put(FILE, SourceSpec.of(data.file()));
        }
        data.sources().forEach((name, spec) -> wanted.put("data.sources." + name, spec));
        if (data.split().validationFile() != null) {
            wanted.put(VALIDATION_FILE, SourceSpec.of(data.split().validationFile()));
        }
        if (data.split().testFile() != null) {
            wanted.put(TEST_FILE, SourceSpec.of(data.split().testFile()));
        }
        Map<String, FetchedSource> found = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        wanted.forEach((place, spec) -> {
            try {
                found.put(place, cache.fetch(place, spec, baseFolder));
            } catch (FineTuneException e) {
                problems.addAll(e.problems());
            }
        });
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        return new Inputs(found, data.query() == null ? null : sql(data.query(), baseFolder));
    }

    /** The query itself, or the text of the file that it names. */
    private static SqlText sql(String query, Path baseFolder) {
        if (!query.strip().endsWith(".sql") || query.strip().contains("\n")) {
            return new SqlText(query, "data.query");
        }
        String name = query.strip();
        try {
            return new SqlText(text(baseFolder.resolve(name)), name);
        } catch (IOException e) {
            throw DataProblems.unreadable(name, e);
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is a folder, a pipe or a device");
        }
        if (Files.size(file) > MAX_SQL_BYTES) {
            throw new IOException("it has " + Files.size(file) + " bytes; a query has at most " + MAX_SQL_BYTES);
        }
        return Files.readString(file);
    }

    /** The files of a part that has files of its own; empty where it gets a share of the rows. */
    List<Path> filesOf(Part part) {
        FetchedSource source = sources.get(
                switch (part) {
                    case TRAIN -> FILE;
                    case VALIDATION -> VALIDATION_FILE;
                    case TEST -> TEST_FILE;
                });
        return source == null ? List.of() : source.files();
    }

    /** The files of the query's sources, by the names that the query uses. */
    Map<String, List<Path>> filesBySource(DataSpec data) {
        Map<String, List<Path>> files = new LinkedHashMap<>();
        for (String name : data.sources().keySet()) {
            FetchedSource source = sources.get("data.sources." + name);
            if (source != null) {
                files.put(name, source.files());
            }
        }
        return files;
    }

    /** SHA-256 of every file, by the name that problems use. */
    Map<String, String> digests() {
        Map<String, String> digests = new LinkedHashMap<>();
        sources.forEach((name, source) -> digests.put(name, source.sha256()));
        return digests;
    }

    /** SHA-256 over all that decides the prepared rows, lower-case hex. */
    String digest(FineTuneJob job, boolean speaks) {
        return Json.digest(new Fingerprint(
                job.data(), job.task(), speaks, job.check().maxInvalid(), digests(), sql == null ? "" : sql.text()));
    }
}
