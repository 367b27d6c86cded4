package dev.finetune4j.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * The promises of {@link dev.finetune4j.spi.Provider}, one nested class a topic. A provider's test extends this, is named {@code
 * ...ProviderContractTest} and says in {@link #newSubject} how to reach the provider and what to submit.
 */
@SuppressWarnings("ClassCanBeStatic") // nested tests must be inner classes
public abstract class ProviderContractTest {
    /** A provider in a place of its own; called before each test. */
    protected abstract ProviderSubject newSubject();

    /** A job is launched at most once under its name. */
    @Nested
    class Submits extends SubmitTopic {
        Submits() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** What a place has against a job before it is launched. */
    @Nested
    class RefusesAhead extends RefusalTopic {
        RefusesAhead() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** What a place says of a job. */
    @Nested
    class Describes extends DescribeTopic {
        Describes() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** Events, in order and again. */
    @Nested
    class Events extends EventTopic {
        Events() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** Stops and limits. */
    @Nested
    class Stops extends StopTopic {
        Stops() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** Going on after a stop. */
    @Nested
    class Resumes extends ResumeTopic {
        Resumes() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** Output and its removal. */
    @Nested
    class Outputs extends OutputTopic {
        Outputs() {
            super(ProviderContractTest.this::newSubject);
        }
    }

    /** Claims, secrets and refusals. */
    @Nested
    class IsHonest extends HonestyTopic {
        IsHonest() {
            super(ProviderContractTest.this::newSubject);
        }
    }
}
