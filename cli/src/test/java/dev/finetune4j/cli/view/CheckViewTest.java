package dev.finetune4j.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.LabelBalance;
import dev.finetune4j.engine.check.TokenFigures;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckViewTest {
    @Test
    void drawsNoBarForALabelWithoutTrainingRowsAndCountsItAmongTheLabels() {
        Map<String, Long> rowsByLabel = new LinkedHashMap<>();
        rowsByLabel.put("often", 300L);
        rowsByLabel.put("once", 1L);
        rowsByLabel.put("never", 0L);

        String shown = shown(rowsByLabel, new LabelBalance(2, "often", 300 / 301.0, "once", 1 / 301.0, 0.03), 0);

        assertThat(shown)
                .contains("labels  3, 2 of them with training rows; always answering often would be right")
                .containsPattern("(?m)^often +300 +#{24} *$")
                .containsPattern("(?m)^once +1 +# *$")
                .containsPattern("(?m)^never +0 *$");
    }

    @Test
    void writesCountsWithSeparatorsAndOneInTheSingular() {
        Map<String, Long> even = Map.of("a", 150L, "b", 150L);
        LabelBalance balance = new LabelBalance(2, "a", 0.5, "b", 0.5, 1);

        assertThat(shown(even, balance, 1))
                .contains("longest 23,471 a row; 22,466 in all")
                .contains("limit   1,024 tokens; 1 row is longer and loses 22,447 tokens, 1 of them")
                .contains("labels  2; always answering a");
        assertThat(shown(even, balance, 2)).contains("2 rows are longer and lose 22,447 tokens");
    }

    private static String shown(Map<String, Long> rowsByLabel, LabelBalance balance, long truncated) {
        DatasetProfile profile = new DatasetProfile(
                Map.of(Part.TRAIN, 301L),
                rowsByLabel,
                new Quantiles(1, 20, 30, 40, 23_471, 25),
                new Quantiles(1, 2, 2, 2, 2, 2),
                22_466,
                1,
                truncated,
                0,
                0,
                0,
                "columns",
                "d1");
        TokenFigures figures = new TokenFigures(1024, 602, 22_447, truncated, 0, 1024, 4096, 0, 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

        new CheckView(new Screen(stream, stream, false, false, false, 120))
                .print(new DatasetCheckReport(List.of(), profile, List.of(), balance, figures, List.of(), List.of()));

        return out.toString(StandardCharsets.UTF_8);
    }
}
