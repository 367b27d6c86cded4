package dev.finetune4j.junit.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineFileTest {
    private static final String HEAD = "{\"format\":1,\"job\":\"mood\",\"rows\":1,\"metrics\":{}}\n";

    private static final String ROW =
            "{\"id\":\"a\",\"reference\":\"good\",\"answer\":\"bad\",\"negativeLogLikelihood\":1.5,\"referenceTokens\":2}\n";

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

    @Test
    void saysWhatIsWrongAndOnWhichLine() throws IOException {
        assertThat(refusal("")).endsWith("is damaged: it is empty");
        assertThat(refusal(HEAD)).endsWith("is damaged: it has 0 rows, its first line promises 1 row");
        assertThat(refusal(HEAD + ROW + ROW)).endsWith("is damaged: it has 2 rows, its first line promises 1 row");
        assertThat(refusal(HEAD + ROW + "\n")).endsWith("is damaged: line 3 is empty");
        assertThat(refusal(HEAD + "<<<<<<< HEAD\n" + ROW))
                .endsWith("is damaged: line 2 is the mark of a merge conflict");
        assertThat(refusal("\uFEFF" + HEAD + ROW)).endsWith("is damaged: line 1 begins with a byte order mark");
        assertThat(refusal(HEAD + ROW.substring(0, 30))).endsWith("is damaged: line 2 is not a whole recorded answer");
        assertThat(refusal(ROW)).endsWith("is damaged: line 1 is not how a baseline begins");
        assertThat(refusal(HEAD.replace("1", "2") + ROW))
                .endsWith("mood.jsonl is of format 2, which a later version of finetune4j writes;"
                        + " this one reads format 1");
        assertThatThrownBy(() -> new BaselineFile(folder).read())
                .isInstanceOf(AssertionError.class)
                .hasMessageEndingWith("is damaged: it is a folder");
    }

    private String refusal(String text) throws IOException {
        BaselineFile file = new BaselineFile(Files.writeString(folder.resolve("mood.jsonl"), text));
        return String.valueOf(
                catchThrowableOfType(AssertionError.class, file::read).getMessage());
    }
}
