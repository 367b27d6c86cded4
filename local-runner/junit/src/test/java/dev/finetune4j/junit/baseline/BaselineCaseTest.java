package dev.finetune4j.junit.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BaselineCaseTest {
    @Test
    void knowsWhetherAnAnswerWasCutOff() {
        RowRef row = new RowRef("rows.jsonl", 7);
        Prediction cut = new Prediction(row, "right", "cut o", Map.of(), 1.5, 2, false);

        assertThat(BaselineCase.of("id", cut).at(row)).isEqualTo(cut);
    }

    @Test
    void readsWhatAnOlderVersionRecorded() {
        String line = "{\"id\":\"a\",\"reference\":\"r\",\"answer\":\"b\",\"negativeLogLikelihood\":1.5,"
                + "\"referenceTokens\":2}";

        assertThat(Json.read(line, BaselineCase.class)).isEqualTo(new BaselineCase("a", "r", "b", 1.5, 2));
        assertThat(Json.line(new BaselineCase("a", "r", "b", 1.5, 2))).isEqualTo(line);
    }
}
