package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.check.CheckProblems;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.FindingCount;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.SplitRecord;
import dev.finetune4j.engine.report.Notice;
import dev.finetune4j.engine.report.view.ReportFiles;
import dev.finetune4j.error.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedJobTest {
    @TempDir
    Path home;

    @Test
    void theBaseModelIsShownExamplesOnlyWhereThereIsAPrompt() {
        PreparedJob job = new LaunchFixture(home).prepared();

        assertThat(job.models()).as("base, base with examples, tuned").isEqualTo(3);
        assertThat(with(job, "text", true).models()).as("of passages").isEqualTo(2);
        assertThat(with(job, "openai-chat", false).models()).as("encoders").isEqualTo(2);
    }

    @Test
    void whatReadingItsRowsFoundIsAmongItsFindingsAndInTheReport() throws Exception {
        LaunchFixture fixture = new LaunchFixture(home);
        PreparedJob job = fixture.prepared();
        Problem leftOut =
                DataProblems.ROW_SHAPE.warning("row 3 lacks \"label\"").build();
        PreparedJob odd = new PreparedJob(
                job.file(),
                new PreparedData(job.data().folder(), job.data().record(), List.of(leftOut)),
                job.model(),
                job.check(),
                job.speaks(),
                job.answering(),
                job.answers(),
                job.variation());

        fixture.run(odd);

        assertThat(odd.findings()).containsExactly(leftOut);
        assertThat(ReportFiles.read(fixture.folder(fixture.onlyRun()).path()).findings())
                .extracting(Notice::summary)
                .containsExactly(leftOut.summary());
    }

    @Test
    void findingsOfItsDataAreThoseOfReadingAndOfItsRows() {
        PreparedJob job = new LaunchFixture(home).prepared();
        Problem leftOut =
                DataProblems.ROW_SHAPE.warning("row 3 lacks \"label\"").build();
        Problem repeated =
                CheckProblems.DUPLICATES.warning("2 rows repeat others").build();
        Problem tooLong = CheckProblems.LIMIT_OVER_CONTEXT
                .warning("rows are cut to 512 tokens")
                .build();
        Problem ofTheJob =
                CheckProblems.WARMUP_ONLY.warning("the training is one step").build();
        Problem ofTheModel = CheckProblems.BASE_OF_ENCODER
                .note("the base is the share of each label")
                .build();
        DatasetCheckReport check = job.check();
        PreparedJob odd = new PreparedJob(
                job.file(),
                new PreparedData(job.data().folder(), job.data().record(), List.of(leftOut)),
                job.model(),
                new DatasetCheckReport(
                        List.of(ofTheModel, repeated, tooLong, ofTheJob),
                        check.profile(),
                        List.of(new FindingCount(repeated.code(), "", 2), new FindingCount(tooLong.code(), "", 1)),
                        check.balance(),
                        check.tokens(),
                        check.pairs(),
                        check.renderedRows()),
                job.speaks(),
                job.answering(),
                job.answers(),
                job.variation());

        assertThat(odd.dataFindings()).containsExactly(leftOut, repeated);
        assertThat(odd.findings()).hasSize(5);
    }

    private static PreparedJob with(PreparedJob job, String format, boolean speaks) {
        SplitRecord split = job.data().record();
        SplitRecord other = new SplitRecord(
                split.inputs(),
                format,
                split.formatNote(),
                split.labels(),
                split.split(),
                split.rowsRead(),
                split.rowsLeftOut(),
                split.parts(),
                split.sources(),
                split.digest());
        return new PreparedJob(
                job.file(),
                new PreparedData(job.data().folder(), other, List.of()),
                job.model(),
                job.check(),
                speaks,
                job.answering(),
                job.answers(),
                job.variation());
    }
}
