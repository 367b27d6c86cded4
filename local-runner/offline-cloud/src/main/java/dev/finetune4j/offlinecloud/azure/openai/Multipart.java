package dev.finetune4j.offlinecloud.azure.openai;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bodies of type {@code multipart/form-data}. */
final class Multipart {
    private static final Pattern BOUNDARY =
            Pattern.compile("multipart/form-data;.*boundary=\"?([^\";]+)\"?.*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = parameter("name");
    private static final Pattern FILENAME = parameter("filename");
    private static final byte[] LINE = {'\r', '\n'};
    private static final byte[] EMPTY_LINE = {'\r', '\n', '\r', '\n'};

    private Multipart() {}

    /**
     * A field or a file.
     *
     * @param filename empty if there is none, as at a field
     * @param contentType empty if there is none
     */
    record Part(String name, String filename, String contentType, Content content) {}

    /**
     * The parts, in order.
     *
     * @param contentType of the request, which tells what is between the parts
     * @throws ServiceError if the body is no such form
     */
    static List<Part> parse(String contentType, byte[] body) throws ServiceError {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.matches()) {
            throw OpenAiErrors.invalid("The request must be of content type multipart/form-data with a boundary, was '"
                    + contentType + "'.");
        }
        byte[] mark = ("--" + boundary.group(1)).getBytes(StandardCharsets.UTF_8);
        List<Part> parts = new ArrayList<>();
        int at = find(body, mark, 0);
        while (at >= 0) {
            int begin = at + mark.length;
            if (startsWith(body, begin, new byte[] {'-', '-'})) {
                return parts;
            }
            int end = find(body, mark, begin);
            if (end >= 0) {
                parts.add(part(body, begin + LINE.length, end - LINE.length));
            }
            at = end;
        }
        throw OpenAiErrors.invalid("The form of several parts has no end.");
    }

    private static Part part(byte[] body, int begin, int end) throws ServiceError {
        int gap = find(body, EMPTY_LINE, begin - LINE.length);
        if (gap < 0 || gap > end) {
            throw OpenAiErrors.invalid("A part of the form has no headers.");
        }
        String head = gap < begin ? "" : new String(body, begin, gap - begin, StandardCharsets.UTF_8);
        String disposition = header(head, "content-disposition");
        return new Part(
                found(NAME, disposition),
                found(FILENAME, disposition),
                header(head, "content-type"),
                new Content(Arrays.copyOfRange(body, gap + EMPTY_LINE.length, Math.max(gap + EMPTY_LINE.length, end))));
    }

    private static String header(String head, String name) {
        for (String line : head.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return "";
    }

    /** Quotes around what has neither spaces nor semicolons may be left out, as .NET's client does. */
    private static Pattern parameter(String name) {
        return Pattern.compile("[; ]" + name + "=(?:\"([^\"]*)\"|([^;\\s\"]+))", Pattern.CASE_INSENSITIVE);
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return "";
        }
        return Objects.requireNonNullElseGet(matcher.group(1), () -> Objects.requireNonNull(matcher.group(2)));
    }

    private static int find(byte[] body, byte[] wanted, int from) {
        for (int i = Math.max(0, from); i <= body.length - wanted.length; i++) {
            if (body[i] == wanted[0] && startsWith(body, i, wanted)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] body, int at, byte[] wanted) {
        return at + wanted.length <= body.length
                && Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length);
    }

    /** The part of a name. */
    static Optional<Part> named(List<Part> parts, String name) {
        return parts.stream().filter(part -> part.name().equals(name)).findFirst();
    }
}
