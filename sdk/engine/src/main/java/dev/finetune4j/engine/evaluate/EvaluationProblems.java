package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** What can go wrong in an evaluation, and the gate that was not passed. */
public final class EvaluationProblems implements ProblemCatalogue {
    /** A predictions file is missing or cannot be read. */
    public static final ProblemKind UNREADABLE_PREDICTIONS = new ProblemKind(
            "FT0701",
            "Predictions cannot be read",
            ExitCode.TRAINING_FAILED,
            """
            The worker writes one file of predictions for each model that is compared: the base model, the base model with \
            examples in its prompt, and the tuned model. Evaluation reads them back, one JSON object a line. This problem says \
            that a file is missing, is cut short, or holds something else: usually the worker was stopped while it answered, or \
            the disk was full.

            The rows that a model has answered already are kept; resuming the run answers the others.""",
            "finetune run JOB    # the same command again; it goes on where it stopped");

    /** The models answered different rows. */
    public static final ProblemKind ROWS_DIFFER = new ProblemKind(
            "FT0702",
            "The models answered different rows",
            ExitCode.TRAINING_FAILED,
            """
            Two models are compared row by row: the same held-out rows, in the same order, with the same right answers. A \
            comparison of different rows would say nothing, so it is refused. It happens when predictions of two runs, or of two \
            versions of the data, lie in one folder.""",
            "remove the folder predictions from the run's output and run the job again");

    /** There is nothing to compare. */
    public static final ProblemKind NOTHING_TO_COMPARE = new ProblemKind(
            "FT0703",
            "There is nothing to compare",
            ExitCode.INVALID,
            """
            An evaluation needs at least one held-out row, and the answers of both the base model and the tuned model to it. \
            With no test rows there is no honest figure: the loss on training rows says how well they were learned by heart.""",
            "give the job test rows: data.split.test: 0.2, or data.split.test-file: FILE");

    /** The gate names a metric that the task does not have. */
    public static final ProblemKind UNKNOWN_METRIC = new ProblemKind(
            "FT0704",
            "The gate names a metric that the task does not have",
            ExitCode.INVALID,
            """
            Each kind of task has its metrics: macro-f1 and accuracy for classification and sentiment; token-f1, exact-match and \
            perplexity for question-answering; perplexity and distinct-2 for generation; rouge-l, rouge-1, rouge-2 \
            and perplexity for summarization; chrf, bleu and perplexity for translation; perplexity and format for chat; perplexity for \
            preference. Rows of plain text without an answer have perplexity alone, and distinct-2 where evaluation.continue-passages lets \
            models continue them. The gate can judge by these only, because only these are taken.""",
            "remove evaluation.gate.metric to judge by the task's main metric");

    /** A metric needs something that a prediction does not have. */
    public static final ProblemKind INCOMPLETE_PREDICTION = new ProblemKind(
            "FT0705",
            "A prediction lacks what a metric needs",
            ExitCode.TRAINING_FAILED,
            """
            Perplexity needs the likelihood of the right answer, every other metric needs the answer that the model gave. A \
            prediction without it cannot be counted, and leaving it out would flatter the model. A likelihood that is not a \
            number comes from weights that are not numbers: training diverged.""",
            "lower training.learning-rate, for example to half, and run the job again");

    /** There are too few rows for a learning curve. */
    public static final ProblemKind TOO_FEW_FOR_CURVE = new ProblemKind(
            "FT0706",
            "Too few training rows for a learning curve",
            ExitCode.INVALID,
            """
            A learning curve trains on an eighth, a quarter, half and all of the training rows, and fits a law through what comes of \
            each. An eighth must still hold two rows of each label, and two rows where there are no labels; with fewer the curve would \
            show chance.""",
            "add rows, or give more of them to training: data.split: {validation: 0, test: 0.2}");

    /** There are no rows that a sweep could be judged on. */
    public static final ProblemKind NOTHING_TO_JUDGE = new ProblemKind(
            "FT0707",
            "A sweep has no validation rows",
            ExitCode.INVALID,
            """
            A sweep judges its trials on validation rows. Test rows are kept for the winner: the best of several on rows that helped to \
            choose it looks better than it is.""",
            "data.split: {validation: 0.15, test: 0.15}");

    /** A sweep is to try a setting that the job's method lacks. */
    public static final ProblemKind NO_SUCH_SETTING = new ProblemKind(
            "FT0708",
            "The job's method has no such setting",
            ExitCode.INVALID,
            "Only LoRA and QLoRA have a rank. A sweep over ranks of a job with another method has nothing to change.",
            "leave --rank out, or give the job method: lora");

    /** The tuned model is not good enough. */
    public static final ProblemKind GATE_FAILED = new ProblemKind(
            "FT0710",
            "The tuned model did not pass its gate",
            ExitCode.GATE_FAILED,
            """
            The gate of the job says when a tuned model is good enough: evaluation.gate.at-least is a value that it must reach, \
            evaluation.gate.better-than-base asks it to beat the base model, without and with examples in the prompt. To beat \
            means: the 95 % interval of the paired difference lies on the better side of zero, and the intervals of the two \
            models do not overlap. The adapter and the report are kept, and the run ends with exit code 9 so that a CI job stops.

            More or cleaner training rows help most; then more epochs, a higher rank, or a larger base model. With few held-out \
            rows the intervals are wide: 4 times the rows halve them.""",
            "open the report and look at the per-class table and the rows that tuning broke");

    /** The tuned model does not tell rows apart. */
    public static final ProblemKind ONE_ANSWER = new ProblemKind(
            "FT0711",
            "The tuned model answers every row alike",
            ExitCode.GATE_FAILED,
            """
            The held-out rows have several labels, and the tuned model gives all of them the same one: it has learned nothing that tells \
            rows apart, whatever its accuracy. Steps that were too large have that effect, and so have too few of them. Where one label has \
            nearly all training rows, always answering that one is also what the loss asks for.""",
            "finetune sweep JOB --learning-rate 1e-5,1e-4,1e-3,1e-2");

    /** The tuned model leaves labels out. */
    public static final ProblemKind UNANSWERED_LABELS = new ProblemKind(
            "FT0712",
            "The tuned model never answers a label",
            ExitCode.GATE_FAILED,
            """
            Held-out rows have labels that the tuned model gave to no row, so that it is wrong on all of these rows. The usual cause is that \
            few training rows have the label, or none; accuracy hardly shows it then, macro-F1 does. With few held-out rows of a label it \
            may be chance. Of a label with many rows, steps that were too large or too few are the likelier cause.""",
            "add training rows of the label, or merge it with a related one");

    /** The tuned model's texts say nothing of their rows. */
    public static final ProblemKind EMPTY_ANSWERS = new ProblemKind(
            "FT0713",
            "The tuned model writes nothing, or the same to most rows",
            ExitCode.GATE_FAILED,
            """
            Most answers to the held-out rows are empty or one and the same text, although the right ones differ. Likelihoods may be better than \
            the base model's all the same. Steps that were too large have that effect; so has a chat template that does not begin the answer as \
            the training rows did.""",
            "finetune sweep JOB --learning-rate 1e-5,1e-4,1e-3,1e-2");

    /** The tuned model's texts are ended by the limit. */
    public static final ProblemKind CUT_ANSWERS = new ProblemKind(
            "FT0714",
            "Most answers of the tuned model are cut",
            ExitCode.GATE_FAILED,
            """
            Most answers to the held-out rows did not end by themselves, but at evaluation.max-new-tokens: the metrics judge their beginnings. \
            Either right answers are longer than that, or the model has not learned to stop, as where no training row's end is within \
            training.max-tokens.""",
            "evaluation.max-new-tokens: 256    # twice as many as the job allows");

    /** There is nothing to continue. */
    public static final ProblemKind NOTHING_TO_CONTINUE = new ProblemKind(
            "FT0715",
            "There are no passages to continue",
            ExitCode.INVALID,
            """
            evaluation.continue-passages lets models go on from the beginning of each held-out passage. Passages are rows of plain text; rows \
            with answers are asked, and models write to each of them as it is. The setting changes nothing then.""",
            "delete evaluation.continue-passages");

    /** This machine cannot compare what a place that only trains gave. */
    public static final ProblemKind NOT_COMPARED_HERE = new ProblemKind(
            "FT0709",
            "base and tuned model were not compared on this machine",
            ExitCode.GATE_FAILED,
            """
            Where a place only trains and gives the tuned model away, base and tuned model answer the held-out rows on this machine when it
            has come home, and the gate is judged. Where they do not fit its memory, are of an architecture that is not read here, or
            somebody stops it, the run ends well without: its report says so with the reason, and the gate is neither passed nor failed.
            Nothing is lost: they can be compared whenever that can be done.""",
            "finetune eval RUN");

    private static final List<ProblemKind> KINDS = List.of(
            UNREADABLE_PREDICTIONS,
            ROWS_DIFFER,
            NOTHING_TO_COMPARE,
            UNKNOWN_METRIC,
            INCOMPLETE_PREDICTION,
            TOO_FEW_FOR_CURVE,
            NOTHING_TO_JUDGE,
            NO_SUCH_SETTING,
            NOT_COMPARED_HERE,
            GATE_FAILED,
            ONE_ANSWER,
            UNANSWERED_LABELS,
            EMPTY_ANSWERS,
            CUT_ANSWERS,
            NOTHING_TO_CONTINUE);

    @Override
    public List<ProblemKind> kinds() {
        return KINDS;
    }
}
