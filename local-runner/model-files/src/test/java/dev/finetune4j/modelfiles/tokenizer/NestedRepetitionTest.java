package dev.finetune4j.modelfiles.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NestedRepetitionTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$|(\\w+\\s?)*!",
                "(a+)+",
                "(?:a*)*",
                "(\\w+\\s?)*!",
                "((a+)b?){2,}",
                "(?:[^)]+x)*",
                "(?<w>\\w+)+",
                "(?i:(?:x*y)z)+",
                "(a{2,}b)*",
                "a{2,}+",
                "(a|b+)*c",
                "(?<a>a+)(\\g<a>)*",
                "(a++)*?",
                "(([)]+))+",
                "(?:(?=a*)b)+",
                "(?~(?~a))",
                "(?~a)+",
                "(?:b(?~a))*"
            })
    void findsOneThatCutsATextInManyWays(String expression) {
        assertThat(NestedRepetition.isIn(expression)).isTrue();
    }

    /** The first are those of GPT-2, Llama 3, Qwen 2, o200k, DeepSeek, Falcon, StarCoder, BLOOM, CLIP and EXAONE. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
                        + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
                        + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|"
                        + "'t|'re|'ve|'m|'ll|'d)?|"
                        + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|"
                        + "'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|"
                        + "\\s+(?!\\S)|\\s+",
                "[!\\\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|"
                        + "[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|"
                        + "\\s+(?!\\S)|\\s+",
                "[一-龥぀-ゟ゠-ヿ]+",
                "[0-9][0-9][0-9]",
                "[\\p{P}\\$\\+<=>\\^~\\|`]+",
                " ?[^(\\s|[.,!?…。，、।۔،])]+",
                "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|"
                        + "[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}|"
                        + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
                "\\s+",
                "(?=(\\d{3})+(?!\\d))",
                "\\p{N}{1,3}(?=(?:\\p{N}{3})*\\b)",
                "(?:\\r?\\n)+(?!\\r?\\n)",
                " {2,}",
                "[\\p{Han}]+|"
                        + "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{M}&&[^\\p{Han}]]+(?i:'s|"
                        + "'t)?",
                "\\s?\\p{L}+",
                "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
                "^[^\\n]+|[\\n]+",
                "\\(a+\\)+",
                "[(a+)+]+",
                "(?#(a+)+)a",
                "(?<no java",
                "(a{1,3})+",
                "[]+)]+(b)+",
                "[[:alpha:])+]+",
                "(?:a|b)+",
                "(?>a+)b",
                "(?~a)",
                "(?~(?:a|b)c)d+",
                "x{",
                "a{2,",
                "\\",
                "[",
                "(",
                ")+",
                "\\p{L"
            })
    void passesWhatPublishedTokenizersHaveAndWhatIsNone(String expression) {
        assertThat(NestedRepetition.isIn(expression)).isFalse();
    }
}
