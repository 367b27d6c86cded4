package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turkish has another lower-case I, Egyptian Arabic other digits, German another decimal sign: none of it shows. */
class LocaleTest {
    @TempDir
    Path folder;

    @Test
    void theLanguageOfTheMachineChangesNoOutputAndNoDigest() throws Exception {
        String job = SmallExample.write("sentiment", folder).toString();
        String broken = Files.writeString(folder.resolve("broken.yaml"), "name: x\nEPOCHS: 1,5\nmodel: [\n")
                .toString();
        String english = probe("en-US", job, broken);

        assertThat(english).contains("error FT0103").contains("held-out rows").contains("FT0310: ");
        for (String language : List.of("tr-TR", "ar-EG", "de-DE")) {
            assertThat(probe(language, job, broken)).as(language).isEqualTo(english);
        }
    }

    private String probe(String language, String... arguments) throws Exception {
        List<String> options =
                List.of("-Duser.language=" + language.substring(0, 2), "-Duser.country=" + language.substring(3));
        String told = JavaProcess.run(options, LocaleProbe.class, Path.of("."), SmallExample.HOME, List.of(arguments));
        return withoutProgress(told);
    }

    /** The first to come fetches data and model, and says so while it waits; the others find them there. */
    private static String withoutProgress(String told) {
        return told.lines().filter(line -> !line.startsWith("state=")).collect(Collectors.joining("\n"));
    }
}
