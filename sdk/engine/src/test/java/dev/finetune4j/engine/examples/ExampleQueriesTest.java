package dev.finetune4j.engine.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.query.SourceQuery;
import dev.finetune4j.engine.data.query.SqlText;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.job.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each example's query makes of a few rows in the shape of the real ones; {@link ExampleDataTest} has the real ones. */
class ExampleQueriesTest {
    @TempDir
    Path folder;

    private final Map<String, List<Path>> sources = new LinkedHashMap<>();

    @Test
    void findsAllExamples() {
        assertThat(Examples.jobFiles())
                .extracting(
                        file -> Examples.folder().relativize(file).getName(0).toString())
                .containsExactly("attack-tactics", "sentiment", "shakespeare");
    }

    @Test
    void everyExampleIsAValidJobWithPinnedSources() {
        for (Path file : Examples.jobFiles()) {
            JobFile job = JobFile.read(file, Map.of(), Profile.NONE);

            assertThat(job.job().name())
                    .isEqualTo(Examples.folder().relativize(file).getName(0).toString());
            assertThat(job.job().data().sources().values())
                    .extracting(SourceSpec::sha256)
                    .doesNotContainNull();
            assertThat(file.resolveSibling("README.md")).isRegularFile();
        }
    }

    @Test
    void attackTacticsKeepsCompleteSentencesOfOneTactic() throws IOException {
        source("patterns", "patterns.json", """
                {"_metadata": {"count": 2}, "attack_patterns": [
                  {"stix_id": "p1", "external_id": "T1", "name": "One", "tactics": ["impact"]},
                  {"stix_id": "p2", "external_id": "T2", "name": "Two", "tactics": ["impact", "execution"]},
                  {"stix_id": "p3", "external_id": "T3", "name": "Three", "tactics": ["execution"]}]}
                """);
        String kept =
                "[Group](https://a.b/c) used <code>cmd.exe</code> to wipe  all disks of the victim.(Citation: A)(Citation: B)";
        source(
                "relationships",
                "relationships.json",
                "{\"relationships\": ["
                        + relationship("uses", "g1", "p1", kept) + ","
                        + relationship("uses", "g2", "p3", kept) + ","
                        + relationship("uses", "g1", "p2", "Group did something with a technique of two tactics.") + ","
                        + relationship("uses", "g1", "p1", "Group did something whose description was cut sho...") + ","
                        + relationship("mitigates", "g1", "p1", "Group is kept from doing something by all means.")
                        + ","
                        + relationship("uses", "g1", "p1", "Too short to say much.") + ","
                        + relationship("uses", "g1", "p1", "Group wrote to the key HKCU\\\\[name] in order to persist.")
                        + ","
                        + relationship("uses", "g1", "unknown", "Group used a technique that is not in the list.")
                        + "]}");

        assertThat(rows("attack-tactics"))
                .containsExactly(
                        "{\"text\":\"Group used `cmd.exe` to wipe all disks of the victim.\",\"tactic\":\"impact\","
                                + "\"technique\":\"One\",\"id\":\"T1\",\"source\":\"g1\"}");
    }

    @Test
    void sentimentReadsTheScaleOfTheReaders() throws IOException {
        source("reviews", "reviews.txt", """
                1_1\t2.1\tthis camera is a joy to use.\r
                1_2\t-0.5\tthe battery does not last a day.\r
                2_1\t0.49\tit comes in a box of cardboard.\r
                2_2\t1.0\ttoo short.\r
                3_1\t2.5\tThis camera is a joy to use.\r
                """);

        assertThat(rows("sentiment"))
                .containsExactly(
                        "{\"text\":\"it comes in a box of cardboard.\",\"mood\":\"neutral\",\"review\":\"2\"}",
                        "{\"text\":\"the battery does not last a day.\",\"mood\":\"negative\",\"review\":\"1\"}",
                        "{\"text\":\"this camera is a joy to use.\",\"mood\":\"positive\",\"review\":\"1\"}");
    }

    @Test
    void shakespearePairsALineWithItsReply() throws IOException {
        source("hamlet", "hamlet.md", """
                # Hamlet

                ## ACT I

                ### SCENE I. Elsinore.

                _Enter BERNARDO_

                **BERNARDO** \s
                Who is it that stands there in the dark?

                **FRANCISCO** \s
                Nay, answer me:\s\s
                stand, and unfold yourself.

                _Exit_

                **BERNARDO** \s
                Long live!

                ### SCENE II. Another room.

                **GHOST** \s
                Mark me, for I am your father's spirit.
                """);
        source("macbeth", "macbeth.md", "# Macbeth");
        source("romeo", "romeo.md", "# Romeo");

        assertThat(rows("shakespeare"))
                .containsExactly("{\"said\":\"Who is it that stands there in the dark?\","
                        + "\"reply\":\"Nay, answer me:\\nstand, and unfold yourself.\","
                        + "\"speaker\":\"FRANCISCO\",\"scene\":\"hamlet 2\"}");
    }

    private static String relationship(String type, String source, String target, String description) {
        return "{\"relationship_type\": \"" + type + "\", \"source_ref\": \"" + source + "\", \"target_ref\": \""
                + target + "\", \"description\": \"" + description + "\"}";
    }

    private void source(String name, String file, String content) throws IOException {
        sources.put(name, List.of(Files.writeString(folder.resolve(file), content)));
    }

    private List<String> rows(String example) throws IOException {
        String file = example + ".sql";
        Path target = folder.resolve("rows.jsonl");
        new SourceQuery(folder).run(sources, new SqlText(Examples.text(example, file), file), target);
        return Files.readAllLines(target);
    }
}
