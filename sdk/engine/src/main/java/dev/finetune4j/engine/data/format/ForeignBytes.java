package dev.finetune4j.engine.data.format;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Tells what a file is whose bytes are not UTF-8, and the command that makes UTF-8 of it. */
final class ForeignBytes {
    private final String name;
    /** The file in a command. */
    private final String shown;

    private final byte[] start;
    private final Optional<UnmarkedUtf16> unmarked;
    private long longCharacters;
    private long badBytes;

    /**
     * Looks at how a file begins.
     *
     * @param name what problems call it
     * @param start its first bytes
     */
    ForeignBytes(Path file, String name, byte[] start) {
        this.name = name;
        this.shown = ShellWord.of(file);
        this.start = start;
        this.unmarked = UnmarkedUtf16.of(start, start.length);
    }

    /**
     * Passes a file that may be UTF-8. A file of another kind under the name of a text file is told as what it is, not as a broken line.
     *
     * @return bytes of the byte order mark of UTF-8; 0 without one
     * @throws FineTuneException with FT0223 where the first bytes say that it is something else
     */
    int refuseOther() {
        PackedKind.of(start, start.length).ifPresent(kind -> {
            throw DataProblems.NOT_UTF8
                    .error(name + " is " + kind.words() + ", not text")
                    .at(Location.of(name))
                    .because("its first bytes say so")
                    .remedy(kind.remedy(shown))
                    .asException();
        });
        markedCharset().ifPresent(charset -> {
            throw DataProblems.NOT_UTF8
                    .error(name + " is " + charset + ", not UTF-8")
                    .at(Location.of(name))
                    .because("it starts with the byte order mark of " + charset)
                    .remedy(iconv("-f " + charset, "utf8-"))
                    .asException();
        });
        return startsWith(0xEF, 0xBB, 0xBF) ? 3 : 0;
    }

    /** What the byte order mark at the start says, by the name for iconv; that of UTF-32 with its lowest byte first begins as that of UTF-16. */
    private Optional<String> markedCharset() {
        if (startsWith(0xFF, 0xFE, 0, 0) || startsWith(0, 0, 0xFE, 0xFF)) {
            return Optional.of("UTF-32");
        }
        return startsWith(0xFF, 0xFE) || startsWith(0xFE, 0xFF) ? Optional.of("UTF-16") : Optional.empty();
    }

    private boolean startsWith(int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= start.length || (start[i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** Counts characters beyond ASCII that were read. */
    void countLong(long characters) {
        longCharacters += characters;
    }

    /** Counts what of a text that is not UTF-8 was decoded and what was not. */
    void weigh(CharSequence decoded) {
        for (int i = 0; i < decoded.length(); i++) {
            char c = decoded.charAt(i);
            if (c == '\uFFFD') {
                badBytes++;
            } else if (c > 0x7F) {
                longCharacters++;
            }
        }
    }

    /** Where the first byte is that UTF-8 does not have, in words. */
    static String where(byte bad, long offset) {
        return String.format(Locale.ROOT, "byte 0x%02X at byte %d of the file", bad & 0xFF, offset);
    }

    /** The command that leaves NUL bytes out, or that makes UTF-8 of UTF-16, which is full of them. */
    String withoutNul() {
        return fromUtf16("clean-").orElse("tr -d '\\000' < " + shown + " > " + mended("clean-"));
    }

    /**
     * The command that makes UTF-8 of a file of another code, or, where it is UTF-8 but for some bytes, leaves those out: taken for another
     * code, each of its characters beyond ASCII would become several wrong ones. Some pairs of bytes of other codes are characters of UTF-8
     * by chance, and what would be left out there is text: most of what was read so far decides.
     *
     * @param bad the first byte that UTF-8 does not have, and those behind it
     */
    String toUtf8(byte[] bad) {
        boolean isUtf8 = (longCharacters > 0 && longCharacters >= badBytes) || isOfJava(bad);
        return fromUtf16("utf8-")
                .orElse(
                        isUtf8
                                ? iconv("-c -f UTF-8", "utf8-") + "    # leaves such bytes out"
                                : iconv("-f WINDOWS-1252", "utf8-"));
    }

    /** Whether bytes begin half a pair of UTF-16 or a NUL as Java and some databases write them, which UTF-8 forbids. */
    private static boolean isOfJava(byte[] bytes) {
        int first = bytes[0] & 0xFF;
        int second = bytes.length > 1 ? bytes[1] & 0xFF : 0;
        boolean isHalfPair = first == 0xED && second >= 0xA0 && second <= 0xBF && bytes.length > 2 && bytes[2] < -0x40;
        return isHalfPair || (first == 0xC0 && second == 0x80);
    }

    /** The byte order where the file is UTF-16 without a byte order mark. */
    Optional<UnmarkedUtf16> unmarkedUtf16() {
        return unmarked;
    }

    private Optional<String> fromUtf16(String prefix) {
        return unmarked.map(order -> iconv("-f " + order.charset(), prefix));
    }

    private String iconv(String from, String prefix) {
        return "iconv " + from + " -t UTF-8 " + shown + " > " + mended(prefix);
    }

    /** The file that a command writes, which the job is to name then. */
    String mended(String prefix) {
        Path file = Path.of(name).getFileName();
        return ShellWord.of(prefix + (file == null ? name : file.toString()));
    }
}
