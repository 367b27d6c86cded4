package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.cli.ChildProcess.Ended;
import dev.finetune4j.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turkish has another lower-case I, Egyptian Arabic other digits, German another decimal sign: none of it shows. */
class LocaleTest {
    @TempDir
    Path folder;

    @Test
    void theLanguageOfTheMachineChangesNoOutputAndNoDigest() throws Exception {
        String job = TicketsJob.write(Files.createDirectory(folder.resolve("job")), 1)
                .toString();
        String broken = Files.writeString(folder.resolve("broken.yaml"), "name: x\nEPOCHS: 1,5\nmodel: [\n")
                .toString();
        String english = probe("en-US", job, broken);

        assertThat(english).contains("error FT0103").contains("held-out rows").contains("FT0310: ");
        for (String language : List.of("tr-TR", "ar-EG", "de-DE")) {
            assertThat(probe(language, job, broken)).as(language).isEqualTo(english);
        }
    }

    /** As a jar is started that no launcher starts. */
    @Test
    void whatTheLocaleCannotNameIsAProblemWithARemedy() throws Exception {
        List<String> command =
                new ArrayList<>(List.of("bash", "-c", "FINETUNE_HOME=$(printf 'h\\303\\244me') exec \"$@\"", "-"));
        command.addAll(JavaProcess.command(List.of(), Main.class, List.of("ps", "-o", "json")));

        Ended ps = ChildProcess.start(folder, Map.of("LC_ALL", "C"), command.toArray(String[]::new))
                .await();

        assertThat(ps.exitCode()).as(ps.err()).isEqualTo(2);
        assertThat(ps.err()).contains("\"FT0012\"", "FINETUNE_HOME is h", "export LC_ALL=C.UTF-8");
        assertThat(Json.records().readTree(ps.out()).at("/exitCode").asInt()).isEqualTo(2);
    }

    private String probe(String language, String... arguments) throws Exception {
        List<String> options =
                List.of("-Duser.language=" + language.substring(0, 2), "-Duser.country=" + language.substring(3));
        return JavaProcess.run(options, LocaleProbe.class, Path.of("."), folder.resolve("home"), List.of(arguments));
    }
}
