package dev.finetune4j.engine.advise;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with what advice is asked on: FT0750 and FT0751. */
public final class AdviseProblems implements ProblemCatalogue {
    static final ProblemKind NOT_AN_ANSWER = new ProblemKind(
            "FT0750", "the answer is none that advise knows", ExitCode.USAGE, """
            Advice rests on answers to a few questions: some are numbers, such as --rows 2000 or --corpus "100 GB", the others one of
            a few words, which "finetune advise --help" lists. A question that is left open speaks for nothing and against nothing.""", "finetune advise --help");

    static final ProblemKind NOTHING_KNOWN = new ProblemKind(
            "FT0751",
            "advise knows nothing of the task",
            ExitCode.USAGE,
            """
            Without a terminal advise asks no questions. Name a job file, whose rows are then looked at, or answer at least one
            question by its flag.""",
            "finetune advise --rows 2000 --form fixed");

    /** For ServiceLoader. */
    public AdviseProblems() {}

    /** That neither a job nor an answer was given, and nobody can be asked. */
    public static ProblemKind nothingKnown() {
        return NOTHING_KNOWN;
    }

    @Override
    public List<ProblemKind> kinds() {
        return List.of(NOT_AN_ANSWER, NOTHING_KNOWN);
    }
}
