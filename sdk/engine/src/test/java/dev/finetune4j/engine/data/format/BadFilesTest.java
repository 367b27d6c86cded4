package dev.finetune4j.engine.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadFilesTest {
    private static final String GOOD = "{\"prompt\":\"a\",\"completion\":\"b\"}\n";

    @TempDir
    Path folder;

    @Test
    void saysThatAFileIsMissing() {
        assertThat(Problems.text(only(folder.resolve("rows.jsonl"))))
                .contains("FT0230", "rows.jsonl", "there is no such file", "ls -l " + folder.resolve("rows.jsonl"));
    }

    @Test
    void saysThatAFileIsEmptyOrBlank() throws IOException {
        assertThat(only(file("rows.jsonl", "")).code()).isEqualTo("FT0224");
        assertThat(only(file("rows.jsonl", "\n \r\n")).code()).isEqualTo("FT0224");
        assertThat(only(file("rows.json", "[]")).code()).isEqualTo("FT0224");
        assertThat(only(file("rows.csv", "")).code()).isEqualTo("FT0224");
        assertThat(only(file("rows.csv", "prompt,completion\n")).code()).isEqualTo("FT0224");
        assertThat(only(file("rows.txt", "")).code()).isEqualTo("FT0224");
    }

    @Test
    void namesTheByteThatIsNotUtf8() throws IOException {
        byte[] latin1 = (GOOD + "{\"prompt\":\"a\",\"completion\":\"\u00fc\"}\n").getBytes(StandardCharsets.ISO_8859_1);
        int at = GOOD.length() + "{\"prompt\":\"a\",\"completion\":\"".length();

        Problem problem = only(Files.write(folder.resolve("rows.jsonl"), latin1));

        assertThat(Problems.text(problem))
                .contains("FT0223", "rows.jsonl:2", "byte 0xFC at byte " + at + " of the file");
    }

    @Test
    void keepsAReplacementCharacterThatTheFileReallyHas() throws IOException {
        RowProblems problems = read(file("rows.jsonl", GOOD.replace("a", "\uFFFD")));

        assertThat(problems.brokenRows()).isZero();
    }

    @Test
    void saysWhatAFileIsThatIsNoText() throws IOException {
        Path packed = folder.resolve("rows.jsonl");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }

        assertThat(Problems.text(Problems.only(() -> read(packed))))
                .contains("FT0223", "packed with gzip", "gunzip -c " + packed + " > ");
    }

    @Test
    void refusesHalfACharacterAndKeepsWholeOnes() throws IOException {
        String face = "\\ud83d\\ude00";
        RowProblems problems = read(file(
                "rows.jsonl", GOOD.replace("a", face) + GOOD.replace("a", "\\ud83d") + GOOD.replace("a", "\\ude00 x")));

        assertThat(problems.brokenRows()).isEqualTo(2);
        assertThat(problems.asErrors()).extracting(Problem::code).containsOnly("FT0223");
        assertThat(problems.asErrors().get(0).summary()).contains("row 2 has half a character");
    }

    @Test
    void recognisesUtf16() throws IOException {
        Path file = Files.write(folder.resolve("rows.jsonl"), GOOD.getBytes(StandardCharsets.UTF_16));

        assertThat(Problems.text(only(file))).contains("FT0223", "UTF-16", "iconv -f UTF-16");
    }

    @Test
    void recognisesUtf32WhoseMarkBeginsAsThatOfUtf16() throws IOException {
        for (String charset : List.of("UTF-32LE", "UTF-32BE")) {
            Path file = Files.write(folder.resolve("rows.jsonl"), ("\uFEFF" + GOOD).getBytes(Charset.forName(charset)));

            assertThat(Problems.text(only(file))).contains("FT0223", "is UTF-32, not UTF-8", "iconv -f UTF-32 -t");
        }
    }

    @Test
    void leavesBrokenBytesOutOfAFileWhoseOtherCharactersAreUtf8() throws IOException {
        byte[] latin = GOOD.replace("a", "\u00e9").getBytes(StandardCharsets.ISO_8859_1);
        byte[] halfPair = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', '\n'};
        byte[] nulOfJava = {'"', (byte) 0xc0, (byte) 0x80, '"', '\n'};

        assertThat(remedies("rows.jsonl", latin)).contains("iconv -f WINDOWS-1252 -t UTF-8");
        for (byte[] rows : List.of(
                joined(GOOD.replace("a", "\u00e9").getBytes(StandardCharsets.UTF_8), latin),
                joined("\u00e9".repeat(100).getBytes(StandardCharsets.UTF_8), latin),
                halfPair,
                nulOfJava)) {
            assertThat(remedies("rows.jsonl", rows))
                    .contains("iconv -c -f UTF-8 -t UTF-8 " + folder.resolve("rows.jsonl") + " > utf8-rows.jsonl    # ")
                    .doesNotContain("WINDOWS-1252");
        }
    }

    /** The first two bytes of this name, as of some pairs in any text of that code, are a character of UTF-8 too. */
    @Test
    void takesNoOtherCodeForUtf8ForAPairOfItsBytes() throws IOException {
        byte[] cyrillic = "{\"prompt\": \"\u041f\u0451\u0442\u0440\"}".getBytes(Charset.forName("windows-1251"));

        assertThat(remedies("rows.jsonl", cyrillic)).doesNotContain("iconv -c");
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void tellsTheByteOrderOfUtf16WithoutAMark() throws IOException {
        String latin = GOOD.repeat(3);
        String chinese = "{\"prompt\":\"" + "\u4e00\u4e0a\u6d77\u4eba\u7684".repeat(60) + "\",\"completion\":\"b\"}\n";
        for (String rows : List.of(latin, GOOD.strip(), chinese.repeat(2), GOOD.replace("a", "\u0416".repeat(90)))) {
            assertThat(remedies("rows.jsonl", rows.getBytes(StandardCharsets.UTF_16LE)))
                    .contains("iconv -f UTF-16LE -t UTF-8 " + folder.resolve("rows.jsonl") + " > clean-rows.jsonl")
                    .doesNotContain("tr -d");
            assertThat(remedies("rows.jsonl", rows.getBytes(StandardCharsets.UTF_16BE)))
                    .contains("iconv -f UTF-16BE -t UTF-8 " + folder.resolve("rows.jsonl") + " > clean-rows.jsonl")
                    .doesNotContain("tr -d");
        }
        byte[] text = "\u4e0a\u6d77\u7684\u4eba\n\u4e2d\u6587\n".getBytes(StandardCharsets.UTF_16LE);
        assertThat(remedies("rows.jsonl", text)).contains("iconv -f UTF-16LE").doesNotContain("WINDOWS-1252");
    }

    @Test
    void takesStrayNulBytesForNoUtf16() throws IOException {
        String chinese = GOOD.replace("a", "\u4e2d\u6587");
        for (String rows : List.of(GOOD + "\0" + GOOD, GOOD + "\0".repeat(4096), chinese + "\0" + chinese)) {
            assertThat(remedies("rows.jsonl", rows.getBytes(StandardCharsets.UTF_8)))
                    .contains("tr -d '\\000' < " + folder.resolve("rows.jsonl") + " > clean-rows.jsonl")
                    .doesNotContain("iconv");
        }
        assertThat(remedies("rows.jsonl", GOOD.getBytes(Charset.forName("UTF-32LE"))))
                .doesNotContain("iconv");
    }

    @Test
    void namesTheNulByte() throws IOException {
        Problem problem = only(file("rows.jsonl", GOOD + "{\"prompt\":\"a\0\"}\n"));

        assertThat(Problems.text(problem)).contains("FT0222", "rows.jsonl:2", "at byte " + (GOOD.length() + 12));
        assertThat(only(file("rows.csv", "prompt,completion\na\0,b\n")).code()).isEqualTo("FT0222");
    }

    @Test
    void passesOverALineOf200MegabytesInBoundedMemory() throws IOException {
        Path file = folder.resolve("rows.jsonl");
        byte[] megabyte = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(GOOD.getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 200; i++) {
                out.write(megabyte);
            }
            out.write(('\n' + GOOD).getBytes(StandardCharsets.UTF_8));
        }

        RowProblems problems = read(file);

        assertThat(problems.brokenRows()).isEqualTo(1);
        assertThat(Problems.text(problems.asErrors().get(0)))
                .contains("FT0221", "rows.jsonl:2", "209,715,200 bytes; at most 16,777,216 are read");
    }

    @Test
    void readsALineThatFillsTheLimit() throws IOException {
        String text = "x".repeat(LineReader.MAX_LINE_BYTES - GOOD.length() + 2);

        RowProblems problems = read(file("rows.jsonl", GOOD.replace("a", text)));

        assertThat(problems.brokenRows()).isZero();
    }

    @Test
    void saysWhatIsWrongWithJsonWithoutQuotingTheRow() throws IOException {
        assertThat(reason("{\"prompt\":\"secret\",\"prompt\":\"b\"}")).contains("a key stands twice");
        assertThat(reason("{\"prompt\":\"secret\"} {}")).contains("something follows");
        assertThat(reason("{\"prompt\":secret}")).contains("does not follow the rules of JSON");
        assertThat(reason("{\"prompt\":1e44444444444444444444}")).contains("an exponent that is too large");
        assertThat(reason("{\"prompt\":\"sec\tret\"}")).contains("must be written as an escape");
        assertThat(reason("{\"prompt\"=\"secret\"}")).contains("unexpected character ('=' (code 61))");
        assertThat(reason("{\u201cprompt\u201d: 1}"))
                .contains("[unexpected character ('\u201c' (code 8220 / 0x201c))]");
        assertThat(reason("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}")).contains("it nests more than 100 deep");
        assertThat(reason("{\"a\":" + "9".repeat(1001) + "}")).contains("a number has more than 1,000 digits");
        assertThat(reason("{\"" + "k".repeat(50_001) + "\":1}")).contains("a key has more than 50,000 characters");
        assertThat(reason("{\"prompt\":\"secret\"")).contains("ends before the JSON does");
        assertThat(reason("{\"prompt\":\"secret\",")).contains("ends before the JSON does");
    }

    @Test
    void proposesLineEndsWhereThereAreCarriageReturnsAlone() throws IOException {
        assertThat(remedies("rows.jsonl", GOOD.repeat(3).replace('\n', '\r').getBytes(StandardCharsets.UTF_8)))
                .contains("tr '\\r' '\\n' < " + folder.resolve("rows.jsonl") + " > lines-rows.jsonl")
                .doesNotContain("sed -n");
    }

    @Test
    void saysThatTheLinesOfATableEndInCarriageReturnsAlone() throws IOException {
        String command = "tr '\\r' '\\n' < " + folder.resolve("rows.csv") + " > lines-rows.csv";

        assertThat(Problems.text(only(file("rows.csv", "prompt,completion\ra,b\rc,d\r"))))
                .contains("FT0231", "rows.csv:1", "its lines end in a carriage return alone", command)
                .doesNotContain("head -n 1");
        assertThat(Problems.text(only(
                        file("rows.csv", "prompt,completion\r" + "a,b\r".repeat(LineReader.MAX_LINE_BYTES / 4)))))
                .contains("FT0221", "its lines end in a carriage return alone", command)
                .doesNotContain("jq");
        assertThat(read(file("rows.csv", "prompt,completion\r\n\"a\rb\",c\r\n")).brokenRows())
                .as("within a field")
                .isZero();
    }

    @Test
    void refusesAJsonFileThatIsNotAnArrayOfObjects() throws IOException {
        assertThat(Problems.text(only(file("rows.json", GOOD + GOOD))))
                .contains("FT0220", "not a JSON array", "mv " + folder.resolve("rows.json") + " rows.jsonl");
        assertThat(Problems.text(only(file("rows.json", "[{\"prompt\":\"a\",}]"))))
                .contains("FT0220", "rows.json:1:");
        assertThat(Problems.text(only(file("rows.json", "[7]")))).contains("FT0220", "row 1", "it is a number");
        Path latin1 = Files.write(
                folder.resolve("rows.json"), "[{\"prompt\":\"\u00fc\"}]".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(only(latin1).code()).isEqualTo("FT0223");
    }

    @Test
    void tellsTheCodeOfAnArrayAsOfLines() throws IOException {
        String rows = "[" + GOOD.strip() + "]";
        Path file = folder.resolve("rows.json");
        String latin = rows.replace("a", "\u00e9");
        byte[] broken = joined(latin.getBytes(StandardCharsets.UTF_8), latin.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(remedies("rows.json", rows.getBytes(StandardCharsets.UTF_16)))
                .contains("iconv -f UTF-16 -t");
        assertThat(remedies("rows.json", ("\uFEFF" + rows).getBytes(Charset.forName("UTF-32LE"))))
                .contains("iconv -f UTF-32 -t");
        assertThat(remedies("rows.json", rows.getBytes(StandardCharsets.UTF_16LE)))
                .isEqualTo("iconv -f UTF-16LE -t UTF-8 " + file + " > clean-rows.json");
        assertThat(remedies("rows.json", rows.getBytes(StandardCharsets.UTF_16BE)))
                .contains("iconv -f UTF-16BE -t");
        assertThat(remedies("rows.json", latin.getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo("iconv -f WINDOWS-1252 -t UTF-8 " + file + " > utf8-rows.json");
        assertThat(remedies("rows.json", broken)).contains("iconv -c -f UTF-8 -t UTF-8 " + file + " > utf8-rows.json");
        assertThat(read(Files.write(file, ("\uFEFF" + rows).getBytes(StandardCharsets.UTF_8)))
                        .brokenRows())
                .as("with the byte order mark of UTF-8")
                .isZero();
    }

    /** However far behind the beginning of the file it stands, and whatever character a piece of it cuts. */
    @Test
    void namesTheByteOfAnArrayThatIsNotUtf8() throws IOException {
        byte[] more = ("[" + (GOOD.strip().replace("a", "\u00e9\u4e0a") + ",\n").repeat(9000) + "\"")
                .getBytes(StandardCharsets.UTF_8);

        Problem problem = only(Files.write(
                folder.resolve("rows.json"),
                joined(more, joined(new byte[] {(byte) 0xe4, (byte) 0xb8, '"'}, new byte[] {(byte) 0xe4, (byte) 0xb8
                }))));

        assertThat(Problems.text(problem))
                .contains("FT0223", "rows.json:9001", "byte 0xE4 at byte " + more.length + " of the file", "iconv -c");
    }

    @Test
    void saysWhatAFileOfAnArrayIsThatIsNoText() throws IOException {
        Path packed = folder.resolve("rows.json");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("[]".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(Problems.text(only(packed))).contains("FT0223", "packed with gzip", "gunzip -c " + packed + " > ");
    }

    @Test
    void saysWhichRowsOfATableAreBroken() throws IOException {
        RowProblems problems = read(
                file("rows.csv", "prompt,completion\na,b\nc,d,e\n\n\"f\"x,g\nh\n\"a\nb\",\"c \"\"d\"\"\"\n\"open,z\n"));

        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .satisfiesExactly(
                        text -> assertThat(text).contains("FT0231", "rows.csv:3", "it has 3 fields, the header has 2"),
                        text -> assertThat(text).contains("FT0231", "rows.csv:5", "between a closing quote"),
                        text -> assertThat(text).contains("FT0231", "rows.csv:6", "it has 1 field, the header has 2"),
                        text -> assertThat(text).contains("FT0231", "rows.csv:9", "does not close"));
    }

    /** A stray quote took along all that followed, and the job that tolerated one broken row trained on a third of its file. */
    @Test
    void readsOnAfterAQuoteThatDoesNotClose() throws IOException {
        Path toTheEnd = file("rows.csv", "prompt,completion\na,b\n\"c,d\n" + "e \"\",f\ng,h\n".repeat(200));
        Path toAQuotedField = file("quoted.csv", "prompt,completion\n\"a,b\nc,d\n\"e, f\",\"g\nh\"\n");
        Path toADoubledQuote = file("doubled.csv", "prompt,completion\n\"a,b\nc,d\n\"\"\"e\"\" f\",g\n");
        Path amongSeparators = file("among.csv", "prompt,completion\n\"a, b,c\n" + "d,e\n".repeat(200));
        Path further = file("further.csv", "prompt,completion\n\"a\nb\",\"c\nd,e\n");

        assertThat(rowsAround(toTheEnd, "line 3 of rows.csv does not fit the table", "opens here does not close"))
                .isEqualTo(401);
        assertThat(rowsAround(toAQuotedField, "line 2 of quoted.csv does not fit", "opens here does not close"))
                .isEqualTo(2);
        assertThat(rowsAround(toADoubledQuote, "line 2 of doubled.csv does not fit", "opens here does not close"))
                .isEqualTo(2);
        assertThat(rowsAround(amongSeparators, "line 2 of among.csv does not fit", "opens here does not close"))
                .isEqualTo(200);
        assertThat(rowsAround(further, "lines 2 to 3 of further.csv do not fit", "opens in line 3 does not close"))
                .isEqualTo(1);
    }

    @Test
    void readsOnAfterAQuoteTooManyWhereTheNextStandsWithinAField() throws IOException {
        String between = "c,d\n".repeat(300);
        Path inch = file("rows.csv", "prompt,completion\na,b\n\"stray,b\n" + between + "my 24\" screen,b\ne,f\n");
        Path second = file("second.csv", "prompt,completion,other\na,\"stray,b\nc,d,e\nf 5\" g,h,i\n");

        assertThat(rowsAround(inch, "line 3 of rows.csv does not fit the table", "opens here does not close"))
                .isEqualTo(303);
        assertThat(rowsAround(second, "line 2 of second.csv does not fit the table", "opens here does not close"))
                .isEqualTo(2);
    }

    /** Its lines were learned from as rows where they have as many fields as the header, and one made a class of a name. */
    @Test
    void readsNoLineOfABrokenFieldOfSeveralLinesAsARow() throws IOException {
        Path mail = file(
                "rows.csv",
                "id,prompt,completion\n1,\"Dear team\nthanks, regards, Bob\n\"urgent\" as ever\",good\n2,c,bad\n");

        Path later = file(
                "later.csv",
                "id,prompt,completion\n1,\"Hello, team\nthanks, regards, Bob\nbye\",\"good\" x\n2,c,bad\n");

        assertThat(rowsAround(mail, "lines 2 to 4 of rows.csv do not fit the table", "between a closing quote"))
                .isEqualTo(1);
        assertThat(rowsAround(later, "lines 2 to 4 of later.csv do not fit the table", "between a closing quote"))
                .isEqualTo(1);
    }

    /** There a quote that is not doubled cannot be told from one too many at the field's beginning, after which rows follow. */
    @Test
    void readsTheLinesOfABrokenFieldInTheLastColumnAsRows() throws IOException {
        Path mail = file(
                "rows.csv",
                "id,prompt,completion\n1,good,\"Dear team\nthanks, regards, Bob\nas \"urgent\", as, ever\"\n2,c,bad\n");

        assertThat(rowsAround(mail, "line 2 of rows.csv does not fit the table", "opens here does not close"))
                .isEqualTo(3);
    }

    @Test
    void takesTheLinesUpToAQuoteBeforeASeparatorForOneRow() throws IOException {
        Path stray = file("rows.csv", "prompt,completion\n\"stray,b\nc,d\ne\",f\ng,h\n");
        Path tooMany = file("many.csv", "prompt,completion\n\"stray,b\nc,d\ne\",f,g\nh,i\n");

        assertThat(read(stray).brokenRows()).isZero();
        assertThat(rowsAround(tooMany, "lines 2 to 4 of many.csv do not fit the table", "it has 3 fields"))
                .isEqualTo(1);
    }

    @Test
    void readsOnAfterAQuoteTooManyUpToALineThatCannotBeRead() throws IOException {
        Path latin1 = Files.write(
                folder.resolve("rows.csv"),
                "prompt,completion\n\"stray,b\nc,d\nf\u00fcr,e\nf\" g,h\n\"i\nj\",k\n"
                        .getBytes(StandardCharsets.ISO_8859_1));

        RowProblems problems = read(latin1);

        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .satisfiesExactly(
                        text -> assertThat(text)
                                .contains("FT0231", "line 2 of", "does not close before line 4, which cannot be read"),
                        text -> assertThat(text)
                                .contains("FT0223", "rows.csv:4", "byte 0xFC")
                                .doesNotContain("within quotes"));
    }

    @Test
    void namesAllLinesOfARowThatDoesNotFit() throws IOException {
        assertThat(rowsAround(
                        file("rows.csv", "prompt,completion\n\"a\nb\nc\"\nd,e\n"),
                        "lines 2 to 4 of rows.csv do not fit the table",
                        "it has 1 field, the header has 2",
                        "sed -n '2,4p'"))
                .isEqualTo(1);
        assertThat(rowsAround(
                        file("rows.csv", "prompt,completion\n\"a\nb \"c\" d\",e\nf,g\n"),
                        "lines 2 to 3 of rows.csv do not fit the table",
                        "between a closing quote"))
                .isEqualTo(1);
    }

    /** Each line ends a quoted field and begins another, so that the whole file is one row by the quotes. */
    @Test
    void doesNotTakeQuotesInTheWrongPlacesForOneRow() throws IOException {
        int lines = 30_000;

        RowProblems problems = read(file("rows.csv", "prompt,completion\na,b\n" + "a\",\"b\n".repeat(lines)));

        assertThat(problems.brokenRows()).isEqualTo(lines / 3);
        assertThat(Problems.text(problems.asErrors().get(0))).contains("more quoted fields go over several lines");
    }

    @Test
    void saysWhatIsWrongWithALineWithinAQuotedField() throws IOException {
        RowProblems problems = read(Files.write(
                folder.resolve("rows.csv"),
                "prompt,completion\na,b\n\"one\nf\u00fcr\",c\n\"two\n\0\",d\n".getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(problems.asErrors())
                .extracting(Problems::text)
                .anySatisfy(text ->
                        assertThat(text).contains("FT0223", "rows.csv:4", "byte 0xFC", "its row begins in line 3"))
                .anySatisfy(text -> assertThat(text).contains("FT0222", "rows.csv:6", "NUL"))
                .noneMatch(text -> text.contains("does not close"));
    }

    @Test
    void refusesATableThatIsBrokenAsAWhole() throws IOException {
        assertThat(Problems.text(only(file("rows.csv", "prompt,prompt\na,b\n"))))
                .contains("FT0231", "doubled names: prompt, prompt");
        assertThat(only(file("rows.csv", "\"prompt,completion\n")).code()).isEqualTo("FT0231");
        assertThat(Problems.text(only(file("rows.parquet", "PAR1 and then nothing"))))
                .contains("FT0231", "rows.parquet", "DuckDB: ");
        assertThat(only(file("rows.parquet", "")).code()).isEqualTo("FT0224");
    }

    private String reason(String line) throws IOException {
        RowProblems problems = read(file("rows.jsonl", GOOD + line + "\n"));
        String text = Problems.text(problems.asErrors().get(0));
        assertThat(text).startsWith("FT0220").doesNotContain("secret");
        return text;
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** How many rows could be read of a file with one broken row, of which {@code words} are told. */
    private long rowsAround(Path file, String... words) {
        RowProblems problems = new RowProblems(List.of());
        long read = 0;
        String name = String.valueOf(file.getFileName());
        try (ExampleReader reader =
                ExampleReader.open(file, name, "auto", TaskSpec.of(TaskKind.CHAT), true, problems)) {
            while (reader.next() != null) {
                read++;
            }
        }
        assertThat(problems.asErrors())
                .singleElement()
                .satisfies(problem -> assertThat(Problems.text(problem)).contains(words));
        return read;
    }

    /** What is proposed to do about a file, a line each. */
    private String remedies(String name, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        return Problems.of(() -> throwAll(file)).stream()
                .flatMap(problem -> problem.remedies().stream())
                .collect(Collectors.joining("\n"));
    }

    private void throwAll(Path file) {
        List<Problem> problems = read(file).asErrors();
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
    }

    private RowProblems read(Path file) {
        RowProblems problems = new RowProblems(List.of());
        String name = String.valueOf(file.getFileName());
        try (ExampleReader reader =
                ExampleReader.open(file, name, "auto", TaskSpec.of(TaskKind.CHAT), true, problems)) {
            ExampleReader.ReadRow row = reader.next();
            while (row != null) {
                row = reader.next();
            }
        }
        return problems;
    }

    /** The one problem, whether it stops the reading or stands at a row. */
    private Problem only(Path file) {
        return Problems.only(() -> throwAll(file));
    }
}
