package dev.finetune4j.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.CreateOnce.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Once a create got no answer, what was asked for may be there: no refusal of a later call says that it is not. */
class CreateOnceTest {
    private static final ProblemKind FAILED =
            new ProblemKind("FT0001", "a call failed", ExitCode.INVALID, "For this test.", "ask again");

    @Test
    void makesAThingOnceAndFindsItThen() {
        Shelf shelf = new Shelf();

        assertThat(shelf.make()).isEqualTo("thing");
        assertThat(shelf.make()).isEqualTo("thing");

        assertThat(shelf.creates).isEqualTo(1);
    }

    @Test
    void believesARefusalWhereEveryCallWasAnswered() {
        Shelf refused = new Shelf(answer(Refusal.FINAL));

        assertThat(failureOf(refused).problems().get(0).retry()).isEqualTo(Retry.NEVER);
        assertThat(refused.creates).isEqualTo(1);
        assertThat(failureOf(new Shelf().hiddenAfter(0)).problems().get(0).retry())
                .isEqualTo(Retry.NEVER);
    }

    @Test
    void findsWhatAnUnansweredCallMade() {
        assertThat(new Shelf(answer(Refusal.UNANSWERED).thatMadeIt()).make()).isEqualTo("thing");
    }

    /** A proxy, or a client of the vendor's, tried twice: the first made the thing, and the second was refused for whatever reason. */
    @ParameterizedTest
    @EnumSource
    void findsWhatATryMadeThatNobodySaw(Refusal refusal) {
        Shelf shelf = new Shelf(answer(refusal).thatMadeIt());

        assertThat(shelf.make()).isEqualTo("thing");
        assertThat(shelf.creates).isEqualTo(1);
    }

    /** The service shows it late. */
    @ParameterizedTest
    @EnumSource
    void findsWhatAnUnansweredCallMadeThoughTheNextIsRefused(Refusal refusal) {
        Shelf shelf = new Shelf(answer(Refusal.UNANSWERED).thatMadeIt(), answer(refusal)).showsAfter(2);

        assertThat(shelf.make()).isEqualTo("thing");
        assertThat(shelf.creates).isEqualTo(2);
    }

    @Test
    void believesNoRefusalToLookAfterACallThatGotNoAnswer() {
        FineTuneException failure =
                failureOf(new Shelf(answer(Refusal.UNANSWERED).thatMadeIt()).hiddenAfter(1));

        assertThat(failure.problems().get(0).retry()).isInstanceOf(Retry.After.class);
        assertThat(failure.problems().get(0).causes()).containsExactly("UNANSWERED");
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    @Test
    void asksNoMoreOftenThanItSays() {
        for (Refusal refusal : new Refusal[] {Refusal.BUSY, Refusal.TAKEN, Refusal.UNANSWERED}) {
            Answer[] answers = new Answer[2 * CreateOnce.ROUNDS];
            java.util.Arrays.fill(answers, answer(refusal));
            Shelf shelf = new Shelf(answers);

            assertThat(failureOf(shelf).problems().get(0).causes()).containsExactly(refusal.name());
            assertThat(shelf.creates).isEqualTo(CreateOnce.ROUNDS);
            assertThat(shelf.pauses).hasSize(refusal == Refusal.TAKEN ? 0 : CreateOnce.ROUNDS - 1);
            assertThat(shelf.pauses).allMatch(pause -> pause.toMillis() < 100 << CreateOnce.ROUNDS);
        }
    }

    /** That its name is taken from then on does not mean that somebody else took it. */
    @Test
    void tellsThatTheServiceTookItAndDoesNotShowIt() {
        Shelf shelf = new Shelf().showsAfter(99);

        assertThat(failureOf(shelf).problems().get(0).causes()).containsExactly("hidden");
        assertThat(shelf.creates).isEqualTo(CreateOnce.ROUNDS);
    }

    @Test
    void believesNoRefusalToLookAfterTheServiceTookIt() {
        FineTuneException failure = failureOf(new Shelf().hiddenAfter(1));

        assertThat(failure.problems().get(0).causes()).containsExactly("hidden");
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    /** Its own thing may be what holds the quota that the next create is refused for. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNANSWERED")
    void believesNoRefusalToCreateAfterTheServiceTookIt(Refusal refusal) {
        FineTuneException failure = failureOf(new Shelf().showsAfter(99).refusesAnotherAs(refusal));

        assertThat(failure.problems().get(0).causes()).containsExactly("hidden");
        assertThat(failure.getSuppressed()).isNotEmpty();
    }

    @Test
    void passesOnWhatIsNoneOfTheVendors() {
        Shelf broken = new Shelf() {
            @Override
            protected Optional<String> create() {
                throw new IllegalStateException("a mistake of ours");
            }
        };

        assertThatThrownBy(broken::make).hasMessage("a mistake of ours");
    }

    private static FineTuneException failureOf(Shelf shelf) {
        FineTuneException failure = catchThrowableOfType(FineTuneException.class, shelf::make);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static Answer answer(Refusal refusal) {
        return new Answer(refusal, false);
    }

    /** What the service throws. */
    private static final class Answer extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Refusal refusal;
        private final boolean madeIt;

        Answer(Refusal refusal, boolean madeIt) {
            this.refusal = refusal;
            this.madeIt = madeIt;
        }

        Answer thatMadeIt() {
            return new Answer(refusal, true);
        }
    }

    /** A service with one name; each create goes as was told, then all goes well. */
    private static class Shelf extends CreateOnce<String, Answer> {
        private final Queue<Answer> answers;
        private @Nullable String thing;
        private int looksAllowed = Integer.MAX_VALUE;
        private int looksUntilShown;
        private Refusal refusalOfAnother = Refusal.TAKEN;
        private int creates;
        private final List<Duration> pauses = new ArrayList<>();

        Shelf(Answer... answers) {
            super(Answer.class);
            this.answers = new ArrayDeque<>(List.of(answers));
        }

        /** After so many looks it lets nobody look. */
        Shelf hiddenAfter(int looks) {
            looksAllowed = looks;
            return this;
        }

        /** The first looks see nothing. */
        Shelf showsAfter(int looks) {
            looksUntilShown = looks;
            return this;
        }

        /** What a create meets once the thing is there; without this, that its name is taken. */
        Shelf refusesAnotherAs(Refusal refusal) {
            refusalOfAnother = refusal;
            return this;
        }

        @Override
        protected Optional<String> find() {
            if (looksAllowed-- == 0) {
                throw told(answer(Refusal.FINAL));
            }
            return looksUntilShown-- > 0 ? Optional.empty() : Optional.ofNullable(thing);
        }

        @Override
        protected Optional<String> create() {
            creates++;
            Answer answer = answers.poll();
            if (answer == null && thing != null) {
                answer = answer(refusalOfAnother);
            }
            if (answer == null || answer.madeIt) {
                thing = "thing";
            }
            if (answer != null) {
                throw answer;
            }
            return Optional.empty();
        }

        @Override
        protected void pause(Duration time) {
            pauses.add(time);
        }

        @Override
        protected Refusal refusal(Answer failure) {
            return failure.refusal;
        }

        @Override
        protected FineTuneException told(Answer failure) {
            Retry retry = failure.refusal == Refusal.FINAL ? Retry.NEVER : Retry.after(Duration.ofSeconds(1));
            return FAILED.error("a call failed")
                    .because(failure.refusal.name())
                    .retry(retry)
                    .asException();
        }

        @Override
        protected FineTuneException hidden() {
            return FAILED.error("a call failed")
                    .because("hidden")
                    .retry(Retry.after(Duration.ofSeconds(1)))
                    .asException();
        }

        @Override
        protected String own(String found) {
            return found;
        }
    }
}
