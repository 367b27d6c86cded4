package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.FineTuner;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningTest {
    @TempDir
    Path home;

    @Test
    void givesOneEngineThatKnowsWhatIsSold() throws InterruptedException {
        try (Opening opening = new Opening(this::engine)) {
            assertThat(opening.await().offers()).isNotEmpty();
            assertThat(opening.await()).isSameAs(opening.await());
        }
    }

    @Test
    void tellsWhoeverAwaitsItWhyItDidNotOpen() {
        IllegalStateException why = new IllegalStateException("no home");
        try (Opening opening = new Opening(() -> {
            throw why;
        })) {
            assertThatThrownBy(opening::await).isSameAs(why);
        }
    }

    @Test
    void keepsWhoeverInterruptsItsEndInterrupted() {
        Opening opening = new Opening(this::engine);
        Thread.currentThread().interrupt();

        opening.close();

        assertThat(Thread.interrupted()).isTrue();
    }

    private FineTuner engine() {
        return FineTuner.builder().home(home).environment(Map.of()).build();
    }
}
