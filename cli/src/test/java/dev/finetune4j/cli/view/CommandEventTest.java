package dev.finetune4j.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.value.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What programs read line by line is named where they look for it. */
class CommandEventTest {
    @Test
    void eachKindOfLineStandsInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));

        for (Class<?> events : List.of(CommandEvent.class, RunEvent.class)) {
            for (Class<?> event : events.getPermittedSubclasses()) {
                Kind kind = Objects.requireNonNull(event.getAnnotation(Kind.class), event.getName());
                assertThat(readme).contains("`" + kind.value() + "`");
            }
        }
    }
}
