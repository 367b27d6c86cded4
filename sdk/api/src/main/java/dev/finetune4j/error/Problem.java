package dev.finetune4j.error;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, told to the person who can mend it.
 *
 * @param kind the catalogue entry
 * @param severity whether it stops the job
 * @param summary what happened, in one line, with the user's own words and values
 * @param location where, or null where no place is to blame
 * @param causes why: number against number, one line each; may be empty
 * @param remedies what to do, the best first, each of which can be pasted; never empty
 * @param retry whether the same call may succeed later
 */
public record Problem(
        ProblemKind kind,
        Severity severity,
        String summary,
        @Nullable Location location,
        List<String> causes,
        List<String> remedies,
        Retry retry) {
    /** Order of a report: by place in the user's files, then by code. */
    public static final Comparator<Problem> IN_READING_ORDER = Comparator.comparing(
                    (Problem problem) -> problem.place().orElse(Location.of("")), Location.IN_READING_ORDER)
            .thenComparing(Problem::code)
            .thenComparing(Problem::summary);

    /** Copies the lists; falls back to the kind's remedy where none is given. */
    public Problem {
        causes = List.copyOf(causes);
        remedies = remedies.isEmpty() ? List.of(kind.remedy()) : List.copyOf(remedies);
    }

    /** The stable code, such as {@code FT0101}. */
    public String code() {
        return kind.code();
    }

    /** Where the problem is, if a place is to blame. */
    public Optional<Location> place() {
        return Optional.ofNullable(location);
    }

    /** The same problem at another place. */
    public Problem at(Location place) {
        return new Problem(kind, severity, summary, place, causes, remedies, retry);
    }

    /** The same problem, of more or less weight. */
    public Problem with(Severity other) {
        return new Problem(kind, other, summary, location, causes, remedies, retry);
    }

    /** The same problem with other causes. */
    public Problem withCauses(List<String> others) {
        return new Problem(kind, severity, summary, location, others, remedies, retry);
    }

    /** The same problem with other remedies, the best first. */
    public Problem withRemedies(List<String> others) {
        return new Problem(kind, severity, summary, location, causes, others, retry);
    }

    /** The same problem, of which another try is worth more or less. */
    public Problem with(Retry other) {
        return new Problem(kind, severity, summary, location, causes, remedies, other);
    }

    /** Whether this problem stops the job. */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /** This problem as an exception. */
    public FineTuneException asException() {
        return new FineTuneException(List.of(this), null);
    }

    /** This problem as an exception that keeps {@code cause} for debugging. */
    public FineTuneException asException(Throwable cause) {
        return new FineTuneException(List.of(this), cause);
    }

    /** Collects the parts of a problem; made by {@link ProblemKind#error}, {@code warning} and {@code note}. */
    public static final class Builder {
        private final ProblemKind kind;
        private final Severity severity;
        private final String summary;
        private final List<String> causes = new ArrayList<>();
        private final List<String> remedies = new ArrayList<>();
        private @Nullable Location location;
        private Retry retry = Retry.NEVER;

        Builder(ProblemKind kind, Severity severity, String summary) {
            this.kind = kind;
            this.severity = severity;
            this.summary = summary;
        }

        /** Where it is. */
        public Builder at(Location place) {
            this.location = place;
            return this;
        }

        /** Why it is so, number against number; may be called again for a further line. */
        public Builder because(String cause) {
            causes.add(cause);
            return this;
        }

        /** What to do; the first call gives the best remedy, further calls give others. */
        public Builder remedy(String remedy) {
            remedies.add(remedy);
            return this;
        }

        /** Whether the same call may succeed later; {@link Retry#NEVER} unless said. */
        public Builder retry(Retry sensible) {
            this.retry = sensible;
            return this;
        }

        /** The finished problem. */
        public Problem build() {
            return new Problem(kind, severity, summary, location, causes, remedies, retry);
        }

        /** The finished problem, as an exception to throw. */
        public FineTuneException asException() {
            return build().asException();
        }

        /** The finished problem, as an exception to throw that keeps {@code cause}. */
        public FineTuneException asException(Throwable cause) {
            return build().asException(cause);
        }
    }
}
