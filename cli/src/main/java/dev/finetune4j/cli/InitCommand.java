package dev.finetune4j.cli;

import dev.finetune4j.cli.view.Screen;
import dev.finetune4j.engine.spec.JobTemplate;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Location;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a commented job file to start from. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Writes a commented job file for a task to start from.",
        footer = {"", "Example:", "  finetune init classification > job.yaml", "  finetune init chat --to chat.yaml"})
final class InitCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(
            paramLabel = "TASK",
            description =
                    "classification, sentiment, question-answering, generation, summarization, translation, chat or preference.")
    String task = "";

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "The file to write; printed where none is named. Never overwrites.")
    Path file = Path.of("");

    @Mixin
    OutputOptions output = new OutputOptions();

    InitCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        String template = JobTemplate.of(TaskNames.parse(task, "TASK", spec));
        Screen screen = surroundings.screen();
        if (file.toString().isEmpty()) {
            screen.line(output.isJson() ? Json.pretty(Written.nowhere(template)) : template.stripTrailing());
            return ExitCode.OK.number();
        }
        write(template);
        if (output.isJson()) {
            screen.line(Json.pretty(Written.to(file, template)));
        } else {
            screen.say("wrote " + file + "; next: finetune check " + file);
        }
        return ExitCode.OK.number();
    }

    private void write(String template) {
        try {
            Files.writeString(file, template, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw CliProblems.FILE_EXISTS
                    .error(file + " exists already")
                    .at(Location.of(file.toString()))
                    .asException(e);
        } catch (IOException e) {
            throw CliProblems.NOT_WRITABLE
                    .error(file + " cannot be written")
                    .at(Location.of(file.toString()))
                    .because("its folder does not exist or may not be written, or the disk is full")
                    .asException(e);
        }
    }

    /**
     * What init made.
     *
     * @param file where it lies, or null where no file was named
     * @param bytes its size in UTF-8
     * @param text the job file, or null where it lies in a file
     */
    private record Written(
            @Nullable Path file, int bytes, @Nullable String text) {
        static Written to(Path file, String template) {
            return new Written(file, size(template), null);
        }

        static Written nowhere(String template) {
            return new Written(null, size(template), template);
        }

        private static int size(String template) {
            return template.getBytes(StandardCharsets.UTF_8).length;
        }
    }
}
