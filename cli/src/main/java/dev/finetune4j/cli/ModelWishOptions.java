package dev.finetune4j.cli;

import dev.finetune4j.engine.advise.ModelWishes;
import dev.finetune4j.engine.advise.ModelWishes.Content;
import dev.finetune4j.engine.advise.ModelWishes.Language;
import dev.finetune4j.engine.advise.ModelWishes.Licence;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a person wants of a base model. */
final class ModelWishOptions {
    @Option(
            names = "--task",
            paramLabel = "TASK",
            description = "classification, sentiment, question-answering, generation, summarization, translation,"
                    + " chat or preference; base models are named where it is known.")
    @Nullable
    String task;

    @Option(names = "--content", paramLabel = "WHICH", description = "What the texts are: prose, code or maths.")
    @Nullable
    Content content;

    @Option(names = "--language", paramLabel = "WHICH", description = "The languages: english, european or other.")
    @Nullable
    Language language;

    @Option(names = "--licence", paramLabel = "FOR", description = "What it must allow: research or commercial.")
    @Nullable
    Licence licence;

    @Option(names = "--longest", paramLabel = "TOKENS", description = "Tokens of the longest row.")
    @Nullable
    Integer longestTokens;

    /** The wishes that were said. */
    ModelWishes wishes(CommandSpec spec) {
        if (longestTokens != null && longestTokens < 1) {
            throw new ParameterException(spec.commandLine(), "--longest must be at least 1, was " + longestTokens);
        }
        return new ModelWishes(
                task == null ? null : TaskNames.parse(task, "--task", spec), content, language, licence, longestTokens);
    }
}
