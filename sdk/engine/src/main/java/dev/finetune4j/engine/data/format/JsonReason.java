package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.Locale;

/** Why text is not JSON, in words that quote nothing of the text: rows may hold personal data. */
final class JsonReason {
    private JsonReason() {}

    static String of(JsonProcessingException failure) {
        String message = failure.getOriginalMessage();
        // After a comma the end is a failure of another kind.
        if (failure instanceof JsonEOFException || message.startsWith("Unexpected end-of-input")) {
            return "it ends before the JSON does";
        }
        if (failure instanceof StreamConstraintsException) {
            return tooMuch(message);
        }
        if (failure.getCause() instanceof NumberFormatException) {
            return "a number has an exponent that is too large";
        }
        if (message.startsWith("Duplicate field")) {
            return "a key stands twice in the same object";
        }
        if (message.startsWith("Trailing token")) {
            return "something follows the end of the object";
        }
        if (message.startsWith("Unexpected character")) {
            return "unexpected character "
                    + message.substring("Unexpected character".length() + 1)
                            .replaceFirst(
                                    "(\\(code \\d+(?: / 0x[0-9a-f]+)?\\)\\)|\\(CTRL-CHAR, code \\d+\\)\\)).*", "$1");
        }
        if (message.startsWith("Illegal unquoted character")) {
            return "a control character in a text must be written as an escape such as \\n or \\t";
        }
        return "it does not follow the rules of JSON";
    }

    private static String tooMuch(String message) {
        if (message.startsWith("Document nesting depth")) {
            return "it nests more than " + RowJson.MAX_DEPTH + " deep";
        }
        if (message.startsWith("Number value length")) {
            return counted("a number has more than %,d digits", StreamReadConstraints.DEFAULT_MAX_NUM_LEN);
        }
        if (message.startsWith("Name length")) {
            return counted("a key has more than %,d characters", StreamReadConstraints.DEFAULT_MAX_NAME_LEN);
        }
        return counted("a text has more than %,d characters", LineReader.MAX_LINE_BYTES);
    }

    private static String counted(String words, int most) {
        return String.format(Locale.ROOT, words, most);
    }
}
