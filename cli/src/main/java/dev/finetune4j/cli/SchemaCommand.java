package dev.finetune4j.cli;

import dev.finetune4j.engine.spec.JobSchema;
import dev.finetune4j.error.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the JSON Schema of the job file. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints the JSON Schema of the job file, for editors and other tools.",
        footer = {"", "Example:", "  finetune schema > job.schema.json"})
final class SchemaCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    /** A schema is JSON in either form; the option is here because every command has it. */
    @Mixin
    OutputOptions output = new OutputOptions();

    SchemaCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        surroundings.screen().line(JobSchema.json().stripTrailing());
        return ExitCode.OK.number();
    }
}
