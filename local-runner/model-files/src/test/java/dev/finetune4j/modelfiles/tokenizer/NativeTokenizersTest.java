package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NativeTokenizersTest {
    private static final Path TOKENIZER =
            Path.of("src/test/resources/dev/finetune4j/modelfiles/codec/model/tokenizer.json");

    @Test
    void saysWhatToDoWhereTheLibraryCannotBeLoaded() {
        assertThatThrownBy(() -> NativeTokenizers.library(() -> {
                    throw new UnsatisfiedLinkError("no build for this machine");
                }))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0433")
                .satisfies(thrown -> assertThat(
                                ((FineTuneException) thrown).problems().get(0).causes())
                        .contains("no build for this machine"));
    }

    @Test
    void opensNoSocket() throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process probe = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OfflineProbe.class.getName(),
                        TOKENIZER.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        assertThat(probe.waitFor()).isZero();
    }
}
