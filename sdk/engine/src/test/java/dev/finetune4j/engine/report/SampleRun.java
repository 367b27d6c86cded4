package dev.finetune4j.engine.report;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.evaluate.Evaluator;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.run.Host;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A run as the security example makes it, invented: 14 unbalanced labels, 150 steps, 400 held-out rows. */
public final class SampleRun {
    /** The labels, most frequent first. */
    public static final List<String> LABELS = List.of(
            "defense-evasion",
            "discovery",
            "command-and-control",
            "execution",
            "collection",
            "persistence",
            "credential-access",
            "resource-development",
            "initial-access",
            "exfiltration",
            "impact",
            "lateral-movement",
            "reconnaissance",
            "privilege-escalation");

    private static final RunId RUN = RunId.parse("attack-tactics-3f9c2a51-1");
    private static final int ROWS = 400;
    private static final int STEPS = 150;
    private static final Instant START = Instant.parse("2026-11-24T14:02:11Z");

    private SampleRun() {}

    /** The job. */
    public static FineTuneJob job() {
        return FineTuneJob.builder(
                        "attack-tactics",
                        ModelRef.parse("smollm2-135m-instruct"),
                        TaskSpec.of(TaskKind.CLASSIFICATION)
                                .withPrompt("Name the tactic.\n\n{{text}}\n\nTactic:")
                                .withAnswer("{{tactic}}")
                                .withLabels(LABELS),
                        DataSpec.ofQuery(
                                        "attack-tactics.sql",
                                        Map.of("reports", SourceSpec.of("pypi:incident-reports==1.0!reports.json")))
                                .withSplit(SplitSpec.defaults()
                                        .withGroupBy("actor")
                                        .withRows(600, 60, ROWS)))
                .training(TrainingSpec.builder()
                        .epochs(2)
                        .learningRate(5e-4)
                        .evaluateEvery(25)
                        .build())
                .evaluation(EvaluationSpec.defaults().withGate(new Gate(MetricName.MACRO_F1, 0.4, true)))
                .build();
    }

    /** The report of a run that went well. */
    public static RunReport report() {
        return report(0.1, 0.2, 0.78);
    }

    /** The report of a run whose models are right in about these shares of the rows. */
    public static RunReport report(double zeroShot, double fewShot, double tuned) {
        Map<Variant, List<Prediction>> predictions = new LinkedHashMap<>();
        predictions.put(Variant.BASE_ZERO_SHOT, predictions(zeroShot, 1));
        predictions.put(Variant.BASE_FEW_SHOT, predictions(fewShot, 2));
        predictions.put(Variant.TUNED, predictions(tuned, 3));
        FineTuneJob job = job();
        EvaluationReport evaluation = new Evaluator(job.task(), job.evaluation()).evaluate(predictions);
        return started(RunState.SUCCEEDED)
                .events(events(STEPS, RunState.SUCCEEDED))
                .evaluation(evaluation, ChangedRows.of(TaskKind.CLASSIFICATION, predictions, heldOut(), 17))
                .build();
    }

    /** The report of a run that failed after some steps. */
    public static RunReport failed() {
        List<RunEvent> events = new ArrayList<>(events(40, RunState.FAILED));
        Problem problem = new ProblemKind(
                        "FT0601", "The worker ran out of memory", ExitCode.TRAINING_FAILED, "explanation", "remedy")
                .error("the worker was killed at step 40")
                .because("7.1 GiB resident, 7.6 GiB in the machine")
                .remedy("training.batch-size: 4")
                .remedy("training.recompute: layer")
                .build();
        events.add(new RunEvent.Noticed(events.get(events.size() - 1).at(), problem));
        return started(RunState.FAILED)
                .events(events)
                .ending(Ending.of(RUN, new RunOutcome.Failed(problem), events, true, problem.remedies())
                        .orElseThrow())
                .build();
    }

    /** The report of a run that a person stopped after some steps. */
    public static RunReport stopped() {
        List<RunEvent> events = events(60, RunState.STOPPED);
        return started(RunState.STOPPED)
                .events(events)
                .ending(Ending.of(RUN, new RunOutcome.Stopped("stopped by ann", false), events, true, List.of())
                        .orElseThrow())
                .build();
    }

    /** The report of a run whose place tuned a model of its own. */
    public static RunReport atService() {
        ProviderId bedrock = new ProviderId("bedrock");
        FineTuneJob job = job().toBuilder()
                .targets(List.of(bedrock))
                .place(bedrock, Map.of("model", "amazon.nova-micro-v1:0:128k"))
                .build();
        Provenance provenance = new Provenance(bedrock, 1, Map.of(), Map.of(), null, START.plusSeconds(430), null);
        return RunReport.builder(RUN, RunState.SUCCEEDED, job, provenance)
                .events(events(STEPS, RunState.SUCCEEDED))
                .build();
    }

    /** The report of a run on a GPU whose worker foresaw no memory, while its plan did, 1 GiB of the GPU, and 2 minutes for its steps. */
    public static RunReport foreseenByPlan() {
        List<RunEvent> events = Stream.concat(
                        events(STEPS, RunState.SUCCEEDED).stream(),
                        Stream.of(new RunEvent.WorkerEnded(START.plusSeconds(420), 3L << 30, 1100L << 20, null)))
                .map(event -> event instanceof RunEvent.TrainingStarted start
                        ? new RunEvent.TrainingStarted(
                                start.at(),
                                start.parameters(),
                                start.trainableParameters(),
                                start.steps(),
                                start.precision(),
                                start.recompute(),
                                start.threads(),
                                -1,
                                null)
                        : event)
                .toList();
        Foreseen foreseen = new Foreseen(
                new ProviderId("sagemaker"),
                Foreseen.Basis.SIZES,
                "LlamaForCausalLM",
                "LoRA",
                "fp32",
                new DurationRange(Duration.ofMinutes(5), Duration.ofMinutes(8), Duration.ofMinutes(20)),
                1,
                new ByteRange(900L << 20, 1L << 30, 2L << 30),
                1,
                null,
                new Foreseen.Steps(
                        "1x T4",
                        new DurationRange(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(4)),
                        1));
        return started(RunState.SUCCEEDED)
                .events(events)
                .figures(new ForeseenAndActual(
                        foreseen, Duration.ofMinutes(7), 1100L << 20, null, Duration.ofMinutes(3), null))
                .build();
    }

    private static RunReport.Builder started(RunState state) {
        Map<String, String> digests = new LinkedHashMap<>();
        digests.put("job", "3f9c2a51".repeat(8));
        digests.put("data", "90bd1e77".repeat(8));
        digests.put("model", "c4a1d0f2".repeat(8));
        digests.put("adapter", "5be3a8e0".repeat(8));
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("finetune4j", "0.1.0");
        versions.put("Java", "17.0.15");
        versions.put("DJL", "0.36.0");
        versions.put("libtorch", "2.7.1");
        Provenance provenance = new Provenance(
                ProviderId.LOCAL,
                1,
                digests,
                versions,
                new Host("Linux 6.8.0", "amd64", "cpu (a sample processor)", 2, 8L << 30),
                START.plusSeconds(430),
                "fp32");
        return RunReport.builder(RUN, state, job(), provenance)
                .origins(JobFile.parse(JobFile.write(job()), "job.yaml", Path.of("."), Map.of())
                        .resolved()
                        .origins())
                .data(profile(), findings());
    }

    private static DatasetProfile profile() {
        Map<String, Long> rowsByLabel = new LinkedHashMap<>();
        for (int i = 0; i < LABELS.size(); i++) {
            rowsByLabel.put(LABELS.get(i), Math.round(150 / (1 + 0.55 * i)));
        }
        return new DatasetProfile(
                Map.of(Part.TRAIN, 600L, Part.VALIDATION, 60L, Part.TEST, 400L),
                rowsByLabel,
                new Quantiles(38, 61, 94, 131, 188, 65.2),
                new Quantiles(2, 3, 6, 7, 7, 3.9),
                69_112,
                1,
                0,
                3,
                41,
                2,
                "columns",
                "90bd1e77".repeat(8));
    }

    private static List<Problem> findings() {
        ProblemKind near = new ProblemKind("FT0302", "Near duplicates", ExitCode.INVALID, "explanation", "remedy");
        ProblemKind address =
                new ProblemKind("FT0341", "An e-mail address in a row", ExitCode.INVALID, "explanation", "remedy");
        List<Problem> problems = new ArrayList<>();
        problems.add(near.warning("44 of 1,060 rows are nearly equal to an earlier row")
                .build());
        for (int i = 0; i < 7; i++) {
            problems.add(address.warning("row " + (120 + i) + " holds an e-mail address")
                    .build());
        }
        return problems;
    }

    private static List<RunEvent> events(int steps, RunState end) {
        Random random = new Random(11);
        List<RunEvent> events = new ArrayList<>();
        events.add(new RunEvent.StateChanged(START, RunState.PREPARED, ""));
        events.add(new RunEvent.StateChanged(START.plusSeconds(2), RunState.STARTING, ""));
        events.add(new RunEvent.StateChanged(START.plusSeconds(9), RunState.TRAINING, ""));
        events.add(new RunEvent.TrainingStarted(
                START.plusSeconds(9), 134_515_008, 4_884_480, STEPS, "fp32", "none", 2, 2_050_000_000L, null));
        double best = Double.MAX_VALUE;
        for (int step = 1; step <= steps; step++) {
            Instant at = START.plusMillis(9000 + step * 1660L);
            double level = 0.28 + 2.9 * Math.exp(-step / 19.0);
            double loss = step == 3 ? 9.7 : Math.max(0.02, level * (1 + 0.3 * random.nextGaussian()));
            double rate = 5e-4 * 0.5 * (1 + Math.cos(Math.PI * step / STEPS));
            events.add(new RunEvent.StepCompleted(
                    at,
                    step,
                    STEPS,
                    2.0 * step / STEPS,
                    loss,
                    rate,
                    0.8,
                    540 + random.nextInt(80),
                    step == 1 ? 90 : 345 + 14 * random.nextGaussian(),
                    1_640_000_000L + step * 900_000L + random.nextInt(30_000_000)));
            if (step % 25 == 0) {
                double validation = 0.42 + 2.4 * Math.exp(-step / 22.0) + (step > 100 ? (step - 100) * 0.0006 : 0);
                events.add(new RunEvent.ValidationCompleted(at, step, validation, validation < best));
                best = Math.min(best, validation);
                events.add(new RunEvent.CheckpointSaved(at, step, 58_000_000));
            }
        }
        Instant trained = START.plusMillis(9000 + steps * 1660L);
        if (end == RunState.SUCCEEDED) {
            events.add(new RunEvent.StateChanged(trained, RunState.EVALUATING, ""));
            trained = trained.plusSeconds(104);
        }
        events.add(new RunEvent.StateChanged(trained, end, ""));
        return events;
    }

    private static List<Prediction> predictions(double share, long seed) {
        Random random = new Random(seed);
        List<Prediction> predictions = new ArrayList<>();
        for (int row = 1; row <= ROWS; row++) {
            String reference = LABELS.get(label(row));
            boolean right = random.nextDouble() < share * (1.1 - 0.03 * label(row));
            String answer = right ? reference : LABELS.get(Math.min(13, (int) Math.abs(random.nextGaussian() * 4)));
            Map<String, Double> scores = new LinkedHashMap<>();
            for (String label : LABELS) {
                scores.put(label, -6 + random.nextGaussian());
            }
            scores.put(answer, -3.5 + 2 * random.nextDouble());
            predictions.add(new Prediction(new RowRef("attack-tactics.sql", row), reference, answer, scores, 2.5, 3));
        }
        return predictions;
    }

    private static List<Example> heldOut() {
        List<Example> examples = new ArrayList<>();
        for (int row = 1; row <= ROWS; row++) {
            String text = SENTENCES.get(label(row));
            examples.add(new Example.Conversation(
                    new RowRef("attack-tactics.sql", row),
                    List.of(new Message(Role.USER, text), new Message(Role.ASSISTANT, LABELS.get(label(row)))),
                    LABELS.get(label(row))));
        }
        return examples;
    }

    /** Labels by the falling frequency of the real ones. */
    private static int label(int row) {
        double place = (row * 0.618_033_988_75) % 1;
        return (int) Math.min(13, 14 * place * place);
    }

    private static final List<String> SENTENCES = List.of(
            "The loader unpacks its second stage in memory and clears the event log before it exits.",
            "After logging in, the intruder lists domain administrators and mounted network shares.",
            "The implant sends a beacon every 90 seconds over HTTPS to a look-alike update domain.",
            "A macro starts PowerShell with an encoded command line.",
            "Documents changed within the last week are copied into a hidden folder and compressed.",
            "A scheduled task named like a printer service starts the backdoor at every logon.",
            "The tool dumps password hashes from the memory of the security service.",
            "Two months earlier the group had rented virtual servers and registered eleven domains.",
            "Employees received an invoice whose link led to a page that asked for their password.",
            "The archive is split into parts of 5 MB and uploaded to a public file-sharing service.",
            "Shadow copies are deleted and every file on the share is encrypted.",
            "With the stolen ticket the actor opens remote sessions on two file servers.",
            "Before the attack, the group collected e-mail addresses from the company's press releases.",
            "A vulnerable driver is loaded to obtain kernel rights.");
}
