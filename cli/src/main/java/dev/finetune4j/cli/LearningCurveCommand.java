package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.LearningCurveView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.SeriesCost;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.curve.CurveRuns;
import dev.finetune4j.engine.curve.CurveSize;
import dev.finetune4j.engine.evaluate.LearningCurve;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.RunOutcome;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Trains a job on parts of its rows and says what more rows would bring. */
@Command(
        name = "learning-curve",
        mixinStandardHelpOptions = true,
        description =
                "Trains on an eighth, a quarter, half and all of the training rows, compares on the same held-out rows, and says what"
                        + " twice the rows would bring.",
        footer = {
            "",
            "Each size is a run. Ctrl-C detaches: the run that trains goes on, the others wait.",
            "Unless the budget stopped it, the same command again goes on; what has been",
            "trained is not trained again.",
            "",
            "Example:",
            "  finetune learning-curve job.yaml"
        })
final class LearningCurveCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Parameters(paramLabel = "JOB", description = "The job file.")
    Path job = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    LearningCurveCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        JobFile file = surroundings.read(job);
        MessageView checking = surroundings.messages(output.format);
        try (FineTuner tuner = surroundings.open(checking)) {
            CurveRuns runs = dealtOut(file, tuner, checking);
            for (CurveSize size : runs.sizes()) {
                run(runs, size);
            }
            LearningCurve curve = runs.curve();
            Path page = runs.write(curve);
            if (output.isJson()) {
                surroundings.screen().line(Json.pretty(curve));
            } else {
                new LearningCurveView(surroundings.screen()).print(curve, page);
            }
            return ExitCode.OK.number();
        }
    }

    /** Each step has a view of its own, since following a run ends the view that shows it. */
    private CurveRuns dealtOut(JobFile file, FineTuner tuner, MessageView view) {
        try (view) {
            view.doing("checking " + job);
            CurveRuns runs = tuner.learningCurve(file);
            view.doing(LearningCurveView.plan(runs.sizes(), file.job(), runs.forecast())
                    + SeriesCost.words(tuner.billing(file)));
            return runs;
        }
    }

    private void run(CurveRuns runs, CurveSize size) throws InterruptedException {
        try (MessageView view = surroundings.messages(output.format)) {
            view.doing("training on " + Figures.rows(size.rows())
                    + runs.forecast()
                            .map(all -> ", " + all.words() + " for all that is left")
                            .orElse(""));
            RunHandle<RunOutcome> handle = runs.launch(size);
            view.took(handle.id(), handle.begin());
            Follower follower = new Follower(surroundings.screen(), output);
            runs.ended(
                    size,
                    handle.id(),
                    follower.follow(handle, Farewell.toSeries(handle.id(), "finetune learning-curve " + job), view));
        }
    }
}
