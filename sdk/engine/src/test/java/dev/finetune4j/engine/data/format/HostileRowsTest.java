package dev.finetune4j.engine.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSON Lines files with one damage each: a sound row, then what is wrong; each gives its own code and no other. */
class HostileRowsTest {
    private static final String GOOD = "{\"prompt\":\"a\",\"completion\":\"b\"}\n";

    private static final List<String> NO_JSON = List.of(
            "{",
            "}",
            "{]",
            "[}",
            "{'prompt",
            "{'prompt'",
            "{'prompt':",
            "{'prompt':}",
            "{'prompt':'a'",
            "{'prompt':'a',}",
            "{'prompt':'a' 'b':1}",
            "{prompt:'a'}",
            "{'prompt':a}",
            "{'prompt':NaN}",
            "{'prompt':Infinity}",
            "{'prompt':-}",
            "{'prompt':01}",
            "{'prompt':+1}",
            "{'prompt':.5}",
            "{'prompt':1.}",
            "{'prompt':1e}",
            "{'prompt':0x1}",
            "{'prompt':True}",
            "{'prompt':None}",
            "{'prompt':nul}",
            "{'prompt':'\\x'}",
            "{'prompt':'\\u12'}",
            "{'prompt':'\\u00zz'}",
            "{'prompt':'a\tb'}",
            "{'prompt':'a\u0001'}",
            "{'prompt':'a'}{}",
            "{'prompt':'a'},",
            "{'prompt':'a'} x",
            "{'prompt':'a'};",
            "// {'prompt':'a'}",
            "{/**/'prompt':'a'}",
            "# prompt",
            "{'prompt':'a','prompt':'b'}",
            "{'prompt':'a','m':{'x':1,'x':2}}",
            "{'prompt':'a','p\\u0072ompt':'b'}");

    private static final List<String> NO_OBJECT = List.of("[]", "[{}]", "7", "-0.5", "'text'", "null", "true", "[[]]");

    private static final List<String> WRONG_SHAPE = List.of(
            "{}",
            "{'prompt':'a'}",
            "{'completion':'b'}",
            "{'prompt':null,'completion':'b'}",
            "{'prompt':['a'],'completion':'b'}",
            "{'prompt':{},'completion':'b'}",
            "{'prompt':'a','completion':null}",
            "{'prompt':'a','completion':[]}",
            "{'Prompt':'a','Completion':'b'}",
            "{'prompt ':'a','completion':'b'}");

    @TempDir
    private Path folder;

    /** A file of rows with one damage. */
    @SuppressWarnings("ArrayRecordComponent") // only read
    record HostileRows(String name, byte[] bytes, String code) {
        @Override
        public String toString() {
            return name.substring(0, Math.min(60, name.length()));
        }
    }

    static Stream<HostileRows> files() {
        List<HostileRows> files = new ArrayList<>();
        NO_JSON.forEach(row -> line(files, "no JSON: " + row, row.replace('\'', '"'), "FT0220"));
        NO_OBJECT.forEach(row -> line(files, "no object: " + row, row.replace('\'', '"'), "FT0220"));
        WRONG_SHAPE.forEach(row -> line(files, "wrong shape: " + row, row.replace('\'', '"'), "FT0226"));
        line(files, "lists 10,000 deep", field("[".repeat(10_000) + "]".repeat(10_000)), "FT0220");
        line(files, "lists 10,000 deep, not closed", field("[".repeat(10_000)), "FT0220");
        line(files, "objects 10,000 deep", field("{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000)), "FT0220");
        line(files, "number of a million digits", field("9".repeat(1_000_000)), "FT0220");
        line(files, "high surrogate alone", field("\"\\ud83d\""), "FT0223");
        line(files, "low surrogate alone", field("\"\\ude00\""), "FT0223");
        line(files, "surrogates the wrong way round", field("\"\\ude00\\ud83d\""), "FT0223");
        line(files, "surrogate in a name", "{\"prompt\":\"a\",\"completion\":\"b\",\"\\ud83d\":1}", "FT0223");
        line(files, "surrogate in a list", "{\"prompt\":\"a\",\"completion\":\"b\",\"m\":[\"\\ud83d\"]}", "FT0223");
        line(files, "line of 17 MB", field("\"" + "x".repeat(17 << 20) + "\""), "FT0221");
        line(files, "NUL", field("\"a\0\""), "FT0222");
        line(files, "nothing but NUL", "\0".repeat(4096), "FT0222");
        raw(
                files,
                "byte order mark on a later line",
                new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '{', '}'},
                "FT0220");
        raw(files, "overlong character", new byte[] {'"', (byte) 0xc1, (byte) 0xa1, '"'}, "FT0223");
        raw(files, "surrogate in UTF-8", new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}, "FT0223");
        raw(files, "character that is cut", new byte[] {'"', (byte) 0xe2, (byte) 0x82}, "FT0223");
        raw(
                files,
                "character over U+10FFFF",
                new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                "FT0223");
        for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            String code = charset.equals("UTF-16") ? "FT0223" : "FT0222";
            files.add(new HostileRows("rows in " + charset, GOOD.repeat(3).getBytes(Charset.forName(charset)), code));
        }
        files.add(new HostileRows("no byte", new byte[0], "FT0224"));
        files.add(new HostileRows("byte order mark alone", "\uFEFF".getBytes(StandardCharsets.UTF_8), "FT0224"));
        files.add(new HostileRows("line breaks alone", "\r\n\n \t\n".getBytes(StandardCharsets.UTF_8), "FT0224"));
        return files.stream();
    }

    private static String field(String value) {
        return "{\"prompt\":" + value + ",\"completion\":\"b\"}";
    }

    private static void line(List<HostileRows> into, String name, String line, String code) {
        raw(into, name, line.getBytes(StandardCharsets.UTF_8), code);
    }

    private static void raw(List<HostileRows> into, String name, byte[] line, String code) {
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[good.length + line.length];
        System.arraycopy(good, 0, bytes, 0, good.length);
        System.arraycopy(line, 0, bytes, good.length, line.length);
        into.add(new HostileRows(name, bytes, code));
    }

    @Test
    void coversEnoughKindsOfDamage() {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @MethodSource("files")
    void tellsDamageByItsCode(HostileRows hostile) throws IOException {
        Path file = Files.write(folder.resolve("rows.jsonl"), hostile.bytes());

        assertThat(problems(file)).extracting(Problem::code).isNotEmpty().containsOnly(hostile.code());
    }

    private static List<Problem> problems(Path file) {
        RowProblems problems = new RowProblems(List.of());
        try (ExampleReader reader =
                ExampleReader.open(file, "rows.jsonl", "auto", TaskSpec.of(TaskKind.CHAT), true, problems)) {
            ExampleReader.ReadRow row = reader.next();
            while (row != null) {
                row = reader.next();
            }
        } catch (FineTuneException e) {
            return e.problems();
        }
        return problems.asErrors();
    }
}
