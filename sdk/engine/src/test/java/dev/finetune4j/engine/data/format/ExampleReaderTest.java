package dev.finetune4j.engine.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.engine.data.table.DuckDb;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleReaderTest {
    private static final TaskSpec CHAT = TaskSpec.of(TaskKind.CHAT);

    @TempDir
    Path folder;

    private RowProblems problems = new RowProblems(List.of("good", "bad"));
    private String format = "auto";
    private boolean speaks = true;
    private String detected = "";

    @Test
    void readsOpenAiChat() throws IOException {
        List<Example> rows = read("rows.jsonl", """
                {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},\
                {"role":"assistant","content":"Hello"}]}
                {"messages":[{"role":"user","content":[{"type":"text","text":"A"},{"type":"text","text":"B"}]},\
                {"role":"assistant","content":"C"}]}
                """, CHAT);

        assertThat(detected).isEqualTo("openai-chat");
        assertThat(rows)
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("SYSTEM:Be brief. USER:Hi ASSISTANT:Hello", "USER:AB ASSISTANT:C");
        assertThat(rows.get(1).row()).hasToString("rows.jsonl row 2");
    }

    @Test
    void readsBedrockConverse() throws IOException {
        List<Example> rows = read("rows.jsonl", """
                {"schemaVersion":"bedrock-conversation-2024","system":[{"text":"Be brief."}],"messages":[\
                {"role":"user","content":[{"text":"Hi"}]},{"role":"assistant","content":[{"text":"Hello"}]}]}
                """, CHAT);

        assertThat(detected).isEqualTo("bedrock-converse");
        assertThat(rows)
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("SYSTEM:Be brief. USER:Hi ASSISTANT:Hello");
    }

    @Test
    void readsShareGpt() throws IOException {
        List<Example> rows = read("rows.jsonl", """
                {"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"}]}
                """, CHAT);

        assertThat(detected).isEqualTo("sharegpt");
        assertThat(rows).extracting(ExampleReaderTest::spoken).containsExactly("USER:Hi ASSISTANT:Hello");
    }

    @Test
    void readsBedrockPromptAndCompletion() throws IOException {
        List<Example> rows = read("rows.jsonl", "{\"prompt\":\"Hi\",\"completion\":\"Hello\"}", CHAT);

        assertThat(detected).isEqualTo("bedrock-prompt-completion");
        assertThat(rows).extracting(ExampleReaderTest::spoken).containsExactly("USER:Hi ASSISTANT:Hello");
    }

    @Test
    void readsAlpacaWithAndWithoutInput() throws IOException {
        List<Example> rows = read("rows.json", """
                [{"instruction":"Add","input":"1 2","output":"3"},
                 {"instruction":"Greet","input":"","output":"Hello"},
                 {"instruction":"Part","output":"Bye"}]
                """, CHAT);

        assertThat(detected).isEqualTo("alpaca");
        assertThat(rows)
                .extracting(ExampleReaderTest::spoken)
                .containsExactly(
                        "USER:Add\n\n1 2 ASSISTANT:3", "USER:Greet ASSISTANT:Hello", "USER:Part ASSISTANT:Bye");
    }

    @Test
    void readsJumpStartWithTheTemplateBesideIt() throws IOException {
        String row = "{\"instruction\":\"Add\",\"context\":\"1 2\",\"response\":\"3\"}";

        assertThat(read("rows.jsonl", row, CHAT))
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("USER:Add\n\n1 2 ASSISTANT:3");
        assertThat(detected).isEqualTo("jumpstart");

        Files.writeString(
                folder.resolve("template.json"),
                "{\"prompt\":\"Do: {instruction} with {context}\",\"completion\":\"= {response}\"}");
        assertThat(read("rows.jsonl", row, CHAT))
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("USER:Do: Add with 1 2 ASSISTANT:= 3");
    }

    @Test
    void readsTextWhoseLinesEndInACarriageReturnAlone() throws IOException {
        TaskSpec generation = TaskSpec.of(TaskKind.GENERATION);
        String old = "Shall I\rcompare thee\r\r\rto a day\r";
        String rest = "y".repeat((1 << 16) - 4); // the carriage return behind it ends what is read at once

        assertThat(read("rows.txt", old, generation))
                .extracting(row -> ((Example.Passage) row).text())
                .containsExactly("Shall I\ncompare thee", "to a day");
        assertThat(read("rows.txt", "x\r\r" + rest + "\r\nwith\n\nline feeds\r\n\r\nlater", generation))
                .extracting(row -> ((Example.Passage) row).text())
                .containsExactly("x", rest + "\nwith", "line feeds", "later");
    }

    @Test
    void readsTextAsPassages() throws IOException {
        TaskSpec generation = TaskSpec.of(TaskKind.GENERATION);

        List<Example> fromJson = read("rows.jsonl", "{\"text\":\"Shall I compare thee\"}", generation);
        List<Example> fromText = read("rows.txt", "Shall I\ncompare thee\n\n\nto a day\n", generation);

        assertThat(detected).isEqualTo("text");
        assertThat(fromJson).extracting(row -> ((Example.Passage) row).text()).containsExactly("Shall I compare thee");
        assertThat(fromText)
                .extracting(row -> ((Example.Passage) row).text())
                .containsExactly("Shall I\ncompare thee", "to a day");
        assertThat(fromText.get(1).row().row()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "CLASSIFICATION, text, label, Which label fits this text?",
        "SENTIMENT, text, label, What is the sentiment of this text?",
        "SUMMARIZATION, document, summary, Summarize this text.",
        "TRANSLATION, source, target, Translate this text.",
        "QUESTION_ANSWERING, question, answer, IN",
        "GENERATION, input, output, IN",
    })
    void hasAShortPromptForEachKindOfTask(TaskKind kind, String input, String answer, String start) throws IOException {
        List<Example> rows = read("rows.csv", "id," + input + "," + answer + "\n007,IN,OUT\n", TaskSpec.of(kind));

        assertThat(detected).isEqualTo("columns");
        assertThat(spoken(rows.get(0))).startsWith("USER:" + start).endsWith("IN ASSISTANT:OUT");
    }

    @Test
    void putsTheContextBeforeAQuestionThatHasOne() throws IOException {
        List<Example> rows = read("rows.jsonl", """
                {"context":"Oslo is in Norway.","question":"Where is Oslo?","answer":"Norway"}
                {"context":"","question":"Who?","answer":"Me"}
                """, TaskSpec.of(TaskKind.QUESTION_ANSWERING));

        assertThat(rows)
                .extracting(ExampleReaderTest::spoken)
                .containsExactly(
                        "USER:Oslo is in Norway.\n\nQuestion: Where is Oslo? ASSISTANT:Norway",
                        "USER:Who? ASSISTANT:Me");
    }

    @Test
    void fillsTheTemplatesOfTheTask() throws IOException {
        TaskSpec task = TaskSpec.of(TaskKind.CLASSIFICATION)
                .withSystem("You triage.")
                .withPrompt("Tactic of {{ text }}?\n{{text}} {literal}")
                .withAnswer("{{tactic}}");

        List<Example> rows = read("rows.jsonl", "{\"text\":\"{{tactic}} $1\",\"tactic\":\" impact \"}", task);

        assertThat(spoken(rows.get(0)))
                .isEqualTo(
                        "SYSTEM:You triage. USER:Tactic of {{tactic}} $1?\n{{tactic}} $1 {literal} ASSISTANT:impact");
        assertThat(((Example.Conversation) rows.get(0)).label()).isEqualTo("impact");
    }

    @Test
    void keepsZerosAndEmptyFieldsOfCsv() throws IOException {
        List<Example> rows =
                read("rows.csv", "text,label\n007,x\n\"a \"\"b\"\"\nc\",\n", TaskSpec.of(TaskKind.QUESTION_ANSWERING));

        assertThat(rows)
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("USER:007 ASSISTANT:x", "USER:a \"b\"\nc ASSISTANT:");
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t", "|"})
    void findsTheSeparatorOfCsv(String separator) throws IOException {
        List<Example> rows = read(
                "rows.csv",
                String.join(separator, "text", "id", "label") + "\n" + String.join(separator, "a b", "1", "x"),
                TaskSpec.of(TaskKind.QUESTION_ANSWERING));

        assertThat(rows).extracting(ExampleReaderTest::spoken).containsExactly("USER:a b ASSISTANT:x");
    }

    @Test
    void readsParquet() throws Exception {
        Path file = folder.resolve("rows.parquet");
        try (Connection connection = DuckDb.open(null)) {
            DuckDb.execute(connection, "COPY (SELECT 'IN' AS text, 3 AS label) TO '" + file + "' (FORMAT parquet)");
        }

        List<Example> rows = readFile(file, TaskSpec.of(TaskKind.CLASSIFICATION));

        assertThat(((Example.Conversation) rows.get(0)).label()).isEqualTo("3");
    }

    @Test
    void readsWindowsLineEndsAndByteOrderMark() throws IOException {
        List<Example> rows = read(
                "rows.jsonl",
                "\uFEFF{\"prompt\":\"Ü\",\"completion\":\"ß\"}\r\n\r\n{\"prompt\":\"2\",\"completion\":\"3\"}",
                CHAT);

        assertThat(rows)
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("USER:Ü ASSISTANT:ß", "USER:2 ASSISTANT:3");
        assertThat(rows.get(1).row().row()).isEqualTo(3);
    }

    @Test
    void reportsEveryRowOfTheWrongShape() throws IOException {
        List<Example> rows = read("rows.jsonl", """
                {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}
                {"messages":[{"role":"user","content":"Hi"}]}
                {"messages":[{"role":"tool","content":"Hi"},{"role":"assistant","content":7}]}
                {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0}]}
                {"messages":[{"role":"user","content":"a"},{"role":"system","content":"s"},{"role":"assistant","content":"b"}]}
                {"messages":[{"role":"assistant","content":"b"}]}
                {"messages":"none"}
                {"system":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}
                {"prompt":
                ["list"]
                {"tools":[{"type":"function"}],"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}
                {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[{},{}]}]}
                {"tools":[],"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":null}]}
                """, CHAT);

        assertThat(rows).hasSize(2);
        assertThat(problems.brokenRows()).isEqualTo(11);
        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .satisfiesExactly(
                        text -> assertThat(text).contains("FT0226", "row 2", "last message must be the assistant's"),
                        text -> assertThat(text).contains("FT0226", "messages[0].role", "found a text"),
                        text -> assertThat(text)
                                .contains("FT0226", "messages[1].content must be a text", "found a number"),
                        text -> assertThat(text).contains("FT0226", "messages[1].weight"),
                        text -> assertThat(text).contains("FT0226", "row 5", "only be the first"),
                        text -> assertThat(text).contains("FT0226", "row 6", "must be a user message"),
                        text -> assertThat(text).contains("FT0226", "row 7", "messages must be a list of messages"),
                        text -> assertThat(text).contains("FT0226", "row 8", "system must be"),
                        text -> assertThat(text).contains("FT0220", "rows.jsonl:9:", "ends before"),
                        text -> assertThat(text).contains("FT0220", "rows.jsonl:10", "it is a list"),
                        text -> assertThat(text).contains("FT0226", "row 11", "tools are not supported"),
                        text -> assertThat(text).contains("messages[1].tool_calls are not supported", "there are 2"));
    }

    @Test
    void reportsMissingAndNonTextColumns() throws IOException {
        read("rows.jsonl", """
                {"text":"a","label":"x"}
                {"label":"x"}
                {"text":["a"],"label":null}
                """, TaskSpec.of(TaskKind.CLASSIFICATION));

        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .satisfiesExactly(
                        text -> assertThat(text).contains("row 2 has no field text", "its fields are label"),
                        text -> assertThat(text).contains("row 3 has no text in field text", "found a list"),
                        text -> assertThat(text).contains("row 3 has no text in field label", "found null"));
    }

    @Test
    void reportsAnswersOutsideTheLabels() throws IOException {
        TaskSpec task = TaskSpec.of(TaskKind.SENTIMENT).withLabels(List.of("good", "bad"));

        List<Example> rows = read("rows.csv", "text,label\na,good\nb,Good\nc, bad \n", task);

        assertThat(rows).hasSize(2);
        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .contains(
                                "FT0228",
                                "\"Good\"",
                                "rows.csv row 2",
                                "task.labels: good, bad",
                                "task.labels: [good, bad, Good]"));
    }

    @Test
    void saysByWhichCodePointsAnAnswerIsNotTheLabelThatItPrintsAs() throws IOException {
        TaskSpec task = TaskSpec.of(TaskKind.CLASSIFICATION).withLabels(List.of("Gr\u00F6\u00DFe", "Gewicht", "hi"));

        read("rows.csv", "text,label\na,Gewicht\nb,Gro\u0308\u00DFe\nc,h\u200B\u200Bi\n", task);

        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .anySatisfy(text -> assertThat(text)
                        .contains("did you mean \"Gr\u00F6\u00DFe\", which has U+00F6 for U+006F U+0308?"))
                .anySatisfy(text -> assertThat(text).contains("did you mean \"hi\", which has no U+200B U+200B?"));

        read(
                "rows.csv",
                "text,label\na,good\nb,good\u00A0\n",
                TaskSpec.of(TaskKind.SENTIMENT).withLabels(List.of("good", "bad")));

        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .contains("did you mean \"good\", which has no U+00A0?")
                        .as("a list with both")
                        .doesNotContain("task.labels: ["));
    }

    @Test
    void proposesNoListWithoutTheLabelThatItIsProposedFor() throws IOException {
        TaskSpec task = TaskSpec.of(TaskKind.SENTIMENT).withLabels(List.of("good", "bad"));

        read("rows.csv", "text,label\na,good\nb,go\u200Bod\n", task);

        assertThat(problems.asErrors())
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies()).containsExactly("correct the rows"));

        read("rows.csv", "text,label\na,good\nb,go\u200Bod\nc,superb\n", task);

        assertThat(problems.asErrors())
                .extracting(problem -> String.join("; ", problem.remedies()))
                .containsExactlyInAnyOrder("correct the rows", "task.labels: [good, bad, superb]; correct the rows");
    }

    @Test
    void reportsRowsWithNothingButTheWordsOfTheTemplate() throws IOException {
        TaskSpec task = TaskSpec.of(TaskKind.CLASSIFICATION).withPrompt("Which package?\n{{title}}: {{text}}");

        List<Example> rows = read("rows.jsonl", """
                {"title":"a","text":"b","label":"x"}
                {"title":"","text":" ","label":"x"}
                {"title":"","text":"b","label":"x"}
                """, task);

        assertThat(rows).hasSize(2);
        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .singleElement()
                .satisfies(text ->
                        assertThat(text).contains("FT0303", "rows.jsonl row 2", "nothing stands in title, text"));
    }

    @Test
    void reportsBlankLabelsWithAndWithoutAList() throws IOException {
        TaskSpec open = TaskSpec.of(TaskKind.CLASSIFICATION);
        for (TaskSpec task : List.of(open, open.withLabels(List.of("good", "bad")))) {
            List<Example> rows = read("rows.csv", "text,label\na,good\nb,\nc,\" \"\n", task);

            assertThat(rows).hasSize(1);
            assertThat(problems.brokenRows()).isEqualTo(2);
            assertThat(problems.asErrors())
                    .extracting(Problems::text)
                    .satisfiesExactly(
                            text -> assertThat(text)
                                    .contains("FT0304", "rows.csv row 2", "label")
                                    .doesNotContain("task.labels"),
                            text -> assertThat(text).contains("FT0304", "rows.csv row 3"));
        }
    }

    @Test
    void tellsManyBrokenRowsAsOneProblem() throws IOException {
        read("rows.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n" + "{\"prompt\":1e}\n".repeat(250), CHAT);

        List<Problem> errors = problems.asErrors();
        assertThat(errors).singleElement().satisfies(problem -> {
            assertThat(problem.summary()).isEqualTo("A row is not a JSON object, 250 times");
            assertThat(problem.place()).hasToString("Optional[rows.jsonl:2:12]");
            assertThat(problem.causes()).hasSize(7).contains("and 245 more");
        });
        assertThat(problems.asWarnings()).noneMatch(Problem::isError);
    }

    @Test
    void saysThatTheFormatCannotBeTold() {
        assertThat(Problems.text(failure("rows.csv", "foo,label\na,b\n", TaskSpec.of(TaskKind.CLASSIFICATION))))
                .contains("FT0225", "foo, label", "none of them is an input");
        assertThat(Problems.text(failure("rows.csv", "text,foo\na,b\n", CHAT.withPrompt("{{text}}"))))
                .contains("FT0225", "none of them is an answer");
        format = "alpacca";
        assertThat(Problems.text(failure("rows.csv", "text,foo\na,b\n", CHAT))).contains("FT0225", "alpacca", "alpaca");
        format = "auto";
        assertThat(failure("rows.xyz", "a", CHAT).code()).isEqualTo("FT0225");
    }

    @Test
    void saysThatATableHasNoHeaderLine() {
        TaskSpec task = CHAT.withPrompt("{{text}}").withAnswer("{{label}}");

        Problem bare = failure("rows.csv", "some text 0,L0\nsome text 1,L1\n", task);

        assertThat(bare.code()).isEqualTo("FT0227");
        assertThat(bare.summary()).contains("rows.csv seems to have no header line");
        assertThat(bare.remedies())
                .containsExactly("sed '1i text,label' " + folder.resolve("rows.csv")
                        + " > headed.csv    # in the order of its columns");
        assertThat(failure("rows.csv", "some text 0;L0\nsome text 1;L1\n", task)
                        .remedies()
                        .get(0))
                .as("its own separator")
                .startsWith("sed '1i text;label' ");
        assertThat(failure("rows.csv", "some text 0\tL0\nsome text 1\tL1\n", task)
                        .remedies()
                        .get(0))
                .startsWith("sed '1i text\\tlabel' ");
        assertThat(failure("rows.csv", "7,fine\n8,rainy\n", task).summary()).contains("no header line");
    }

    @Test
    void takesNamesThatBeginWithADigitForAHeaderLine() {
        TaskSpec task = CHAT.withPrompt("{{text}}").withAnswer("{{label}}");

        assertThat(Problems.text(failure("rows.csv", "2023_sales,2024,texts\n1,2,b\n", task)))
                .contains("FT0227", "no column text, label", "{{texts}} in place of {{text}}")
                .doesNotContain("no header line");
    }

    @Test
    void saysThatATemplateDoesNotFitTheRows() {
        TaskSpec task = CHAT.withPrompt("{{txt}}").withAnswer("{{label}}");

        assertThat(Problems.text(failure("rows.csv", "text,label\na,b\n", task)))
                .contains("FT0227", "no column txt", "text, label", "{{text}} in place of {{txt}}");
        assertThat(Problems.text(failure("rows.csv", "text,label\na,b\n", CHAT.withPrompt("{{text"))))
                .contains("FT0227", "not closed");
        assertThat(Problems.text(failure(
                        "rows.jsonl",
                        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}",
                        task)))
                .contains("FT0227", "conversations");
    }

    @Test
    void saysThatTextHasNoAnswer() {
        assertThat(failure("rows.txt", "Shall I", TaskSpec.of(TaskKind.CLASSIFICATION))
                        .code())
                .isEqualTo("FT0232");
    }

    @Test
    void anEncoderReadsTheTextAlone() throws IOException {
        speaks = false;

        assertThat(read("rows.jsonl", "{\"text\":\"fine\",\"label\":\"good\"}", TaskSpec.of(TaskKind.SENTIMENT)))
                .extracting(ExampleReaderTest::spoken)
                .containsExactly("USER:fine ASSISTANT:good");
    }

    private List<Example> read(String name, String content, TaskSpec task) throws IOException {
        return readFile(Files.writeString(folder.resolve(name), content), task);
    }

    private List<Example> readFile(Path file, TaskSpec task) {
        problems = new RowProblems(List.of("good", "bad"));
        List<Example> rows = new ArrayList<>();
        try (ExampleReader reader =
                ExampleReader.open(file, file.getFileName().toString(), format, task, speaks, problems)) {
            detected = reader.format().id();
            for (ExampleReader.ReadRow row = reader.next(); row != null; row = reader.next()) {
                rows.add(row.example());
            }
        }
        return rows;
    }

    private Problem failure(String name, String content, TaskSpec task) {
        return Problems.only(() -> read(name, content, task));
    }

    private static String spoken(Example example) {
        StringBuilder text = new StringBuilder();
        for (Message message : ((Example.Conversation) example).messages()) {
            Role role = message.role();
            text.append(text.isEmpty() ? "" : " ").append(role).append(':').append(message.content());
        }
        return text.toString();
    }
}
