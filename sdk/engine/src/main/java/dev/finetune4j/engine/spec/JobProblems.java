package dev.finetune4j.engine.spec;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can be wrong with a job file: FT0101 to FT0199. */
public final class JobProblems implements ProblemCatalogue {
    /** There is no file, or none that may be read. */
    public static final ProblemKind UNREADABLE =
            kind("FT0101", "the job file cannot be read", """
            The path that was given is no file that this process may read: it does not exist, is a folder, or its permissions
            forbid it. Paths are taken relative to the folder in which finetune was started.""", "finetune init classification > job.yaml");

    static final ProblemKind TOO_LARGE = kind(
            "FT0102",
            "the job file is too large or too deep",
            """
            A job file is a page or two of settings. To be safe against files that were made to exhaust memory, finetune reads at
            most 1 MB, follows at most 32 levels of nesting, and counts everything behind an alias (*name) each time it is used,
            up to 100,000 values. Nothing of such a file is used. Most often the data itself was given in place of the job: rows
            belong into a JSONL, CSV or Parquet file that data.file names.""",
            "put the rows into a file of their own and name it in data.file");

    static final ProblemKind BROKEN_YAML = kind(
            "FT0103",
            "the job file is not valid YAML",
            """
            The text cannot be read as one YAML 1.2 document in UTF-8, so nothing after the named place could be checked. Usual
            reasons: a tab where spaces must stand; a text with ": " or " #" in it without quotes; keys of one mapping that do not
            start in the same column; a quote or bracket that is never closed; a second document after "---"; an alias (*name)
            before its anchor (&name).""",
            "compare the named line with its neighbours: indentation in spaces, quotes and brackets closed");

    static final ProblemKind DOUBLED_KEY = kind("FT0104", "a key is there twice", """
            The same key stands twice in one mapping. YAML readers differ in which of the two they keep, so finetune keeps neither
            silently. Delete the one that you do not mean.""", "delete one of the two lines");

    static final ProblemKind UNKNOWN_KEY = kind("FT0105", "a key is not known here", """
            The job file has a key that finetune does not know at this place, so the setting would have no effect. It is an error
            because a misspelt setting is otherwise found after training. Keys are lower-case with hyphens (batch-size). The
            message names the nearest key of this place, or the place where that key belongs. Messages name a key below others by its
            path (budget.max-cost); a job file nests it (budget: {max-cost: 5 USD}). "finetune schema" prints every key; the
            "$schema" line lets an editor complete them.""", "finetune schema");

    static final ProblemKind MISSING_KEY = kind("FT0106", "a required key is missing", """
            Four things of a job have no default that could be right for everybody: name, model, task (with its kind) and data
            (with a file, or a query over sources). A source needs "from". Everything else may be left out.""", "add the key");

    static final ProblemKind WRONG_TYPE =
            kind("FT0107", "a value has the wrong type", """
            The value is a number where a text is wanted, a text where a mapping is wanted, and so on. YAML decides the type by the
            spelling: 3 is a number, "3" a text; true and false are booleans, yes and no are texts. An empty value is the same as
            leaving the key out where nothing is a sensible setting, and an error elsewhere.""", "write the value as the message says");

    static final ProblemKind OUT_OF_RANGE =
            kind("FT0108", "a value is out of range", """
            The number is of the right type but outside the values that make sense for this key, or that the training core can
            handle; both bounds are inclusive and named in the message. Shares and ratios go from 0 to 1, not from 0 to 100.""", "choose a value between the bounds");

    static final ProblemKind UNKNOWN_VALUE =
            kind("FT0109", "a value is not one of those known", """
            The key takes one of a fixed list of values and this is not among them. Values are lower-case with hyphens
            (question-answering). The metric of a gate must be one that the task's evaluation computes: a classification has no
            perplexity, a translation no accuracy.""", "choose one of the values in the message");

    static final ProblemKind MALFORMED = kind(
            "FT0110",
            "a text does not have the form that the key needs",
            """
            Some texts have a form: a name is made of letters, digits and hyphens (it becomes the name of cloud jobs); money is an
            amount and a currency (12.50 USD); a duration is 90s, 45m or 2h30m; a SHA-256 has 64 lower-case hex digits; the name
            of a source is a table name in SQL.""",
            "write the value in the form that the message shows");

    static final ProblemKind CONTRADICTION =
            kind("FT0111", "settings contradict each other", """
            Each of the settings is valid, but not together: data comes from a file or from a query, not both; the shares of
            validation and test rows must leave rows to train on; a share is pointless where a file gives the rows; labels belong
            to a task that chooses among labels; early stopping needs validation rows and a gate needs test rows. finetune does
            not guess which of the two was meant.""", "delete one of the settings that the message names");

    static final ProblemKind ENVIRONMENT =
            kind("FT0112", "an environment variable is not there", """
            ${env:NAME} in a value is replaced by the environment variable NAME; nothing else is replaced. The variable is not set
            in this process, or the name after "env:" is no name. A variable that is set but empty counts as set. To write the
            characters themselves, double the dollar sign: $${env:NAME}. The value of a variable is never shown.""", "export the variable before starting finetune");

    static final ProblemKind TARGET_ABSENT =
            kind("FT0113", "a target is not on the class path", """
            "targets" names the places where the job may run. Each place is brought by a provider on the class path: local by
            finetune4j-worker, those of a cloud by an artifact of its own, which the BOM dev.finetune4j:finetune4j-bom names. Add
            that artifact, or name a target that is there.""", "targets: [local]");

    /** For ServiceLoader. */
    public JobProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                UNREADABLE,
                TOO_LARGE,
                BROKEN_YAML,
                DOUBLED_KEY,
                UNKNOWN_KEY,
                MISSING_KEY,
                WRONG_TYPE,
                OUT_OF_RANGE,
                UNKNOWN_VALUE,
                MALFORMED,
                CONTRADICTION,
                ENVIRONMENT,
                TARGET_ABSENT);
    }

    private static ProblemKind kind(String code, String title, String explanation, String remedy) {
        return new ProblemKind(code, title, ExitCode.INVALID, explanation, remedy);
    }
}
