package dev.finetune4j.engine.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCommandsTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path folder;

    @Test
    void keepsTheLastLinesWithoutCredentials() throws IOException {
        CommandRunner.Ended ended = new SystemCommands()
                .run(List.of(JAVA, "-cp", "https://user:planted@mirror/simple", "no.such.Main"), folder, () -> {});

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(String.join("\n", ended.lastLines()))
                .contains("no.such.Main")
                .doesNotContain("planted");
    }

    @Test
    void saysThatThereIsNoSuchProgram() {
        assertThatThrownBy(() -> new SystemCommands().run(List.of("no-such-program-4711"), folder, () -> {}))
                .isInstanceOf(IOException.class);
    }
}
