package dev.finetune4j.aws.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.aws.internal.jobs.SageMakerErrors;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** Once a create got no answer, what was asked for may be there: no refusal of a later call says that it is not. */
class CreateOnceTest {
    @Test
    void believesARefusalWhereEveryCallWasAnswered() {
        FineTuneException failure = failureOf(new Shelf(denied()));

        assertThat(failure.problems().get(0).retry()).isEqualTo(Retry.NEVER);
        assertThat(failureOf(new Shelf().hiddenAfter(0)).problems().get(0).retry())
                .isEqualTo(Retry.NEVER);
    }

    @Test
    void findsWhatAnUnansweredCallMade() {
        assertThat(new Shelf(unanswered()).make()).isEqualTo("thing");
    }

    @Test
    void believesNoRefusalToLookAfterACallThatGotNoAnswer() {
        FineTuneException failure = failureOf(new Shelf(unanswered()).hiddenAfter(1));

        assertThat(failure.problems().get(0).retry()).isInstanceOf(Retry.After.class);
        assertThat(failure.problems().get(0).causes()).contains("the connection was closed");
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    private static FineTuneException failureOf(Shelf shelf) {
        FineTuneException failure = catchThrowableOfType(FineTuneException.class, shelf::make);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static SdkException unanswered() {
        return SdkClientException.create("the connection was closed");
    }

    private static SdkException denied() {
        return AwsServiceException.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode("AccessDeniedException")
                        .errorMessage("not authorized")
                        .build())
                .statusCode(400)
                .build();
    }

    /** A service with one name; each create goes as was told, and one without an answer has its effect. */
    private static final class Shelf extends CreateOnce<String> {
        private final Queue<SdkException> answers;
        private @Nullable String thing;
        private int looksAllowed = Integer.MAX_VALUE;

        Shelf(SdkException... answers) {
            this.answers = new ArrayDeque<>(List.of(answers));
        }

        /** After so many looks it lets nobody look. */
        Shelf hiddenAfter(int looks) {
            looksAllowed = looks;
            return this;
        }

        @Override
        protected Optional<String> find() {
            if (looksAllowed-- == 0) {
                throw told(denied());
            }
            return Optional.ofNullable(thing);
        }

        @Override
        protected void create() {
            SdkException answer = answers.poll();
            if (!(answer instanceof AwsServiceException)) {
                thing = "thing";
            }
            if (answer != null) {
                throw answer;
            }
        }

        @Override
        protected boolean isTaken(SdkException failure) {
            return false;
        }

        @Override
        protected FineTuneException told(SdkException failure) {
            return SageMakerErrors.told(failure, "thing", "eu-central-1");
        }

        @Override
        protected FineTuneException hidden() {
            return SageMakerErrors.hidden("thing");
        }

        @Override
        protected String own(String found) {
            return found;
        }
    }
}
