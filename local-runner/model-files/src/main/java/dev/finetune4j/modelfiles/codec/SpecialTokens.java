package dev.finetune4j.modelfiles.codec;

import dev.finetune4j.modelfiles.tokenizer.AddedToken;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the spellings of special tokens in text. */
final class SpecialTokens {
    private final BitSet firstCharacters = new BitSet();
    private final Map<Character, List<AddedToken>> tokensByFirstCharacter = new HashMap<>();

    SpecialTokens(List<AddedToken> addedTokens) {
        addedTokens.stream()
                .filter(AddedToken::special)
                .sorted(Comparator.comparingInt(
                                (AddedToken token) -> token.content().length())
                        .reversed())
                .forEach(token -> tokensByFirstCharacter
                        .computeIfAbsent(token.content().charAt(0), first -> new ArrayList<>())
                        .add(token));
        tokensByFirstCharacter.keySet().forEach(first -> firstCharacters.set(first));
    }

    /**
     * A special token in a text.
     *
     * @param start its first character
     * @param end the character after its last
     * @param id its number
     */
    record Match(int start, int end, int id) {}

    /** The first spelling from a character on; of several that start there, the longest. */
    Optional<Match> find(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            Optional<Match> match = firstCharacters.get(text.charAt(i)) ? at(text, i) : Optional.empty();
            if (match.isPresent()) {
                return match;
            }
        }
        return Optional.empty();
    }

    /** The longest spelling that starts at a character. */
    Optional<Match> at(String text, int start) {
        List<AddedToken> candidates = start < text.length() ? tokensByFirstCharacter.get(text.charAt(start)) : null;
        if (candidates == null) {
            return Optional.empty();
        }
        return candidates.stream()
                .filter(token -> text.startsWith(token.content(), start))
                .findFirst()
                .map(token -> new Match(start, start + token.content().length(), token.id()));
    }

    /** The last of the spellings that are found one after the other from a character on. */
    Optional<Match> findLast(String text, int from) {
        Optional<Match> last = Optional.empty();
        Optional<Match> match = find(text, from);
        while (match.isPresent()) {
            last = match;
            match = find(text, match.get().end());
        }
        return last;
    }
}
