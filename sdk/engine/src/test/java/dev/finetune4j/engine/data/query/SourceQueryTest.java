package dev.finetune4j.engine.data.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceQueryTest {
    @TempDir
    Path folder;

    private final Map<String, List<Path>> sources = new LinkedHashMap<>();

    @BeforeEach
    void writeSources() throws IOException {
        source("people", "people.jsonl", "{\"name\":\"Ada\",\"age\":36}\n{\"name\":\"Bob\",\"age\":7}\n");
        source("cities", "cities.csv", "name,city\nAda,London\nBob,Oslo\n");
    }

    @Test
    void seesEachSourceAsATableOfItsName() throws IOException {
        assertThat(rows("SELECT p.name, city, age FROM people p JOIN cities c ON p.name = c.name ORDER BY age"))
                .containsExactly(
                        "{\"name\":\"Bob\",\"city\":\"Oslo\",\"age\":7}",
                        "{\"name\":\"Ada\",\"city\":\"London\",\"age\":36}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
                "SELECT sum(a.i * b.i) AS s FROM range(10000000) a(i), range(10000000) b(i)",
                "SELECT a.i + b.i AS s FROM range(1000000) a(i), range(1000000) b(i)"
            })
    void endsAQueryThatDoesNotComeToAnEnd(String endless) {
        SourceQuery impatient = new SourceQuery(folder, Duration.ofMillis(300));

        Problem problem = Problems.only(
                () -> impatient.run(sources, new SqlText(endless, "query.sql"), folder.resolve("rows.jsonl")));

        assertThat(problem.code()).isEqualTo("FT0213");
        assertThat(problem.place()).hasToString("Optional[query.sql]");
    }

    @Test
    void refusesARowThatIsTooLongForMemory() {
        Problem problem = Problems.only(() -> rows("SELECT repeat('x', 20000000) AS text"));

        assertThat(Problems.text(problem)).contains("FT0221", "row 1 of the query", "at most 16,777,216");
    }

    @Test
    void saysThatAQueryNeedsMoreMemoryThanItHas() {
        Problem problem = failure("SELECT string_agg(repeat('x', 1000000), '') AS text FROM range(2000)");

        assertThat(problem.code()).isEqualTo("FT0210");
        assertThat(problem.summary()).isEqualTo("the query needs more memory than the 1GB that it has");
        assertThat(problem.causes()).singleElement().asString().doesNotContain("memory_limit", "https:");
    }

    @Test
    void sortsByAllColumnsWhereTheQueryDoesNot() throws IOException {
        assertThat(rows("SELECT * FROM (VALUES (2, 'b'), (1, 'z'), (1, 'a')) AS t(n, s)"))
                .containsExactly("{\"n\":1,\"s\":\"a\"}", "{\"n\":1,\"s\":\"z\"}", "{\"n\":2,\"s\":\"b\"}");
    }

    @Test
    void readsAJsonFileThatIsOneObjectOfLists() throws IOException {
        source("catalog", "catalog.json", "{\"meta\": {\"v\": 1}, \"items\": [{\"id\": \"T1\"}, {\"id\": \"T2\"}]}");

        assertThat(rows("SELECT unnest(items, max_depth := 2) FROM catalog"))
                .containsExactly("{\"id\":\"T1\"}", "{\"id\":\"T2\"}");
    }

    @Test
    void readsAJsonObjectWhoseKeysAreValues() throws IOException {
        source("scores", "scores.json", "{\"T1\": {\"n\": 3}, \"T2\": {\"n\": 4}}");

        assertThat(rows("SELECT scores.T1.n + scores.T2.n AS total FROM scores"))
                .containsExactly("{\"total\":7}");
    }

    @Test
    void readsPlainTextAsOneRow() throws IOException {
        source("poem", "poem.txt", "Shall I\n\ncompare thee");

        assertThat(rows("SELECT unnest(string_split(content, chr(10) || chr(10))) AS text FROM poem"))
                .containsExactly("{\"text\":\"Shall I\"}", "{\"text\":\"compare thee\"}");
    }

    @Test
    void joinsTheFilesOfOneSource() throws IOException {
        source("people", "more [1].jsonl", "{\"name\":\"Cyd\",\"age\":9}\n");
        sources.put("people", List.of(folder.resolve("people.jsonl"), folder.resolve("more [1].jsonl")));

        assertThat(rows("SELECT count(*) AS n FROM people")).containsExactly("{\"n\":3}");
    }

    @Test
    void givesTheSameRandomNumbersEachTime() throws IOException {
        String sql = "SELECT name, random() AS r FROM people ORDER BY name";

        assertThat(rows(sql)).isEqualTo(rows(sql));
    }

    @Test
    void namesLineAndColumnOfAnUnknownColumn() {
        Problem problem = failure("SELECT name,\n       agge\nFROM people");

        assertThat(Problems.text(problem))
                .startsWith("FT0210 the query fails at query.sql:2:8")
                .contains("agge")
                .contains("it sees people, cities");
    }

    @Test
    void namesTheColumnInALongLine() {
        String filler = "length(name) + ".repeat(20);

        Problem problem = failure("SELECT " + filler + "agge + " + filler + "1 AS n FROM people");

        assertThat(problem.place()).hasToString("Optional[query.sql:1:" + (filler.length() + 8) + "]");
    }

    @Test
    void namesLineAndColumnOfWhatIsNotSql() {
        Problem problem = failure("SELECT name\nFROMM people x y");

        assertThat(Problems.text(problem)).startsWith("FT0210 the query is not SQL at query.sql:2:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY people TO 'stolen.csv'",
                "ATTACH 'other.db'",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET threads = 8",
                "PRAGMA database_list",
                "CREATE TABLE x AS SELECT 1",
                "DROP TABLE people",
                "SELECT 1; SELECT 2",
                "SELECT 1; COPY people TO 'stolen.csv'",
                ""
            })
    void refusesWhatIsNotOneSelect(String sql) {
        assertThat(failure(sql).code()).isEqualTo("FT0211");
        assertThat(folder.resolve("stolen.csv")).doesNotExist();
        assertThat(Path.of("stolen.csv")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM 'people.jsonl'",
                "SELECT * FROM glob('/*')",
                "SELECT * FROM read_json('https://example.com/a.json')",
                "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
                "SELECT * FROM sniff_csv('/etc/passwd')",
                "SELECT * FROM read_xlsx('a.xlsx')"
            })
    void refusesToReachOutsideItsSources(String sql) {
        Problem problem = failure(sql);

        assertThat(problem.code()).as(Problems.text(problem)).isEqualTo("FT0212");
        assertThat(Problems.text(problem)).contains("it sees people, cities");
    }

    @ParameterizedTest
    @CsvSource({"rows.xml, FT0206", "rows.jsonl.zip, FT0206"})
    void refusesAFileOfUnknownKind(String name, String code) throws IOException {
        source("odd", name, "<a/>");

        assertThat(failure("SELECT 1").code()).isEqualTo(code);
    }

    @Test
    void saysWhichSourceDoesNotLoad() throws IOException {
        source("broken", "broken.jsonl", "{\"a\": 1}\n{\"a\": \n");

        assertThat(Problems.text(failure("SELECT * FROM broken")))
                .startsWith("FT0206 source broken does not load as a table at job  data.sources.broken");
    }

    @Test
    void saysThatNothingWasSelected() {
        assertThat(failure("SELECT * FROM people WHERE age > 100").code()).isEqualTo("FT0224");
    }

    private void source(String name, String file, String content) throws IOException {
        sources.put(name, List.of(Files.writeString(folder.resolve(file), content)));
    }

    private List<String> rows(String sql) throws IOException {
        Path target = folder.resolve("result.jsonl");
        new SourceQuery(folder).run(sources, new SqlText(sql, "query.sql"), target);
        return Files.readAllLines(target);
    }

    private Problem failure(String sql) {
        return Problems.only(() -> rows(sql));
    }
}
