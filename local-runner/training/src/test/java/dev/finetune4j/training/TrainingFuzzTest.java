package dev.finetune4j.training;

import dev.finetune4j.testkit.fuzz.ParserFuzzTest;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import dev.finetune4j.training.loop.CheckpointTarget;
import dev.finetune4j.training.model.adapter.AdapterTarget;
import dev.finetune4j.training.rows.TrainingRowsTarget;
import java.util.List;

/** What the training core reads beside the model: rows, adapters, its own checkpoints. */
class TrainingFuzzTest extends ParserFuzzTest {
    @Override
    protected List<ParserTarget> targets() {
        return List.of(new TrainingRowsTarget(), new AdapterTarget(), new CheckpointTarget());
    }
}
