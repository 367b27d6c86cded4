package dev.finetune4j.worker;

import dev.finetune4j.testkit.fuzz.ParserFuzzTest;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import dev.finetune4j.worker.folder.JobFolderTarget;
import java.util.List;

/** What worker and provider read of each other. */
class WorkerFuzzTest extends ParserFuzzTest {
    @Override
    protected List<ParserTarget> targets() {
        return List.of(new JobFolderTarget());
    }
}
