package dev.finetune4j.engine.estimate;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with a table of published runs: FT0740. */
public final class EstimateProblems implements ProblemCatalogue {
    static final ProblemKind UNREADABLE = new ProblemKind(
            "FT0740",
            "the table of measured runs cannot be read",
            ExitCode.INVALID,
            """
            "finetune estimates backtest" reads a comma-separated table with a line of column names, at least model and method, \
            and peak_mem_gb_per_gpu, tokens_per_s_per_gpu or wall_time_s to compare with. The file is missing, or is not such a \
            table. Rows that cannot be used do not stop it: each is listed with why.""",
            "finetune estimates backtest --runs RUNS.csv");

    /** For ServiceLoader. */
    public EstimateProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(UNREADABLE);
    }
}
