package dev.finetune4j.cli;

import picocli.CommandLine.Option;

/** The options that every command has. */
final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table or json (default: table).")
    OutputFormat format = OutputFormat.TABLE;

    /** Whether a program reads the result. */
    boolean isJson() {
        return format == OutputFormat.JSON;
    }
}
