package dev.finetune4j.cli;

import dev.finetune4j.cli.view.ChatView;
import dev.finetune4j.cli.view.MessageView;
import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.chat.Chat;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.Sampling;
import dev.finetune4j.spi.HostedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Talks with the tuned model of a run. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        description = "Talks with the tuned model of a run, on request beside the base model.",
        footer = {
            "",
            "Each line is a turn. /reset begins anew, /system TEXT with another system",
            "message, /quit ends. Ctrl-C ends an answer, Ctrl-D the chat. A pipe is read",
            "line by line; with -o json each turn is one JSON object on a line. An encoder",
            "tells the label of each line, with its probability.",
            "",
            "Example:",
            "  finetune chat attack-tactics-3f9c2a71-1 --beside-base"
        })
final class ChatCommand implements Callable<Integer> {
    private static final String COMMANDS = "/reset, /system TEXT, /quit";
    private static final Pattern COMMAND = Pattern.compile("/[A-Za-z]+");

    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Mixin
    RunArgument argument = new RunArgument();

    @Option(names = "--beside-base", description = "Show the answer of the base model under that of the tuned model.")
    boolean besideBase;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message (default: that of the job).")
    @Nullable
    String system;

    @Mixin
    SamplingOptions sampling = new SamplingOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    private ExitCode exitCode = ExitCode.OK;

    ChatCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException {
        Sampling asked = sampling.sampling(spec);
        boolean isPrompting = surroundings.isTyped() && !output.isJson();
        ChatView view =
                new ChatView(surroundings.screen(), surroundings.clock(), output.isJson(), isPrompting, besideBase);
        try (FineTuner tuner = surroundings.open();
                Chat chat = open(tuner)) {
            Thread hook = new Thread(chat::close, "end of chat");
            Runtime.getRuntime().addShutdownHook(hook);
            if (isPrompting) {
                view.say(COMMANDS + "; Ctrl-C ends an answer, Ctrl-D the chat");
            }
            talk(chat, asked, view);
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        return exitCode.number();
    }

    private Chat open(FineTuner tuner) {
        try (MessageView loading = surroundings.messages(output.format)) {
            Optional<HostedModel> billed = tuner.answering(argument.run); // whoever types to it wants it asked
            loading.doing(billed.isPresent() ? "asking the model where it is hosted" : "loading the model");
            Chat chat = billed.isPresent() ? tuner.chat(argument.run, billed.get()) : tuner.chat(argument.run);
            if (system != null) {
                chat.reset(system);
            }
            return chat;
        }
    }

    private void talk(Chat chat, Sampling asked, ChatView view) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8));
        view.prompt();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String text = line.strip();
            if (text.equals("/quit")) {
                return;
            }
            if (text.equals("/reset")) {
                chat.reset();
                view.say("begun anew");
            } else if (text.equals("/system") || text.startsWith("/system ")) {
                String message = text.substring("/system".length()).strip();
                chat.reset(message.isEmpty() ? null : message);
                view.say(
                        message.isEmpty()
                                ? "begun anew without a system message"
                                : "begun anew with that system message");
            } else if (isUnknownCommand(text)) {
                view.say("there is no command " + text + "; there are " + COMMANDS);
                missed();
            } else if (!text.isEmpty()) {
                turn(chat, text, asked, view);
            }
            view.prompt();
        }
    }

    /** A slash and one word; a path of several names, or a slash with a sentence, is a turn. */
    private static boolean isUnknownCommand(String text) {
        return COMMAND.matcher(text).matches();
    }

    private void turn(Chat chat, String text, Sampling asked, ChatView view) {
        List<Problem> problems = new ArrayList<>();
        try {
            Interrupts.during(() -> answer(chat, text, asked, view), chat::interrupt);
        } catch (FineTuneException e) {
            if (e.exitCode() != ExitCode.INVALID) {
                throw e; // the models are gone, not this question alone refused
            }
            view.refused(e.problems());
            problems.addAll(e.problems());
            missed();
        }
        view.ends(text, problems);
    }

    /** Whoever types sees that a line was not answered; whoever wrote a pipe is told by the exit code. */
    private void missed() {
        exitCode = surroundings.isTyped() ? ExitCode.OK : ExitCode.INVALID;
    }

    private void answer(Chat chat, String text, Sampling asked, ChatView view) {
        List<Variant> variants = besideBase ? List.of(Variant.TUNED, Variant.BASE_ZERO_SHOT) : List.of(Variant.TUNED);
        for (Variant variant : variants) {
            view.begins(variant);
            ChatReply reply = chat.say(variant, text, asked, view::piece);
            view.replied(reply);
            if (reply.interrupted()) {
                break;
            }
        }
    }
}
