package dev.finetune4j.engine.data.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;

/** Why text is not JSON, in words that quote nothing of the text: rows may hold personal data. */
final class JsonReason {
    private JsonReason() {}

    static String of(JsonProcessingException failure) {
        String message = failure.getOriginalMessage();
        if (failure instanceof JsonEOFException) {
            return "it ends before the JSON does";
        }
        if (failure instanceof StreamConstraintsException) {
            return "it nests more than " + RowJson.MAX_DEPTH + " deep, or holds a number of over 1,000 digits";
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
                    + message.substring("Unexpected character".length() + 1).replaceFirst("\\).*", ")");
        }
        if (message.startsWith("Illegal unquoted character")) {
            return "a control character in a text must be written as an escape such as \\n or \\t";
        }
        return "it does not follow the rules of JSON";
    }
}
