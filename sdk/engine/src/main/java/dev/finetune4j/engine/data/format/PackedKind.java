package dev.finetune4j.engine.data.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Kinds of file that are no text and often stand under the name of one. */
enum PackedKind {
    GZIP("packed with gzip", "gunzip -c %s > unpacked.jsonl", "\u001f\u008b"),
    ZSTANDARD("packed with zstd", "zstd -dc %s > unpacked.jsonl", "(\u00b5/\u00fd"),
    XZ("packed with xz", "xz -dc %s > unpacked.jsonl", "\u00fd7zXZ\u0000"),
    BZIP2("packed with bzip2", "bunzip2 -c %s > unpacked.jsonl", "BZh"),
    ZIP("a zip archive, as .xlsx files are", "unzip -l %s", "PK\u0003\u0004"),
    PARQUET("a Parquet file", "mv %s rows.parquet", "PAR1"),
    PROGRAM("a program", "file %s", "\u007fELF"),
    PDF("a PDF", "pdftotext %s rows.txt", "%PDF-");

    private static final int LONGEST_START = 8;

    private final String words;
    private final String remedy;
    /** The first bytes, a character each. */
    private final String start;

    PackedKind(String words, String remedy, String start) {
        this.words = words;
        this.remedy = remedy;
        this.start = start;
    }

    /** The kind that a file's first bytes tell, of which {@code count} are there. */
    static Optional<PackedKind> of(byte[] bytes, int count) {
        String first = new String(bytes, 0, Math.min(count, LONGEST_START), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values())
                .filter(kind -> first.startsWith(kind.start))
                .findFirst();
    }

    String words() {
        return words;
    }

    /** A command that takes a step towards a file of rows. */
    String remedy(String name) {
        return remedy.replace("%s", name);
    }
}
