package dev.finetune4j.engine.estimate;

import dev.finetune4j.engine.estimate.Architecture.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a model that has no name of its own, where the notes of a published run tell them: {@code layers=12 hidden=768 ff=3072
 * heads=12 kv_heads=4 vocab=50257 tied}, as keys of common configurations ({@code n_layer}, {@code d_model}, {@code n_embd}, {@code
 * num_hidden_layers}) or as words ({@code 12 layers}).
 */
final class RunShape {
    private static final String IS = "[\"']?\\s*[=:]\\s*";
    private static final String LAYERS =
            "\\b(?:num_hidden_layers|num_layers|n_layers?|layers|depth)" + IS + "(\\d{1,4})\\b";
    private static final String LAYERS_IN_WORDS =
            "(?<!\\b(?:last|first|top|bottom|upper|lower|on|to|in|every|each|per|only) )"
                    + "\\b(\\d{1,4})[ -]layers?\\b(?! (?:frozen|unfrozen|trained|adapted|checkpointed|offloaded)\\b)";
    /** Layers, and behind them the width, as names have them: "6L-384d". */
    private static final String LAYERS_OF_A_NAME = "\\b(\\d{1,3})l[-_ ]?\\d{2,5}d(?![a-z])";

    private static final String WIDTH_OF_A_NAME = "\\b\\d{1,3}l[-_ ]?(\\d{2,5})d(?![a-z])";

    private static final String WIDTH_IN_WORDS =
            "\\b(\\d{1,3},\\d{3}|\\d{2,5})[ -](?:wide|hidden(?![ -](?:layer|state)))\\b";

    private static final String WIDTH =
            "\\b(?:hidden_size|hidden|d_model|n_embd|model_dim|embed_dim|embedding_dim|width|(?<!(?:head|lora|rotary|rope|latent|expert)[ -])dim)"
                    + IS + "(\\d{1,3},\\d{3}|\\d{2,6})\\b";
    private static final String WIDTH_BEHIND_ITS_NAME =
            "\\b(?:hidden(?:[ _]size)?|width|d_model|n_embd|(?:model|embedding)[ _]dim) (\\d{1,3},\\d{3}|\\d{2,5})\\b(?![ -](?:layer|state))";
    private static final String INNER =
            "\\b(?:intermediate_size|intermediate|ffn_dim|ffn|d_ff|ff|feed_forward(?:_size)?)" + IS
                    + "(\\d{1,3},\\d{3}|\\d{2,7})\\b";
    private static final String HEADS = "\\b(?:num_attention_heads|num_heads|n_heads?|heads)" + IS + "(\\d{1,4})\\b";
    private static final String KEY_VALUE_HEADS =
            "\\b(?:num_key_value_heads|num_kv_heads|n_kv_heads?|kv_heads)" + IS + "(\\d{1,4})\\b";
    private static final String VOCABULARY =
            "\\b(?:vocab_size|vocab|vocabulary)" + IS + "(\\d{1,3},\\d{3}|\\d{2,7})\\b";
    private static final String VOCABULARY_IN_WORDS = "\\bvocab(?:ulary)?(?: of)? (\\d{1,3},\\d{3}|\\d{2,7})\\b";
    private static final String VOCABULARY_IN_THOUSANDS =
            "\\bvocab(?:ulary)?(?:_size| size| of)?[ =:]{1,3}(\\d{1,3})k\\b";

    /** A vocabulary of characters, which has their number: those of Shakespeare are 65. */
    private static final String OF_CHARACTERS = "(?<![a-z])char(?:acter)?s?[ _-]?level|(?<![a-z])shakespeare[ _-]char";

    private static final double CHARACTERS = 96;

    /** Entries of the vocabularies of tokenizers by which people call them; of tiktoken's by its {@code n_vocab}. */
    private static final List<Map.Entry<String, Integer>> OF_TOKENIZERS = List.of(
            Map.entry("(?<![a-z0-9])cl100k", 100_277),
            Map.entry("(?<![a-z0-9])o200k", 200_019),
            Map.entry("(?<![a-z0-9])gpt-?2[ ](?:vocab|tokeni[sz]er|bpe)", 50_257),
            Map.entry("(?<![a-z0-9])llama-?2?[ ](?:vocab|tokeni[sz]er)", 32_000),
            Map.entry("(?<![a-z0-9])llama-?3(?:\\.\\d)?[ ](?:vocab|tokeni[sz]er)", 128_256));

    /** Vocabularies that models have, of GPT-2, Llama 2, cl100k, Llama 3 and Qwen: who names layers and width alone has mostly the first. */
    private static final List<Integer> USUAL_VOCABULARIES = List.of(50_257, 32_000, 100_277, 128_256, 151_936);

    private static final String HEADS_IN_WORDS = "(?<![/\\d])(\\d{1,3})(?:/\\d{1,3})?[ -]heads?\\b";
    private static final String KEY_VALUE_HEADS_IN_WORDS = "\\b(\\d{1,3})[ -](?:kv|key-value)\\b";
    /** "8/2 heads" */
    private static final String KEY_VALUE_HEADS_OF_ALL = "\\b\\d{1,3}/(\\d{1,3})[ -]heads?\\b";

    private static final String INNER_IN_WORDS =
            "\\b(?:mlp|ffn|inner|feed[ -]?forward|intermediate)(?: size)? (\\d{1,3},\\d{3}|\\d{3,6})\\b";

    private static final String GATED = "\\b(?:swiglu|geglu|reglu|gated)\\b";
    private static final String UNGATED = "\\b(?:gelu|relu)\\b";
    /** As transformers has it in GPT-2 of any size; others may have its tokenizer alone. */
    private static final String NEW_GELU = "\\bgelu_new\\b|^gpt-?2(?!\\d)";

    private static final String NOT_A_DECODER = "(?<![a-z])(?:experts?|moe)(?![a-z])|\\bencoder\\b";
    private static final String UNTIED = "\\b(?:un|not )tied\\b";
    private static final String TIED = "(?<!un)\\btied\\b|\\btie[_ ](?:word[_ ])?embeddings\\b";

    /** How far the sizes may be from the parameters that the row says, as a logarithm: beyond, they are read wrong. */
    private static final double SAME_SIZE = 0.35;
    /** Who writes parameters rounds them: of shapes with guessed vocabularies that differ by less, the more usual is meant. */
    private static final double ROUNDED = 0.03;
    /** The same of shapes with one vocabulary: two wide matrices or three narrower ones make as many parameters but for what is rounded. */
    private static final double ALIKE = 1e-3;

    /** The width of a head where none is said, as small models have it, and as wide ones do. */
    private static final int HEAD_SIZE = 64;

    private static final int HEAD_SIZE_OF_WIDE = 128;
    private static final int WIDE = 3072;

    private static final int INNER_OF_TWO_MATRICES = 4;
    private static final double INNER_OF_THREE = 8.0 / 3;
    private static final double BILLION = 1e9;
    private static final double THOUSAND = 1e3;

    private final RunNotes notes;
    private final OptionalDouble billions;

    RunShape(RunRow row) {
        this.notes = new RunNotes(row.text("model") + "; " + row.text("notes"));
        this.billions = row.number("params_b");
    }

    /**
     * The shape that layers and width in the notes describe; the feed-forward layer is as wide as usual unless they say it. Its vocabulary, whether it
     * is gated, and whether the head is the embedding, is told by the parameters of the row where the notes do not. Empty where layers or width is
     * missing, or the vocabulary of a row without parameters, they make another number of parameters than the row has, or the notes tell of experts or of
     * an encoder, which have other layers.
     *
     * @param like the model that it is like, which tells its vocabulary and its gate where nothing else does; null for none
     */
    Optional<Architecture> said(@Nullable Architecture like) {
        OptionalDouble layers = first(LAYERS, LAYERS_IN_WORDS, LAYERS_OF_A_NAME);
        OptionalDouble width = first(WIDTH, WIDTH_IN_WORDS, WIDTH_OF_A_NAME, WIDTH_BEHIND_ITS_NAME);
        if (notes.say(NOT_A_DECODER) || layers.isEmpty() || width.isEmpty()) {
            return Optional.empty();
        }
        List<Architecture> meant = new ArrayList<>();
        List<Boolean> gates = gates(like);
        List<Boolean> ties = notes.say(TIED) && !notes.say(UNTIED) ? List.of(true) : List.of(true, false);
        for (int vocabulary : vocabularies(like)) {
            for (boolean isGated : gates) {
                for (boolean isTied : ties) {
                    meant.add(
                            shape((int) layers.getAsDouble(), (int) width.getAsDouble(), vocabulary, isGated, isTied));
                }
            }
        }
        boolean isGuessed =
                meant.stream().mapToInt(Architecture::vocabulary).distinct().count() > 1;
        double least = meant.stream().mapToDouble(this::distance).min().orElse(0);
        double most = Math.min(SAME_SIZE, least + (isGuessed ? ROUNDED : ALIKE));
        return meant.stream().filter(shape -> distance(shape) <= most).findFirst();
    }

    private List<Boolean> gates(@Nullable Architecture like) {
        if (notes.say(GATED)) {
            return List.of(true);
        }
        if (notes.say(UNGATED + '|' + NEW_GELU)) {
            return List.of(false);
        }
        return like == null ? List.of(false, true) : List.of(like.isGated());
    }

    /** As it is said, or else as the model's that it is like; else, for the parameters to tell, those that models usually have. */
    private List<Integer> vocabularies(@Nullable Architecture like) {
        OptionalDouble said = first(VOCABULARY, VOCABULARY_IN_WORDS);
        if (said.isEmpty()) {
            said = notes.number(VOCABULARY_IN_THOUSANDS);
            said = said.isEmpty() ? vocabularyByName() : OptionalDouble.of(THOUSAND * said.getAsDouble());
        }
        if (said.isPresent()) {
            return List.of((int) said.getAsDouble());
        }
        return like != null ? List.of(like.vocabulary()) : areParametersSaid() ? USUAL_VOCABULARIES : List.of();
    }

    /**
     * Whether a name tells layers and width by itself, and either its vocabulary, too, or others than those of the model that it names: what else it
     * holds is then what the model is like, "GPT-2 style 12 layers".
     */
    static boolean isTold(String name, Architecture named) {
        RunNotes said = new RunNotes(name);
        OptionalDouble layers = first(said, LAYERS, LAYERS_IN_WORDS);
        OptionalDouble width = first(said, WIDTH, WIDTH_IN_WORDS, WIDTH_BEHIND_ITS_NAME);
        if (layers.isEmpty() || width.isEmpty()) {
            return false;
        }
        boolean isOther = layers.getAsDouble() != named.layers() || width.getAsDouble() != named.hiddenSize();
        return isOther || first(said, VOCABULARY, VOCABULARY_IN_WORDS).isPresent();
    }

    private OptionalDouble vocabularyByName() {
        if (notes.say(OF_CHARACTERS)) {
            return OptionalDouble.of(CHARACTERS);
        }
        return OF_TOKENIZERS.stream()
                .filter(each -> notes.say(each.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .findFirst();
    }

    private OptionalDouble first(String... expressions) {
        return first(notes, expressions);
    }

    private static OptionalDouble first(RunNotes said, String... expressions) {
        return Stream.of(expressions)
                .map(said::number)
                .filter(OptionalDouble::isPresent)
                .findFirst()
                .orElse(OptionalDouble.empty());
    }

    private Architecture shape(int layers, int width, int vocabulary, boolean isGated, boolean isTied) {
        int headSize = width < WIDE ? HEAD_SIZE : HEAD_SIZE_OF_WIDE;
        int heads = (int) first(HEADS, HEADS_IN_WORDS).orElse(Math.max(1, width / headSize));
        double inner = first(INNER, INNER_IN_WORDS).orElse(width * (isGated ? INNER_OF_THREE : INNER_OF_TWO_MATRICES));
        int keyValueHeads = (int) Math.min(
                heads,
                first(KEY_VALUE_HEADS, KEY_VALUE_HEADS_IN_WORDS, KEY_VALUE_HEADS_OF_ALL)
                        .orElse(heads));
        return new Architecture(
                Kind.DECODER,
                layers,
                width,
                (int) inner,
                heads,
                keyValueHeads,
                Math.max(1, width / heads),
                vocabulary,
                isGated,
                !isGated && notes.say(NEW_GELU),
                false,
                isTied,
                null,
                null,
                false);
    }

    /** How far a shape is from the parameters of the row, as a logarithm; 0 where it says none. */
    private double distance(Architecture shape) {
        return areParametersSaid() ? Math.abs(Math.log(shape.parameters() / (billions.getAsDouble() * BILLION))) : 0;
    }

    private boolean areParametersSaid() {
        return billions.isPresent() && billions.getAsDouble() > 0;
    }
}
