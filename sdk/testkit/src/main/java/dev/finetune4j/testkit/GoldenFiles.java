package dev.finetune4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Compares text with a file under {@code src/test/resources} of the module under test. With {@code -Dgolden.rewrite=true} the
 * files are written anew instead. What changes from run to run is scrubbed on both sides, here and nowhere else.
 */
public final class GoldenFiles {
    /** The system property that rewrites the files. */
    public static final String REWRITE = "golden.rewrite";

    private static final Map<Pattern, String> SCRUBS = scrubs();

    private final Path folder;
    private final boolean rewrite;

    GoldenFiles(Path folder, boolean rewrite) {
        this.folder = folder;
        this.rewrite = rewrite;
    }

    /** Files in a folder below {@code src/test/resources}. */
    public static GoldenFiles in(String folder) {
        return new GoldenFiles(Path.of("src", "test", "resources").resolve(folder), Boolean.getBoolean(REWRITE));
    }

    /** Fails with the difference unless {@code actual}, scrubbed, is the content of the file. */
    public void assertMatches(String fileName, String actual) {
        Path file = folder.resolve(fileName);
        String scrubbed = scrub(actual);
        try {
            if (rewrite) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, scrubbed);
                return;
            }
            assertThat(file)
                    .as("golden file %s (-D%s=true writes it)", file, REWRITE)
                    .exists();
            String expected = Files.readString(file, StandardCharsets.UTF_8);
            assertThat(scrubbed)
                    .as("golden file %s (-D%s=true rewrites it)", file, REWRITE)
                    .isEqualToNormalizingNewlines(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text with times, temporary folders, digests, process ids and durations replaced by names in angle brackets. */
    public static String scrub(String text) {
        String scrubbed = text.replace("\r\n", "\n").replace(System.getProperty("user.dir"), "<project>");
        for (Map.Entry<Pattern, String> scrub : SCRUBS.entrySet()) {
            scrubbed = scrub.getKey().matcher(scrubbed).replaceAll(scrub.getValue());
        }
        return scrubbed;
    }

    private static Map<Pattern, String> scrubs() {
        Map<Pattern, String> scrubs = new LinkedHashMap<>();
        String temporary = Pattern.quote(System.getProperty("java.io.tmpdir"));
        scrubs.put(Pattern.compile(temporary + "/junit-?[0-9a-zA-Z]+"), "<folder>");
        scrubs.put(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z"), "<time>");
        scrubs.put(Pattern.compile("\\b[0-9a-f]{64}\\b"), "<sha256>");
        scrubs.put(Pattern.compile("\\bpid \\d+"), "pid <pid>");
        scrubs.put(Pattern.compile("\\b\\d+(\\.\\d+)? (ms|s)\\b"), "<duration>");
        return scrubs;
    }
}
