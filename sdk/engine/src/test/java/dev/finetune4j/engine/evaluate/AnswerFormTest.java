package dev.finetune4j.engine.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.RowRef;
import dev.finetune4j.evaluation.Prediction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerFormTest {
    private static final String LIST = "Steps:\n1. Stop it.\n2. Start it.";

    @Test
    void anAnswerEndsByItselfAndIsNotEmpty() {
        assertThat(isKept("Restart it.", "Replace it.", true)).isTrue();
        assertThat(isKept("Restart it.", "Replace it.", null)).as("not known").isTrue();
        assertThat(isKept("Restart it.", "Replace it.", false)).isFalse();
        assertThat(isKept("Restart it.", " \n", true)).isFalse();
    }

    @Test
    void anAnswerIsAboutAsLongAsRightOnes() {
        AnswerForm form = new AnswerForm(List.of("x".repeat(10), "x".repeat(40)));

        assertThat(form.isKept(prediction("x".repeat(10), true), "y".repeat(5))).isTrue();
        assertThat(form.isKept(prediction("x".repeat(40), true), "y".repeat(4))).isFalse();
        assertThat(form.isKept(prediction("x".repeat(10), true), "y".repeat(80)))
                .isTrue();
        assertThat(form.isKept(prediction("x".repeat(10), true), "y".repeat(81)))
                .isFalse();
        assertThat(form.isKept(prediction("x".repeat(10), true), "\uD83D\uDE00".repeat(80)))
                .as("characters, not units of UTF-16")
                .isTrue();
    }

    @Test
    void anAnswerToJsonIsJsonWithTheSameNames() {
        String right = "{\"team\": \"billing\", \"urgent\": true}";

        assertThat(isKept(right, "{\"urgent\": false, \"team\": null}\n")).isTrue();
        assertThat(isKept(right, "{\"team\": \"billing\"}"))
                .as("a name is missing")
                .isFalse();
        assertThat(isKept(right, "{\"team\": \"x\", \"urgent\": true, \"a\": 1}"))
                .as("a name more")
                .isFalse();
        assertThat(isKept(right, "{\"team\": \"billing\", \"urgent\": tr"))
                .as("cut")
                .isFalse();
        assertThat(isKept(right, right + " I hope this helps"))
                .as("text behind it")
                .isFalse();
        assertThat(isKept(right, "Here: " + right)).as("text before it").isFalse();
        assertThat(isKept(right, "[\"team\", \"urgent\", true]")).as("an array").isFalse();
        assertThat(isKept("[1, 2, 3]", "[4, 5]")).isTrue();
        assertThat(isKept("[1, 2, 3]", "{\"a\": 1}")).isFalse();
        assertThat(isKept("{not JSON", "nor this")).as("text in braces").isTrue();
    }

    /** What parses the answer as JSON stumbles over the fence. */
    @Test
    void jsonInACodeBlockIsNoJson() {
        String right = "{\"team\": \"billing\", \"urgent\": true}";
        String fenced = "```json\n" + right + "\n```";

        assertThat(isKept(right, fenced)).isFalse();
        assertThat(isKept("[1, 2, 3]", "```json\n[1, 2]\n```")).isFalse();
        assertThat(isKept(fenced, "```json\n{\"team\": \"support\", \"urgent\": false}\n```"))
                .as("as the right answer")
                .isTrue();
        assertThat(isKept(fenced, right)).as("without the fence that it has").isFalse();
    }

    @Test
    void anAnswerHasTheStructureOfTheRightOne() {
        String code = "Try:\n```sh\n# as root\n- x\n- y\nreboot\n```";
        String table = "| a | b |\n|---|---|\n| 1 | 2 |";

        assertThat(isKept(LIST, "Do this:\n- Stop it.\n- Start it."))
                .as("another list")
                .isTrue();
        assertThat(isKept("\n" + LIST + "\n", LIST)).as("space around it").isTrue();
        assertThat(isKept(LIST, "Stop it, and then start it again.")).isFalse();
        assertThat(isKept(code, "Run:\n```\nreboot it now please\n```\nthat's all"))
                .isTrue();
        assertThat(isKept(code, "Run:\n```\nreboot it now please\nthat's all"))
                .as("left open")
                .isFalse();
        assertThat(isKept(code, "Run:\n```reboot it now please```\nthat's all"))
                .as("on one line")
                .isTrue();
        assertThat(isKept(code, "```\n" + LIST + "\n```")).isTrue();
        assertThat(isKept(code, "```\nreboot it\n```\n" + LIST))
                .as("what stands in the code of the right answer is no list")
                .isFalse();
        assertThat(isKept(table, "| c | d |\n| 3 | 4 |")).isTrue();
        assertThat(isKept(table, "c is 3 and d is 4")).isFalse();
        assertThat(isKept("# Steps\nStop it.", "## What to do\nStart it.")).isTrue();
        assertThat(isKept("# Steps\nStop it.", "What to do: start it.")).isFalse();
    }

    @Test
    void anAnswerHasNoStructureThatNoRightOneHas() {
        AnswerForm plain = new AnswerForm(List.of("Stop it, and then start it again."));
        AnswerForm mixed = new AnswerForm(List.of("Stop it, and then start it again.", LIST));
        Prediction row = prediction("Stop it, and then start it again.", true);

        assertThat(plain.isKept(row, LIST)).isFalse();
        assertThat(mixed.isKept(row, LIST)).isTrue();
        assertThat(plain.isKept(row, "- a single dash before it")).isTrue();
    }

    @Test
    void anAnswerHasNoMarksOfATemplate() {
        String right = "Restart it, then wait.";

        assertThat(isKept(right, "Restart it.")).isTrue();
        for (String wrong : List.of(
                "Restart it.<|im_end|>",
                "Restart it.<|eot_id|>",
                "Restart it.<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
                "Restart it.</s>",
                "[INST] Restart it.",
                "<<SYS>> Restart it.",
                "Restart it.<end_of_turn>",
                "Restart it.\nuser\nAnd then?",
                "Restart it.\nHuman: And then?",
                "Assistant: Restart it.",
                "### Response\nRestart it.")) {
            AnswerForm form = new AnswerForm(List.of(right, "# A heading, so that hashes are known here"));
            assertThat(form.isKept(prediction(right, true), wrong)).as(wrong).isFalse();
        }
        assertThat(isKept("User: restart it", "user : replace it"))
                .as("as in the right answer")
                .isTrue();
        assertThat(isKept("Ask a user of it.", "The user: a human."))
                .as("within a line")
                .isTrue();
    }

    private static boolean isKept(String right, String answer) {
        return isKept(right, answer, true);
    }

    private static boolean isKept(String right, String answer, @Nullable Boolean complete) {
        return new AnswerForm(List.of(right)).isKept(prediction(right, complete), answer);
    }

    private static Prediction prediction(String right, @Nullable Boolean complete) {
        return new Prediction(new RowRef("rows", 1), right, "", Map.of(), 1, 1, complete);
    }
}
