package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Walks every error catalogue of the house. */
@Tag("long")
class CatalogueTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGES = ROOT.resolve("docs/errors.md");

    @Test
    void everyCodeIsUsedOnce() {
        List<String> codes =
                ExplainCommand.allKinds().stream().map(ProblemKind::code).toList();

        assertThat(codes).doesNotHaveDuplicates().hasSizeGreaterThan(40);
    }

    @Test
    void everyCatalogueIsFound() throws IOException {
        long catalogues = sources("src/main")
                .filter(path -> read(path).contains("implements ProblemCatalogue"))
                .count();

        assertThat(ServiceLoader.load(ProblemCatalogue.class).stream()).hasSize((int) catalogues);
    }

    @Test
    void everyCodeIsReachedByATest() throws IOException {
        String tests = sources("src/test")
                .filter(path -> !path.endsWith("CatalogueTest.java"))
                .map(CatalogueTest::read)
                .collect(Collectors.joining("\n"));

        List<String> unreached = new ArrayList<>();
        for (ServiceLoader.Provider<ProblemCatalogue> provider :
                ServiceLoader.load(ProblemCatalogue.class).stream().toList()) {
            constants(provider.type()).forEach((kind, name) -> {
                if (!tests.contains(kind) && !tests.contains(name)) {
                    unreached.add(kind + " " + name);
                }
            });
        }

        assertThat(unreached).as("codes that no test names").isEmpty();
    }

    @Test
    void everyRemedyBeginsSmallAsACommandDoes() {
        assertThat(ExplainCommand.allKinds())
                .allSatisfy(kind -> assertThat(kind.remedy()).as(kind.code()).doesNotMatch("(?s)[A-Z][a-z]+ .*"));
    }

    @Test
    void everyCodeHasItsPage() throws IOException {
        String pages = ExplainCommand.allKinds().stream()
                .map(kind -> "## " + kind.code() + ": " + kind.title() + "\n\n" + kind.explanation()
                        + "\n\n- try: `" + kind.remedy() + "`\n- exit code: "
                        + kind.exitCode().number() + "\n")
                .collect(Collectors.joining("\n", "# Problem codes\n\nWhat `finetune explain CODE` prints.\n\n", ""));

        if (Boolean.getBoolean("golden.rewrite")) {
            Files.writeString(PAGES, pages);
        }

        assertThat(PAGES)
                .as("docs/errors.md; -Dgolden.rewrite=true writes it anew")
                .content()
                .isEqualTo(pages);
    }

    @Test
    void everyCodePrintsInTextAndJson() {
        for (ProblemKind kind : ExplainCommand.allKinds()) {
            CommandRun text = CommandRun.of("explain", kind.code());
            CommandRun json = CommandRun.of("explain", kind.code(), "-o", "json");

            assertThat(text.exitCode()).isZero();
            assertThat(text.out()).startsWith(kind.code() + ": ");
            assertThat(text.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
            assertThat(Json.read(json.out(), ProblemKind.class)).isEqualTo(kind);
        }
    }

    private static Map<String, String> constants(Class<?> catalogue) {
        Map<String, String> nameByCode = new TreeMap<>();
        for (Field field : catalogue.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == ProblemKind.class) {
                try {
                    field.setAccessible(true);
                    nameByCode.put(
                            ((ProblemKind) field.get(null)).code(), catalogue.getSimpleName() + "." + field.getName());
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return nameByCode;
    }

    private static Stream<Path> sources(String kind) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files
                    .filter(path ->
                            path.toString().contains(kind) && path.toString().endsWith(".java"))
                    .filter(path -> !isBuilt(ROOT.relativize(path)))
                    .toList()
                    .stream();
        }
    }

    /** CI keeps a copy of the whole tree under target, which holds each catalogue once more. */
    private static boolean isBuilt(Path path) {
        return StreamSupport.stream(path.spliterator(), false).anyMatch(Path.of("target")::equals);
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
