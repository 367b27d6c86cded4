package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of these was found to end the process, or to be a defect, with tokenizers 0.21.4. */
class NativeFaultsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'normalizer': {'type': 'Replace', 'pattern': {'String': ''}, 'content': 'x'} | Replace has a pattern",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': 'x*'}, 'content': 'x'} | Replace has a pattern",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '(?=a)'}, 'content': 'x'} | Replace has a pattern",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '^'}, 'content': 'x'} | Replace has a pattern",
                "'normalizer': {'type': 'Prepend', 'prepend': ''} | Prepend prepends nothing",
                "'normalizer': {'type': 'Precompiled', 'precompiled_charsmap': 'AAAA'} | a damaged precompiled_charsmap",
                "'normalizer': {'type': 'Precompiled', 'precompiled_charsmap': null} | a damaged precompiled_charsmap",
                "'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'Prepend'}]} | Prepend prepends nothing",
                "'normalizer': {'type': 'Strip', 'strip_left': true, 'strip_right': false},"
                        + " 'added_tokens': [{'content': ' ', 'normalized': true}]"
                        + " | leaves nothing of the added token \" \"",
                "'normalizer': {'type': 'Sequence', 'normalizers': ["
                        + "{'type': 'Strip', 'strip_left': true, 'strip_right': true},"
                        + " {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '_'}]},"
                        + " 'added_tokens': [{'content': 'a', 'normalized': true},"
                        + " {'content': '\\n', 'normalized': true}]"
                        + " | leaves nothing of the added token \"\\n\"",
                "'normalizer': {'type': 'Replace', 'pattern': {'String': '<x>'}, 'content': ''},"
                        + " 'added_tokens': [{'content': '<x>', 'normalized': true}]"
                        + " | leaves nothing of the added token \"<x>\"",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '<.>'}, 'content': ''},"
                        + " 'added_tokens': [{'content': '<x>', 'normalized': true}]"
                        + " | leaves nothing of the added token \"<x>\"",
                "'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'NFKC'}, {'type': 'Lowercase'},"
                        + " {'type': 'Replace', 'pattern': {'String': 'kg'}, 'content': ''}]},"
                        + " 'added_tokens': [{'content': '\u338f', 'normalized': true},"
                        + " {'content': 'KG', 'normalized': true}]"
                        + " | leaves nothing of the added token \"\u338f\"",
                "'normalizer': {'type': 'StripAccents'}, 'added_tokens': [{'content': '\u0301', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'BertNormalizer', 'clean_text': true, 'strip_accents': null,"
                        + " 'lowercase': false}, 'added_tokens': [{'content': '\u200b', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'BertNormalizer', 'clean_text': false, 'strip_accents': null,"
                        + " 'lowercase': true}, 'added_tokens': [{'content': '\u0301', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'BertNormalizer', 'clean_text': true, 'strip_accents': false,"
                        + " 'lowercase': false}, 'added_tokens': [{'content': '\ue000', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'Sequence', 'normalizers': ["
                        + "{'type': 'BertNormalizer', 'clean_text': true, 'strip_accents': false, 'lowercase': false},"
                        + " {'type': 'Replace', 'pattern': {'String': ' '}, 'content': ''}]},"
                        + " 'added_tokens': [{'content': '\\t', 'normalized': true}]"
                        + " | leaves nothing of the added token \"\\t\"",
                "'normalizer': {'type': 'Nmt'}, 'added_tokens': [{'content': '\\b\u009f', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'Sequence', 'normalizers': [{'type': 'Nmt'},"
                        + " {'type': 'Strip', 'strip_left': true, 'strip_right': true}]},"
                        + " 'added_tokens': [{'content': '\ufeff', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '\\\\s+'}, 'content': ''},"
                        + " 'added_tokens': [{'content': '\u3000', 'normalized': true}]"
                        + " | leaves nothing of the added token",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '(?:x+y?)*'}, 'content': ''}"
                        + " | normalizer has a pattern that repeats without bound what repeats without bound: (?:x+y?)*",
                "'pre_tokenizer': {'type': 'Sequence', 'pretokenizers': [{'type': 'Split',"
                        + " 'pattern': {'Regex': '(a+)+$'}}]} | pre_tokenizer has a pattern that repeats",
                "'decoder': {'type': 'Replace', 'pattern': {'Regex': '(a+)+'}, 'content': 'a'} | decoder has a pattern",
                "'pre_tokenizer': {'type': 'FixedLength', 'length': 0} | FixedLength has length 0",
                "'model': {'continuing_subword_prefix': '##', 'merges': [['a', '##b'], ['a', 'b']]} | merge [\"a\",\"b\"]",
                "'model': {'continuing_subword_prefix': '##', 'merges': ['a ##b', 'a b']} | merge \"a b\"",
                "'decoder': {'type': 'Sequence', 'decoders': [{'type': 'Strip', 'stop': 1}]} | Strip takes characters",
            })
    void namesWhatTheLibraryWouldEndOn(String part, String fault) throws JsonProcessingException {
        assertThat(NativeFaults.in(tokenizer(part)))
                .hasValueSatisfying(words -> assertThat(words).contains(fault));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'normalizer': {'type': 'Replace', 'pattern': {'String': ' '}, 'content': '_'}",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': ' '}",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '^ *'}, 'content': ''}",
                "'normalizer': {'type': 'Replace', 'pattern': {'String': ''}, 'content': ''}",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '(?<no java'}, 'content': ' '}",
                "'normalizer': {'type': 'Prepend', 'prepend': '_'}",
                "'normalizer': {'type': 'Strip', 'strip_left': true, 'strip_right': true},"
                        + " 'added_tokens': [{'content': ' ', 'normalized': false}, {'content': ' a', 'normalized': true}]",
                "'normalizer': {'type': 'Sequence', 'normalizers': ["
                        + "{'type': 'Replace', 'pattern': {'String': ' '}, 'content': '_'},"
                        + " {'type': 'Strip', 'strip_left': true, 'strip_right': true}]},"
                        + " 'added_tokens': [{'content': ' ', 'normalized': true}]",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '(?<no java'}, 'content': ''},"
                        + " 'added_tokens': [{'content': 'a', 'normalized': true}]",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '\\\\h'}, 'content': ''},"
                        + " 'added_tokens': [{'content': ' ', 'normalized': true}]",
                "'normalizer': {'type': 'Nmt'}, 'added_tokens': [{'content': '\\t\u0085', 'normalized': true}]",
                "'normalizer': {'type': 'BertNormalizer', 'clean_text': true, 'strip_accents': false,"
                        + " 'lowercase': false}, 'added_tokens': [{'content': '\ue001', 'normalized': true}]",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': '.'}, 'content': '$1'},"
                        + " 'added_tokens': [{'content': 'a', 'normalized': true}]",
                "'normalizer': {'type': 'BertNormalizer', 'clean_text': true, 'strip_accents': false,"
                        + " 'lowercase': true}, 'added_tokens': [{'content': '[PAD]', 'normalized': true},"
                        + " {'content': '\\t', 'normalized': true}, {'content': '\u0301', 'normalized': true}]",
                "'normalizer': null, 'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': ''}}",
                "'model': {'continuing_subword_prefix': '##', 'merges': ['a ##b']}",
                "'decoder': {'type': 'Strip', 'content': ' ', 'start': 1, 'stop': 0}",
            })
    void passesWhatPublishedTokenizersDo(String part) throws JsonProcessingException {
        assertThat(NativeFaults.in(tokenizer(part))).isEmpty();
    }

    /** Each would not end, or not in the memory that there is. */
    @Test
    void followsNoStepThatTakesWithoutEnd() throws JsonProcessingException {
        // Java remembers where a group failed, and ends, but not in an expression with a reference to one
        String expression = "{'type': 'Replace', 'pattern': {'Regex': '(a)?\\\\1?(x+x+)+y'}, 'content': ''}";
        String doubling = "{'type': 'Replace', 'pattern': {'String': 'x'}, 'content': 'xx'}";
        String sequence = "{'type': 'Sequence', 'normalizers': [" + (doubling + ",").repeat(99) + doubling + "]}";
        String text = "x".repeat(100);

        for (String step : List.of(expression, sequence)) {
            assertThat(NormalizerSteps.leftOf(
                            text, tokenizer("'normalizer': " + step).path("normalizer")))
                    .startsWith(text);
            assertThat(NativeFaults.in(tokenizer("'normalizer': " + step))).isPresent();
        }
    }

    @Test
    void refusesStepsThatTogetherMakeALongTextOfAShortOne() throws JsonProcessingException {
        String eightfold = "{'type': 'Replace', 'pattern': {'String': 'ab'}, 'content': '" + "a".repeat(16) + "'}";
        String shrinking = "{'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': ' '}";

        assertThat(NativeFaults.in(tokenizer(steps("normalizer", eightfold, shrinking, eightfold))))
                .isEmpty();
        assertThat(NativeFaults.in(tokenizer(steps("normalizer", eightfold, eightfold, "{'type': 'ByteLevel'}"))))
                .hasValue("normalizer ByteLevel makes texts up to 256 times as long, with the steps before it;"
                        + " at most 64 times are possible");
        assertThat(NativeFaults.in(tokenizer(steps("decoder", eightfold, eightfold, eightfold))))
                .hasValueSatisfying(
                        words -> assertThat(words).startsWith("decoder Replace makes texts up to 512 times"));
    }

    @Test
    void takesStepsOfWhichNoneReplacesWhatAnotherPutIn() throws JsonProcessingException {
        String[] spelledOut = Stream.of("ä ae", "ö oe", "ü ue", "ß ss", "Ä Ae", "Ö Oe", "Ü Ue")
                .map(pair -> pair.split(" ", -1))
                .map(pair -> replacing(pair[0], pair[1]))
                .toArray(String[]::new);

        assertThat(NativeFaults.in(tokenizer(steps("normalizer", spelledOut)))).isEmpty();
    }

    /** The letters of the second step are there only after one of another kind, or after a text was shortened by one. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{'type': 'Lowercase'}", "{'type': 'Replace', 'pattern': {'String': 'AA'}, 'content': 'a'}"})
    void countsWhatAStepBetweenMakesOfWhatWasPutIn(String between) throws JsonProcessingException {
        String first = replacing("x", "A".repeat(16));
        String second = replacing("a", "b".repeat(16));

        assertThat(NativeFaults.in(tokenizer(steps("normalizer", first, between, second))))
                .hasValueSatisfying(
                        words -> assertThat(words).startsWith("normalizer Replace makes texts up to 256 times"));
        assertThat(NativeFaults.in(tokenizer(steps("normalizer", first, second))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'normalizer': {'type': 'Prepend', 'prepend': '%s'} | normalizer Prepend has a prepend with 5000 characters",
                "'normalizer': {'type': 'Replace', 'pattern': {'Regex': 'a'}, 'content': '%s'}"
                        + " | normalizer Replace has a content with 5000 characters",
                "'decoder': {'type': 'Sequence', 'decoders': [{'type': 'WordPiece', 'prefix': '%s'}]}"
                        + " | decoder WordPiece has a prefix with 5000 characters",
                "'model': {'continuing_subword_prefix': '%s'} | the continuing_subword_prefix of its model has 5000 characters",
                "'model': {'end_of_word_suffix': '%s'} | the end_of_word_suffix of its model has 5000 characters",
            })
    void refusesLongTextsThatAreToBePutIn(String part, String fault) throws JsonProcessingException {
        assertThat(NativeFaults.in(tokenizer(part.formatted("x".repeat(5_000)))))
                .hasValueSatisfying(words -> assertThat(words).startsWith(fault));
    }

    @Test
    void refusesACharacterMapThatMakesALongTextOfOneCharacter() throws JsonProcessingException {
        assertThat(NativeFaults.in(precompiled(characterMap(256, 0, "e".repeat(64)))))
                .isEmpty();
        assertThat(NativeFaults.in(precompiled(characterMap(256, 0, "e".repeat(65)))))
                .hasValueSatisfying(words -> assertThat(words).contains("Precompiled makes texts up to 65 times"));
    }

    @Test
    void refusesAPatternThatIsTooLongToBeLookedThrough() throws JsonProcessingException {
        String part = "'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': '" + "[:".repeat(10_000) + "'}}";

        assertThat(NativeFaults.in(tokenizer(part)))
                .hasValue("pre_tokenizer has a pattern of 20000 characters; at most 16384 are possible");
    }

    /** Each nests as deep as its brackets are many: groups, what they are before, what calls them, and options, which hold up to the end of a group. */
    static Stream<IntFunction<String>> nesting() {
        return Stream.of(
                many -> "(".repeat(many) + "a" + ")".repeat(many),
                many -> "(?:".repeat(many) + "a" + "|b)?".repeat(many),
                many -> "(?=".repeat(many) + "a" + ")".repeat(many),
                many -> "(?!".repeat(many) + "a" + ")".repeat(many),
                many -> "(?>".repeat(many) + "a" + ")".repeat(many),
                many -> "[".repeat(many) + "a" + "]".repeat(many),
                many -> "a(?i)|".repeat(many) + "a",
                many -> IntStream.range(1, many)
                        .mapToObj(i -> "(?<x" + i + ">a\\\\g<x" + (i + 1) + ">)?")
                        .collect(Collectors.joining("", "", "(?<x" + many + ">a)")));
    }

    @ParameterizedTest
    @MethodSource("nesting")
    void refusesMoreBracketsThanTheLibraryMayGoDownInto(IntFunction<String> nested) throws JsonProcessingException {
        assertThat(NativeFaults.in(splitting(nested.apply(NativeFaults.MOST_BRACKETS + 1))))
                .hasValue("pre_tokenizer has a pattern with 257 opening brackets; at most 256 are possible");

        TokenizerJson most = TokenizerJson.of("tokenizer.json", splitting(nested.apply(NativeFaults.MOST_BRACKETS)));
        try (Tokenizer tokenizer = Tokenizer.open(most)) {
            assertThat(tokenizer.encode("aa")).isNotEmpty();
        }
    }

    private static JsonNode splitting(String expression) throws JsonProcessingException {
        return tokenizer("'version': '1.0', 'added_tokens': [], 'normalizer': null, 'decoder': null, 'pre_tokenizer':"
                + " {'type': 'Split', 'pattern': {'Regex': '" + expression
                + "'}, 'behavior': 'Isolated', 'invert': false},"
                + " 'model': {'type': 'WordLevel', 'vocab': {'a': 0, 'aa': 1}, 'unk_token': 'a'}");
    }

    /** The letter a becomes what begins at a byte of two texts, which are é and b. */
    @ParameterizedTest
    @CsvSource({"0,true", "1,false", "3,true", "5,true", "6,false"})
    void looksWhereTheValuesOfACharacterMapLead(int value, boolean isWhole) throws JsonProcessingException {
        String map = characterMap(256, value);

        assertThat(NativeFaults.in(precompiled(map)).isEmpty()).isEqualTo(isWhole);
    }

    @Test
    void refusesACharacterMapWhoseArrayIsCutShort() throws JsonProcessingException {
        assertThat(NativeFaults.in(precompiled(characterMap(200, 0)))).isPresent();
    }

    @Test
    void aTokenizerWithSuchAFaultIsRefused() {
        assertThatThrownBy(() -> TokenizerJson.of("tokenizer.json", tokenizer("""
                        'added_tokens': [], 'normalizer': {'type': 'Prepend', 'prepend': ''}, 'model': {'vocab': {'a': 0}}""")))
                .hasMessageContaining("FT0431: the tokenizer is damaged: the tokenizers library fails on it");
    }

    @Test
    void refusesAnAddedTokenWithTheNumberOfAnother() {
        assertThatThrownBy(() -> TokenizerJson.of("tokenizer.json", tokenizer("""
                        'added_tokens': [{'id': 0, 'content': ' '}], 'model': {'vocab': {'a': 0}}""")))
                .hasMessageContaining("FT0431: the tokenizer is damaged: two tokens have the number 0");
    }

    @Test
    void saysThatItHasNoTokensForAText() throws JsonProcessingException {
        TokenizerJson json = TokenizerJson.of("tokenizer.json", tokenizer("""
                'version': '1.0', 'added_tokens': [], 'normalizer': null, 'pre_tokenizer': null, 'decoder': null,
                'model': {'type': 'WordLevel', 'vocab': {'a': 0}, 'unk_token': 'nowhere'}"""));

        try (Tokenizer tokenizer = Tokenizer.open(json)) {
            assertThat(tokenizer.encode("a")).containsExactly(0);
            assertThatThrownBy(() -> tokenizer.encode("b"))
                    .hasMessageContaining("FT0431: the tokenizer has no tokens for a text");
        }
    }

    private static JsonNode tokenizer(String parts) throws JsonProcessingException {
        return JSON.readTree("{" + parts.replace('\'', '"') + "}");
    }

    private static String replacing(String text, String content) {
        return "{'type': 'Replace', 'pattern': {'String': '" + text + "'}, 'content': '" + content + "'}";
    }

    private static String steps(String kind, String... steps) {
        return "'" + kind + "': {'type': 'Sequence', '" + kind + "s': [" + String.join(", ", steps) + "]}";
    }

    private static JsonNode precompiled(String map) {
        return JSON.valueToTree(Map.of("normalizer", Map.of("type", "Precompiled", "precompiled_charsmap", map)));
    }

    private static String characterMap(int units, int value) {
        return characterMap(units, value, "é\0b\0");
    }

    /** A double array of so many units, in which the letter a alone leads on, to a value. */
    private static String characterMap(int units, int value, String made) {
        byte[] texts = made.getBytes(StandardCharsets.UTF_8);
        ByteBuffer map =
                ByteBuffer.allocate(Integer.BYTES * (1 + units) + texts.length).order(ByteOrder.LITTLE_ENDIAN);
        int letter = 'a';
        int leaf = 1;
        map.putInt(0, Integer.BYTES * units);
        map.putInt(Integer.BYTES * (1 + letter), ((letter ^ leaf) << 10) | (1 << 8) | letter);
        map.putInt(Integer.BYTES * (1 + leaf), Integer.MIN_VALUE | value);
        map.position(Integer.BYTES * (1 + units)).put(texts);
        return Base64.getEncoder().encodeToString(map.array());
    }
}
