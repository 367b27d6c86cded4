package dev.finetune4j.modelfiles.tokenizer;

import java.util.List;

/**
 * The numbers of added tokens in a tokenizer that lacks some of them. The tokenizers library numbers added tokens that its model does
 * not have one after the other, whatever number they had; where one is left out, all behind it would get another.
 *
 * @param first the number that the library gives the first of them: how many tokens the model has
 * @param numbers their right numbers, in order
 */
record Renumbering(int first, List<Integer> numbers) {
    /** No token is left out. */
    static final Renumbering NONE = new Renumbering(Integer.MAX_VALUE, List.of());

    /** Copies the list. */
    Renumbering {
        numbers = List.copyOf(numbers);
    }

    /** The right number of a token. A model whose numbers have gaps has some beyond those of added tokens. */
    int right(int id) {
        return id < first || id - first >= numbers.size() ? id : numbers.get(id - first);
    }
}
