package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.report.Provenance;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.testkit.fake.FakePlace;
import dev.finetune4j.testkit.fake.Life;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A report that is lost is written anew from what else its run wrote down, and says what it says by that alone. */
class LostReportTest extends HomeWithAPlace {
    private static final Capabilities TRAINS = new Capabilities(false, true, true, false, true, true, Billing.NOTHING);

    @Test
    void ofARunThatSucceededItIsTheSameButForDigestsOfFilesAndTheVersionOfJava() throws Exception {
        fixture.foreseen = EstimateHistoryTest.foreseen();
        fixture.runToEnd();
        RunReport written = ReportFiles.read(folder().path());
        assertThat(written.changedRows()).isNotNull();
        assertThat(written.figures()).isNotNull();

        assertThat(restored()).isEqualTo(asFarAsWrittenDown(written));
    }

    /** The base answers each row alike, as the shares of the labels do, and is right: all its rows are numbered so that the fake one is. */
    @Test
    void ofARunWhoseBaseIsTheSharesOfTheLabelsItIsTheSame() throws Exception {
        PreparedJob job = fixture.prepared();
        List<String> rows = new ArrayList<>();
        for (int row = 4; row <= 160; row += 4) {
            rows.add(Json.line(new Example.Conversation(
                    new RowRef("letters.jsonl", row),
                    List.of(new Message(Role.USER, "letter " + row), new Message(Role.ASSISTANT, "calm")),
                    "calm")));
        }
        Files.write(job.data().folder().resolve(Part.TEST.fileName()), rows);
        fixture.run(job);
        RunReport written = ReportFiles.read(folder().path());
        EvaluationReport evaluation = Objects.requireNonNull(written.evaluation());
        assertThat(evaluation.base().orElseThrow().variant()).isEqualTo(Variant.BASE_PRIOR);
        assertThat(written.changedRows()).isNotNull();

        assertThat(restored()).isEqualTo(asFarAsWrittenDown(written));
    }

    @Test
    void itTellsNothingOfTheProgramAndTheFilesThatAreThereWhenItIsWrittenAnew() throws Exception {
        fixture.runToEnd();
        Files.delete(folder().path().resolve(ReportFiles.JSON));
        Files.writeString(folder().data().resolve("train.jsonl"), "other rows");

        Provenance told;
        try (Launcher newer = fixture.launcherOfVersion("newer")) {
            told = newer.runs().report(folder()).orElseThrow().provenance();
        }

        assertThat(told.versions()).isEqualTo(Map.of("finetune4j", "test", "fake", "1"));
        assertThat(told.digests()).containsOnlyKeys("job", "data", "model");
    }

    @Test
    void ofARunThatFailedItIsTheSame() throws Exception {
        fixture.place.script(Life.fails());
        fixture.runToEnd();
        RunReport written = ReportFiles.read(folder().path());

        assertThat(restored()).isEqualTo(asFarAsWrittenDown(written));
    }

    @Test
    void ofARunThatWasStoppedItIsTheSame() throws Exception {
        fixture.place.script(Life.lasts());
        fixture.abandonedRun();
        try (Launcher launcher = fixture.launcher()) {
            launcher.runs().stop(folder(), "a test").await();
        }
        RunReport written = ReportFiles.read(folder().path());

        assertThat(restored()).isEqualTo(asFarAsWrittenDown(written));
    }

    @Test
    void ofARunThatWasNeverLaunchedItIsTheSame() throws Exception {
        fixture.stagedRun();
        try (Launcher launcher = fixture.launcher()) {
            launcher.runs().stop(folder(), "a test").await();
        }
        RunReport written = ReportFiles.read(folder().path());

        assertThat(restored()).isEqualTo(asFarAsWrittenDown(written));
    }

    @Test
    void ofARunWithoutAComparisonItSaysWhy() throws Exception {
        fixture = new LaunchFixture(home, TRAINS, Map.of());
        fixture.here = new FakePlace(fixture.clock, FakePlace.EVERYTHING);
        fixture.here.script(Life.fails());
        fixture.runToEnd();
        RunReport written = ReportFiles.read(folder().path());
        assertThat(written.ending()).isNotNull();

        assertThat(restored()).isEqualTo(asFarAsWrittenDown(written));
    }

    @Test
    void pagesThatAreThereStay() throws Exception {
        fixture.runToEnd();
        Path page = folder().path().resolve(ReportFiles.HTML);
        Files.writeString(page, "the page");
        Files.delete(folder().path().resolve(ReportFiles.MARKDOWN));

        restored();

        assertThat(page).hasContent("the page");
        assertThat(folder().path().resolve(ReportFiles.MARKDOWN)).isNotEmptyFile();
    }

    @Test
    void whatItWouldBeWrittenFromIsNamedWhereItIsGone() throws Exception {
        RunOutcome.Succeeded outcome = (RunOutcome.Succeeded) fixture.run(fixture.prepared());
        Files.delete(folder().path().resolve(ReportFiles.JSON));
        Path answers = outcome.output().resolve("predictions/tuned.jsonl");
        Files.delete(answers);
        Files.delete(folder().check());

        Problem problem = refusal();

        assertThat(problem.code()).isEqualTo("FT0722");
        assertThat(problem.causes())
                .containsExactlyInAnyOrder("there is no " + folder().check(), "there is no " + answers);
        assertThat(problem.remedies()).containsExactly("finetune show " + folder().id());
        assertThat(folder().path().resolve(ReportFiles.JSON)).doesNotExist();
    }

    @Test
    void eventsOfAnEarlierEndAreNotTakenForThoseOfTheLast() throws Exception {
        fixture.place.script(Life.fails(), Life.succeeds());
        fixture.runToEnd();
        String earlier = Files.readString(folder().events());
        try (Launcher launcher = fixture.launcher()) {
            launcher.runs().resume(folder()).await();
        }
        Files.writeString(folder().events(), earlier);
        Files.delete(folder().path().resolve(ReportFiles.JSON));

        assertThat(refusal().causes())
                .singleElement()
                .asString()
                .startsWith(folder().events() + " ends before the state succeeded of ");
    }

    @Test
    void aRunThatGoesOnHasNone() throws Exception {
        fixture.place.script(Life.lasts());
        fixture.abandonedRun();

        assertThat(report()).isEmpty();
    }

    private RunReport restored() throws Exception {
        Path json = folder().path().resolve(ReportFiles.JSON);
        Files.deleteIfExists(json);
        RunReport report = report().orElseThrow();
        assertThat(json).isNotEmptyFile();
        return report;
    }

    private Problem refusal() {
        return catchThrowableOfType(FineTuneException.class, this::report)
                .problems()
                .get(0);
    }

    private Optional<RunReport> report() {
        try (Launcher launcher = fixture.launcher()) {
            return launcher.runs().report(folder());
        }
    }

    private RunFolder folder() {
        return fixture.folder(fixture.onlyRun());
    }

    /** Without what only the end of the run could tell. */
    private static RunReport asFarAsWrittenDown(RunReport report) {
        Provenance from = report.provenance();
        Map<String, String> digests = new LinkedHashMap<>(from.digests());
        digests.keySet().retainAll(List.of("job", "data", "model"));
        Map<String, String> versions = new LinkedHashMap<>(from.versions());
        versions.keySet().remove("Java");
        return new RunReport(
                report.format(),
                report.run(),
                report.state(),
                report.job(),
                report.origins(),
                report.startedAt(),
                report.endedAt(),
                report.ending(),
                report.phases(),
                report.figures(),
                report.spent(),
                report.training(),
                report.data(),
                report.findings(),
                report.notices(),
                report.evaluation(),
                report.changedRows(),
                new Provenance(
                        from.provider(),
                        from.attempt(),
                        digests,
                        versions,
                        from.host(),
                        from.writtenAt(),
                        from.answersIn()));
    }
}
