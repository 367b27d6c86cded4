package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.engine.plan.SavedPlan;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan that was saved runs as it was made, or not at all. */
class SavedPlanTest {
    @TempDir
    Path folder;

    private Path job;
    private Path plan;

    @BeforeEach
    void writeJob() throws IOException {
        job = TicketsJob.write(folder, 4711);
        plan = folder.resolve("plan.json");
    }

    @Test
    void aPlanForThisMachineRuns() {
        CommandRun planned = command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(planned.out()).contains("local", "this machine", "0.00").doesNotContain("told from characters");
        assertThat(planned.err())
                .as("what takes minutes where there are many rows, once")
                .containsSubsequence("preparing the rows", "checking every row");

        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("tuned");

        CommandRun again = command("plan", job.toString(), "--target", "local", "--explain", "1");
        assertThat(again.err()).doesNotContain("checking every row");
        assertThat(again.out()).contains("by the speed of the last run of this model here");
    }

    @Test
    void aRehearsalNarrowsThisPlanAndLaterOnesAndIsPartOfWhatIsSaved() throws IOException {
        CommandRun first =
                command("plan", job.toString(), "--target", "local", "--rehearse", "--save", plan.toString());

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).containsPattern("rehearsing 8 of \\d+ steps on this machine, .* to ");
        assertThat(first.out()).contains("measured ", ": 8 of ", " before, ", " after; ", " tokens a second");
        JsonNode saved = Json.records().readTree(plan.toFile()).at("/plan/rehearsal");
        assertThat(saved.at("/training/lossAfter").asDouble())
                .isLessThan(saved.at("/training/lossBefore").asDouble());
        assertThat(saved.at("/training/checkpointBytes").asLong()).isPositive();
        assertThat(saved.at("/training/rowTokens/max").asLong()).isPositive();

        CommandRun later = command("plan", job.toString(), "--target", "local", "--explain", "1");
        assertThat(later.out())
                .contains("rehearsed here ", "checkpoint of ", "read again, the same bytes", "tuned: ", "peak memory ");

        Files.writeString(job, Files.readString(job).replace("epochs: 4", "epochs: 5"));
        assertThat(command("plan", job.toString(), "--target", "local").out())
                .as("of other settings")
                .doesNotContain("measured ");
    }

    @Test
    void aJobThatDoesNotLearnIsSaidToBeSo() throws IOException {
        Files.writeString(job, Files.readString(job).replace("learning-rate: 1e-2", "learning-rate: 1e-30"));

        CommandRun planned = command("plan", job.toString(), "--target", "local", "--rehearse");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(planned.err())
                .contains("FT0768: the loss did not fall in the first 8 of ", "training: {learning-rate: 1.0e-29}");
    }

    @Test
    void aPlanOfAnotherVersionIsRefused() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        SavedPlan saved = SavedPlan.read(plan).orElseThrow();
        String version = saved.plan().basis().version();
        String other = Files.readString(plan).replace("\"version\" : \"" + version, "\"version\" : \"0.0.1");
        Path old = Files.writeString(folder.resolve("old.json"), other);

        assertThat(command("run", old.toString()).err()).contains("FT0764");
    }

    @Test
    void aPlanOfAJobFileThatNoPathLeadsToIsRefused() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        SavedPlan saved = SavedPlan.read(plan).orElseThrow();
        String nowhere = "job\0.yaml";
        String digest = Json.sha256((nowhere + "\n" + Json.digest(saved.plan())).getBytes(StandardCharsets.UTF_8));
        Path damaged = Files.writeString(
                folder.resolve("damaged.json"), Json.pretty(new SavedPlan(nowhere, saved.plan(), digest)));

        CommandRun run = command("run", damaged.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("FT0764").doesNotContain("Exception");
    }

    @Test
    void aPlanThatWasMovedAwayFromItsJobFileSaysHowItFindsIt() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        Path moved = Files.move(
                plan, Files.createDirectory(folder.resolve("elsewhere")).resolve("plan.json"));

        for (String verb : List.of("run", "launch")) {
            CommandRun run = command(verb, moved.toString());

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(CommandRun.oneLine(run.err()))
                    .contains("FT0101: cannot read the job file ")
                    .contains("a saved plan names its job file relative to itself, as job.yaml, and there is none")
                    .contains("mv " + moved + " FOLDER")
                    .doesNotContain("finetune init");
        }
    }

    @Test
    void anotherJobOrOtherRowsAreRefusedWithWhatMoved() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        Files.writeString(
                job, Files.readString(job).replace("epochs: 4", "epochs: 5").replace("name: tickets", "name: letters"));
        Path rows = folder.resolve("tickets.jsonl");
        Files.writeString(rows, Files.readString(rows).lines().limit(100).collect(Collectors.joining("\n")) + "\n");

        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err())
                .contains("FT0765", "job: training.epochs was 4, is 5", "data: 104 rows and", "then, 65 rows and");
        String digests = " \\(SHA-256 [0-9a-f]{8}… then, [0-9a-f]{8}… now\\)";
        assertThat(run.err().replaceAll("\\s+", " "))
                .containsPattern("job: name is another" + digests)
                .containsPattern("tokens now" + digests);
    }

    @Test
    void aSettingThatCameOrWentIsToldFromOneThatIsAnother() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        Files.writeString(job, Files.readString(job).replace("few-shot: 0}", "few-shot: 0, gate: {at-least: 0.5}}"));

        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err().replaceAll("\\s+", " "))
                .contains("job: evaluation.gate.at-least was not set, and is now 0.5");
    }

    @Test
    void whatStandsInTheJobFileIsToldAsItWasAndAsItIs() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        Files.copy(folder.resolve("tickets.jsonl"), folder.resolve("others.jsonl"));
        Files.createSymbolicLink(folder.resolve("own"), TicketsJob.MODEL);
        Files.writeString(
                job,
                Files.readString(job)
                                .replace("tickets.jsonl", "others.jsonl")
                                .replace("model: " + TicketsJob.MODEL, "model: own")
                        + "\ntargets: [local, sagemaker]\n");

        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err().replaceAll("\\s+", " "))
                .contains("job: data.file was tickets.jsonl, is others.jsonl")
                .contains("job: model was " + TicketsJob.MODEL + ", is own")
                .contains("job: targets was [local], is [local, sagemaker]");
    }

    /** It may be a secret, or the way to one. */
    @Test
    void whatComesFromTheEnvironmentIsToldByItsDigestAlone() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        Files.copy(folder.resolve("tickets.jsonl"), folder.resolve("hushed.jsonl"));
        Files.writeString(job, Files.readString(job).replace("tickets.jsonl", "\"${env:ROWS}\""));

        Map<String, String> environment = Map.of("PATH", System.getenv("PATH"), "ROWS", "hushed.jsonl");
        CommandRun run = CommandRun.in(folder.resolve("home"), environment, "run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err().replaceAll("\\s+", " "))
                .containsPattern("job: data.file is another \\(SHA-256 [0-9a-f]{8}… then, [0-9a-f]{8}… now\\)")
                .doesNotContain("is hushed.jsonl");
    }

    @Test
    void anotherPriceIsRefusedWithByHowMuch() throws IOException {
        CommandRun planned =
                command("plan", job.toString(), "--target", "sagemaker", "--gpu", "T4", "--save", plan.toString());
        assertThat(planned.exitCode()).as(planned.err()).isZero();
        String chosen =
                Json.records().readTree(plan.toFile()).at("/plan/chosen").asText();
        Files.createDirectories(folder.resolve("home/prices"));
        Files.writeString(folder.resolve("home/prices/aws.json"), """
                {"fetchedAt": "2026-11-26T00:00:00Z", "prices": {"%s": {"amount": "9.99 USD", "unit": "hour",
                 "date": "2026-11-26", "source": "a test", "trust": "published", "isEstimate": false}}}
                """.formatted(chosen));

        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(10);
        assertThat(run.err()).contains("FT0765", "price: " + chosen + " was ", "is 9.99", "(+");
    }

    @Test
    void aPlanForACloudIsToldWhatAJobFileIsTold() {
        command("plan", job.toString(), "--target", "azure-ml", "--save", plan.toString());

        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("FT0931", "Azure ML needs to be told its workspace");
    }

    @Test
    void aPlanThatCannotBeSavedSaysWhy() {
        Path nowhere = plan.resolveSibling("nope").resolve("x.json");

        CommandRun run = command("plan", job.toString(), "--target", "local", "--save", nowhere.toString());

        assertThat(run.err()).contains("FT0766", "there is no folder", "mkdir -p " + nowhere.getParent());
    }

    @Test
    void whatLiesBesideAPlanIsLeftAsItIs() throws IOException {
        Path own = Files.writeString(plan.resolveSibling("." + plan.getFileName() + ".new"), "mine");

        CommandRun planned = command("plan", job.toString(), "--target", "local", "--save", plan.toString());

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(SavedPlan.read(plan)).isPresent();
        assertThat(own).hasContent("mine");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".new"))).containsExactly(own);
        }
    }

    @Test
    void ofPlansThatAreSavedAtOnceOneIsKept() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        Plan made = SavedPlan.read(plan).orElseThrow().plan();

        for (int round = 0; round < 20; round++) {
            Path target = folder.resolve("at-once-" + round + ".json");
            long saved = IntStream.range(0, 8)
                    .parallel()
                    .filter(writer -> isSaved(made, target))
                    .count();

            assertThat(saved).isOne();
            assertThat(SavedPlan.read(target)).isPresent();
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    private boolean isSaved(Plan made, Path target) {
        try {
            SavedPlan.write(job, made, target);
            return true;
        } catch (FineTuneException e) {
            assertThat(e).hasMessageContaining("FT0766");
            return false;
        }
    }

    @Test
    void aPlanIsSavedOnceAndNeverChanged() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());

        assertThat(command("plan", job.toString(), "--target", "local", "--save", plan.toString())
                        .err())
                .contains("FT0766", "rm " + plan);

        Files.writeString(
                plan, Files.readString(plan).replaceFirst("\"target\" : \"local\"", "\"target\" : \"sagemaker\""));
        CommandRun run = command("run", plan.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains("FT0764", "its digest is not that of its content")
                .contains("finetune plan " + job + " --save other.json");
    }

    @Test
    void aPartOfAPlanIsNotTakenForOneOfAnotherVersion() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        String whole = Files.readString(plan);
        Path half = Files.writeString(folder.resolve("half.json"), whole.substring(0, whole.length() / 2));

        CommandRun run = command("run", half.toString());

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(CommandRun.oneLine(run.err()))
                .contains("FT0764", "it is no JSON, or a part of some")
                .doesNotContain("version");
    }

    /** As some shells of Windows write before text. */
    @Test
    void aByteOrderMarkBeforeAPlanIsNoChangeOfIt() throws IOException {
        command("plan", job.toString(), "--target", "local", "--save", plan.toString());
        String digest = SavedPlan.read(plan).orElseThrow().digest();
        Path marked = Files.writeString(folder.resolve("marked.json"), "\uFEFF" + Files.readString(plan));

        assertThat(SavedPlan.read(marked).orElseThrow().digest()).isEqualTo(digest);
    }

    @Test
    void aFileThatHoldsNothingIsNoPlan() throws IOException {
        for (String content : List.of("", "{}", "[]")) {
            CommandRun run = command("run", Files.writeString(plan, content).toString());

            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err()).contains("FT0764", "it holds nothing: neither a plan nor a job");
        }
    }

    private CommandRun command(String... arguments) {
        return CommandRun.below(folder, arguments);
    }
}
