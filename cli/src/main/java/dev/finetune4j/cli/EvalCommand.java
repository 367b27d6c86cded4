package dev.finetune4j.cli;

import dev.finetune4j.cli.view.EvaluationView;
import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.HostingView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.evaluate.GateJudge;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.AnswerTerms;
import dev.finetune4j.engine.launch.Asking;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.report.AnswerFindings;
import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares base and tuned model of a run on its own held-out rows or on others. */
@Command(
        name = "eval",
        mixinStandardHelpOptions = true,
        description = {
            "Compares base and tuned model of a run on its held-out rows or on others; nothing is trained.",
            "Where a place hosts the model it says what the answers may cost at most, and asks."
        },
        footer = {
            "",
            "Exit code 0 when the gate passes, 9 when it fails.",
            "",
            "Example:",
            "  finetune eval attack-tactics-3f9c2a71-1",
            "  finetune eval attack-tactics-3f9c2a71-1 --data new-rows.jsonl"
        })
final class EvalCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Rows in a format that the run's job reads (default: those that the run held out).")
    @Nullable
    Path data;

    @Mixin
    Consent consent = new Consent();

    @Mixin
    OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    EvalCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            view.doing(data == null ? "reading the held-out rows" : "reading " + data);
            Asking<EvaluationReport> asking =
                    data == null ? tuner.evaluation(argument.run) : tuner.evaluation(argument.run, data);
            Optional<AnswerTerms> terms = asking.terms();
            if (terms.isPresent() && !isAgreed(terms.get(), view)) {
                view.declined("nothing was asked");
                return ExitCode.OK.number();
            }
            RunHandle<EvaluationReport> handle = terms.isPresent() ? asking.start(terms.get()) : asking.start();
            EvaluationReport report =
                    new Follower(surroundings.screen(), output).follow(handle, Farewell.toAnswer(handle.id()), view);
            List<Problem> findings = findings(report, tuner);
            if (output.isJson()) {
                view.problems(findings);
                view.problems(GateJudge.problem(report).stream().toList());
                surroundings.screen().line(Json.pretty(report));
            } else {
                new EvaluationView(surroundings.screen(), data == null ? "held-out rows" : "rows of " + data)
                        .print(report);
                view.problems(findings);
            }
            return (report.gate().passed() ? ExitCode.OK : ExitCode.GATE_FAILED).number();
        }
    }

    /** What the scores hide, with the run and its job in the remedies. */
    private List<Problem> findings(EvaluationReport report, FineTuner tuner) {
        RunView run = tuner.show(argument.run);
        return AnswerFindings.of(report, run.job().evaluation().maxNewTokens()).stream()
                .map(finding -> Remedies.named(finding, run.jobFile(), run.id()))
                .toList();
    }

    /** Shows what hosted models may cost, and asks. */
    private boolean isAgreed(AnswerTerms terms, MessageView view) throws IOException {
        new HostingView(surroundings.screen(), surroundings.clock(), output.isJson()).tell(terms);
        return terms.questions() == 0 || consent.isGiven("ask at these terms", view, surroundings, spec);
    }
}
