package dev.finetune4j.modelfiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelFilesProblemsTest {
    @Test
    void isFoundByServiceLoader() {
        assertThat(ServiceLoader.load(ProblemCatalogue.class)).hasAtLeastOneElementOfType(ModelFilesProblems.class);
    }

    @Test
    void listsEveryKindOnceInOrderWithinItsRange() {
        List<ProblemKind> kinds = new ModelFilesProblems().kinds();

        assertThat(kinds).extracting(ProblemKind::code).isSorted().doesNotHaveDuplicates();
        assertThat(kinds).allSatisfy(kind -> assertThat(kind.code()).isBetween("FT0401", "FT0471"));
        assertThat(kinds).hasSize((int) Stream.of(ModelFilesProblems.class.getFields())
                .filter(field -> field.getType() == ProblemKind.class)
                .count());
    }

    @Test
    void hasATestForEveryKind() throws IOException {
        String tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests = files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("ModelFilesProblemsTest.java"))
                    .map(ModelFilesProblemsTest::read)
                    .collect(Collectors.joining());
        }

        assertThat(new ModelFilesProblems().kinds())
                .allSatisfy(kind -> assertThat(tests).contains(kind.code()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
