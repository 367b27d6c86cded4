package dev.finetune4j.engine;

import dev.finetune4j.engine.data.format.CsvTarget;
import dev.finetune4j.engine.data.format.JsonArrayTarget;
import dev.finetune4j.engine.data.format.JsonLinesTarget;
import dev.finetune4j.engine.data.source.TarTarget;
import dev.finetune4j.engine.data.source.ZipTarget;
import dev.finetune4j.engine.journal.JournalTarget;
import dev.finetune4j.engine.launch.RunFilesTarget;
import dev.finetune4j.engine.report.ReportTarget;
import dev.finetune4j.engine.spec.JobFileTarget;
import dev.finetune4j.testkit.fuzz.ParserFuzzTest;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.util.List;

/** Everything that the engine reads: jobs, rows, packages, and what it wrote itself. */
class EngineFuzzTest extends ParserFuzzTest {
    @Override
    protected List<ParserTarget> targets() {
        return List.of(
                new JobFileTarget(),
                new JsonLinesTarget(),
                new JsonArrayTarget(),
                new CsvTarget(),
                new ZipTarget(),
                new TarTarget(),
                new JournalTarget(),
                new RunFilesTarget(),
                new ReportTarget());
    }
}
