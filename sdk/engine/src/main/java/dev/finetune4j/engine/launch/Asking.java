package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What models of a run are to answer, read and ready. Where a place that bills for answers hosts them, nothing is asked before somebody has
 * agreed to what that may cost at most.
 *
 * <pre>{@code
 * Asking<EvaluationReport> asking = tuner.evaluation("tickets", Path.of("new-rows.jsonl"));
 * Optional<AnswerTerms> terms = asking.terms();
 * terms.ifPresent(System.out::println);
 * EvaluationReport report = terms.isEmpty() ? asking.start().await() : asking.start(terms.get()).await();
 * }</pre>
 *
 * @param <T> what comes of it
 */
public final class Asking<T> {
    private final LaunchContext context;
    private final RunFolder run;
    private final RunView view;
    private final Supplier<RunHandle<T>> here;
    private final Function<HostedAnswers, AnswerTerms> counting;
    private final Function<HostedAnswers, RunHandle<T>> there;

    /**
     * Something to ask.
     *
     * @param here asks a worker
     * @param counting what it may cost to ask hosted models instead, or why they cannot answer it
     * @param there asks those, and closes them with the handle
     */
    Asking(
            LaunchContext context,
            RunFolder run,
            RunView view,
            Supplier<RunHandle<T>> here,
            Function<HostedAnswers, AnswerTerms> counting,
            Function<HostedAnswers, RunHandle<T>> there) {
        this.context = context;
        this.run = run;
        this.view = view;
        this.here = here;
        this.counting = counting;
        this.there = there;
    }

    /**
     * What the answers may cost at most, as far as they are not there already. Empty where a worker gives them, and nothing is asked of a
     * service.
     *
     * @throws FineTuneException with FT0510 if nothing of the run can answer, FT0704 if its gate judges by what a hosted model does not tell
     */
    public Optional<AnswerTerms> terms() {
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, run, context);
        if (hosted.isEmpty()) {
            return Optional.empty();
        }
        try (HostedAnswers answers = hosted.get()) {
            return Optional.of(counting.apply(answers));
        }
    }

    /**
     * Asks where answers cost nothing; those of rows that are there already do not.
     *
     * @throws FineTuneException with FT0531 if somebody would have to agree to {@link #terms()}, as {@link #terms()}, or with FT0512 if
     *     files of the run are gone
     */
    public RunHandle<T> start() {
        return begin(null);
    }

    /**
     * Asks for no more than was agreed to.
     *
     * @param agreed {@link #terms()}, to which somebody has agreed
     * @throws FineTuneException with FT0531 if it would cost more by now, or another model answers; as {@link #start()}
     */
    public RunHandle<T> start(AnswerTerms agreed) {
        return begin(agreed);
    }

    private RunHandle<T> begin(@Nullable AnswerTerms agreed) {
        Optional<HostedAnswers> hosted = HostedAnswers.of(view, run, context);
        if (hosted.isEmpty()) {
            return here.get();
        }
        HostedAnswers answers = hosted.get();
        try {
            AnswerTerms now = counting.apply(answers);
            if (!now.isFree() && (agreed == null || !now.isWithin(agreed))) {
                throw LaunchProblems.answersNotAgreed(now, agreed != null);
            }
            return there.apply(answers);
        } catch (RuntimeException e) {
            answers.close();
            throw e;
        }
    }
}
