package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.CheckProblems;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.FindingCount;
import dev.finetune4j.engine.check.TokenFigures;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A job whose rows and model lie on this machine and were looked at.
 *
 * @param file the job
 * @param data its rows, in a cache that later preparations may write to
 * @param model its base model
 * @param check what the rows look like and what is wrong with them, or with the job
 * @param speaks whether the model answers in text, and so may be shown examples in its prompt
 * @param answering who answers the held-out rows
 * @param answers how long the texts are that they answer
 * @param variation what makes the result at its place another than elsewhere, see {@link Provider#variation}; empty where nothing does
 */
public record PreparedJob(
        JobFile file,
        PreparedData data,
        ModelFiles model,
        DatasetCheckReport check,
        boolean speaks,
        Answering answering,
        Proposal.AnswerLengths answers,
        Map<String, String> variation) {
    /** Copies the map. */
    public PreparedJob {
        variation = Map.copyOf(variation);
    }

    /** Who answers the held-out rows. */
    public enum Answering {
        /** Base and tuned model, so that they can be compared. */
        BASE_AND_TUNED,
        /** The tuned model alone: a run of a series, whose models are compared with each other. */
        TUNED;

        /** The models; the base model with examples in its prompt only where there are some. */
        Set<Variant> variants() {
            return this == TUNED ? EnumSet.of(Variant.TUNED) : Variant.askable();
        }
    }

    /** Digest over job, data, model, who answers and what its place varies, lower-case hex; the same digest is the same work. */
    public String digest() {
        return JobDigest.ofWork(file.job(), data.digest(), model.digest(), answering, variation);
    }

    /** Whether there are rows for models to answer. */
    boolean holdsOutRows() {
        return data.rowsByPart().getOrDefault(Part.TEST, 0L) > 0;
    }

    /** How many models answer the held-out rows; the base model counts twice where it is shown examples, too. */
    public int models() {
        boolean showsRows = shots() > 0;
        return (int) answering.variants().stream()
                .filter(variant -> showsRows || variant != Variant.BASE_FEW_SHOT)
                .count();
    }

    /** Examples that the base model is shown at most. */
    int shots() {
        return shots(file.job().evaluation(), speaks, data.hasAnswers());
    }

    /**
     * Examples that the base model is shown at most; 0 where there is no prompt to put them in, so that it answers without them alone.
     *
     * @param speaks whether the model answers in text
     * @param areAnswered whether the rows have answers; false where these are passages
     */
    public static int shots(EvaluationSpec evaluation, boolean speaks, boolean areAnswered) {
        return speaks && areAnswered ? evaluation.fewShot() : 0;
    }

    /** All that is odd or wrong about it: first what reading its rows found, then what the check did. */
    public List<Problem> findings() {
        return Stream.concat(data.warnings().stream(), check.problems().stream())
                .toList();
    }

    /** What of {@link #findings} is of its rows, and not of its settings, its model or its place. */
    public List<Problem> dataFindings() {
        Set<String> ofRows = check.findings().stream()
                .map(FindingCount::code)
                .filter(code -> !code.equals(CheckProblems.LIMIT_OVER_CONTEXT.code()))
                .collect(Collectors.toUnmodifiableSet());
        return Stream.concat(
                        data.warnings().stream(),
                        check.problems().stream().filter(problem -> ofRows.contains(problem.code())))
                .toList();
    }

    /** What is odd about it, although it can be launched, of {@link #findings}. */
    public List<Problem> warnings() {
        return findings().stream()
                .filter(problem -> problem.severity() == Severity.WARNING)
                .toList();
    }

    /** What a place is told of it before it is launched. */
    public Proposal proposal() {
        TokenFigures tokens = check.tokens();
        Map<Part, Long> rows = check.profile().rowsByPart();
        return new Proposal(
                file.job(),
                model,
                new Proposal.RowLengths(
                        rows.getOrDefault(Part.TRAIN, 0L),
                        rows.getOrDefault(Part.VALIDATION, 0L),
                        tokens.longestTokens(),
                        tokens.largestBatchTokens(),
                        tokens.limitTokens(),
                        check.meanTokensAsCut(),
                        Objects.requireNonNullElse(tokens.prefixTokens(), 0)),
                answers);
    }

    /** With more problems, in front of those that were found; all that point at a key of the job are placed in its file. */
    PreparedJob withProblems(List<Problem> more) {
        List<Problem> problems = Stream.concat(more.stream(), check.problems().stream())
                .map(file::placed)
                .toList();
        List<Problem> warnings = data.warnings().stream().map(file::placed).toList();
        return new PreparedJob(
                file,
                new PreparedData(data.folder(), data.record(), warnings),
                model,
                check.withProblems(problems),
                speaks,
                answering,
                answers,
                variation);
    }

    /** At a place whose result is another than elsewhere. */
    PreparedJob varied(Map<String, String> by) {
        return new PreparedJob(file, data, model, check, speaks, answering, answers, by);
    }

    /** Names the job and no value in it, since a value may come from a secret variable. */
    @Override
    public String toString() {
        return "PreparedJob[" + file.job().name() + ", " + digest() + "]";
    }
}
