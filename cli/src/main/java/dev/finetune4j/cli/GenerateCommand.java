package dev.finetune4j.cli;

import dev.finetune4j.cli.view.EvaluationView;
import dev.finetune4j.cli.view.Farewell;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.cli.view.Tone;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.launch.AnswerTerms;
import dev.finetune4j.engine.launch.Asking;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.run.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lets the tuned model of a run answer, beside the base model. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Lets the tuned model of a run answer a prompt, beside the base model.",
        footer = {"", "Example:", "  finetune generate attack-tactics-3f9c2a71-1 --prompt \"Which attack tactic? ...\""
        })
final class GenerateCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "What the person says.")
    String prompt = "";

    @Option(
            names = "--plain",
            description =
                    "Continue the prompt as plain text, without the chat template: for runs that learned plain text.")
    boolean plain;

    @Mixin
    SamplingOptions sampling = new SamplingOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    GenerateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (prompt.isBlank()) {
            throw new ParameterException(spec.commandLine(), "--prompt must not be blank");
        }
        Sampling asked = sampling.sampling(spec);
        try (MessageView view = surroundings.messages(output.format);
                FineTuner tuner = surroundings.open(view)) {
            RunHandle<List<GeneratedText>> handle = ask(asked, tuner, view);
            Follower follower = new Follower(surroundings.screen(), output);
            print(follower.follow(handle, Farewell.toAnswer(handle.id()), view));
            return ExitCode.OK.number();
        }
    }

    private RunHandle<List<GeneratedText>> ask(Sampling asked, FineTuner tuner, MessageView view) {
        List<Variant> variants = List.of(Variant.BASE_ZERO_SHOT, Variant.TUNED);
        if (plain) {
            view.doing("loading the model");
            return tuner.complete(argument.run, prompt, asked, variants);
        }
        String system = tuner.show(argument.run).job().task().system();
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new Message(Role.SYSTEM, system));
        }
        messages.add(new Message(Role.USER, prompt));
        Asking<List<GeneratedText>> asking = tuner.generation(argument.run, messages, asked, variants);
        Optional<AnswerTerms> terms = asking.terms(); // whoever types a question to a hosted model wants it asked
        view.doing(terms.isPresent() ? "asking the model where it is hosted" : "loading the model");
        return terms.isPresent() ? asking.start(terms.get()) : asking.start();
    }

    private void print(List<GeneratedText> answers) {
        Screen screen = surroundings.screen();
        if (output.isJson()) {
            screen.line(Json.pretty(Map.of("answers", answers)));
            return;
        }
        for (GeneratedText answer : answers) {
            String cut = answer.complete() ? "" : " (cut at " + answer.tokens() + " tokens)";
            screen.line(screen.paint(Tone.STRONG, EvaluationView.words(answer.variant())) + cut + ":");
            screen.line(answer.text().strip());
        }
    }
}
