package dev.finetune4j.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.search.Candidate;
import dev.finetune4j.engine.search.Sweep;
import dev.finetune4j.engine.search.SweepSpec;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Interval;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.run.Divergence;
import dev.finetune4j.value.RunId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SweepViewTest {
    @Test
    void namesTheCodeOfATrialThatDiverged() {
        Problem why =
                Divergence.KIND.error("the loss is not a number at step 7").build();
        Sweep.Measured good = trial(1, 1e-4, new Interval(0.6, 0.5, 0.7), null);
        Sweep.Measured bad = trial(2, 1e-1, null, why);
        Sweep sweep = new Sweep(
                SweepSpec.Search.GRID,
                MetricName.MACRO_F1,
                60,
                List.of(good, bad),
                good,
                "training: {learning-rate: 0.0001}",
                null,
                null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

        new SweepView(new Screen(stream, stream, false, false, false, 80)).print(sweep, Path.of("sweep.html"));

        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("(?m)^ +2  learning rate 0\\.1 +2\\.00 +- +failed: FT0622  run-2");
    }

    private static Sweep.Measured trial(
            int number, double learningRate, @Nullable Interval value, @Nullable Problem problem) {
        return new Sweep.Measured(
                number,
                new Candidate(learningRate, null, null),
                1,
                2,
                new RunId("run-" + number),
                60,
                value,
                null,
                problem);
    }
}
