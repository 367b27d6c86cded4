package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.testkit.GoldenFiles;
import dev.finetune4j.testkit.PythonPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weight files, sound and damaged, are read and refused as the Python packages safetensors 0.8.0 and gguf 0.19.0 do, but for the
 * exceptions in {@code foreign-exceptions.tsv}, each with its reason.
 */
class ForeignVerdictsTest {
    private static final String GOLDEN = "dev/finetune4j/modelfiles/weights";
    private static final String VERDICTS = "foreign-verdicts.tsv";
    private static final Path CODEC = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec");
    private static final List<Path> SOUND = List.of(
            DamagedFilesTest.FIXTURES.resolve("every-type.gguf"),
            DamagedFilesTest.FIXTURES.resolve("every-type.safetensors"),
            DamagedFilesTest.FIXTURES.resolve("written.safetensors"),
            CODEC.resolve("gpt-2.gguf"),
            CODEC.resolve("llama-bpe.gguf"));

    @TempDir
    private Path folder;

    @Test
    void agreesWithThePythonPackagesButForNamedExceptions() throws IOException {
        Map<String, String> theirs = table(DamagedFilesTest.FIXTURES.resolve(VERDICTS));
        Map<String, String> exceptions = table(DamagedFilesTest.FIXTURES.resolve("foreign-exceptions.tsv"));

        Map<String, String> ours = new TreeMap<>();
        writeCorpus();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> ours.put(file.getFileName().toString(), verdict(file)));
        }

        assertThat(ours.keySet()).isEqualTo(theirs.keySet());
        assertThat(ours.keySet())
                .filteredOn(name -> !Objects.equals(ours.get(name), theirs.get(name)))
                .containsExactlyInAnyOrderElementsOf(exceptions.keySet());
        assertThat(exceptions.values()).noneMatch(String::isBlank);
    }

    @Test
    @Tag("slow")
    void thePackagesSayWhatIsRecorded() throws Exception {
        writeCorpus();

        String verdicts =
                PythonPackages.of("foreign-requirements.txt").output("foreign_verdicts.py", folder.toAbsolutePath());

        GoldenFiles.in(GOLDEN).assertMatches(VERDICTS, verdicts);
    }

    private void writeCorpus() throws IOException {
        for (Path file : SOUND) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
        for (HostileFile file : DamagedFilesTest.damagedFiles().toList()) {
            String name = file.name().replaceAll("[^A-Za-z0-9.+-]+", "_") + "-"
                    + Integer.toHexString(file.name().hashCode()) + file.suffix();
            Files.write(folder.resolve(name), file.bytes());
        }
    }

    private static String verdict(Path file) {
        try {
            WeightFile.open(file).close();
            return "read";
        } catch (FineTuneException e) {
            return "refused";
        }
    }

    private static Map<String, String> table(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.split("\t", 2))
                .collect(Collectors.toMap(
                        columns -> columns[0], columns -> columns[1], (first, second) -> first, LinkedHashMap::new));
    }
}
