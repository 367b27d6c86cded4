package dev.finetune4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.FineTuneException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtherRowsTest {
    @Test
    void mendsTheRowsAndNotTheTemplatesOfTheRun() {
        assertThat(remedies("{{body}} in place of {{text}}")).containsExactly("add the column text to each row");
        assertThat(remedies("{{body}} in place of {{text}}, {{body}} in place of {{team}}"))
                .containsExactly("add the columns text, team to each row");
        assertThat(remedies("correct the row")).containsExactly("correct the row");
    }

    private static List<String> remedies(String remedy) {
        FineTuneException failure = DataProblems.TEMPLATE
                .error("the rows of rows.jsonl do not fit")
                .remedy(remedy)
                .asException();
        return OtherRows.told(failure).problems().get(0).remedies();
    }
}
