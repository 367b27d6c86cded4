package dev.finetune4j.cli;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The launch from Java that README shows, as a program of its own; LaunchAtJumpStartTest runs it and ReadmeTest compares the text. */
final class LaunchSnippet {
    private LaunchSnippet() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (FineTuner tuner = FineTuner.open()) {
            JobFile job = tuner.read(Path.of("job.yaml"));
            Plan plan = tuner.plan(job, PlanRequest.atTargetsOf(job.job()));
            System.out.println("at most " + tuner.terms(plan).worstCost());
            RunHandle<RunOutcome> run = tuner.launch(plan);
            CompletableFuture<Void> told = run.consume(event -> System.out.println("event " + event));
            RunOutcome outcome = run.await(); // run.detach() lets go of it instead
            told.join();
            System.out.println(run.id() + " ends with " + outcome.exitCode());
        }
    }
}
