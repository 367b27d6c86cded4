package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.MetricName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BleuTokenizerTest {
    private static final String CHINESE = "攻击者使用计划任务在登录时启动加载程序。";

    @Test
    void fitsTheScriptOfMostRightAnswers() {
        assertThat(BleuTokenizer.of(List.of("The actor used 计划任务.", "A scheduled task.")))
                .isEqualTo(BleuTokenizer.WORDS);
        assertThat(BleuTokenizer.of(List.of(CHINESE, "使用 PowerShell 启动程序"))).isEqualTo(BleuTokenizer.CHINESE);
        assertThat(BleuTokenizer.of(List.of("攻撃者はスケジュールされたタスクを使った。"))).isEqualTo(BleuTokenizer.CHARACTERS);
        assertThat(BleuTokenizer.of(List.of("ผู้โจมตีใช้งานที่กำหนดเวลาไว้"))).isEqualTo(BleuTokenizer.CHARACTERS);
        assertThat(BleuTokenizer.of(List.of("공격자는 예약된 작업을 사용했다."))).isEqualTo(BleuTokenizer.WORDS);
        assertThat(BleuTokenizer.of(List.of("", "12:30"))).isEqualTo(BleuTokenizer.WORDS);
    }

    @Test
    void takesEachChineseCharacterAndTheWordsBetween() {
        assertThat(BleuTokenizer.CHINESE.tokens(" 用PowerShell 7.4，启动 a/b "))
                .containsExactly("用", "PowerShell", "7.4", "，", "启", "动", "a", "/", "b");
        assertThat(BleuTokenizer.CHINESE.tokens("コード𠀀𠀁の“引用”…"))
                .as("kana and supplementary ideographs stay together, general punctuation does not, as with sacreBLEU")
                .containsExactly("コード𠀀𠀁の", "“", "引", "用", "”", "…");
    }

    @Test
    void takesEachCharacterWithoutWhiteSpace() {
        assertThat(BleuTokenizer.CHARACTERS.tokens("タスク a\u3000😀\n")).containsExactly("タ", "ス", "ク", "a", "😀");
    }

    @Test
    void bleuOfChineseCountsItsCharacters() {
        List<Prediction> answers =
                List.of(new Prediction(new RowRef("rows", 1), CHINESE, CHINESE.replace("登录", "开机"), Map.of(), 1, 1));

        Statistic bleu =
                Objects.requireNonNull(MeasuredVariant.of(Variant.TUNED, answers, List.of(MetricName.BLEU), List.of())
                        .statistics()
                        .get(MetricName.BLEU));

        assertThat(bleu.over(new int[] {1}))
                .as("13a sees one word, which is wrong")
                .isBetween(50.0, 90.0);
    }
}
