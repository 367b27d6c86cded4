package dev.finetune4j.engine.data;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a call that is expected to fail reports. */
public final class Problems {
    private Problems() {}

    /** All problems of a call. */
    public static List<Problem> of(ThrowingCallable call) {
        FineTuneException thrown = catchThrowableOfType(FineTuneException.class, call);
        if (thrown == null) {
            throw new AssertionError("expected a FineTuneException, but the call went through");
        }
        return thrown.problems();
    }

    /** The only problem of a call. */
    public static Problem only(ThrowingCallable call) {
        List<Problem> problems = of(call);
        if (problems.size() != 1) {
            throw new AssertionError("expected one problem, got " + problems);
        }
        return problems.get(0);
    }

    /** A problem in one text, for assertions on its words. */
    public static String text(Problem problem) {
        return problem.code() + " " + problem.summary() + " at "
                + problem.place().map(Object::toString).orElse("-") + " " + problem.causes() + " " + problem.remedies();
    }
}
