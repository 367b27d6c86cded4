package dev.finetune4j.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the root's pom pins holds for the modules of this build only: a project that depends on this one gets the versions of what is named
 * here, and of all else those that Microsoft's libraries name, with which nothing was tested.
 */
class PinnedLibrariesTest {
    private static final Pattern OF_AZURE =
            Pattern.compile("<groupId>com\\.azure</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>");

    @Test
    void everyLibraryWhoseVersionIsPinnedIsNamedByThisModule() throws IOException {
        String module = Files.readString(Path.of("pom.xml"));
        List<String> pinned = OF_AZURE.matcher(Files.readString(Path.of("../../pom.xml")))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(pinned).contains("azure-core", "azure-json", "azure-xml");
        assertThat(pinned).allSatisfy(artifact -> assertThat(module).contains("<artifactId>" + artifact + "<"));
        assertThat(module).contains("<artifactId>jackson-datatype-jsr310<");
    }
}
