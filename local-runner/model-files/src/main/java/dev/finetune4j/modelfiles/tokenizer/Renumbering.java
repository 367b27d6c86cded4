package dev.finetune4j.modelfiles.tokenizer;

import java.util.Map;

/**
 * The numbers of added tokens in a tokenizer that lacks some of them. The tokenizers library numbers added tokens that its model does
 * not have one after the other, whatever number they had; where one is left out, all behind it would get another.
 *
 * @param rightByNumber the right number of each that the library gives an added token
 */
record Renumbering(Map<Integer, Integer> rightByNumber) {
    /** No token is left out. */
    static final Renumbering NONE = new Renumbering(Map.of());

    /** Copies the map. */
    Renumbering {
        rightByNumber = Map.copyOf(rightByNumber);
    }

    /** The right number of a token. */
    int right(int id) {
        return rightByNumber.getOrDefault(id, id);
    }
}
