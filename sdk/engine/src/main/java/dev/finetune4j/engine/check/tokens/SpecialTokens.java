package dev.finetune4j.engine.check.tokens;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.spi.TextCodec;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The tokens by which a model's chat template marks turns and ends, as they are spelled in text. */
public final class SpecialTokens {
    private final List<String> spellings;

    private SpecialTokens(List<String> spellings) {
        this.spellings = spellings;
    }

    /**
     * The special tokens that a rendered conversation of the model uses, with its stop tokens: those that {@link TextCodec#decode}
     * leaves out although {@link TextCodec#pieces} shows them.
     */
    public static SpecialTokens of(TextCodec codec) {
        Example sample = new Example.Conversation(
                new RowRef("sample", 1), List.of(new Message(Role.USER, "a"), new Message(Role.ASSISTANT, "b")), null);
        IntStream rendered = IntStream.of(codec.encode(sample, 0).tokenIds());
        IntStream ends = IntStream.concat(
                IntStream.of(codec.endOfTextToken()),
                codec.stopTokens().stream().mapToInt(Integer::intValue));
        TreeSet<String> spellings = new TreeSet<>();
        IntStream.concat(rendered, ends).distinct().forEach(id -> {
            String spelling = codec.pieces(new int[] {id}).get(0);
            if (!spelling.isBlank() && codec.decode(new int[] {id}).isEmpty()) {
                spellings.add(spelling);
            }
        });
        return new SpecialTokens(List.copyOf(spellings));
    }

    /** The spellings, sorted. */
    public List<String> spellings() {
        return spellings;
    }

    /** Where the first special token stands in a text, if one does. */
    public OptionalInt firstIn(String text) {
        return spellings.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min();
    }

    /** The special token that stands at a place of a text. */
    public String at(String text, int place) {
        return spellings.stream()
                .filter(spelling -> text.startsWith(spelling, place))
                .reduce((shorter, longer) -> longer.length() > shorter.length() ? longer : shorter)
                .orElseThrow(() -> new IllegalArgumentException("no special token at " + place));
    }
}
