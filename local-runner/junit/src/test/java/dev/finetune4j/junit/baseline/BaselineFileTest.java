package dev.finetune4j.junit.baseline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineFileTest {
    private static final String HEAD = "{\"format\":1,\"job\":\"mood\",\"rows\":1,\"metrics\":{}}\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null\n",
                "{\"format\":1,\"job\":\"mood\",\"rows\":0}\n",
                "{\"format\":1,\"rows\":0,\"metrics\":{}}\n",
                HEAD + "null\n",
                HEAD + "{\"id\":\"a\",\"negativeLogLikelihood\":1.5,\"referenceTokens\":2}\n",
                HEAD + "{\"reference\":\"a\",\"negativeLogLikelihood\":1.5,\"referenceTokens\":2}\n"
            })
    void isDamagedWithoutWhatItMustHave(String text) throws IOException {
        BaselineFile file = new BaselineFile(Files.writeString(folder.resolve("mood.jsonl"), text));

        assertThatThrownBy(file::read)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("mood.jsonl is damaged: ");
    }
}
