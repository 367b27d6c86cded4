package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The special tokens that a tokenizer puts around a text.
 *
 * @param before such as {@code [CLS]}
 * @param after such as {@code [SEP]}
 */
public record TextFrame(List<String> before, List<String> after) {
    /** Copies the lists. */
    public TextFrame {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** What a post-processor puts around a single text: one with a template, BERT's, RoBERTa's, or a sequence of several. */
    static TextFrame of(JsonNode processor) {
        return switch (processor.path("type").asText()) {
            case "TemplateProcessing" -> ofTemplate(processor.path("single"));
            case "BertProcessing", "RobertaProcessing" ->
                new TextFrame(
                        List.of(processor.path("cls").path(0).asText()),
                        List.of(processor.path("sep").path(0).asText()));
            case "Sequence" -> ofAll(processor.path("processors"));
            default -> new TextFrame(List.of(), List.of());
        };
    }

    private static TextFrame ofTemplate(JsonNode template) {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        List<String> tokens = before;
        for (JsonNode part : template) {
            if (part.has("Sequence")) {
                tokens = after;
            } else {
                tokens.add(part.path("SpecialToken").path("id").asText());
            }
        }
        return new TextFrame(before, after);
    }

    /** Later ones put their tokens around those of earlier ones. */
    private static TextFrame ofAll(JsonNode processors) {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (JsonNode processor : processors) {
            TextFrame frame = of(processor);
            before.addAll(0, frame.before);
            after.addAll(frame.after);
        }
        return new TextFrame(before, after);
    }
}
